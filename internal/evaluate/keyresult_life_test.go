package evaluate_test

import (
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

func record(value, date, score string) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		kr.Spec.Final = &v1alpha1.FinalRecord{Date: v1alpha1.Date(date)}
		if value != "" {
			kr.Spec.Final.Value = pointer(v1alpha1.Decimal(value))
		}
		if score != "" {
			kr.Spec.Final.Score = pointer(v1alpha1.Score(score))
		}
	}
}

func decimal(text string) *v1alpha1.Decimal { return pointer(v1alpha1.Decimal(text)) }

func TestCommitment(t *testing.T) {
	cases := []struct {
		reason string
		edits  []func(*v1alpha1.KeyResult)
		object []func(*v1alpha1.Objective)
		now    time.Time
		want   *v1alpha1.Commitment
	}{
		{"nothing is promised before the start", nil, nil, begin.Add(-time.Second), nil},
		{"nor by a draft", nil, []func(*v1alpha1.Objective){draft}, middle, nil},
		{"nor once given up", []func(*v1alpha1.KeyResult){func(kr *v1alpha1.KeyResult) { kr.Spec.State = v1alpha1.KeyResultCancelled }}, nil, middle, nil},
		{"nor by a spec that is not in order", []func(*v1alpha1.KeyResult){func(kr *v1alpha1.KeyResult) {
			kr.Spec.StartOn, kr.Spec.DueOn = "2026-11-02", "2026-11-01"
		}}, nil, middle, nil},
		{"at the start", nil, nil, begin, &v1alpha1.Commitment{
			Target: "800 → 300 ms", Baseline: "800", Goal: "300", StartOn: "2026-10-01", DueOn: "2026-12-31", Weight: pointer(int32(1)),
		}},
		{"a measured baseline is not waited for", []func(*v1alpha1.KeyResult){measuredBaseline}, nil, begin, &v1alpha1.Commitment{
			Target: "→ 300 ms", Goal: "300", StartOn: "2026-10-01", DueOn: "2026-12-31", Weight: pointer(int32(1)),
		}},
		{"a change, dates, a weight, checkpoints and a guard", []func(*v1alpha1.KeyResult){func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("800"), Change: "-20%"}
			kr.Spec.StartOn, kr.Spec.DueOn, kr.Spec.Weight = "2026-10-05", "2027-06-30", pointer(int32(3))
			kr.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-11-15", Percent: pointer(int32(20))}}}
		}}, nil, middle, &v1alpha1.Commitment{
			Target: "800 → 640 ms", Baseline: "800", Goal: "-20%", StartOn: "2026-10-05", DueOn: "2026-12-31", Weight: pointer(int32(3)),
			Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-11-15", Percent: pointer(int32(20))}},
		}},
		{"first seen after its end", nil, nil, end.Add(time.Hour), &v1alpha1.Commitment{
			Target: "800 → 300 ms", Baseline: "800", Goal: "300", StartOn: "2026-10-01", DueOn: "2026-12-31", Weight: pointer(int32(1)),
		}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(c.edits...), newObjective(c.object...))
			s := visit(in, answers{}, c.now).Status
			var got *v1alpha1.Commitment
			if s.Frozen != nil {
				got = s.Frozen.Commitment
			}
			same(t, "commitment", c.want, got)
			same(t, "nothing was moved", "", s.OriginalTarget)
			reach("1", "2")(in.KeyResult)
			in.KeyResult.Generation++
			if got != nil {
				same(t, "it is never written again", got, visit(in, answers{}, c.now.Add(time.Hour)).Status.Frozen.Commitment)
			}
		})
	}
}

