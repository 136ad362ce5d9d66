// Package cluster gives tests a real Kubernetes API and a kubectl to use it as people and GitOps tools do.
package cluster

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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
