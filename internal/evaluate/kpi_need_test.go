package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// alone is a KPI of which it is settled that no objective looks after it.
func alone(edits ...func(*v1alpha1.KPI)) evaluate.KPIInput {
	k := newKPI(edits...)
	in := evaluate.KPIInput{KPI: k, Metric: pointer(newMetric(*k.Spec.Metric)), Grace: grace}
	for _, now := range []time.Time{middle.Add(-time.Hour), middle.Add(-59 * time.Minute)} {
		visitKPI(in, answers{live: good(99.995, now)}, now)
	}
	return in
}

func stretched(k *v1alpha1.KPI) { k.Spec.StretchTarget = pointer(v1alpha1.Decimal("99.99")) }

func accepted(until v1alpha1.Date) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) {
		k.Spec.Accepted = &v1alpha1.Acceptance{Until: until, Reason: "We live with it this quarter."}
	}
}

func TestShortOfStretch(t *testing.T) {
	in := alone(stretched)
	steps := []struct {
		reason  string
		value   float64
		after   time.Duration
		health  v1alpha1.KPIHealth
		need    string
		message string
	}{
		{"at the stretch target", 99.99, 0, "Healthy", "False AsExpected", "not unhealthy"},
		{"short of it: at once, and healthy", 99.98, time.Minute, "Healthy", "True ShortOfStretch",
			"short of the stretch target of 99.99 %, and no objective looks after it"},
		{"unhealthy too: an incident, but the need stays", 99, 2 * time.Minute, "Unhealthy", "True ShortOfStretch",
			"short of the stretch target of 99.99 %, and no objective looks after it"},
		{"and for long", 99, 24*time.Hour + 2*time.Minute, "Unhealthy", "True Unhealthy",
			"unhealthy since 2026-11-16T00:02:00Z and no objective looks after it"},
		{"back", 99.995, 25 * time.Hour, "Healthy", "False AsExpected", "not unhealthy"},
	}
	for _, s := range steps {
		now := middle.Add(s.after)
		got := visitKPI(in, answers{live: good(s.value, now)}, now)
		same(t, s.reason+": health", s.health, got.Status.Health)
		same(t, s.reason+": NeedsObjective", s.need, says(got.Status.Conditions, "NeedsObjective"))
		same(t, s.reason+": message", s.message, message(got.Status.Conditions, "NeedsObjective"))
		same(t, s.reason+": target", "≥ 99.9 % (stretch 99.99 %)", got.Status.Target)
		same(t, s.reason+": crossing it is news", true, got.Watches[0].Material(sample.Good(map[bool]float64{true: 99.991, false: 99.989}[s.value < 99.99], now)))
	}

	in = alone(stretched)
	in.Objectives = []*v1alpha1.Objective{newObjective()}
	got := visitKPI(in, answers{live: good(99.98, middle)}, middle).Status
	same(t, "an objective looks after it", "False AsExpected", says(got.Conditions, "NeedsObjective"))
	same(t, "and it says so", "short of the stretch target of 99.99 %, and an objective looks after it", message(got.Conditions, "NeedsObjective"))
	in = alone(stretched)
	got = visitKPI(in, answers{live: bad(sample.NoData, middle)}, middle).Status
	same(t, "what is not known is short of nothing", "Unknown HealthUnknown", says(got.Conditions, "NeedsObjective"))
}

