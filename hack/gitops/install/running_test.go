package install_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/demo/company"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
)

// controllerMakesGoalsReady runs the controller with the token of the ServiceAccount that config/default made, which may do what
// its roles say and nothing else, on all samples.
func controllerMakesGoalsReady(t *testing.T, c *cluster.Cluster) {
	now := time.Now()
	prometheus := prometheusWithHistory(t, now)
	t.Run("a replica that may not read goals is not ready", func(t *testing.T) { notReadyWithoutItsRole(t, c) })

	first := c.Controller(t, servers.ControllerOptions{})
	authority, folder := certificate(t)
	second := c.Controller(t, servers.ControllerOptions{Env: []string{"TMPDIR=" + folder}}) // it is ready, and waits
	c.Apply(t, marshal(t, samples(t, prometheus.URL, now)...))
	goalsAreReady(t, c)
	t.Run("metrics are for Prometheus", func(t *testing.T) { metricsAreForPrometheus(t, c, first, second, authority) })
	t.Run("the second replica takes over", func(t *testing.T) { takesOver(t, c, first, second) })
}

// goalsAreReady waits until all samples are. Where there is data they were measured too: each of these asks Prometheus.
func goalsAreReady(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for _, kinds := range []string{"metricsources", "objectives", "keyresults", "kpis"} {
		out, err := c.Try("", "wait", kinds, "--all", "-A", "--for=condition=Ready", "--timeout=2m")
		if err != nil || !strings.Contains(out, "condition met") {
			t.Errorf("%s are not ready: %v\n%s\n%s", kinds, err, out, c.Kubectl(t, "get", kinds, "-A", "-o", "wide"))
		}
	}
	for _, measured := range []string{"kpi/conversion-rate", "keyresult/store-rating", "keyresult/crash-rate", "keyresult/paid-baskets"} {
		c.Kubectl(t, "wait", measured, "-n", "mobile-app", "--for=condition=Measured", "--timeout=2m")
	}
}

// prometheusWithHistory plays the numbers of the maker of an app.
func prometheusWithHistory(t *testing.T, now time.Time) *servers.Prometheus {
	t.Helper()
	prometheus := cluster.Prometheus(t, servers.PrometheusOptions{})
	for series := range company.New(now).History() {
		if !strings.HasPrefix(series.Name, "app_") {
			continue
		}
		if err := prometheus.Write(t.Context(), series); err != nil {
			t.Fatal(err)
		}
	}
	return prometheus
}

// notReadyWithoutItsRole starts a replica that runs, and reads nothing. A roll-out of such a one leaves the old ones at work.
func notReadyWithoutItsRole(t *testing.T, c *cluster.Cluster) {
	c.Kubectl(t, "delete", "clusterrolebinding", "okr-controller-manager-rolebinding")
	defer c.Kubectl(t, "apply", "-k", "config/default")
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	go func() { // it has asked, was refused, and is given time to be ready all the same
		for ctx.Err() == nil {
			time.Sleep(200 * time.Millisecond)
			if log, _ := os.ReadFile(filepath.Join(dir, "controller.log")); strings.Contains(string(log), "forbidden") {
				time.Sleep(2 * time.Second)
				cancel()
			}
		}
	}()
	controller, err := c.StartController(ctx, servers.ControllerOptions{Binary: c.Manager(t), Dir: dir, Lasts: time.Hour})
	if err == nil {
		_ = controller.Kill()
		t.Fatal("it is ready to lead, and may not read goals")
	}
	if !strings.Contains(err.Error(), "was not ready in time") || !strings.Contains(err.Error(), "forbidden") {
		t.Errorf("want it to run and not to be ready, got %v", err)
	}
}

