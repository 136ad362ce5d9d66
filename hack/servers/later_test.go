package servers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/hack/servers"
)

// A target may be started after Prometheus, sign its certificate itself and want a token; what it says may raise an alert.
func TestTargetThatIsStartedLater(t *testing.T) {
	dir := t.TempDir()
	rules := filepath.Join(dir, "rules.yaml")
	if err := os.WriteFile(rules, []byte(`groups: [{name: later, rules: [{alert: Late, expr: late > 1}]}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	scrape := servers.Scrape{
		Job: "later", TargetFile: filepath.Join(dir, "target.json"), TokenFile: filepath.Join(dir, "token"),
		Labels: map[string]string{"pod": "p"}, TLS: &servers.ScrapeTLS{},
	}
	prometheus, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{
		Dir: filepath.Join(dir, "prometheus"), Scrapes: []servers.Scrape{scrape}, ScrapeInterval: time.Second, Rules: []string{rules},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, prometheus.Stop) })
	if _, found := tryQuery(t, prometheus, `up{job="later"}`, time.Now()); found {
		t.Error("a target that there is not yet is taken for one that is down")
	}

	target := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			http.Error(w, "no token", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintln(w, "late 2")
	}))
	t.Cleanup(target.Close)
	if err := os.WriteFile(scrape.TokenFile, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := scrape.WriteTarget(strings.TrimPrefix(target.URL, "https://")); err != nil {
		t.Fatal(err)
	}
	for _, expression := range []string{`up{job="later", pod="p"} == 1`, `late{job="later", pod="p"} == 2`, `ALERTS{alertname="Late", alertstate="firing", pod="p"}`} {
		eventually(t, expression, func() bool {
			_, found := tryQuery(t, prometheus, expression, time.Now())
			return found
		})
	}
}

// A process that ends does not keep anybody waiting for its port.
func TestWaitListening(t *testing.T) {
	process, err := servers.StartProcess(servers.ProcessOptions{Name: "short", Binary: "/bin/sh", Args: []string{"-c", "sleep 0.2"}, LogDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, func() error { return process.Stop(time.Second) }) })
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.Listener.Addr().String()
	if err := process.WaitListening(t.Context(), address); err != nil {
		t.Errorf("somebody listens on %s: %v", address, err)
	}
	server.Close()
	if err := process.WaitListening(t.Context(), address); err == nil || !strings.Contains(err.Error(), "ended before it listened") {
		t.Errorf("got %v, want that the process ended", err)
	}
}
