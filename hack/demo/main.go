// Command demo shows goals being measured: it starts a real Kubernetes API and a real Prometheus with months of
// history, runs the controller against them, and plays a company whose numbers move.
//
// `make demo` runs it. It stays up until Ctrl-C; with --once it exits when everything has been shown, with 0, or
// with 1 and the reason.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"okr.dev/controller/hack/servers"
)

func main() {
	once := flag.Bool("once", false, "exit when everything has been shown")
	manager := flag.String("manager", "", "the controller to run (default bin/manager)")
	record := flag.String("record", "", "a file to write the goals to, with their statuses, when everything has been shown")
	flag.Parse()

	// The demo talks to people; what envtest has to say is in the servers' logs.
	ctrllog.SetLogger(logr.Discard())
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second Ctrl-C ends the demo at once; the servers then end by themselves.
	context.AfterFunc(ctx, restore)

	if err := run(ctx, *once, *manager, *record); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, once bool, manager, record string) (err error) {
	root, err := servers.ModuleRoot()
	if err != nil {
		return err
	}
	if manager == "" {
		manager = filepath.Join(root, "bin", "manager")
	}
	d, err := newDemo(root, manager)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := d.close(); err == nil {
			err = closeErr
		}
	}()

	if err := d.show(ctx); err != nil {
		switch {
		case ctx.Err() == nil:
			return err
		case once:
			return errors.New("interrupted before everything was shown")
		default:
			return nil // Ctrl-C, which is how a demo ends
		}
	}
	if record != "" {
		if err := d.Do(ctx, "recording the goals in "+record, d.record(record)); err != nil {
			return err
		}
	}
	if once {
		return nil
	}
	d.printUsage()
	select {
	case <-ctx.Done():
		return nil
	case name := <-d.ended():
		return fmt.Errorf("%s ended by itself", name)
	}
}
