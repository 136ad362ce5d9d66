package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// runner runs the tests of all rows, each once.
type runner struct {
	root     string
	packages map[string][]string // names of tests by package
	wanted   int

	mutex  sync.Mutex
	passed map[Test]bool
	ended  int
	// output is what was printed by or about each test; under no name, by the package.
	output map[Test][]string
}

// event is a line of go test -json.
type event struct {
	Action, Test, Output string
	Elapsed              float64
}

func newRunner(root string, rows []Row) *runner {
	r := &runner{root: root, packages: map[string][]string{}, passed: map[Test]bool{}, output: map[Test][]string{}}
	for _, row := range rows {
		for _, test := range row.Tests {
			if !slices.Contains(r.packages[test.Package], test.Name) {
				r.packages[test.Package] = append(r.packages[test.Package], test.Name)
				r.wanted++
			}
		}
	}
	return r
}

// run runs two packages at a time: those with real servers mostly wait.
func (r *runner) run(ctx context.Context) error {
	limit := make(chan struct{}, 2)
	failures := make(chan error, len(r.packages))
	var all sync.WaitGroup
	for name, tests := range r.packages {
		all.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			failures <- r.runPackage(ctx, name, tests)
		})
	}
	all.Wait()
	close(failures)
	var err error
	for failure := range failures {
		err = errors.Join(err, failure)
	}
	return errors.Join(err, ctx.Err())
}

// runPackage runs the tests of one package. That tests fail is no error: they are not among the passed ones.
func (r *runner) runPackage(ctx context.Context, pkg string, names []string) error {
	folder := "./" + Test{Package: pkg}.folder()
	cmd := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-timeout=10m", "-run", "^("+strings.Join(names, "|")+")$", folder)
	cmd.Dir, cmd.Stderr = r.root, os.Stderr
	// Tests stop their servers when they are asked to.
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGINT) }, 30*time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("go test %s: %w", folder, err)
	}
	r.read(pkg, names, out)
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("go test %s: %w", folder, err)
	}
	return nil
}

// read takes what go test tells and prints a line for each test that ends.
func (r *runner) read(pkg string, names []string, out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			e = event{Action: "output", Output: lines.Text() + "\n"} // the compiler
		}
		name, _, _ := strings.Cut(e.Test, "/")
		test := Test{pkg, name}
		r.mutex.Lock()
		if e.Output != "" {
			r.output[test] = append(r.output[test], e.Output)
		}
		if name == e.Test && slices.Contains(names, name) && slices.Contains([]string{"pass", "fail", "skip"}, e.Action) {
			r.ended++
			r.passed[test] = e.Action == "pass"
			fmt.Printf("%3d/%d  %-6s %s (%.1f s)\n", r.ended, r.wanted, verdict(e.Action == "pass"), test, e.Elapsed)
		}
		r.mutex.Unlock()
	}
}

func verdict(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAILED"
}

// printFailures prints what failed tests, and packages that did not get to their tests, have printed.
func (r *runner) printFailures() {
	for pkg, names := range r.packages {
		for _, name := range names {
			test := Test{pkg, name}
			passed, ended := r.passed[test]
			if passed {
				continue
			}
			fmt.Printf("\n%s failed:\n%s", test, strings.Join(r.output[test], ""))
			if !ended {
				fmt.Printf("it did not run:\n%s", strings.Join(r.output[Test{Package: pkg}], ""))
			}
		}
	}
}

// report prints each row with its tests, and at the end how many there are and which failed. It returns these.
func report(w io.Writer, rows []Row, passed map[Test]bool, took time.Duration) (failed []string) {
	notYet := 0
	fmt.Fprintln(w)
	for _, row := range rows {
		if row.NotYet != "" {
			notYet++
			fmt.Fprintf(w, "%-8s%s: %s\n", "not yet", row.Name, row.NotYet)
			continue
		}
		ok := len(row.Tests) > 0
		for _, test := range row.Tests {
			ok = ok && passed[test]
		}
		if !ok {
			failed = append(failed, row.Name)
		}
		fmt.Fprintf(w, "%-8s%s\n", verdict(ok), row.Name)
		for _, test := range row.Tests {
			mark := ""
			if !passed[test] {
				mark = "  FAILED"
			}
			fmt.Fprintf(w, "          %s%s\n", test, mark)
		}
	}
	fmt.Fprintf(w, "\n%d rows in %s: %d ok, %d not yet, %d failed\n", len(rows), took.Round(time.Second),
		len(rows)-notYet-len(failed), notYet, len(failed))
	for _, name := range failed {
		fmt.Fprintf(w, "%-8s%s\n", verdict(false), name)
	}
	return failed
}
