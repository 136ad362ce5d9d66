package cluster

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// Manager builds the controller as it is in this work tree, once, and returns its path.
func (c *Cluster) Manager(t testing.TB) string {
	t.Helper()
	if c.manager != "" {
		return c.manager
	}
	if err := rendered.Notice("main.go", "go.mod", "api", "controllers", "internal"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(c.Dir, "manager")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	cmd.Dir = c.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the controller: %v\n%s", err, out)
	}
	c.manager = path
	return path
}

// Controller runs a replica of the controller as a process until the test ends, with the token of the ServiceAccount that
// config/default makes, and waits until it is ready. Of the options, what to run, where and for how long is filled in.
func (c *Cluster) Controller(t testing.TB, o servers.ControllerOptions) *servers.Controller {
	t.Helper()
	o.Binary, o.Dir, o.Lasts = c.Manager(t), t.TempDir(), time.Hour
	controller, err := c.StartController(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(controller.Failure("the test failed"))
		}
		if err := controller.Stop(time.Minute); err != nil {
			t.Error(err)
		}
	})
	return controller
}

// Prometheus starts a Prometheus that ends with the test. Of the options, where its files go is filled in.
func Prometheus(t testing.TB, o servers.PrometheusOptions) *servers.Prometheus {
	t.Helper()
	o.Dir = t.TempDir()
	prometheus, err := servers.StartPrometheus(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prometheus.Stop(); err != nil {
			t.Error(err)
		}
	})
	return prometheus
}
