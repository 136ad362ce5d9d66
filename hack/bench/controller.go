package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"okr.dev/controller/hack/servers"
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

// toEnd is how long the controller may take to end, as in Kubernetes.
const toEnd = 30 * time.Second

// startController runs the controller with what its roles give it, and the memory limit that it may need at most.
func (b *bench) startController(ctx context.Context) error {
	controller, err := b.plane.StartController(ctx, servers.ControllerOptions{
		Binary: b.manager,
		Dir:    b.dir,
		Lasts:  24 * time.Hour,
		Env:    []string{fmt.Sprintf("GOMEMLIMIT=%.0fMiB", b.budgets().rss), profilesVariable + "=" + b.profile},
	})
	if err != nil {
		return err
	}
	b.controller = controller
	b.keep(func() error { return controller.Stop(toEnd) }) // again, where it was stopped for a restart
	return nil
}
