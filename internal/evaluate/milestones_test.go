package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// milestone is a milestone of a weight, due and done on days that may be empty.
func milestone(title string, weight int32, due, done v1alpha1.Date) v1alpha1.Milestone {
	return v1alpha1.Milestone{Title: title, Weight: &weight, DueOn: due, DoneOn: done}
}

// ofSteps has a key result consist of milestones.
func ofSteps(steps ...v1alpha1.Milestone) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach, kr.Spec.Metric, kr.Spec.Unit, kr.Spec.Milestones = nil, nil, "", steps
	}
}

func TestMilestonesVerdict(t *testing.T) {
	const fine = "True Milestones"
	cases := []struct {
		reason    string
		steps     []v1alpha1.Milestone
		objective []func(*v1alpha1.Objective)
		now       time.Time
		want      shown
		value     string
		message   string
	}{
		{"published: weights of 2, 1, 1 with the first done", []v1alpha1.Milestone{milestone("a", 2, "", "2026-10-14"), milestone("b", 1, "", ""), milestone("c", 1, "", "")}, nil,
			middle, shown{"OnTrack", 50, 50, 0, "True OnPace", fine}, "1 of 3 done", "1 of 3 done, 50 % of the weight; 0 % is expected by now"},
		{"one big milestone is due at the end, and nobody is behind before", []v1alpha1.Milestone{milestone("a", 1, "", "")}, nil,
			end.Add(-time.Second), shown{"OnTrack", 0, 0, 0, "True OnPace", fine}, "0 of 1 done", "0 of 1 done, 0 % of the weight; 0 % is expected by now"},
		{"all done", []v1alpha1.Milestone{milestone("a", 1, "", "2026-10-14"), milestone("b", 2, "2026-10-20", "2026-10-20")}, nil,
			middle, shown{"OnTrack", 100, 100, 66, "True TargetReached", fine}, "2 of 2 done", "2 of 2 done, 100 % of the weight; 66 % is expected by now"},
		{"not due until its day is over", []v1alpha1.Milestone{milestone("a", 1, "2026-11-15", ""), milestone("b", 1, "", "")}, nil,
			middle.Add(-time.Second), shown{"OnTrack", 0, 0, 0, "True OnPace", fine}, "0 of 2 done", "0 of 2 done, 0 % of the weight; 0 % is expected by now"},
		{"just due: it may have been done since the last check-in", []v1alpha1.Milestone{milestone("a", 1, "2026-11-15", ""), milestone("b", 1, "", "")}, nil,
			middle, shown{"OnTrack", 0, 0, 50, "True OnPace", fine}, "0 of 2 done", "0 of 2 done, 0 % of the weight; 50 % is expected by now; overdue: a"},
		{"due for longer than a week", []v1alpha1.Milestone{milestone("a", 1, "2026-11-07", ""), milestone("b", 1, "", "")}, nil,
			middle, shown{"OffTrack", 0, 0, 50, "False Behind", fine}, "0 of 2 done", "0 of 2 done, 0 % of the weight; 50 % is expected by now; overdue: a"},
		{"a week is not up in a team that checks in monthly", []v1alpha1.Milestone{milestone("a", 1, "2026-11-08", ""), milestone("b", 1, "", "")},
			[]func(*v1alpha1.Objective){func(o *v1alpha1.Objective) { o.Spec.CheckInEvery = "31d" }},
			middle, shown{"OnTrack", 0, 0, 50, "True OnPace", fine}, "0 of 2 done", "0 of 2 done, 0 % of the weight; 50 % is expected by now; overdue: a"},
		{"a stretch leads to 70", []v1alpha1.Milestone{milestone("a", 1, "2026-10-10", "2026-10-10"), milestone("b", 1, "", "")}, []func(*v1alpha1.Objective){aspirational},
			middle, shown{"OnTrack", 50, 50, 35, "True OnPace", fine}, "1 of 2 done", "1 of 2 done, 50 % of the weight; 35 % is expected by now"},
		{"a day that is still to come waits", []v1alpha1.Milestone{milestone("a", 1, "", "2026-11-17"), milestone("b", 1, "", "")}, nil,
			middle, shown{"OnTrack", 0, 0, 0, "True OnPace", fine}, "0 of 2 done", "0 of 2 done, 0 % of the weight; 0 % is expected by now"},
		{"done before the start is done", []v1alpha1.Milestone{milestone("a", 1, "", "2026-09-01"), milestone("b", 1, "", "")}, nil,
			begin, shown{"OnTrack", 50, 50, 0, "True OnPace", fine}, "1 of 2 done", "1 of 2 done, 50 % of the weight; 0 % is expected by now"},
		{"due before the start: nobody is behind at birth", []v1alpha1.Milestone{milestone("a", 1, "2026-09-01", ""), milestone("b", 1, "", "")}, nil,
			begin, shown{"OnTrack", 0, 0, 0, "True OnPace", fine}, "0 of 2 done", "0 of 2 done, 0 % of the weight; 0 % is expected by now"},
		{"due after the end is due at the end", []v1alpha1.Milestone{milestone("a", 1, "2027-03-01", ""), milestone("b", 1, "2026-10-10", "2026-10-10")}, nil,
			middle, shown{"OnTrack", 50, 50, 50, "True OnPace", fine}, "1 of 2 done", "1 of 2 done, 50 % of the weight; 50 % is expected by now"},
		{"days are the objective's", []v1alpha1.Milestone{milestone("a", 1, "2026-11-15", "2026-11-16"), milestone("b", 1, "", "")},
			[]func(*v1alpha1.Objective){func(o *v1alpha1.Objective) { o.Spec.TimeZone = "Europe/Berlin" }},
			middle.Add(-time.Hour), shown{"OnTrack", 50, 50, 50, "True OnPace", fine}, "1 of 2 done", "1 of 2 done, 50 % of the weight; 50 % is expected by now"},
		{"not begun", []v1alpha1.Milestone{milestone("a", 1, "", "")}, nil,
			begin.Add(-time.Second), shown{"Pending", -999, -999, 0, "Unknown Pending", fine}, "0 of 1 done", "begins on 2026-10-01"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got := visit(inputOf(newKeyResult(ofSteps(c.steps...)), newObjective(c.objective...)), answers{}, c.now)
			same(t, c.reason, c.want, shownOf(got.Status))
			same(t, "value", c.value, got.Status.Value)
			same(t, "message", c.message, message(got.Status.Conditions, "OnTrack"))
			same(t, "questions", 0, len(got.Watches))
			complete(t, got.Status.Conditions, 1, "Ready", "Stalled", "Measured", "OnTrack", "Reopened")
		})
	}
}

