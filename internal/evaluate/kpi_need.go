package evaluate

import (
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// objectiveAfter is how long a KPI may be unhealthy by default before that is a matter for an objective.
const objectiveAfter = day

// align sets Aligned and NeedsObjective.
func (k *kpi) align(value measured) {
	alignment := k.alignmentBy()
	k.next = append(k.next, alignment.Next)
	count := int32(len(alignment.By))
	k.status.AlignedObjectives = &v1alpha1.AlignedObjectives{Count: &count, Names: alignment.By[:min(len(alignment.By), 10)]}
	k.conditions.set(v1alpha1.AlignedCondition, metav1.ConditionStatus(alignment.Status), string(alignment.Reason), alignmentText(alignment))

	care := k.careFor(value, alignment.Status)
	need := okr.NeedsObjective(care, k.now)
	k.alignment, k.care, k.need = alignment, care, need
	k.next = append(k.next, need.At)
	k.conditions.set(v1alpha1.NeedsObjectiveCondition, metav1.ConditionStatus(need.Status), string(need.Reason), k.needText(need, care, alignment))
}

// careFor is what decides whether the KPI needs an objective.
func (k *kpi) careFor(value measured, aligned okr.Ternary) okr.Care {
	spec := &k.in.KPI.Spec
	care := okr.Care{Health: okr.KPIHealth(k.status.Health), After: objectiveAfter, Aligned: aligned}
	if since := k.status.Frozen.UnhealthySince; since != nil {
		care.Since = since.Time
	}
	if spec.ObjectiveAfter != "" {
		care.After = spec.ObjectiveAfter.Duration()
	}
	if value.usable {
		care.Short = k.short(*value.value)
	}
	if spec.Accepted != nil && k.zone != nil {
		if until, err := okr.ParseDate(spec.Accepted.Until.String()); err == nil {
			care.Accepted = until.End(k.zone)
		}
	}
	return care
}

// short reports whether a value is short of the stretch target, if there is one.
func (k *kpi) short(v float64) bool {
	spec := &k.in.KPI.Spec
	return spec.StretchTarget != nil && spec.Target != nil && band(spec.Target).Short(v, spec.StretchTarget.Float64())
}

// claims are those of the objectives that may look after the KPI.
func (k *kpi) claims() []okr.Claim {
	claims := make([]okr.Claim, 0, len(k.in.Objectives))
	for _, o := range k.in.Objectives {
		if claim, valid := claimOf(o); valid {
			claims = append(claims, claim)
		}
	}
	return claims
}

// alignmentBy decides who looks after the KPI.
func (k *kpi) alignmentBy() okr.Alignment {
	var before okr.Ternary
	var reason okr.Reason
	var since time.Time
	if c := meta.FindStatusCondition(k.before.Conditions, v1alpha1.AlignedCondition); c != nil {
		before, reason, since = okr.Ternary(c.Status), okr.Reason(c.Reason), c.LastTransitionTime.Time
	}
	return okr.Align(k.claims(), k.in.Grace, before, reason, since, k.now)
}

// claimOf is an objective's claim to look after a KPI; false if it is cancelled or has no valid period.
func claimOf(o *v1alpha1.Objective) (okr.Claim, bool) {
	days, bad := calendarOf(o)
	if bad != nil || o.Spec.State == v1alpha1.ObjectiveCancelled {
		return okr.Claim{}, false
	}
	return okr.Claim{
		Objective: o.Namespace + "/" + o.Name,
		Span:      okr.Span{Start: days.period.First.Start(days.zone), End: days.span.End},
		Draft:     o.Spec.State == v1alpha1.ObjectiveDraft,
	}, true
}

// alignmentText says in words who looks after the KPI.
func alignmentText(a okr.Alignment) string {
	var text string
	switch {
	case len(a.By) > 0:
		text = "looked after by " + enumerate(a.By)
	case a.Status == okr.Neither:
		text = "no active objective names this KPI or measures a key result by it; waiting a minute before saying so"
	default:
		text = "no active objective names this KPI or measures a key result by it"
	}
	if len(a.Later) > 0 {
		text += "; not counted yet: " + enumerate(a.Later)
	}
	return text
}

// needText says in words why the KPI needs an objective, or does not.
func (k *kpi) needText(need okr.Need, care okr.Care, alignment okr.Alignment) string {
	spec := &k.in.KPI.Spec
	stretch := func() string {
		return "short of the stretch target of " + withUnit(string(*spec.StretchTarget), spec.Unit)
	}
	switch {
	case need.Reason == okr.Accepted:
		return fmt.Sprintf("accepted until %s: %s", spec.Accepted.Until, spec.Accepted.Reason)
	case need.Reason == okr.HealthUnknown:
		return "the KPI's health is not known"
	case need.Reason == okr.Unhealthy:
		return "unhealthy since " + care.Since.UTC().Format(time.RFC3339) + " and no objective looks after it"
	case need.Reason == okr.ShortOfStretch:
		return stretch() + ", and no objective looks after it"
	case need.Status == okr.Neither:
		return alignmentText(alignment)
	case !need.At.IsZero():
		return "unhealthy; a matter for an objective from " + need.At.UTC().Format(time.RFC3339)
	case care.Health == okr.KPIUnhealthy:
		return "unhealthy, and an objective looks after it"
	case care.Short:
		return stretch() + ", and an objective looks after it"
	default:
		return "not unhealthy"
	}
}

// references sets ResolvedRefs. A KPI that is its own ancestor has something to mend.
func (k *kpi) references() *problem {
	ref := k.in.KPI.Spec.ParentRef
	if ref != nil && k.in.ParentMissing {
		k.conditions.set(v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound,
			"spec.parentRef: "+notFound("KPI", kpiName(*ref, k.in.KPI.Namespace)))
		return nil
	}
	k.conditions.set(v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, v1alpha1.ReasonResolved, "all references resolve")
	if len(k.in.Cycle) == 0 {
		return nil
	}
	members := slices.Sorted(slices.Values(k.in.Cycle))
	return stalled(v1alpha1.ReasonReferenceCycle, "spec.parentRef: a KPI cannot be its own ancestor: remove parentRef from one of "+enumerate(members))
}
