package evaluate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// child is a child of the objective "instant" with what it has published; progress below 0: nothing measured.
func child(name, period string, health v1alpha1.Health, progress, expected int32, edits ...func(*v1alpha1.Objective)) *v1alpha1.Objective {
	o := newObjective(func(o *v1alpha1.Objective) {
		o.Name, o.Spec.Period, o.Spec.ParentRef = name, v1alpha1.Period(period), &v1alpha1.ParentReference{Name: "instant"}
		o.Status.ObservedGeneration, o.Status.Health = 1, health
		if progress >= 0 {
			o.Status.ProgressPercent, o.Status.ExpectedPercent = &progress, &expected
		}
	})
	return build(o, edits)
}

// closed is a child with a score.
func closed(name, period, score string, edits ...func(*v1alpha1.Objective)) *v1alpha1.Objective {
	o := child(name, period, v1alpha1.HealthMissed, 0, 100, edits...)
	o.Status.Final = &v1alpha1.Final{Score: score}
	return o
}

func counting(weight int32) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Spec.ParentRef.Weight = &weight }
}

func inNamespace(namespace string) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Namespace = namespace }
}

func cancelled(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveCancelled }

// parentOf is a year that rolls children up.
func parentOf(children ...*v1alpha1.Objective) evaluate.ObjectiveInput {
	year := newObjective(func(o *v1alpha1.Objective) { o.Spec.Period = "2026" })
	return evaluate.ObjectiveInput{Objective: year, Children: children}
}

func TestChildrenRollUp(t *testing.T) {
	april := at("2026-04-01")
	q1 := child("q1", "2026-Q1", "Achieved", 100, 100)
	cases := []struct {
		reason   string
		children []*v1alpha1.Objective
		now      time.Time
		health   v1alpha1.Health
		onTrack  string
		progress int32 // -1: absent
		summary  string
		text     string
	}{
		{"published: one quarter of four, achieved, the day after", []*v1alpha1.Objective{q1}, april,
			"AtRisk", "False Unplanned", 24, "1/1", "24 % done, 24 % expected by now; nothing is planned after 2026-03-31"},
		{"a second before", []*v1alpha1.Objective{q1}, april.Add(-time.Second),
			"OnTrack", "True OnPace", 24, "1/1", "24 % done, 24 % expected by now; nothing is planned after 2026-03-31"},
		{"the next quarter is planned", []*v1alpha1.Objective{child("q2", "2026-Q2", "Pending", -1, 0), q1}, april,
			"OnTrack", "True OnPace", 24, "1/2", "24 % done, 24 % expected by now; nothing is planned after 2026-06-30"},
		{"a draft is no plan, and it is named", []*v1alpha1.Objective{child("q2", "2026-Q2", "Pending", -1, 0, draft), q1}, april,
			"AtRisk", "False Unplanned", 24, "1/1", "24 % done, 24 % expected by now; nothing is planned after 2026-03-31; drafts, which do not count: q2"},
		{"one that was given up is no plan", []*v1alpha1.Objective{child("q2", "2026-Q2", "Cancelled", -1, 0, cancelled), q1}, april,
			"AtRisk", "False Unplanned", 24, "1/1", "24 % done, 24 % expected by now; nothing is planned after 2026-03-31"},
		{"one without weight is shown, not counted", []*v1alpha1.Objective{child("q2", "2026-Q2", "Pending", -1, 0, counting(0)), q1}, april,
			"AtRisk", "False Unplanned", 24, "1/1", "24 % done, 24 % expected by now; nothing is planned after 2026-03-31"},
		{"weights times days: a whole year, and three times a quarter", []*v1alpha1.Objective{
			child("all", "2026", "OnTrack", 20, 24), child("q1", "2026-Q1", "Achieved", 100, 100, counting(3)),
		}, april, "OnTrack", "True OnPace", 54, "2/2", "54 % done, 56 % expected by now"},
		{"one that ends after its parent is left out, one of another namespace is called by it", []*v1alpha1.Objective{
			child("late", "2026-06-01/2027-01-31", "OnTrack", 50, 50), child("all", "2026", "OnTrack", 24, 24),
			child("past", "2025-Q4", "Missed", 0, 100, inNamespace("other")),
		}, april, "OnTrack", "True OnPace", 24, "1/1",
			"24 % done, 24 % expected by now; left out, for they end after this objective or before it begins: late, other/past"},
		{"one off track", []*v1alpha1.Objective{
			child("a", "2026", "OffTrack", 0, 24, inNamespace("other")), child("b", "2026", "OnTrack", 60, 24), child("c", "2026", "OnTrack", 60, 24),
		}, april, "AtRisk", "False MembersBehind", 40, "3/3", "40 % done, 24 % expected by now; furthest behind: other/a"},
		{"one that was never visited", []*v1alpha1.Objective{child("new", "2026", "", -1, 0), child("b", "2026", "OnTrack", 24, 24)}, april,
			"Unknown", "Unknown MembersUnknown", 24, "1/2", "24 % done, 24 % expected by now; the verdict depends on children without one: new"},
		{"none has begun", []*v1alpha1.Objective{child("q4", "2026-Q4", "Pending", -1, 0)}, april,
			"Pending", "Unknown Pending", -1, "0/1", "no child has begun"},
		{"drafts alone", []*v1alpha1.Objective{child("q2", "2026-Q2", "Pending", -1, 0, draft)}, april,
			"Unknown", "Unknown NoChildren", -1, "0/0", "no active objective with a weight above 0 and days inside this one's time names it as its parent: " +
				"write spec.parentRef.name instant in the children, or spec.rollUp: KeyResults here; drafts, which do not count: q2"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			in := parentOf(c.children...)
			s := visitObjective(in, c.now).Status
			same(t, "health", c.health, s.Health)
			same(t, "OnTrack", c.onTrack, says(s.Conditions, "OnTrack"))
			same(t, "progress", c.progress < 0, s.ProgressPercent == nil)
			if s.ProgressPercent != nil {
				same(t, "progress", c.progress, *s.ProgressPercent)
			}
			same(t, "summary", c.summary, s.Children.Summary)
			same(t, "no key results are missed", "", s.KeyResults.Summary)
			same(t, "in numbers", "0/0 "+c.summary, fmt.Sprintf("%d/%d %d/%d", *s.KeyResults.Measured, *s.KeyResults.Total, *s.Children.Measured, *s.Children.Total))
			same(t, "message", c.text, message(s.Conditions, "OnTrack"))
			complete(t, s.Conditions, 1, "Ready", "Stalled", "ResolvedRefs", "OnTrack", "Reopened", "CheckedIn", "Reviewed")
		})
	}
}

