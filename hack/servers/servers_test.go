package servers_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"okr.dev/controller/hack/servers"
)

func TestHistoryIsFoundAtEveryInstant(t *testing.T) {
	prometheus, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{Dir: t.TempDir(), ScrapeSelf: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, prometheus.Stop) })

	now := time.Now().Truncate(time.Minute)
	series := servers.Series{Name: "orders", Labels: map[string]string{"job": "shop", "instance": "shop"}}
	for at := now.Add(-100 * 24 * time.Hour); !at.After(now); at = at.Add(5 * time.Minute) {
		series.Points = append(series.Points, servers.Point{Time: at, Value: now.Sub(at).Hours()})
	}
	began := time.Now()
	// The newest points first, so that the rest is out of order as it is beside a scrape.
	half := len(series.Points) / 2
	late, early := series, series
	late.Points, early.Points = series.Points[half:], series.Points[:half]
	if err := prometheus.Write(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if err := prometheus.Write(t.Context(), early); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d points in %s", len(series.Points), time.Since(began).Round(time.Millisecond))

	for _, ago := range []time.Duration{0, 7 * time.Minute, 24*time.Hour + 4*time.Minute + 59*time.Second, 99 * 24 * time.Hour} {
		got := query(t, prometheus, `orders{job="shop"}`, now.Add(-ago))
		if math.Abs(got-ago.Hours()) > 0.1 {
			t.Errorf("%s ago: got %v, want about %v", ago, got, ago.Hours())
		}
	}
	if got := query(t, prometheus, "count_over_time(orders[100d])", now); got != float64(len(series.Points)-1) {
		t.Errorf("got %v points of 100 days, want %d", got, len(series.Points)-1)
	}
}

func TestPrometheusThatCannotStartSaysWhy(t *testing.T) {
	_, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{
		Dir:     t.TempDir(),
		Scrapes: []servers.Scrape{{Job: "bad", Target: "http://not a target"}},
	})
	if err == nil || !strings.Contains(err.Error(), "prometheus.log") || !strings.Contains(err.Error(), "not a target") {
		t.Errorf("want an error with the log's path and its last lines, got: %v", err)
	}
}

func TestControlPlaneIsScrapedAndGivesAccess(t *testing.T) {
	plane, err := servers.StartControlPlane(servers.ControlPlaneOptions{Dir: t.TempDir(), Sync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, plane.Stop) })
	scrapes, err := plane.Scrapes()
	if err != nil {
		t.Fatal(err)
	}
	prometheus, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{
		Dir: t.TempDir(), Scrapes: scrapes, ScrapeInterval: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, prometheus.Stop) })

	for _, expression := range []string{
		`sum(up{job=~"apiserver|etcd"}) == 2`,
		`sum(apiserver_request_total{job="apiserver"}) > 0`,
		`sum(etcd_disk_wal_fsync_duration_seconds_count{job="etcd"}) > 0`,
	} {
		eventually(t, expression, func() bool {
			_, ok := tryQuery(t, prometheus, expression, time.Now())
			return ok
		})
	}
	whoami(t, plane)
}

// whoami checks that the kubeconfig of a ServiceAccount is that account's, and not an administrator's.
func whoami(t *testing.T, plane *servers.ControlPlane) {
	t.Helper()
	admin := kubernetes.NewForConfigOrDie(plane.Config())
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "worker"}}
	if _, err := admin.CoreV1().ServiceAccounts("default").Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	file, err := plane.ServiceAccountKubeconfig(t.Context(), "default", "worker", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	worker := kubernetes.NewForConfigOrDie(config)
	review, err := worker.AuthenticationV1().SelfSubjectReviews().Create(t.Context(),
		&authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := review.Status.UserInfo.Username, "system:serviceaccount:default:worker"; got != want {
		t.Errorf("the kubeconfig is for %q, want %q", got, want)
	}
	if _, err := worker.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{}); err == nil {
		t.Error("the ServiceAccount may list Secrets without any role")
	}
}

const childVariable = "OKR_TEST_GUARD_CHILD"

// A server must end with the process that started it, even if that is killed.
func TestServersEndWithTheirParent(t *testing.T) {
	if dir := os.Getenv(childVariable); dir != "" {
		startAndWait(dir)
		return
	}
	dir := t.TempDir()
	parent := exec.Command(os.Args[0], "-test.run=^TestServersEndWithTheirParent$")
	parent.Env = append(os.Environ(), childVariable+"="+dir)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	pidFile := dir + "/pid"
	eventually(t, "the server to start", func() bool {
		text, _ := os.ReadFile(pidFile)
		return strings.HasSuffix(string(text), "\n")
	})
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}

	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed, as it should be
	eventually(t, "the server to end", func() bool { return syscall.Kill(pid, 0) != nil })
	eventually(t, "its folder to be removed", func() bool {
		_, err := os.Stat(dir + "/run")
		return os.IsNotExist(err)
	})
}

// startAndWait is what the parent does that is going to be killed.
func startAndWait(dir string) {
	run := dir + "/run"
	if err := os.Mkdir(run, 0o700); err != nil {
		panic(err)
	}
	if err := servers.RemoveAtExit(run); err != nil {
		panic(err)
	}
	_, err := servers.StartProcess(servers.ProcessOptions{
		Name: "server", LogDir: run, Binary: "/bin/sh",
		Args: []string{"-c", `echo $$ >"$0"; exec sleep 600`, dir + "/pid"},
	})
	if err != nil {
		panic(err)
	}
	select {}
}

func stop(t *testing.T, stop func() error) {
	t.Helper()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func query(t *testing.T, prometheus *servers.Prometheus, expression string, at time.Time) float64 {
	t.Helper()
	value, ok := tryQuery(t, prometheus, expression, at)
	if !ok {
		t.Fatalf("%s at %s has no single value", expression, at)
	}
	return value
}

func tryQuery(t *testing.T, prometheus *servers.Prometheus, expression string, at time.Time) (float64, bool) {
	t.Helper()
	client, err := promapi.NewClient(promapi.Config{Address: prometheus.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	answer, _, _, err := promv1.NewAPI(client).Query(ctx, expression, at)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	vector, ok := answer.(model.Vector)
	if !ok || len(vector) != 1 {
		return 0, false
	}
	return float64(vector[0].Value), true
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for: %s", what)
		}
	}
}
