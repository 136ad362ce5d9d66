package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// ObjectiveInput is an objective and what it depends on.
type ObjectiveInput struct {
	// Objective with the status that was written last.
	Objective *v1alpha1.Objective
	// KeyResults that refer to it, in any order.
	KeyResults []*v1alpha1.KeyResult
	// MissingKPIs are those of spec.kpiRefs that do not exist or are not shared.
	MissingKPIs []v1alpha1.KPIReference
	// KPIs are the others of spec.kpiRefs, in any order.
	KPIs []NamedKPI
}

// Objective evaluates an objective at now. It asks what its KPIs were at its start and at its end, and nothing else.
func Objective(in ObjectiveInput, samples Samples, now time.Time) Result[v1alpha1.ObjectiveStatus] {
	o := &objective{in: in, samples: samples, now: whole(now), status: *in.Objective.Status.DeepCopy(), members: activeMembers(in.KeyResults)}
	o.conditions = &conditions{list: o.status.Conditions, generation: in.Objective.Generation, now: o.now}
	o.status.ObservedGeneration = in.Objective.Generation
	o.reopened = meta.IsStatusConditionTrue(o.status.Conditions, v1alpha1.ReopenedCondition)
	o.evaluate()
	o.conditions.reopened(o.reopened)
	o.status.Conditions = o.conditions.list
	before := &in.Objective.Status
	return Result[v1alpha1.ObjectiveStatus]{
		Status: o.status, Change: changeOf(before, &o.status, o.standing(before), o.standing(&o.status)),
		Watches: o.watches, Next: nextLook(o.now, o.next...),
	}
}

// activeMembers are the key results that count: active, of a weight above 0, by name.
func activeMembers(all []*v1alpha1.KeyResult) []*v1alpha1.KeyResult {
	members := make([]*v1alpha1.KeyResult, 0, len(all))
	for _, kr := range all {
		given := kr.Spec.State == v1alpha1.KeyResultCancelled && kr.Status.Final == nil // a known score is not cancelled away
		if !given && weight(kr) > 0 {
			members = append(members, kr)
		}
	}
	slices.SortFunc(members, func(a, b *v1alpha1.KeyResult) int { return strings.Compare(a.Name, b.Name) })
	return members
}

func weight(kr *v1alpha1.KeyResult) int32 {
	if kr.Spec.Weight == nil {
		return 1
	}
	return *kr.Spec.Weight
}

// objective is one evaluation under way.
type objective struct {
	in         ObjectiveInput
	samples    Samples
	now        time.Time
	members    []*v1alpha1.KeyResult
	status     v1alpha1.ObjectiveStatus
	conditions *conditions
	reopened   bool
	// newest is the newest check-in that counts already; nil if none does.
	newest  *v1alpha1.CheckIn
	watches []sample.Watch
	next    []time.Time
}

func (o *objective) evaluate() {
	o.references()
	o.count()
	spec := &o.in.Objective.Spec
	days, bad := calendarOf(o.in.Objective)
	if bad == nil && spec.AllowedNamespaces != nil {
		bad = sharing(spec.AllowedNamespaces.Selector)
	}
	o.conditions.readiness(bad)
	o.checkIns(days)
	switch {
	case o.status.Frozen != nil && o.status.Frozen.Final != nil: // a score that is known is not cancelled away
		o.reopened = spec.State == v1alpha1.ObjectiveCancelled || o.edited(days.span)
		o.showFinal()
	case spec.State == v1alpha1.ObjectiveCancelled:
		o.verdict(okr.Cancelled, v1alpha1.ReasonCancelled, cancellation(spec.Cancelled))
	case bad != nil:
		o.verdict(okr.Unknown, bad.reason, bad.message)
	case spec.State == v1alpha1.ObjectiveDraft:
		o.pending(v1alpha1.ReasonDraft, "a draft is not judged")
	case o.now.Before(days.span.Start):
		o.next = append(o.next, days.span.Start)
		o.pending(v1alpha1.ReasonPending, "begins on "+days.begins.String())
	case o.now.Before(days.span.End):
		o.next = append(o.next, days.span.End)
		o.running(days.span)
	default:
		o.over(days.span)
	}
	o.rhythm(days, bad)
	o.impact(days, bad == nil)
}

