package servers

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// KillAPIServer kills kube-apiserver, as a crash would, and waits until it is gone. etcd goes on.
func (c *ControlPlane) KillAPIServer() error {
	const server, patience = "kube-apiserver", 20 * time.Second
	group := c.groups[server]
	if err := syscall.Kill(-group, syscall.SIGKILL); err != nil {
		return fmt.Errorf("killing %s: %w", server, err)
	}
	for began := time.Now(); !errors.Is(syscall.Kill(-group, 0), syscall.ESRCH); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			return fmt.Errorf("killing %s: it is still there after %s", server, patience)
		}
	}
	delete(c.groups, server)
	return theGuard.forget(group)
}

// StartAPIServer starts kube-apiserver again after KillAPIServer, with the same address, certificates and users, and
// waits until it serves. Its log goes on where it ended.
func (c *ControlPlane) StartAPIServer() error {
	const server = "kube-apiserver"
	log, err := os.OpenFile(c.LogFile(server), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("starting %s again: %w", server, err)
	}
	defer log.Close() // the server has its own
	apiServer := c.env.ControlPlane.APIServer
	apiServer.Out, apiServer.Err = log, log
	if err := errors.Join(apiServer.Start(), c.watch(server)); err != nil {
		return fmt.Errorf("starting %s again: %w\n%s", server, err, c.logTails())
	}
	return nil
}
