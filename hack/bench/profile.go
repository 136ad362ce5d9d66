package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// profilesVariable tells a profiled controller where its profiles go.
const profilesVariable = "BENCH_PROFILES"

// buildProfiled builds a controller of its own that can be profiled: the sources that ship, and one file more.
func (b *bench) buildProfiled(ctx context.Context) error {
	if err := os.MkdirAll(b.profile, 0o755); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(b.root, "profiled.go"): filepath.Join(b.root, "hack", "bench", "profiled", "profiled.go"),
	}})
	if err != nil {
		return err
	}
	path := filepath.Join(b.dir, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		return err
	}
	b.manager = filepath.Join(b.dir, "profiled-manager")
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", path, "-tags", "profiled", "-o", b.manager, ".")
	cmd.Dir = b.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// profiled profiles the controller while do runs, if that is wanted, and leaves PHASE-cpu.pprof and PHASE-heap.pprof.
func (b *bench) profiled(ctx context.Context, phase string, do func(context.Context) error) error {
	if b.profile == "" {
		return do(ctx)
	}
	pid := b.controller.PID()
	if err := syscall.Kill(pid, syscall.SIGUSR1); err != nil {
		return fmt.Errorf("beginning a profile: %w", err)
	}
	if err := do(ctx); err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGUSR2); err != nil {
		return fmt.Errorf("ending a profile: %w", err)
	}
	file := func(name string) string { return filepath.Join(b.profile, name+".pprof") }
	err := b.until(ctx, time.Minute, func(context.Context) (string, error) {
		if _, err := os.Stat(file("heap")); errors.Is(err, fs.ErrNotExist) {
			return "the profile of the heap is being written", nil
		}
		return "", nil
	})
	for _, kind := range []string{"cpu", "heap"} {
		err = errors.Join(err, os.Rename(file(kind), file(phase+"-"+kind)))
	}
	return err
}
