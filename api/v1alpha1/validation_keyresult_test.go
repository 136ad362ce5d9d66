package v1alpha1_test

import (
	"strings"
	"testing"
)

const elapsed = `metric: {query: "sum(increase(answers_total[$__elapsed]))"}`

var reaches = []verdict{
	{reason: "from a baseline to a target", spec: `reach: {baseline: 800, target: 300}`},
	{reason: "fractions, quoted", spec: `reach: {baseline: "7.6", target: "9.25"}`},
	{reason: "below 0", spec: `reach: {baseline: -50, target: "-0.5"}`},
	{reason: "a change in percent", spec: `reach: {change: "+20%"}`},
	{reason: "a change in percent from a given baseline", spec: `reach: {baseline: 50, change: "-15.5%"}`},
	{reason: "an absolute change", spec: `reach: {change: "+15"}`},
	{reason: "an absolute change of 0 and a bit", spec: `reach: {change: "-0.5"}`},
	{reason: "a signed change needs no quotes in percent", spec: `reach: {change: +20%}`},
	{reason: "an absolute change from 0", spec: `reach: {baseline: 0, change: "+15"}`},
	{reason: "a measured baseline, upwards", spec: `reach: {target: 4000, direction: Increase}`},
	{reason: "a measured baseline, downwards", spec: `reach: {target: 20, direction: Decrease}`},
	{reason: "a shape is needed", spec: `reach: null`, field: "spec", says: "write exactly one of reach (from here to there), maintain"},
	{reason: "neither target nor change", spec: `reach: {baseline: 800}`, field: "spec.reach", says: "write exactly one of target (the number to arrive at) and change"},
	{reason: "an empty reach", spec: `reach: {}`, field: "spec.reach", says: "write exactly one of target"},
	{reason: "both target and change", spec: `reach: {target: 300, change: "-15%"}`, field: "spec.reach", says: "write exactly one of target"},
	{reason: "both, beside a baseline", spec: `reach: {baseline: 800, target: 300, change: "-15%"}`, field: "spec.reach", says: "write exactly one of target"},
	{reason: "no direction where it is needed", spec: `reach: {target: 300}`, field: "spec.reach.direction", says: "write Increase or Decrease, or write reach.baseline"},
	{reason: "no direction where a KPI is measured", spec: `{reach: {target: 300}, metric: null, kpiRef: {name: latency}}`, field: "spec.reach.direction", says: "write Increase or Decrease"},
	{reason: "direction beside a baseline", spec: `reach: {baseline: 800, target: 300, direction: Decrease}`, field: "spec.reach.direction", says: "remove direction"},
	{reason: "direction beside a change", spec: `reach: {change: "-15%", direction: Decrease}`, field: "spec.reach.direction", says: "remove direction"},
	{reason: "no such direction", spec: `reach: {target: 300, direction: Down}`, field: "spec.reach.direction", says: `supported values: "Increase", "Decrease"`},
	{reason: "no way to go", spec: `reach: {baseline: 300, target: 300}`, field: "spec.reach", says: "write a target that differs from the baseline"},
	{reason: "equal as numbers", spec: `reach: {baseline: "1.0", target: 1}`, field: "spec.reach", says: "write a target that differs from the baseline"},
	{reason: "equal as numbers, both quoted", spec: `reach: {baseline: "0", target: "-0.00"}`, field: "spec.reach", says: "write a target that differs from the baseline"},
	{reason: "a percentage of 0", spec: `reach: {baseline: 0, change: "+20%"}`, field: "spec.reach", says: `write target, or an absolute change such as "+15"`},
	{reason: "a percentage of 0.0", spec: `reach: {baseline: "0.0", change: "+20%"}`, field: "spec.reach", says: "write target, or an absolute change"},
}

