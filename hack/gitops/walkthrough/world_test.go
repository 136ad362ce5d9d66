package walkthrough

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
)

// prometheusURL is the address that the page shows: that of a Prometheus that the Prometheus operator runs.
const prometheusURL = "http://prometheus-operated.monitoring.svc:9090"

// world is what the commands of the page run in: a cluster, a Prometheus with days of history, and a clone of the repository.
type world struct {
	*cluster.Cluster
	prometheus *servers.Prometheus
	controller *servers.Controller
	bin, clone string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Cluster: cluster.Start(t), clone: filepath.Join(t.TempDir(), "okr-controller")}
	var err error
	if w.bin, err = servers.BinDir(); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"kubectl-okr", "helm"} {
		if _, err := os.Stat(filepath.Join(w.bin, program)); err != nil {
			t.Fatalf("%s is not in %s: run `make build tools`", program, w.bin)
		}
	}
	if err := os.CopyFS(filepath.Join(w.clone, "config"), os.DirFS(filepath.Join(w.Root, "config"))); err != nil {
		t.Fatal(err)
	}
	w.prometheus = cluster.Prometheus(t, servers.PrometheusOptions{})
	if err := w.prometheus.Write(t.Context(), history(time.Now())...); err != nil {
		t.Fatal(err)
	}
	w.finishNamespaces(t)
	t.Cleanup(func() {
		if err := w.stopController(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// history is three days of what kube-prometheus scrapes in every cluster, as even as no cluster is, so that a page shows the
// same numbers on every day: three nodes with 64 cores, of which 40 are requested and 9.6 are in use; one of 2000 requests fails;
// nobody has a persistent volume. It goes on for a while, as nothing is scraped here.
func history(now time.Time) []servers.Series {
	const step = 30 * time.Second
	begin := now.Add(-3 * 24 * time.Hour)
	of := func(name string, value func(seconds float64) float64, labels ...string) servers.Series {
		s := servers.Series{Name: name, Labels: map[string]string{}}
		for i := 0; i < len(labels); i += 2 {
			s.Labels[labels[i]] = labels[i+1]
		}
		for at := begin; at.Before(now.Add(9 * time.Minute)); at = at.Add(step) {
			s.Points = append(s.Points, servers.Point{Time: at, Value: value(at.Sub(begin).Seconds())})
		}
		return s
	}
	constant := func(value float64) func(float64) float64 { return func(float64) float64 { return value } }
	perSecond := func(rate float64) func(float64) float64 {
		return func(seconds float64) float64 { return rate * seconds }
	}
	const requests, allocatable = "kube_pod_container_resource_requests", "kube_node_status_allocatable"
	all := []servers.Series{
		of("container_cpu_usage_seconds_total", perSecond(9.6), "namespace", "shop", "pod", "web-0", "container", "web"),
		of(requests, constant(40), "namespace", "shop", "pod", "web-0", "resource", "cpu"),
		of(requests, constant(160e9), "namespace", "shop", "pod", "web-0", "resource", "memory"),
		of("kube_pod_status_phase", constant(1), "namespace", "shop", "pod", "web-0", "phase", "Running"),
		of(allocatable, constant(64), "resource", "cpu"),
		of(allocatable, constant(256e9), "resource", "memory"),
		of("apiserver_request_total", perSecond(1999), "code", "200"),
		of("apiserver_request_total", perSecond(1), "code", "500"),
	}
	for _, node := range []string{"a", "b", "c"} {
		all = append(all, of("kube_node_status_condition", constant(1), "node", node, "condition", "Ready", "status", "true"))
	}
	return all
}

// run runs a command as somebody does at a terminal of 100 columns, and returns what it prints, errors and a code that is not
// 0 included. Addresses are those that the page shows.
func (w *world) run(command string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, "bash", "-c", strings.ReplaceAll(command, prometheusURL, w.prometheus.URL))
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.clone, &out, &out
	cmd.Env = append(os.Environ(), "PATH="+w.bin+":"+os.Getenv("PATH"), "KUBECONFIG="+w.Kubeconfig, "HOME="+w.Dir,
		"COLUMNS=100", "LC_ALL=C.UTF-8", "TZ=UTC", "NO_COLOR=1")
	err := cmd.Run()
	text := shown(out.String(), append(w.longer(), replacement{w.prometheus.URL, prometheusURL})...)
	// Programs that fail say so.
	if err != nil && !strings.Contains(text, "rror") {
		text += fmt.Sprintf("\n[%v]", err)
	}
	return text
}

// goals is the file that the page writes.
const goals = "goals.yaml"

// longer makes the period of the file that the page writes last for more than a year from today, and says what of it is shown as
// the present quarter: after some hours of a quarter's last day, a fifth of the way would be expected, and the page would show
// something else at each hour.
func (w *world) longer() []replacement {
	const day = 24 * time.Hour
	now := time.Now().UTC()
	first, last := now.Format(time.DateOnly), now.Add(400*day).Format(time.DateOnly)
	month := (int(now.Month()) - 1) / 3 * 3
	quarter := fmt.Sprintf("%d-Q%d", now.Year(), month/3+1)
	end := time.Date(now.Year(), time.Month(month+4), 0, 0, 0, 0, 0, time.UTC)
	left := int(end.Sub(now.Truncate(day)) / day)
	file := filepath.Join(w.clone, goals)
	if text, err := os.ReadFile(file); err == nil {
		text = bytes.ReplaceAll(text, []byte(quarter), []byte(first+"/"+last))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			panic(err)
		}
	}
	until := end.Format(time.DateOnly)
	return []replacement{
		{first + "/" + last, quarter},
		{first + " to " + last + " · ends in 400 days", fmt.Sprintf("%s · %s to %s · ends in %d days", quarter, first, until, left)},
		{"ends on " + last + ", in 400 days", fmt.Sprintf("ends on %s, in %d days", until, left)},
	}
}

// startController does what a node does once there is a Deployment.
func (w *world) startController(t *testing.T) (err error) {
	t.Helper()
	if w.controller != nil {
		return nil
	}
	w.controller, err = w.StartController(t.Context(), servers.ControllerOptions{Binary: w.Manager(t), Dir: w.Dir, Lasts: time.Hour})
	return err
}

func (w *world) stopController() error {
	if w.controller == nil {
		return nil
	}
	running := w.controller
	w.controller = nil
	return running.Stop(time.Minute)
}

// finishNamespaces does what kube-controller-manager does when a namespace is deleted, as far as the page needs it: what was
// applied is deleted by name, and the namespace goes.
func (w *world) finishNamespaces(t *testing.T) {
	t.Helper()
	namespaces := kubernetes.NewForConfigOrDie(w.Config()).CoreV1().Namespaces()
	go func() {
		for t.Context().Err() == nil {
			time.Sleep(200 * time.Millisecond)
			list, err := namespaces.List(t.Context(), metav1.ListOptions{})
			if err != nil {
				continue // the cluster is busy, or ends
			}
			for i := range list.Items {
				if ns := &list.Items[i]; ns.Status.Phase == corev1.NamespaceTerminating {
					ns.Spec.Finalizers = nil
					_, _ = namespaces.Finalize(t.Context(), ns, metav1.UpdateOptions{}) // tried again
				}
			}
		}
	}()
}
