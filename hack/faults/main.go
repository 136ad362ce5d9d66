// Command faults runs the tests of every fault and threat in docs/faults.md and prints, row by row, whether it is
// survived. It ends with 1 if one is not.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"okr.dev/controller/hack/servers"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	root, err := servers.ModuleRoot()
	if err != nil {
		return err
	}
	rows, err := ReadTable(filepath.Join(root, "docs", "faults.md"))
	if err != nil {
		return err
	}
	began := time.Now()
	r := newRunner(root, rows)
	fmt.Printf("%d tests of %d faults and threats (docs/faults.md), in %d packages; usually 3 minutes on two cores\n",
		r.wanted, len(rows), len(r.packages))
	if err := r.run(ctx); err != nil {
		return err
	}
	r.printFailures()
	if failed := report(os.Stdout, rows, r.passed, time.Since(began)); len(failed) > 0 {
		return fmt.Errorf("%d of %d rows failed; what their tests printed is above the rows", len(failed), len(rows))
	}
	return nil
}