// references sets ResolvedRefs.
func (o *objective) references() {
	if len(o.in.MissingKPIs) == 0 {
		o.conditions.set(v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, v1alpha1.ReasonResolved, "all references resolve")
		return
	}
	names := make([]string, 0, len(o.in.MissingKPIs))
	for _, ref := range o.in.MissingKPIs {
		names = append(names, kpiName(ref, o.in.Objective.Namespace))
	}
	slices.Sort(names)
	o.conditions.set(v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound,
		"spec.kpiRefs: "+notFound("KPI", strings.Join(slices.Compact(names), ", ")))
}

// count sets the summary of key results.
func (o *objective) count() {
	var measured int32
	for _, kr := range o.members {
		if kr.Status.ProgressPercent != nil || kr.Status.Measurement != nil {
			measured++
		}
	}
	total := int32(len(o.members))
	o.status.KeyResults = &v1alpha1.KeyResultSummary{
		Total: &total, Measured: &measured, Summary: fmt.Sprintf("%d/%d", measured, total),
	}
}

func (o *objective) pending(reason, message string) {
	o.status.ProgressPercent, o.status.ExpectedPercent = nil, pointer[int32](0)
	o.verdict(okr.Pending, reason, message)
}

// running rolls up the key results' published numbers.
func (o *objective) running(span okr.Span) {
	goal, members := okr.Objective{Span: span, Gaps: gapsOf(o.in.Objective)}, o.published()
	sum := goal.RollUp(members, o.now)
	o.show(sum)
	if change, found := goal.NextChange(members, o.now, o.now.Add(horizon)); found {
		o.next = append(o.next, change)
	}
	o.verdict(sum.Health, string(sum.Reason), o.explain(sum))
}

// published are the key results as their objective sees them: by their published numbers. One that was never
// visited is Unknown.
func (o *objective) published() []okr.Member {
	members, progress := make([]okr.Member, len(o.members)), make([]float64, len(o.members))
	for i, kr := range o.members {
		m := &members[i]
		m.Name, m.Weight, m.Health = kr.Name, float64(weight(kr)), okr.Health(kr.Status.Health)
		if unvisited(kr) {
			m.Health = okr.Unknown
		}
		if p := kr.Status.ProgressPercent; p != nil {
			progress[i] = float64(*p)
			m.Progress = &progress[i]
		}
		if e := kr.Status.ExpectedPercent; e != nil {
			m.Expected = float64(*e)
		}
	}
	return members
}

func unvisited(kr *v1alpha1.KeyResult) bool {
	return kr.Status.Health == "" || kr.Status.ObservedGeneration < 0
}

// show writes the means as whole percentages.
func (o *objective) show(sum okr.RollUp) {
	o.status.ProgressPercent, o.status.ExpectedPercent = nil, nil
	if sum.Progress != nil { // without a measured key result there is no mean of what is expected either
		o.status.ProgressPercent = pointer(int32(okr.Whole(*sum.Progress)))
		o.status.ExpectedPercent = pointer(int32(okr.Whole(sum.Expected)))
	}
}

// explain says in words why the verdict is what it is.
func (o *objective) explain(sum okr.RollUp) string {
	switch sum.Reason {
	case okr.NoKeyResults:
		return "no active key result of a weight above 0 refers to this objective: add 2 to 5 KeyResults with spec.objectiveRef.name " + o.in.Objective.Name
	case okr.NotBegun:
		return "no key result has begun"
	}
	text := "nothing has been measured"
	if sum.Progress != nil {
		text = fmt.Sprintf("%s done, %s expected by now", percent(*o.status.ProgressPercent), percent(*o.status.ExpectedPercent))
	}
	if sum.Reason == okr.MembersUnknown {
		text += "; the verdict depends on key results without one: " + enumerate(o.unknown())
	} else if unknown := len(o.unknown()); unknown > 0 {
		text += fmt.Sprintf("; %d of %d key results have no verdict", unknown, sum.Total)
	}
	if sum.Worst != "" {
		text += "; furthest behind: " + sum.Worst
	}
	return text
}

// unknown names the members without a verdict.
func (o *objective) unknown() []string {
	var names []string
	for _, kr := range o.members {
		if kr.Status.Health == v1alpha1.HealthUnknown || unvisited(kr) {
			names = append(names, kr.Name)
		}
	}
	return names
}

func (o *objective) verdict(health okr.Health, reason, message string) {
	o.status.Health = v1alpha1.Health(health)
	o.conditions.onTrack(health, reason, message+o.lastWord(health))
}
