package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/servers"
	"okr.dev/controller/hack/steps"
)

// bench is one run: a folder, the servers in it, and what has been started.
type bench struct {
	*steps.Teller
	options

	root string // of the repository
	dir  string // of this run: data, certificates, logs

	plane      *servers.ControlPlane
	api        client.WithWatch // as an administrator
	source     *standIn
	scraper    *scraper
	controller *servers.Controller
	watched    *watched

	stops []func() error // in the order of starting
}

func newBench(root string, o options) (*bench, error) {
	dir, err := os.MkdirTemp("", "okr-bench-")
	if err != nil {
		return nil, err
	}
	if err := servers.RemoveAtExit(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &bench{Teller: steps.New(os.Stdout), options: o, root: root, dir: dir}, nil
}

// measure does everything, step by step.
func (b *bench) measure(ctx context.Context) (*figures, error) {
	f := &figures{options: b.options}
	phase := func(do func(context.Context, *figures) error) func(context.Context) error {
		return func(ctx context.Context) error { return do(ctx, f) }
	}
	b.Printf("%d KPIs, %d distinct queries, every %s, %d %% of the values changing\n", b.kpis, b.distinct(), b.interval, b.changing)
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		skip bool
	}{
		{"building the controller with profiles", b.buildProfiled, b.profile == ""},
		{"starting etcd, kube-apiserver and the Prometheus stand-in", b.startServers, false},
		{"installing the kinds and the controller's roles", b.install, false},
		{"starting the controller, with exactly those roles", b.startController, false},
		{"creating the KPIs", b.createKPIs, false},
		{"waiting until all are measured and settled", b.waitSettled, false},
		{"measuring while nothing changes", phase(b.quiet), false},
		{"measuring while a second source hangs", phase(b.hang), false},
		{"restarting the controller", phase(b.restart), false},
		{"measuring while values change", phase(b.change), b.changing == 0},
		{"editing KPIs while everything is looked at and asked again", func(ctx context.Context) error {
			return b.profiled(ctx, "edits", phase(b.edit))
		}, false},
	} {
		if step.skip {
			continue
		}
		if err := b.Do(ctx, step.name, step.do); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (b *bench) startServers(context.Context) error {
	plane, err := servers.StartControlPlane(servers.ControlPlaneOptions{Dir: b.dir})
	if err != nil {
		return err
	}
	b.plane = plane
	b.keep(plane.Stop)
	if err := os.WriteFile(b.kubeconfig(), plane.Kubeconfig(), 0o600); err != nil {
		return err
	}
	if b.api, err = administrator(plane); err != nil {
		return err
	}
	if b.source, err = startStandIn(b.interval); err != nil {
		return err
	}
	b.keep(b.source.close)
	return nil
}

// kubeconfig is the path of the administrator's kubeconfig.
func (b *bench) kubeconfig() string { return filepath.Join(b.dir, "kubeconfig") }

// keep remembers what must be stopped, last started first.
func (b *bench) keep(stop func() error) { b.stops = append(b.stops, stop) }

// close stops everything and removes the run's folder.
func (b *bench) close() error {
	return b.Do(context.Background(), "stopping everything", func(context.Context) error {
		var err error
		for i := len(b.stops) - 1; i >= 0; i-- {
			err = errors.Join(err, b.stops[i]())
		}
		return errors.Join(err, os.RemoveAll(b.dir))
	})
}

// until asks again and again until check has nothing left to wait for, says every few seconds what it is waiting
// for, and gives up in the end with just that.
func (b *bench) until(ctx context.Context, patience time.Duration, check func(context.Context) (waitingFor string, err error)) error {
	const every, tell = 100 * time.Millisecond, 5 * time.Second
	began, told := time.Now(), time.Now()
	for {
		waitingFor, err := check(ctx)
		if err != nil || waitingFor == "" {
			return err
		}
		if time.Since(began) > patience {
			return fmt.Errorf("given up after %s: %s", patience, waitingFor)
		}
		if time.Since(told) > tell {
			b.Note("%s", waitingFor)
			told = time.Now()
		}
		if err := b.sleep(ctx, every); err != nil {
			return err
		}
	}
}

// sleep waits, but not for a controller that has ended.
func (b *bench) sleep(ctx context.Context, d time.Duration) error {
	var ended <-chan struct{}
	if b.controller != nil {
		ended = b.controller.Done()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-ended:
		return b.controller.Failure("ended by itself")
	case <-time.After(d):
		return nil
	}
}