var changes = []verdict{
	{reason: "unsigned", spec: `reach: {change: "20%"}`, field: "spec.reach.change", says: `write + or - and a number, in percent or not, such as "+20%"`},
	{reason: "no number", spec: `reach: {change: "+"}`, field: "spec.reach.change", says: "write + or - and a number"},
	{reason: "a blank", spec: `reach: {change: "+ 20%"}`, field: "spec.reach.change", says: "write + or - and a number"},
	{reason: "a unit", spec: `reach: {change: "-15 ms"}`, field: "spec.reach.change", says: "write + or - and a number"},
	{reason: "both signs", spec: `reach: {change: "+-15"}`, field: "spec.reach.change", says: "write + or - and a number"},
	{reason: "a change of 0", spec: `reach: {change: "+0%"}`, field: "spec.reach.change", says: "write how far the number should move"},
	{reason: "a change of 0.00", spec: `reach: {change: "-0.00"}`, field: "spec.reach.change", says: "write how far the number should move"},
	{reason: "an empty change", spec: `reach: {change: ""}`, field: "spec.reach.change", says: "write + or - and a number"},
	// The API server's own words: YAML drops the sign of a bare +15, so it must not be guessed.
	{reason: "an unquoted absolute change is a number", spec: `reach: {change: +15}`, field: "spec.reach.change", says: `must be of type string: "integer"`},
}

var decimals = []verdict{
	{reason: "15 digits", spec: `reach: {baseline: 999999999999999, target: "-999999999999999.999999999"}`},
	{reason: "leading zeros", spec: `reach: {baseline: "007", target: "8"}`},
	{reason: "YAML itself makes 4 of 4.0", spec: `reach: {baseline: 3, target: 4.0}`},
	{reason: "an unquoted fraction", spec: `reach: {baseline: 90, target: 99.95}`, field: "spec.reach.target", says: `must be of type integer,string: "number"`},
	{reason: "16 digits", spec: `reach: {baseline: 1000000000000000, target: 1}`, field: "spec.reach.baseline", says: sayNumber},
	{reason: "16 digits below 0", spec: `reach: {baseline: -1000000000000000, target: 1}`, field: "spec.reach.baseline", says: sayNumber},
	{reason: "16 digits, quoted", spec: `reach: {baseline: 1, target: "1000000000000000"}`, field: "spec.reach.target", says: sayNumber},
	{reason: "10 digits after the point", spec: `reach: {baseline: 1, target: "0.0123456789"}`, field: "spec.reach.target", says: sayNumber},
	{reason: "a word", spec: `reach: {baseline: low, target: 300}`, field: "spec.reach.baseline", says: sayNumber},
	{reason: "a unit", spec: `reach: {baseline: 800ms, target: 300}`, field: "spec.reach.baseline", says: sayNumber},
	{reason: "percent", spec: `reach: {baseline: 1, target: 45%}`, field: "spec.reach.target", says: sayNumber},
	{reason: "thousands", spec: `reach: {baseline: 1, target: "100,000"}`, field: "spec.reach.target", says: sayNumber},
	{reason: "a power of ten", spec: `reach: {baseline: 1, target: "1e3"}`, field: "spec.reach.target", says: sayNumber},
	{reason: "a plus sign", spec: `reach: {baseline: 1, target: "+300"}`, field: "spec.reach.target", says: sayNumber},
	{reason: "nothing before the point", spec: `reach: {baseline: 1, target: ".5"}`, field: "spec.reach.target", says: sayNumber},
	{reason: "nothing after the point", spec: `reach: {baseline: 1, target: "5."}`, field: "spec.reach.target", says: sayNumber},
	{reason: "not a number", spec: `reach: {baseline: 1, target: NaN}`, field: "spec.reach.target", says: sayNumber},
	{reason: "infinity", spec: `reach: {baseline: 1, target: Inf}`, field: "spec.reach.target", says: sayNumber},
	{reason: "empty", spec: `reach: {baseline: "", target: 1}`, field: "spec.reach.baseline", says: sayNumber},
	{reason: "a wrong baseline beside a percentage", spec: `reach: {baseline: none, change: "+5%"}`, field: "spec.reach.baseline", says: sayNumber},
}

