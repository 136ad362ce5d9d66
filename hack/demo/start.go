package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"okr.dev/controller/hack/demo/company"
	"okr.dev/controller/hack/servers"
)

func (d *demo) startControlPlane(context.Context) error {
	plane, err := servers.StartControlPlane(servers.ControlPlaneOptions{Dir: d.dir, Sync: true})
	if err != nil {
		return err
	}
	d.plane = plane
	d.keep("the control plane", plane.Stop, nil)
	return os.WriteFile(d.kubeconfig(), plane.Kubeconfig(), 0o600)
}

func (d *demo) startPrometheus(ctx context.Context) error {
	exporter, err := company.Export(d.company)
	if err != nil {
		return err
	}
	d.exporter = exporter
	d.keep("the exporter", exporter.Stop, nil)

	scrapes, err := d.plane.Scrapes()
	if err != nil {
		return err
	}
	prometheus, err := servers.StartPrometheus(ctx, servers.PrometheusOptions{
		Dir:        filepath.Join(d.dir, "prometheus"),
		Scrapes:    append(scrapes, exporter.Scrape(), d.controllerScrape()),
		ScrapeSelf: true,
		Rules:      []string{filepath.Join(d.root, "config", "prometheus", "rules.yaml")},
	})
	if err != nil {
		return err
	}
	d.prometheus = prometheus
	d.keep("Prometheus", prometheus.Stop, prometheus.Done())
	return nil
}

func (d *demo) writeHistory(ctx context.Context) error {
	told := time.Now()
	points, written := 0, 0
	for series := range d.company.History() {
		if err := d.prometheus.Write(ctx, series); err != nil {
			return err
		}
		points += len(series.Points)
		written++
		if time.Since(told) > 2*time.Second {
			d.Note("%d of %d numbers, %d points", written, len(company.Metrics()), points)
			told = time.Now()
		}
	}
	return nil
}

// tokensLast is how long: a demo that somebody forgot should still work.
const tokensLast = 30 * 24 * time.Hour

// install applies config/default, as one would to a real cluster. There are no nodes here: its Deployment never gets a Pod.
func (d *demo) install(ctx context.Context) error {
	if _, err := d.kubectl(ctx, "apply", "--server-side", "-k", filepath.Join(d.root, "config", "default")); err != nil {
		return err
	}
	if _, err := d.kubectl(ctx, "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"); err != nil {
		return err
	}
	return d.admitPrometheus(ctx)
}

// startController runs the controller with what its roles give it.
func (d *demo) startController(ctx context.Context) error {
	controller, err := d.plane.StartController(ctx, servers.ControllerOptions{
		Binary: d.manager,
		Dir:    d.dir,
		Lasts:  tokensLast,
		// People who watch a demo want to see numbers move.
		Args: []string{"--status-interval=1s"},
	})
	if err != nil {
		return err
	}
	d.keep("the controller", func() error { return controller.Stop(20 * time.Second) }, controller.Done())
	// A target that is read before it listens would count as one that is down.
	listening, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := controller.WaitListening(listening, controller.MetricsAddress); err != nil {
		return err
	}
	return d.controllerScrape().WriteTarget(controller.MetricsAddress)
}
