package evaluate_test

import (
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// ofMonths is a KPI of the last complete month in Berlin, which should stay at 99.9 or above.
func ofMonths(edits ...func(*v1alpha1.KPI)) evaluate.KPIInput {
	k := newKPI(append([]func(*v1alpha1.KPI){func(k *v1alpha1.KPI) {
		k.Spec.Metric.Query, k.Spec.CalendarWindow, k.Spec.TimeZone = "availability[$__window]", v1alpha1.CalendarMonth, "Europe/Berlin"
	}}, edits...)...)
	in := evaluate.KPIInput{KPI: k, Metric: pointer(newMetric(*k.Spec.Metric)), Grace: grace, Objectives: []*v1alpha1.Objective{newObjective()}}
	in.Metric.Expression.Windowed = true
	return in
}

// ends is what is held of past questions, by the instant they are about.
type ends map[time.Time]sample.Held

func (e ends) visit(in evaluate.KPIInput, now time.Time) evaluate.Result[v1alpha1.KPIStatus] {
	result := e.evaluate(in, now)
	in.KPI.Status = *result.Status.DeepCopy()
	return result
}

func (e ends) evaluate(in evaluate.KPIInput, now time.Time) evaluate.Result[v1alpha1.KPIStatus] {
	return evaluate.KPI(in, func(q sample.Question) (sample.Held, bool) {
		held, found := e[time.Unix(q.At, 0).UTC()]
		return held, found
	}, now)
}

// asked are the instants that are asked about.
func asked(watches []sample.Watch) []time.Time {
	var instants []time.Time
	for _, w := range watches {
		instants = append(instants, time.Unix(w.Question.At, 0).UTC())
	}
	return instants
}

func TestSpanIsAskedForOnceAboutItsEnd(t *testing.T) {
	in := ofMonths(func(k *v1alpha1.KPI) { k.Spec.Metric.Settle = "1h" })
	october := at("2026-10-31T23:00:00") // midnight in Berlin
	got := ends{}.visit(in, middle)
	want := sample.Question{
		Source: "default", Query: "availability[$__window]", Window: 745 * time.Hour, At: october.Unix(),
		Settle: time.Hour, Lookback: 745 * time.Hour / 100,
	}
	same(t, "the question, with its exact length", want, got.Watches[0].Question)
	same(t, "health", v1alpha1.KPIUnknown, got.Status.Health)
	same(t, "Measured", "Unknown Pending", says(got.Status.Conditions, "Measured"))
	same(t, "message", "waiting for the value of 2026-10", message(got.Status.Conditions, "Measured"))

	got = ends{october: good(99.95, october)}.visit(in, middle.Add(time.Minute))
	same(t, "health", v1alpha1.KPIHealthy, got.Status.Health)
	same(t, "value", "99.95 %", got.Status.Value)
	same(t, "message", "the value of 2026-10 is held", message(got.Status.Conditions, "Measured"))
	same(t, "with its true time", metav1.NewTime(october), got.Status.Measurement.Time)
	same(t, "kept until it is written", []time.Time{october}, asked(got.Watches))

	before := got.Status
	got = ends{}.visit(in, middle.Add(time.Hour))
	same(t, "it is not asked again, not even after a restart", []time.Time(nil), asked(got.Watches))
	same(t, "nor written", true, apiequality.Semantic.DeepEqual(before, got.Status))

	in.KPI.Status = v1alpha1.KPIStatus{ObservedGeneration: -1}
	same(t, "a wiped status is asked for anew", []time.Time{october}, asked(ends{}.visit(in, middle).Watches))
}

// A KPI of months, step by step, over the turn of one.
func TestTheLastSpanStandsUntilTheNextIsAnswered(t *testing.T) {
	in := ofMonths(func(k *v1alpha1.KPI) { k.Spec.Metric.StaleAfter = "2d" })
	october, november := at("2026-10-31T23:00:00"), at("2026-11-30T23:00:00")
	minute, hour := time.Minute, time.Hour
	failed := then(sample.Held{}, sample.Timeout, november.Add(10*minute))
	steps := []struct {
		reason   string
		after    time.Duration
		held     ends
		health   v1alpha1.KPIHealth
		measured string
		text     string
		change   evaluate.Change
	}{
		{"October is known", -hour, ends{october: good(99.95, october)}, "Healthy", "True Sampled", "the value of 2026-10 is held", evaluate.First},
		{"November is over: nothing changes until it is answered", 0, ends{}, "Healthy", "True Sampled", "the value of 2026-10 is held", evaluate.Unchanged},
		{"it is not asked before it has settled", 9 * minute, ends{}, "Healthy", "True Sampled", "the value of 2026-10 is held", evaluate.Unchanged},
		{"no answer: October stands", 11 * minute, ends{november: failed}, "Healthy", "False Timeout", "2026-11: it is Timeout", evaluate.Transition},
		{"a restart says the same", 12 * minute, ends{}, "Healthy", "False Timeout", "2026-11: it is Timeout", evaluate.Unchanged},
		{"just not stale", 48*hour + 9*minute, ends{november: failed}, "Healthy", "False Timeout", "2026-11: it is Timeout", evaluate.Unchanged},
		{"stale", 48*hour + 10*minute, ends{november: failed}, "Unknown", "False Timeout", "2026-11: it is Timeout", evaluate.Transition},
		{"a restart brings nothing back", 48*hour + 11*minute, ends{}, "Unknown", "False Timeout", "2026-11: it is Timeout", evaluate.Unchanged},
		{"answered", 49 * hour, ends{november: good(99.5, november)}, "Unhealthy", "True Sampled", "the value of 2026-11 is held", evaluate.Transition},
	}
	for _, s := range steps {
		got := s.held.visit(in, november.Add(s.after))
		same(t, s.reason+": health", s.health, got.Status.Health)
		same(t, s.reason+": Measured", s.measured, says(got.Status.Conditions, "Measured"))
		same(t, s.reason+": message", s.text, message(got.Status.Conditions, "Measured"))
		same(t, s.reason+": change", s.change, got.Change)
	}
}

func TestWhatEndsAStandIn(t *testing.T) {
	october, november, december := at("2026-10-31T23:00:00"), at("2026-11-30T23:00:00"), at("2026-12-31T23:00:00")
	begun := func(edits ...func(*v1alpha1.KPI)) evaluate.KPIInput {
		in := ofMonths(edits...)
		ends{october: good(99.95, october)}.visit(in, middle)
		return in
	}
	cases := []struct {
		reason   string
		in       evaluate.KPIInput
		edit     func(in *evaluate.KPIInput)
		now      time.Time
		held     ends
		health   v1alpha1.KPIHealth
		measured string
	}{
		{"an answer without a number does", begun(), nil, november.Add(time.Hour), ends{november: bad(sample.NoData, november)}, "Unknown", "False NoData"},
		{"and a failure that follows does not hide it", begun(), nil, november.Add(time.Hour),
			ends{november: then(bad(sample.NoData, november), sample.Timeout, november)}, "Unknown", "False Timeout"},
		{"a month without an answer does not", begun(), nil, december.Add(-time.Second), ends{november: bad(sample.Timeout, november)}, "Healthy", "False Timeout"},
		{"but the next end does", begun(), nil, december, ends{november: bad(sample.Timeout, november)}, "Unknown", "Unknown Pending"},
		{"a source that is gone does not end a span that is known", begun(), func(in *evaluate.KPIInput) { in.Metric.SourceFound = false },
			november.Add(-time.Hour), ends{}, "Healthy", "True Sampled"},
		{"nor one that stands in", begun(), func(in *evaluate.KPIInput) { in.Metric.SourceFound = false },
			november, ends{}, "Healthy", "False ReferenceNotFound"},
		{"what a namespace may see is not known any more", begun(), func(in *evaluate.KPIInput) { in.Metric.Refusal = denied },
			november, ends{}, "Unknown", "False SourceDenied"},
		{"another query is another number", begun(), func(in *evaluate.KPIInput) {
			in.Metric.Expression.Canonical = "other"
			in.KPI.Generation++
		}, november.Add(-time.Hour), ends{}, "Unknown", "Unknown Pending"},
		{"and so is another kind of span", begun(), func(in *evaluate.KPIInput) {
			in.KPI.Spec.CalendarWindow = v1alpha1.CalendarQuarter
			in.KPI.Generation++
		}, middle, ends{}, "Unknown", "Unknown Pending"},
		{"stale without a failure", begun(func(k *v1alpha1.KPI) { k.Spec.Metric.StaleAfter = "1h" }), nil, november.Add(2 * time.Hour),
			ends{november: {Since: november}}, "Unknown", "False Stale"},
		{"nobody was there to ask", begun(func(k *v1alpha1.KPI) { k.Spec.Metric.StaleAfter = "1h" }), nil, november.Add(2 * time.Hour),
			ends{november: {Since: november.Add(2 * time.Hour)}}, "Healthy", "True Sampled"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			if c.edit != nil {
				c.edit(&c.in)
			}
			got := c.held.visit(c.in, c.now).Status
			same(t, "health", c.health, got.Health)
			same(t, "Measured", c.measured, says(got.Conditions, "Measured"))
			same(t, "the last value stays", "99.95 %", got.Value)
			same(t, "with its time", metav1.NewTime(october), got.Measurement.Time)
		})
	}
}
