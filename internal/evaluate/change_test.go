package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// What kind of change an evaluation makes, one after the other on the same object.
func TestChangeOfKPI(t *testing.T) {
	in := kpiInput()
	settled := middle.Add(time.Minute)
	named := newObjective()
	steps := []struct {
		reason string
		held   sample.Held
		now    time.Time
		edit   func()
		want   evaluate.Change
	}{
		{"no status before", sample.Held{}, middle, nil, evaluate.First},
		{"nothing new", sample.Held{}, middle, nil, evaluate.Unchanged},
		{"a first value", good(99.95, middle), middle, nil, evaluate.Transition},
		{"another value inside the same band", good(99.96, middle), middle, nil, evaluate.Value},
		{"last digits", good(99.96001, middle), middle, nil, evaluate.Unchanged},
		{"another text alone", then(good(99.96, middle), sample.Timeout, middle), middle, nil, evaluate.Transition},
		{"an answer again", good(99.96, middle), middle, nil, evaluate.Transition},
		{"outside", good(99, middle), middle, nil, evaluate.Transition},
		{"nobody looks after it", good(99, middle), settled, nil, evaluate.Transition},
		{"a title", good(99, middle), settled, func() { in.KPI.Generation++ }, evaluate.Edit},
		{"an objective names it", good(99, middle), settled, func() { in.Objectives = []*v1alpha1.Objective{named} }, evaluate.Transition},
		{"another one too", good(99, middle), settled, func() {
			in.Objectives = append(in.Objectives, newObjective(func(o *v1alpha1.Objective) { o.Name = "second" }))
		}, evaluate.Edit},
		{"wiped", good(99, middle), settled, func() { in.KPI.Status = v1alpha1.KPIStatus{} }, evaluate.First},
	}
	for _, s := range steps {
		if s.edit != nil {
			s.edit()
		}
		same(t, s.reason, s.want, visitKPI(in, answers{live: s.held}, s.now).Change)
	}
}

func TestChangeOfKeyResult(t *testing.T) {
	in := inputOf(newKeyResult(measuredBaseline), newObjective())
	steps := []struct {
		reason string
		held   answers
		now    time.Time
		want   evaluate.Change
	}{
		{"no status before", answers{}, middle, evaluate.First},
		{"the baseline", answers{start: good(800, begin)}, middle, evaluate.Memory},
		{"a first value", answers{live: good(500, middle)}, middle, evaluate.Transition},
		{"another value", answers{live: good(490, middle)}, middle, evaluate.Value},
		{"a percent of time", answers{live: good(490, middle.Add(time.Hour))}, middle.Add(24 * time.Hour), evaluate.Value},
		{"behind", answers{live: good(620, middle)}, middle.Add(24 * time.Hour), evaluate.Transition},
		{"over", answers{}, end, evaluate.Transition},
		{"the final", answers{end: good(310, end)}, end.Add(time.Hour), evaluate.Transition},
	}
	for _, s := range steps {
		same(t, s.reason, s.want, visit(in, s.held, s.now).Change)
	}
}

// A restart goes by the value that is remembered: where the verdict parts from the one by the newest value, that is
// written at once, and looked at when it happens.
func TestRememberedValueThatTheVerdictHangsOnIsWrittenAtOnce(t *testing.T) {
	in := inputOf(newKeyResult(reach("0", "100")), newObjective())
	first := evaluate.KeyResult(in, answers{live: good(41, middle)}.samples, middle) // behind by 9
	in.KeyResult.Status = first.Status
	next := middle
	for range 24 * 7 {
		newest := answers{live: good(48, next)}
		got := evaluate.KeyResult(in, newest.samples, next)
		same(t, next.String(), v1alpha1.HealthOnTrack, got.Status.Health)
		if restarted := evaluate.KeyResult(in, answers{}.samples, next).Status.Health; restarted != v1alpha1.HealthOnTrack {
			same(t, "parted from what is remembered", evaluate.Memory, got.Change)
			in.KeyResult.Status = got.Status
			same(t, "after a restart", v1alpha1.HealthOnTrack, evaluate.KeyResult(in, answers{}.samples, next).Status.Health)
			return
		}
		same(t, "till then it may wait", evaluate.Value, got.Change)
		if before := got.Next.Add(-time.Second); before.After(next) {
			same(t, "a restart just before the next look", v1alpha1.HealthOnTrack, evaluate.KeyResult(in, answers{}.samples, before).Status.Health)
		}
		next = got.Next
	}
	t.Error("the verdicts never parted")
}

func TestChangeOfObjective(t *testing.T) {
	one := member("one", v1alpha1.HealthOnTrack, 60, 50)
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{one}}
	steps := []struct {
		reason string
		edit   func()
		want   evaluate.Change
	}{
		{"no status before", func() {}, evaluate.First},
		{"a percent", func() { one.Status.ProgressPercent = pointer[int32](61) }, evaluate.Value},
		{"another key result", func() { in.KeyResults = append(in.KeyResults, member("two", v1alpha1.HealthPending, -1, 0)) }, evaluate.Edit},
		{"measured for the first time", func() { in.KeyResults[1].Status.ProgressPercent = pointer[int32](61) }, evaluate.Transition},
		{"behind", func() { one.Status.ProgressPercent, one.Status.Health = pointer[int32](0), v1alpha1.HealthOffTrack }, evaluate.Transition},
		{"children instead", func() {
			in.Objective.Spec.RollUp = v1alpha1.RollUpChildren
			in.Children = append(in.Children, child("one", "2026-12", v1alpha1.HealthUnknown, -1, 0))
		}, evaluate.Transition},
		{"one more child", func() { in.Children = append(in.Children, child("two", "2026-11", v1alpha1.HealthUnknown, -1, 0)) }, evaluate.Edit},
		{"a child is measured", func() { in.Children[1].Status.ProgressPercent = pointer[int32](10) }, evaluate.Transition},
	}
	for _, s := range steps {
		s.edit()
		same(t, s.reason, s.want, visitObjective(in, middle).Change)
	}
}
