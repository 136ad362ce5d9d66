package v1alpha1_test

import (
	"strings"
	"testing"
)

var bands = []verdict{
	{reason: "no band", spec: `{}`},
	{reason: "a lower bound", spec: `target: {atLeast: "99.9"}`},
	{reason: "an upper bound", spec: `target: {atMost: 15}`},
	{reason: "a range", spec: `target: {atLeast: 70, atMost: 85}`},
	{reason: "a single number", spec: `target: {atLeast: 70, atMost: "70.0"}`},
	{reason: "an empty band", spec: `target: {}`, field: "spec.target", says: "an empty band holds every number: write atLeast, atMost or both"},
	{reason: "a band that holds nothing", spec: `target: {atLeast: 85, atMost: 70}`, field: "spec.target", says: "write an atLeast that is not above atMost"},
	{reason: "compared as numbers, not as text", spec: `target: {atLeast: 100, atMost: "99"}`, field: "spec.target", says: "write an atLeast that is not above atMost"},
	{reason: "no number below", spec: `target: {atLeast: much, atMost: 85}`, field: "spec.target.atLeast", says: sayNumber},
	{reason: "no number above", spec: `target: {atLeast: 70, atMost: 1.2.3}`, field: "spec.target.atMost", says: sayNumber},
	{reason: "an unquoted fraction", spec: `target: {atLeast: 99.95}`, field: "spec.target.atLeast", says: `must be of type integer,string: "number"`},
	{reason: "a band is an object", spec: `target: 99`, field: "spec.target", says: "must be of type object"},
}