var keyResultValues = []verdict{
	{reason: "a KPI gives the value", spec: `{metric: null, kpiRef: {name: latency}}`},
	{reason: "a KPI's namespace in its name", spec: `{metric: null, kpiRef: {name: shop/latency}}`, field: "spec.kpiRef.name", says: "write the namespace beside it"},
	{reason: "a KPI of another namespace", spec: `{metric: null, kpiRef: {name: latency, namespace: shop}}`},
	{reason: "no metric: kept by hand", spec: `metric: null`},
	{reason: "over a window", spec: `metric: {query: "rate(x[$__window])", window: 7d}`},
	{reason: "a query whose window is missing", spec: `metric: {query: "rate(x[$__window])"}`, field: "spec.metric.window", says: "write metric.window too, such as 7d"},
	{reason: "a window that the query does not use", spec: `metric: {query: x, window: 7d}`, field: "spec.metric.window", says: "write [$__window] in metric.query"},
	{reason: "kept by hand, by a change", spec: `{metric: null, reach: {baseline: 5, change: "+20%"}}`},
	{reason: "kept by hand without a baseline", spec: `{metric: null, reach: {target: 300, direction: Decrease}}`, field: "spec.reach.baseline", says: "write reach.baseline, where the number stands at the start"},
	{reason: "two values", spec: `kpiRef: {name: latency}`, field: "spec", says: "write at most one of metric (a query) and kpiRef (a KPI)"},
	{reason: "counting from 0 up to a target", spec: `{reach: {target: 15000}, ` + elapsed + `}`},
	{reason: "counting from 0 by a change", spec: `{reach: {change: "+15000"}, ` + elapsed + `}`},
	{reason: "a baseline where it is 0", spec: `{reach: {baseline: 5, target: 15000}, ` + elapsed + `}`, field: "spec.reach.baseline", says: "remove reach.baseline: a query with $__elapsed counts from 0"},
	{reason: "a direction where counting gives it", spec: `{reach: {target: 15000, direction: Increase}, ` + elapsed + `}`, field: "spec.reach.direction", says: "remove reach.direction: a query with $__elapsed counts from 0"},
	{reason: "counting from 0 to 0", spec: `{reach: {target: 0}, ` + elapsed + `}`, field: "spec.reach.target", says: "write a reach.target other than 0"},
	{reason: "a percentage of 0", spec: `{reach: {change: "+20%"}, ` + elapsed + `}`, field: "spec.reach.change", says: "write reach.target instead of reach.change"},
	{reason: "a wrong target where counting", spec: `{reach: {target: many}, ` + elapsed + `}`, field: "spec.reach.target", says: sayNumber},
}

