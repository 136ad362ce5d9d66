// Package tenants_test holds config/gitops/tenants to what it promises: real access control, the policies, a real Prometheus
// with both teams' series, and the controller with its own permissions.
package tenants_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
)

// What the two teams' series add up to. Neither may be seen by the other, nor the sum of both.
const (
	ordersOfCheckout = 12
	ordersOfSearch   = 65432
)

// world is a cluster as administrators have set it up, before any team has written a goal.
type world struct {
	*cluster.Cluster
	asked *questions
}

func TestTenants(t *testing.T) {
	w := setUp(t)
	t.Run("who may do what", w.access)
	t.Run("each team applies its own repository", w.repositories)
	t.Run("the tenant label", w.labels)
	t.Run("nobody sees what is others'", w.confined)
	t.Run("no tenant, no question", w.noTenant)
	t.Run("across namespaces by consent alone", w.consent)
	t.Run("too many goals", w.quota)
}

func setUp(t *testing.T) *world {
	w := &world{Cluster: cluster.Start(t), asked: &questions{}}
	w.Install(t)
	w.Kubectl(t, "apply", "-k", "config/policy")
	tenants := w.Kubectl(t, "kustomize", "config/gitops/tenants")
	address := w.asked.start(t, startPrometheus(t))
	const written = "http://prometheus.monitoring.svc:9090"
	if !strings.Contains(tenants, written) {
		t.Fatalf("the source is not at %s", written)
	}
	tenants = strings.Replace(tenants, `period: "2026"`, "period: "+running(), 1)
	w.Apply(t, strings.Replace(tenants, written, address, 1))
	// In a cluster, kube-controller-manager counts; until it has, nothing that is limited can be made.
	for _, team := range []string{"checkout", "search"} {
		w.Kubectl(t, "patch", "resourcequota", "goals", "-n", team, "--subresource=status", "--type=merge", "-p", `{"status": {
			"hard": {"count/objectives.goals.okr.dev": "40", "count/keyresults.goals.okr.dev": "200", "count/kpis.goals.okr.dev": "100"},
			"used": {"count/objectives.goals.okr.dev": "0", "count/keyresults.goals.okr.dev": "0", "count/kpis.goals.okr.dev": "0"}}}`)
	}
	w.Controller(t, servers.ControllerOptions{Args: []string{"--status-interval=1s"}})
	return w
}

func startPrometheus(t *testing.T) *servers.Prometheus {
	t.Helper()
	prometheus := cluster.Prometheus(t, servers.PrometheusOptions{})
	// A point ahead, so that the newest is fresh for as long as the test runs.
	for team, orders := range map[string]float64{"checkout": ordersOfCheckout, "search": ordersOfSearch} {
		series := servers.Series{Name: "orders_open", Labels: map[string]string{"team": team, "job": "shop"}}
		for minute := -10; minute <= 8; minute++ {
			series.Points = append(series.Points, servers.Point{Time: time.Now().Add(time.Duration(minute) * time.Minute), Value: orders})
		}
		if err := prometheus.Write(t.Context(), series); err != nil {
			t.Fatal(err)
		}
	}
	return prometheus
}

// questions stands before Prometheus and keeps what it is asked.
type questions struct {
	mutex sync.Mutex
	list  []string
}

// start starts it and returns its address.
func (q *questions) start(t *testing.T, prometheus *servers.Prometheus) string {
	t.Helper()
	target, err := url.Parse(prometheus.URL)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		q.mutex.Lock()
		for _, values := range []url.Values{form, r.URL.Query()} {
			q.list = append(q.list, values["query"]...)
			q.list = append(q.list, values["match[]"]...)
		}
		q.mutex.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (q *questions) all() []string {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return append([]string(nil), q.list...)
}

// Who people are: their names and their groups, as a login would tell.
var (
	ana    = []string{"--as=ana", "--as-group=checkout-team", "--as-group=system:authenticated"}
	ben    = []string{"--as=ben", "--as-group=search-team", "--as-group=system:authenticated"}
	lea    = []string{"--as=lea", "--as-group=company-leads", "--as-group=system:authenticated"}
	guest  = []string{"--as=guest", "--as-group=system:authenticated"}
	portal = []string{"--as=portal", "--as-group=system:authenticated"} // creates and edits namespaces for others
)

// goals are the goals of a team's repository, with a period that is running today.
func (w *world) goals(t *testing.T, team string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.Root, "config", "gitops", "tenants", "goals", team+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(text), "period: 2026-Q4", "period: "+running(), 1)
}

// running is the present year as a period: what the example is about may be over when this runs.
func running() string {
	year := time.Now().UTC().Year()
	return fmt.Sprintf("%d-01-01/%d-12-31", year, year)
}
