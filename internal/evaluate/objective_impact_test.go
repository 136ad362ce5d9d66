package evaluate_test

import (
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// impacted is an objective that is meant to move a KPI, measured or kept by hand.
func impacted(kpi *v1alpha1.KPI, edits ...func(*v1alpha1.Objective)) evaluate.ObjectiveInput {
	in := evaluate.ObjectiveInput{Objective: newObjective(edits...), KPIs: []evaluate.NamedKPI{{KPI: kpi}}}
	ref := v1alpha1.KPIReference{Name: kpi.Name}
	if kpi.Namespace != in.Objective.Namespace {
		ref.Namespace = kpi.Namespace
	}
	in.Objective.Spec.KPIRefs = []v1alpha1.KPIReference{ref}
	if kpi.Spec.Metric != nil {
		in.KPIs[0].Metric = pointer(newMetric(*kpi.Spec.Metric))
		in.KPIs[0].Metric.Namespace = kpi.Namespace
	}
	return in
}

// look evaluates an objective by what is held of its questions.
func look(in evaluate.ObjectiveInput, a answers, now time.Time) evaluate.Result[v1alpha1.ObjectiveStatus] {
	result := evaluate.Objective(in, a.samples, now)
	in.Objective.Status = *result.Status.DeepCopy()
	return result
}

func TestImpact(t *testing.T) {
	in := impacted(newKPI())
	got := look(in, answers{}, begin.Add(-time.Minute))
	same(t, "nothing is asked before the start", 0, len(got.Watches))
	got = look(in, answers{}, begin)
	same(t, "at the start, its value then", 1, len(got.Watches))
	same(t, "about that instant", begin.Unix(), got.Watches[0].Question.At)
	same(t, "no value, no line", 0, len(got.Status.KPIImpact))
	got = look(in, answers{start: good(99.2, begin)}, begin.Add(time.Minute))
	same(t, "the value at the start", []v1alpha1.KPIImpact{{KPI: "availability", AtStart: "99.2 %"}}, got.Status.KPIImpact)
	same(t, "is written at once, to be remembered", evaluate.Memory, got.Change)
	got = look(in, answers{}, middle)
	same(t, "and never asked for again", 0, len(got.Watches))
	got = look(in, answers{}, end)
	same(t, "at the end, its value then", 1, len(got.Watches))
	same(t, "about that instant", end.Unix(), got.Watches[0].Question.At)
	same(t, "once late data has come", 10*time.Minute, got.Watches[0].Question.Settle)
	got = look(in, answers{end: good(99.9, end)}, end.Add(11*time.Minute))
	want := []v1alpha1.KPIImpact{{KPI: "availability", AtStart: "99.2 %", AtEnd: "99.9 %", Change: "+0.7 points"}}
	same(t, "the change", want, got.Status.KPIImpact)
	same(t, "nothing is asked any more", true, evaluate.ImpactKnown(in.Objective, in.KPIs[0].KPI))

	after := end.Add(time.Hour)
	for reason, edit := range map[string]func(*evaluate.ObjectiveInput){
		"nothing happens":           func(*evaluate.ObjectiveInput) {},
		"another query, afterwards": func(in *evaluate.ObjectiveInput) { in.KPIs[0].Metric.Expression.Canonical = "kinder" },
		"the metric is not gathered": func(in *evaluate.ObjectiveInput) {
			in.KPIs[0].Metric = nil
		},
		"the KPI is gone": func(in *evaluate.ObjectiveInput) { in.KPIs = nil },
		"cancelled":       func(in *evaluate.ObjectiveInput) { givenUp(in.Objective) },
		"scored": func(in *evaluate.ObjectiveInput) {
			in.KeyResults = []*v1alpha1.KeyResult{finished("a", 1, "1.00")}
		},
	} {
		in := impacted(newKPI())
		in.Objective.Status = *got.Status.DeepCopy()
		edit(&in)
		again := look(in, answers{}, after)
		same(t, reason+": it stays", want, again.Status.KPIImpact)
		same(t, reason+": it is remembered", got.Status.Frozen.KPIs, again.Status.Frozen.KPIs)
		same(t, reason+": nobody is asked", 0, len(again.Watches))
	}
	in.Objective.Spec.KPIRefs = nil
	got = look(in, answers{}, after)
	same(t, "one that is not meant any more is not shown", 0, len(got.Status.KPIImpact))
	same(t, "nor remembered", (*v1alpha1.ObjectiveFrozen)(nil), got.Status.Frozen)
}

func TestImpactThatCannotBeHad(t *testing.T) {
	none := bad(sample.HistoryUnavailable, begin)
	cases := []struct {
		reason string
		start  sample.Held
		edit   func(*evaluate.ObjectiveInput)
		now    time.Time
		asked  int
		known  bool // that there is none
	}{
		{"no history: asked again for seven days", none, nil, begin.AddDate(0, 0, 7).Add(-time.Second), 1, false},
		{"then no more", none, nil, begin.AddDate(0, 0, 7), 0, true},
		{"a source that does not answer is asked for as long as it takes", bad(sample.SourceUnavailable, begin), nil, middle, 1, false},
		{"a controller that was down asks on return", sample.Held{}, nil, middle, 1, false},
		{"a source that is not shared is not asked", none, func(in *evaluate.ObjectiveInput) { in.KPIs[0].Metric.SourceFound = false }, middle, 0, false},
		{"nor one that does not know the tenant", none, func(in *evaluate.ObjectiveInput) { in.KPIs[0].Metric.Refusal = denied }, middle, 0, false},
		{"nor a query that does not parse", none, func(in *evaluate.ObjectiveInput) { in.KPIs[0].Metric.Expression.Problem = "no" }, middle, 0, false},
		{"nor for a draft", none, func(in *evaluate.ObjectiveInput) { draft(in.Objective) }, middle, 0, false},
		{"nor once given up", none, func(in *evaluate.ObjectiveInput) { givenUp(in.Objective) }, middle, 0, false},
		{"nor where the dates are not in order", none, func(in *evaluate.ObjectiveInput) { in.Objective.Spec.StartOn = "2026-09-01" }, middle, 0, false},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := impacted(newKPI())
			if c.edit != nil {
				c.edit(&in)
			}
			got := look(in, answers{start: c.start}, c.now)
			same(t, "questions", c.asked, len(got.Watches))
			same(t, "no line", 0, len(got.Status.KPIImpact))
			same(t, "it is remembered that there is none", c.known, got.Status.Frozen != nil)
			again := evaluate.Objective(in, answers{}.samples, c.now)
			same(t, "a restart changes nothing", true, apiequality.Semantic.DeepEqual(got.Status, again.Status))
		})
	}
	in := impacted(newKPI())
	look(in, answers{start: none}, middle)
	got := look(in, answers{start: none, end: good(99.9, end)}, end.Add(time.Hour))
	same(t, "the end alone", []v1alpha1.KPIImpact{{KPI: "availability", AtEnd: "99.9 %"}}, got.Status.KPIImpact)
	same(t, "that is all", true, evaluate.ImpactKnown(in.Objective, in.KPIs[0].KPI))
}

