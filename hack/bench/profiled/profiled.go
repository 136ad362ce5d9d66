//go:build profiled

// What `make bench-scale PROFILE=1` adds to the controller that it builds for itself: the controller that ships has
// no profiling at all. SIGUSR1 begins a CPU profile; SIGUSR2 ends it and writes one of the heap.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"syscall"
)

func init() { go profile(os.Getenv("BENCH_PROFILES")) }

func profile(dir string) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	var cpu *os.File
	for s := range signals {
		var err error
		if s == syscall.SIGUSR1 {
			if cpu, err = os.Create(filepath.Join(dir, "cpu.pprof")); err == nil {
				err = pprof.StartCPUProfile(cpu)
			}
		} else {
			pprof.StopCPUProfile()
			cpu.Close()
			err = writeHeap(filepath.Join(dir, "heap.pprof"))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "profile:", err)
		}
	}
}

// writeHeap writes the file under another name first: when it is there, it is complete.
func writeHeap(path string) error {
	heap, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	defer heap.Close()
	runtime.GC() // What is in use, not what is garbage already.
	if err := pprof.WriteHeapProfile(heap); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
