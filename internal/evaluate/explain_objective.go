package evaluate

import (
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// ObjectiveExplanation is how the evaluation of an objective has come to its status.
type ObjectiveExplanation struct {
	Result Result[v1alpha1.ObjectiveStatus]
	Phase  Phase
	// Questions are those about its KPIs that are asked now.
	Questions []Asked
	// Dated says that its time is known.
	Dated    bool
	Calendar Calendar
	Ambition okr.Ambition
	// Gaps are as written.
	Gaps okr.Gaps
	// ByChildren: progress is made of children, and not of key results.
	ByChildren bool
	Members    []MemberParts
	// Drafts and Outside are children that do not count: not decided yet; and ending after it, or before it begins.
	Drafts, Outside []string
	// Plan is how far ahead the children reach, and Through the last day of the last of them.
	Plan    okr.Plan
	Through okr.Date
	// Sum and Account are how a running objective stands, and how that comes about; nil of any other.
	Sum     *okr.RollUp
	Account *okr.Account
	// CheckIn is the newest that counts; nil without one.
	CheckIn *v1alpha1.CheckIn
}

// MemberParts is what a key result, or a child, contributes.
type MemberParts struct {
	okr.Member
	// Days are those of a child inside the objective's time: Weight is its own weight times these. 0 of a key result.
	Days int
	// Score is the final one; empty while there is none.
	Score string
}

// ExplainObjective evaluates an objective at now, as Objective does, and tells how that came about.
func ExplainObjective(in ObjectiveInput, samples Samples, now time.Time) ObjectiveExplanation {
	o := judgeObjective(in, samples, now)
	e := ObjectiveExplanation{
		Result: o.result(), Phase: o.phase(), Ambition: ambitionOf(in.Objective), Gaps: gapsOf(in.Objective), ByChildren: o.byChildren,
		Drafts: o.children.drafts, Outside: o.children.outside, Plan: o.plan, Through: o.children.last, CheckIn: o.newest,
	}
	for i, m := range o.published() {
		parts := MemberParts{Member: m, Days: o.members[i].days}
		if final := o.members[i].final; final != nil {
			parts.Score = final.Score
		}
		e.Members = append(e.Members, parts)
	}
	for _, w := range o.watches {
		e.Questions = append(e.Questions, o.askedFor(w.Question.At, w.Question.Source, w.Question.Query))
		e.Questions[len(e.Questions)-1].Question = w.Question
	}
	if o.days.zone == nil {
		return e
	}
	e.Dated = true
	e.Calendar = Calendar{Zone: o.days.zone, First: o.days.begins, Last: o.days.period.Last, Span: o.days.span}
	if e.Phase == PhaseRunning {
		goal := okr.Objective{Span: o.days.span, Gaps: e.Gaps, Plan: o.plan}
		sum, account := goal.RollUp(o.published(), o.now), goal.Account(o.published(), o.now)
		e.Sum, e.Account = &sum, &account
	}
	return e
}

// askedFor finds the KPI that a question is about.
func (o *objective) askedFor(at int64, source, query string) Asked {
	asked := Asked{Purpose: ForKPIStart}
	if !time.Unix(at, 0).Before(o.days.span.End) {
		asked.Purpose = ForKPIEnd
	}
	for _, kpi := range o.in.KPIs {
		if m := kpi.Metric; m != nil && m.Spec.SourceRef.Name == source && m.Spec.Query == query {
			asked.Metric, asked.About = *m, nameFrom(o.in.Objective.Namespace, kpi.KPI.Namespace, kpi.KPI.Name)
		}
	}
	return asked
}

func (o *objective) phase() Phase {
	switch {
	case o.status.Final != nil:
		return PhaseScored
	case o.in.Objective.Spec.State == v1alpha1.ObjectiveCancelled:
		return PhaseCancelled
	case o.days.zone == nil, o.byChildren && o.cycle() != nil:
		return PhaseBlocked
	case o.in.Objective.Spec.State == v1alpha1.ObjectiveDraft:
		return PhaseDraft
	case o.now.Before(o.days.span.Start):
		return PhasePending
	case o.now.Before(o.days.span.End):
		return PhaseRunning
	default:
		return PhaseClosing
	}
}
