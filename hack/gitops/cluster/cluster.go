// Package cluster gives tests a real Kubernetes API and a kubectl to use it as people and GitOps tools do.
package cluster

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// Cluster is a running etcd and kube-apiserver. There are no controllers and no nodes: Pods are never made.
type Cluster struct {
	*servers.ControlPlane
	// Dir is a folder for the test's files.
	Dir string
	// Kubeconfig is the path of an administrator's.
	Kubeconfig string
	// Root is the folder of go.mod, where kubectl runs.
	Root string

	// manager is the path of the controller that was built for it.
	manager string
}

// Start starts a cluster that ends with the test. It takes 5 to 10 seconds: share one among the tests of a package.
func Start(t testing.TB) *Cluster {
	t.Helper()
	if err := rendered.Notice("config"); err != nil { // kubectl applies from it
		t.Fatal(err)
	}
	c := &Cluster{Dir: t.TempDir()}
	var err error
	if c.Root, err = servers.ModuleRoot(); err != nil {
		t.Fatal(err)
	}
	if c.ControlPlane, err = servers.StartControlPlane(servers.ControlPlaneOptions{Dir: c.Dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	c.Kubeconfig = filepath.Join(c.Dir, "kubeconfig")
	if err := os.WriteFile(c.Kubeconfig, c.ControlPlane.Kubeconfig(), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// Kubectl runs kubectl, as the administrator or with --as, and returns what it printed; the test ends if it fails.
func (c *Cluster) Kubectl(t testing.TB, arguments ...string) string {
	t.Helper()
	out, err := c.Try("", arguments...)
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return out
}

// Try runs kubectl with a text on its standard input and returns everything that it printed.
func (c *Cluster) Try(input string, arguments ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.Command(c.KubectlPath(), arguments...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Root, strings.NewReader(input), &out, &out
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig)
	err := cmd.Run()
	return out.String(), err
}

// Install installs config/default. The controller does not run yet.
func (c *Cluster) Install(t testing.TB) {
	t.Helper()
	c.Kubectl(t, "apply", "--server-side", "-k", "config/default")
	c.Established(t)
}

// Established waits until all kinds that were installed are served.
func (c *Cluster) Established(t testing.TB) {
	t.Helper()
	c.Kubectl(t, "wait", "--for=condition=Established", "--timeout=2m", "crd", "--all")
}

// Apply applies a text as people do, with more arguments such as --as; the test ends if it is refused.
func (c *Cluster) Apply(t testing.TB, text string, arguments ...string) {
	t.Helper()
	if out, err := c.Try(text, append([]string{"apply", "-f", "-"}, arguments...)...); err != nil {
		t.Fatalf("kubectl apply: %v\n%s", err, out)
	}
}

// Await waits until what a path of an object holds matches a pattern, and returns it; the test ends if it does not in two minutes.
func (c *Cluster) Await(t testing.TB, namespace, object, path, pattern string) string {
	t.Helper()
	matches := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		out, err := c.Try("", "get", object, "-n", namespace, "-o", "jsonpath="+path)
		if err == nil && matches.MatchString(out) {
			return out
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %s is %q after two minutes, want %s; all of it:\n%s", object, path, out, pattern,
				c.Kubectl(t, "get", object, "-n", namespace, "-o", "yaml"))
		}
	}
}