func TestMovedGoalposts(t *testing.T) {
	replanned := func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach.Replanned = []v1alpha1.Replan{
			{Date: "2026-11-01", From: decimal("250"), To: decimal("280"), Reason: "first"},
			{Date: "2026-11-12", From: decimal("300"), To: decimal("400"), Reason: "The vendor\nleft."},
		}
	}
	cases := []struct {
		reason   string
		promised func(*v1alpha1.KeyResult)
		edit     func(*evaluate.KeyResultInput)
		original string
		says     string // the end of OnTrack's message
	}{
		{"nothing", reach("800", "300"), func(*evaluate.KeyResultInput) {}, "", "50 % is expected by now"},
		{"a softer target", reach("800", "300"), func(in *evaluate.KeyResultInput) { reach("800", "400")(in.KeyResult) },
			"800 → 300 ms", "by now; promised at the start: 800 → 300 ms"},
		{"and why: the newest reason, on one line", reach("800", "300"), func(in *evaluate.KeyResultInput) {
			reach("800", "400")(in.KeyResult)
			replanned(in.KeyResult)
		}, "800 → 300 ms", "; promised at the start: 800 → 300 ms; replanned on 2026-11-12 from 300 to 400: The vendor left."},
		{"another baseline", reach("800", "300"), func(in *evaluate.KeyResultInput) { reach("1000", "300")(in.KeyResult) },
			"800 → 300 ms", "promised at the start: 800 → 300 ms"},
		{"the same, written otherwise", reach("800", "300"), func(in *evaluate.KeyResultInput) { reach("800.0", "300.00")(in.KeyResult) }, "", "by now"},
		{"a measured baseline that is written down", measuredBaseline, func(in *evaluate.KeyResultInput) { reach("800", "300")(in.KeyResult) }, "", "by now"},
		{"a measured baseline that is written otherwise", measuredBaseline, func(in *evaluate.KeyResultInput) { reach("900", "300")(in.KeyResult) },
			"800 → 300 ms", "promised at the start: 800 → 300 ms"},
		{"a target in place of the change that it is", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("800"), Change: "-50%"}
		},
			func(in *evaluate.KeyResultInput) { reach("800", "400")(in.KeyResult) }, "", "by now"},
		{"a smaller change", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("800"), Change: "-50%"}
		},
			func(in *evaluate.KeyResultInput) { in.KeyResult.Spec.Reach.Change = "-20%" }, "800 → 400 ms", "promised at the start: 800 → 400 ms"},
		{"a longer period", reach("800", "300"), func(in *evaluate.KeyResultInput) { in.Objective.Spec.Period = "2026-10-01/2027-01-31" },
			"800 → 300 ms, 2026-10-01 to 2026-12-31", "promised at the start: 800 → 300 ms, 2026-10-01 to 2026-12-31"},
		{"a later start", reach("800", "300"), func(in *evaluate.KeyResultInput) { in.KeyResult.Spec.StartOn = "2026-11-01" },
			"800 → 300 ms, 2026-10-01 to 2026-12-31", "promised at the start: 800 → 300 ms, 2026-10-01 to 2026-12-31"},
		{"due past the period is the period's end, as it was", reach("800", "300"),
			func(in *evaluate.KeyResultInput) { in.KeyResult.Spec.DueOn = "2027-06-30" }, "", "by now"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(c.promised), newObjective())
			held := answers{live: good(500, middle), start: good(800, begin)}
			visit(in, held, begin)
			c.edit(&in)
			in.KeyResult.Generation++
			s := visit(in, held, middle).Status
			same(t, "originalTarget", c.original, s.OriginalTarget)
			if text := message(s.Conditions, "OnTrack"); len(text) < len(c.says) || text[len(text)-len(c.says):] != c.says {
				t.Errorf("%q does not end with %q", text, c.says)
			}
		})
	}
}

