package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// guarded counts in full with at least 100 answers.
func guarded(kr *v1alpha1.KeyResult) {
	kr.Spec.Guard = &v1alpha1.Guard{Query: guardQuery, AtLeast: pointer(v1alpha1.Decimal("100"))}
}

func TestGuard(t *testing.T) {
	fresh := func(v float64) sample.Held { return good(v, middle) }
	cases := []struct {
		reason      string
		value       float64
		guard       sample.Held
		want        shown
		says        string
		shown, text string
	}{
		{"met", 400, fresh(100), shown{"OnTrack", 80, 80, 50, "True OnPace", "True Sampled"},
			"a fresh value is held", "100 of at least 100", "400 ms is 80 % of the way 800 → 300 ms; 50 % is expected by now"},
		{"not met, and progress is no more than it", 550, fresh(87), shown{"OnTrack", 50, 50, 50, "True OnPace", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 87 of at least 100", "87 of at least 100", "550 ms is 50 % of the way 800 → 300 ms; 50 % is expected by now"},
		{"not met, and it holds progress back without harm", 400, fresh(60), shown{"OnTrack", 60, 60, 50, "True OnPace", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 60 of at least 100", "60 of at least 100", "400 ms is 80 % of the way 800 → 300 ms; 50 % is expected by now; the guard holds it back to 60 %: 60 of at least 100"},
		{"at risk for the guard", 400, fresh(39), shown{"AtRisk", 39, 39, 50, "False GuardNotMet", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 39 of at least 100", "39 of at least 100", "400 ms is 80 % of the way 800 → 300 ms; 50 % is expected by now; the guard holds it back to 39 %: 39 of at least 100"},
		{"off track for the guard", 300, fresh(8), shown{"OffTrack", 8, 8, 50, "False GuardNotMet", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 8 of at least 100", "8 of at least 100", "300 ms is 100 % of the way 800 → 300 ms; 50 % is expected by now; the guard holds it back to 8 %: 8 of at least 100"},
		{"behind by itself", 680, fresh(30), shown{"OffTrack", 24, 24, 50, "False Behind", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 30 of at least 100", "30 of at least 100", "680 ms is 24 % of the way 800 → 300 ms; 50 % is expected by now"},
		{"a guard below 0 makes nothing negative", 300, fresh(-5), shown{"OffTrack", 0, 0, 50, "False GuardNotMet", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: -5 of at least 100", "-5 of at least 100", "300 ms is 100 % of the way 800 → 300 ms; 50 % is expected by now; the guard holds it back to 0 %: -5 of at least 100"},
		{"the wrong way stays the wrong way", 1200, fresh(8), shown{"OffTrack", 0, -80, 50, "False Regressing", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 8 of at least 100", "8 of at least 100", "1200 ms is -80 % of the way 800 → 300 ms; 50 % is expected by now; it moves away from the target"},
		{"a hair's breadth is not met", 300, fresh(99.9999999999), shown{"OnTrack", 99, 99, 50, "True OnPace", "True GuardNotMet"},
			"a fresh value is held; the guard is not met: 100 of at least 100", "100 of at least 100", "300 ms is 100 % of the way 800 → 300 ms; 50 % is expected by now; the guard holds it back to 99 %: 100 of at least 100"},
		{"not asked yet", 400, sample.Held{}, shown{"Unknown", -999, -999, 50, "Unknown Pending", "Unknown Pending"},
			"guard: waiting for the first answer", "", "guard: waiting for the first answer"},
		{"no data", 400, bad(sample.NoData, middle), shown{"Unknown", -999, -999, 50, "Unknown NoData", "False NoData"},
			"guard: it is NoData", "", "guard: it is NoData"},
		{"no data any more", 400, then(fresh(100), sample.NoData, middle), shown{"Unknown", 80, 80, 50, "Unknown NoData", "False NoData"},
			"guard: it is NoData", "100 of at least 100", "guard: it is NoData"},
		{"no answer: the last good one stands", 400, then(fresh(39), sample.Timeout, middle), shown{"AtRisk", 39, 39, 50, "False GuardNotMet", "False Timeout"},
			"guard: it is Timeout", "39 of at least 100", "400 ms is 80 % of the way 800 → 300 ms; 50 % is expected by now; the guard holds it back to 39 %: 39 of at least 100"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(guarded), newObjective())
			got := visit(in, answers{live: good(c.value, middle), guard: c.guard}, middle)
			same(t, c.reason, c.want, shownOf(got.Status))
			same(t, "Measured", c.says, message(got.Status.Conditions, "Measured"))
			same(t, "guard", c.shown, got.Status.Guard)
			same(t, "OnTrack", c.text, message(got.Status.Conditions, "OnTrack"))
			same(t, "Ready", "True Ready", says(got.Status.Conditions, "Ready"))
			same(t, "the value is asked for first, then the guard's", []string{"latency", guardQuery}, queries(got.Watches))
			restarted := evaluate.KeyResult(in, answers{}.samples, middle)
			same(t, "a restart forgets nothing", in.KeyResult.Status, restarted.Status)
		})
	}
}

// queries are what is asked, but for the history.
func queries(watches []sample.Watch) []string {
	var result []string
	for _, w := range watches {
		if w.Question.Step == 0 {
			result = append(result, w.Question.Query)
		}
	}
	return result
}

func TestGuardInTheWay(t *testing.T) {
	fresh := answers{live: good(400, middle), guard: good(100, middle)}
	broken := inputOf(newKeyResult(guarded), newObjective())
	broken.Guard.Expression.Problem = "no"
	got := visit(broken, fresh, middle).Status
	same(t, "a guard that does not parse", "True InvalidQuery", says(got.Conditions, "Stalled"))
	same(t, "says where", "spec.guard.query: no", message(got.Conditions, "Stalled"))
	same(t, "is no verdict", v1alpha1.HealthUnknown, got.Health)

	gone := inputOf(newKeyResult(guarded), newObjective())
	gone.Guard.SourceFound = false
	result := visit(gone, fresh, middle)
	same(t, "a guard without a source", "False ReferenceNotFound", says(result.Status.Conditions, "Ready"))
	same(t, "Measured", "guard: MetricSource default not found, or not shared with this namespace", message(result.Status.Conditions, "Measured"))
	same(t, "health", v1alpha1.HealthUnknown, result.Status.Health)
	same(t, "is not asked", []string{"latency"}, queries(result.Watches))

	refused := inputOf(newKeyResult(guarded), newObjective())
	got = visit(refused, answers{live: good(400, middle), guard: bad(sample.InvalidQuery, middle)}, middle).Status
	same(t, "a guard that the server refuses", "spec.guard.query: it is InvalidQuery", message(got.Conditions, "Stalled"))

	early := inputOf(newKeyResult(guarded), newObjective())
	early.Guard.Expression.Elapsed = true
	result = visit(early, answers{live: good(800, begin)}, begin.Add(4*time.Minute))
	same(t, "a guard that counts from the start is not asked before", []string{"latency"}, queries(result.Watches))
	same(t, "and looked at then", begin.Add(5*time.Minute), result.Next)
	same(t, "Measured", "Unknown Pending", says(result.Status.Conditions, "Measured"))
	same(t, "counts from the start", begin.Unix(), visit(early, answers{}, begin.Add(5*time.Minute)).Watches[1].Question.Start)

	without := inputOf(newKeyResult(guarded), newObjective())
	visit(without, answers{live: good(400, middle), guard: good(39, middle)}, middle)
	without.KeyResult.Spec.Guard, without.Guard = nil, nil
	got = visit(without, answers{}, middle).Status
	same(t, "a guard that was removed", shown{"OnTrack", 80, 80, 50, "True OnPace", "True Sampled"}, shownOf(got))
	same(t, "is not shown", "", got.Guard)
}

func TestGuardMetric(t *testing.T) {
	same(t, "no guard", (*v1alpha1.Metric)(nil), evaluate.GuardMetric(newKeyResult()))
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KeyResult)
		want   v1alpha1.Metric
	}{
		{"as often as the key result's own metric, of the same source", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Metric.SourceRef.Name, kr.Spec.Metric.Interval, kr.Spec.Metric.Window = "own", "5m", "7d"
		}, v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "own"}, Query: guardQuery, Interval: "5m"}},
		{"its own source", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Guard.SourceRef, kr.Spec.Guard.Window = &v1alpha1.SourceReference{Name: "surveys"}, "28d"
		}, v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "surveys"}, Query: guardQuery, Window: "28d"}},
		{"the default source where people keep the value", keptByHand, v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}, Query: guardQuery}},
	}
	for _, c := range cases {
		kr := newKeyResult(guarded, c.edit)
		same(t, c.reason, &c.want, evaluate.GuardMetric(kr))
	}
}

func TestGuardOfAValueByHand(t *testing.T) {
	in := inputOf(newKeyResult(keptByHand, guarded), newObjective(checkingIn(said("2026-11-14", "400"), said("2026-12-31", "300"))))
	got := visit(in, answers{guard: good(39, middle)}, middle)
	same(t, "running", shown{"AtRisk", 39, 39, 50, "False GuardNotMet", "True GuardNotMet"}, shownOf(got.Status))
	same(t, "only the guard is asked", []string{guardQuery}, queries(got.Watches))
	late := end.Add(7 * 24 * time.Hour)
	got = visit(in, answers{}, late)
	same(t, "the guard's value at the end is asked for", []string{guardQuery}, queries(got.Watches))
	same(t, "until then", "Unknown Closing", says(got.Status.Conditions, "OnTrack"))
	got = visit(in, answers{guardEnd: good(100, end)}, late)
	same(t, "met at the end", "over: score 1.00 (Green), final value 300 ms, guard 100 of at least 100", message(got.Status.Conditions, "OnTrack"))
}

func TestGuardAtTheEnd(t *testing.T) {
	cases := []struct {
		reason         string
		value          float64
		guard          sample.Held
		objective      []func(*v1alpha1.Objective)
		onTrack, score string
		grade          v1alpha1.Grade
	}{
		{"met", 300, good(100, end), nil, "True Achieved", "1.00", v1alpha1.GradeGreen},
		{"not met: what it lets count is the score", 300, good(87, end), nil, "False Missed", "0.87", v1alpha1.GradeAmber},
		{"more than progress", 550, good(87, end), nil, "False Missed", "0.50", v1alpha1.GradeRed},
		{"never green, however little is missing", 300, good(99.9999999999, end), nil, "False Missed", "0.99", v1alpha1.GradeAmber},
		{"nor where 0.70 would pass", 300, good(87, end), []func(*v1alpha1.Objective){aspirational}, "False Missed", "0.87", v1alpha1.GradeAmber},
		{"below 0", 300, good(-1, end), nil, "False Missed", "0.00", v1alpha1.GradeRed},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(guarded), newObjective(c.objective...))
			got := visit(in, answers{end: good(c.value, end), guardEnd: c.guard}, end.Add(time.Hour))
			same(t, c.reason, c.onTrack, says(got.Status.Conditions, "OnTrack"))
			same(t, "score", c.score, got.Status.Final.Score)
			same(t, "grade", c.grade, got.Status.Final.Grade)
			same(t, "both were asked", []string{"latency", guardQuery}, queries(got.Watches))
			again := visit(in, answers{}, end.Add(2*time.Hour))
			same(t, "and are not again", 0, len(again.Watches))
			in.Guard.Refusal = denied
			same(t, "a tenant that is not known any more reopens nothing", "False AsExpected", says(visit(in, answers{}, end.Add(2*time.Hour)).Status.Conditions, "Reopened"))
			in.KeyResult.Spec.Guard.AtLeast = pointer(v1alpha1.Decimal("50"))
			reopened := visit(in, answers{}, end.Add(3*time.Hour)).Status
			same(t, "another bound is an edit after the end", "True EditedAfterEnd", says(reopened.Conditions, "Reopened"))
			same(t, "which changes nothing", c.score, reopened.Final.Score)
		})
	}
}

