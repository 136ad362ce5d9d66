package practice_test

import (
	"strings"
	"testing"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// promised is what latency was meant to be at the start.
func promised(w *world, edits ...func(*v1alpha1.Commitment)) {
	c := &v1alpha1.Commitment{
		Target: "800 → 300 ms", Baseline: "800", Goal: "300", StartOn: "2026-10-01", DueOn: "2026-12-31", Weight: pointer(int32(1)),
	}
	for _, edit := range edits {
		edit(c)
	}
	w.latency.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: c}
}

func target(w *world, text string) {
	promised(w)
	w.latency.Spec.Reach.Target = number(text)
}

func promisedChange(goal, baseline string, now v1alpha1.Reach) func(*world) {
	return func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) { c.Goal, c.Baseline = goal, baseline })
		w.latency.Spec.Reach = &now
	}
}

func promisedBand(now v1alpha1.Maintain) func(*world) {
	return func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) {
			c.Goal, c.Baseline, c.Band, c.AllowedBreach = "", "", &v1alpha1.Band{AtLeast: number("99.5"), AtMost: number("100")}, "1%"
		})
		w.latency.Spec.Reach, w.latency.Spec.Maintain = nil, &now
	}
}

func checkpoints(pairs ...any) []v1alpha1.Checkpoint {
	var all []v1alpha1.Checkpoint
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, v1alpha1.Checkpoint{Date: v1alpha1.Date(pairs[i].(string)), Percent: pointer(int32(pairs[i+1].(int)))})
	}
	return all
}

func paced(was, is []v1alpha1.Checkpoint) func(*world) {
	return func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) { c.Checkpoints = was })
		if is != nil {
			w.latency.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: is}
		}
	}
}

func guards(was, is string) func(*world) {
	return func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) { c.Guard = number(was) })
		if is != "" {
			w.latency.Spec.Guard = &v1alpha1.Guard{Query: "sum(increase(answers_total[$__elapsed]))", AtLeast: number(is)}
		}
	}
}

