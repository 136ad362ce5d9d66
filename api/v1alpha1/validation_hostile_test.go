package v1alpha1_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

const sayShapes = "write exactly one of reach (from here to there), maintain (stay in a band) and milestones"

// oneMistake are key results in which other rules could complain too, about the consequences.
var oneMistake = []verdict{
	{reason: "a reach that is measured, and milestones", spec: `milestones: [{title: a}]`, field: "spec", says: sayShapes},
	{reason: "a reach of a KPI, and milestones", spec: `{metric: null, kpiRef: {name: latency}, milestones: [{title: a}]}`, field: "spec", says: sayShapes},
	{reason: "a reach with a pace, and milestones", spec: `{metric: null, milestones: [{title: a}], pace: {checkpoints: [{date: 2026-11-15, percent: 20}]}}`, field: "spec", says: sayShapes},
	{reason: "a reach and a maintain, kept by hand", spec: `{metric: null, maintain: {atLeast: 70}}`, field: "spec", says: sayShapes},
	{reason: "a reach without baseline and a maintain, kept by hand", spec: `{metric: null, reach: {target: 5}, maintain: {atLeast: 70}}`, field: "spec", says: sayShapes},
	{reason: "a reach and a maintain that count from 0", spec: `{reach: {target: 5}, maintain: {atLeast: 70}, ` + elapsed + `}`, field: "spec", says: sayShapes},
	{reason: "all three shapes", spec: `{maintain: {atLeast: 70}, milestones: [{title: a}]}`, field: "spec", says: sayShapes},
	{reason: "all three shapes, with a record", spec: `{maintain: {atLeast: 70, allowedBreach: "1%"}, milestones: [{title: a}], final: {date: 2026-12-31, value: 5}}`, field: "spec", says: sayShapes},
	{reason: "no shape, and no value either", spec: `{reach: null, metric: null}`, field: "spec", says: sayShapes},
	{reason: "milestones, and two values", spec: `{reach: null, kpiRef: {name: latency}, milestones: [{title: a}]}`, field: "spec.milestones", says: "remove metric, kpiRef and guard"},
	{reason: "kept by hand, with a target alone", spec: `{metric: null, reach: {target: 300}}`, field: "spec.reach.baseline", says: "write reach.baseline"},
}

// oneMistakeOfAnObjective are objectives in which other rules could complain too.
var oneMistakeOfAnObjective = []verdict{
	{reason: "a year before 1970, beside a start", spec: `{period: 1926-Q4, startOn: 2026-11-10}`, field: "spec.period", says: sayPeriod},
	{reason: "no month, beside a start", spec: `{period: 2026-00, startOn: 2026-11-10}`, field: "spec.period", says: sayPeriod},
	{reason: "a year before 1970, beside a check-in", spec: checkedIn("1926-Q4", "2026-11-10"), field: "spec.period", says: sayPeriod},
	{reason: "the last day first, beside a check-in", spec: checkedIn("2026-12-01/2026-10-01", "2026-11-10"), field: "spec.period", says: "the period ends before it begins"},
	{reason: "the last day first, beside a start", spec: `{period: 2026-12-01/2026-10-01, startOn: 2026-11-10}`, field: "spec.period", says: "the period ends before it begins"},
	{reason: "an empty period, beside a check-in", spec: checkedIn(`""`, "2026-11-10"), field: "spec.period", says: sayPeriod},
	{reason: "other digits, beside a check-in", spec: checkedIn("2026-10-01/2026-12-१५", "2026-11-10"), field: "spec.period", says: sayPeriod},
	{reason: "other digits, beside a start", spec: `{period: 2026-10-01/2026-12-१५, startOn: 2026-11-10}`, field: "spec.period", says: sayPeriod},
}

