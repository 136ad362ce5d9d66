package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ticks is how many units of CPU time /proc counts in a second: USER_HZ, which is 100 on every Linux there is.
const ticks = 100

// cpuTime is how long a process has been on a CPU, in user mode and for it in the kernel.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("reading the controller's CPU time: %w", err)
	}
	return parseStat(text)
}

// parseStat reads utime and stime, the 14th and 15th field. The second may hold spaces and ends with the last ).
func parseStat(text []byte) (time.Duration, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const user, system = 11, 12 // After the second field.
	if len(fields) <= system {
		return 0, fmt.Errorf("reading the controller's CPU time: %q", text)
	}
	var sum time.Duration
	for _, field := range [][]byte{fields[user], fields[system]} {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading the controller's CPU time: %w", err)
		}
		sum += time.Duration(n) * time.Second / ticks
	}
	return sum, nil
}

// memory is what a process has in RAM, now and at most so far, in MiB.
func memory(pid int) (now, peak float64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("reading the controller's memory: %w", err)
	}
	return parseStatus(string(text))
}

func parseStatus(text string) (now, peak float64, err error) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		var to *float64
		switch name {
		case "VmRSS":
			to = &now
		case "VmHWM":
			to = &peak
		default:
			continue
		}
		kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		if err != nil {
			return 0, 0, fmt.Errorf("reading the controller's memory: %w", err)
		}
		*to = kib / 1024
	}
	if now == 0 || peak == 0 {
		return 0, 0, fmt.Errorf("reading the controller's memory: VmRSS %v, VmHWM %v", now, peak)
	}
	return now, peak, nil
}

// highest watches a process's memory until stop, which returns the most that it had in MiB.
func highest(ctx context.Context, pid int) (stop func() (float64, error)) {
	ctx, cancel := context.WithCancel(ctx)
	var most float64
	var failed error
	var done sync.WaitGroup
	look := func() {
		now, _, err := memory(pid)
		if err != nil {
			failed = err
		}
		most = max(most, now)
	}
	done.Go(func() {
		for ctx.Err() == nil {
			look()
			select {
			case <-ctx.Done():
			case <-time.After(250 * time.Millisecond):
			}
		}
	})
	return func() (float64, error) {
		cancel()
		done.Wait()
		look()
		return most, failed
	}
}
