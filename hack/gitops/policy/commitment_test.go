package policy_test

import (
	"fmt"
	"strings"
	"testing"
)

// justified is what people add to say why; no goal of the tables has this text.
const justified = `{metadata: {annotations: {goals.okr.dev/justification: "Decided in the review of 12 November"}}}`

// edits are changes of a goal that has begun. What is refused is let in when it is justified.
var edits = []struct {
	kind, goal, reason, patch string
	// refused are words of the message; empty: it is let in as it is.
	refused string
}{
	{"KeyResult", "latency", "a lower target is the classic", "{spec: {reach: {target: 400, replanned: null}}}", "spec.reach.target was 300 and would be 400"},
	{"KeyResult", "latency", "300 is 300.0", `{spec: {reach: {target: "300.0"}}}`, ""},
	{"KeyResult", "latency", "300 is 300.0, in both places, without a decision", `{spec: {reach: {target: "300.0", baseline: "800.00"}}}`, ""},
	{"KeyResult", "latency", "another way to write the date of an entry", `{spec: {reach: {replanned: [{date: "2026-10-20T00:00:00Z", from: "250.0", to: 300, reason: Sold}]}}}`, ""},
	{"KeyResult", "latency", "the record of a decision stays", "{spec: {reach: {replanned: null}}}", "the entry of spec.reach.replanned of 2026-10-20"},
	{"KeyResult", "latency", "the record of a decision is not rewritten", `{spec: {reach: {replanned: [{date: "2026-10-20", from: 290, to: 300, reason: Sold}]}}}`, "the entry of spec.reach.replanned of 2026-10-20"},
	{"KeyResult", "latency", "a nearer baseline makes the way shorter", "{spec: {reach: {baseline: 400}}}", "spec.reach.baseline was 800 and would be 400"},
	{"KeyResult", "latency", "nobody measured this baseline", "{spec: {reach: {baseline: null, direction: Decrease}}}", "spec.reach.baseline was 800 and would be gone"},
	{"KeyResult", "latency", "a change in place of the target", `{spec: {reach: {target: null, change: "-10%"}}}`, "spec.reach.target was 300 and would be change: -10%"},
	{"KeyResult", "latency", "another shape proves something else", "{spec: {reach: null, maintain: {atMost: 800}, pace: null}}", "what is to be proved would be something else"},
	{"KeyResult", "latency", "work instead of an outcome", "{spec: {reach: null, metric: null, guard: null, pace: null, milestones: [{title: Cache is live}]}}", "what is to be proved"},
	{"KeyResult", "latency", "another question has another answer", `{spec: {metric: {query: "min(latency_ms)"}}}`, "spec.metric would ask something else"},
	{"KeyResult", "latency", "a line break behind a query is how YAML is written", `{spec: {metric: {query: "max(latency_ms)\n"}}}`, ""},
	{"KeyResult", "latency", "a longer window forgets less", `{spec: {metric: {query: "max(max_over_time(latency_ms[$__window]))", window: 28d}}}`, "spec.metric would ask"},
	{"KeyResult", "latency", "another server may know other series", `{spec: {metric: {sourceRef: {name: other}}}}`, "spec.metric would ask"},
	{"KeyResult", "latency", "how often it is asked is no promise", "{spec: {metric: {interval: 1m, staleAfter: 1h, settle: 1h}}}", ""},
	{"KeyResult", "latency", "a KPI instead of the query", "{spec: {metric: null, kpiRef: {name: revenue}}}", "spec.kpiRef was none and would be checkout/revenue"},
	{"KeyResult", "latency", "the guard keeps the number honest", "{spec: {guard: {atLeast: 10}}}", "spec.guard.atLeast was 100 and would be 10"},
	{"KeyResult", "latency", "100 is 100.00", `{spec: {guard: {atLeast: "100.00"}}}`, ""},
	{"KeyResult", "latency", "without the guard three answers do", "{spec: {guard: null}}", "spec.guard, at least 100, would be gone"},
	{"KeyResult", "latency", "the guard's question is one, too", `{spec: {guard: {query: "sum(increase(visits_total[$__window]))"}}}`, "spec.guard would ask something else"},
	{"KeyResult", "latency", "the guard's window is part of its question", "{spec: {guard: {window: 28d}}}", "spec.guard would ask something else"},
	{"KeyResult", "latency", "a guard without a source asks the metric's", "{spec: {guard: {sourceRef: {name: default}}}}", ""},
	{"KeyResult", "latency", "another source of the guard", "{spec: {guard: {sourceRef: {name: other}}}}", "spec.guard would ask something else"},
	{"KeyResult", "latency", "pace that expects less", `{spec: {pace: {checkpoints: [{date: "2026-12-01", percent: 60}]}}}`, "spec.pace.checkpoints would be others"},
	{"KeyResult", "latency", "kustomize rewrites dates", `{spec: {pace: {checkpoints: [{date: "2026-11-15T00:00:00Z", percent: 20}, {date: "2026-12-01", percent: 60}]}}}`, ""},
	{"KeyResult", "latency", "without checkpoints the line is straight", "{spec: {pace: null}}", "spec.pace.checkpoints"},
	{"KeyResult", "latency", "weight 0 does not count", "{spec: {weight: 0}}", "spec.weight was 1 and would be 0"},
	{"KeyResult", "latency", "1 is the default", "{spec: {weight: 1}}", ""},
	{"KeyResult", "growth", "weight goes back to the default", "{spec: {weight: null}}", "spec.weight was 3 and would be 1"},
	{"KeyResult", "latency", "a later end leaves more time", `{spec: {dueOn: "2027-01-15"}}`, "spec.dueOn was 2026-12-31 and would be 2027-01-15"},
	{"KeyResult", "latency", "the promised end, written out", `{spec: {dueOn: "2026-12-31", startOn: "2026-10-01T00:00:00Z"}}`, ""},
	{"KeyResult", "latency", "a later start expects less today", `{spec: {startOn: "2026-11-10"}}`, "spec.startOn was 2026-10-01 and would be 2026-11-10"},
	{"KeyResult", "by-hand", "the objective's start may be another", "{spec: {startOn: null}}", "spec.startOn was 2026-10-01 and would be not written"},
	{"KeyResult", "by-hand", "the end of the period is later", "{spec: {dueOn: null}}", "spec.dueOn was 2026-12-15 and would be not written"},
	{"KeyResult", "by-hand", "7.1 is 7.10", `{spec: {reach: {baseline: "7.10"}}}`, ""},
	{"KeyResult", "by-hand", "a baseline by hand is a promise", `{spec: {reach: {baseline: "7.9"}}}`, "spec.reach.baseline was 7.1 and would be 7.9"},
	{"KeyResult", "by-hand", "measured instead of by hand", `{spec: {metric: {query: "sum(survey)"}}}`, "spec.metric would ask"},
	{"KeyResult", "latency", "another objective may be easier to please", "{spec: {objectiveRef: {name: next}}}", "spec.objectiveRef was running and would be next"},
	{"KeyResult", "latency", "several at once are all named", "{spec: {weight: 9, reach: {baseline: 700}}}", "spec.reach.baseline was 800 and would be 700; spec.weight was 1 and would be 9. Take it back"},
	{"KeyResult", "latency", "the message says since when", "{spec: {weight: 9}}", "this key result has begun on 2026-10-01: "},
	{"KeyResult", "latency", "the message says what to write", "{spec: {weight: 9}}", "say why in a new entry of spec.reach.replanned {date, from, to, reason}, or in the annotation goals.okr.dev/justification"},
	{"KeyResult", "available", "one without replanned is not told of it", "{spec: {weight: 9}}", "say why in the annotation goals.okr.dev/justification"},
	{"KeyResult", "latency", "words, owner, unit, hold and labels are free", `{metadata: {labels: {a: b}, annotations: {goals.okr.dev/lint-ignore: "OKR007=why"}}, spec: {title: Faster, owner: {person: mei}, unit: s, holdFor: 1h}}`, ""},
	{"KeyResult", "latency", "giving up without a word", "{spec: {state: Cancelled}}", "whoever gives it up says when and why in spec.cancelled"},
	{"KeyResult", "latency", "giving up, and saying why", `{spec: {state: Cancelled, cancelled: {date: "2026-11-12", reason: Nobody needs it}}}`, ""},
	{"KeyResult", "latency", "giving up with a blank", `{spec: {state: Cancelled, cancelled: {date: "2026-11-12", reason: " \u200b"}}}`, "whoever gives it up says when and why in spec.cancelled"},
	{"KeyResult", "closed", "the record in Git", `{spec: {final: {value: 310, date: "2026-12-31", score: "0.98"}}}`, ""},
	{"KeyResult", "latency", "a record before the end, and nothing is measured any more", `{spec: {final: {date: "2026-12-31", score: "1.00"}}}`, "spec.final would take the place of a result that is measured"},
	{"KeyResult", "growth", "a KPI measures, too", `{spec: {final: {date: "2026-12-31", value: 120}}}`, "spec.final would take the place of a result that is measured"},
	{"KeyResult", "by-hand", "what is kept by hand is people's to report", `{spec: {final: {date: "2026-12-15", value: 8}}}`, ""},
	{"KeyResult", "steps", "so is what is done", `{spec: {final: {date: "2026-12-31", score: "0.5"}}}`, ""},
	{"KeyResult", "latency", "a written baseline is exact: these may be failures in a thousand million", `{spec: {reach: {baseline: "800.000000001"}}}`, "spec.reach.baseline was 800 and would be 800.000000001"},
	{"KeyResult", "dropped", "given up before there was a policy: other fields stay editable", "{spec: {title: Gone}}", ""},
	{"KeyResult", "dropped", "a goal that was given up and comes back is the same goal", "{spec: {state: Active}}", ""},
	{"KeyResult", "dropped", "a goal that was given up comes back easier", `{spec: {state: Active, reach: {target: "1.5"}}}`, "spec.reach.target was 2 and would be 1.5"},

	{"KeyResult", "measured", "the measured baseline, written down as `kubectl okr close` writes it", `{spec: {reach: {baseline: "1234.56789012", direction: null}}}`, ""},
	{"KeyResult", "measured", "rounded to the ninth digit", `{spec: {reach: {baseline: "1234.567890120", direction: null}}}`, ""},
	{"KeyResult", "measured", "another baseline than was measured", `{spec: {reach: {baseline: 3000, direction: null}}}`, "spec.reach.baseline was 1234.56789012 (measured) and would be 3000"},
	{"KeyResult", "measured", "the other way round", "{spec: {reach: {direction: Decrease}}}", "the way of spec.reach was Increase and would be Decrease"},
	{"KeyResult", "measured", "target moved with the baseline written down", `{spec: {reach: {baseline: "1234.56789012", direction: null, target: 2000}}}`, "spec.reach.target was 4000 and would be 2000"},
	{"KeyResult", "unmeasured", "a baseline that could not be measured may be written: the status asks for it", `{spec: {reach: {baseline: 500, direction: null}}}`, ""},
	{"KeyResult", "unmeasured", "but not beyond the target", `{spec: {reach: {baseline: 5000, direction: null}}}`, "the way of spec.reach was Increase and would be Decrease"},
	{"KeyResult", "growth", "+20% is +20.0%", `{spec: {reach: {change: "+20.0%"}}}`, ""},
	{"KeyResult", "growth", "+20% is not +20", `{spec: {reach: {change: "+20"}}}`, "spec.reach.change was +20% and would be +20"},
	{"KeyResult", "growth", "a smaller change", `{spec: {reach: {change: "+5%"}}}`, "spec.reach.change was +20% and would be +5%"},
	{"KeyResult", "growth", "a target instead of a change", "{spec: {reach: {change: null, target: 101, direction: Increase}}}", "spec.reach.change was +20% and would be target: 101"},
	{"KeyResult", "growth", "the measured baseline beside a change", "{spec: {reach: {baseline: 100}}}", ""},
	{"KeyResult", "growth", "another KPI", "{spec: {kpiRef: {name: visits}}}", "spec.kpiRef was checkout/revenue and would be checkout/visits"},
	{"KeyResult", "growth", "a KPI of that name elsewhere is another", "{spec: {kpiRef: {namespace: company}}}", "spec.kpiRef was checkout/revenue and would be company/revenue"},
	{"KeyResult", "growth", "the own namespace written out", "{spec: {kpiRef: {namespace: checkout}}}", ""},
	{"KeyResult", "available", "a wider band", "{spec: {maintain: {atLeast: 99}}}", "spec.maintain.atLeast was 99.9 and would be 99"},
	{"KeyResult", "available", "99.9 is 99.90", `{spec: {maintain: {atLeast: "99.90"}}}`, ""},
	{"KeyResult", "available", "another bound", "{spec: {maintain: {atMost: 100}}}", "spec.maintain.atMost was not there and would be 100"},
	{"KeyResult", "available", "a bound that goes", "{spec: {maintain: {atLeast: null, atMost: 100}}}", "spec.maintain.atLeast was 99.9 and would be gone"},
	{"KeyResult", "available", "a larger budget", "{spec: {maintain: {allowedBreach: 5%}}}", "spec.maintain.allowedBreach was 1% and would be 5%"},
	{"KeyResult", "available", "no budget is judged by the last value alone", "{spec: {maintain: {allowedBreach: null}}}", "spec.maintain.allowedBreach was 1% and would be gone"},
	{"KeyResult", "available", "1% is 1.0%", "{spec: {maintain: {allowedBreach: 1.0%}}}", ""},
	{"KeyResult", "available", "another shape with a decision is another goal all the same", `{spec: {maintain: null, reach: {baseline: 99, target: 100, replanned: [{date: "2026-11-12", from: 99, to: 100, reason: Easier}]}}}`, "what is to be proved"},
	{"KeyResult", "steps", "a step is done", `{spec: {milestones: [{title: Research published, weight: 2, dueOn: "2026-10-15", doneOn: "2026-10-14"}, {title: Beta is used, doneOn: "2026-11-10"}]}}`, ""},
	{"KeyResult", "steps", "a step is not done after all", `{spec: {milestones: [{title: Research published, weight: 2, dueOn: "2026-10-15"}, {title: Beta is used}]}}`, ""},
	{"KeyResult", "steps", "another order, defaults and dates written out", `{spec: {milestones: [{title: Beta is used, weight: 1, dueOn: "2026-12-31"}, {title: Research published, weight: 2, dueOn: "2026-10-15T00:00:00Z"}]}}`, ""},
	{"KeyResult", "steps", "the hard step goes", `{spec: {milestones: [{title: Research published, weight: 2, dueOn: "2026-10-15", doneOn: "2026-10-14"}]}}`, `the milestone "Beta is used" would be gone`},
	{"KeyResult", "steps", "the easy step weighs more", `{spec: {milestones: [{title: Research published, weight: 99, dueOn: "2026-10-15"}, {title: Beta is used}]}}`, `the milestone "Research published" would be gone, or have another weight or dueOn`},
	{"KeyResult", "steps", "a step has more time", `{spec: {milestones: [{title: Research published, weight: 2, dueOn: "2026-12-15"}, {title: Beta is used}]}}`, `the milestone "Research published"`},
	{"KeyResult", "steps", "a step that is done already is easy to add", `{spec: {milestones: [{title: Research published, weight: 2, dueOn: "2026-10-15"}, {title: Beta is used}, {title: Coffee made, weight: 50, doneOn: "2026-11-12"}]}}`, `the milestone "Coffee made" was not promised`},
	{"KeyResult", "steps", "a title with a line break is quoted on one line", `{spec: {milestones: [{title: Research published, weight: 2, dueOn: "2026-10-15"}, {title: Beta is used}, {title: "Two\nlines"}]}}`, `the milestone "Two lines" was not promised`},
	{"KeyResult", "not-begun", "what has not begun is free", "{spec: {reach: {target: 150, baseline: 140}, weight: 5}}", ""},
	{"KeyResult", "explained", "the text of the last time explains nothing new", `{metadata: {annotations: {a: b}}, spec: {reach: {target: 4}}}`, "spec.reach.target was 5 and would be 4"},

	{"Objective", "running", "another period is another goal", "{spec: {period: 2027-Q1}}", "this objective of 2026-Q4 has begun: spec.period was 2026-Q4 and would be 2027-Q1"},
	{"Objective", "running", "a later start expects less today", `{spec: {startOn: "2026-11-10"}}`, "spec.startOn was the first day of the period and would be 2026-11-10"},
	{"Objective", "running", "another zone has other days", "{spec: {timeZone: Pacific/Honolulu}}", "spec.timeZone was Europe/Berlin and would be Pacific/Honolulu"},
	{"Objective", "running", "a stretch passes at 70 percent", "{spec: {ambition: Aspirational}}", "spec.ambition was Committed and would be Aspirational"},
	{"Objective", "running", "defaults written out", "{spec: {ambition: Committed, state: Active, rollUp: KeyResults, pace: {atRiskGap: 10, offTrackGap: 25}, parentRef: {namespace: company}}}", ""},
	{"Objective", "running", "made of something else", "{spec: {rollUp: Children}}", "spec.rollUp was KeyResults and would be Children"},
	{"Objective", "running", "wider gaps are kinder colours", "{spec: {pace: {offTrackGap: 90}}}", "the gaps of spec.pace were 10 and 25 and would be 10 and 90"},
	{"Objective", "running", "it weighs less in its parent", "{spec: {parentRef: {weight: 0}}}", "spec.parentRef was company/customers-love-us with weight 2 and would be company/customers-love-us with weight 0"},
	{"Objective", "running", "it leaves its parent", "{spec: {parentRef: null}}", "with weight 2 and would be gone"},
	{"Objective", "running", "a draft is not judged", "{spec: {state: Draft}}", "it would be a draft again"},
	{"Objective", "running", "giving up without a word", "{spec: {state: Cancelled}}", "whoever gives it up says when and why"},
	{"Objective", "running", "giving up with a blank", `{spec: {state: Cancelled, cancelled: {date: "2026-11-12", reason: "\t"}}}`, "whoever gives it up says when and why"},
	{"Objective", "running", "giving up, and saying why", `{spec: {state: Cancelled, cancelled: {date: "2026-11-12", reason: Nobody needs it}}}`, ""},
	{"Objective", "running", "what people do every week", `{spec: {title: Faster, actions: [{title: Cache}], checkIns: [{date: "2026-11-12", confidence: 7}], checkInEvery: 7d, kpiRefs: [{name: revenue}], review: {outcome: Done}}}`, ""},
	{"Objective", "broken-selector", "a selector that does not parse is no way back to before the start", "{spec: {period: '2027'}}", "spec.period was 2026-Q4"},
	{"Objective", "broken-selector", "the selector is mended", "{spec: {allowedNamespaces: {selector: {matchLabels: {team: a}}}}}", ""},
	{"Objective", "broken-selector", "a parent that it did not serve before moves nothing", "{spec: {parentRef: {name: above}}}", ""},
	{"Objective", "given-up", "giving up is no way back to before the start", "{spec: {state: Active, cancelled: null, period: '2027'}}", "spec.period was 2026-Q4"},
	{"Objective", "given-up", "the reason stays", "{spec: {cancelled: null}}", "whoever gives it up says when and why"},
	{"Objective", "given-up", "a goal that was given up comes back as it was", "{spec: {state: Active, cancelled: null}}", ""},
	{"Objective", "next", "what has not begun is free", "{spec: {period: 2027-Q2, ambition: Aspirational}}", ""},
	{"Objective", "draft", "a draft is free", "{spec: {period: '2027', ambition: Aspirational}}", ""},
	{"Objective", "stalled-dates", "dates that cannot be read are mended", "{spec: {timeZone: Europe/Berlin}}", ""},
	{"Objective", "circle", "a circle of parents can be left", "{spec: {parentRef: null}}", ""},
}

