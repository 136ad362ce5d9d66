package evaluate_test

import (
	"fmt"
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// member is a key result with what it has published; progress below 0: nothing measured.
func member(name string, health v1alpha1.Health, progress, expected int32) *v1alpha1.KeyResult {
	kr := newKeyResult(func(kr *v1alpha1.KeyResult) { kr.Name = name })
	kr.Status.ObservedGeneration, kr.Status.Health = 1, health
	kr.Status.ExpectedPercent = &expected
	if progress >= 0 {
		kr.Status.ProgressPercent = &progress
	}
	return kr
}

func finished(name string, weight int32, score string) *v1alpha1.KeyResult {
	kr := member(name, v1alpha1.HealthMissed, 0, 100)
	kr.Spec.Weight, kr.Status.Final = &weight, &v1alpha1.Final{Score: score}
	return kr
}

func visitObjective(in evaluate.ObjectiveInput, now time.Time) evaluate.Result[v1alpha1.ObjectiveStatus] {
	result := evaluate.Objective(in, answers{}.samples, now)
	in.Objective.Status = *result.Status.DeepCopy()
	return result
}

func TestObjectiveRunning(t *testing.T) {
	visitless := newKeyResult(func(kr *v1alpha1.KeyResult) { kr.Name = "new" })
	weightless := member("w", "OffTrack", 0, 50)
	weightless.Spec.Weight = pointer[int32](0)
	given := member("c", "Cancelled", 0, 50)
	given.Spec.State = v1alpha1.KeyResultCancelled
	cases := []struct {
		reason   string
		members  []*v1alpha1.KeyResult
		health   v1alpha1.Health
		onTrack  string
		progress int32 // -1: absent
		summary  string
		text     string
	}{
		{"published: 100, 90, 100, 100, 100 is 98", []*v1alpha1.KeyResult{
			member("a", "OnTrack", 100, 90), member("b", "OnTrack", 90, 90), member("c", "OnTrack", 100, 90),
			member("d", "OnTrack", 100, 90), member("e", "OnTrack", 100, 90),
		}, "OnTrack", "True OnPace", 98, "5/5", "98 % done, 90 % expected by now"},
		{"published: 27, 18, 73 is 39", []*v1alpha1.KeyResult{member("a", "OnTrack", 27, 20), member("b", "OnTrack", 18, 20), member("c", "OnTrack", 73, 20)},
			"OnTrack", "True OnPace", 39, "3/3", "39 % done, 20 % expected by now"},
		{"published: one Unknown, the other off track", []*v1alpha1.KeyResult{member("a", "OffTrack", 20, 50), member("b", "Unknown", 50, 50)},
			"AtRisk", "False Behind", 35, "2/2", "35 % done, 50 % expected by now; 1 of 2 key results have no verdict; furthest behind: a"},
		{"published: one Unknown, the other on track", []*v1alpha1.KeyResult{member("b", "Unknown", 50, 50), member("a", "OnTrack", 50, 50)},
			"Unknown", "Unknown MembersUnknown", 50, "2/2", "50 % done, 50 % expected by now; the verdict depends on key results without one: b"},
		{"one that was never visited is Unknown", []*v1alpha1.KeyResult{member("a", "OnTrack", 50, 50), visitless},
			"Unknown", "Unknown MembersUnknown", 50, "1/2", "50 % done, 50 % expected by now; the verdict depends on key results without one: new"},
		{"none has begun", []*v1alpha1.KeyResult{member("a", "Pending", -1, 0)}, "Pending", "Unknown Pending", -1, "0/1", "no key result has begun"},
		{"none that counts", []*v1alpha1.KeyResult{weightless, given}, "Unknown", "Unknown NoKeyResults", -1, "0/0",
			"no active key result of a weight above 0 refers to this objective: add 2 to 5 KeyResults with spec.objectiveRef.name instant"},
		{"nothing measured", []*v1alpha1.KeyResult{member("a", "Unknown", -1, 50)}, "Unknown", "Unknown MembersUnknown", -1, "0/1",
			"nothing has been measured; the verdict depends on key results without one: a"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			o := newObjective()
			o.Generation = 4
			s := visitObjective(evaluate.ObjectiveInput{Objective: o, KeyResults: c.members}, middle).Status
			same(t, "health", c.health, s.Health)
			same(t, "OnTrack", c.onTrack, says(s.Conditions, "OnTrack"))
			same(t, "progress", c.progress < 0, s.ProgressPercent == nil)
			if s.ProgressPercent != nil {
				same(t, "progress", c.progress, *s.ProgressPercent)
			}
			same(t, "summary", c.summary, s.KeyResults.Summary)
			same(t, "message", c.text, message(s.Conditions, "OnTrack"))
			complete(t, s.Conditions, 4, "Ready", "Stalled", "ResolvedRefs", "OnTrack", "Reopened", "CheckedIn", "Reviewed")
		})
	}
}

