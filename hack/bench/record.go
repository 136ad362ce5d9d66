package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// record appends the figures with their conditions to docs/performance.md.
func (f *figures) record(root string, o options) error {
	path := filepath.Join(root, "docs", "performance.md")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("recording the figures: %w", err)
	}
	_, err = file.WriteString(f.markdown(conditions(root), time.Now().UTC(), o))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("recording the figures: %w", err)
	}
	return nil
}

// markdown is a section with the figures as a table.
func (f *figures) markdown(conditions string, day time.Time, o options) string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n### N=%d DUP=%d INTERVAL=%s CHANGE=%d, %s\n\n%s\n\n| Figure | Value | Unit | Budget | |\n|---|---|---|---|---|\n",
		o.kpis, o.duplicates, o.interval, o.changing, day.Format(time.DateOnly), conditions)
	for _, r := range slices.Concat(f.rows(), f.more()) {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s |\n", r.name, r.value, r.unit, r.budget, r.mark())
	}
	return out.String()
}

// conditions are the machine, the compiler and the commit.
func conditions(root string) string {
	return fmt.Sprintf("%s, %d cores, %s RAM, %s, load %s at the end, commit %s.", cpuModel(), runtime.NumCPU(),
		field("/proc/meminfo", "MemTotal"), runtime.Version(), load(), commit(root))
}

func cpuModel() string { return field("/proc/cpuinfo", "model name") }

// field is the value of the first line "name: value" of a file; "unknown" if there is none.
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// load is the number of processes that wanted a CPU over the last 15 minutes, on average.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 2 {
		return fields[2]
	}
	return "unknown"
}

// commit names what was measured, and says if it was not committed.
func commit(root string) string {
	cmd := exec.Command("git", "describe", "--always", "--dirty")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return "unknown"
	}
	return "`" + strings.TrimSpace(string(out)) + "`"
}
