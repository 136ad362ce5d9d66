package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"okr.dev/controller/hack/demo/company"
	"okr.dev/controller/hack/servers"
)

// The names that config/default gives the controller.
const (
	controllerNamespace = "okr-system"
	controllerAccount   = "okr-controller-manager"
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
		Scrapes:    append(scrapes, exporter.Scrape()),
		ScrapeSelf: true,
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

// install applies what config/default would, without its Deployment.
func (d *demo) install(ctx context.Context) error {
	if _, err := d.kubectl(ctx, "apply", "--server-side", "-k", filepath.Join(d.root, "hack", "demo", "install")); err != nil {
		return err
	}
	_, err := d.kubectl(ctx, "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
	return err
}

// startController runs the controller as a process with the kubeconfig of its own ServiceAccount: what a role does
// not give it, it does not have.
func (d *demo) startController(ctx context.Context) error {
	const lasts = 30 * 24 * time.Hour // a demo that somebody forgot should still work
	config, err := d.plane.ServiceAccountKubeconfig(ctx, controllerNamespace, controllerAccount, lasts)
	if err != nil {
		return err
	}
	path := filepath.Join(d.dir, "controller.kubeconfig")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return err
	}
	probes, err := servers.FreeAddress()
	if err != nil {
		return err
	}
	metrics, err := servers.FreeAddress()
	if err != nil {
		return err
	}
	controller, err := servers.StartProcess(servers.ProcessOptions{
		Name:   "controller",
		Binary: d.manager,
		// People who watch a demo want to see numbers move.
		Args: []string{
			"--leader-elect", "--status-interval=1s", "--metrics-bind-address=" + metrics, "--health-probe-bind-address=" + probes,
		},
		Env:    []string{"KUBECONFIG=" + path, "POD_NAMESPACE=" + controllerNamespace},
		LogDir: d.dir,
	})
	if err != nil {
		return err
	}
	d.controller = controller
	d.keep("the controller", func() error { return controller.Stop(20 * time.Second) }, controller.Done())
	ready, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return controller.WaitReady(ready, "http://"+probes+"/readyz")
}