func TestObjectiveNotRunning(t *testing.T) {
	cases := []struct {
		reason  string
		edit    func(*v1alpha1.Objective)
		now     time.Time
		health  v1alpha1.Health
		ready   string
		onTrack string
	}{
		{"not begun", func(*v1alpha1.Objective) {}, begin.Add(-time.Second), "Pending", "True Ready", "Unknown Pending"},
		{"begins later than its period", func(o *v1alpha1.Objective) { o.Spec.StartOn = "2026-11-20" }, middle, "Pending", "True Ready", "Unknown Pending"},
		{"a draft", draft, middle, "Pending", "True Ready", "Unknown Draft"},
		{"cancelled", func(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveCancelled }, middle, "Cancelled", "True Ready", "Unknown Cancelled"},
		{"no such zone", func(o *v1alpha1.Objective) { o.Spec.TimeZone = "Mars/Olympus" }, middle, "Unknown", "False Stalled", "Unknown InvalidTimeZone"},
		{"a start outside its period", func(o *v1alpha1.Objective) { o.Spec.StartOn = "2026-09-20" }, middle, "Unknown", "False Stalled", "Unknown InvalidDates"},
		{"a selector that is none", func(o *v1alpha1.Objective) {
			o.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{
				From:     v1alpha1.NamespacesFromSelector,
				Selector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Near"}}},
			}
		}, middle, "Unknown", "False Stalled", "Unknown InvalidSelector"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			o := newObjective(c.edit)
			o.Generation = 4
			missing := []v1alpha1.KPIReference{{Name: "z"}, {Name: "y", Namespace: "other"}, {Name: "z", Namespace: "shop"}}
			s := visitObjective(evaluate.ObjectiveInput{Objective: o, MissingKPIs: missing}, c.now).Status
			same(t, "health", c.health, s.Health)
			same(t, "Ready", c.ready, says(s.Conditions, "Ready"))
			same(t, "OnTrack", c.onTrack, says(s.Conditions, "OnTrack"))
			same(t, "ResolvedRefs", "spec.kpiRefs: KPI other/y, z not found, or not shared with this namespace", message(s.Conditions, "ResolvedRefs"))
			complete(t, s.Conditions, 4, "Ready", "Stalled", "ResolvedRefs", "OnTrack", "Reopened", "CheckedIn", "Reviewed")
		})
	}
}

