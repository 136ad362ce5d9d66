package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
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
	// Thresholds are those of the rules of practice; zero: the defaults.
	Thresholds practice.Thresholds
	// Children are the objectives that name it as their parent and that it is shared with, in any order.
	Children []*v1alpha1.Objective
	// Parent is what spec.parentRef names; nil if it names nothing, or what does not exist or is not shared.
	Parent *v1alpha1.Objective
	// Cycle are the namespace/names that parents lead through back to the objective, itself first; empty if they do not.
	Cycle []string
	// TooDeep: there are more levels above it than are followed.
	TooDeep bool
	// Ahead is how far ahead the next look lies at most; zero: an hour.
	Ahead time.Duration
}

// Objective evaluates an objective at now. It asks what its KPIs were at its start and at its end, and nothing else.
func Objective(in ObjectiveInput, samples Samples, now time.Time) Result[v1alpha1.ObjectiveStatus] {
	return judgeObjective(in, samples, now).result()
}

func judgeObjective(in ObjectiveInput, samples Samples, now time.Time) *objective {
	o := &objective{
		in: in, samples: samples, now: whole(now), ahead: cmp.Or(in.Ahead, horizon),
		status: *in.Objective.Status.DeepCopy(), members: activeKeyResults(in.KeyResults),
	}
	o.conditions = &conditions{list: o.status.Conditions, generation: in.Objective.Generation, now: o.now}
	o.status.ObservedGeneration = in.Objective.Generation
	// A clock that was ahead has closed nothing.
	if frozen := o.status.Frozen; frozen != nil && frozen.Final != nil && frozen.Final.Time.After(o.now) {
		if o.status.Final, o.status.Frozen = nil, nil; frozen.KPIs != nil {
			o.status.Frozen = &v1alpha1.ObjectiveFrozen{KPIs: frozen.KPIs}
		}
	}
	o.evaluate()
	o.conditions.reopened(o.reopened)
	o.wellFormed()
	return o
}

// result is what has come of the evaluation.
func (o *objective) result() Result[v1alpha1.ObjectiveStatus] {
	o.status.Conditions = o.conditions.list
	before := &o.in.Objective.Status
	return Result[v1alpha1.ObjectiveStatus]{
		Status: o.status, Change: changeOf(before, &o.status, o.standing(before), o.standing(&o.status)),
		Watches: o.watches, Next: nextLook(o.now, o.ahead, o.next...),
	}
}

// objective is one evaluation under way.
type objective struct {
	in      ObjectiveInput
	samples Samples
	now     time.Time
	ahead   time.Duration
	// members are what progress is made of: key results, or children.
	members []member
	// byChildren: they are children, and plan says how far ahead they reach.
	byChildren bool
	children   children
	plan       okr.Plan
	// days are its own; the zero calendar if its spec is not in order.
	days       calendar
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
	spec := &o.in.Objective.Spec
	days, bad := calendarOf(o.in.Objective)
	o.days = days
	if bad == nil && spec.AllowedNamespaces != nil {
		bad = sharing(spec.AllowedNamespaces.Selector)
	}
	cycle := o.cycle()
	if bad != nil {
		o.conditions.readiness(bad)
	} else {
		o.conditions.readiness(cycle)
	}
	o.choose(days, cycle != nil)
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
	case cycle != nil && o.byChildren:
		o.status.ProgressPercent, o.status.ExpectedPercent = nil, nil
		o.verdict(okr.Unknown, cycle.reason, cycle.message)
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
	var lost []string
	if len(o.in.MissingKPIs) > 0 {
		names := make([]string, 0, len(o.in.MissingKPIs))
		for _, ref := range o.in.MissingKPIs {
			names = append(names, kpiName(ref, o.in.Objective.Namespace))
		}
		slices.Sort(names)
		lost = append(lost, "spec.kpiRefs: "+notFound("KPI", strings.Join(slices.Compact(names), ", ")))
	}
	if ref := o.in.Objective.Spec.ParentRef; ref != nil && o.in.Parent == nil {
		name := nameFrom(o.in.Objective.Namespace, ref.Namespace, ref.Name)
		lost = append(lost, "spec.parentRef: "+notFound("Objective", name))
	}
	if len(lost) == 0 {
		o.conditions.set(v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, v1alpha1.ReasonResolved, "all references resolve")
		return
	}
	o.conditions.set(v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound, strings.Join(lost, "; "))
}

// choose decides what progress is made of, and counts it. Along a cycle nothing is rolled up.
func (o *objective) choose(days calendar, cycle bool) {
	keyResults := v1alpha1.KeyResultSummary(countOf(o.members))
	o.status.KeyResults, o.status.Children = &keyResults, nil
	if o.byChildren = o.rollsUpChildren(); !o.byChildren {
		return
	}
	if *keyResults.Total == 0 {
		keyResults.Summary = "" // 0/0 would look like something that is missing
	}
	if !cycle {
		o.children = activeChildren(o.in.Objective, o.in.Children)
	}
	o.members = o.children.members
	if len(o.members) > 0 && days.zone != nil {
		o.plan = okr.PlanOf(okr.Period{First: days.begins, Last: days.period.Last}, o.children.last, days.zone)
	}
	children := countOf(o.members)
	o.status.Children = &children
}

