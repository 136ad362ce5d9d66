package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Process is a child process with a log file, in a process group of its own.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{} // closed once the process has ended
}

// ProcessOptions says what to run.
type ProcessOptions struct {
	// Name is what errors and the log file call it.
	Name string
	// Binary is the path of the program.
	Binary string
	// Args are its arguments.
	Args []string
	// Env is added to this process's environment.
	Env []string
	// LogDir is the folder of its log file, NAME.log.
	LogDir string
}

// StartProcess starts a process. It does not wait for it to be ready: that is for WaitReady.
func StartProcess(o ProcessOptions) (*Process, error) {
	p := &Process{name: o.Name, log: filepath.Join(o.LogDir, o.Name+".log"), done: make(chan struct{})}
	file, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Name, err)
	}
	defer file.Close() // the child has its own
	p.cmd = exec.Command(o.Binary, o.Args...)
	p.cmd.Env = append(os.Environ(), o.Env...)
	p.cmd.Stdout, p.cmd.Stderr = file, file
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Name, err)
	}
	go func() {
		defer close(p.done)
		// How it ended is in ProcessState, and why is in its log.
		_ = p.cmd.Wait()
	}()
	if err := theGuard.watch(p.cmd.Process.Pid); err != nil {
		return nil, errors.Join(err, p.Stop(10*time.Second))
	}
	return p, nil
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// PID is the system's number for the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// LogFile is the path of its log.
func (p *Process) LogFile() string { return p.log }

// Stop asks the process to end, waits, and ends it by force after the patience.
func (p *Process) Stop(patience time.Duration) error {
	select {
	case <-p.done:
	default:
		// An error means that it has just ended by itself.
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	var late error
	select {
	case <-p.done:
	case <-time.After(patience):
		late = p.Failure(fmt.Sprintf("did not stop within %s and was killed", patience))
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	return errors.Join(late, theGuard.forget(p.cmd.Process.Pid))
}

// Kill ends the process as a crash would, and waits until it is gone. It may have ended already.
func (p *Process) Kill() error {
	_ = p.cmd.Process.Kill() // an error means that it has ended by itself
	<-p.done
	return theGuard.forget(p.cmd.Process.Pid)
}

// WaitReady asks the URL until it answers 200 OK. It gives up when the process ends or the context does.
func (p *Process) WaitReady(ctx context.Context, url string) error {
	return p.waitReady(ctx, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, url)
}

func (p *Process) waitReady(ctx context.Context, client *http.Client, url string) error {
	for {
		if answers(ctx, client, url) {
			return nil
		}
		select {
		case <-p.done:
			return p.Failure("ended before it was ready")
		case <-ctx.Done():
			return p.Failure("was not ready in time (" + ctx.Err().Error() + ")")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// WaitListening waits until somebody can connect to the address. It gives up when the process ends or the context does.
func (p *Process) WaitListening(ctx context.Context, address string) error {
	dialer := &net.Dialer{Timeout: 2 * time.Second}
	for {
		connection, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return connection.Close()
		}
		select {
		case <-p.done:
			return p.Failure("ended before it listened on " + address)
		case <-ctx.Done():
			return p.Failure("did not listen on " + address + " in time (" + ctx.Err().Error() + ")")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func answers(ctx context.Context, client *http.Client, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// Failure is an error that says what a process did, and shows where the log is and how it ends.
func (p *Process) Failure(what string) error {
	return fmt.Errorf("%s %s; its log %s ends:\n%s", p.name, what, p.log, logTail(p.log, 12))
}

// logTail is the last lines of a log, indented.
func logTail(path string, lines int) string {
	file, err := os.Open(path)
	if err != nil {
		return "    (unreadable: " + err.Error() + ")"
	}
	defer file.Close()
	var last []string
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		last = append(last, "    "+scanner.Text())
		if len(last) > lines {
			last = last[1:]
		}
	}
	if len(last) == 0 {
		return "    (empty)"
	}
	return strings.Join(last, "\n")
}

// FreeAddress is a loopback address that nobody listens on at this moment.
func FreeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// retried starts a server that is given a free address: between finding it and listening on it, somebody else may take it.
func retried[S any](start func() (S, error)) (S, error) {
	const attempts = 3
	for attempt := 1; ; attempt++ {
		server, err := start()
		if err == nil || attempt == attempts || !strings.Contains(err.Error(), "address already in use") {
			return server, err
		}
	}
}