var warnings = []verdict{
	{reason: "inside, from below", spec: `{target: {atLeast: "99.9"}, warning: {atLeast: "99.95"}}`},
	{reason: "inside, from above", spec: `{target: {atMost: 15}, warning: {atMost: 10}}`},
	{reason: "inside, both sides", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atLeast: 72, atMost: 83}}`},
	{reason: "as wide as target", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atLeast: 70, atMost: 85}}`},
	{reason: "a range, warned of below only", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atLeast: 72}}`},
	{reason: "a range, warned of above only", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atMost: 83}}`},
	{reason: "a range inside a lower bound", spec: `{target: {atLeast: 70}, warning: {atLeast: 72, atMost: 83}}`},
	{reason: "a range inside an upper bound", spec: `{target: {atMost: 85}, warning: {atLeast: 72, atMost: 83}}`},
	{reason: "a warning without a target", spec: `warning: {atLeast: 5}`, field: "spec.warning", says: "write target too"},
	{reason: "an empty warning", spec: `{target: {atLeast: 5}, warning: {}}`, field: "spec.warning", says: "write atLeast, atMost or both"},
	{reason: "an inverted warning", spec: `{target: {atLeast: 5}, warning: {atLeast: 9, atMost: 7}}`, field: "spec.warning", says: "write an atLeast that is not above atMost"},
	{reason: "below the lower bound", spec: `{target: {atLeast: "99.9"}, warning: {atLeast: 99}}`, field: "spec.warning", says: "write bounds in warning that are not below target.atLeast"},
	{reason: "above the upper bound", spec: `{target: {atMost: 15}, warning: {atMost: 20}}`, field: "spec.warning", says: "write bounds in warning that are not above target.atMost"},
	{reason: "a range, warned of outside below", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atLeast: 60}}`, field: "spec.warning", says: "not below target.atLeast"},
	{reason: "a range, warned of outside above", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atMost: 90}}`, field: "spec.warning", says: "not above target.atMost"},
	{reason: "every value would be in warning", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atMost: 60}}`, field: "spec.warning", says: "not below target.atLeast"},
	{reason: "every value would be in warning, above", spec: `{target: {atLeast: 70, atMost: 85}, warning: {atLeast: 90}}`, field: "spec.warning", says: "not above target.atMost"},
	{reason: "the other side: the best values would be in warning", spec: `{target: {atLeast: "99.9"}, warning: {atMost: "99.95"}}`, field: "spec.warning", says: "write warning.atLeast where target has atLeast, and warning.atMost where it has atMost"},
	{reason: "the other side, from above", spec: `{target: {atMost: 15}, warning: {atLeast: 10}}`, field: "spec.warning", says: "write warning.atLeast where target has atLeast"},
	{reason: "a target that is no number is reported alone", spec: `{target: {atLeast: high}, warning: {atLeast: 90}}`, field: "spec.target.atLeast", says: sayNumber},
	{reason: "a warning that is no number is reported alone", spec: `{target: {atLeast: 70, atMost: 90}, warning: {atMost: high}}`, field: "spec.warning.atMost", says: sayNumber},
}

var metrics = []verdict{
	{reason: "a metric or readings are needed", spec: `metric: null`, field: "spec", says: "write exactly one of metric (a query) and readings"},
	{reason: "a query is needed", spec: `metric: {}`, field: "spec.metric.query", says: "Required value"},
	{reason: "an empty query", spec: `metric: {query: ""}`, field: "spec.metric.query", says: "at least 1 char"},
	{reason: "a query at its limit", spec: `metric: {query: ` + strings.Repeat("x", 4096) + `}`},
	{reason: "a query beyond its limit", spec: `metric: {query: ` + strings.Repeat("x", 4097) + `}`, field: "spec.metric.query", says: "may not be more than 4096"},
	{reason: "all of it", spec: `metric: {sourceRef: {name: other}, query: "rate(x[$__window])", window: 28d, interval: 5m, staleAfter: 1h}`},
	{reason: "a source has a name", spec: `metric: {sourceRef: {}, query: x}`, field: "spec.metric.sourceRef.name", says: "Required value"},
	{reason: "a window that the query does not use", spec: `metric: {query: up, window: 7d}`, field: "spec.metric.window", says: "write [$__window] in metric.query"},
	{reason: "a query whose window is missing", spec: `metric: {query: "rate(x[$__window])"}`, field: "spec.metric.window", says: "write metric.window too, such as 7d"},
	{reason: "a KPI has no start", spec: `metric: {query: "increase(x[$__elapsed])"}`, field: "spec.metric.query", says: "write $__window in the query, with metric.window"},
	{reason: "the namespace, inside a matcher", spec: `metric: {query: 'x{namespace="$__namespace"}'}`},
}

var durations = []verdict{
	{reason: "every unit", spec: `metric: {query: "$__window", window: 1y2w3d4h5m6s7ms}`},
	{reason: "seconds", spec: `metric: {query: up, interval: 30s}`},
	{reason: "the shortest interval", spec: `metric: {query: up, interval: 1s}`},
	{reason: "a second in milliseconds", spec: `metric: {query: up, interval: 1000ms}`},
	{reason: "a short window", spec: `metric: {query: "$__window", window: 500ms}`},
	{reason: "at once", spec: `objectiveAfter: 0s`},
	{reason: "a verdict that must last", spec: `{target: {atMost: 5}, holdFor: 10m}`},
	{reason: "a verdict that need not last", spec: `{target: {atMost: 5}, holdFor: 0s}`},
	{reason: "no verdict to hold", spec: `holdFor: 10m`, field: "spec.holdFor", says: "write target too, or remove holdFor"},
	{reason: "no length of time", spec: `{target: {atMost: 5}, holdFor: soon}`, field: "spec.holdFor", says: sayLength},
	{reason: "data that arrives late", spec: `metric: {query: up, settle: 1h}`},
	{reason: "data that arrives at once", spec: `metric: {query: up, settle: 0s}`},
	{reason: "no length of time to settle", spec: `metric: {query: up, settle: late}`, field: "spec.metric.settle", says: sayLength},
	{reason: "no unit", spec: `metric: {query: up, interval: "30"}`, field: "spec.metric.interval", says: sayLength},
	{reason: "a single digit", spec: `objectiveAfter: "5"`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "empty", spec: `objectiveAfter: ""`, field: "spec.objectiveAfter", says: "at least 1 char"},
	{reason: "no unit, unquoted", spec: `objectiveAfter: 24`, field: "spec.objectiveAfter", says: `must be of type string: "integer"`},
	{reason: "from the smallest unit", spec: `objectiveAfter: 30m1h`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "a fraction, as in Go", spec: `objectiveAfter: 1.5h`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "a month has no fixed length", spec: `objectiveAfter: 1mo`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "words", spec: `objectiveAfter: 5 minutes`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "back in time", spec: `objectiveAfter: -5m`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "centuries", spec: `objectiveAfter: 300y`, field: "spec.objectiveAfter", says: sayLength},
	{reason: "no window at all", spec: `metric: {query: "$__window", window: 0s}`, field: "spec.metric.window", says: "write a length of time such as 7d"},
	{reason: "an interval of nothing", spec: `metric: {query: up, interval: 0s}`, field: "spec.metric.interval", says: "write an interval of 1s or longer"},
	{reason: "an interval below a second", spec: `metric: {query: up, interval: 999ms}`, field: "spec.metric.interval", says: "write an interval of 1s or longer"},
	{reason: "stale from the start", spec: `metric: {query: up, staleAfter: 0m}`, field: "spec.metric.staleAfter", says: "write a length of time such as 1h"},
}

var kpiWords = []verdict{
	{reason: "all of it", spec: `
