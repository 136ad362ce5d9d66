package evaluate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// TestResultOfAClockThatWasAhead holds that a goal which was closed because a clock was a year ahead runs on when the
// clock is right again: such a result would stay for ever.
func TestResultOfAClockThatWasAhead(t *testing.T) {
	ahead := middle.AddDate(1, 0, 0)
	in := inputOf(newKeyResult(func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric, kr.Spec.Reach = nil, nil
		kr.Spec.Milestones = []v1alpha1.Milestone{milestone("a", 1, "2026-11-10", "2026-11-10"), milestone("b", 1, "", "")}
	}), newObjective())
	o := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{in.KeyResult}}

	same(t, "a year ahead it is over", "False Missed", says(visit(in, answers{}, ahead).Status.Conditions, "OnTrack"))
	same(t, "and so is its objective", "False Missed", says(visitObjective(o, ahead).Status.Conditions, "OnTrack"))

	kr, objective := visit(in, answers{}, middle).Status, visitObjective(o, middle).Status
	same(t, "it runs", "True OnPace", says(kr.Conditions, "OnTrack"))
	same(t, "without a result", (*v1alpha1.Final)(nil), kr.Final)
	same(t, "nor was it opened again", "False AsExpected", says(kr.Conditions, "Reopened"))
	same(t, "the objective runs", "True OnPace", says(objective.Conditions, "OnTrack"))
	same(t, "without a result", (*v1alpha1.Final)(nil), objective.Final)
	same(t, "nothing of it is left", (*v1alpha1.ObjectiveFrozen)(nil), objective.Frozen)

	final := end.Add(7 * 24 * time.Hour)
	same(t, "it is closed in time", "0.50", visit(in, answers{}, final).Status.Final.Score)
	same(t, "and its objective", "0.50", visitObjective(o, final).Status.Final.Score)
}

// TestRecordClosesWhatIsNotInOrder holds that the record in Git closes a key result at its end, to the second, although
// its metric is broken and no more is expected of it until then.
func TestRecordClosesWhatIsNotInOrder(t *testing.T) {
	in := inputOf(newKeyResult(record("", "2026-12-31", "0.4"), func(kr *v1alpha1.KeyResult) {
		kr.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-12-01", Percent: pointer[int32](100)}}}
	}), newObjective())
	in.Metric.Expression.Problem = "it does not parse"
	same(t, "the end is announced", end, visit(in, answers{}, end.Add(-10*time.Minute)).Next)
	same(t, "and it is over", "False Missed", says(visit(in, answers{}, end).Status.Conditions, "OnTrack"))
}

// TestAnyYear holds that no year that the API admits is too early, too late or too far from another.
func TestAnyYear(t *testing.T) {
	periods := []v1alpha1.Period{"1000", "1970-Q1", "2999", "1000-01-01/2999-12-31", "2026-01-01/2999-12-31", "1970-01-01/2026-12-31", "2011-12-28/2012-01-02"}
	for seed := range uint64(600) {
		d := dice{rand.New(rand.NewPCG(seed, 11))}
		names := shapeNames()
		in, days := d.goal(names[int(seed)%len(names)], periods[d.IntN(len(periods))])
		if d.chance(20) {
			in.Objective.Spec.TimeZone = "Pacific/Apia"
		}
		span := days.Span(evaluate.Zone(in.Objective.Spec.TimeZone))
		for range 10 {
			now := pick(d, span.Start, span.End, middle).Add(time.Duration(d.Int64N(int64(40*24*time.Hour))) - 20*24*time.Hour)
			a := answers{live: good(250+600*d.Float64(), now), start: good(800, span.Start), end: good(400, span.End), guard: good(500, now), guardEnd: good(500, span.End)}
			if span.End.Unix()-span.Start.Unix() < 100*366*24*3600 {
				a.count = ranges(now, func(time.Time) float64 { return 500 })
			}
			got := visit(in, a, now)
			if p := got.Status.ProgressPercent; p != nil && (*p < 0 || *p > 100) || !got.Next.After(now) || got.Next.After(now.Add(time.Hour)) {
				t.Errorf("seed %d at %v: progress %v, the next look at %v", seed, now, p, got.Next)
			}
			if s := got.Status.Final; s != nil && (s.Score < "0.00" || s.Score > "1.00") {
				t.Errorf("seed %d at %v: score %s", seed, now, s.Score)
			}
			if severity(got.Status.Health) >= 0 && got.Status.Final == nil && !okr.Known(float64(*got.Status.ProgressPercent)) {
				t.Errorf("seed %d at %v: %s", seed, now, got.Status.Health)
			}
		}
	}
}

// TestRecordOfABudgetByHand holds that a budget of a number that is kept by hand, which nobody can count, is closed by
// the record in Git as all else is.
func TestRecordOfABudgetByHand(t *testing.T) {
	in := inputOf(newKeyResult(atMost("500", "1%"), record("", "2026-12-31", "0.4"), func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric, kr.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: "revenue"}
	}), newObjective())
	in.KPI = newKPI(func(k *v1alpha1.KPI) { k.Name, k.Spec.Metric = "revenue", nil })
	same(t, "running, it is stalled", "True InvalidQuery", says(visit(in, answers{}, middle).Status.Conditions, "Stalled"))
	for range 2 {
		got := visit(in, answers{}, end).Status
		same(t, "over, by the record", "False Missed", says(got.Conditions, "OnTrack"))
		same(t, "its score", "0.40", got.Final.Score)
	}
}