// oneMistakeOfAKPI are KPIs in which other rules could complain too.
var oneMistakeOfAKPI = []verdict{
	{reason: "no number, but a rhythm", spec: `{metric: null, readEvery: 31d}`, field: "spec", says: "write exactly one of metric (a query) and readings"},
	{reason: "no number, but a calendar", spec: `{metric: null, calendarWindow: Month}`, field: "spec", says: "write exactly one of metric (a query) and readings"},
	{reason: "both numbers, and a calendar", spec: `{readings: [{date: 2026-10-31, value: 5}], calendarWindow: Month}`, field: "spec", says: "write exactly one of metric (a query) and readings"},
	{reason: "a target of nothing, and a warning", spec: `{target: {}, warning: {atLeast: 86}}`, field: "spec.target", says: "an empty band holds every number"},
	{reason: "a target of nothing, and an ambition", spec: `{target: {}, stretchTarget: 86}`, field: "spec.target", says: "an empty band holds every number"},
	{reason: "two bounds, and an ambition", spec: `{target: {atLeast: 85, atMost: 90}, stretchTarget: 86}`, field: "spec.stretchTarget", says: "write target with atLeast or with atMost"},
}

func TestOneMistakeHasOneComplaint(t *testing.T) {
	judge(t, "KeyResult", smallKeyResult, oneMistake)
	judge(t, "Objective", smallObjective, oneMistakeOfAnObjective)
	judge(t, "KPI", smallKPI, oneMistakeOfAKPI)
}

// The API server estimates what rules cost when a kind is installed, and bounds what they cost when an object comes.
func TestLargestGoalsAreAdmitted(t *testing.T) {
	name, text := strings.Repeat("n", 240), strings.Repeat("x", 2048)
	day := func(i int) string {
		return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i).Format(time.DateOnly) + "T00:00:00Z"
	}
	list := func(n int, item func(i int) string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = item(i)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	number := `"-999999999999999.999999999"`
	tests := []struct{ reason, kind, small, spec string }{
		{"an objective", "Objective", smallObjective, `{period: 2026-01-01/2026-12-31, startOn: "` + day(99) + `", kpiRefs: ` +
			list(16, func(i int) string { return fmt.Sprintf("{name: %s%d, namespace: shop}", name, i) }) + `, actions: ` +
			list(32, func(i int) string {
				return fmt.Sprintf(`{title: %s%d, owner: mei, dueOn: %q, doneOn: %q, url: %q}`, name, i, day(i), day(i), "https://"+text[8:])
			}) + `, checkIns: ` +
			list(100, func(i int) string {
				return fmt.Sprintf(`{date: %q, confidence: 10, note: %s, keyResults: %s}`, day(i), text, list(16, func(k int) string {
					return fmt.Sprintf("{name: %s%d, value: %s, confidence: 10}", name, k, number)
				}))
			}) + `}`},
		{"a key result of milestones", "KeyResult", smallKeyResult, `{reach: null, metric: null, startOn: "` + day(0) + `", dueOn: "` + day(99) + `", final: {date: "` + day(99) + `", score: "1.00"}, milestones: ` +
			list(32, func(i int) string {
				return fmt.Sprintf(`{title: %s%d, weight: 1000, dueOn: %q, doneOn: %q}`, name, i, day(i), day(i))
			}) + `}`},
		{"a key result that was replanned", "KeyResult", smallKeyResult, `{metric: {query: ` + strings.Repeat("z", 4096) + `}, guard: {query: ` + strings.Repeat("z", 4096) + `, atLeast: 5},
reach: {baseline: 1, target: ` + number + `, replanned: ` +
			list(16, func(i int) string {
				return fmt.Sprintf(`{date: %q, from: %s, to: %s, reason: %s}`, day(i), number, number, text)
			}) + `}, pace: {checkpoints: ` + list(32, func(i int) string { return fmt.Sprintf(`{date: %q, percent: 50}`, day(i)) }) + `}}`},
		{"a KPI that is kept by hand", "KPI", smallKPI, `{metric: null, target: {atLeast: ` + number + `}, warning: {atLeast: 5}, stretchTarget: 6, readings: ` +
			list(100, func(i int) string { return fmt.Sprintf(`{date: %q, value: %s, note: %s}`, day(i), number, text) }) + `}`},
	}
	s := server(t)
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			object := compose(t, test.kind, test.small, test.spec)
			began := time.Now()
			if err := s.Create(t.Context(), object, client.DryRunAll); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("admitted after %s", took)
			} else {
				t.Logf("admitted after %s", took)
			}
		})
	}
}
