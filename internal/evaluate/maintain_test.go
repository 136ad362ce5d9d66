package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// atMost is to stay at or below a bound, with a budget or, where that is empty, without.
func atMost(bound v1alpha1.Decimal, allowed v1alpha1.Percentage) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach, kr.Spec.Maintain = nil, &v1alpha1.Maintain{AtMost: &bound, AllowedBreach: allowed}
	}
}

// ranges answers questions about ranges by what a source says of each instant up to one.
func ranges(about time.Time, value func(time.Time) float64) func(sample.Question) sample.Held {
	return func(q sample.Question) sample.Held {
		until := about
		if !q.Live() {
			until = time.Unix(q.At, 0)
		}
		series := sample.Series{From: q.From, Step: q.Step}
		last := time.Unix(q.From, 0).UTC()
		for t := last; !t.After(until); t = t.Add(q.Step) {
			series.Values = append(series.Values, value(t))
			last = t
		}
		s := sample.Sample{Series: &series, Reason: sample.Sampled, Time: last}
		if len(series.Values) == 0 {
			s = sample.Sample{Reason: sample.NoData, Message: "nothing yet", Time: until}
		}
		return sample.Held{Last: s, Good: s, Answered: s.Reason, Since: about}
	}
}

func TestMaintainVerdict(t *testing.T) {
	const sampled = "True Sampled"
	cases := []struct {
		reason    string
		band      v1alpha1.Maintain
		objective []func(*v1alpha1.Objective)
		value     float64
		now       time.Time
		want      shown
		target    string
		says      string
	}{
		{"inside at half time", v1alpha1.Maintain{AtLeast: pointer(v1alpha1.Decimal("99.9"))}, nil, 99.95, middle,
			shown{"OnTrack", 50, 50, 50, "True OnPace", sampled}, "≥ 99.9 %", "99.95 % is inside the band of ≥ 99.9 %"},
		{"a bound is inside", v1alpha1.Maintain{AtLeast: pointer(v1alpha1.Decimal("99.9"))}, nil, 99.9, middle,
			shown{"OnTrack", 50, 50, 50, "True OnPace", sampled}, "≥ 99.9 %", "99.9 % is inside the band of ≥ 99.9 %"},
		{"outside proves nothing", v1alpha1.Maintain{AtMost: pointer(v1alpha1.Decimal("1"))}, nil, 1.5, middle,
			shown{"OffTrack", 0, 0, 50, "False OutsideBand", sampled}, "≤ 1 %", "1.5 % is outside the band of ≤ 1 %"},
		{"aspirational: expected is less, progress is not",
			v1alpha1.Maintain{AtLeast: pointer(v1alpha1.Decimal("70")), AtMost: pointer(v1alpha1.Decimal("85"))},
			[]func(*v1alpha1.Objective){aspirational}, 80, middle,
			shown{"OnTrack", 50, 50, 35, "True OnPace", sampled}, "70–85 %", "80 % is inside the band of 70–85 %"},
		{"not begun", v1alpha1.Maintain{AtMost: pointer(v1alpha1.Decimal("1"))}, nil, 1.5, at("2026-09-30T23:59:59"),
			shown{"Pending", -999, -999, 0, "Unknown Pending", sampled}, "≤ 1 %", "begins on 2026-10-01"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(func(kr *v1alpha1.KeyResult) {
				kr.Spec.Reach, kr.Spec.Maintain, kr.Spec.Unit = nil, &c.band, "%"
			}), newObjective(c.objective...))
			got := visit(in, answers{live: good(c.value, c.now)}, c.now)
			same(t, c.reason, c.want, shownOf(got.Status))
			same(t, "target", c.target, got.Status.Target)
			same(t, "message", c.says, message(got.Status.Conditions, "OnTrack"))
			same(t, "one question", 1, len(queries(got.Watches)))
		})
	}
}

// Progress is the share of the time while the verdict that is shown is inside, whatever the newest value says.
func TestMaintainIsHeld(t *testing.T) {
	in := inputOf(newKeyResult(atMost("500", ""), func(kr *v1alpha1.KeyResult) { kr.Spec.HoldFor = "6h" }), newObjective())
	hour := func(n int) time.Time { return middle.Add(time.Duration(n) * time.Hour) }
	for _, s := range []struct {
		reason string
		at     int
		value  float64
		want   shown
		says   string
	}{
		{"inside", 0, 400, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"}, "400 ms is inside the band of ≤ 500 ms"},
		{"outside waits", 1, 600, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"},
			"600 ms is outside the band of ≤ 500 ms; OnTrack until every value for 6h says otherwise"},
		{"and the time goes on", 6, 700, shown{"OnTrack", 50, 50, 50, "True OnPace", "True Sampled"},
			"700 ms is outside the band of ≤ 500 ms; OnTrack until every value for 6h says otherwise"},
		{"outside for 6 hours", 7, 650, shown{"OffTrack", 0, 0, 50, "False OutsideBand", "True Sampled"}, "650 ms is outside the band of ≤ 500 ms"},
		{"inside waits too, and proves nothing yet", 30, 400, shown{"OffTrack", 0, 0, 51, "False OutsideBand", "True Sampled"},
			"400 ms is inside the band of ≤ 500 ms; OffTrack until every value for 6h says otherwise"},
		{"inside for 6 hours", 36, 410, shown{"OnTrack", 51, 51, 51, "True OnPace", "True Sampled"}, "410 ms is inside the band of ≤ 500 ms"},
	} {
		got := visit(in, answers{live: good(s.value, hour(s.at))}, hour(s.at))
		same(t, s.reason, s.want, shownOf(got.Status))
		same(t, s.reason, s.says, message(got.Status.Conditions, "OnTrack"))
	}
}

func TestMaintainFinal(t *testing.T) {
	for _, c := range []struct {
		reason string
		value  float64
		health v1alpha1.Health
		final  v1alpha1.Final
		says   string
	}{
		{"inside at the end", 500, "Achieved", v1alpha1.Final{Value: "500", ProgressPercent: pointer[int32](100), Score: "1.00", Grade: "Green"},
			"over: score 1.00 (Green), final value 500 ms"},
		{"outside at the end", 500.5, "Missed", v1alpha1.Final{Value: "500.5", ProgressPercent: pointer[int32](0), Score: "0.00", Grade: "Red"},
			"over: score 0.00 (Red), final value 500.5 ms"},
	} {
		in := inputOf(newKeyResult(atMost("500", "")), newObjective())
		got := visit(in, answers{end: good(c.value, end)}, end.Add(time.Hour))
		c.final.Time = got.Status.Final.Time
		same(t, c.reason, c.health, got.Status.Health)
		same(t, c.reason, &c.final, got.Status.Final)
		same(t, c.reason, c.says, message(got.Status.Conditions, "OnTrack"))

		in.KeyResult.Spec.Maintain.AtMost = pointer(v1alpha1.Decimal("600"))
		in.KeyResult.Generation++
		moved := visit(in, answers{}, end.Add(2*time.Hour))
		same(t, "the band was moved after the end", "True EditedAfterEnd", says(moved.Status.Conditions, "Reopened"))
		same(t, "and the score stays", c.final.Score, moved.Status.Final.Score)
	}
}