description: Orders that go through.
owner: {team: checkout}
level: Company
unit: "%"
timeZone: Europe/Berlin
target: {atLeast: "99.9"}
warning: {atLeast: "99.95"}
objectiveAfter: 7d
runbook: https://runbooks.example/checkout
allowedNamespaces: {from: All}
`},
	{reason: "a title is needed", spec: `title: null`, field: "spec.title", says: "Required value"},
	{reason: "no such level", spec: `level: Group`, field: "spec.level", says: `supported values: "Company"`},
	{reason: "a unit beyond its limit", spec: `unit: ` + strings.Repeat("x", 33), field: "spec.unit", says: "may not be more than 32"},
	{reason: "a description beyond its limit", spec: `description: ` + strings.Repeat("x", 2049), field: "spec.description", says: "may not be more than 2048"},
	{reason: "a runbook is a link", spec: `runbook: ask mei`, field: "spec.runbook", says: "write a link that begins with https:// or http://"},
	{reason: "a link is nothing to run", spec: `runbook: "javascript:alert(1)"`, field: "spec.runbook", says: "write a link that begins with https://"},
	{reason: "a link is one line", spec: `runbook: "https://runbooks.example/a\nb"`, field: "spec.runbook", says: "write a link that begins with https://"},
	{reason: "an empty runbook", spec: `runbook: ""`, field: "spec.runbook", says: "write a link that begins with https://"},
	{reason: "the zone list is the controller's business", spec: `timeZone: UTC+2`},
	{reason: "not a zone", spec: `timeZone: Berlin, Germany`, field: "spec.timeZone", says: sayZone},
	{reason: "shared with some", spec: `allowedNamespaces: {from: Selector, selector: {matchExpressions: [{key: okr, operator: Exists}]}}`},
	{reason: "a selector beside Same", spec: `allowedNamespaces: {from: Same, selector: {}}`, field: "spec.allowedNamespaces.selector", says: "write from: Selector, or remove selector"},
}

func TestKPIValidation(t *testing.T) {
	judge(t, "KPI", smallKPI, bands)
	judge(t, "KPI", smallKPI, warnings)
	judge(t, "KPI", smallKPI, metrics)
	judge(t, "KPI", smallKPI, durations)
	judge(t, "KPI", smallKPI, kpiWords)
}
