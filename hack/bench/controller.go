package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"okr.dev/controller/hack/servers"
)

// The names that config/default gives the controller.
const (
	controllerNamespace = "okr-system"
	controllerAccount   = "okr-controller-manager"
)

// install applies what config/default would, without its Deployment.
func (b *bench) install(ctx context.Context) error {
	if err := b.kubectl(ctx, "apply", "--server-side", "-k", filepath.Join(b.root, "hack", "demo", "install")); err != nil {
		return err
	}
	if err := b.kubectl(ctx, "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"); err != nil {
		return err
	}
	scraper, err := newScraper(ctx, b.plane)
	b.scraper = scraper
	return err
}

// kubectl runs kubectl as an administrator.
func (b *bench) kubectl(ctx context.Context, arguments ...string) error {
	cmd := exec.CommandContext(ctx, b.plane.KubectlPath(), arguments...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+b.kubeconfig())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("kubectl %s: %w\n%s", strings.Join(arguments, " "), err, out)
	}
	return nil
}

// controller is one run of the controller as a process.
type controller struct {
	process *servers.Process
	metrics string // host:port
	stopped bool
}

// startController runs the controller with the kubeconfig of its own ServiceAccount, the flags of its Deployment, and
// the memory limit that it may need at most.
func (b *bench) startController(ctx context.Context) error {
	const lasts = 24 * time.Hour
	config, err := b.plane.ServiceAccountKubeconfig(ctx, controllerNamespace, controllerAccount, lasts)
	if err != nil {
		return err
	}
	path := filepath.Join(b.dir, "controller.kubeconfig")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return err
	}
	probes, err := servers.FreeAddress()
	if err != nil {
		return err
	}
	metrics, err := servers.FreeAddress()
	if err != nil {
		return err
	}
	process, err := servers.StartProcess(servers.ProcessOptions{
		Name:   "controller",
		Binary: b.manager,
		Args:   []string{"--leader-elect", "--metrics-bind-address=" + metrics, "--health-probe-bind-address=" + probes},
		Env: []string{
			"KUBECONFIG=" + path, "POD_NAMESPACE=" + controllerNamespace,
			fmt.Sprintf("GOMEMLIMIT=%.0fMiB", b.budgets().rss), profilesVariable + "=" + b.profile,
		},
		LogDir: b.dir,
	})
	if err != nil {
		return err
	}
	c := &controller{process: process, metrics: metrics}
	b.controller = c
	b.keep(c.stop)
	ready, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return process.WaitReady(ready, "http://"+probes+"/readyz")
}

// stop ends the controller as Kubernetes would.
func (c *controller) stop() error {
	if c.stopped {
		return nil
	}
	c.stopped = true
	return c.process.Stop(30 * time.Second)
}

// failure is what a controller that ended by itself has to say.
func (c *controller) failure() error {
	text, err := os.ReadFile(c.process.LogFile())
	if err != nil {
		return errors.Join(errors.New("the controller ended by itself"), err)
	}
	const shown = 2000
	return fmt.Errorf("the controller ended by itself; its log ends:\n%s", text[max(0, len(text)-shown):])
}
