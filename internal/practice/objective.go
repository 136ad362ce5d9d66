package practice

import (
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
)

var objectiveRules = []Rule{
	{
		ID: "OKR001", Severity: Warning, stages: committed, objective: countKeyResults,
		Title: "An objective has 2 to 5 key results",
		Why: "One key result is the objective under another name, and is gamed. With more than five nobody remembers them, and none of " +
			"them gets the attention that it needs.",
		Example: "An objective that no KeyResult refers to, or that nine do. Cancelled key results do not count, and an objective that is made of its " +
			"children (`rollUp: Children`) needs none.",
		Fix: "Write KeyResults with `spec.objectiveRef.name`, or take those away that are tasks (they belong to `spec.actions`) or belong to another objective.",
	},
	{
		ID: "OKR005", Severity: Warning, stages: committed, objective: objectiveOwned, keyResult: keyResultOwned,
		Title:   "An objective and a key result have an owner",
		Why:     "What everybody owns, nobody looks after. The owner is who people ask, and who checks in.",
		Example: "No `spec.owner` on the objective. A key result without one inherits its objective's.",
		Fix:     "Write `spec.owner: {team: checkout, person: mei, contact: \"#checkout\"}`; one of the three is enough.",
	},
	{
		ID: "OKR006", Severity: Warning, stages: written, objective: outcomes,
		Title: "A key result is an outcome, not an output: not all are milestones",
		Why: "Milestones say that work was done, not that it helped. An objective with milestones alone is a project plan: all of it can be " +
			"delivered without anything getting better.",
		Example: "Three key results, each with `milestones`: tool bought, writer contracted, campaign launched.",
		Fix: "Add a key result with a number that moves if the work helps: `reach` with a `metric`, a `kpiRef`, or a value kept in the check-ins. " +
			"Work itself goes to `spec.actions`.",
	},
	{
		ID: "OKR008", Severity: Warning, stages: committed, objective: servesSomething,
		Title:   "An objective names the KPI that it moves, or its parent",
		Why:     "A goal that serves no number and no goal above it can be achieved without anybody noticing.",
		Example: "Neither `spec.kpiRefs` nor `spec.parentRef`, nor a key result with a `kpiRef`.",
		Fix:     "Write `spec.kpiRefs: [{name: checkout-latency}]`, or `spec.parentRef: {name: customers-love-us, namespace: company}`.",
	},
	{
		ID: "OKR014", Severity: Warning, stages: written, objective: insideParent, keyResult: insideObjective,
		Title: "A period lies inside that of what it serves",
		Why: "What ends after its parent cannot count in it. Days are compared as dates on the calendar, whatever the zones. " +
			"The `dueOn` of a key result, or of a milestone, after its objective's period counts as the period's end.",
		Example: "A child with `period: 2027-Q1` under a parent with `period: \"2026\"`; a key result with `dueOn: 2027-01-15` in an objective of `2026-Q4`.",
		Fix:     "Shorten the child, or choose a parent that lasts as long; write a `dueOn` inside the period.",
	},
	{
		ID: "OKR015", Severity: Error, stages: written, objective: noCycle,
		Title:   "Objectives are not their own ancestors",
		Why:     "On a circle each is made of the other, so none of them has a progress, and nothing is rolled up.",
		Example: "a names b as its parent, and b names a.",
		Fix:     "Remove `spec.parentRef` from the one that stands highest.",
	},
	{
		ID: "OKR016", Severity: Advice, stages: committed, objective: contact,
		Title:   "A committed objective has its owner's contact",
		Why:     "Others rely on a promise. When it is in danger they must be able to ask without looking around first.",
		Example: "`ambition: Committed` (which is the default) with `owner: {team: checkout}`.",
		Fix:     "Write `spec.owner.contact: \"#checkout\"`: a channel, an address or a page.",
	},
	{
		ID: "OKR017", Severity: Warning, stages: committed, objective: rationale,
		Title:   "A rationale exists where the objective answers an unhealthy KPI",
		Why:     "A number that left its band has a cause. Without an analysis the objective treats what was guessed, and the next team guesses again.",
		Example: "`kpiRefs` names a KPI that is Unhealthy, and there is no `spec.rationale`.",
		Fix:     "Write in `spec.rationale` what was seen and analysed before this goal was chosen, or link to it.",
	},
}

func countKeyResults(o *Objective, in look) outcome {
	if o.KeyResults == nil || o.madeOfChildren() {
		return outcome{}
	}
	switch n := o.count(); {
	case n < in.KeyResultsMin:
		return broken("spec", "%s, write %d to %d, with spec.objectiveRef.name %s", plural(n, "key result"), in.KeyResultsMin, in.KeyResultsMax, o.Object.Name)
	case n > in.KeyResultsMax:
		return broken("spec", "%s, keep the %d to %d that prove it; tasks belong to spec.actions", plural(n, "key result"), in.KeyResultsMin, in.KeyResultsMax)
	}
	return outcome{}
}