var movedCases = map[string][]ruleCase{"OKR013": {
	{"nothing was promised yet", func(w *world) { w.latency.Spec.Reach.Target = number("400") }, false},
	{"as promised", func(w *world) { promised(w) }, false},
	{"the same number, written otherwise", func(w *world) { target(w, "300.0") }, false},
	{"softer", func(w *world) { target(w, "400") }, true},
	{"harder", func(w *world) { target(w, "250") }, false},
	{"softer, and it says why", func(w *world) {
		target(w, "400")
		w.latency.Spec.Reach.Replanned = []v1alpha1.Replan{{Date: "2026-11-12", From: number("300"), To: number("400"), Reason: "the caches came late"}}
	}, false},
	{"softer again than it said", func(w *world) {
		target(w, "500")
		w.latency.Spec.Reach.Replanned = []v1alpha1.Replan{{Date: "2026-11-12", From: number("300"), To: number("400"), Reason: "the caches came late"}}
	}, true},
	{"an increase that is smaller", promisedChange("+20%", "50", v1alpha1.Reach{Change: "+10%"}), true},
	{"an increase that is larger", promisedChange("+20%", "50", v1alpha1.Reach{Change: "+25%"}), false},
	{"a decrease that is smaller", promisedChange("-15", "", v1alpha1.Reach{Change: "-10"}), true},
	{"a change written as the number that it leads to", promisedChange("+20%", "50", v1alpha1.Reach{Baseline: number("50"), Target: number("60")}), false},
	{"a change written as a smaller number", promisedChange("+20%", "50", v1alpha1.Reach{Baseline: number("50"), Target: number("59")}), true},
	{"a target whose direction is written", promisedChange("4000", "", v1alpha1.Reach{Target: number("3000"), Direction: v1alpha1.DirectionIncrease}), true},
	{"which way it goes is not known", promisedChange("4000", "", v1alpha1.Reach{Target: number("3000")}), false},
	{"weight to nothing", func(w *world) { promised(w); w.latency.Spec.Weight = pointer(int32(0)) }, true},
	{"less weight still counts", func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) { c.Weight = pointer(int32(3)) })
		w.latency.Spec.Weight = pointer(int32(1))
	}, false},
	{"cancelled in silence", func(w *world) { promised(w); w.latency.Spec.State = v1alpha1.KeyResultCancelled }, true},
	{"cancelled, with a reason", func(w *world) {
		promised(w)
		w.latency.Spec.State = v1alpha1.KeyResultCancelled
		w.latency.Spec.Cancelled = &v1alpha1.Cancellation{Date: "2026-11-12", Reason: "the shop closes"}
	}, false},
	{"the objective cancelled in silence", func(w *world) { w.objective.Spec.State = v1alpha1.ObjectiveCancelled }, true},
	{"the objective cancelled before it began", func(w *world) {
		w.objective.Spec.State, w.now = v1alpha1.ObjectiveCancelled, day("2026-09-25")
	}, false},
	{"more time", func(w *world) { promised(w, func(c *v1alpha1.Commitment) { c.DueOn = "2026-11-30" }) }, true},
	{"a longer period", func(w *world) { promised(w); w.objective.Spec.Period = "2026-10-01/2027-01-15" }, true},
	{"less time", func(w *world) { promised(w); w.latency.Spec.DueOn = "2026-12-15" }, false},
	{"a later beginning", func(w *world) { promised(w); w.latency.Spec.StartOn = "2026-11-01" }, true},
	{"a line that expects less", paced(nil, checkpoints("2026-11-15", 20)), true},
	{"a line that expects more", paced(nil, checkpoints("2026-11-15", 60)), false},
	{"checkpoints that are gone, and the straight line expects more", paced(checkpoints("2026-11-15", 20), nil), false},
	{"checkpoints that are gone, and the straight line expects less", paced(checkpoints("2026-11-15", 60), nil), true},
	{"a lower guard", guards("100", "50"), true},
	{"a guard that is gone", guards("100", ""), true},
	{"a higher guard", guards("100", "120"), false},
	{"the same band", promisedBand(v1alpha1.Maintain{AtLeast: number("99.5"), AtMost: number("100"), AllowedBreach: "1%"}), false},
	{"a wider band", promisedBand(v1alpha1.Maintain{AtLeast: number("99"), AtMost: number("100"), AllowedBreach: "1%"}), true},
	{"a bound that is gone", promisedBand(v1alpha1.Maintain{AtLeast: number("99.5"), AllowedBreach: "1%"}), true},
	{"a larger breach allowed", promisedBand(v1alpha1.Maintain{AtLeast: number("99.5"), AtMost: number("100"), AllowedBreach: "2%"}), true},
	{"a narrower band", promisedBand(v1alpha1.Maintain{AtLeast: number("99.9"), AtMost: number("100"), AllowedBreach: "0.5%"}), false},
	{"another kind of key result", func(w *world) { promised(w); milestones("done")(w.latency) }, true},
	{"a milestone that is gone", func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) {
			c.Goal, c.Baseline, c.Milestones = "", "", []string{"published", "launched"}
		})
		milestones("published")(w.latency)
	}, true},
	{"a milestone more", func(w *world) {
		promised(w, func(c *v1alpha1.Commitment) { c.Goal, c.Baseline, c.Milestones = "", "", []string{"published"} })
		milestones("published", "launched")(w.latency)
	}, false},
	{"what is over is not nagged", func(w *world) { target(w, "400"); w.now = day("2027-01-01") }, false},
}}

func TestMovedGoalpostsShowOriginalAndPresent(t *testing.T) {
	w := newWorld()
	target(w, "400")
	found := finds(w.check(), "OKR013")
	if len(found) != 1 || found[0].Field != "spec.reach" || !strings.Contains(found[0].Message, "was 300 ms at the start and is 400 ms now") ||
		!strings.Contains(found[0].Message, "spec.reach.replanned") {
		t.Errorf("found %+v", found)
	}
	if found[0].Object != (practice.Ref{Kind: "KeyResult", Namespace: "shop", Name: "latency"}) {
		t.Errorf("object %+v", found[0].Object)
	}
}
