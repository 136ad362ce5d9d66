package preview

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
)

func TestGoalposts(t *testing.T) {
	at := time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)
	decimal := func(text string) *v1alpha1.Decimal { d := v1alpha1.Decimal(text); return &d }
	weight := func(n int32) *int32 { return &n }
	type goal struct {
		o  *v1alpha1.Objective
		kr *v1alpha1.KeyResult
	}
	fresh := func() goal {
		return goal{
			&v1alpha1.Objective{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "o"}, Spec: v1alpha1.ObjectiveSpec{
				Title: "O", Period: "2026-Q4", State: v1alpha1.ObjectiveActive, Ambition: v1alpha1.AmbitionCommitted,
			}},
			&v1alpha1.KeyResult{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "kr"}, Spec: v1alpha1.KeyResultSpec{
				ObjectiveRef: v1alpha1.ObjectiveReference{Name: "o"}, Title: "KR", Unit: "ms", Weight: weight(4),
				Reach: &v1alpha1.Reach{Baseline: decimal("800"), Target: decimal("300")},
			}},
		}
	}
	const deleted = "the key result is deleted while it runs"
	for name, c := range map[string]struct {
		reason string
		before func(goal)
		edit   func(*goal)
		want   []goalpost
	}{
		"softer":     {"a target that is easier to reach", nil, func(g *goal) { g.kr.Spec.Reach.Target = decimal("400") }, []goalpost{{Text: "the target was 300 ms at the start and is 400 ms now"}}},
		"harder":     {"is nobody's matter", nil, func(g *goal) { g.kr.Spec.Reach.Target = decimal("200") }, nil},
		"not begun":  {"nothing is promised yet", func(g goal) { g.kr.Spec.StartOn = "2026-11-20" }, func(g *goal) { g.kr.Spec.Reach.Target = decimal("400") }, nil},
		"over":       {"the score stays as it is", func(g goal) { g.o.Spec.Period = "2026-Q3" }, func(g *goal) { g.kr.Spec.Reach.Target = decimal("400") }, nil},
		"draft":      {"a draft is not decided", func(g goal) { g.o.Spec.State = v1alpha1.ObjectiveDraft }, func(g *goal) { g.kr = nil }, nil},
		"lighter":    {"it counts for less", nil, func(g *goal) { g.kr.Spec.Weight = weight(1) }, []goalpost{{Text: "the weight was 4 and is 1 now"}}},
		"weightless": {"it does not count", nil, func(g *goal) { g.kr.Spec.Weight = weight(0) }, []goalpost{{Text: "the weight was 4 at the start and is 0, so that it does not count now"}}},
		"later":      {"through the period of its objective", nil, func(g *goal) { g.o.Spec.Period = "2026-10-01/2027-01-31" }, []goalpost{{Text: "the last day was 2026-12-31 at the start and is 2027-01-31 now"}}},
		"deleted":    {"silently", nil, func(g *goal) { g.kr = nil }, []goalpost{{Text: deleted}}},
		"given up": {"with the reason", nil, func(g *goal) {
			g.kr.Spec.State = v1alpha1.KeyResultCancelled
			g.kr.Spec.Cancelled = &v1alpha1.Cancellation{Reason: "merged"}
		}, []goalpost{{Text: "the key result is given up", Reason: "merged"}}},
		"replanned": {"says why", nil, func(g *goal) {
			g.kr.Spec.Reach.Target = decimal("400")
			g.kr.Spec.Reach.Replanned = []v1alpha1.Replan{{Date: "2026-11-12", From: decimal("300"), To: decimal("400"), Reason: "one region"}}
		}, []goalpost{{Text: "the target was 300 ms at the start and is 400 ms now", Reason: "one region"}}},
		"a stretch": {"passes at 0.70", nil, func(g *goal) { g.o.Spec.Ambition = v1alpha1.AmbitionAspirational }, []goalpost{{Text: "a promise, which passes at 1.00, becomes a stretch, which passes at 0.70"}}},
		"unmade":    {"a draft again", nil, func(g *goal) { g.o.Spec.State = v1alpha1.ObjectiveDraft }, []goalpost{{Text: "the objective becomes a draft, which is not judged, while it runs"}}},
		"all gone": {"the objective and its key result", nil, func(g *goal) { g.o, g.kr = nil, nil },
			[]goalpost{{Text: "the objective is deleted while it runs"}, {Text: deleted}}},
	} {
		t.Run(name, func(t *testing.T) {
			was, is := fresh(), fresh()
			if c.before != nil {
				c.before(was)
				c.before(is)
			}
			c.edit(&is)
			set := func(g goal) *goals.Set {
				var objects []client.Object
				if g.o != nil {
					objects = append(objects, g.o)
				}
				if g.kr != nil {
					objects = append(objects, g.kr)
				}
				return goals.New(objects)
			}
			ids := map[id]bool{{"Objective", "a", "o"}: true, {"KeyResult", "a", "kr"}: true}
			changes, err := comparison{set(was), set(is), simulate.NewAnswers(at, nil), at, ids, ids}.changes(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []goalpost
			for _, ch := range changes {
				got = append(got, ch.Goalposts...)
			}
			if len(got) != len(c.want) {
				t.Fatalf("%s: %+v", c.reason, got)
			}
			for i := range got {
				if got[i].Text != c.want[i].Text || got[i].Reason != c.want[i].Reason || got[i].Week != 7 || got[i].Weeks != 13 {
					t.Errorf("%s: %+v, want %+v in week 7 of 13", c.reason, got[i], c.want[i])
				}
				if got[i].Reason == "" && got[i].Fix == "" {
					t.Errorf("%s: nothing says what to do", c.reason)
				}
			}
		})
	}
}
