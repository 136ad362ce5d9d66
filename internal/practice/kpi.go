package practice

import (
	"slices"
	"strings"
	"unicode"

	"okr.dev/controller/api/v1alpha1"
)

var kpiRules = []Rule{
	{
		ID: "KPI001", Severity: Warning, kpi: banded,
		Title:   "A KPI has a target band",
		Why:     "A number without a band is never good and never bad: nobody can tell when to act.",
		Example: "No `spec.target`: health is Unknown for ever.",
		Fix:     "Write `spec.target: {atLeast: \"99.9\"}`, `{atMost: 300}`, or both. Begin with what it has been so far.",
	},
	{
		ID: "KPI002", Severity: Warning, kpi: kpiOwned,
		Title:   "A KPI has an owner",
		Why:     "When it leaves its band somebody must know that it is their number.",
		Example: "No `spec.owner`.",
		Fix:     "Write `spec.owner: {team: checkout}`.",
	},
	{
		ID: "KPI003", Severity: Warning, kpi: answered,
		Title: "An unhealthy KPI has an active objective",
		Why: "Unhealthy for a minute is an incident. Unhealthy for longer than `objectiveAfter` is a matter for an objective: something " +
			"has to be changed, and it competes with other work.",
		Example: "Unhealthy since yesterday, and no active objective names it: the condition `NeedsObjective` is True, and this rule goes by it.",
		Fix:     "Write an objective with the KPI in `spec.kpiRefs`, or say `spec.accepted: {until: 2027-01-31, reason: …}`.",
	},
	{
		ID: "KPI004", Severity: Advice, kpi: named,
		Title:   "An objective names the KPI",
		Why:     "A number that no goal has to do with is looked at by nobody, or is not needed. A healthy KPI may well have none for a while.",
		Example: "No objective, not even a draft, has it in `spec.kpiRefs` or measures a key result by it.",
		Fix:     "Name it in an objective, or ask whether anybody would miss it.",
	},
	{
		ID: "KPI006", Severity: Advice, kpi: explainedKPI,
		Title:   "A runbook or a description says what to do when it drops",
		Why:     "Whoever sees it red first is not the one who wrote it.",
		Example: "Neither `spec.runbook` nor `spec.description`.",
		Fix:     "Write `spec.runbook: \"https://…\"`, or a sentence in `spec.description`.",
	},
	{
		ID: "KPI008", Severity: Error, kpi: func(k *KPI, _ look) outcome { return onCycle("a KPI", k.Cycle) },
		Title:   "KPIs are not their own ancestors",
		Why:     "A tree says which number drives which. On a circle each drives itself.",
		Example: "a names b as its parent, and b names a.",
		Fix:     "Remove `spec.parentRef` from the one that stands highest.",
	},
}

func banded(k *KPI, _ look) outcome {
	if k.Object.Spec.Target != nil {
		return outcome{}
	}
	return broken("spec.target", "a number without a band is never good and never bad: write spec.target")
}

func kpiOwned(k *KPI, _ look) outcome {
	if k.Object.Spec.Owner != nil {
		return outcome{}
	}
	return broken("spec.owner", "nobody answers for it: write spec.owner, such as {team: checkout}")
}

// condition is a condition of a KPI as it stands; false if there is none yet.
func (k *KPI) condition(kind string) (status, reason string, found bool) {
	for _, c := range k.Object.Status.Conditions {
		if c.Type == kind {
			return string(c.Status), c.Reason, true
		}
	}
	return "", "", false
}

// answered goes by NeedsObjective, which knows how long is too long and what is accepted, and when that changes.
func answered(k *KPI, _ look) outcome {
	status, reason, _ := k.condition(v1alpha1.NeedsObjectiveCondition)
	if status != "True" || reason != v1alpha1.ReasonUnhealthy {
		return outcome{}
	}
	return broken("spec", "unhealthy for long, and no active objective names it: write one with it in spec.kpiRefs, or say in spec.accepted why not")
}

func named(k *KPI, _ look) outcome {
	if k.Objectives == nil || slices.ContainsFunc(k.Objectives, func(o *Objective) bool { return o.Object.Spec.State != v1alpha1.ObjectiveCancelled }) {
		return outcome{}
	}
	if status, _, found := k.condition(v1alpha1.AlignedCondition); found && status != "False" {
		return outcome{} // it is not settled yet whether there is one
	}
	return broken("spec", "no objective names it: name it in the spec.kpiRefs of one, or ask whether anybody would miss it")
}

func explainedKPI(k *KPI, _ look) outcome {
	if k.Object.Spec.Runbook != "" || k.Object.Spec.Description != "" {
		return outcome{}
	}
	return broken("spec.runbook", "nothing says what to do when it leaves its band: write spec.runbook or spec.description")
}

// vanity and conversion are what the titles of KPIs are searched for: beginnings of words.
var (
	vanityWords     = []string{"visit", "page view", "pageview", "follower", "like", "impression"}
	conversionWords = []string{"conver", "enquir", "inquir", "booking", "sign up", "signup", "click through", "clickthrough", "purchase", "order", "lead", "retention", "activation", "trial", "subscri"}
)

// speaksOf reports whether a title has a word that begins with one of the beginnings. "Like" must be the whole word, or
// its plural: likelihood is no vanity.
func speaksOf(title string, beginnings []string) bool {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) })
	text := " " + strings.Join(words, " ") + " "
	return slices.ContainsFunc(beginnings, func(b string) bool {
		if b == "like" {
			return strings.Contains(text, " like ") || strings.Contains(text, " likes ")
		}
		return strings.Contains(text, " "+b)
	})
}
