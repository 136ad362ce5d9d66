package install_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/demo/company"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
)

// controllerMakesGoalsReady runs the controller with the token of the ServiceAccount that config/default made, which may do what
// its roles say and nothing else, on the samples of one organisation.
func controllerMakesGoalsReady(t *testing.T, c *cluster.Cluster) {
	now := time.Now()
	prometheus := prometheusWithHistory(t, now)
	binary := buildManager(t, c)
	mayNot := startReplica(t, c, binary)
	t.Run("a replica that may not read goals is not ready", mayNot.isNotReadyWithoutItsRole)

	first := startReplica(t, c, binary)
	if first.start(t, time.Minute); t.Failed() {
		return
	}
	second := startReplica(t, c, binary)
	if second.start(t, time.Minute); t.Failed() { // it is ready, and waits
		return
	}
	objects := append(samples(t, c, "config/samples/mobile-app", now), source(t, c, prometheus.URL))
	for _, o := range objects {
		text, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := c.Try(string(text), "apply", "-f", "-"); err != nil {
			t.Fatalf("%s: %v\n%s", o.GetName(), err, out)
		}
	}
	for _, kinds := range []string{"metricsources", "objectives", "keyresults", "kpis"} {
		out, err := c.Try("", "wait", kinds, "--all", "-n", "mobile-app", "--for=condition=Ready", "--timeout=60s")
		if err != nil || !strings.Contains(out, "condition met") {
			t.Errorf("%s are not ready: %v\n%s\n%s", kinds, err, out, c.Kubectl(t, "get", kinds, "-n", "mobile-app", "-o", "wide"))
		}
	}
	// They were measured too: each of these asks Prometheus.
	for _, measured := range []string{"kpi/conversion-rate", "keyresult/store-rating", "keyresult/crash-rate", "keyresult/paid-baskets"} {
		c.Kubectl(t, "wait", measured, "-n", "mobile-app", "--for=condition=Measured", "--timeout=60s")
	}
	t.Run("metrics are for Prometheus", func(t *testing.T) { metricsAreForPrometheus(t, c, first, second) })
	t.Run("the second replica takes over", func(t *testing.T) { takesOver(t, c, first, second) })
}

// prometheusWithHistory plays the numbers of the maker of an app.
func prometheusWithHistory(t *testing.T, now time.Time) *servers.Prometheus {
	t.Helper()
	prometheus, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prometheus.Stop(); err != nil {
			t.Error(err)
		}
	})
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

// buildManager builds the controller as it is in this work tree.
func buildManager(t *testing.T, c *cluster.Cluster) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "manager")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	cmd.Dir = c.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the controller: %v\n%s", err, out)
	}
	return path
}

// replica is one of the Deployment's, as a process.
type replica struct {
	*servers.Controller
	cluster *cluster.Cluster
	options servers.ControllerOptions
}

func startReplica(t *testing.T, c *cluster.Cluster, binary string) *replica {
	t.Helper()
	return &replica{cluster: c, options: servers.ControllerOptions{Binary: binary, Dir: t.TempDir(), Lasts: time.Hour}}
}

// start starts it and waits until it is ready.
func (r *replica) start(t *testing.T, patience time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	controller, err := r.cluster.StartController(ctx, r.options)
	if err != nil {
		t.Error(err)
		return
	}
	r.Controller = controller
	t.Cleanup(func() {
		if err := r.Stop(20 * time.Second); err != nil {
			t.Error(err)
		}
	})
}

func (r *replica) isNotReadyWithoutItsRole(t *testing.T) {
	r.cluster.Kubectl(t, "delete", "clusterrolebinding", "okr-controller-manager-rolebinding")
	defer r.cluster.Kubectl(t, "apply", "-k", "config/default")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	controller, err := r.cluster.StartController(ctx, r.options)
	if err == nil {
		t.Error("it is ready to lead, and may not read goals")
		err = controller.Stop(20 * time.Second)
	}
	if err == nil || !strings.Contains(err.Error(), "was not ready in time") {
		t.Errorf("want it to run and not to be ready, got %v", err)
	}
}

// isoDate are the dates in a sample.
var isoDate = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// samples are those of a folder, which were written for the middle of November 2026, moved so that they are of today.
func samples(t *testing.T, c *cluster.Cluster, folder string, now time.Time) []*unstructured.Unstructured {
	t.Helper()
	days := okr.Date{Year: 2026, Month: time.November, Day: 15}.DaysUntil(okr.DayOf(now, time.UTC))
	objects := kustomization(t, folder)
	for _, o := range objects {
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

// source is the samples' MetricSource, with the address of the test's own Prometheus.
func source(t *testing.T, c *cluster.Cluster, url string) *unstructured.Unstructured {
	t.Helper()
	text := c.Kubectl(t, "create", "--dry-run=client", "-o", "yaml", "-f", "config/samples/metricsource.yaml")
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatal(err)
	}
	if err := unstructured.SetNestedField(o.Object, url, "spec", "prometheus", "url"); err != nil {
		t.Fatal(err)
	}
	return o
}

// metricsAreForPrometheus reads metrics as the ServiceMonitor says: over HTTPS, with the token of a ServiceAccount.
func metricsAreForPrometheus(t *testing.T, c *cluster.Cluster, leads, waits *replica) {
	c.Kubectl(t, "create", "namespace", "monitoring")
	c.Kubectl(t, "create", "serviceaccount", "prometheus-k8s", "-n", "monitoring") // config/prometheus names it
	c.Kubectl(t, "create", "serviceaccount", "grafana", "-n", "monitoring")
	prometheus := token(t, c, "monitoring", "prometheus-k8s")
	for _, test := range []struct {
		reason string
		from   *replica
		token  string
		want   int
		goals  bool
	}{
		{"Prometheus, from the replica that leads", leads, prometheus, http.StatusOK, true},
		{"Prometheus, from the replica that waits: goals would be there twice", waits, prometheus, http.StatusOK, false},
		{"somebody else with a token", leads, token(t, c, "monitoring", "grafana"), http.StatusForbidden, false},
		{"somebody without a token", leads, "", http.StatusUnauthorized, false},
	} {
		status, body := test.from.metrics(t, test.token)
		if status != test.want || strings.Contains(body, "okr_keyresult_info{") != test.goals {
			t.Errorf("%s: status %d, want %d; goals: %t, want %t", test.reason, status, test.want, !test.goals, test.goals)
		}
	}
}

func token(t *testing.T, c *cluster.Cluster, namespace, account string) string {
	t.Helper()
	request, err := kubernetes.NewForConfigOrDie(c.Config()).CoreV1().ServiceAccounts(namespace).
		CreateToken(t.Context(), account, &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}

// metrics reads a replica's metrics.
func (r *replica) metrics(t *testing.T, token string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+r.MetricsAddress+"/metrics", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true, // as the ServiceMonitor says
	}}
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
func takesOver(t *testing.T, c *cluster.Cluster, leads, waits *replica) {
	if err := leads.Stop(20 * time.Second); err != nil {
		t.Fatal(err)
	}
	prometheus := token(t, c, "monitoring", "prometheus-k8s")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if _, body := waits.metrics(t, prometheus); strings.Contains(body, `okr_keyresult_value{goal_namespace="mobile-app"`) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the replica that waited does not measure goals")
		}
	}
}