// madeOfChildren reports whether an objective's progress is, or may be, that of its children.
func (o *Objective) madeOfChildren() bool {
	switch o.Object.Spec.RollUp {
	case v1alpha1.RollUpChildren:
		return true
	case v1alpha1.RollUpKeyResults:
		return false
	default:
		return o.count() == 0 && (o.Children == nil || len(o.Children) > 0)
	}
}

// plural is a number of things: "1 key result", "no key results".
func plural(n int, thing string) string {
	switch n {
	case 0:
		return "no " + thing + "s"
	case 1:
		return "1 " + thing
	default:
		return fmt.Sprintf("%d %ss", n, thing)
	}
}

func objectiveOwned(o *Objective, _ look) outcome {
	if o.Object.Spec.Owner != nil {
		return outcome{}
	}
	return broken("spec.owner", "nobody answers for it: write spec.owner, such as {team: checkout}")
}

func keyResultOwned(k *KeyResult, _ look) outcome {
	if k.Object.Spec.Owner != nil || k.Objective == nil || k.Objective.Object.Spec.Owner != nil {
		return outcome{}
	}
	return broken("spec.owner", "nobody answers for it: write spec.owner here, or in the objective %s", k.Objective.Object.Name)
}

func outcomes(o *Objective, _ look) outcome {
	for k := range o.counted() {
		if len(k.Object.Spec.Milestones) == 0 {
			return outcome{}
		}
	}
	if o.count() == 0 {
		return outcome{}
	}
	return broken("spec", "all key results are milestones, which say that work was done and not that it helped: add one with a number that moves if it does")
}

func servesSomething(o *Objective, _ look) outcome {
	spec := &o.Object.Spec
	if len(spec.KPIRefs) > 0 || spec.ParentRef != nil || o.KeyResults == nil {
		return outcome{}
	}
	for k := range o.counted() {
		if k.Object.Spec.KPIRef != nil {
			return outcome{}
		}
	}
	return broken("spec.kpiRefs", "it serves no number and no goal: write spec.kpiRefs with the KPI that it is to move, or spec.parentRef")
}

func insideParent(o *Objective, _ look) outcome {
	if o.Time == nil || o.Parent == nil || o.Parent.Time == nil {
		return outcome{}
	}
	parent := o.Parent.Time
	if !o.Time.First.Before(parent.First) && !parent.Last.Before(o.Time.Last) {
		return outcome{}
	}
	return broken("spec.period", "%s to %s is not inside its parent's period, %s to %s: shorten it, or choose a parent that lasts as long",
		o.Time.First, o.Time.Last, parent.First, parent.Last)
}

func insideObjective(k *KeyResult, _ look) outcome {
	if k.Objective == nil || k.Objective.Time == nil {
		return outcome{}
	}
	period := k.Objective.Time
	type day struct {
		field string
		date  v1alpha1.Date
	}
	days := []day{{"spec.startOn", k.Object.Spec.StartOn}, {"spec.dueOn", k.Object.Spec.DueOn}}
	for i := range k.Object.Spec.Milestones {
		days = append(days, day{fmt.Sprintf("spec.milestones[%d].dueOn", i), k.Object.Spec.Milestones[i].DueOn})
	}
	var found outcome
	for _, d := range days {
		if date, ok := dateOf(d.date); ok && (date.Before(period.First) || period.Last.Before(date)) {
			found = found.and(broken(d.field, "%s is %s, outside the objective's period, %s to %s: write a day inside it", d.field, date, period.First, period.Last))
		}
	}
	return found
}

func noCycle(o *Objective, _ look) outcome {
	return onCycle("an objective", o.Cycle)
}

func onCycle(what string, cycle []string) outcome {
	if len(cycle) == 0 {
		return outcome{}
	}
	return broken("spec.parentRef", "%s cannot be its own ancestor (%s): remove spec.parentRef from the one that stands highest", what, brief(strings.Join(cycle, ", "), 120))
}

func contact(o *Objective, _ look) outcome {
	spec := &o.Object.Spec
	if spec.Ambition == v1alpha1.AmbitionAspirational || spec.Owner == nil || spec.Owner.Contact != "" {
		return outcome{}
	}
	return broken("spec.owner.contact", "others rely on a committed objective: write in spec.owner.contact where to reach its owner")
}

func rationale(o *Objective, _ look) outcome {
	if o.Object.Spec.Rationale != "" {
		return outcome{}
	}
	for _, kpi := range o.KPIs {
		if kpi.Object.Status.Health == v1alpha1.KPIUnhealthy {
			return broken("spec.rationale", "the KPI %s is unhealthy: write in spec.rationale what was seen and analysed before this goal was chosen", kpi.Object.Name)
		}
	}
	return outcome{}
}