// isoDate are the dates in a sample.
var isoDate = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// samples are config/samples, which was written for the middle of November 2026, moved so that it is of today, with the address
// of the test's own Prometheus.
func samples(t *testing.T, prometheusURL string, now time.Time) []*unstructured.Unstructured {
	t.Helper()
	days := okr.Date{Year: 2026, Month: time.November, Day: 15}.DaysUntil(okr.DayOf(now, time.UTC))
	objects := kustomization(t, "config/samples")
	for _, o := range objects {
		if o.GetKind() == "MetricSource" {
			if err := unstructured.SetNestedField(o.Object, prometheusURL, "spec", "prometheus", "url"); err != nil {
				t.Fatal(err)
			}
		}
		text, err := o.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		moved := isoDate.ReplaceAllFunc(text, func(text []byte) []byte {
			date, err := okr.ParseDate(string(text))
			if err != nil {
				t.Fatal(err)
			}
			return []byte(date.AddDays(days).String())
		})
		if err := o.UnmarshalJSON(moved); err != nil {
			t.Fatal(err)
		}
		name, found, _ := unstructured.NestedString(o.Object, "spec", "period")
		if !found || strings.Contains(name, "/") {
			continue
		}
		period, err := okr.ParsePeriod(name) // a quarter, say
		if err != nil {
			t.Fatal(err)
		}
		span := period.First.AddDays(days).String() + "/" + period.Last.AddDays(days).String()
		if err := unstructured.SetNestedField(o.Object, span, "spec", "period"); err != nil {
			t.Fatal(err)
		}
	}
	return objects
}

// metricsAreForPrometheus reads metrics as the ServiceMonitor says: over HTTPS, with the token of a ServiceAccount.
func metricsAreForPrometheus(t *testing.T, c *cluster.Cluster, leads, waits *servers.Controller, authority *x509.CertPool) {
	c.Kubectl(t, "create", "namespace", "monitoring")
	c.Kubectl(t, "create", "serviceaccount", "prometheus-k8s", "-n", "monitoring") // config/prometheus names it
	c.Kubectl(t, "create", "serviceaccount", "grafana", "-n", "monitoring")
	prometheus := token(t, c, "monitoring", "prometheus-k8s")
	for _, test := range []struct {
		reason string
		from   *servers.Controller
		token  string
		want   int
		goals  bool
	}{
		{"Prometheus, from the replica that leads", leads, prometheus, http.StatusOK, true},
		{"Prometheus, from the replica that waits: goals would be there twice", waits, prometheus, http.StatusOK, false},
		{"somebody else with a token", leads, token(t, c, "monitoring", "grafana"), http.StatusForbidden, false},
		{"somebody without a token", leads, "", http.StatusUnauthorized, false},
	} {
		status, body := metrics(t, test.from, test.token, &tls.Config{InsecureSkipVerify: true})
		if status != test.want || strings.Contains(body, "okr_keyresult_info{") != test.goals {
			t.Errorf("%s: status %d, want %d; goals: %t, want %t", test.reason, status, test.want, !test.goals, test.goals)
		}
	}
	known := &tls.Config{RootCAs: authority, ServerName: "okr-controller-manager-metrics.okr-system.svc", MinVersion: tls.VersionTLS12}
	if status, _ := metrics(t, waits, prometheus, known); status != http.StatusOK {
		t.Errorf("with a certificate of the cluster's own: status %d", status)
	}
}

// certificate is a folder for temporary files with a certificate where config/prometheus/servicemonitor.yaml says that one is
// mounted, and who signed it.
func certificate(t *testing.T) (authority *x509.CertPool, folder string) {
	t.Helper()
	signer, err := servers.NewAuthority("the cluster's own")
	if err != nil {
		t.Fatal(err)
	}
	text, key, err := signer.Issue("okr-controller-manager-metrics.okr-system.svc")
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	mounted := filepath.Join(folder, "k8s-metrics-server", "serving-certs")
	if err := os.MkdirAll(mounted, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"tls.crt": text, "tls.key": key} {
		if err := os.WriteFile(filepath.Join(mounted, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	authority = x509.NewCertPool()
	authority.AppendCertsFromPEM(signer.PEM)
	return authority, folder
}

func token(t *testing.T, c *cluster.Cluster, namespace, account string) string {
	t.Helper()
	token, err := c.ServiceAccountToken(t.Context(), namespace, account, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// metrics reads a replica's metrics.
func metrics(t *testing.T, from *servers.Controller, token string, trust *tls.Config) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+from.MetricsAddress+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// takesOver ends the replica that leads, as a drained node does. The other leads as soon as the lease is given back.
func takesOver(t *testing.T, c *cluster.Cluster, leads, waits *servers.Controller) {
	if err := leads.Stop(time.Minute); err != nil {
		t.Fatal(err)
	}
	prometheus := token(t, c, "monitoring", "prometheus-k8s")
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if _, body := metrics(t, waits, prometheus, &tls.Config{InsecureSkipVerify: true}); strings.Contains(body, `okr_keyresult_value{goal_namespace="mobile-app"`) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the replica that waited does not measure goals")
		}
	}
}
