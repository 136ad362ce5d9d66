// Command bench measures how the controller scales: it starts a real Kubernetes API and a Prometheus stand-in that
// counts, runs the controller against them as its own process, creates KPIs by the thousand, and prints what that
// costs beside what it may cost.
//
// `make bench-scale` runs it. It exits with 0 when everything was measured, also where a budget is missed, and with
// 1 and the reason when something did not work.
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
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"okr.dev/controller/hack/servers"
)

// options are what the command line says.
type options struct {
	// kpis is how many there are; duplicates the percentage of them whose query another one asks too; changing the
	// percentage of the values that change materially in an interval.
	kpis, duplicates, changing int
	interval                   time.Duration
	record                     bool
	// profile is the folder of the profiles, empty for none; manager the controller to run.
	profile, manager string
}

// distinct is the number of different queries.
func (o options) distinct() int { return max(1, o.kpis*(100-o.duplicates)/100) }

// intervals is how many intervals a window lasts: at least two, and at least twenty seconds.
func (o options) intervals() int {
	const shortest = 20 * time.Second
	return max(2, int((shortest+o.interval-1)/o.interval))
}

func parseOptions() (options, error) {
	o := options{}
	flag.IntVar(&o.kpis, "n", 10_000, "how many KPIs")
	flag.IntVar(&o.duplicates, "dup", 0, "percentage of duplicate queries, 0 to 99")
	flag.DurationVar(&o.interval, "interval", time.Minute, "time between two askings of a query, whole seconds")
	flag.IntVar(&o.changing, "change", 0, "percentage of the values that change materially per interval, 0 to 100")
	flag.StringVar(&o.profile, "profile", "", "write profiles of the controller to this folder")
	flag.BoolVar(&o.record, "record", false, "append the figures to docs/performance.md")
	flag.StringVar(&o.manager, "manager", "", "the controller to run (default bin/manager)")
	flag.Parse()
	switch {
	case flag.NArg() > 0:
		return o, fmt.Errorf("unknown argument %q", flag.Arg(0))
	case o.kpis < 1 || o.kpis > 1_000_000:
		return o, errors.New("-n must be 1 to 1000000")
	case o.duplicates < 0 || o.duplicates > 99:
		return o, errors.New("-dup must be 0 to 99, a percentage")
	case o.changing < 0 || o.changing > 100:
		return o, errors.New("-change must be 0 to 100, a percentage")
	case o.interval < time.Second || o.interval%time.Second != 0:
		return o, errors.New("-interval must be whole seconds, such as 60s")
	}
	return o, nil
}

func main() {
	o, err := parseOptions()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	// The bench talks to people; what its libraries have to say is in the servers' logs.
	ctrllog.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second Ctrl-C ends the bench at once; the servers then end by themselves.
	context.AfterFunc(ctx, restore)

	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "\nbench failed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	root, err := servers.ModuleRoot()
	if err != nil {
		return err
	}
	if o.manager == "" {
		o.manager = filepath.Join(root, "bin", "manager")
	}
	b, err := newBench(root, o)
	if err != nil {
		return err
	}
	figures, err := b.measure(ctx)
	if ctx.Err() != nil {
		err = errors.New("interrupted before everything was measured")
	}
	if err := errors.Join(err, b.close()); err != nil {
		return err
	}
	if o.record {
		if err := figures.record(root, o); err != nil {
			return err
		}
	}
	fmt.Printf("\n%s\n%s\n", figures.table(), figures.line())
	return nil
}
