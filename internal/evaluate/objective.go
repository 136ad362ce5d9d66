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
)

// ObjectiveInput is an objective and what it depends on.
type ObjectiveInput struct {
	// Objective with the status that was written last.
	Objective *v1alpha1.Objective
	// KeyResults that refer to it, in any order.
	KeyResults []*v1alpha1.KeyResult
	// MissingKPIs are those of spec.kpiRefs that do not exist or are not shared.
	MissingKPIs []v1alpha1.KPIReference
}

// Objective evaluates an objective at now. It asks no questions.
func Objective(in ObjectiveInput, now time.Time) Result[v1alpha1.ObjectiveStatus] {
	before := in.Objective.Status
	o := &objective{
		in: in, now: now, status: *before.DeepCopy(), members: activeMembers(in.KeyResults),
		conditions: newConditions(before.Conditions, in.Objective.Generation, now),
	}
	o.status.ObservedGeneration = in.Objective.Generation
	o.evaluate()
	o.status.Conditions = o.conditions.list
	return Result[v1alpha1.ObjectiveStatus]{Status: o.status, Next: nextLook(now, o.next...)}
}

// activeMembers are the key results that count: active, of a weight above 0, by name.
func activeMembers(all []*v1alpha1.KeyResult) []*v1alpha1.KeyResult {
	var members []*v1alpha1.KeyResult
	for _, kr := range all {
		if kr.Spec.State != v1alpha1.KeyResultCancelled && weight(kr) > 0 {
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
	now        time.Time
	members    []*v1alpha1.KeyResult
	status     v1alpha1.ObjectiveStatus
	conditions *conditions
	next       []time.Time
}

func (o *objective) evaluate() {
	o.references()
	o.count()
	o.conditions.reopened(false)
	spec := &o.in.Objective.Spec
	days, bad := calendarOf(o.in.Objective)
	o.conditions.readiness(bad)
	switch {
	case spec.State == v1alpha1.ObjectiveCancelled:
		o.verdict(okr.Cancelled, v1alpha1.ReasonCancelled, cancellation(spec.Cancelled))
	case o.status.Frozen != nil && o.status.Frozen.Final != nil:
		o.conditions.reopened(o.edited())
		o.showFinal()
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
	goal := okr.Objective{Span: span, Gaps: gapsOf(o.in.Objective)}
	members := make([]okr.Member, 0, len(o.members))
	for _, kr := range o.members {
		members = append(members, memberOf(kr))
	}
	sum := goal.RollUp(members, o.now)
	o.show(sum)
	if change, found := goal.NextChange(members, o.now, o.now.Add(horizon)); found {
		o.next = append(o.next, change)
	}
	o.verdict(sum.Health, string(sum.Reason), o.explain(sum))
}

// memberOf is a key result by its published numbers. One that was never visited is Unknown.
func memberOf(kr *v1alpha1.KeyResult) okr.Member {
	m := okr.Member{Name: kr.Name, Weight: float64(weight(kr)), Health: okr.Health(kr.Status.Health)}
	if m.Health == "" || kr.Status.ObservedGeneration < 0 {
		m.Health = okr.Unknown
	}
	if p := kr.Status.ProgressPercent; p != nil {
		m.Progress = pointer(float64(*p))
	}
	if e := kr.Status.ExpectedPercent; e != nil {
		m.Expected = float64(*e)
	}
	return m
}

func (o *objective) show(sum okr.RollUp) {
	o.status.ProgressPercent = nil
	if sum.Progress != nil {
		o.status.ProgressPercent = pointer(int32(okr.Whole(*sum.Progress)))
	}
	o.status.ExpectedPercent = pointer(int32(okr.Whole(sum.Expected)))
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
		text += "; the verdict depends on key results without one: " + strings.Join(o.unknown(), ", ")
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
		if memberOf(kr).Health == okr.Unknown {
			names = append(names, kr.Name)
		}
	}
	return names
}

// over scores the objective once every key result has a final result.
func (o *objective) over(span okr.Span) {
	if len(o.members) == 0 {
		o.status.ProgressPercent, o.status.ExpectedPercent = nil, nil
		o.verdict(okr.Unknown, v1alpha1.ReasonNoKeyResults, "over, without an active key result of a weight above 0")
		return
	}
	scores := make([]okr.MemberScore, 0, len(o.members))
	frozen := make([]v1alpha1.MemberScore, 0, len(o.members))
	var open, lost []string
	for _, kr := range o.members {
		final := kr.Status.Final
		if final == nil {
			open = append(open, kr.Name)
			if c := meta.FindStatusCondition(kr.Status.Conditions, v1alpha1.OnTrackCondition); c != nil && c.Reason == v1alpha1.ReasonFinalUnavailable {
				lost = append(lost, kr.Name)
			}
			continue
		}
		if n, ok := hundredths(final.Score); ok {
			scores = append(scores, okr.MemberScore{Weight: float64(weight(kr)), Hundredths: n})
			frozen = append(frozen, v1alpha1.MemberScore{Name: kr.Name, Weight: weight(kr), Score: final.Score})
		}
	}
	switch total, known := okr.ObjectiveScore(scores); {
	case len(lost) > 0:
		o.verdict(okr.Unknown, v1alpha1.ReasonFinalUnavailable, "over, and there is no final value of "+strings.Join(lost, ", "))
	case len(open) > 0 || len(scores) < len(o.members) || !known:
		o.verdict(okr.Unknown, v1alpha1.ReasonClosing, "over; still expected is the final value of "+strings.Join(open, ", "))
	default:
		o.freeze(total, frozen, span)
	}
}

// freeze makes the final result.
func (o *objective) freeze(total int64, members []v1alpha1.MemberScore, span okr.Span) {
	ambition := ambitionOf(o.in.Objective)
	o.status.Frozen = &v1alpha1.ObjectiveFrozen{
		Members: members, Key: o.key(),
		Final: &v1alpha1.Final{
			Time: second(span.End), ProgressPercent: pointer(int32(total)), Score: score(total),
			Grade: v1alpha1.Grade(ambition.Grade(total)),
		},
	}
	o.status.ExpectedPercent = pointer(int32(ambition.Pass))
	o.showFinal()
}

// key identifies what decides the score beside the members.
func (o *objective) key() string { return digest(exact(ambitionOf(o.in.Objective).Pass)) }

// edited reports whether ambition, members or what decides their scores changed after the score was frozen.
func (o *objective) edited() bool {
	frozen := o.status.Frozen
	if frozen.Key != o.key() || len(frozen.Members) != len(o.members) {
		return true
	}
	for i, kr := range o.members { // both are sorted by name
		if frozen.Members[i].Name != kr.Name || frozen.Members[i].Weight != weight(kr) ||
			meta.IsStatusConditionTrue(kr.Status.Conditions, v1alpha1.ReopenedCondition) {
			return true
		}
	}
	return false
}

// showFinal repeats the frozen result.
func (o *objective) showFinal() {
	final := *o.status.Frozen.Final
	o.status.Final = &final
	o.status.ProgressPercent = final.ProgressPercent
	health := okr.Missed
	if final.Grade == v1alpha1.GradeGreen {
		health = okr.Achieved
	}
	o.verdict(health, string(health), fmt.Sprintf("over: score %s (%s)", final.Score, final.Grade))
}

func (o *objective) verdict(health okr.Health, reason, message string) {
	o.status.Health = v1alpha1.Health(health)
	o.conditions.onTrack(health, reason, message)
}
