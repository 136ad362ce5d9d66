package servers

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// guardScript stops what it was told to watch when its standard input ends.
//
//go:embed guard.sh
var guardScript string

// guard is a small process that outlives this one, however this one ends: its standard input is a pipe that only
// we hold open, so that the system closes it for us. One serves the whole process and is started with the first
// server.
type guard struct {
	mu    sync.Mutex
	input *os.File
}

var theGuard guard

// watch has the process group stopped when this process is gone.
func (g *guard) watch(pgid int) error { return g.tell("watch", fmt.Sprint(pgid)) }

// forget is for a process group that has been stopped.
func (g *guard) forget(pgid int) error { return g.tell("forget", fmt.Sprint(pgid)) }

// remove has a folder removed when this process is gone.
func (g *guard) remove(dir string) error { return g.tell("remove", dir) }

func (g *guard) tell(verb, argument string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.input == nil {
		if err := g.start(); err != nil {
			return fmt.Errorf("starting the guard of the servers: %w", err)
		}
	}
	if _, err := fmt.Fprintln(g.input, verb, argument); err != nil {
		return fmt.Errorf("telling the guard of the servers to %s %s: %w", verb, argument, err)
	}
	return nil
}

func (g *guard) start() error {
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", guardScript)
	cmd.Stdin = out
	// A group of its own: Ctrl-C is for this process, which then stops its servers in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	out.Close()
	if err != nil {
		in.Close()
		return err
	}
	g.input = in
	return nil
}

// RemoveAtExit has a temporary folder removed when this process is gone, even if it is killed. It is for folders
// that the caller made for itself.
func RemoveAtExit(dir string) error { return theGuard.remove(dir) }