func TestMilestonesAreLookedAtWhenTheyAreDueOrDone(t *testing.T) {
	in := inputOf(newKeyResult(ofSteps(milestone("a", 1, "2026-11-15", ""), milestone("b", 1, "", "2026-11-20"))), newObjective())
	for _, c := range []struct {
		reason    string
		now, want time.Time
	}{
		{"due", middle.Add(-30 * time.Minute), middle},
		{"done", at("2026-11-19T23:50:00"), at("2026-11-20")},
	} {
		same(t, c.reason, c.want, visit(in, answers{}, c.now).Next)
	}
	in.KeyResult.Spec.Milestones[1].DoneOn = ""
	same(t, "not excused any more", at("2026-11-23T01:00:00"), visit(in, answers{}, at("2026-11-23T00:50:00")).Next)
	same(t, "then", "False Behind", says(visit(in, answers{}, at("2026-11-23T01:00:00")).Status.Conditions, "OnTrack"))
	same(t, "target", "2 milestones", in.KeyResult.Status.Target)
}

func TestMilestonesFinal(t *testing.T) {
	steps := []v1alpha1.Milestone{
		milestone("in time", 2, "", "2026-12-31"), milestone("late", 1, "", "2027-01-01"), milestone("never", 1, "", ""),
	}
	in := inputOf(newKeyResult(ofSteps(steps...)), newObjective())
	over := visit(in, answers{}, end.Add(time.Hour))
	same(t, "still to be written down", shown{"Unknown", 50, 50, 100, "Unknown Closing", "Unknown Closing"}, shownOf(over.Status))
	same(t, "says until when", "over: what people keep by hand is final 1w after the end", message(over.Status.Conditions, "OnTrack"))
	final := end.Add(7 * 24 * time.Hour)
	same(t, "looked at when it is", final, visit(in, answers{}, final.Add(-time.Minute)).Next)
	done := visit(in, answers{}, final)
	same(t, "final", &v1alpha1.Final{Value: "1", Time: done.Status.Final.Time, ProgressPercent: pointer[int32](50), Score: "0.50", Grade: "Red"}, done.Status.Final)
	same(t, "time", end, done.Status.Final.Time.Time)
	same(t, "message", "over: score 0.50 (Red), final value 1 of 3 done", message(done.Status.Conditions, "OnTrack"))
	for _, c := range []struct {
		reason   string
		edit     func(*v1alpha1.KeyResult)
		reopened string
	}{
		{"written down too late", func(kr *v1alpha1.KeyResult) { kr.Spec.Milestones[2].DoneOn = "2026-12-30" }, "True EditedAfterEnd"},
		{"taken back", func(kr *v1alpha1.KeyResult) { kr.Spec.Milestones[2].DoneOn = "" }, "False AsExpected"},
		{"done after the end", func(kr *v1alpha1.KeyResult) { kr.Spec.Milestones[2].DoneOn = "2027-02-01" }, "False AsExpected"},
		{"another weight", func(kr *v1alpha1.KeyResult) { kr.Spec.Milestones[2].Weight = pointer[int32](7) }, "True EditedAfterEnd"},
	} {
		c.edit(in.KeyResult)
		got := visit(in, answers{}, final.Add(time.Hour)).Status
		same(t, c.reason+": score", "0.50", got.Final.Score)
		same(t, c.reason, c.reopened, says(got.Conditions, "Reopened"))
	}
}

// TestMilestonesNeverRed looks at a key result whose steps are done on the day on which they are due at each of its own
// next looks, from before the start to the end.
func TestMilestonesNeverRed(t *testing.T) {
	in := inputOf(newKeyResult(ofSteps(
		milestone("a", 5, "2026-10-10", "2026-10-10"), milestone("b", 1, "2026-12-24", "2026-12-24"), milestone("c", 3, "", "2026-12-31"),
	)), newObjective(func(o *v1alpha1.Objective) { o.Spec.TimeZone = "America/New_York" }))
	for now := begin; now.Before(end); {
		got := evaluate.KeyResult(in, answers{}.samples, now)
		if h := got.Status.Health; h != v1alpha1.HealthOnTrack && h != v1alpha1.HealthPending {
			t.Fatalf("%s at %s: %s", h, now, message(got.Status.Conditions, "OnTrack"))
		}
		in.KeyResult.Status, now = got.Status, got.Next
	}
}