var keyResultWords = []verdict{
	{reason: "all of it", spec: `
owner: {team: checkout}
unit: ms
weight: 3
startOn: 2026-11-10
dueOn: 2026-12-15
pace: {checkpoints: [{date: 2026-11-15, percent: 20}]}
state: Active
`},
	{reason: "an objective is needed", spec: `objectiveRef: null`, field: "spec.objectiveRef", says: "Required value"},
	{reason: "an objective has a name", spec: `objectiveRef: {name: ""}`, field: "spec.objectiveRef.name", says: "at least 1 char"},
	{reason: "a title is needed", spec: `title: null`, field: "spec.title", says: "Required value"},
	{reason: "a title beyond its limit", spec: `title: ` + strings.Repeat("x", 254), field: "spec.title", says: "may not be more than 253"},
	{reason: "a unit at its limit", spec: `unit: ` + strings.Repeat("x", 32)},
	{reason: "a unit beyond its limit", spec: `unit: ` + strings.Repeat("x", 33), field: "spec.unit", says: "may not be more than 32"},
	{reason: "an owner of no one", spec: `owner: {}`, field: "spec.owner", says: sayOwner},
	{reason: "shown, not counted", spec: `weight: 0`},
	{reason: "the greatest weight", spec: `weight: 1000`},
	{reason: "a weight below 0", spec: `weight: -1`, field: "spec.weight", says: "greater than or equal to 0"},
	{reason: "a weight beyond its limit", spec: `weight: 1001`, field: "spec.weight", says: "less than or equal to 1000"},
	{reason: "a fraction of a weight", spec: `weight: 0.5`, field: "spec.weight", says: "must be of type int"},
	{reason: "one day", spec: `{startOn: 2026-11-10, dueOn: 2026-11-10}`},
	{reason: "dates as kustomize rewrites them", spec: `{startOn: "2026-11-10T00:00:00Z", dueOn: 2026-11-10}`},
	{reason: "an instant is not a date", spec: `startOn: "2026-11-10T08:00:00Z"`, field: "spec.startOn", says: sayDate},
	{reason: "due before it starts", spec: `{startOn: 2026-11-10, dueOn: 2026-11-09}`, field: "spec.startOn", says: "write a startOn that is not after dueOn"},
	{reason: "a wrong day is reported alone", spec: `{startOn: 2026-9-1, dueOn: 2026-11-09}`, field: "spec.startOn", says: sayDate},
	{reason: "due on no day", spec: `dueOn: 2027-02-29`, field: "spec.dueOn", says: sayDate},
	{reason: "a key result is not a draft", spec: `state: Draft`, field: "spec.state", says: `supported values: "Active", "Cancelled"`},
	{reason: "cancelled without a word", spec: `state: Cancelled`},
	{reason: "cancelled, with when and why", spec: `{state: Cancelled, cancelled: {date: 2026-11-10, reason: The survey ended.}}`},
	{reason: "cancelled needs its state", spec: `cancelled: {date: 2026-11-10, reason: x}`, field: "spec.cancelled", says: "set state: Cancelled too, or remove cancelled"},
	{reason: "a reason beyond its limit", spec: `{state: Cancelled, cancelled: {date: 2026-11-10, reason: ` + strings.Repeat("x", 2049) + `}}`,
		field: "spec.cancelled.reason", says: "may not be more than 2048"},
}

const sayBreach = `not a share above 0 and up to 100 percent: write a number with a percent sign, such as "1%" or "0.5%"`

