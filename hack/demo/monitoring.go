package main

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"

	"okr.dev/controller/hack/servers"
)

// monitoring is the account that Prometheus shows to the controller, and what it may do.
//
//go:embed monitoring.yaml
var monitoring string

// controllerScrape reads the controller as a real Prometheus does, with the labels that its ServiceMonitor would give.
// The controller is started later: until then there is no target.
func (d *demo) controllerScrape() servers.Scrape {
	const service = "okr-controller-manager-metrics"
	return servers.Scrape{
		Job:        service,
		TargetFile: filepath.Join(d.dir, "controller-target.json"),
		Labels: map[string]string{
			"namespace": servers.ControllerNamespace, "service": service, "endpoint": "https",
			"pod": "okr-controller-manager-0", "container": "manager",
		},
		TLS:       &servers.ScrapeTLS{}, // the controller has signed its certificate itself
		TokenFile: filepath.Join(d.dir, "prometheus.token"),
	}
}

// admitPrometheus lets Prometheus read the controller's metrics.
func (d *demo) admitPrometheus(ctx context.Context) error {
	if _, err := d.kubectlWithInput(ctx, monitoring, "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	token, err := d.plane.ServiceAccountToken(ctx, "default", "prometheus", tokensLast)
	if err != nil {
		return err
	}
	return os.WriteFile(d.controllerScrape().TokenFile, []byte(token), 0o600)
}