func (w *world) commitments(t *testing.T) {
	policies := map[string]string{"KeyResult": "okr-keyresult-commitment", "Objective": "okr-objective-commitment"}
	for _, c := range edits {
		t.Run(c.kind+" "+c.goal+": "+c.reason, func(t *testing.T) {
			err := w.edit(w.mei, c.kind, c.goal, c.patch)
			if c.refused == "" {
				admitted(t, err)
				return
			}
			refusedBy(t, err, policies[c.kind], c.refused)
			refusedBy(t, w.edit(w.admin, c.kind, c.goal, c.patch), policies[c.kind], c.refused) // whoever it is
			admitted(t, w.edit(w.mei, c.kind, c.goal, with(t, c.patch, justified)))
		})
	}
}

func (w *world) replanned(t *testing.T) {
	const old = `{date: "2026-10-20", from: 250, to: 300, reason: The cache was sold}`
	for _, c := range []struct{ reason, patch, refused string }{
		{"a new entry explains the target", `{spec: {reach: {target: 400, replanned: [` + old + `, {date: "2026-11-12", from: 300, to: 400, reason: The supplier left}]}}}`, ""},
		{"equal numbers, written another way", `{spec: {reach: {target: "400", replanned: [` + old + `, {date: "2026-11-12", from: "300.0", to: 400, reason: Left}]}}}`, ""},
		{"two decisions in one change", `{spec: {reach: {target: 450, replanned: [` + old + `, {date: "2026-11-12", from: 300, to: 400, reason: Left}, {date: "2026-11-13", from: 400, to: 450, reason: Left too}]}}}`, ""},
		{"a new entry explains what else was relaxed", `{spec: {weight: 2, dueOn: "2026-12-20", guard: {atLeast: 50}, reach: {target: 400, replanned: [` + old + `, {date: "2026-11-12", from: 300, to: 400, reason: Left}]}}}`, ""},
		{"an entry that does not say what stood there before", `{spec: {reach: {target: 400, replanned: [` + old + `, {date: "2026-11-12", from: 390, to: 400, reason: Left}]}}}`, "has from: 390; write from: 300"},
		{"the last entry, rewritten, is no new one", `{spec: {reach: {target: 400, replanned: [{date: "2026-10-20", from: 250, to: 400, reason: The cache was sold}]}}}`, "spec.reach.target was 300 and would be 400"},
		{"an entry that says nothing", `{spec: {reach: {target: 400, replanned: [` + old + `, {date: "2026-11-12", from: 300, to: 400, reason: " \u200b-"}]}}}`, "has no words as its reason"},
		{"an entry that says nothing, for something else", `{spec: {weight: 0, reach: {replanned: [` + old + `, {date: "2026-11-12", from: 300, to: 300, reason: " "}]}}}`, "spec.weight was 1 and would be 0. The new entry of spec.reach.replanned has no words"},
		{"an entry for something else says what stands", `{spec: {weight: 2, reach: {replanned: [` + old + `, {date: "2026-11-12", from: 300, to: 300, reason: Two count}]}}}`, ""},
		{"an entry for something else that makes up another past", `{spec: {weight: 2, reach: {replanned: [` + old + `, {date: "2026-11-12", from: 100, to: 300, reason: Two count}]}}}`, "has from: 100; write from: 300"},
		{"an entry put in before the others", `{spec: {weight: 2, reach: {replanned: [{date: "2026-10-02", from: 300, to: 9, reason: Two count}, ` + old + `]}}}`, "is dated before one that was there"},
		{"what was moved before there was a policy is written down later", `{spec: {reach: {replanned: [{date: "2026-10-02", from: 200, to: 250, reason: Slower}, ` + old + `]}}}`, ""},
		{"a new entry in place of the old", `{spec: {reach: {target: 400, replanned: [{date: "2026-11-12", from: 300, to: 400, reason: Left}]}}}`, "the entry of spec.reach.replanned of 2026-10-20"},
		{"the old entry with its date moved", `{spec: {weight: 2, reach: {replanned: [{date: "2026-10-21", from: 250, to: 300, reason: The cache was sold}]}}}`, "the entry of spec.reach.replanned of 2026-10-20"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			err := w.edit(w.mei, "KeyResult", "latency", c.patch)
			if c.refused == "" {
				admitted(t, err)
				return
			}
			refusedBy(t, err, "okr-keyresult-commitment", c.refused)
			admitted(t, w.edit(w.mei, "KeyResult", "latency", with(t, c.patch, justified)))
		})
	}
}

