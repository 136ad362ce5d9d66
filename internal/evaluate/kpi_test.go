package evaluate_test

import (
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

const grace = 21 * 24 * time.Hour

func kpiInput(objectives ...*v1alpha1.Objective) evaluate.KPIInput {
	k := newKPI()
	return evaluate.KPIInput{KPI: k, Metric: pointer(newMetric(*k.Spec.Metric)), Objectives: objectives, Grace: grace}
}

func TestKPIVerdict(t *testing.T) {
	decimal := func(d v1alpha1.Decimal) *v1alpha1.Decimal { return &d }
	warned := func(k *v1alpha1.KPI) { k.Spec.Warning = &v1alpha1.Band{AtLeast: decimal("99.95")} }
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KPI)
		value  float64
		health v1alpha1.KPIHealth
		says   string
		text   string
	}{
		{"bounds are inclusive", warned, 99.95, "Healthy", "True InsideBand", "99.95 % is inside the target of ≥ 99.9 %"},
		{"between warning and target", warned, 99.94, "Warning", "True OutsideWarning", "99.94 % is inside the target of ≥ 99.9 %, but outside ≥ 99.95 %"},
		{"outside", warned, 99.89, "Unhealthy", "False OutsideTarget", "99.89 % is outside the target of ≥ 99.9 %"},
		{"a range", func(k *v1alpha1.KPI) { k.Spec.Target = &v1alpha1.Band{AtLeast: decimal("70"), AtMost: decimal("85")} }, 86,
			"Unhealthy", "False OutsideTarget", "86 % is outside the target of 70–85 %"},
		{"no band to judge by", func(k *v1alpha1.KPI) { k.Spec.Target = nil }, 86, "Unknown", "Unknown NoTarget",
			"no band to judge by: write spec.target"},
		{"no number to show either: first things first", func(k *v1alpha1.KPI) { k.Spec.Target, k.Spec.TimeZone = nil, "Local" }, 86, "Unknown",
			"Unknown InvalidTimeZone", `spec.timeZone: there is no time zone "Local": write an IANA name such as Europe/Berlin`},
		{"a zone that is none", func(k *v1alpha1.KPI) { k.Spec.TimeZone = "Local" }, 86, "Unknown", "Unknown InvalidTimeZone",
			`spec.timeZone: there is no time zone "Local": write an IANA name such as Europe/Berlin`},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := kpiInput()
			c.edit(in.KPI)
			in.KPI.Generation = 3
			s := visitKPI(in, answers{live: good(c.value, middle)}, middle).Status
			same(t, "health", c.health, s.Health)
			same(t, "Healthy", c.says, says(s.Conditions, "Healthy"))
			same(t, "message", c.text, message(s.Conditions, "Healthy"))
			complete(t, s.Conditions, 3, "Ready", "Stalled", "ResolvedRefs", "Measured", "Healthy", "Aligned", "NeedsObjective")
		})
	}
}

func TestAligned(t *testing.T) {
	named := func(name string, edit func(*v1alpha1.ObjectiveSpec)) *v1alpha1.Objective {
		o := newObjective()
		o.Name = name
		edit(&o.Spec)
		return o
	}
	active := named("active", func(*v1alpha1.ObjectiveSpec) {})
	next := named("next", func(s *v1alpha1.ObjectiveSpec) { s.Period = "2027-Q1" })
	drafted := named("draft", func(s *v1alpha1.ObjectiveSpec) { s.State = v1alpha1.ObjectiveDraft })
	given := named("given-up", func(s *v1alpha1.ObjectiveSpec) { s.State = v1alpha1.ObjectiveCancelled })
	cases := []struct {
		reason     string
		objectives []*v1alpha1.Objective
		now        time.Time
		want       string
		text       string
		next       time.Time
	}{
		{"one counts once", []*v1alpha1.Objective{active, active}, middle, "True ObjectiveActive", "looked after by shop/active", middle.Add(time.Hour)},
		{"planned", []*v1alpha1.Objective{active}, begin.Add(-grace), "True ObjectivePlanned", "looked after by shop/active", begin.Add(-grace).Add(time.Hour)},
		{"too early", []*v1alpha1.Objective{active}, begin.Add(-grace).Add(-30 * time.Second), "Unknown Settling",
			"no active objective names this KPI or measures a key result by it; waiting a minute before saying so; not counted yet: shop/active",
			begin.Add(-grace)},
		{"between periods", []*v1alpha1.Objective{active}, end, "True BetweenPeriods", "looked after by shop/active", end.Add(time.Hour)},
		{"the last second of grace", []*v1alpha1.Objective{active}, end.Add(grace - time.Second), "True BetweenPeriods", "looked after by shop/active", end.Add(grace)},
		{"drafts, later and cancelled ones do not count", []*v1alpha1.Objective{next, drafted, given}, middle, "Unknown Settling",
			"no active objective names this KPI or measures a key result by it; waiting a minute before saying so; not counted yet: shop/draft, shop/next",
			middle.Add(time.Minute)},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := kpiInput(c.objectives...)
			in.Metric.Spec.StaleAfter = "2h"
			got := visitKPI(in, answers{live: good(99.95, c.now)}, c.now)
			same(t, "Aligned", c.want, says(got.Status.Conditions, "Aligned"))
			same(t, "message", c.text, message(got.Status.Conditions, "Aligned"))
			same(t, "next look", c.next, got.Next)
		})
	}
}

