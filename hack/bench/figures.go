package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figures are what one run has measured.
type figures struct {
	options

	requestsPerInterval          float64
	distinctQueries, writesQuiet int
	writesChanged                float64 // per interval
	cpuCores, rssMiB, goroutines float64
	editP50, editP99             time.Duration
	latenessHungP99              time.Duration
	restartMeasured              time.Duration
	restartWrites                int
	// lateness is how long after the instants that they ask about requests came while nothing was wrong.
	lateness []time.Duration

	// Those below explain the ones above, and have no place in the line.
	latenessBefore, latenessAfter, editMax time.Duration
	edits                                  int
	uneven                                 int     // queries that were not asked once per interval
	hungRequests                           float64 // per interval, while the other source hung
	looksQuiet, looksChanging              float64 // evaluations of KPIs per interval
	queuedBefore, queuedAfter              float64 // KPIs that wait for an evaluation, at the ends of the window of changes
	scrapeMiB, peakMiB                     float64
	restartLosses                          int
}

// statusInterval is the default of the controller's --status-interval: a value that merely moved is written at most
// that often.
const statusInterval = 5 * time.Minute

// budgets are what a run may cost at most.
type budgets struct {
	cores, rss float64 // rss in MiB
}

// budgets are those of two sizes: up to 10,000 KPIs, and up to 100,000 of which nine in ten ask what another asks.
func (o options) budgets() budgets {
	if o.kpis <= 10_000 {
		return budgets{cores: 0.25, rss: 250}
	}
	return budgets{cores: 1, rss: 1536}
}

// writesAllowed is how many status writes a window of changes may see per interval: of each KPI one at once, and one
// more for every status interval.
func (o options) writesAllowed() float64 {
	if o.changing == 0 {
		return 0
	}
	window := time.Duration(o.intervals()) * o.interval
	return float64(o.kpis*(1+int(window/statusInterval))) / float64(o.intervals())
}

// row is one figure as it is printed.
type row struct {
	name, value, unit, budget string
	// met says whether the budget is kept; a figure without a budget has met it.
	met bool
}

// rows are the figures of the line, in its order.
func (f *figures) rows() []row {
	limit := f.budgets()
	back := f.interval + 30*time.Second
	late := quantile(f.lateness, 0.99)
	return []row{
		{"requests_per_interval", number3(f.requestsPerInterval), "requests", "= distinct_queries",
			f.requestsPerInterval == float64(f.distinctQueries)},
		{"distinct_queries", fmt.Sprint(f.distinctQueries), "queries", fmt.Sprintf("= %d", f.distinct()),
			f.distinctQueries == f.distinct()},
		{"writes_quiet", fmt.Sprint(f.writesQuiet), "writes", "0", f.writesQuiet == 0},
		{"writes_changed", number3(f.writesChanged), "writes/interval", "≤ " + number3(f.writesAllowed()),
			f.writesChanged <= f.writesAllowed()},
		{"cpu_cores", number3(f.cpuCores), "cores", "≤ " + number3(limit.cores), f.cpuCores <= limit.cores},
		{"rss_mib", fmt.Sprintf("%.0f", f.rssMiB), "MiB", fmt.Sprintf("≤ %.0f", limit.rss), f.rssMiB <= limit.rss},
		{"goroutines", fmt.Sprintf("%.0f", f.goroutines), "", "", true},
		{"edit_p50_ms", millis(f.editP50), "ms", "", true},
		{"edit_p99_ms", millis(f.editP99), "ms", "< 2000", f.editP99 < 2*time.Second},
		{"lateness_p99_ms", millis(late), "ms", "", true},
		{"lateness_hung_p99_ms", millis(f.latenessHungP99), "ms", "< lateness_p99_ms + 5 %",
			f.latenessHungP99.Seconds() < 1.05*late.Seconds()},
		{"restart_measured_s", number3(f.restartMeasured.Seconds()), "s", "≤ " + number3(back.Seconds()), f.restartMeasured <= back},
		{"restart_writes", fmt.Sprint(f.restartWrites), "writes", "0", f.restartWrites == 0},
	}
}

// more are the figures that explain those of the line.
func (f *figures) more() []row {
	return []row{
		{"queries asked unevenly", fmt.Sprint(f.uneven), "queries", "0", f.uneven == 0},
		{"requests beside a hung source", number3(f.hungRequests), "requests/interval", "= distinct_queries",
			f.hungRequests == float64(f.distinctQueries)},
		{"evaluations, quiet", number3(f.looksQuiet), "per interval", "", true},
		{"evaluations, changing", number3(f.looksChanging), "per interval", "", true},
		{"waiting for evaluation, before and after", fmt.Sprintf("%.0f, %.0f", f.queuedBefore, f.queuedAfter), "KPIs", "not growing",
			f.queuedAfter <= f.queuedBefore+float64(f.kpis)/100},
		{"lateness, median", millis(quantile(f.lateness, 0.5)), "ms", "", true},
		{"lateness p99, before and after", millis(f.latenessBefore) + ", " + millis(f.latenessAfter), "ms", "", true},
		{"edit to status, longest", millis(f.editMax), fmt.Sprintf("ms, %d edits", f.edits), "", true},
		{"not measured after the restart", fmt.Sprint(f.restartLosses), "KPIs", "0", f.restartLosses == 0},
		{"memory, most since the restart", fmt.Sprintf("%.0f", f.peakMiB), "MiB", "", true},
		{"size of /metrics", number3(f.scrapeMiB), "MiB", "", true},
	}
}

// table is what people read.
func (f *figures) table() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FIGURE\tVALUE\tUNIT\tBUDGET\t")
	for _, r := range slices.Concat(f.rows(), f.more()) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.name, r.value, r.unit, r.budget, r.mark())
	}
	_ = w.Flush() // A strings.Builder takes everything.
	return out.String()
}

func (r row) mark() string {
	switch {
	case r.budget == "":
		return ""
	case r.met:
		return "ok"
	default:
		return "MISSED"
	}
}

// line is what programs read.
func (f *figures) line() string {
	pairs := make([]string, 0, len(f.rows()))
	for _, r := range f.rows() {
		pairs = append(pairs, r.name+"="+r.value)
	}
	return strings.Join(pairs, " ")
}

// number3 prints a number with at most three digits after the point.
func number3(v float64) string {
	text := fmt.Sprintf("%.3f", v)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func millis(d time.Duration) string { return number3(float64(d) / float64(time.Millisecond)) }

// quantile is the smallest of the durations that at least the share q of them do not exceed; 0 of none.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}