func TestObjectiveFinal(t *testing.T) {
	after := end.Add(time.Hour)
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{
		finished("b", 1, "0.40"), member("a", "Unknown", 50, 100),
	}}
	s := visitObjective(in, after).Status
	same(t, "waits for every member", "over; still expected is the final value of a", message(s.Conditions, "OnTrack"))
	in.KeyResults[1].Status.Conditions = []metav1.Condition{{Type: "OnTrack", Reason: v1alpha1.ReasonFinalUnavailable}}
	s = visitObjective(in, after).Status
	same(t, "one is lost", "Unknown FinalUnavailable", says(s.Conditions, "OnTrack"))
	in.KeyResults[1] = finished("a", 2, "0.91")
	s = visitObjective(in, after).Status
	same(t, "score", "0.74", s.Final.Score)
	same(t, "grade", v1alpha1.GradeAmber, s.Final.Grade)
	same(t, "health", v1alpha1.HealthMissed, s.Health)
	same(t, "members", []v1alpha1.MemberScore{{Name: "a", Weight: 2, Score: "0.91"}, {Name: "b", Weight: 1, Score: "0.40"}}, s.Frozen.Members)

	edits := []struct {
		reason string
		edit   func(*evaluate.ObjectiveInput)
	}{
		{"a member's weight", func(in *evaluate.ObjectiveInput) { in.KeyResults[0].Spec.Weight = pointer[int32](5) }},
		{"a member is gone", func(in *evaluate.ObjectiveInput) { in.KeyResults = in.KeyResults[:1] }},
		{"a new member", func(in *evaluate.ObjectiveInput) { in.KeyResults = append(in.KeyResults, finished("c", 1, "1.00")) }},
		{"a member was reopened", func(in *evaluate.ObjectiveInput) {
			meta.SetStatusCondition(&in.KeyResults[0].Status.Conditions, metav1.Condition{Type: "Reopened", Status: "True"})
		}},
		{"cancelled when the score was known", func(in *evaluate.ObjectiveInput) { in.Objective.Spec.State = v1alpha1.ObjectiveCancelled }},
		{"the ambition", func(in *evaluate.ObjectiveInput) { aspirational(in.Objective) }},
		{"the period", func(in *evaluate.ObjectiveInput) { in.Objective.Spec.Period = "2027" }},
	}
	for _, e := range edits {
		edited := evaluate.ObjectiveInput{Objective: in.Objective.DeepCopy()}
		for _, kr := range in.KeyResults {
			edited.KeyResults = append(edited.KeyResults, kr.DeepCopy())
		}
		same(t, "no edit", "False AsExpected", says(visitObjective(edited, after).Status.Conditions, "Reopened"))
		e.edit(&edited)
		got := visitObjective(edited, after).Status
		same(t, e.reason, "True EditedAfterEnd", says(got.Conditions, "Reopened"))
		same(t, e.reason+": the final stays", s.Final, got.Final)
		same(t, e.reason+": the verdict stays", s.Health, got.Health)
	}
}

func TestObjectiveClosingEnds(t *testing.T) {
	in := evaluate.ObjectiveInput{Objective: newObjective(), KeyResults: []*v1alpha1.KeyResult{member("a", "Unknown", 50, 100)}}
	in.KeyResults[0].Status.Conditions = []metav1.Condition{{Type: "OnTrack", Reason: v1alpha1.ReasonReferenceNotFound}}
	last := end.Add(7*quarterDay - time.Second)
	got := visitObjective(in, last)
	same(t, "closing", "Unknown Closing", says(got.Status.Conditions, "OnTrack"))
	same(t, "next look", last.Add(time.Second), got.Next)
	same(t, "given up", "Unknown FinalUnavailable", says(visitObjective(in, got.Next).Status.Conditions, "OnTrack"))
}

// More members than the API keeps beside a final result: the score counts them all, and nothing looks edited.
func TestObjectiveOfManyCloses(t *testing.T) {
	in := evaluate.ObjectiveInput{Objective: newObjective()}
	for i := range 300 {
		in.KeyResults = append(in.KeyResults, finished(fmt.Sprintf("k%03d", i), 1, "1.00"))
	}
	first := visitObjective(in, end).Status
	same(t, "score", "1.00", first.Final.Score)
	same(t, "members kept", 256, len(first.Frozen.Members))
	same(t, "nothing changes", true, apiequality.Semantic.DeepEqual(first, visitObjective(in, end.Add(time.Minute)).Status))
}
