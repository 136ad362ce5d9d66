package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"okr.dev/controller/hack/artifacts/grafana"
	"okr.dev/controller/hack/servers"
)

// A panel that has nothing to show is named, and so is a variable of which nothing can be chosen.
func TestEmptyPanelsAreNamed(t *testing.T) {
	server, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	client, err := promapi.NewClient(promapi.Config{Address: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	empty := func(dashboard grafana.Dashboard) []string {
		t.Helper()
		names, err := emptyPanels(t.Context(), promv1.NewAPI(client), dashboard)
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	dashboards := grafana.Dashboards()
	for _, dashboard := range dashboards {
		queries := 0
		for _, panel := range dashboard.Panels {
			queries += len(panel.Targets)
		}
		if names := empty(dashboard); len(names) <= queries || queries == 0 {
			t.Errorf("%s asks %d queries of an empty Prometheus, and has variables, and only %d are said to have no answer", dashboard.UID, queries, len(names))
		}
	}

	last := dashboards[len(dashboards)-1]
	for _, name := range []string{"okr_reconciles_total", "up"} { // the first gives the variable its value
		series := servers.Series{Name: name, Labels: map[string]string{"job": "j"}, Points: []servers.Point{{Time: time.Now(), Value: 1}}}
		if err := server.Write(t.Context(), series); err != nil {
			t.Fatal(err)
		}
	}
	names := empty(last)
	for start, want := range map[string]bool{
		last.UID + `, "Replicas that can be scraped", A`: false,
		last.UID + `, "Which replica leads?", A`:         true,
		last.UID + ", variable job":                      false,
		last.UID + ", variable source":                   true,
	} {
		if got := slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, start) }); got != want {
			t.Errorf("%s: named as empty: %v, want %v", start, got, want)
		}
	}
}
