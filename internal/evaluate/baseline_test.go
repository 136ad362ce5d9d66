package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

func TestBaselineIsMeasuredOnce(t *testing.T) {
	in := inputOf(newKeyResult(measuredBaseline), newObjective())
	early := visit(in, answers{live: good(810, begin)}, begin.Add(-time.Hour))
	same(t, "before the start only the present is asked for", 1, len(early.Watches))
	same(t, "and held", "True Sampled", says(early.Status.Conditions, "Measured"))
	same(t, "target", "→ 300 ms", early.Status.Target)

	open := visit(in, answers{live: good(810, begin)}, begin)
	same(t, "then the start too", 2, len(open.Watches))
	same(t, "about that instant", begin.Unix(), open.Watches[0].Question.At)
	same(t, "Unknown until it is known", shown{"Unknown", -999, -999, 0, "Unknown Pending", "Unknown Pending"}, shownOf(open.Status))

	s := visit(in, answers{live: good(550, middle), start: good(800, begin)}, middle)
	same(t, "judged by it", shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, shownOf(s.Status))
	same(t, "target", "800 → 300 ms", s.Status.Target)
	s = visit(in, answers{live: good(550, middle), start: good(900, begin)}, middle)
	same(t, "under the same key it wins over any later answer", "800 ms", s.Status.Baseline)
	same(t, "and is not asked for again", 1, len(s.Watches))
}

func TestBaselineUnderAnotherKey(t *testing.T) {
	in := inputOf(newKeyResult(measuredBaseline), newObjective())
	visit(in, answers{live: good(550, middle), start: good(800, begin)}, middle)
	in.KeyResult.Spec.StartOn, in.KeyResult.Generation = "2026-10-15", 2
	s := visit(in, answers{live: good(550, middle)}, middle)
	same(t, "measured anew", 2, len(queries(s.Watches)))
	same(t, "Unknown meanwhile", v1alpha1.HealthUnknown, s.Status.Health)
	same(t, "the old one shown meanwhile", "800 ms", s.Status.Baseline)
	same(t, "and the old progress", pointer[int32](50), s.Status.ProgressPercent)
	s = visit(in, answers{live: good(550, middle), start: bad(sample.HistoryUnavailable, middle)}, middle)
	same(t, "it cannot be", shown{"Unknown", 50, 50, 41, "Unknown HistoryUnavailable", "False HistoryUnavailable"}, shownOf(s.Status))
	same(t, "why", "baseline: it is HistoryUnavailable", message(s.Status.Conditions, "Measured"))
	same(t, "the old one stays", "800", s.Status.Frozen.Baseline.Value)
	restarted := visit(in, answers{}, middle).Status
	same(t, "a restart changes nothing", s.Status, restarted)
	s = visit(in, answers{live: good(550, middle), start: good(700, begin)}, middle)
	same(t, "the new one", "700 ms", s.Status.Baseline)
}

func TestWaysThatLeadNowhere(t *testing.T) {
	change := func(c v1alpha1.Change) func(*v1alpha1.KeyResult) {
		return func(kr *v1alpha1.KeyResult) { kr.Spec.Reach = &v1alpha1.Reach{Change: c} }
	}
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KeyResult)
		start  float64
		want   string
		target string
	}{
		{"a percentage of nothing", change("+20%"), 0, "False BaselineZero", "0 +20%"},
		{"a percentage", change("-20%"), 1000, "True Sampled", "1000 → 800 ms"},
		{"a percentage of less than nothing", change("-20%"), -50, "True Sampled", "-50 → -60 ms"},
		{"an absolute change of nothing", change("+15"), 0, "True Sampled", "0 → 15 ms"},
		{"already there", measuredBaseline, 300, "False AlreadyMet", "300 → 300 ms"},
		{"already beyond", measuredBaseline, 200, "False AlreadyMet", "200 → 300 ms"},
		{"still to go", measuredBaseline, 301, "True Sampled", "301 → 300 ms"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(c.edit), newObjective())
			s := visit(in, answers{live: good(550, middle), start: good(c.start, begin)}, middle).Status
			same(t, "Measured", c.want, says(s.Conditions, "Measured"))
			same(t, "a verdict only on a way", c.want == "True Sampled", s.Health != v1alpha1.HealthUnknown)
			same(t, "progress only on a way", c.want == "True Sampled", s.ProgressPercent != nil)
			same(t, "target", c.target, s.Target)
			same(t, "a restart changes nothing", s, visit(in, answers{}, middle).Status)
		})
	}
}