// TestPlanEndsOnTime holds that the end of the last child is looked at, to the second, in the parent's zone.
func TestPlanEndsOnTime(t *testing.T) {
	in := parentOf(child("q1", "2026-Q1", "Achieved", 100, 100))
	in.Objective.Spec.TimeZone = "Europe/Berlin"
	ends := at("2026-03-31T22:00:00")
	got := visitObjective(in, ends.Add(-17*time.Minute))
	same(t, "before", "True OnPace", says(got.Status.Conditions, "OnTrack"))
	same(t, "the next look", ends, got.Next)
	same(t, "then", "False Unplanned", says(visitObjective(in, ends).Status.Conditions, "OnTrack"))
}

func TestRollUpIsOfKeyResultsIfThereAreAnyElseOfChildren(t *testing.T) {
	kr := member("kr", "OnTrack", 60, 50)
	weightless := member("w", "OffTrack", 0, 50)
	weightless.Spec.Weight = pointer[int32](0)
	kid := child("kid", quarter, "OnTrack", 40, 50)
	cases := []struct {
		reason     string
		rollUp     v1alpha1.RollUp
		keyResults []*v1alpha1.KeyResult
		children   []*v1alpha1.Objective
		onTrack    string
		progress   int32
	}{
		{"both, and nothing said", "", []*v1alpha1.KeyResult{kr}, []*v1alpha1.Objective{kid}, "True OnPace", 60},
		{"both, and children said", v1alpha1.RollUpChildren, []*v1alpha1.KeyResult{kr}, []*v1alpha1.Objective{kid}, "True OnPace", 40},
		{"both, and key results said", v1alpha1.RollUpKeyResults, []*v1alpha1.KeyResult{kr}, []*v1alpha1.Objective{kid}, "True OnPace", 60},
		{"children alone", "", nil, []*v1alpha1.Objective{kid}, "True OnPace", 40},
		{"children, and a key result that is shown, not counted", "", []*v1alpha1.KeyResult{weightless}, []*v1alpha1.Objective{kid}, "True OnPace", 40},
		{"children alone, and key results said", v1alpha1.RollUpKeyResults, nil, []*v1alpha1.Objective{kid}, "Unknown NoKeyResults", -1},
		{"key results alone, and children said", v1alpha1.RollUpChildren, []*v1alpha1.KeyResult{kr}, nil, "Unknown NoChildren", -1},
		{"nothing", "", nil, nil, "Unknown NoKeyResults", -1},
	}
	for _, c := range cases {
		o := newObjective(func(o *v1alpha1.Objective) { o.Spec.RollUp = c.rollUp })
		s := visitObjective(evaluate.ObjectiveInput{Objective: o, KeyResults: c.keyResults, Children: c.children}, middle).Status
		same(t, c.reason, c.onTrack, says(s.Conditions, "OnTrack"))
		got := int32(-1)
		if s.ProgressPercent != nil {
			got = *s.ProgressPercent
		}
		same(t, c.reason, c.progress, got)
	}
}