// The record in Git closes a key result at once, without anybody being asked; and it brings a lost status back.
func TestRecord(t *testing.T) {
	after := end.Add(time.Second)
	gone := func(in *evaluate.KeyResultInput) { in.Metric.SourceFound = false }
	cases := []struct {
		reason  string
		edits   []func(*v1alpha1.KeyResult)
		in      func(*evaluate.KeyResultInput)
		held    answers
		now     time.Time
		want    string // health and score
		says    string
		asked   int
		stalled string
	}{
		{"score and value", []func(*v1alpha1.KeyResult){record("310", "2026-12-31", "0.98")}, nil, answers{}, after,
			"Missed 0.98 Amber", "over: score 0.98 (Amber), final value 310 ms", 0, ""},
		{"score wins over what follows from the value", []func(*v1alpha1.KeyResult){record("300", "2026-12-31", "0.7")}, nil, answers{}, after,
			"Missed 0.70 Amber", "over: score 0.70 (Amber), final value 300 ms", 0, ""},
		{"a score alone", []func(*v1alpha1.KeyResult){record("", "2026-12-31", "1")}, nil, answers{}, after, "Achieved 1.00 Green", "over: score 1.00 (Green)", 0, ""},
		{"a value alone, from a given baseline", []func(*v1alpha1.KeyResult){record("347.5", "2026-12-31", "")}, nil, answers{}, after,
			"Missed 0.90 Amber", "over: score 0.90 (Amber), final value 347.5 ms", 0, ""},
		{"a value alone, of a baseline that is not known: it is asked for", []func(*v1alpha1.KeyResult){measuredBaseline, record("300", "2026-12-31", "")}, nil,
			answers{}, after, "Unknown", "over: waiting for the value at the start", 2, ""},
		{"a value alone, and the baseline is found", []func(*v1alpha1.KeyResult){measuredBaseline, record("347.5", "2026-12-31", "")}, nil,
			answers{start: good(800, begin)}, after, "Missed 0.90 Amber", "over: score 0.90 (Amber), final value 347.5 ms", 0, ""},
		{"a score needs no baseline", []func(*v1alpha1.KeyResult){measuredBaseline, record("", "2026-12-31", "0.4")}, nil, answers{}, after,
			"Missed 0.40 Red", "over: score 0.40 (Red)", 0, ""},
		{"a score needs no source", []func(*v1alpha1.KeyResult){record("", "2026-12-31", "0.4")}, gone, answers{}, after, "Missed 0.40 Red", "over: score 0.40 (Red)", 0, ""},
		{"nor a query that parses", []func(*v1alpha1.KeyResult){record("", "2026-12-31", "0.4")},
			func(in *evaluate.KeyResultInput) { in.Metric.Expression.Problem = "no" }, answers{}, after, "Missed 0.40 Red", "over: score 0.40 (Red)", 0, "spec.metric.query: no"},
		{"nor a KPI that exists", []func(*v1alpha1.KeyResult){record("", "2026-12-31", "0.4")}, func(in *evaluate.KeyResultInput) {
			in.KeyResult.Spec.Metric, in.KeyResult.Spec.KPIRef, in.Metric = nil, &v1alpha1.KPIReference{Name: "gone"}, nil
		}, answers{}, after, "Missed 0.40 Red", "over: score 0.40 (Red)", 0, ""},
		{"ignored while running", []func(*v1alpha1.KeyResult){record("310", "2026-12-31", "0.98")}, nil, answers{live: good(500, middle)}, middle,
			"OnTrack", "500 ms is 60 % of the way 800 → 300 ms; 50 % is expected by now", 1, ""},
		{"ignored in the last second", []func(*v1alpha1.KeyResult){record("310", "2026-12-31", "0.98")}, nil, answers{live: good(300, end.Add(-time.Minute))}, end.Add(-time.Second),
			"OnTrack", "300 ms is 100 % of the way 800 → 300 ms; 99 % is expected by now", 1, ""},
		{"a draft is not closed by it", []func(*v1alpha1.KeyResult){record("310", "2026-12-31", "0.98")}, func(in *evaluate.KeyResultInput) { draft(in.Objective) },
			answers{}, after, "Pending", "a draft is not judged", 0, ""},
		{"a day that is not its own is not used, and nothing else stops", []func(*v1alpha1.KeyResult){record("310", "2027-01-01", "0.98")}, nil,
			answers{end: bad(sample.NoData, end)}, after, "Unknown", "over: it is NoData", 1,
			"spec.final.date: 2027-01-01 is not inside the key result's time, and the record is not used: " +
				"write the last day that it is about, from 2026-10-01 to 2026-12-31"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(c.edits...), newObjective())
			if c.in != nil {
				c.in(&in)
			}
			got := visit(in, c.held, c.now)
			health := string(got.Status.Health)
			if f := got.Status.Final; f != nil {
				health += " " + f.Score + " " + string(f.Grade)
			}
			same(t, "verdict", c.want, health)
			same(t, "message", c.says, message(got.Status.Conditions, "OnTrack"))
			same(t, "questions", c.asked, len(queries(got.Watches)))
			if c.stalled != "" {
				same(t, "Stalled", c.stalled, message(got.Status.Conditions, "Stalled"))
			}
			same(t, "nothing changes", true, apiequality.Semantic.DeepEqual(got.Status, evaluate.KeyResult(in, c.held.samples, c.now).Status))
		})
	}
}

