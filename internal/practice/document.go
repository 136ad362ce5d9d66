package practice

import (
	"fmt"
	"strings"
)

// Document is the page about the rules, docs/practice.md: what each asks for, why, what breaks it, and what to write.
func Document() string {
	var b strings.Builder
	b.WriteString(documentHead)
	b.WriteString("| Id | | Rule |\n|---|---|---|\n")
	for _, r := range registry {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, strings.ToLower(r.ID), r.Severity, r.Title)
	}
	for _, r := range registry {
		fmt.Fprintf(&b, "\n### %s\n\n**%s.** %s\n\n- *Why:* %s\n- *Breaks it:* %s\n- *Instead:* %s\n", r.ID, r.Title, r.about(), r.Why, r.Example, r.Fix)
	}
	return b.String()
}

// about says how much a rule matters, whom it is about and when it is looked at.
func (r Rule) about() string {
	severity := r.Severity.String()
	text := strings.ToUpper(severity[:1]) + severity[1:]
	var kinds []string
	for _, k := range []struct {
		name  string
		about bool
	}{{"objectives", r.objective != nil}, {"key results", r.keyResult != nil}, {"KPIs", r.kpi != nil}} {
		if k.about {
			kinds = append(kinds, k.name)
		}
	}
	switch {
	case r.SetWide:
		return text + ", about a whole set of goals: for the command, not for `WellFormed`."
	case len(kinds) == 0:
		return text + ", about every kind."
	}
	text += ", about " + strings.Join(kinds, " and ")
	if when := r.stages.String(); when != "" && (r.objective != nil || r.keyResult != nil) {
		text += "; goals are looked at " + when
	}
	return text + "."
}

// String says when that is in the life of a goal; empty for stages that no rule has.
func (s stage) String() string {
	switch s {
	case written:
		return "as drafts and until they are over"
	case committed:
		return "once they are no drafts, until they are over"
	case running:
		return "from their start to their end"
	case running | cancelled:
		return "from their start to their end, and when they are cancelled"
	case over:
		return "once they are over"
	default:
		return ""
	}
}

const documentHead = `# Rules of good practice

A goal can be valid and still mislead. These rules say what the literature on OKRs and KPIs asks for. None of them refuses
anything: a broken one is shown in the condition ` + "`WellFormed`" + ` with what to write instead, and changes neither health nor
` + "`Ready`" + `.

- An **error** (E) says that the object cannot be evaluated, a **warning** (W) that it can and will most likely mislead. Either turns
  ` + "`WellFormed`" + ` to False ` + "`PracticeRulesBroken`" + `. **Advice** (I) is mentioned in the message and leaves it True ` + "`WellFormed`" + `.
- What is not known breaks no rule: a parent that cannot be read, a KPI without a value, a goal whose time zone is wrong.
- **Drafts** are looked at for their words, their queries and their references; what a draft may still lack (key results, an
  owner, a KPI, a plan) is not asked for. **Cancelled** goals are only asked why. A goal that is **over** is only asked for its
  review.
- Rules about a whole set of goals are not looked at by the controller, which sees one object and what it is directly related to.

## Silencing a rule

` + "```yaml" + `
metadata:
  annotations:
    goals.okr.dev/lint-ignore: "OKR003=the number is our slogan; OKR009=the plan is in the tracker"
` + "```" + `

A silenced rule no longer turns ` + "`WellFormed`" + ` to False. It stays visible: the message names it with its reason. An annotation that
cannot be read, names no rule or gives no reason is a finding itself ([IGN001](#ign001)).

## Thresholds

| Rule | Number | Default | Flag of the controller |
|---|---|---|---|
| OKR001 | key results of an objective | 2 to 5 | ` + "`--key-results-min`, `--key-results-max`" + ` |
| OKR002 | active objectives of a team in a period | 5 | |
| OKR012 | scores of aspirational objectives | 0.30 to 0.90 | |
| OKR019 | how far into its period a goal may be first seen | 14d | ` + "`--late-start`" + ` |
| PQL003 | how far a query that is asked often may look back over raw data | 7d | ` + "`--longest-raw-range`" + ` |
| PQL004 | how far a key result's value must look back | 24h | ` + "`--shortest-value-range`" + ` |

` + "`kubectl okr lint`" + ` has the same flags, and ` + "`--objectives-max`, `--score-low` and `--score-high`" + ` for the others.

## The rules

`