func TestGuardWithoutAValueAtTheEnd(t *testing.T) {
	in := inputOf(newKeyResult(guarded), newObjective())
	got := visit(in, answers{end: good(300, end)}, end.Add(time.Hour))
	same(t, "not had yet", "over: guard: its value at the end is asked for", message(got.Status.Conditions, "OnTrack"))
	late := end.Add(8 * 24 * time.Hour)
	lost := answers{end: good(300, end), guardEnd: bad(sample.NoData, late)}
	got = visit(in, lost, late)
	same(t, "not to be had", "there is no final value: guard: it is NoData", message(got.Status.Conditions, "OnTrack"))
	same(t, "nor asked any more", 0, len(got.Watches))
	again := visit(in, answers{}, late.Add(time.Hour))
	same(t, "a restart says the same", shownOf(got.Status), shownOf(again.Status))
	same(t, "and asks nothing", 0, len(again.Watches))
}

// TestGuardWakes holds that what a guard changes is material: its bound, a percent, and where it begins to hold back.
func TestGuardWakes(t *testing.T) {
	in := inputOf(newKeyResult(guarded, func(kr *v1alpha1.KeyResult) { kr.Spec.Guard.AtLeast = pointer(v1alpha1.Decimal("1000000")) }), newObjective())
	got := visit(in, answers{live: good(550, middle), guard: good(500000.4, middle)}, middle)
	guard := got.Watches[1]
	same(t, "where it begins to hold back", true, guard.Material(sample.Good(499999.9, middle)))
	same(t, "nothing changes", false, guard.Material(sample.Good(500000.3, middle)))
	same(t, "met", true, sample.Watch{Seen: sample.Good(999999.9, middle), Bounds: guard.Bounds}.Material(sample.Good(1000000, middle)))
	value := got.Watches[0]
	same(t, "the value passes what the guard lets count", true,
		sample.Watch{Seen: sample.Good(549.9999, middle), Bounds: value.Bounds}.Material(sample.Good(549.9997, middle)))
}