func TestManyObjectivesAreNamedBriefly(t *testing.T) {
	var many []*v1alpha1.Objective
	for i := range 25 {
		o := newObjective()
		o.Name = fmt.Sprintf("o%02d", 24-i)
		many = append(many, o)
	}
	s := visitKPI(kpiInput(many...), answers{live: good(99.95, middle)}, middle).Status
	same(t, "count", pointer[int32](25), s.AlignedObjectives.Count)
	same(t, "names", 10, len(s.AlignedObjectives.Names))
	same(t, "message", "looked after by shop/o00, shop/o01, shop/o02, shop/o03, shop/o04, shop/o05, shop/o06, shop/o07, shop/o08, shop/o09 and 15 more",
		message(s.Conditions, "Aligned"))
}

func TestSettling(t *testing.T) {
	in := kpiInput()
	seen := answers{live: good(99.95, middle)}
	first := visitKPI(in, seen, middle.Add(700*time.Millisecond))
	same(t, "next look", middle.Add(time.Minute), first.Next)
	same(t, "still settling", "Unknown Settling", says(visitKPI(in, seen, first.Next.Add(-time.Second)).Status.Conditions, "Aligned"))
	same(t, "settled", "False NoAlignedObjective", says(visitKPI(in, seen, first.Next).Status.Conditions, "Aligned"))
	in.Objectives = []*v1alpha1.Objective{newObjective()}
	same(t, "found at once", "True ObjectiveActive", says(visitKPI(in, seen, middle.Add(2*time.Minute)).Status.Conditions, "Aligned"))
	in.Objectives = nil
	same(t, "lost: settling first", "Unknown Settling", says(visitKPI(in, seen, middle.Add(3*time.Minute)).Status.Conditions, "Aligned"))
}

func TestNeedsObjective(t *testing.T) {
	in := kpiInput()
	sick := func(t time.Time) answers { return answers{live: good(99, t)} }
	day := 24 * time.Hour
	steps := []struct {
		reason string
		after  time.Duration
		held   answers
		want   string
		since  bool
	}{
		{"healthy", 0, answers{live: good(99.95, middle)}, "False AsExpected", false},
		{"unhealthy, for a day it is an incident", time.Hour, sick(middle.Add(time.Hour)), "False AsExpected", true},
		{"Unknown health is an unknown need", 2 * time.Hour, answers{live: bad(sample.NoData, middle)}, "Unknown HealthUnknown", true},
		{"the time counts on through Unknown", day + time.Hour - time.Second, sick(middle.Add(day + time.Hour - time.Second)), "False AsExpected", true},
		{"a day", day + time.Hour, sick(middle.Add(day + time.Hour)), "True Unhealthy", true},
		{"a restart", 2 * day, answers{}, "True Unhealthy", true},
		{"well again", 2*day + time.Second, answers{live: good(99.95, middle.Add(2*day))}, "False AsExpected", false},
	}
	for _, s := range steps {
		now := middle.Add(s.after)
		got := visitKPI(in, s.held, now).Status
		same(t, s.reason, s.want, says(got.Conditions, "NeedsObjective"))
		same(t, s.reason+": since", s.since, got.Frozen.UnhealthySince != nil)
	}
	visitKPI(in, sick(middle.Add(3*day)), middle.Add(3*day))
	in.Objectives = []*v1alpha1.Objective{newObjective()}
	got := visitKPI(in, sick(middle.Add(5*day)), middle.Add(5*day)).Status
	same(t, "an objective looks after it", "unhealthy, and an objective looks after it", message(got.Conditions, "NeedsObjective"))
}