func (w *world) justifications(t *testing.T) {
	for _, c := range []struct{ goal, reason, text, refused string }{
		{"explained", "the text of the last time", `"The tender was lost"`, "spec.reach.target was 5"},
		{"explained", "the text of the last time with a blank", `" The tender was lost "`, "spec.reach.target was 5"},
		{"explained", "the text of the last time with what nobody sees", `"The ten\u200bder\u00a0was  lost\ufeff"`, "spec.reach.target was 5"},
		{"explained", "the text of the last time with a full stop, in other letters", `"the tender was LOST."`, "spec.reach.target was 5"},
		{"by-hand", "a space of no width is no text", `"\u200b"`, "spec.reach.target was 8"},
		{"by-hand", "a line is no text", `"---"`, "spec.reach.target was 8"},
		{"by-hand", "other scripts are text", `"市場が変わった"`, ""},
		{"explained", "another text", `"The second tender was lost"`, ""},
		{"explained", "no text any more", "null", "spec.reach.target was 5"},
		{"explained", "an empty text", `""`, "spec.reach.target was 5"},
		{"by-hand", "blanks are no text", `"  "`, "spec.reach.target was 8"},
		{"by-hand", "line breaks are no text", `"\n"`, "spec.reach.target was 8"},
		{"by-hand", "a text", `"x"`, ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			err := w.edit(w.mei, "KeyResult", c.goal, "{metadata: {annotations: {"+justification+": "+c.text+"}}, spec: {reach: {target: 4000}}}")
			if c.refused == "" {
				admitted(t, err)
				return
			}
			refusedBy(t, err, "okr-keyresult-commitment", c.refused)
		})
	}
}

