package v1alpha1_test

import (
	"strings"
	"testing"
)

const monthly = `metric: {query: "sum(increase(orders_total[$__window]))"}`

var byHand = []verdict{
	{reason: "numbers by hand", spec: `{metric: null, readings: [{date: 2026-10-31, value: "7.6"}, {date: 2026-11-30, value: 8, note: After the move.}], readEvery: 31d}`},
	{reason: "one that is still to come", spec: `{metric: null, readings: [{date: 2999-12-31, value: -3}]}`},
	{reason: "every day", spec: `{metric: null, readings: [{date: 2026-10-31, value: 1}], readEvery: 1d}`},
	{reason: "a metric and readings", spec: `readings: [{date: 2026-10-31, value: 1}]`, field: "spec", says: "write exactly one of metric (a query) and readings"},
	{reason: "no reading at all", spec: `{metric: null, readings: []}`, field: "spec.readings", says: "at least 1 items"},
	{reason: "100 readings", spec: `{metric: null, readings: ` + items(100, "{date: 2%03d-10-01, value: 1}") + `}`},
	{reason: "101 readings", spec: `{metric: null, readings: ` + items(101, "{date: 2%03d-10-01, value: 1}") + `}`, field: "spec.readings", says: "must have at most 100 items"},
	{reason: "a day twice", spec: `{metric: null, readings: [{date: 2026-10-31, value: 1}, {date: 2026-10-31, value: 2}]}`, field: "spec.readings[1]", says: "Duplicate value"},
	{reason: "no such day", spec: `{metric: null, readings: [{date: 2026-02-29, value: 1}]}`, field: "spec.readings[0].date", says: sayDate},
	{reason: "no value", spec: `{metric: null, readings: [{date: 2026-10-31}]}`, field: "spec.readings[0].value", says: "Required value"},
	{reason: "a unit", spec: `{metric: null, readings: [{date: 2026-10-31, value: 7%}]}`, field: "spec.readings[0].value", says: sayNumber},
	{reason: "a rhythm of nothing", spec: `readEvery: 31d`, field: "spec.readEvery", says: "write readings, or remove readEvery"},
	{reason: "more often than daily", spec: `{metric: null, readings: [{date: 2026-10-31, value: 1}], readEvery: 12h}`, field: "spec.readEvery", says: "write a day or longer, such as 31d"},
	{reason: "a reading is judged at once", spec: `{metric: null, readings: [{date: 2026-10-31, value: 1}], target: {atLeast: 5}, holdFor: 10m}`, field: "spec.holdFor", says: "is judged at once; remove holdFor"},
	{reason: "readings have dates of their own", spec: `{metric: null, readings: [{date: 2026-10-31, value: 1}], calendarWindow: Month}`, field: "spec.calendarWindow", says: "readings have dates of their own"},
}

var calendarWindows = []verdict{
	{reason: "the last month", spec: `{calendarWindow: Month, ` + monthly + `}`},
	{reason: "as it stood at the end of the quarter", spec: `{calendarWindow: Quarter, metric: {query: customers, settle: 1h, staleAfter: 2d}}`},
	{reason: "weeks and years", spec: `{calendarWindow: Week, compareTo: 364d, ` + monthly + `}`},
	{reason: "no such span", spec: `{calendarWindow: Day, ` + monthly + `}`, field: "spec.calendarWindow", says: `supported values: "Week", "Month", "Quarter", "Year"`},
	{reason: "a length beside it", spec: `{calendarWindow: Month, metric: {query: "rate(x[$__window])", window: 28d}}`, field: "spec.metric.window", says: "remove metric.window, or calendarWindow"},
	{reason: "a length that the query does not use is reported alone", spec: `{calendarWindow: Month, metric: {query: up, window: 28d}}`, field: "spec.metric.window", says: "write [$__window] in metric.query"},
	{reason: "asked once", spec: `{calendarWindow: Month, metric: {query: up, interval: 5m}}`, field: "spec.metric.interval", says: "asked once for each span: remove metric.interval"},
	{reason: "judged at once", spec: `{calendarWindow: Month, ` + monthly + `, target: {atLeast: 5}, holdFor: 10m}`, field: "spec.holdFor", says: "is judged at once; remove holdFor"},
}

var ambitions = []verdict{
	{reason: "a week ago", spec: `compareTo: 7d`},
	{reason: "never", spec: `compareTo: 0d`, field: "spec.compareTo", says: "write a length of time such as 7d"},
	{reason: "a stretch above", spec: `{target: {atLeast: 100}, stretchTarget: 300}`},
	{reason: "a stretch below", spec: `{target: {atMost: "15.5"}, stretchTarget: "5.5"}`},
	{reason: "compared as numbers", spec: `{target: {atLeast: 99}, stretchTarget: "100"}`},
	{reason: "a stretch of nothing", spec: `stretchTarget: 300`, field: "spec.stretchTarget", says: "write target with atLeast or with atMost, not both"},
	{reason: "a stretch of a range", spec: `{target: {atLeast: 1, atMost: 5}, stretchTarget: 300}`, field: "spec.stretchTarget", says: "write target with atLeast or with atMost, not both"},
	{reason: "no further than the target", spec: `{target: {atLeast: 100}, stretchTarget: "100.0"}`, field: "spec.stretchTarget", says: "write a number above target.atLeast, or below target.atMost"},
	{reason: "the wrong way", spec: `{target: {atMost: 15}, stretchTarget: 20}`, field: "spec.stretchTarget", says: "write a number above target.atLeast, or below target.atMost"},
	{reason: "a stretch that is no number is reported alone", spec: `{target: {atMost: 15}, stretchTarget: none}`, field: "spec.stretchTarget", says: sayNumber},
	{reason: "a target that is no number is reported alone", spec: `{target: {atMost: none}, stretchTarget: 5}`, field: "spec.target.atMost", says: sayNumber},
	{reason: "accepted for a while", spec: `accepted: {until: 2027-01-31, reason: We live with it this quarter.}`},
	{reason: "accepted for ever", spec: `accepted: {reason: We live with it.}`, field: "spec.accepted.until", says: "Required value"},
	{reason: "accepted without a word", spec: `accepted: {until: 2027-01-31}`, field: "spec.accepted.reason", says: "Required value"},
	{reason: "accepted until no day", spec: `accepted: {until: 2027-02-29, reason: x}`, field: "spec.accepted.until", says: sayDate},
	{reason: "a reason beyond its limit", spec: `accepted: {until: 2027-01-31, reason: ` + strings.Repeat("x", 2049) + `}`, field: "spec.accepted.reason", says: "may not be more than 2048"},
	{reason: "a parent elsewhere", spec: `parentRef: {name: store-availability, namespace: company}`},
	{reason: "a parent's namespace in its name", spec: `parentRef: {name: company/store-availability}`, field: "spec.parentRef.name", says: "write the namespace beside it"},
	{reason: "a parent of no name", spec: `parentRef: {namespace: company}`, field: "spec.parentRef.name", says: "Required value"},
}

func TestKPIPracticeValidation(t *testing.T) {
	judge(t, "KPI", smallKPI, byHand)
	judge(t, "KPI", smallKPI, calendarWindows)
	judge(t, "KPI", smallKPI, ambitions)
}
