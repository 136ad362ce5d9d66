package evaluate

import (
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// KeyResultExplanation is how the evaluation of a key result has come to its status.
type KeyResultExplanation struct {
	Result Result[v1alpha1.KeyResultStatus]
	Phase  Phase
	// Questions are those that it asks or has asked.
	Questions []Asked
	// Dated says that its time, and all of what follows, is known.
	Dated    bool
	Calendar Calendar
	Ambition okr.Ambition
	Pace     okr.Pace
	// Gaps are as written.
	Gaps okr.Gaps
	// Interval is the time between two values.
	Interval time.Duration
	// Value is what is known of the value; the zero Known of one that is over, or in whose way something is.
	Value Known
	// Kept is what is written down where people keep the value: check-in, reading or milestones; empty if it is asked for.
	Kept string
	// CalendarSpan names the span of the calendar that the value is of; empty if it is of none.
	CalendarSpan string
	// One of these is known where the spec is in order.
	Reach      *ReachParts
	Maintain   *MaintainParts
	Milestones []Step
	Guard      *GuardParts
	// Newest is how it stands by the newest value, and Shown by the one that the verdict is given by, which is an earlier
	// one while holdFor has not passed; nil while that is not known.
	Newest, Shown *Stand
	// Tolerances are those in force; nil where no pace is judged by.
	Tolerances *okr.Tolerances
	Confidence *Confidence
}

// ReachParts are the ends of a way; nil while not known.
type ReachParts struct {
	Baseline, Target *float64
}

// MaintainParts are a band, and the count of the time outside where there is a budget.
type MaintainParts struct {
	Band   okr.Band
	Budget *BudgetParts
}

// BudgetParts are how much of a budget is spent.
type BudgetParts struct {
	// Allowed is a share of the whole time, above 0 and up to 1.
	Allowed float64
	Grid    okr.Grid
	// Count is all that is known, and Settled the whole days of it that are not asked for again.
	Count, Settled okr.Count
	// Spent is how it stands by the count.
	Spent okr.Budget
}

// Step is a milestone as it counts.
type Step struct {
	Title  string
	Weight float64
	// Due and Done are instants; Done is zero while it is not done.
	Due, Done time.Time
}

// GuardParts are a guard's value and bound.
type GuardParts struct {
	Known
	AtLeast float64
	// Limit is how far it lets progress come, in percent; 100 once it is met. Known says whether there is a value to say so.
	Limit float64
	Met   bool
}

// Stand is how a key result stands by a value.
type Stand struct {
	Value float64
	// Percent is the progress that counts, not limited to 0..100, and Unguarded that without the guard.
	Percent, Unguarded float64
	Verdict            okr.Verdict
}

// Confidence is that of the newest check-in which gives one.
type Confidence struct {
	Of10 int32
	Date v1alpha1.Date
	// Lowers says that it turns the verdict from OnTrack into AtRisk.
	Lowers bool
}

// ExplainKeyResult evaluates a key result at now, as KeyResult does, and tells how that came about.
func ExplainKeyResult(in KeyResultInput, samples Samples, now time.Time) KeyResultExplanation {
	k := judgeKeyResult(in, samples, now)
	k.resolveScored()
	e := KeyResultExplanation{Result: k.result(), Phase: k.phase(), Value: knownOf(k.known), Ambition: k.ambition}
	if in.Objective == nil || !k.pace.Start.Before(k.pace.End) {
		return e
	}
	first, last, _ := k.days.days(in.KeyResult)
	e.Dated, e.Pace, e.Gaps = true, k.pace, gapsOf(in.Objective)
	e.Calendar = Calendar{Zone: k.days.zone, First: first, Last: last, Span: k.pace.Span}
	if k.shape == nil {
		return e
	}
	e.Interval, e.Kept = k.interval(), k.keptAs()
	e.Questions = k.asked()
	e.parts(k)
	if k.spans != nil {
		e.CalendarSpan = k.spans.window.Label(k.spans.window.LastComplete(k.now, k.spans.zone))
	}
	if e.Phase != PhaseRunning {
		return e
	}
	e.Newest, e.Shown = k.standBy(k.newest), k.standBy(k.shown)
	if in.KeyResult.Spec.Maintain == nil {
		tolerances := k.running().Tolerances(k.now)
		e.Tolerances = &tolerances
	}
	if confidence, date := k.confidence(); confidence != nil {
		e.Confidence = &Confidence{*confidence, date, e.Shown != nil && e.Shown.Verdict.Health == okr.OnTrack && k.status.Health == v1alpha1.HealthAtRisk}
	}
	return e
}

// resolveScored finds out from where to where the way of a key result led that is scored: its evaluation needs the score
// alone.
func (k *keyResult) resolveScored() {
	if k.shape == nil || k.status.Frozen.Final == nil {
		return
	}
	watches, next, frozen := k.watches, k.next, k.status.Frozen.DeepCopy()
	k.shape.resolve(true)
	k.watches, k.next, k.status.Frozen = watches, next, frozen
}

func (k *keyResult) phase() Phase {
	switch {
	case k.status.Frozen.Final != nil:
		return PhaseScored
	case k.status.Health == v1alpha1.HealthCancelled:
		return PhaseCancelled
	case k.shape == nil:
		return PhaseBlocked
	case k.in.Objective.Spec.State == v1alpha1.ObjectiveDraft:
		return PhaseDraft
	case k.now.Before(k.pace.Start):
		return PhasePending
	case k.now.Before(k.pace.End):
		return PhaseRunning
	default:
		return PhaseClosing
	}
}

func (k *keyResult) keptAs() string {
	switch kept := k.kept.(type) {
	case *milestones:
		return "milestones"
	case *byHand:
		return kept.noun
	default:
		return ""
	}
}

// parts fills in what there is to prove.
func (e *KeyResultExplanation) parts(k *keyResult) {
	switch s := k.shape.(type) {
	case *reach:
		e.Reach = &ReachParts{s.baseline, s.target}
	case *maintain:
		e.Maintain = &MaintainParts{Band: s.band()}
	case *budget:
		_, settled, _ := s.restore(s.countKey())
		inside := k.known.value == nil || s.band().Contains(*k.known.value)
		e.Maintain = &MaintainParts{Band: s.band(), Budget: &BudgetParts{
			Allowed: s.allowed, Grid: s.grid, Count: s.count, Settled: settled, Spent: s.running(s.count, inside),
		}}
	case *milestones:
		for i, step := range s.steps {
			e.Milestones = append(e.Milestones, Step{k.in.KeyResult.Spec.Milestones[i].Title, step.Weight, step.Due, step.Done})
		}
	}
	if g := k.guard; g != nil {
		e.Guard = &GuardParts{Known: knownOf(g.live), AtLeast: g.atLeast}
		if g.live.value != nil {
			e.Guard.Limit, e.Guard.Met = okr.GuardLimit(*g.live.value, g.atLeast)
		}
	}
}

// standBy is how it stands by a value; nil while that is not known.
func (k *keyResult) standBy(value *float64) *Stand {
	stand, known := k.stand(value, k.guardValue())
	if !known {
		return nil
	}
	result := &Stand{Value: *value, Percent: stand.Percent(k.now), Verdict: stand.Verdict(k.now)}
	result.Unguarded = result.Percent
	if held, limits := stand.(limited); limits {
		result.Unguarded = held.running.Percent(k.now)
	}
	return result
}

// asked are the questions of a key result whose spec is in order.
func (k *keyResult) asked() []Asked {
	var all []Asked
	frozen := k.status.Frozen
	if k.kept == nil {
		m := *k.in.Metric
		live := m.live(k.pace.Span)
		if k.spans != nil {
			live, _ = k.spans.questionAt(k.now)
		}
		all = append(all, Asked{Purpose: ForValue, Question: live, Metric: m})
		if r, ok := k.shape.(*reach); ok && r.spec.Baseline == nil && !m.Expression.Elapsed {
			q, key := k.questionAt(k.pace.Start, 0)
			all = append(all, Asked{Purpose: ForBaseline, Question: q, Metric: m, Answered: frozen.Baseline != nil && frozen.Baseline.Key == key})
		}
		if b, counts := k.shape.(*budget); counts && k.now.Before(k.pace.End) {
			_, settled, _ := b.restore(b.countKey())
			all = append(all, Asked{Purpose: ForBudget, Question: b.question(settled), Metric: m})
		}
	}
	if g := k.guard; g != nil {
		all = append(all, Asked{Purpose: ForGuard, Question: g.metric.live(k.pace.Span), Metric: g.metric})
	}
	if k.kept == nil {
		all = append(all, Asked{Purpose: ForEnd, Question: k.shape.finalQuestion(), Metric: *k.in.Metric, Answered: frozen.Final != nil})
	}
	if g := k.guard; g != nil {
		all = append(all, Asked{Purpose: ForGuardEnd, Question: g.atEnd(), Metric: g.metric, Answered: frozen.Final != nil})
	}
	return all
}

// Steady are the samples at a later instant if numbers stay as they are: what is answered now is answered so then, and what
// is not stays so.
func (e KeyResultExplanation) Steady(from, now time.Time) Samples {
	var numbers []lasting
	since := turnedAt(e.Result.Status.Conditions, v1alpha1.MeasuredCondition)
	for _, a := range e.Questions {
		known := e.Value
		switch {
		case a.Purpose == ForGuard && e.Guard != nil:
			known = e.Guard.Known
		case a.Purpose != ForValue:
			continue
		}
		if n, found := a.lasting(known, since); found {
			numbers = append(numbers, n)
		}
	}
	return lastingOf(numbers, from, now)
}