// closedByHand is what `okr close` writes: the result, and the baseline that was measured.
func closedByHand(kr *v1alpha1.KeyResult) {
	kr.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("800.123456789"), Target: decimal("300")}
	record("347.5", "2026-12-31", "0.90")(kr)
}

func TestRecordOfWhatIsFrozen(t *testing.T) {
	cases := []struct {
		reason   string
		edit     func(*v1alpha1.KeyResult)
		reopened string
		measured string
	}{
		{"the same, with the baseline", closedByHand, "False AsExpected", "True Recorded"},
		{"the same score, and a rounded value", record("350", "2026-12-31", "0.9"), "False AsExpected", "True Recorded"},
		{"the same value", record("347.5", "2026-12-31", ""), "False AsExpected", "True Recorded"},
		{"another value of the same score", record("347.6", "2026-12-31", ""), "False AsExpected", "True Sampled"},
		{"another score", record("347.5", "2026-12-31", "1"), "True EditedAfterEnd", "True Sampled"},
		{"a value of another score", record("300", "2026-12-31", ""), "True EditedAfterEnd", "True Sampled"},
		{"another baseline", func(kr *v1alpha1.KeyResult) {
			closedByHand(kr)
			kr.Spec.Reach.Baseline = decimal("900")
		}, "True EditedAfterEnd", "True Recorded"},
		{"the other direction", func(kr *v1alpha1.KeyResult) { kr.Spec.Reach.Direction = v1alpha1.DirectionIncrease }, "True EditedAfterEnd", "True Sampled"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(measuredBaseline), newObjective())
			held := answers{start: good(800.1234567891, begin), end: good(347.5, end)}
			before := visit(in, held, end.Add(time.Hour)).Status
			same(t, "score", "0.90", before.Final.Score)
			c.edit(in.KeyResult)
			in.KeyResult.Generation++
			got := visit(in, answers{}, end.Add(2*time.Hour))
			same(t, "Reopened", c.reopened, says(got.Status.Conditions, "Reopened"))
			same(t, "Measured", c.measured, says(got.Status.Conditions, "Measured"))
			same(t, "final stays", before.Final, got.Status.Final)
			same(t, "nobody is asked", 0, len(got.Watches))
		})
	}
}

// A status that was deleted comes back from what still holds it: the source, or the record in Git. Else nothing does.
func TestWipedFinal(t *testing.T) {
	measured := answers{start: good(800.1234567891, begin), end: good(347.5, end)}
	gone := answers{start: bad(sample.HistoryUnavailable, begin), end: bad(sample.HistoryUnavailable, end)}
	cases := []struct {
		reason string
		edit   func(*v1alpha1.KeyResult)
		held   answers
		now    time.Time
		back   bool
		says   string
	}{
		{"the source still has the data", measuredBaseline, measured, end.Add(2 * time.Hour), true, "True Sampled"},
		{"the source does not, and Git has the record", closedByHand, gone, end.Add(2 * time.Hour), true, "True Recorded"},
		{"nobody is asked first", closedByHand, answers{}, end.Add(2 * time.Hour), true, "True Recorded"},
		{"neither, within seven days", measuredBaseline, gone, end.Add(2 * time.Hour), false, "False HistoryUnavailable"},
		{"neither, a year later", measuredBaseline, gone, end.AddDate(1, 0, 0), false, "False HistoryUnavailable"},
		{"the baseline alone is lost", measuredBaseline, answers{start: gone.start, end: measured.end}, end.AddDate(0, 1, 0), false, "False HistoryUnavailable"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(measuredBaseline), newObjective())
			before := visit(in, measured, end.Add(time.Hour)).Status
			c.edit(in.KeyResult)
			in.KeyResult.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
			got := visit(in, c.held, c.now).Status
			same(t, "Measured", c.says, says(got.Conditions, "Measured"))
			if c.back {
				same(t, "the same final", before.Final, got.Final)
				same(t, "the same verdict", before.Health, got.Health)
				return
			}
			same(t, "no final", (*v1alpha1.Final)(nil), got.Final)
			same(t, "no verdict", v1alpha1.HealthUnknown, got.Health)
			same(t, "no number", (*int32)(nil), got.ProgressPercent)
		})
	}
}

