package status

import (
	"cmp"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
)

// lately is how far back changes are told.
const lately = 7 * 24 * time.Hour

// firstVerdict is how long after its creation an object may take to be judged for the first time. A good verdict, or
// none, within that time is no change: it is the first one.
const firstVerdict = time.Hour

// turnsOf are the verdicts of objectives, of their key results and of KPIs that changed lately, the newest first, and how
// many were given for the first time.
func turnsOf(set *goals.Set, objectives []*v1alpha1.Objective, kpis []*v1alpha1.KPI, now time.Time) ([]Turn, New) {
	var turns []Turn
	var fresh New
	add := func(o client.Object, kind string, v Verdict, condition string, conditions []metav1.Condition, first *int) {
		c := meta.FindStatusCondition(conditions, condition)
		if c == nil || !within(c.LastTransitionTime.Time, now, lately) {
			return
		}
		at, created := c.LastTransitionTime.Time, o.GetCreationTimestamp().Time
		if c.Status != metav1.ConditionFalse && at.Sub(created) <= firstVerdict {
			*first++
			return
		}
		turns = append(turns, Turn{Time: at.UTC(), Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), Health: v.Health, Because: v.Because, Message: v.Message})
	}
	for _, o := range objectives {
		verdict := verdictOfObjective(o)
		verdict.Message = verdict.told(checkInsOf(o, timeOf(o, now), now).Last)
		add(o, "Objective", verdict, v1alpha1.OnTrackCondition, o.Status.Conditions, &fresh.Objectives)
		for _, kr := range set.KeyResultsOf(o) {
			add(kr, "KeyResult", verdictOfKeyResult(kr), v1alpha1.OnTrackCondition, kr.Status.Conditions, &fresh.KeyResults)
		}
	}
	for _, k := range kpis {
		add(k, "KPI", verdictOfKPI(k), v1alpha1.HealthyCondition, k.Status.Conditions, &fresh.KPIs)
	}
	slices.SortStableFunc(turns, func(a, b Turn) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Name, b.Name))
	})
	return turns, fresh
}