// TestTroubleWithAGuardIsNoneOfTheCount holds that a restart of the controller while a guard has no number leaves the
// count of the time outside alone.
func TestTroubleWithAGuardIsNoneOfTheCount(t *testing.T) {
	in := inputOf(newKeyResult(atMost("500", "1%"), func(kr *v1alpha1.KeyResult) {
		kr.Spec.Guard = &v1alpha1.Guard{Query: guardQuery, AtLeast: pointer(v1alpha1.Decimal("100"))}
	}), newObjective())
	a := answers{live: good(400, middle), guard: bad(sample.NoData, middle), count: ranges(middle, func(time.Time) float64 { return 400 })}
	same(t, "the guard is in the way", "False NoData", says(visit(in, a, middle).Status.Conditions, "Measured"))
	same(t, "a restart changes nothing", evaluate.Unchanged, visit(in, answers{}, middle.Add(time.Second)).Change)
}

// TestRestartWhileAGuardIsAskedForAtTheEnd holds that a restart between the two answers about the end changes nothing.
func TestRestartWhileAGuardIsAskedForAtTheEnd(t *testing.T) {
	in := inputOf(newKeyResult(guarded), newObjective())
	now := end.Add(time.Hour)
	got := visit(in, answers{end: good(300, end)}, now).Status
	same(t, "the guard is waited for", "guard: its value at the end is asked for", message(got.Conditions, "Measured"))
	same(t, "a restart changes nothing", evaluate.Unchanged, visit(in, answers{}, now.Add(time.Second)).Change)
	got = visit(in, answers{end: good(300, end), guardEnd: good(100, end)}, now.Add(time.Minute)).Status
	same(t, "both are there", "True Achieved", says(got.Conditions, "OnTrack"))
}
