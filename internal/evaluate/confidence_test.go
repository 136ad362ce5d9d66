package evaluate_test

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// confidence is a check-in with the objective's and the key result's own; below 0 there is none.
func confidence(date v1alpha1.Date, objective, own int32) v1alpha1.CheckIn {
	c := v1alpha1.CheckIn{Date: date}
	if objective >= 0 {
		c.Confidence = &objective
	}
	if own >= 0 {
		c.KeyResults = []v1alpha1.KeyResultCheckIn{{Name: "latency", Confidence: &own}}
	}
	return c
}

func TestConfidence(t *testing.T) {
	const low, fine = "False LowConfidence", "True OnPace"
	cases := []struct {
		reason   string
		checkIns []v1alpha1.CheckIn
		value    float64
		want     string
		health   v1alpha1.Health
	}{
		{"none", nil, 550, fine, "OnTrack"},
		{"below 4", []v1alpha1.CheckIn{confidence("2026-11-10", 3, -1)}, 550, low, "AtRisk"},
		{"0 is a confidence", []v1alpha1.CheckIn{confidence("2026-11-10", 0, -1)}, 550, low, "AtRisk"},
		{"4 is enough", []v1alpha1.CheckIn{confidence("2026-11-10", 4, -1)}, 550, fine, "OnTrack"},
		{"its own goes before the objective's", []v1alpha1.CheckIn{confidence("2026-11-10", 8, 3)}, 550, low, "AtRisk"},
		{"upwards too", []v1alpha1.CheckIn{confidence("2026-11-10", 2, 6)}, 550, fine, "OnTrack"},
		{"the newest that gives one", []v1alpha1.CheckIn{confidence("2026-11-10", 8, -1), confidence("2026-11-03", 1, -1), said("2026-11-15", "")}, 550, fine, "OnTrack"},
		{"one that is still to come waits", []v1alpha1.CheckIn{confidence("2026-11-10", 8, -1), confidence("2026-11-17", 1, -1)}, 550, fine, "OnTrack"},
		{"one from before the start is about something else", []v1alpha1.CheckIn{confidence("2026-09-20", 1, -1)}, 550, fine, "OnTrack"},
		{"it raises nothing", []v1alpha1.CheckIn{confidence("2026-11-10", 10, 10)}, 605, "False Behind", "AtRisk"},
		{"nor says why where the number does", []v1alpha1.CheckIn{confidence("2026-11-10", 1, -1)}, 605, "False Behind", "AtRisk"},
		{"nor makes a red one better", []v1alpha1.CheckIn{confidence("2026-11-10", 1, -1)}, 680, "False Behind", "OffTrack"},
		{"a target that is reached may be doubted", []v1alpha1.CheckIn{confidence("2026-11-10", 1, -1)}, 300, low, "AtRisk"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got := visit(inputOf(newKeyResult(), newObjective(checkingIn(c.checkIns...))), answers{live: good(c.value, middle)}, middle).Status
			same(t, c.reason, c.want, says(got.Conditions, "OnTrack"))
			same(t, "health", c.health, got.Health)
		})
	}
	in := inputOf(newKeyResult(), newObjective(checkingIn(confidence("2026-11-10", 8, 3))))
	s := visit(in, answers{live: good(550, middle)}, middle).Status
	same(t, "message", "confidence is 3 of 10 in the check-in of 2026-11-10; 550 ms is 50 % of the way 800 → 300 ms; 50 % is expected by now", message(s.Conditions, "OnTrack"))
	same(t, "progress is not touched", pointer[int32](50), s.ProgressPercent)
	in.Objective.Spec.CheckIns = []v1alpha1.CheckIn{confidence("2026-11-17", 1, -1)}
	same(t, "looked at on its day", at("2026-11-17"), visit(in, answers{}, at("2026-11-16T23:30:00")).Next)
	draft(in.Objective)
	same(t, "a draft is not judged", "Unknown Draft", says(visit(in, answers{}, at("2026-11-18")).Status.Conditions, "OnTrack"))
}

func TestConfidenceOfMembers(t *testing.T) {
	doubted := func(name string) *v1alpha1.KeyResult {
		kr := newKeyResult(func(kr *v1alpha1.KeyResult) { kr.Name = name })
		in := inputOf(kr, newObjective(checkingIn(confidence("2026-11-10", 3, -1))))
		visit(in, answers{live: good(550, middle)}, middle)
		return kr
	}
	believed := member("b", v1alpha1.HealthOnTrack, 50, 50)
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{doubted("a"), believed}}
	got := visitObjective(in, middle).Status
	same(t, "half of the weight", "False LowConfidence", says(got.Conditions, "OnTrack"))
	same(t, "says whose", "50 % done, 50 % expected by now; furthest behind: a", message(got.Conditions, "OnTrack"))
	believed.Spec.Weight = pointer[int32](2)
	same(t, "less than half", "True OnPace", says(visitObjective(in, middle.Add(time.Second)).Status.Conditions, "OnTrack"))
}