func TestParentFinal(t *testing.T) {
	after := at("2027-01-01T01:00:00")
	in := parentOf(
		closed("q1", "2026-Q1", "1.00"), closed("q2", "2026-Q2", "0.70", inNamespace("other")), child("q3", "2026-Q3", "Unknown", 50, 100),
		closed("q4", "2026-10-01/2027-01-31", "0.00"))
	s := visitObjective(in, after).Status
	same(t, "waits for every child", "over; still expected is the final value of q3", message(s.Conditions, "OnTrack"))
	in.Children[2].Status.Conditions = []metav1.Condition{{Type: "OnTrack", Reason: v1alpha1.ReasonFinalUnavailable}}
	same(t, "one is lost", "Unknown FinalUnavailable", says(visitObjective(in, after).Status.Conditions, "OnTrack"))
	in.Children[2] = closed("q3", "2026-Q3", "0.40", counting(2))
	s = visitObjective(in, after).Status
	// (90·100 + 91·70 + 184·40) / 365 = 62.27: the plain mean, whatever was not planned.
	same(t, "score", "0.62", s.Final.Score)
	same(t, "grade", v1alpha1.GradeRed, s.Final.Grade)
	same(t, "members", []v1alpha1.MemberScore{
		{Name: "other/q2", Weight: 91, Score: "0.70"}, {Name: "q1", Weight: 90, Score: "1.00"}, {Name: "q3", Weight: 184, Score: "0.40"},
	}, s.Frozen.Members)
	same(t, "nothing changes", true, apiequality.Semantic.DeepEqual(s, visitObjective(in, after.Add(time.Minute)).Status))

	edits := []struct {
		reason   string
		reopened bool
		edit     func(*evaluate.ObjectiveInput)
	}{
		{"a child's title", false, func(in *evaluate.ObjectiveInput) { in.Children[0].Spec.Title = "other" }},
		{"a child that is given up with its score known", false, func(in *evaluate.ObjectiveInput) { cancelled(in.Children[0]) }},
		{"a child's weight", true, func(in *evaluate.ObjectiveInput) { counting(5)(in.Children[0]) }},
		{"a child's period", true, func(in *evaluate.ObjectiveInput) { in.Children[0].Spec.Period = "2026-01" }},
		{"a child is gone", true, func(in *evaluate.ObjectiveInput) { in.Children = in.Children[1:] }},
		{"a key result came", true, func(in *evaluate.ObjectiveInput) { in.KeyResults = append(in.KeyResults, finished("kr", 1, "1.00")) }},
		{"a child was reopened", true, func(in *evaluate.ObjectiveInput) {
			meta.SetStatusCondition(&in.Children[0].Status.Conditions, metav1.Condition{Type: "Reopened", Status: "True"})
		}},
	}
	for _, e := range edits {
		edited := evaluate.ObjectiveInput{Objective: in.Objective.DeepCopy()}
		for _, o := range in.Children {
			edited.Children = append(edited.Children, o.DeepCopy())
		}
		e.edit(&edited)
		got := visitObjective(edited, after).Status
		same(t, e.reason, e.reopened, says(got.Conditions, "Reopened") == "True EditedAfterEnd")
		same(t, e.reason+": the final stays", s.Final, got.Final)
	}
}

