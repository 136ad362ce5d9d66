package main

import (
	"strings"
	"testing"
	"time"
)

// lineOrder is what programs that read the last line rely on.
const lineOrder = "requests_per_interval distinct_queries writes_quiet writes_changed cpu_cores rss_mib goroutines " +
	"edit_p50_ms edit_p99_ms lateness_p99_ms lateness_hung_p99_ms restart_measured_s restart_writes"

func TestLine(t *testing.T) {
	f := &figures{options: options{kpis: 10, interval: time.Minute}, requestsPerInterval: 10, cpuCores: 0.12345}
	var names []string
	for pair := range strings.FieldsSeq(f.line()) {
		name, value, found := strings.Cut(pair, "=")
		if !found || value == "" {
			t.Errorf("%q is no key=value", pair)
		}
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != lineOrder {
		t.Errorf("the line's keys are\n%s\nwant\n%s", got, lineOrder)
	}
	if !strings.Contains(f.line(), "cpu_cores=0.123 ") || !strings.Contains(f.line(), "requests_per_interval=10 ") {
		t.Errorf("the line is %s", f.line())
	}
}

// good is a run that keeps every budget.
func good() *figures {
	return &figures{
		options:             options{kpis: 10_000, interval: time.Minute},
		requestsPerInterval: 10_000, distinctQueries: 10_000, cpuCores: 0.25, rssMiB: 250, editP99: 1999 * time.Millisecond,
		lateness: []time.Duration{time.Second}, latenessHungP99: 1049 * time.Millisecond, restartMeasured: 90 * time.Second,
		hungRequests: 10_000,
	}
}

func TestBudgets(t *testing.T) {
	for _, c := range []struct {
		reason string
		change func(*figures)
		missed string
	}{
		{"everything is just within its budget", func(*figures) {}, ""},
		{"a request too many", func(f *figures) { f.requestsPerInterval++ }, "requests_per_interval"},
		{"a query that nobody asks any more", func(f *figures) { f.requestsPerInterval, f.distinctQueries = 9999, 9999 }, "distinct_queries"},
		{"a write although nothing changed", func(f *figures) { f.writesQuiet = 1 }, "writes_quiet"},
		{"a write per KPI and interval", func(f *figures) { f.changing, f.writesChanged = 100, 10_000 }, "writes_changed"},
		{"a write per KPI and two intervals", func(f *figures) { f.changing, f.writesChanged = 100, 5_000 }, ""},
		{"too busy", func(f *figures) { f.cpuCores = 0.26 }, "cpu_cores"},
		{"as busy as 100,000 may be", func(f *figures) {
			f.kpis, f.duplicates, f.cpuCores, f.rssMiB = 100_000, 90, 1, 1536
		}, ""},
		{"too large", func(f *figures) { f.rssMiB = 251 }, "rss_mib"},
		{"too slow", func(f *figures) { f.editP99 = 2 * time.Second }, "edit_p99_ms"},
		{"one source hangs, and the other's requests are late", func(f *figures) { f.latenessHungP99 = 1051 * time.Millisecond }, "lateness_hung_p99_ms"},
		{"long away", func(f *figures) { f.restartMeasured = 91 * time.Second }, "restart_measured_s"},
		{"a write after a restart", func(f *figures) { f.restartWrites = 1 }, "restart_writes"},
	} {
		f := good()
		c.change(f)
		var missed []string
		for _, r := range f.rows() {
			if r.mark() == "MISSED" {
				missed = append(missed, r.name)
			}
		}
		if got := strings.Join(missed, " "); got != c.missed {
			t.Errorf("%s: missed %q, want %q", c.reason, got, c.missed)
		}
	}
}

func TestMarkdown(t *testing.T) {
	f := good()
	f.rssMiB = 300
	text := f.markdown("A machine.", time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), f.options)
	for _, want := range []string{
		"\n### N=10000 DUP=0 INTERVAL=1m0s CHANGE=0, 2026-11-25\n\nA machine.\n",
		"| rss_mib | 300 | MiB | ≤ 250 | MISSED |\n", "| writes_quiet | 0 | writes | 0 | ok |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the record lacks %q:\n%s", want, text)
		}
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[99-i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		reason string
		all    []time.Duration
		q      float64
		want   time.Duration
	}{
		{"the 99th of 100", hundred, 0.99, 99},
		{"the 50th of 100", hundred, 0.5, 50},
		{"the longest of two", []time.Duration{2, 1}, 0.99, 2},
		{"the only one", []time.Duration{7}, 0.5, 7},
		{"none at all", nil, 0.99, 0},
	} {
		if got := quantile(c.all, c.q); got != c.want {
			t.Errorf("%s: %d, want %d", c.reason, got, c.want)
		}
	}
}

func TestIntervals(t *testing.T) {
	for _, c := range []struct {
		reason   string
		interval time.Duration
		want     int
	}{
		{"two of a minute", time.Minute, 2},
		{"twenty seconds' worth", 5 * time.Second, 4},
		{"rounded up", 7 * time.Second, 3},
	} {
		if got := (options{interval: c.interval}).intervals(); got != c.want {
			t.Errorf("%s: %d intervals, want %d", c.reason, got, c.want)
		}
	}
}
