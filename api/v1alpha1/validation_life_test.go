package v1alpha1_test

import (
	"strings"
	"testing"
)

var objectiveLife = []verdict{
	{reason: "an action in full", spec: `actions: [{title: Cache the price lookup, owner: mei, dueOn: 2026-10-31, doneOn: 2026-10-20, url: "https://git.example/1"}]`},
	{reason: "an action may be late, and of another period", spec: `actions: [{title: Hire, dueOn: 2027-01-31}]`},
	{reason: "32 actions", spec: `actions: ` + items(32, "{title: step %d}")},
	{reason: "33 actions", spec: `actions: ` + items(33, "{title: step %d}"), field: "spec.actions", says: "must have at most 32 items"},
	{reason: "no actions", spec: `actions: []`, field: "spec.actions", says: "at least 1 items"},
	{reason: "an action without a title", spec: `actions: [{owner: mei}]`, field: "spec.actions[0].title", says: "Required value"},
	{reason: "an action twice", spec: `actions: [{title: a}, {title: a}]`, field: "spec.actions[1]", says: "Duplicate value"},
	{reason: "an action due on no day", spec: `actions: [{title: a, dueOn: 2026-11-31}]`, field: "spec.actions[0].dueOn", says: sayDate},
	{reason: "a link that a browser would run", spec: `actions: [{title: a, url: "javascript:alert(1)"}]`, field: "spec.actions[0].url", says: "begins with https:// or http://"},
	{reason: "a review in full", spec: `review: {outcome: It worked., learned: Begin sooner., score: "0.8"}`},
	{reason: "a word is a review", spec: `review: {learned: Begin sooner.}`},
	{reason: "an empty review", spec: `review: {}`, field: "spec.review", says: "write outcome, learned or score"},
	{reason: "a score of 1", spec: `review: {score: "1"}`},
	{reason: "a score beyond 1", spec: `review: {score: "1.01"}`, field: "spec.review.score", says: "write a number from 0 to 1 with up to two decimals, quoted"},
	{reason: "a score in percent", spec: `review: {score: "80%"}`, field: "spec.review.score", says: "write a number from 0 to 1"},
	{reason: "three decimals", spec: `review: {score: "0.755"}`, field: "spec.review.score", says: "up to two decimals"},
	{reason: "an unquoted score", spec: `review: {score: 0.8}`, field: "spec.review.score", says: "must be of type string"},
	{reason: "an outcome beyond its limit", spec: `review: {outcome: ` + strings.Repeat("x", 2049) + `}`, field: "spec.review.outcome", says: "may not be more than 2048"},
	{reason: "a check-in a week", spec: `checkInEvery: 7d`},
	{reason: "a check-in a fortnight", spec: `checkInEvery: 2w`},
	{reason: "a check-in an hour", spec: `checkInEvery: 12h`, field: "spec.checkInEvery", says: "write a day or longer, such as 7d"},
}

const replan = `reach: {baseline: 800, target: 300, replanned: [`

