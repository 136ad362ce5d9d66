// Command artifacts writes the generated files of config/ that do not come from Go types alone. `make generate` runs it.
package main

import (
	"fmt"
	"os"

	"okr.dev/controller/hack/artifacts/alerts"
	"okr.dev/controller/hack/artifacts/argocd"
	"okr.dev/controller/hack/artifacts/chart"
	"okr.dev/controller/hack/artifacts/grafana"
	"okr.dev/controller/hack/artifacts/schemas"
	"okr.dev/controller/hack/servers"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "artifacts:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := servers.ModuleRoot()
	if err != nil {
		return err
	}
	// The chart comes last: it takes copies of what the others write.
	for _, write := range []func(root string) error{alerts.Write, argocd.Write, grafana.Write, schemas.Write, chart.Write} {
		if err := write(root); err != nil {
			return err
		}
	}
	return nil
}