func countOf(members []member) v1alpha1.ChildSummary {
	total, measured := int32(len(members)), int32(0)
	for i := range members {
		if members[i].measured {
			measured++
		}
	}
	return v1alpha1.ChildSummary{Total: &total, Measured: &measured, Summary: fmt.Sprintf("%d/%d", measured, total)}
}

func (o *objective) pending(reason, message string) {
	o.status.ProgressPercent, o.status.ExpectedPercent = nil, pointer[int32](0)
	o.verdict(okr.Pending, reason, message)
}

// running rolls up the members' published numbers.
func (o *objective) running(span okr.Span) {
	goal, members := okr.Objective{Span: span, Gaps: gapsOf(o.in.Objective), Plan: o.plan}, o.published()
	sum := goal.RollUp(members, o.now)
	o.show(sum)
	if change, found := goal.NextChange(members, o.now, o.now.Add(o.ahead)); found {
		o.next = append(o.next, change)
	}
	reason := string(sum.Reason)
	if sum.Reason == okr.NoKeyResults {
		reason = o.noMembers()
	}
	o.verdict(sum.Health, reason, o.explain(sum)+o.aside())
}

// noMembers is the reason where there is nothing that progress could be made of.
func (o *objective) noMembers() string {
	if o.byChildren {
		return v1alpha1.ReasonNoChildren
	}
	return v1alpha1.ReasonNoKeyResults
}

// words are what its members are called: one, and several.
func (o *objective) words() (one, several string) {
	if o.byChildren {
		return "child", "children"
	}
	return "key result", "key results"
}

// published are the members for the arithmetic.
func (o *objective) published() []okr.Member {
	members, progress := make([]okr.Member, len(o.members)), make([]float64, len(o.members))
	for i := range o.members {
		from, to := &o.members[i], &members[i]
		to.Name, to.Weight, to.Health = from.name, float64(from.weight), okr.Health(from.health)
		if from.progress != nil {
			progress[i] = float64(*from.progress)
			to.Progress = &progress[i]
		}
		to.Expected = float64(orZero(from.expected))
		verdict := meta.FindStatusCondition(from.conditions, v1alpha1.OnTrackCondition)
		to.Doubted = verdict != nil && verdict.Reason == v1alpha1.ReasonLowConfidence
	}
	return members
}

// show writes the means as whole percentages.
func (o *objective) show(sum okr.RollUp) {
	o.status.ProgressPercent, o.status.ExpectedPercent = nil, nil
	if sum.Progress != nil { // without a measured member there is no mean of what is expected either
		o.status.ProgressPercent = pointer(int32(okr.Whole(*sum.Progress)))
		o.status.ExpectedPercent = pointer(int32(okr.Whole(sum.Expected)))
	}
}

// explain says in words why the verdict is what it is.
func (o *objective) explain(sum okr.RollUp) string {
	one, several := o.words()
	switch {
	case sum.Reason == okr.NoKeyResults && o.byChildren:
		return "no active objective with a weight above 0 and days inside this one's time names it as its parent: write spec.parentRef.name " +
			o.in.Objective.Name + " in the children, or spec.rollUp: KeyResults here"
	case sum.Reason == okr.NoKeyResults:
		return "no active key result of a weight above 0 refers to this objective: add 2 to 5 KeyResults with spec.objectiveRef.name " + o.in.Objective.Name
	case sum.Reason == okr.NotBegun:
		return "no " + one + " has begun"
	}
	text := "nothing has been measured"
	if sum.Progress != nil {
		text = fmt.Sprintf("%s done, %s expected by now", percent(*o.status.ProgressPercent), percent(*o.status.ExpectedPercent))
	}
	if sum.Reason == okr.MembersUnknown {
		text += "; the verdict depends on " + several + " without one: " + enumerate(o.unknown())
	} else if unknown := len(o.unknown()); unknown > 0 {
		text += fmt.Sprintf("; %d of %d %s have no verdict", unknown, sum.Total, several)
	}
	if sum.Worst != "" {
		text += "; furthest behind: " + sum.Worst
	}
	return text
}

// unknown names the members without a verdict.
func (o *objective) unknown() []string {
	var names []string
	for i := range o.members {
		if o.members[i].health == v1alpha1.HealthUnknown {
			names = append(names, o.members[i].name)
		}
	}
	return names
}

func (o *objective) verdict(health okr.Health, reason, message string) {
	o.status.Health = v1alpha1.Health(health)
	o.conditions.onTrack(health, reason, message+o.lastWord(health))
}
