package evaluate_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// TestObjectiveIsNotScoredWhileItIsBeingApplied holds that an objective which is over waits for the key results
// that may still come: the ones that are there first are not all there are.
func TestObjectiveIsNotScoredWhileItIsBeingApplied(t *testing.T) {
	applied := end.Add(24 * time.Hour)
	early, late := finished("early", 1, "1.00"), finished("late", 1, "0.10")
	early.CreationTimestamp = metav1.NewTime(applied)
	late.CreationTimestamp = metav1.NewTime(applied.Add(30 * time.Second))
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{early}}
	in.Objective.CreationTimestamp = metav1.NewTime(applied)

	first := visitObjective(in, applied.Add(time.Second))
	same(t, "one key result is there", "Unknown Closing", says(first.Status.Conditions, "OnTrack"))
	same(t, "the next look", applied.Add(time.Minute), first.Next)
	in.KeyResults = append(in.KeyResults, late)
	second := visitObjective(in, applied.Add(time.Minute))
	same(t, "another one came", "Unknown Closing", says(second.Status.Conditions, "OnTrack"))
	third := visitObjective(in, applied.Add(90*time.Second)).Status
	same(t, "a minute without another", "0.55", third.Final.Score)
}

// TestKnownScoreIsNotCancelledAway holds that cancelling a key result that has missed does not help its objective.
func TestKnownScoreIsNotCancelledAway(t *testing.T) {
	missed := finished("missed", 1, "0.10")
	missed.Status.ProgressPercent = pointer[int32](10)
	good := member("good", v1alpha1.HealthOnTrack, 100, 50)
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{missed, good}}
	before := visitObjective(in, middle).Status
	missed.Spec.State = v1alpha1.KeyResultCancelled
	same(t, "the verdict", before.Health, visitObjective(in, middle).Status.Health)
	same(t, "the count", "2/2", visitObjective(in, middle).Status.KeyResults.Summary)
	missed.Status.Final = nil
	same(t, "without a score it is given up", "1/1", visitObjective(in, middle).Status.KeyResults.Summary)
}

// TestMemoryFromTheFuture holds that what a clock that was ahead has remembered does not outlive a fresh answer.
func TestMemoryFromTheFuture(t *testing.T) {
	in := evaluate.KPIInput{KPI: newKPI(), Metric: pointer(newMetric(*newKPI().Spec.Metric))}
	visitKPI(in, answers{live: good(99.95, middle)}, middle)
	in.KPI.Status.Frozen.LastGood.Time = metav1.NewTime(middle.Add(2 * time.Hour))
	got := visitKPI(in, answers{live: good(12, middle.Add(time.Minute))}, middle.Add(time.Minute)).Status
	same(t, "health", v1alpha1.KPIUnhealthy, got.Health)
	same(t, "value", "12", got.Measurement.Value)
}

// TestAnswersAreNotStale holds that a source which answers every time it is asked is never stale, however seldom
// it is asked and however old its answers are meant to be.
func TestAnswersAreNotStale(t *testing.T) {
	cases := []struct {
		reason   string
		interval v1alpha1.Duration
		stale    v1alpha1.Duration
		edit     func(*evaluate.Metric)
		inForce  time.Duration
		age      time.Duration
		want     string
	}{
		{"answers are meant to be 20 minutes old", "", "", func(m *evaluate.Metric) { m.QueryOffset = 20 * time.Minute }, 0, 21 * time.Minute, "True Sampled"},
		{"the source is asked once an hour at most", "", "", func(m *evaluate.Metric) { m.MinInterval = time.Hour }, time.Hour, time.Hour, "True Sampled"},
		{"asked less often than it turns stale", "1h", "15m", func(*evaluate.Metric) {}, 0, time.Hour, "True Sampled"},
		{"three intervals without an answer", "1h", "15m", func(*evaluate.Metric) {}, 0, 3 * time.Hour, "False Stale"},
		{"three intervals, but stretched ones", "1h", "15m", func(*evaluate.Metric) {}, 2 * time.Hour, 6*time.Hour - time.Second, "True Sampled"},
		{"the longest interval that the API admits", "9y9999d999999999s999999999999ms", "15m", func(*evaluate.Metric) {}, 0, 24 * time.Hour, "True Sampled"},
		{"three stretched intervals", "1h", "15m", func(*evaluate.Metric) {}, 2 * time.Hour, 6 * time.Hour, "False Stale"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			kpi := newKPI()
			kpi.Spec.Metric.Interval, kpi.Spec.Metric.StaleAfter = c.interval, c.stale
			metric := newMetric(*kpi.Spec.Metric)
			c.edit(&metric)
			in := evaluate.KPIInput{KPI: kpi, Metric: &metric}
			held := good(99.95, middle)
			held.Interval = c.inForce
			got := visitKPI(in, answers{live: held}, middle.Add(c.age)).Status
			same(t, "Measured", c.want, says(got.Conditions, "Measured"))
		})
	}
}