func TestForecastShown(t *testing.T) {
	day := func(text string) *v1alpha1.Forecast {
		return &v1alpha1.Forecast{Value: "300 ms", ProgressPercent: pointer(int64(100)), ReachesTargetOn: v1alpha1.Date(text)}
	}
	cases := []struct {
		reason string
		edits  []func(*v1alpha1.KeyResult)
		value  sample.Held
		now    time.Time
		want   *v1alpha1.Forecast
	}{
		{"on pace", nil, good(550, middle), middle, day("2026-12-31")},
		{"from the time of its value, not of the look", nil, good(550, middle), middle.Add(12 * time.Hour), day("2026-12-31")},
		{"too slow", nil, good(700, middle), middle, &v1alpha1.Forecast{Value: "600 ms", ProgressPercent: pointer(int64(40)), ReachesTargetOn: "2027-05-18"}},
		{"the wrong way", nil, good(900, middle), middle, &v1alpha1.Forecast{Value: "1000 ms", ProgressPercent: pointer(int64(-40))}},
		{"too early", nil, good(790, begin.AddDate(0, 0, 5)), begin.AddDate(0, 0, 5), nil},
		{"not begun", nil, good(700, begin.AddDate(0, 0, -1)), begin.AddDate(0, 0, -1), nil},
		{"over", nil, good(550, middle), end, nil},
		{"no value", nil, bad(sample.NoData, middle), middle, nil},
		{"a baseline that is not known", []func(*v1alpha1.KeyResult){measuredBaseline}, good(550, middle), middle, nil},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(c.edits...), newObjective())
			same(t, "forecast", c.want, visit(in, answers{live: c.value}, c.now).Status.Forecast)
		})
	}
}

func TestForecastIsQuiet(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	first := visit(in, answers{live: good(550.01, middle)}, middle)
	for i := range 40 { // ten hours, in which not even what is expected moves by a percent
		now := middle.Add(time.Duration(i) * 15 * time.Minute)
		got := visit(in, answers{live: good(550.02, now)}, now)
		same(t, "a value that reads the same draws no other line", evaluate.Unchanged, got.Change)
		same(t, "nor is it written", first.Status.Forecast, got.Status.Forecast)
	}
	moved := visit(in, answers{live: good(540, middle.Add(11*time.Hour))}, middle.Add(11*time.Hour))
	same(t, "another one does", false, apiequality.Semantic.DeepEqual(first.Status.Forecast, moved.Status.Forecast))
	same(t, "and that may wait", evaluate.Value, moved.Change)
	in.Objective.Spec.Period = "2026-10-01/2027-01-31"
	again := visit(in, answers{live: good(540, middle.Add(11*time.Hour))}, middle.Add(11*time.Hour))
	same(t, "so does another end", false, apiequality.Semantic.DeepEqual(again.Status.Forecast, moved.Status.Forecast))
	lost := visit(in, answers{live: bad(sample.NoData, middle.Add(12*time.Hour))}, middle.Add(12*time.Hour))
	same(t, "none without a verdict", (*v1alpha1.Forecast)(nil), lost.Status.Forecast)
	same(t, "nor is it remembered", (*v1alpha1.FrozenValue)(nil), lost.Status.Frozen.Forecast)
}
