package main

import (
	"context"
	_ "embed"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"

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

// ask is the demo's Prometheus as its readers use it.
func (d *demo) ask() (promv1.API, error) {
	client, err := promapi.NewClient(promapi.Config{Address: d.prometheus.URL})
	if err != nil {
		return nil, err
	}
	return promv1.NewAPI(client), nil
}

// tellAlerts prints the alerts that there are. Most are pending: they fire when it has been so for hours or days.
func (d *demo) tellAlerts(ctx context.Context) error {
	prometheus, err := d.ask()
	if err != nil {
		return err
	}
	answer, err := prometheus.Alerts(ctx)
	if err != nil {
		return err
	}
	var lines []string
	for _, alert := range answer.Alerts {
		since := time.Since(alert.ActiveAt).Round(time.Second).String()
		lines = append(lines, strings.Join([]string{string(alert.State), since, string(alert.Labels["alertname"]), string(alert.Labels["owner"]), string(alert.Annotations["summary"])}, "\t"))
	}
	slices.Sort(lines)
	d.Printf("\n# What will Prometheus tell, and whom? Pending: it tells when it has been so for long enough, hours or days.\n")
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 3, ' ', 0)
	_, err = w.Write([]byte("STATE\tFOR\tALERT\tOWNER\tWHAT IT TELLS THEN\n" + strings.Join(lines, "\n") + "\n"))
	if err := errors.Join(err, w.Flush()); err != nil {
		return err
	}
	d.Printf("%s", table.String())
	return nil
}
