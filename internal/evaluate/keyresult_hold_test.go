package evaluate_test

import (
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

func holding(d v1alpha1.Duration) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) { kr.Spec.HoldFor = d }
}

// A way from 0 to 100 with holdFor, at half time: 50 is expected, 40 is on track, 25 at risk. What is shown, what waits,
// and what the sampler is told to wake for, step by step.
func TestVerdictOfAKeyResultIsHeld(t *testing.T) {
	in := inputOf(newKeyResult(reach("0", "100"), holding("6h")), newObjective())
	hour := func(n int) time.Time { return middle.Add(time.Duration(n) * time.Hour) }
	edit := func() { in.KeyResult.Generation++ }
	const otherwise = "; %s until every value for 6h says otherwise"
	steps := []struct {
		reason  string
		at      int
		held    sample.Held
		before  func()
		verdict string
		shown   int32
		pending string
		change  evaluate.Change
		says    string
	}{
		{"the first verdict at once", 0, good(30, hour(0)), nil, "AtRisk Behind", 30, "", evaluate.First, "30 ms is 30 % of the way 0 → 100 ms; 50 % is expected by now"},
		{"better waits, and progress does not", 1, good(45, hour(1)), nil, "AtRisk Behind", 45, "OnTrack 1 45 30", evaluate.Memory,
			"45 ms is 45 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"the reason is that of the verdict that is shown", 2, good(100, hour(2)), nil, "AtRisk Behind", 100, "OnTrack 1 45 30", evaluate.Memory,
			"100 ms is 100 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"no answer takes nothing back", 3, then(good(100, hour(2)), sample.Timeout, hour(3)), nil, "AtRisk Behind", 100, "OnTrack 1 45 30", evaluate.Transition,
			"100 ms is 100 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"a restart goes on waiting", 3, sample.Held{}, nil, "AtRisk Behind", 100, "OnTrack 1 45 30", evaluate.Unchanged,
			"100 ms is 100 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"time alone decides nothing", 9, good(100, hour(6)), nil, "AtRisk Behind", 100, "OnTrack 1 45 30", evaluate.Transition,
			"100 ms is 100 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"better for so long, and by the newest", 9, good(100, hour(7)), nil, "OnTrack TargetReached", 100, "", evaluate.Transition,
			"100 ms is 100 % of the way 0 → 100 ms; 50 % is expected by now"},
		{"worse waits too", 10, good(-20, hour(10)), nil, "OnTrack TargetReached", 0, "OffTrack 10 -20 100", evaluate.Memory,
			"-20 ms is -20 % of the way 0 → 100 ms; 50 % is expected by now; it moves away from the target" + fmt.Sprintf(otherwise, "OnTrack")},
		{"the mildest of it is remembered", 12, good(30, hour(12)), nil, "OnTrack TargetReached", 30, "AtRisk 10 30 100", evaluate.Memory,
			"30 ms is 30 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "OnTrack")},
		{"and shown, while the newest waits", 16, good(10, hour(16)), nil, "AtRisk Behind", 10, "OffTrack 16 10 30", evaluate.Transition,
			"10 ms is 10 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"as bad as shown ends the wait", 17, good(31, hour(17)), nil, "AtRisk Behind", 31, "", evaluate.Memory,
			"31 ms is 31 % of the way 0 → 100 ms; 50 % is expected by now"},
		{"waits again", 18, good(45, hour(18)), nil, "AtRisk Behind", 45, "OnTrack 18 45 31", evaluate.Memory,
			"45 ms is 45 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "AtRisk")},
		{"an edit takes effect at once", 19, good(45, hour(18)), edit, "OnTrack OnPace", 45, "", evaluate.Transition,
			"45 ms is 45 % of the way 0 → 100 ms; 50 % is expected by now"},
		{"waits again", 20, good(10, hour(20)), nil, "OnTrack OnPace", 10, "OffTrack 20 10 45", evaluate.Memory,
			"10 ms is 10 % of the way 0 → 100 ms; 50 % is expected by now" + fmt.Sprintf(otherwise, "OnTrack")},
		{"to Unknown at once, and nothing waits", 21, then(good(10, hour(20)), sample.NoData, hour(21)), nil, "Unknown NoData", 10, "", evaluate.Transition, "it is NoData"},
		{"from Unknown at once", 22, good(10, hour(22)), nil, "OffTrack Behind", 10, "", evaluate.Transition,
			"10 ms is 10 % of the way 0 → 100 ms; 50 % is expected by now"},
	}
	for _, s := range steps {
		if s.before != nil {
			s.before()
		}
		got := visit(in, answers{live: s.held}, hour(s.at))
		onTrack := says(got.Status.Conditions, "OnTrack")
		same(t, s.reason, s.verdict, string(got.Status.Health)+onTrack[len(onTrack)-len(reasonOf(onTrack))-1:])
		same(t, s.reason+": progress", s.shown, *got.Status.ProgressPercent)
		var pending string
		var awaited time.Time
		if p := got.Status.Frozen.PendingHealth; p != nil {
			pending = fmt.Sprintf("%s %.0f %s %s", p.Health, p.Since.Sub(middle).Hours(), p.Value, p.ShownValue)
			awaited = p.Since.Add(6 * time.Hour)
		}
		same(t, s.reason+": pending", s.pending, pending)
		same(t, s.reason+": awaited", awaited, got.Watches[0].Awaited)
		same(t, s.reason+": change", s.change, got.Change)
		same(t, s.reason+": message", s.says, message(got.Status.Conditions, "OnTrack"))
	}
}

// reasonOf is the reason of a condition in the words of says.
func reasonOf(condition string) string {
	var status, reason string
	_, _ = fmt.Sscan(condition, &status, &reason)
	return reason
}

// What time alone changes is not held, and neither is a verdict of a KPI's or an objective's edit.
func TestTimeIsNotHeld(t *testing.T) {
	in := inputOf(newKeyResult(reach("0", "100"), holding("6h")), newObjective())
	step := 2 * time.Hour
	// 40.5 is on track until 51 is expected, about 22 hours after half time.
	visit(in, answers{live: good(40.5, middle)}, middle)
	now, turned := middle, time.Time{}
	for turned.IsZero() && now.Before(middle.Add(48*time.Hour)) {
		now = now.Add(step)
		if got := visit(in, answers{live: good(40.5, now)}, now); got.Status.Health == v1alpha1.HealthAtRisk {
			turned = now
		}
	}
	same(t, "with the second percent", middle.Add(24*time.Hour), turned)

	// A better value waits; when time makes what it says as bad as what is shown, nothing waits any more.
	got := visit(in, answers{live: good(41.2, now)}, now)
	same(t, "waits", v1alpha1.HealthOnTrack, got.Status.Frozen.PendingHealth.Health)
	now = now.Add(24 * time.Hour)
	got = visit(in, answers{live: good(41.2, now)}, now)
	same(t, "time was faster", (*v1alpha1.PendingGoalHealth)(nil), got.Status.Frozen.PendingHealth)

	in.Objective.Spec.Pace = &v1alpha1.ObjectivePace{AtRiskGap: pointer[int32](20), OffTrackGap: pointer[int32](30)}
	got = visit(in, answers{live: good(41.2, now)}, now)
	same(t, "an edit of the objective is not held", v1alpha1.HealthOnTrack, got.Status.Health)
}

// The verdict moves with time by the value that is shown; the value that waits is judged when it is its turn.
func TestTimeMovesTheVerdictThatIsShown(t *testing.T) {
	in := inputOf(newKeyResult(reach("0", "100"), holding("40h")), newObjective())
	visit(in, answers{live: good(40.5, middle)}, middle)
	now := middle.Add(time.Hour)
	got := visit(in, answers{live: good(10, now)}, now)
	same(t, "a fall waits", "OnTrack", string(got.Status.Health))
	for got.Status.Health == v1alpha1.HealthOnTrack && now.Before(middle.Add(40*time.Hour)) {
		now = got.Next
		got = visit(in, answers{live: good(10, middle.Add(time.Hour))}, now)
	}
	same(t, "what is shown falls behind by itself, and not further", "AtRisk", string(got.Status.Health))
	same(t, "as announced, to the second", at("2026-11-16T22:04:48"), now)
	same(t, "and says what the newest value says", "10 ms is 10 % of the way 0 → 100 ms; 51 % is expected by now; AtRisk until every value for 40h says otherwise",
		message(got.Status.Conditions, "OnTrack"))
}

// TestDoubtEndsNoWait holds that a verdict which waits goes on waiting when people doubt what is shown, and that one
// noisy minute of a goal that is doubted changes no reason.
func TestDoubtEndsNoWait(t *testing.T) {
	hour := func(n int) time.Time { return middle.Add(time.Duration(n) * time.Hour) }
	doubt := func(o *v1alpha1.Objective) {
		o.Spec.CheckIns = []v1alpha1.CheckIn{{Date: "2026-11-16", Confidence: pointer[int32](2)}}
	}
	steps := []struct {
		reason  string
		at      int
		value   float64
		doubted bool
		want    string
		waits   bool
	}{
		{"on track", 0, 45, false, "True OnPace", false},
		{"worse waits", 1, 30, false, "True OnPace", true},
		{"and goes on waiting when people doubt", 2, 30, true, "False LowConfidence", true},
		{"also at the next look", 3, 30, true, "False LowConfidence", true},
		{"a better one ends the wait", 4, 45, true, "False LowConfidence", false},
		{"worse waits while people doubt", 5, 30, true, "False LowConfidence", true},
		{"and is shown when it has lasted", 11, 30, true, "False Behind", false},
	}
	in := inputOf(newKeyResult(reach("0", "100"), holding("6h")), newObjective())
	for _, s := range steps {
		if in.Objective.Spec.CheckIns = nil; s.doubted {
			doubt(in.Objective)
		}
		for range 2 { // evaluated again, nothing changes
			got := visit(in, answers{live: good(s.value, hour(s.at))}, hour(s.at)).Status
			same(t, s.reason, s.want, says(got.Conditions, "OnTrack"))
			same(t, s.reason+": waits", s.waits, got.Frozen.PendingHealth != nil)
		}
	}
}

// TestNothingWaitsInADraft holds that a verdict which waits is forgotten at once where nothing is judged any more.
func TestNothingWaitsInADraft(t *testing.T) {
	in := inputOf(newKeyResult(holding("6h")), newObjective())
	visit(in, answers{live: good(550, middle)}, middle)
	a := answers{live: good(700, middle.Add(time.Minute))}
	same(t, "it waits", true, visit(in, a, middle.Add(time.Minute)).Status.Frozen.PendingHealth != nil)
	draft(in.Objective)
	got := visit(in, a, middle.Add(time.Hour)).Status
	same(t, "no verdict", "Unknown Draft", says(got.Conditions, "OnTrack"))
	same(t, "nothing waits", (*v1alpha1.PendingGoalHealth)(nil), got.Frozen.PendingHealth)
	same(t, "nothing to write when looked at again", evaluate.Unchanged, visit(in, a, middle.Add(time.Hour)).Change)
}

// TestNothingWaitsForWhatTimeHasDone holds that a verdict ceases to wait in the second in which time makes the value that
// is shown say the same.
func TestNothingWaitsForWhatTimeHasDone(t *testing.T) {
	in := inputOf(newKeyResult(reach("0", "100"), holding("40h")), newObjective())
	visit(in, answers{live: good(40.5, middle)}, middle)
	a := answers{live: good(35, middle.Add(time.Hour))}
	same(t, "it waits", true, visit(in, a, middle.Add(time.Hour)).Status.Frozen.PendingHealth != nil)
	turned := at("2026-11-16T22:04:48")
	same(t, "up to then", "True OnPace", says(visit(in, a, turned.Add(-time.Second)).Status.Conditions, "OnTrack"))
	got := visit(in, a, turned).Status
	same(t, "time turns it", "False Behind", says(got.Conditions, "OnTrack"))
	same(t, "nothing waits", (*v1alpha1.PendingGoalHealth)(nil), got.Frozen.PendingHealth)
	same(t, "nothing to write when looked at again", evaluate.Unchanged, visit(in, a, turned).Change)
}