var maintains = []verdict{
	{reason: "at least", spec: `{reach: null, maintain: {atLeast: "99.9"}}`},
	{reason: "at most", spec: `{reach: null, maintain: {atMost: 1}}`},
	{reason: "between", spec: `{reach: null, maintain: {atLeast: 70, atMost: 85}}`},
	{reason: "one number only", spec: `{reach: null, maintain: {atLeast: 0, atMost: "0.0"}}`},
	{reason: "a KPI's value", spec: `{reach: null, metric: null, kpiRef: {name: availability}, maintain: {atLeast: "99.9"}}`},
	{reason: "with a budget", spec: `{reach: null, maintain: {atLeast: "99.9", allowedBreach: "1%"}}`},
	{reason: "a fraction of a percent", spec: `{reach: null, maintain: {atLeast: "99.9", allowedBreach: 0.05%}}`},
	{reason: "all of the time", spec: `{reach: null, maintain: {atLeast: "99.9", allowedBreach: "100%"}}`},
	{reason: "an empty band", spec: `{reach: null, maintain: {}}`, field: "spec.maintain", says: "an empty band holds every number: write atLeast, atMost or both"},
	{reason: "a budget without a band", spec: `{reach: null, maintain: {allowedBreach: "1%"}}`, field: "spec.maintain", says: "write atLeast, atMost or both"},
	{reason: "a band that holds no number", spec: `{reach: null, maintain: {atLeast: 85, atMost: 70}}`, field: "spec.maintain", says: "write an atLeast that is not above atMost"},
	{reason: "a wrong bound is reported alone", spec: `{reach: null, maintain: {atLeast: high, atMost: 70}}`, field: "spec.maintain.atLeast", says: sayNumber},
	{reason: "two shapes", spec: `maintain: {atLeast: 70}`, field: "spec", says: "write exactly one of reach (from here to there), maintain (stay in a band) and milestones"},
	{reason: "kept by hand", spec: `{reach: null, metric: null, maintain: {atLeast: 70}}`, field: "spec.maintain", says: "what is to be maintained must be measured: write metric (a query) or kpiRef (a KPI)"},
	{reason: "counting from 0", spec: `{reach: null, maintain: {atLeast: 70}, ` + elapsed + `}`, field: "spec.maintain", says: "write a window such as [$__window] instead of [$__elapsed], or reach instead of maintain"},
	{reason: "no percent sign", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: "1"}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "nothing is allowed", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: "0%"}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "nothing is allowed, with decimals", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: "0.00%"}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "more than all", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: "100.1%"}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "a sign", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: "+1%"}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "a length of time", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: 22h}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "empty", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: ""}}`, field: "spec.maintain.allowedBreach", says: sayBreach},
	{reason: "a bare number", spec: `{reach: null, maintain: {atLeast: 70, allowedBreach: 1}}`, field: "spec.maintain.allowedBreach", says: `must be of type string: "integer"`},
}

var holds = []verdict{
	{reason: "held for a day", spec: `holdFor: 1d`},
	{reason: "held for a mixed length", spec: `holdFor: 1h30m`},
	{reason: "not held", spec: `holdFor: 0s`},
	{reason: "no length of time", spec: `holdFor: long`, field: "spec.holdFor", says: sayLength},
	{reason: "no unit", spec: `holdFor: "6"`, field: "spec.holdFor", says: sayLength},
	{reason: "a fraction", spec: `holdFor: 1.5h`, field: "spec.holdFor", says: sayLength},
}

var checkpoints = []verdict{
	{reason: "32 checkpoints", spec: `pace: {checkpoints: ` + items(32, "{date: 20%02d-10-01, percent: 20}") + `}`},
	{reason: "equal percentages", spec: `pace: {checkpoints: [{date: 2026-10-01, percent: 0}, {date: 2026-11-01, percent: 0}, {date: 2027-01-01, percent: 100}]}`},
	{reason: "33 checkpoints", spec: `pace: {checkpoints: ` + items(33, "{date: 20%02d-10-01, percent: 20}") + `}`, field: "spec.pace.checkpoints", says: "must have at most 32 items"},
	{reason: "a pace of nothing", spec: `pace: {}`, field: "spec.pace.checkpoints", says: "Required value"},
	{reason: "no checkpoints", spec: `pace: {checkpoints: []}`, field: "spec.pace.checkpoints", says: "at least 1 items"},
	{reason: "falling dates", spec: `pace: {checkpoints: [{date: 2026-11-15, percent: 20}, {date: 2026-11-01, percent: 30}]}`, field: "spec.pace.checkpoints", says: "write them with rising dates"},
	{reason: "falling dates over a year's end", spec: `pace: {checkpoints: [{date: 2027-01-15, percent: 20}, {date: 2026-12-01, percent: 30}]}`, field: "spec.pace.checkpoints", says: "write them with rising dates"},
	{reason: "falling percentages", spec: `pace: {checkpoints: [{date: 2026-11-01, percent: 30}, {date: 2026-11-15, percent: 20}]}`, field: "spec.pace.checkpoints", says: "write percentages that never fall"},
	{reason: "a day twice", spec: `pace: {checkpoints: [{date: 2026-11-01, percent: 30}, {date: 2026-11-01, percent: 40}]}`, field: "spec.pace.checkpoints[1]", says: "Duplicate value"},
	{reason: "no such day", spec: `pace: {checkpoints: [{date: 2026-11-31, percent: 30}]}`, field: "spec.pace.checkpoints[0].date", says: sayDate},
	{reason: "a wrong day is reported alone", spec: `pace: {checkpoints: [{date: november, percent: 30}, {date: 2026-11-01, percent: 40}]}`, field: "spec.pace.checkpoints[0].date", says: sayDate},
	{reason: "no percent", spec: `pace: {checkpoints: [{date: 2026-11-01}]}`, field: "spec.pace.checkpoints[0].percent", says: "Required value"},
	{reason: "beyond 100 percent", spec: `pace: {checkpoints: [{date: 2026-11-01, percent: 101}]}`, field: "spec.pace.checkpoints[0].percent", says: "less than or equal to 100"},
	{reason: "below 0 percent", spec: `pace: {checkpoints: [{date: 2026-11-01, percent: -1}]}`, field: "spec.pace.checkpoints[0].percent", says: "greater than or equal to 0"},
	{reason: "a percent sign", spec: `pace: {checkpoints: [{date: 2026-11-01, percent: 20%}]}`, field: "spec.pace.checkpoints[0].percent", says: "must be of type integer"},
}

// steps is a key result of milestones.
func steps(list string) string { return "{reach: null, metric: null, milestones: " + list + "}" }

var milestones = []verdict{
	{reason: "all of it", spec: steps(`[{title: Research published, weight: 2, dueOn: 2026-10-15, doneOn: 2026-10-14}, {title: Tool bought}]`)},
	{reason: "32 milestones", spec: steps(items(32, "{title: step %d}"))},
	{reason: "33 milestones", spec: steps(items(33, "{title: step %d}")), field: "spec.milestones", says: "must have at most 32 items"},
	{reason: "none", spec: steps(`[]`), field: "spec.milestones", says: "at least 1 items"},
	{reason: "without a title", spec: steps(`[{weight: 2}]`), field: "spec.milestones[0].title", says: "Required value"},
	{reason: "an empty title", spec: steps(`[{title: ""}]`), field: "spec.milestones[0].title", says: "at least 1 char"},
	{reason: "a title beyond its limit", spec: steps(`[{title: ` + strings.Repeat("x", 254) + `}]`), field: "spec.milestones[0].title", says: "may not be more than 253"},
	{reason: "a title twice", spec: steps(`[{title: a}, {title: a}]`), field: "spec.milestones[1]", says: "Duplicate value"},
	{reason: "no weight", spec: steps(`[{title: a, weight: 0}]`), field: "spec.milestones[0].weight", says: "greater than or equal to 1"},
	{reason: "a weight beyond its limit", spec: steps(`[{title: a, weight: 1001}]`), field: "spec.milestones[0].weight", says: "less than or equal to 1000"},
	{reason: "due on no day", spec: steps(`[{title: a, dueOn: 2026-11-31}]`), field: "spec.milestones[0].dueOn", says: sayDate},
	{reason: "done is a day", spec: steps(`[{title: a, doneOn: "yes"}]`), field: "spec.milestones[0].doneOn", says: sayDate},
	{reason: "due on the key result's last day", spec: `{reach: null, metric: null, dueOn: 2026-12-15, milestones: [{title: a, dueOn: 2026-12-15}, {title: b}]}`},
	{reason: "due after the key result", spec: `{reach: null, metric: null, dueOn: 2026-12-15, milestones: [{title: a, dueOn: 2026-12-16}]}`,
		field: "spec.milestones", says: "write a dueOn in the milestone that is not after the key result's"},
	{reason: "a wrong day of the key result is reported alone", spec: `{reach: null, metric: null, dueOn: soon, milestones: [{title: a, dueOn: 2026-12-16}]}`, field: "spec.dueOn", says: sayDate},
	{reason: "a wrong day of a milestone is reported alone", spec: `{reach: null, metric: null, dueOn: 2026-12-15, milestones: [{title: a, dueOn: soon}]}`, field: "spec.milestones[0].dueOn", says: sayDate},
	{reason: "beside a reach", spec: `{metric: null, milestones: [{title: a}]}`, field: "spec", says: "write exactly one of reach (from here to there), maintain"},
	{reason: "with a metric", spec: `{reach: null, milestones: [{title: a}]}`, field: "spec.milestones", says: "remove metric, kpiRef and guard"},
	{reason: "with a KPI", spec: `{reach: null, metric: null, kpiRef: {name: latency}, milestones: [{title: a}]}`, field: "spec.milestones", says: "remove metric, kpiRef and guard"},
	{reason: "with a guard", spec: `{reach: null, metric: null, guard: {query: answers, atLeast: 100}, milestones: [{title: a}]}`, field: "spec.milestones", says: "remove metric, kpiRef and guard"},
	{reason: "with a pace", spec: `{reach: null, metric: null, pace: {checkpoints: [{date: 2026-11-15, percent: 20}]}, milestones: [{title: a}]}`, field: "spec.pace", says: "write dueOn in the milestones, and remove pace"},
}

var guards = []verdict{
	{reason: "with at least 100 answers", spec: `guard: {query: "sum(increase(answers_total[$__elapsed]))", atLeast: 100}`},
	{reason: "of another source, with a window", spec: `guard: {sourceRef: {name: surveys}, query: "sum(increase(answers_total[$__window]))", window: 28d, atLeast: "0.5"}`},
	{reason: "of a value kept by hand", spec: `{metric: null, guard: {query: answers, atLeast: 100}}`},
	{reason: "without a bound", spec: `guard: {query: answers}`, field: "spec.guard.atLeast", says: "Required value"},
	{reason: "without a query", spec: `guard: {atLeast: 100}`, field: "spec.guard.query", says: "Required value"},
	{reason: "an empty query", spec: `guard: {query: "", atLeast: 100}`, field: "spec.guard.query", says: "at least 1 char"},
	{reason: "a query beyond its limit", spec: `guard: {query: ` + strings.Repeat("x", 4097) + `, atLeast: 100}`, field: "spec.guard.query", says: "may not be more than 4096"},
	{reason: "a bound of 0", spec: `guard: {query: answers, atLeast: 0}`, field: "spec.guard.atLeast", says: "write how many there must be at least, such as 100"},
	{reason: "a bound of 0.0", spec: `guard: {query: answers, atLeast: "0.0"}`, field: "spec.guard.atLeast", says: "write how many there must be at least"},
	{reason: "a bound below 0", spec: `guard: {query: answers, atLeast: -1}`, field: "spec.guard.atLeast", says: "write how many there must be at least"},
	{reason: "no number", spec: `guard: {query: answers, atLeast: many}`, field: "spec.guard.atLeast", says: sayNumber},
	{reason: "a window that is missing", spec: `guard: {query: "sum(increase(answers_total[$__window]))", atLeast: 100}`, field: "spec.guard.window", says: "write guard.window too"},
	{reason: "a window that is not used", spec: `guard: {query: answers, window: 7d, atLeast: 100}`, field: "spec.guard.window", says: "or remove guard.window"},
	{reason: "a window of nothing", spec: `guard: {query: "sum(increase(answers_total[$__window]))", window: 0s, atLeast: 100}`, field: "spec.guard.window", says: "write a length of time such as 7d"},
	{reason: "a source without a name", spec: `guard: {sourceRef: {name: ""}, query: answers, atLeast: 100}`, field: "spec.guard.sourceRef.name", says: "at least 1 char"},
}

func TestKeyResultValidation(t *testing.T) {
	judge(t, "KeyResult", smallKeyResult, reaches)
	judge(t, "KeyResult", smallKeyResult, changes)
	judge(t, "KeyResult", smallKeyResult, decimals)
	judge(t, "KeyResult", smallKeyResult, keyResultValues)
	judge(t, "KeyResult", smallKeyResult, keyResultWords)
	judge(t, "KeyResult", smallKeyResult, checkpoints)
	judge(t, "KeyResult", smallKeyResult, milestones)
	judge(t, "KeyResult", smallKeyResult, guards)
	judge(t, "KeyResult", smallKeyResult, maintains)
	judge(t, "KeyResult", smallKeyResult, holds)
}