// TestValueIsNotStaleBecauseTheSourceIsAskedMoreOftenFromNowOn holds that raising the limits of a source that stretched
// its intervals ends no verdict.
func TestValueIsNotStaleBecauseTheSourceIsAskedMoreOftenFromNowOn(t *testing.T) {
	kpi := newKPI()
	in := evaluate.KPIInput{KPI: kpi, Metric: pointer(newMetric(*kpi.Spec.Metric))}
	held := good(99.95, middle)
	held.Interval, held.Then = time.Minute, 24*time.Minute
	got := visitKPI(in, answers{live: held}, middle.Add(24*time.Minute)).Status
	same(t, "Measured, before it is asked again", "True Sampled", says(got.Conditions, "Measured"))
	got = visitKPI(in, answers{live: held}, middle.Add(72*time.Minute)).Status
	same(t, "Measured, when nothing came for three intervals", "False Stale", says(got.Conditions, "Measured"))
}

// TestIntervalInForceIsReported holds that a question which is asked less often than it wants to be says so, in words
// that stay the same while the stretching moves.
func TestIntervalInForceIsReported(t *testing.T) {
	cases := []struct {
		reason           string
		interval         v1alpha1.Duration
		minimum, inForce time.Duration
		stretched        bool
		want             string
	}{
		{"as written", "5m", time.Minute, 5 * time.Minute, false, "a fresh value is held"},
		{"raised", "5s", 30 * time.Second, 30 * time.Second, false, "a fresh value is held; asked every 30s instead of every 5s: the source's limits.minInterval"},
		{"the default, raised", "", 5 * time.Minute, 5 * time.Minute, false, "a fresh value is held; asked every 5m instead of every 1m: the source's limits.minInterval"},
		{"stretched", "1m", 30 * time.Second, 90 * time.Second, true, "a fresh value is held; asked less often while the source has more to answer than its limits admit: its condition Saturated says how much"},
		{"raised and stretched", "5s", 30 * time.Second, 45 * time.Second, true, "a fresh value is held; asked every 30s instead of every 5s: the source's limits.minInterval; " +
			"asked less often while the source has more to answer than its limits admit: its condition Saturated says how much"},
	}
	for _, c := range cases {
		kpi := newKPI()
		kpi.Spec.Metric.Interval = c.interval
		in := evaluate.KPIInput{KPI: kpi, Metric: pointer(newMetric(*kpi.Spec.Metric))}
		in.Metric.MinInterval = c.minimum
		held := good(99.95, middle)
		held.Interval, held.Stretched = c.inForce, c.stretched
		got := visitKPI(in, answers{live: held}, middle)
		if w := got.Watches[0]; w.Stretched != c.stretched {
			t.Errorf("%s: the watch says %t of what is shown, want %t", c.reason, w.Stretched, c.stretched)
		}
		same(t, c.reason, c.want, message(got.Status.Conditions, "Measured"))
	}
}

