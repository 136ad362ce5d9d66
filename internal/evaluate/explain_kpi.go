package evaluate

import (
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// KPIExplanation is how the evaluation of a KPI has come to its status.
type KPIExplanation struct {
	Result Result[v1alpha1.KPIStatus]
	// Questions are those that it asks.
	Questions []Asked
	Zone      *time.Location
	Value     Known
	// CalendarSpan names the span of the calendar that the value is of; empty if it is of none.
	CalendarSpan string
	// Target and Warning are its bands; Newest is the verdict on the newest value, apart from holdFor, and empty while there
	// is none.
	Target, Warning okr.Band
	Newest          okr.KPIHealth
	// Then is the value that it is compared with; nil where that is not held.
	Then *float64
	// Alignment is who looks after it, among Claims; Care and Need are whether it needs an objective.
	Alignment okr.Alignment
	Claims    []okr.Claim
	Care      okr.Care
	Need      okr.Need
}

// ExplainKPI evaluates a KPI at now, as KPI does, and tells how that came about.
func ExplainKPI(in KPIInput, samples Samples, now time.Time) KPIExplanation {
	k := judgeKPI(in, samples, now)
	e := KPIExplanation{
		Result: k.result(), Zone: k.zone, Value: knownOf(k.known), Newest: k.newest, Then: k.then,
		Target: band(in.KPI.Spec.Target), Warning: band(in.KPI.Spec.Warning),
		Alignment: k.alignment, Claims: k.claims(), Care: k.care, Need: k.need,
	}
	if k.shown != nil {
		e.CalendarSpan = k.spans.window.Label(*k.shown)
	}
	m := in.Metric
	switch {
	case m == nil || m.invalid() || k.zone == nil:
		return e
	case k.spans != nil:
		q, key := k.spans.questionAt(k.now)
		held := k.status.Frozen != nil && k.status.Frozen.LastGood != nil && k.status.Frozen.LastGood.Key == key
		e.Questions = []Asked{{Purpose: ForValue, Question: q, Metric: *m, Answered: held}}
		return e
	}
	e.Questions = []Asked{{Purpose: ForValue, Question: m.live(okr.Span{}), Metric: *m}}
	for _, w := range k.watches {
		if w.Question.Offset > 0 {
			e.Questions = append(e.Questions, Asked{Purpose: ForComparison, Question: w.Question, Metric: *m})
		}
	}
	return e
}

// Steady are the samples at a later instant if the number stays as it is.
func (e KPIExplanation) Steady(from, now time.Time) Samples {
	since := turnedAt(e.Result.Status.Conditions, v1alpha1.MeasuredCondition)
	for _, a := range e.Questions {
		if n, found := a.lasting(e.Value, since); found && a.Purpose == ForValue {
			return lastingOf([]lasting{n}, from, now)
		}
	}
	return lastingOf(nil, from, now)
}
