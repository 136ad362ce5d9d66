package status

import (
	"cmp"
	"slices"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/okr"
)

// attentionOf is what needs somebody, the most urgent first; an object that needs somebody for several reasons stands
// there once.
func attentionOf(set *goals.Set, objectives []*v1alpha1.Objective, kpis []*v1alpha1.KPI, now time.Time) []Attention {
	var list []Attention
	for _, o := range objectives {
		if a := attentionOfObjective(set, o, now); len(a.What) > 0 {
			list = append(list, a)
		}
	}
	for _, k := range kpis {
		if a := attentionOfKPI(k); len(a.What) > 0 {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b Attention) int {
		return cmp.Or(
			cmp.Compare(slices.Index(concerns, a.Why), slices.Index(concerns, b.Why)),
			cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind)*-1, cmp.Compare(a.Name, b.Name))
	})
	return list
}

// note adds a reason; they come from the most urgent to the least.
func (a *Attention) note(why Concern, what string) {
	if a.Why == "" {
		a.Why = why
	}
	a.What = append(a.What, what)
}

func attentionOfObjective(set *goals.Set, o *v1alpha1.Objective, now time.Time) Attention {
	t, verdict := timeOf(o, now), verdictOfObjective(o)
	a := Attention{Kind: "Objective", Namespace: o.Namespace, Name: o.Name, Health: verdict.Health}
	last := checkInsOf(o, t, now)
	told := verdict.told(last.Last)
	if verdict.Health == string(v1alpha1.HealthOffTrack) {
		a.note(OffTrack, told)
	}
	if text := hindrance(o.Generation, o.Status.ObservedGeneration, o.Status.Conditions); text != "" {
		a.note(NotJudged, text)
	} else if verdict.mend() {
		a.note(NotJudged, told)
	}
	if t.Phase == Running && active(o) {
		for _, kr := range set.KeyResultsOf(o) {
			if text := unjudged(kr); text != "" {
				a.note(NotJudged, kr.Name+": "+text)
			}
		}
	}
	if verdict.Health == string(v1alpha1.HealthAtRisk) {
		a.note(AtRisk, told)
	}
	if due, err := okr.ParseDate(last.DueOn); err == nil && last.Overdue {
		a.note(CheckInOverdue, "no check-in: one was due by "+due.String()+", "+far(okr.DayOf(now, t.zone), due))
	}
	if t.Phase == Over && o.Spec.Review == nil && active(o) {
		a.note(NoReview, "over since "+t.To+", and nobody has said what came of it (spec.review)")
	}
	return a
}

// unjudged is why a key result has no verdict, or none that will last, and somebody must mend it; empty otherwise.
func unjudged(kr *v1alpha1.KeyResult) string {
	if kr.Spec.State == v1alpha1.KeyResultCancelled {
		return ""
	}
	if text := hindrance(kr.Generation, kr.Status.ObservedGeneration, kr.Status.Conditions); text != "" {
		return text
	}
	if c := unmeasured(kr.Status.Conditions); c != nil {
		return c.Message
	}
	if v := verdictOfKeyResult(kr); v.mend() {
		return v.Message
	}
	return ""
}

func attentionOfKPI(k *v1alpha1.KPI) Attention {
	verdict := verdictOfKPI(k)
	a := Attention{Kind: "KPI", Namespace: k.Namespace, Name: k.Name, Health: verdict.Health}
	if text := hindrance(k.Generation, k.Status.ObservedGeneration, k.Status.Conditions); text != "" {
		a.note(NotJudged, text)
	} else if c := unmeasured(k.Status.Conditions); c != nil {
		a.note(NotJudged, c.Message)
	} else if verdict.mend() && verdict.Reason != v1alpha1.ReasonNoTarget {
		a.note(NotJudged, verdict.Message)
	}
	if isTrue(k.Status.Conditions, v1alpha1.NeedsObjectiveCondition) {
		a.note(NeedsObjective, messageOf(k.Status.Conditions, v1alpha1.NeedsObjectiveCondition)+": kubectl okr new --from-kpi "+k.Name+" -n "+k.Namespace)
	}
	return a
}