func TestAccepted(t *testing.T) {
	cases := []struct {
		reason string
		zone   v1alpha1.TimeZone
		until  v1alpha1.Date
		now    time.Time
		held   sample.Held
		need   string
		next   time.Time
	}{
		{"until the end of the day", "", "2026-11-20", at("2026-11-20T23:59:59"), good(99, at("2026-11-20T23:59:59")), "False Accepted", at("2026-11-21")},
		{"and then it is needed", "", "2026-11-20", at("2026-11-21"), good(99, at("2026-11-21")), "True Unhealthy", at("2026-11-21T00:15:00")},
		{"the day ends where the KPI is", "America/New_York", "2026-11-20", at("2026-11-21T04:59:59"), good(99, at("2026-11-21T04:59:59")), "False Accepted", at("2026-11-21T05:00:00")},
		{"on a day of 25 hours", "Europe/Berlin", "2027-10-31", at("2027-10-31T22:59:59"), good(99, at("2027-10-31T22:59:59")), "False Accepted", at("2027-10-31T23:00:00")},
		{"in the past it does nothing", "", "2026-11-01", at("2026-11-21"), good(99, at("2026-11-21")), "True Unhealthy", at("2026-11-21T00:15:00")},
		{"whatever the health is", "", "2026-12-31", at("2026-11-21"), bad(sample.NoData, at("2026-11-21")), "False Accepted", at("2026-11-21T01:00:00")},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := alone(accepted(c.until), func(k *v1alpha1.KPI) { k.Spec.TimeZone = c.zone })
			visitKPI(in, answers{live: good(99, middle)}, middle)
			got := visitKPI(in, answers{live: c.held}, c.now)
			same(t, "NeedsObjective", c.need, says(got.Status.Conditions, "NeedsObjective"))
			same(t, "next look", c.next, got.Next)
			if c.need == "False Accepted" {
				same(t, "message", "accepted until "+string(c.until)+": We live with it this quarter.", message(got.Status.Conditions, "NeedsObjective"))
			}
			if c.held.Good.OK() {
				same(t, "health stays what it is", v1alpha1.KPIUnhealthy, got.Status.Health)
			}
		})
	}
}

func TestTreeOfKPIs(t *testing.T) {
	child := func(k *v1alpha1.KPI) { k.Spec.ParentRef = &v1alpha1.KPIReference{Name: "store", Namespace: "company"} }
	cycle := []string{"shop/availability", "company/store"}
	cases := []struct {
		reason                   string
		in                       evaluate.KPIInput
		edit                     func(in *evaluate.KPIInput)
		resolved, ready, stalled string
		text                     string
	}{
		{"no parent", alone(), nil, "True Resolved", "True Ready", "False AsExpected", ""},
		{"a parent that consents", alone(child), nil, "True Resolved", "True Ready", "False AsExpected", ""},
		{"one that is not there, or does not", alone(child), func(in *evaluate.KPIInput) { in.ParentMissing = true },
			"False ReferenceNotFound", "True Ready", "False AsExpected", "spec.parentRef: KPI company/store not found, or not shared with this namespace"},
		{"its own ancestor", alone(child), func(in *evaluate.KPIInput) { in.Cycle = cycle },
			"True Resolved", "False Stalled", "True ReferenceCycle", ""},
		{"what must be mended here goes before what must be elsewhere", alone(child), func(in *evaluate.KPIInput) { in.Cycle, in.Metric.SourceFound = cycle, false },
			"True Resolved", "False Stalled", "True ReferenceCycle", ""},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			if c.edit != nil {
				c.edit(&c.in)
			}
			got := visitKPI(c.in, answers{live: good(99, middle)}, middle).Status
			same(t, "ResolvedRefs", c.resolved, says(got.Conditions, "ResolvedRefs"))
			same(t, "Ready", c.ready, says(got.Conditions, "Ready"))
			same(t, "Stalled", c.stalled, says(got.Conditions, "Stalled"))
			if c.text != "" {
				same(t, "message", c.text, message(got.Conditions, "ResolvedRefs"))
			}
			if len(c.in.Cycle) > 0 {
				same(t, "every member says the same", "spec.parentRef: a KPI cannot be its own ancestor: remove parentRef from one of company/store, shop/availability",
					message(got.Conditions, "Stalled"))
			}
			if c.in.Metric.SourceFound {
				same(t, "measured and judged all the same", v1alpha1.KPIUnhealthy, got.Health)
			}
		})
	}
}
