package evaluate_test

import (
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// A KPI with holdFor: what is shown, what waits, and what the sampler is told to wake for, step by step.
func TestVerdictIsHeld(t *testing.T) {
	k := newKPI(func(k *v1alpha1.KPI) { k.Spec.HoldFor = "10m" })
	in := evaluate.KPIInput{KPI: k, Metric: pointer(newMetric(*k.Spec.Metric)), Grace: grace, Objectives: []*v1alpha1.Objective{newObjective()}}
	minute := func(n int) time.Time { return middle.Add(time.Duration(n) * time.Minute) }
	edit := func() { k.Generation++ }
	const sick, well = 99.5, 99.95
	steps := []struct {
		reason  string
		at      int
		held    sample.Held
		before  func()
		health  v1alpha1.KPIHealth
		pending string
		since   bool
		change  evaluate.Change
		says    string
	}{
		{"well", 0, good(well, minute(0)), nil, "Healthy", "", false, evaluate.First, "99.95 % is inside the target of ≥ 99.9 %"},
		{"a bad value waits, which is remembered at once", 1, good(sick, minute(1)), nil, "Healthy", "Unhealthy 1", false, evaluate.Memory,
			"99.5 % is outside the target of ≥ 99.9 %; Healthy until every value for 10m says otherwise"},
		{"no answer takes nothing back", 2, then(good(sick, minute(1)), sample.Timeout, minute(2)), nil, "Healthy", "Unhealthy 1", false, evaluate.Transition,
			"99.5 % is outside the target of ≥ 99.9 %; Healthy until every value for 10m says otherwise"},
		{"time alone decides nothing", 12, good(sick, minute(10)), nil, "Healthy", "Unhealthy 1", false, evaluate.Transition,
			"99.5 % is outside the target of ≥ 99.9 %; Healthy until every value for 10m says otherwise"},
		{"a restart goes on waiting", 12, sample.Held{}, nil, "Healthy", "Unhealthy 1", false, evaluate.Unchanged,
			"99.5 % is outside the target of ≥ 99.9 %; Healthy until every value for 10m says otherwise"},
		{"bad for so long", 12, good(sick, minute(11)), nil, "Unhealthy", "", true, evaluate.Transition, "99.5 % is outside the target of ≥ 99.9 %"},
		{"well again waits too", 13, good(well, minute(13)), nil, "Unhealthy", "Healthy 13", true, evaluate.Memory,
			"99.95 % is inside the target of ≥ 99.9 %; Unhealthy until every value for 10m says otherwise"},
		{"to Unknown at once, and nothing waits", 14, then(good(well, minute(13)), sample.NoData, minute(14)), nil, "Unknown", "", true, evaluate.Transition, "it is NoData"},
		{"from Unknown at once", 15, good(well, minute(15)), nil, "Healthy", "", false, evaluate.Transition, "99.95 % is inside the target of ≥ 99.9 %"},
		{"waits again", 16, good(sick, minute(16)), nil, "Healthy", "Unhealthy 16", false, evaluate.Memory,
			"99.5 % is outside the target of ≥ 99.9 %; Healthy until every value for 10m says otherwise"},
		{"an edit takes effect at once", 17, good(sick, minute(16)), edit, "Unhealthy", "", true, evaluate.Transition, "99.5 % is outside the target of ≥ 99.9 %"},
	}
	for _, s := range steps {
		if s.before != nil {
			s.before()
		}
		got := visitKPI(in, answers{live: s.held}, minute(s.at))
		same(t, s.reason+": health", s.health, got.Status.Health)
		var pending string
		var awaited time.Time
		if p := got.Status.Frozen.PendingHealth; p != nil {
			pending = fmt.Sprintf("%s %.0f", p.Health, p.Since.Sub(middle).Minutes())
			awaited = p.Since.Add(10 * time.Minute)
		}
		same(t, s.reason+": pending", s.pending, pending)
		same(t, s.reason+": awaited", awaited, got.Watches[0].Awaited)
		same(t, s.reason+": unhealthy since", s.since, got.Status.Frozen.UnhealthySince != nil)
		same(t, s.reason+": change", s.change, got.Change)
		same(t, s.reason+": message", s.says, message(got.Status.Conditions, "Healthy"))
	}
}