// TestPlaceholderInACommentCountsNothing holds that a key result without baseline and direction is not judged
// when its query does not count from the start after all.
func TestPlaceholderInACommentCountsNothing(t *testing.T) {
	kr := newKeyResult(func(kr *v1alpha1.KeyResult) {
		target := v1alpha1.Decimal("10")
		kr.Spec.Reach = &v1alpha1.Reach{Target: &target}
	})
	got := visit(inputOf(kr, newObjective()), answers{live: good(50, middle)}, middle).Status
	same(t, "Stalled", "True InvalidQuery", says(got.Conditions, "Stalled"))
	same(t, "health", v1alpha1.HealthUnknown, got.Health)
}

// TestZonesOfTheMachine holds that no zone means something else on another machine.
func TestZonesOfTheMachine(t *testing.T) {
	for _, name := range []v1alpha1.TimeZone{"Local", "localtime", "posixrules", "posix/Europe/Berlin", "right/UTC"} {
		o := newObjective(func(o *v1alpha1.Objective) { o.Spec.TimeZone = name })
		got := visitObjective(evaluate.ObjectiveInput{Objective: o}, middle).Status
		same(t, string(name), "True InvalidTimeZone", says(got.Conditions, "Stalled"))
	}
}

// TestConclusionIsAboutOneQuestion holds that a key result without a final is asked for again when the KPI or the
// objective that it depends on was mended.
func TestConclusionIsAboutOneQuestion(t *testing.T) {
	edits := []struct {
		reason string
		edit   func(*evaluate.KeyResultInput)
		want   string
		asked  int
	}{
		{"nothing", func(*evaluate.KeyResultInput) {}, "Unknown FinalUnavailable", 0},
		{"the KPI's query", func(in *evaluate.KeyResultInput) { in.Metric.Expression.Canonical = "another" }, "Unknown Closing", 1},
		{"the objective's period", func(in *evaluate.KeyResultInput) { in.Objective.Spec.Period = "2026-11" }, "Unknown Closing", 1},
	}
	for _, e := range edits {
		t.Run(e.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(), newObjective())
			late := end.Add(8 * 24 * time.Hour)
			lost := visit(in, answers{end: bad(sample.NoData, late)}, late)
			same(t, "concluded", "Unknown FinalUnavailable", says(lost.Status.Conditions, "OnTrack"))
			same(t, "questions", 0, len(lost.Watches))
			e.edit(&in)
			got := visit(in, answers{}, late.Add(time.Hour))
			same(t, "OnTrack", e.want, says(got.Status.Conditions, "OnTrack"))
			same(t, "questions", e.asked, len(got.Watches))
		})
	}
}

// TestMoveBelowTheDisplayIsSeenWhereTheVerdictIsNear holds that a move which nobody would see wakes a key result
// whose verdict is about to change, because it changes when.
func TestMoveBelowTheDisplayIsSeenWhereTheVerdictIsNear(t *testing.T) {
	kr := newKeyResult(reach("99", "99.9"))
	in := inputOf(kr, newObjective())
	late := end.Add(-10 * 24 * time.Hour)                                // the tolerances shrink
	first := func(v float64) evaluate.Result[v1alpha1.KeyResultStatus] { // what is remembered would be looked at too
		kr.Status = v1alpha1.KeyResultStatus{}
		return visit(in, answers{live: good(v, late)}, late)
	}
	watchAt := func(v float64) sample.Watch { return first(v).Watches[0] }
	var near float64
	for v := 99.60; v < 99.80; v += 0.00001 { // a value whose verdict changes within the hour
		if next := first(v).Next; next.Before(late.Add(50*time.Minute)) && next.After(late.Add(10*time.Minute)) {
			near = v
			break
		}
	}
	if near == 0 {
		t.Fatal("no value is near a change")
	}
	same(t, "near a change", true, watchAt(near).Material(sample.Good(near-0.00001, late)))
	same(t, "far from one", false, watchAt(99.8801).Material(sample.Good(99.88009, late)))
}
