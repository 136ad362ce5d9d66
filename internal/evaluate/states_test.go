package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// What people have decided, against the time: the health, and the reason of OnTrack.
func TestStates(t *testing.T) {
	before, running, over := begin.Add(-time.Second), middle, end.Add(time.Hour)
	cancelledKeyResult := func(kr *v1alpha1.KeyResult) {
		kr.Spec.State = v1alpha1.KeyResultCancelled
		kr.Spec.Cancelled = &v1alpha1.Cancellation{Date: "2027-11-01", Reason: "no longer wanted"}
	}
	none := func(*v1alpha1.KeyResult) {}
	cases := []struct {
		reason    string
		objective func(*v1alpha1.Objective)
		keyResult func(*v1alpha1.KeyResult)
		now       time.Time
		want      [2]string // of the key result, of the objective
	}{
		{"not begun", func(*v1alpha1.Objective) {}, none, before, [2]string{"Pending: Unknown Pending", "Pending: Unknown Pending"}},
		{"running", func(*v1alpha1.Objective) {}, none, running, [2]string{"OnTrack: True OnPace", "OnTrack: True OnPace"}},
		{"over", func(*v1alpha1.Objective) {}, none, over, [2]string{"Achieved: True Achieved", "Achieved: True Achieved"}},
		{"a draft of what is to come", draft, none, before, [2]string{"Pending: Unknown Draft", "Pending: Unknown Draft"}},
		{"a draft in its time", draft, none, running, [2]string{"Pending: Unknown Draft", "Pending: Unknown Draft"}},
		{"a draft that nobody took up", draft, none, over, [2]string{"Pending: Unknown Draft", "Pending: Unknown Draft"}},
		{"the objective given up before it began", givenUp, none, before, [2]string{"Cancelled: Unknown Cancelled", "Cancelled: Unknown Cancelled"}},
		{"the objective given up, dated in the future: the state decides", givenUp, none, running, [2]string{"Cancelled: Unknown Cancelled", "Cancelled: Unknown Cancelled"}},
		{"the objective given up, and over", givenUp, none, over, [2]string{"Cancelled: Unknown Cancelled", "Cancelled: Unknown Cancelled"}},
		{"the key result given up before it began", func(*v1alpha1.Objective) {}, cancelledKeyResult, before, [2]string{"Cancelled: Unknown Cancelled", "Pending: Unknown Pending"}},
		{"the only key result given up, dated in the future", func(*v1alpha1.Objective) {}, cancelledKeyResult, running,
			[2]string{"Cancelled: Unknown Cancelled", "Unknown: Unknown NoKeyResults"}},
		{"the only key result given up, and over", func(*v1alpha1.Objective) {}, cancelledKeyResult, over,
			[2]string{"Cancelled: Unknown Cancelled", "Unknown: Unknown NoKeyResults"}},
		{"the key result of a draft given up", draft, cancelledKeyResult, running, [2]string{"Cancelled: Unknown Cancelled", "Pending: Unknown Draft"}},
		{"a key result that begins later", func(*v1alpha1.Objective) {}, func(kr *v1alpha1.KeyResult) { kr.Spec.StartOn = "2026-12-01" }, running,
			[2]string{"Pending: Unknown Pending", "Pending: Unknown Pending"}},
		{"a key result that is over sooner", func(*v1alpha1.Objective) {}, func(kr *v1alpha1.KeyResult) { kr.Spec.DueOn = "2026-10-31" }, running,
			[2]string{"Achieved: True Achieved", "OnTrack: True OnPace"}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			o, kr := newObjective(c.objective), newKeyResult(c.keyResult)
			s := visit(inputOf(kr, o), answers{live: good(550, c.now), end: good(300, c.now)}, c.now).Status
			in := evaluate.ObjectiveInput{Objective: o, KeyResults: []*v1alpha1.KeyResult{kr}}
			got := visitObjective(in, c.now).Status
			same(t, "key result", c.want[0], string(s.Health)+": "+says(s.Conditions, "OnTrack"))
			same(t, "objective", c.want[1], string(got.Health)+": "+says(got.Conditions, "OnTrack"))
			if c.want[0] == "Cancelled: Unknown Cancelled" && message(s.Conditions, "OnTrack") == "cancelled" {
				t.Error("the message does not say when and why")
			}
		})
	}
}