// A change between the answers to two questions would be wrong.
func TestImpactOfAnotherQuery(t *testing.T) {
	in := impacted(newKPI())
	look(in, answers{start: good(99.2, begin)}, begin.Add(time.Minute))
	in.KPIs[0].Metric.Expression.Canonical = "kinder"
	got := look(in, answers{}, middle)
	same(t, "asked anew", 1, len(got.Watches))
	same(t, "and not shown until it is known", 0, len(got.Status.KPIImpact))
	got = look(in, answers{start: bad(sample.HistoryUnavailable, begin), end: good(99.9, end)}, end.Add(time.Hour))
	same(t, "no change", []v1alpha1.KPIImpact{{KPI: "availability", AtEnd: "99.9 %"}}, got.Status.KPIImpact)
}

// A KPI that counts by the calendar is shown by the months that people know: those that were over.
func TestImpactOnAMonth(t *testing.T) {
	months := ofMonths(func(k *v1alpha1.KPI) { k.Spec.Unit = "orders" })
	in := impacted(months.KPI, func(o *v1alpha1.Objective) { o.Spec.StartOn = "2026-11-15" })
	in.KPIs[0].Metric = months.Metric
	october, november, december := at("2026-10-31T23:00:00"), at("2026-11-30T23:00:00"), at("2026-12-31T23:00:00") // midnight in Berlin
	held := ends{october: good(40, october), november: good(45, november), december: good(60, december)}
	samples := func(q sample.Question) (sample.Held, bool) {
		held, found := held[time.Unix(q.At, 0).UTC()]
		return held, found
	}
	first := evaluate.Objective(in, answers{}.samples, middle)
	same(t, "the month before the start", []time.Time{october}, asked(first.Watches))
	same(t, "with its exact length", 745*time.Hour, first.Watches[0].Question.Window)
	months.KPI.Status = ends{}.visit(months, at("2026-11-15T00:00:00")).Status
	same(t, "as the KPI asks for it", ends{}.evaluate(months, at("2026-11-15T00:00:00")).Watches[0].Question, first.Watches[0].Question)

	for reason, c := range map[string]struct {
		period v1alpha1.Period
		want   v1alpha1.KPIImpact
	}{
		"up to the end of the year": {"2026-Q4", v1alpha1.KPIImpact{KPI: "availability", AtStart: "40 orders", AtEnd: "60 orders", Change: "+20 orders"}},
		"up to the middle of December": {"2026-10-01/2026-12-15",
			v1alpha1.KPIImpact{KPI: "availability", AtStart: "40 orders", AtEnd: "45 orders", Change: "+5 orders"}},
	} {
		in.Objective.Status, in.Objective.Spec.Period = v1alpha1.ObjectiveStatus{}, c.period
		now := at("2027-01-02T00:00:00")
		got := evaluate.Objective(in, samples, now)
		same(t, reason, []v1alpha1.KPIImpact{c.want}, got.Status.KPIImpact)
		in.Objective.Status = got.Status
		same(t, "nobody is asked again", 0, len(evaluate.Objective(in, answers{}.samples, now).Watches))
	}
	months.KPI.Spec.TimeZone = "Europe/Nowhere"
	in.Objective.Status = v1alpha1.ObjectiveStatus{}
	same(t, "a month of nowhere is not asked for", 0, len(evaluate.Objective(in, answers{}.samples, middle).Watches))
}

