package main

import (
	"os"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const line = "4711 (a) man (ager) S 1 4711 4711 0 -1 4194560 1 2 3 4 1234 66 7 8 20 0 9 0 100 200 300"
	if got, err := parseStat([]byte(line)); err != nil || got != 13*time.Second {
		t.Errorf("CPU time %s, %v; want the 12.34 s of the user and the 0.66 s of the system", got, err)
	}
	if _, err := parseStat([]byte("4711 (manager) S 1")); err == nil {
		t.Error("a line that is too short was accepted")
	}
}

func TestParseStatus(t *testing.T) {
	now, peak, err := parseStatus("Name:\tmanager\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t9\n")
	if err != nil || now != 100 || peak != 200 {
		t.Errorf("memory %v and %v MiB, %v; want 100 and 200", now, peak, err)
	}
	if _, _, err := parseStatus("Name:\tmanager\n"); err == nil {
		t.Error("a status without memory was accepted")
	}
}

func TestOwnProcess(t *testing.T) {
	if _, err := cpuTime(os.Getpid()); err != nil {
		t.Error(err)
	}
	stop := highest(t.Context(), os.Getpid())
	if most, err := stop(); err != nil || most < 1 {
		t.Errorf("this test has %v MiB, %v", most, err)
	}
}