// A policy has a budget, and one that runs out of it refuses: the largest goals that the API admits stay within it.
func (w *world) largest(t *testing.T) {
	longest := func(n, length int) string { return fmt.Sprintf("%02d", n) + strings.Repeat("x", length-2) }
	milestones, checkpoints, replanned := make([]string, 32), make([]string, 32), make([]string, 16)
	for i := range milestones {
		milestones[i] = fmt.Sprintf("{title: %q, weight: %d, dueOn: %q}", longest(i, 253), i+1, "2026-12-01")
		checkpoints[i] = fmt.Sprintf("{date: %q, percent: %d}", fmt.Sprintf("2026-%02d-%02d", 10+i/28, 1+i%28), i)
	}
	for i := range replanned {
		replanned[i] = fmt.Sprintf("{date: %q, from: %d, to: %d, reason: %q}", fmt.Sprintf("2026-11-%02d", i+1), i+1000, i+1001, longest(i, 2048))
	}
	query := "max(" + strings.Repeat("x", 4090) + ")"
	for name, spec := range map[string]string{
		"steps-largest": "milestones: [" + strings.Join(milestones, ", ") + "]",
		"reach-largest": "reach: {baseline: 1, target: 1016, replanned: [" + strings.Join(replanned, ", ") + "]}, metric: {query: " + query +
			"}, guard: {query: " + query + ", atLeast: 1}, pace: {checkpoints: [" + strings.Join(checkpoints, ", ") + "]}",
	} {
		o := object("goals.okr.dev/v1alpha1", "KeyResult", "checkout", name, "{spec: {objectiveRef: {name: running}, title: Largest, "+spec+"}}")
		w.create(t, o)
		o.Object["status"] = map[string]any{"frozen": map[string]any{"commitment": map[string]any{"startOn": "2026-10-01", "dueOn": "2026-12-31"}}}
		if err := w.admin.Status().Update(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	for i := range milestones {
		milestones[i] = strings.Replace(milestones[i], "xx", "yy", 1) // so that each is looked for among all, in vain
	}
	err := w.edit(w.mei, "KeyResult", "steps-largest", "{spec: {milestones: ["+strings.Join(milestones, ", ")+"]}}")
	refusedBy(t, err, "okr-keyresult-commitment", "would be gone, or have another weight or dueOn")
	longestText := strings.Repeat("word ", 50000)
	admitted(t, w.edit(w.mei, "KeyResult", "steps-largest", "{metadata: {annotations: {"+justification+": "+longestText+"}}, spec: {weight: 2}}"))
	for i := range replanned {
		replanned[i] = strings.Replace(replanned[i], "2026-11", "2026-12", 1)
	}
	err = w.edit(w.mei, "KeyResult", "reach-largest", "{spec: {weight: 2, metric: {query: "+query[:4000]+"y)}, reach: {replanned: ["+strings.Join(replanned, ", ")+"]}}}")
	refusedBy(t, err, "okr-keyresult-commitment", "the entry of spec.reach.replanned of 2026-11-01")
}