// A KPI that counts by the calendar has no value of an instant: what counts is the span that was complete then.
func TestImpactOfAKPIThatCountsByTheCalendar(t *testing.T) {
	in := impacted(newKPI(func(k *v1alpha1.KPI) {
		k.Spec.Metric.Query, k.Spec.CalendarWindow, k.Spec.TimeZone = "availability[$__window]", v1alpha1.CalendarMonth, "Europe/Berlin"
	}))
	in.KPIs[0].Metric.Expression.Windowed = true
	september, december := at("2026-09-30T22:00:00"), at("2026-12-31T23:00:00") // when they end in Berlin
	got := look(in, answers{}, begin)
	same(t, "at the start, the month before", []time.Time{september}, asked(got.Watches))
	same(t, "all of it", 30*24*time.Hour, got.Watches[0].Question.Window)
	look(in, answers{end: good(99.2, september)}, begin.Add(time.Hour))
	got = look(in, answers{}, end)
	same(t, "at the end, midnight in London, December is over in Berlin", []time.Time{december}, asked(got.Watches))
	got = look(in, answers{end: good(99.9, end)}, end.Add(time.Hour))
	same(t, "the change", []v1alpha1.KPIImpact{{KPI: "availability", AtStart: "99.2 %", AtEnd: "99.9 %", Change: "+0.7 points"}}, got.Status.KPIImpact)

	in.KPIs[0].KPI.Spec.TimeZone = "Mars/Base"
	in.Objective.Status = v1alpha1.ObjectiveStatus{}
	same(t, "nothing is asked where the zone is not known", 0, len(look(in, answers{}, begin).Watches))
}

func TestImpactAsPeopleReadIt(t *testing.T) {
	byHand := func(readings ...v1alpha1.Reading) *v1alpha1.KPI {
		return newKPI(func(k *v1alpha1.KPI) { k.Spec.Metric, k.Spec.Readings, k.Spec.Unit = nil, readings, "people" })
	}
	reading := func(date, value string) v1alpha1.Reading {
		return v1alpha1.Reading{Date: v1alpha1.Date(date), Value: decimal(value)}
	}
	cases := []struct {
		reason string
		kpi    *v1alpha1.KPI
		held   answers
		now    time.Time
		want   []v1alpha1.KPIImpact
	}{
		{"down", newKPI(), answers{start: good(99.9, begin), end: good(99.2, end)}, end.Add(time.Hour),
			[]v1alpha1.KPIImpact{{KPI: "availability", AtStart: "99.9 %", AtEnd: "99.2 %", Change: "-0.7 points"}}},
		{"not at all", newKPI(), answers{start: good(99.9, begin), end: good(99.9, end)}, end.Add(time.Hour),
			[]v1alpha1.KPIImpact{{KPI: "availability", AtStart: "99.9 %", AtEnd: "99.9 %", Change: "0 points"}}},
		{"the change is that between what people see", newKPI(), answers{start: good(2.001443, begin), end: good(2.326049, end)}, end.Add(time.Hour),
			[]v1alpha1.KPIImpact{{KPI: "availability", AtStart: "2.001 %", AtEnd: "2.326 %", Change: "+0.325 points"}}},
		{"of another namespace", newKPI(func(k *v1alpha1.KPI) { k.Namespace, k.Spec.Unit = "store", "" }), answers{start: good(3, begin), end: good(5, end)}, end.Add(time.Hour),
			[]v1alpha1.KPIImpact{{KPI: "store/availability", AtStart: "3", AtEnd: "5", Change: "+2"}}},
		{"kept by hand: the reading that held then", byHand(reading("2026-12-20", "48"), reading("2026-09-30", "42"), reading("2026-10-02", "43"), reading("2027-01-15", "50")),
			answers{}, end.Add(time.Hour), []v1alpha1.KPIImpact{{KPI: "availability", AtStart: "42 people", AtEnd: "48 people", Change: "+6 people"}}},
		{"kept by hand, and running", byHand(reading("2026-09-30", "42"), reading("2026-12-20", "48")), answers{}, middle,
			[]v1alpha1.KPIImpact{{KPI: "availability", AtStart: "42 people"}}},
		{"kept by hand, and begun later", byHand(reading("2026-10-20", "42")), answers{}, middle, nil},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			same(t, "impact", c.want, look(impacted(c.kpi), c.held, c.now).Status.KPIImpact)
		})
	}
}
