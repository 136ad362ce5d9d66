// Command docs fills in what the plugin's commands print, in the pages that show them: in each console block of README.md and
// docs/cli.md, what follows a line `$ kubectl okr …` becomes what that command prints now. The commands read what was recorded
// of the demo's cluster (hack/recorded), at the instant of the recording; those that write do so in a copy of the repository.
//
// `make docs` runs it; a test fails while a page shows something else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"okr.dev/controller/hack/servers"
)

// pages are those that show commands.
var pages = []string{"README.md", "docs/cli.md"}

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root, err := servers.ModuleRoot()
	if err != nil {
		return err
	}
	shown, err := render(ctx, root, pages)
	if err != nil {
		return err
	}
	for _, page := range pages {
		file := filepath.Join(root, page)
		before, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if string(before) == shown[page] {
			continue
		}
		fmt.Println("wrote", page)
		if err := os.WriteFile(file, []byte(shown[page]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// render is what the pages should be, by their names.
func render(ctx context.Context, root string, pages []string) (shown map[string]string, err error) {
	shown = map[string]string{}
	for _, page := range pages {
		before, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			return nil, err
		}
		shell, err := newShell(root)
		if err != nil {
			return nil, err
		}
		shown[page], err = fill(string(before), func(line string) (string, error) { return shell.run(ctx, line) })
		if err = errors.Join(err, shell.close()); err != nil {
			return nil, fmt.Errorf("%s: %w", page, err)
		}
	}
	return shown, nil
}