var keyResultLife = []verdict{
	{reason: "a target that was moved", spec: replan + `{date: 2026-11-12, from: 250, to: 300, reason: The vendor left.}]}`},
	{reason: "moved twice", spec: replan + `{date: 2026-11-12, from: 250, to: 280, reason: a}, {date: 2026-12-01, from: 280, to: "300.0", reason: b}]}`},
	{reason: "another target since", spec: replan + `{date: 2026-11-12, from: 250, to: 280, reason: a}]}`,
		field: "spec.reach.replanned", says: "write its to as target, or add an entry that says why the target moved again"},
	{reason: "the newest first", spec: replan + `{date: 2026-12-01, from: 280, to: 300, reason: b}, {date: 2026-11-12, from: 250, to: 300, reason: a}]}`,
		field: "spec.reach.replanned", says: "write the oldest first"},
	{reason: "the newest first, over a year's end", spec: replan + `{date: 2027-01-02, from: 280, to: 300, reason: b}, {date: 2026-11-12, from: 250, to: 300, reason: a}]}`,
		field: "spec.reach.replanned", says: "write the oldest first"},
	{reason: "a change has no target to compare", spec: `reach: {change: "+20%", replanned: [{date: 2026-11-12, from: 250, to: 280, reason: a}]}`},
	{reason: "moved without a reason", spec: replan + `{date: 2026-11-12, from: 250, to: 300}]}`, field: "spec.reach.replanned[0].reason", says: "Required value"},
	{reason: "moved on no day", spec: replan + `{date: 2026-11-31, from: 250, to: 300, reason: a}]}`, field: "spec.reach.replanned[0].date", says: sayDate},
	{reason: "two on a day", spec: replan + `{date: 2026-11-12, from: 250, to: 280, reason: a}, {date: 2026-11-12, from: 280, to: 300, reason: b}]}`,
		field: "spec.reach.replanned[1]", says: "Duplicate value"},
	{reason: "a wrong number is reported alone", spec: replan + `{date: 2026-11-12, from: 250, to: low, reason: a}]}`, field: "spec.reach.replanned[0].to", says: sayNumber},
	{reason: "never moved is not written", spec: `reach: {baseline: 800, target: 300, replanned: []}`, field: "spec.reach.replanned", says: "at least 1 items"},
	{reason: "17 times", spec: replan + strings.Trim(items(17, "{date: 20%02d-10-01, from: 250, to: 300, reason: a}"), "[]") + `]}`,
		field: "spec.reach.replanned", says: "must have at most 16 items"},

	{reason: "a record in full", spec: `final: {value: 310, date: 2026-12-31, score: "0.98"}`},
	{reason: "a record of the value", spec: `final: {value: "310.5", date: 2026-12-31}`},
	{reason: "a record of the score", spec: `final: {date: 2026-12-31, score: "1"}`},
	{reason: "a record of nothing", spec: `final: {date: 2026-12-31}`, field: "spec.final", says: "write score, value or both"},
	{reason: "a record of no day", spec: `final: {value: 310}`, field: "spec.final.date", says: "Required value"},
	{reason: "a record of the start's day", spec: `{startOn: 2026-11-10, final: {value: 310, date: "2026-11-10T00:00:00Z"}}`},
	{reason: "a record from before the start", spec: `{startOn: 2026-11-10, final: {value: 310, date: 2026-11-09}}`, field: "spec.final.date", says: "final.date is before startOn"},
	{reason: "a record of the last day", spec: `{dueOn: 2026-12-15, final: {value: 310, date: 2026-12-15}}`},
	{reason: "a record from after the end", spec: `{dueOn: 2026-12-15, final: {value: 310, date: 2026-12-16}}`, field: "spec.final.date", says: "final.date is after dueOn"},
	{reason: "a score beyond 1", spec: `final: {date: 2026-12-31, score: "1.2"}`, field: "spec.final.score", says: "write a number from 0 to 1"},
	{reason: "the last value of an error budget", spec: `{reach: null, maintain: {atLeast: 99, allowedBreach: "1%"}, final: {value: 99, date: 2026-12-31}}`,
		field: "spec.final.score", says: "write final.score"},
	{reason: "the score of an error budget", spec: `{reach: null, maintain: {atLeast: 99, allowedBreach: "1%"}, final: {value: 99, date: 2026-12-31, score: "0.5"}}`},
	{reason: "the last value of what is maintained", spec: `{reach: null, maintain: {atLeast: 99}, final: {value: 99, date: 2026-12-31}}`},
	{reason: "a value of milestones", spec: `{reach: null, metric: null, milestones: [{title: Shipped}], final: {value: 1, date: 2026-12-31}}`,
		field: "spec.final.score", says: "write final.score"},
	{reason: "a value beside a guard", spec: `{guard: {query: answers, atLeast: 100}, final: {value: 310, date: 2026-12-31}}`,
		field: "spec.final.score", says: "write final.score"},
}

func TestLifeValidation(t *testing.T) {
	judge(t, "Objective", smallObjective, objectiveLife)
	judge(t, "KeyResult", smallKeyResult, keyResultLife)
}