func TestReferencesOfAnObjective(t *testing.T) {
	parent := newObjective(func(o *v1alpha1.Objective) { o.Namespace, o.Name = "company", "love" })
	ref := &v1alpha1.ParentReference{Name: "love", Namespace: "company"}
	missing := []v1alpha1.KPIReference{{Name: "z"}}
	const kpi, objective = "spec.kpiRefs: KPI z not found, or not shared with this namespace", "spec.parentRef: Objective company/love not found, or not shared with this namespace"
	cases := []struct {
		reason  string
		in      evaluate.ObjectiveInput
		message string
	}{
		{"nothing is referred to", evaluate.ObjectiveInput{}, "all references resolve"},
		{"the parent is there", evaluate.ObjectiveInput{Parent: parent}, "all references resolve"},
		{"the parent is missing, or refuses", evaluate.ObjectiveInput{}, objective},
		{"a KPI is", evaluate.ObjectiveInput{Parent: parent, MissingKPIs: missing}, kpi},
		{"both", evaluate.ObjectiveInput{MissingKPIs: missing}, kpi + "; " + objective},
	}
	for i, c := range cases {
		c.in.Objective = newObjective()
		if i > 0 {
			c.in.Objective.Spec.ParentRef = ref
		}
		s := visitObjective(c.in, middle).Status
		same(t, c.reason, c.message, message(s.Conditions, "ResolvedRefs"))
		same(t, c.reason, "True Ready", says(s.Conditions, "Ready"))
	}
}

// TestCycle holds that members of a cycle say the same, whichever is asked, and that their key results count.
func TestCycle(t *testing.T) {
	const text = "spec.parentRef leads back to where it began: a/x → b/y → c/z → a/x: name another parent in one of them, or none"
	for _, walk := range []string{"a/x b/y c/z", "b/y c/z a/x", "c/z a/x b/y"} {
		in := parentOf(child("kid", "2026", "OnTrack", 50, 50))
		in.Cycle = strings.Fields(walk)
		s := visitObjective(in, middle).Status
		same(t, "Stalled", "True ReferenceCycle", says(s.Conditions, "Stalled"))
		same(t, "Ready", "False Stalled", says(s.Conditions, "Ready"))
		same(t, "nothing is rolled up", "Unknown ReferenceCycle", says(s.Conditions, "OnTrack"))
		same(t, "nor counted", "0/0", s.Children.Summary)
		same(t, "message", text, message(s.Conditions, "Stalled"))
		same(t, "nor shown", true, s.ProgressPercent == nil && s.ExpectedPercent == nil)

		in.KeyResults = []*v1alpha1.KeyResult{member("kr", "OnTrack", 90, 87)}
		s = visitObjective(in, middle).Status
		same(t, "of key results it is", "True OnPace", says(s.Conditions, "OnTrack"))
		same(t, "and stalled none the less", "True ReferenceCycle", says(s.Conditions, "Stalled"))
		in.Cycle = nil
		same(t, "mended", "False AsExpected", says(visitObjective(in, middle).Status.Conditions, "Stalled"))
	}
	in := parentOf()
	in.Cycle = []string{"shop/instant"}
	same(t, "itself", "spec.parentRef leads back to where it began: shop/instant → shop/instant: name another parent in one of them, or none",
		message(visitObjective(in, middle).Status.Conditions, "Stalled"))
	in.Cycle = nil
	for i := range 32 {
		in.Cycle = append(in.Cycle, fmt.Sprintf("shop/o%02d", (i+7)%32))
	}
	same(t, "many", "spec.parentRef leads back to where it began: shop/o00 → shop/o01 → shop/o02 → shop/o03 → shop/o04 → shop/o05 → "+
		"shop/o06 → shop/o07 → shop/o08 → (23 more) → shop/o00: name another parent in one of them, or none",
		message(visitObjective(in, middle).Status.Conditions, "Stalled"))
	in.Cycle, in.TooDeep = nil, true
	same(t, "too deep", "True ReferenceCycle", says(visitObjective(in, middle).Status.Conditions, "Stalled"))
}

// TestChildThatIsBrokenCounts holds that a child that is stalled is not left out: it is Unknown, with its days.
func TestChildThatIsBrokenCounts(t *testing.T) {
	broken := child("broken", quarter, "Unknown", -1, 0, func(o *v1alpha1.Objective) {
		o.Spec.TimeZone, o.Spec.StartOn = "Mars/Olympus", "2026-01-01"
	})
	in := parentOf(broken, child("fine", "2026", "OnTrack", 88, 87))
	same(t, "OnTrack", "Unknown MembersUnknown", says(visitObjective(in, middle).Status.Conditions, "OnTrack"))
}
