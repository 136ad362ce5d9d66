package servers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// The names that config/default gives the controller.
const (
	ControllerNamespace = "okr-system"
	controllerAccount   = "okr-controller-manager"
)

// ControllerOptions say how to run the controller.
type ControllerOptions struct {
	// Binary is the path of the controller.
	Binary string
	// Dir is where its kubeconfig and its log go.
	Dir string
	// Lasts is how long its token does.
	Lasts time.Duration
	// Args and Env are added to those of its Deployment.
	Args, Env []string
}

// Controller is a running controller.
type Controller struct {
	*Process
	// MetricsAddress is where it serves /metrics over HTTPS, host:port.
	MetricsAddress string
}

// StartController runs the controller as a process with the kubeconfig of its own ServiceAccount, and waits until it is
// ready: what a role does not give it, it does not have. The roles must be installed. The context bounds the start.
func (c *ControlPlane) StartController(ctx context.Context, o ControllerOptions) (*Controller, error) {
	return retried(func() (*Controller, error) { return c.startControllerOnce(ctx, o) })
}

func (c *ControlPlane) startControllerOnce(ctx context.Context, o ControllerOptions) (*Controller, error) {
	kubeconfig, err := c.ServiceAccountKubeconfig(ctx, ControllerNamespace, controllerAccount, o.Lasts)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(o.Dir, "controller.kubeconfig")
	if err := os.WriteFile(path, kubeconfig, 0o600); err != nil {
		return nil, err
	}
	probes, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	metrics, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	process, err := StartProcess(ProcessOptions{
		Name:   "controller",
		Binary: o.Binary,
		Args:   append([]string{"--leader-elect", "--metrics-bind-address=" + metrics, "--health-probe-bind-address=" + probes}, o.Args...),
		Env:    append([]string{"KUBECONFIG=" + path, "POD_NAMESPACE=" + ControllerNamespace}, o.Env...),
		LogDir: o.Dir,
	})
	if err != nil {
		return nil, err
	}
	ready, cancel := context.WithTimeout(ctx, 2*time.Minute) // it reads all goals first
	defer cancel()
	if err := process.WaitReady(ready, "http://"+probes+"/readyz"); err != nil {
		// One that has not read all goals yet heeds no signal. It holds nothing that it would have to give back.
		return nil, errors.Join(err, process.Kill())
	}
	return &Controller{Process: process, MetricsAddress: metrics}, nil
}
