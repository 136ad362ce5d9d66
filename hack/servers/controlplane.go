package servers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// ControlPlaneOptions says how to run etcd and kube-apiserver.
type ControlPlaneOptions struct {
	// BinDir is the folder with etcd, kube-apiserver and kubectl; empty: BinDir().
	BinDir string
	// Dir is where data, certificates and logs go. The caller removes it.
	Dir string
	// Sync has etcd write to disk as it does in earnest, so that its fsync metrics exist. Tests do without.
	Sync bool
}

// ControlPlane is a running Kubernetes API: etcd and kube-apiserver, and no controller. Garbage is not collected,
// and nothing runs in Pods.
type ControlPlane struct {
	env    *envtest.Environment
	dir    string
	groups map[string]int // process groups of the two servers, by name
}

// StartControlPlane starts etcd and kube-apiserver on free loopback ports and waits until they serve.
func StartControlPlane(o ControlPlaneOptions) (*ControlPlane, error) {
	// envtest tries again by itself, but on the ports it chose first: if one of them was taken, start afresh.
	const attempts = 3
	for attempt := 1; ; attempt++ {
		o := o
		o.Dir = filepath.Join(o.Dir, "control-plane-"+strconv.Itoa(attempt))
		c, err := startControlPlaneOnce(o)
		if err == nil {
			return c, nil
		}
		if attempt == attempts || !strings.Contains(err.Error(), "address already in use") {
			return nil, err
		}
	}
}

func startControlPlaneOnce(o ControlPlaneOptions) (*ControlPlane, error) {
	c := &ControlPlane{env: &envtest.Environment{ControlPlaneStartTimeout: time.Minute}, dir: o.Dir, groups: map[string]int{}}
	etcd, apiServer := &envtest.Etcd{DataDir: c.path("etcd")}, c.env.ControlPlane.GetAPIServer()
	apiServer.CertDir = c.path("certificates")
	c.env.ControlPlane.Etcd = etcd
	for _, dir := range []string{etcd.DataDir, apiServer.CertDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("starting the control plane: %w", err)
		}
	}
	if o.Sync {
		etcd.Configure().Disable("unsafe-no-fsync")
	}

	etcdLog, err := os.Create(c.LogFile("etcd"))
	if err != nil {
		return nil, fmt.Errorf("starting the control plane: %w", err)
	}
	defer etcdLog.Close() // the servers have their own
	apiServerLog, err := os.Create(c.LogFile("kube-apiserver"))
	if err != nil {
		return nil, fmt.Errorf("starting the control plane: %w", err)
	}
	defer apiServerLog.Close()
	etcd.Out, etcd.Err = etcdLog, etcdLog
	apiServer.Out, apiServer.Err = apiServerLog, apiServerLog

	if etcd.Path, err = c.guarded(o.BinDir, "etcd"); err != nil {
		return nil, err
	}
	if apiServer.Path, err = c.guarded(o.BinDir, "kube-apiserver"); err != nil {
		return nil, err
	}
	if c.env.ControlPlane.KubectlPath, err = findBinary(o.BinDir, "kubectl"); err != nil {
		return nil, err
	}
	_, err = c.env.Start()
	if err = errors.Join(err, c.watch("etcd"), c.watch("kube-apiserver")); err != nil {
		err = fmt.Errorf("starting the control plane: %w\n%s", err, c.logTails())
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// Stop ends both servers and waits for them.
func (c *ControlPlane) Stop() error {
	err := c.env.Stop()
	for _, group := range c.groups {
		err = errors.Join(err, theGuard.forget(group))
	}
	if err != nil {
		return fmt.Errorf("stopping the control plane: %w", err)
	}
	return nil
}

// Config is a client configuration for an administrator.
func (c *ControlPlane) Config() *rest.Config { return rest.CopyConfig(c.env.Config) }

// Kubeconfig is the same as a file for kubectl.
func (c *ControlPlane) Kubeconfig() []byte { return c.env.KubeConfig }

// EtcdAddress is host:port of etcd.
func (c *ControlPlane) EtcdAddress() string { return c.env.ControlPlane.Etcd.URL.Host }

// APIServerAddress is host:port of kube-apiserver.
func (c *ControlPlane) APIServerAddress() string {
	return c.env.ControlPlane.APIServer.HostPort()
}

// KubectlPath is the kubectl of the same version.
func (c *ControlPlane) KubectlPath() string { return c.env.ControlPlane.KubectlPath }

// LogFile is the path of the log of "etcd" or "kube-apiserver".
func (c *ControlPlane) LogFile(server string) string { return c.path(server + ".log") }

// User is a client configuration for a user with a certificate.
func (c *ControlPlane) User(name string, groups ...string) (*rest.Config, error) {
	user, err := c.env.AddUser(envtest.User{Name: name, Groups: groups}, nil)
	if err != nil {
		return nil, fmt.Errorf("adding user %q: %w", name, err)
	}
	return user.Config(), nil
}

func (c *ControlPlane) path(name string) string { return filepath.Join(c.dir, name) }

// guarded is a path to run instead of the server's own. envtest does not tell its servers' process ids, so a line
// of shell leaves them in a file and becomes the server.
func (c *ControlPlane) guarded(binDir, server string) (string, error) {
	binary, err := findBinary(binDir, server)
	if err != nil {
		return "", err
	}
	script := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = --help ] || echo $$ >%s\nexec %s \"$@\"\n",
		quoted(c.pidFile(server)), quoted(binary))
	path := c.path("run-" + server)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		return "", fmt.Errorf("starting %s: %w", server, err)
	}
	return path, nil
}

func (c *ControlPlane) pidFile(server string) string { return c.path(server + ".pid") }

// watch has a server stopped with this process. envtest puts each into a process group of its own.
func (c *ControlPlane) watch(server string) error {
	text, err := os.ReadFile(c.pidFile(server))
	if errors.Is(err, os.ErrNotExist) {
		return nil // it was not started
	}
	if err != nil {
		return err
	}
	group, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("the process id of %s: %w", server, err)
	}
	c.groups[server] = group
	return theGuard.watch(group)
}

func (c *ControlPlane) logTails() string {
	var text strings.Builder
	for _, server := range []string{"etcd", "kube-apiserver"} {
		fmt.Fprintf(&text, "the log of %s, %s, ends:\n%s\n", server, c.LogFile(server), logTail(c.LogFile(server), 8))
	}
	return text.String()
}

// quoted is a string as one word of the shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// InstallCRDs installs the CRDs of the given folders or files and waits until they are served.
func (c *ControlPlane) InstallCRDs(paths ...string) error {
	_, err := envtest.InstallCRDs(c.env.Config, envtest.CRDInstallOptions{Paths: paths, ErrorIfPathMissing: true})
	if err != nil {
		return fmt.Errorf("installing CRDs: %w", err)
	}
	return nil
}
