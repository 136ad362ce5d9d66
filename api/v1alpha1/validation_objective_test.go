package v1alpha1_test

import (
	"strings"
	"testing"
	"time"
)

const (
	sayPeriod = "write a year \"2026\", a half 2026-H2, a quarter 2026-Q4, a month 2026-10, or two existing dates"
	sayDate   = "write an existing day as year-month-day, such as 2026-11-10"
	sayZone   = "write an IANA name, such as Europe/Berlin, or UTC"
	sayOwner  = "write at least one of team, person and contact"
	sayNumber = `write up to 15 digits, and up to 9 after a point, in quotes if there is a point, such as 300 or "99.95"`
	sayLength = "such as 30s, 5m, 1h30m or 28d"
)

var objectivePeriods = []verdict{
	{reason: "a year, quoted", spec: `period: "2026"`},
	{reason: "a half", spec: `period: 2026-H2`},
	{reason: "a quarter", spec: `period: 2026-Q1`},
	{reason: "a month", spec: `period: 2026-10`},
	{reason: "two dates", spec: `period: 2026-10-01/2026-12-15`},
	{reason: "one day", spec: `period: 2026-10-01/2026-10-01`},
	{reason: "a leap day", spec: `period: 2028-02-29/2028-03-31`},
	{reason: "a period is needed", spec: `period: null`, field: "spec.period", says: "Required value"},
	{reason: "no such quarter", spec: `period: 2026-Q5`, field: "spec.period", says: sayPeriod},
	{reason: "quarter 0", spec: `period: 2026-Q0`, field: "spec.period", says: sayPeriod},
	{reason: "no such half", spec: `period: 2026-H3`, field: "spec.period", says: sayPeriod},
	{reason: "no such month", spec: `period: 2026-13`, field: "spec.period", says: sayPeriod},
	{reason: "a month of one digit", spec: `period: 2026-1`, field: "spec.period", says: sayPeriod},
	{reason: "another order", spec: `period: Q4 2026`, field: "spec.period", says: sayPeriod},
	{reason: "without the hyphen", spec: `period: 2026Q4`, field: "spec.period", says: sayPeriod},
	{reason: "a single day is written twice", spec: `period: 2026-10-01`, field: "spec.period", says: sayPeriod},
	{reason: "two years", spec: `period: 2026/2027`, field: "spec.period", says: sayPeriod},
	{reason: "a fiscal year is a cycle", spec: `period: FY27-Q1`, field: "spec.period", says: sayPeriod},
	{reason: "an empty period", spec: `period: ""`, field: "spec.period", says: sayPeriod},
	{reason: "blanks around the slash", spec: `period: 2026-10-01 / 2026-12-15`, field: "spec.period", says: sayPeriod},
	{reason: "February has no 30th", spec: `period: 2026-02-30/2026-03-31`, field: "spec.period", says: sayPeriod},
	{reason: "2027 is no leap year", spec: `period: 2027-02-29/2027-03-31`, field: "spec.period", says: sayPeriod},
	{reason: "an impossible last day", spec: `period: 2026-01-01/2026-04-31`, field: "spec.period", says: sayPeriod},
	{reason: "the end before the beginning", spec: `period: 2026-12-15/2026-10-01`, field: "spec.period",
		says: "the period ends before it begins: write first day/last day"},
	// The API server's own words: a selectable field is a string, so its rules cannot see a number.
	{reason: "an unquoted year is a number", spec: `period: 2026`, field: "spec.period", says: `must be of type string: "integer"`},
}

var objectiveDates = []verdict{
	{reason: "a day inside the quarter", spec: `startOn: 2026-11-10`},
	{reason: "the last day of a first quarter", spec: `{period: 2026-Q1, startOn: 2026-03-31}`},
	{reason: "the last day of a second quarter", spec: `{period: 2026-Q2, startOn: 2026-06-30}`},
	{reason: "the last day of a third quarter", spec: `{period: 2026-Q3, startOn: 2026-09-30}`},
	{reason: "the last day of a fourth quarter", spec: `startOn: 2026-12-31`},
	{reason: "the last day of a first half", spec: `{period: 2026-H1, startOn: 2026-06-30}`},
	{reason: "the last day of a second half", spec: `{period: 2026-H2, startOn: 2026-12-31}`},
	{reason: "the last day of a month", spec: `{period: 2026-02, startOn: 2026-02-28}`},
	{reason: "the last day of a year", spec: `{period: "2026", startOn: 2026-12-31}`},
	{reason: "the last of two dates", spec: `{period: 2026-10-01/2026-12-15, startOn: 2026-12-15}`},
	{reason: "after a first quarter", spec: `{period: 2026-Q1, startOn: 2026-04-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a second quarter", spec: `{period: 2026-Q2, startOn: 2026-07-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a third quarter", spec: `{period: 2026-Q3, startOn: 2026-10-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a fourth quarter", spec: `startOn: 2027-01-01`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a first half", spec: `{period: 2026-H1, startOn: 2026-07-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a second half", spec: `{period: 2026-H2, startOn: 2027-01-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a month", spec: `{period: 2026-02, startOn: 2026-03-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after a year", spec: `{period: "2026", startOn: 2027-01-01}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "after two dates", spec: `{period: 2026-10-01/2026-12-15, startOn: 2026-12-16}`, field: "spec.startOn", says: "write a day inside the period"},
	{reason: "a day that does not exist", spec: `startOn: 2026-11-31`, field: "spec.startOn", says: sayDate},
	{reason: "month and day of one digit", spec: `startOn: 2026-9-1`, field: "spec.startOn", says: sayDate},
	{reason: "another order", spec: `startOn: 10.11.2026`, field: "spec.startOn", says: sayDate},
	{reason: "an instant is not a day", spec: `startOn: "2026-11-10T08:00:00Z"`, field: "spec.startOn", says: sayDate},
	{reason: "a wrong period is reported alone", spec: `{period: 2026-Q5, startOn: 2026-11-10}`, field: "spec.period", says: sayPeriod},
}

var objectiveWords = []verdict{
	{reason: "nothing but title and period", spec: `{}`},
	{reason: "all of it", spec: `
description: Why it matters now.
rationale: Latency left its band in September.
owner: {team: checkout, person: mei, contact: "#checkout"}
level: Team
cycle: FY27-Q1
startOn: 2026-11-10
timeZone: Europe/Berlin
ambition: Aspirational
state: Active
kpiRefs: [{name: checkout-latency}, {name: revenue, namespace: company}]
pace: {atRiskGap: 10, offTrackGap: 25}
allowedNamespaces: {from: Same}
`},
	{reason: "a parent elsewhere", spec: `parentRef: {name: customers-love-us, namespace: company}`},
	{reason: "a parent's namespace in its name", spec: `parentRef: {name: company/customers-love-us}`, field: "spec.parentRef.name", says: "write the namespace beside it, such as {name: customers-love-us, namespace: company}"},
	{reason: "a KPI's namespace in its name", spec: `kpiRefs: [{name: company/revenue}]`, field: "spec.kpiRefs[0].name", says: "write the namespace beside it, such as {name: revenue, namespace: company}"},
	{reason: "a title is needed", spec: `title: null`, field: "spec.title", says: "Required value"},
	{reason: "an empty title", spec: `title: ""`, field: "spec.title", says: "at least 1 char"},
	{reason: "a title at its limit", spec: `title: ` + strings.Repeat("x", 253)},
	{reason: "a title beyond its limit", spec: `title: ` + strings.Repeat("x", 254), field: "spec.title", says: "may not be more than 253"},
	{reason: "a description at its limit", spec: `description: ` + strings.Repeat("x", 2048)},
	{reason: "a description beyond its limit", spec: `description: ` + strings.Repeat("x", 2049), field: "spec.description", says: "may not be more than 2048"},
	{reason: "a rationale at its limit", spec: `rationale: ` + strings.Repeat("x", 2048)},
	{reason: "a rationale beyond its limit", spec: `rationale: ` + strings.Repeat("x", 2049), field: "spec.rationale", says: "may not be more than 2048"},
	{reason: "a cycle beyond its limit", spec: `cycle: ` + strings.Repeat("x", 64), field: "spec.cycle", says: "may not be more than 63"},
	{reason: "a person alone", spec: `owner: {person: mei}`},
	{reason: "a contact alone", spec: `owner: {contact: "#checkout"}`},
	{reason: "an owner of no one", spec: `owner: {}`, field: "spec.owner", says: sayOwner},
	{reason: "an owner is an object", spec: `owner: checkout`, field: "spec.owner", says: "must be of type object"},
	{reason: "level Company", spec: `level: Company`},
	{reason: "level Department", spec: `level: Department`},
	{reason: "level Individual", spec: `level: Individual`},
	{reason: "no such level", spec: `level: Division`, field: "spec.level", says: `supported values: "Company", "Department", "Team", "Individual"`},
	{reason: "ambition Committed", spec: `ambition: Committed`},
	{reason: "no such ambition", spec: `ambition: committed`, field: "spec.ambition", says: `supported values: "Committed", "Aspirational"`},
	{reason: "state Draft", spec: `state: Draft`},
	{reason: "state Cancelled", spec: `state: Cancelled`},
	{reason: "achieved is measured, not written", spec: `state: Done`, field: "spec.state", says: `supported values: "Draft", "Active", "Cancelled"`},
	{reason: "cancelled, with when and why", spec: `{state: Cancelled, cancelled: {date: 2026-11-10, reason: The shop closes.}}`},
	{reason: "cancelled needs its state", spec: `cancelled: {date: 2026-11-10, reason: The shop closes.}`, field: "spec.cancelled", says: "set state: Cancelled too, or remove cancelled"},
	{reason: "cancelled needs a reason", spec: `{state: Cancelled, cancelled: {date: 2026-11-10}}`, field: "spec.cancelled.reason", says: "Required value"},
	{reason: "cancelled needs a day", spec: `{state: Cancelled, cancelled: {reason: The shop closes.}}`, field: "spec.cancelled.date", says: "Required value"},
	{reason: "cancelled on no day", spec: `{state: Cancelled, cancelled: {date: 2026-13-01, reason: x}}`, field: "spec.cancelled.date", says: sayDate},
	{reason: "a zone of three parts", spec: `timeZone: America/Argentina/Buenos_Aires`},
	{reason: "a zone with a sign", spec: `timeZone: Etc/GMT+2`},
	{reason: "an offset is no zone", spec: `timeZone: "+02:00"`, field: "spec.timeZone", says: sayZone},
	{reason: "a city with a blank", spec: `timeZone: America/New York`, field: "spec.timeZone", says: sayZone},
	{reason: "the controller's own zone", spec: `timeZone: Local`, field: "spec.timeZone", says: sayZone},
	{reason: "a way out of the zone files", spec: `timeZone: ../../etc/passwd`, field: "spec.timeZone", says: sayZone},
}

var objectiveRelations = []verdict{
	{reason: "16 KPIs", spec: `kpiRefs: ` + items(16, "{name: kpi-%d}")},
	{reason: "17 KPIs", spec: `kpiRefs: ` + items(17, "{name: kpi-%d}"), field: "spec.kpiRefs", says: "must have at most 16 items"},
	{reason: "an empty list says nothing", spec: `kpiRefs: []`, field: "spec.kpiRefs", says: "at least 1 items"},
	{reason: "a reference has a name", spec: `kpiRefs: [{namespace: company}]`, field: "spec.kpiRefs[0].name", says: "Required value"},
	{reason: "a reference is an object", spec: `kpiRefs: [checkout-latency]`, field: "spec.kpiRefs[0]", says: "must be of type object"},
	{reason: "equal gaps", spec: `pace: {atRiskGap: 25, offTrackGap: 25}`},
	{reason: "both gaps at 0", spec: `pace: {atRiskGap: 0, offTrackGap: 0}`},
	{reason: "at risk after off track", spec: `pace: {atRiskGap: 26, offTrackGap: 25}`, field: "spec.pace", says: "write an atRiskGap (10 when absent) that is not above offTrackGap (25 when absent)"},
	{reason: "at risk after off track's default", spec: `pace: {atRiskGap: 30}`, field: "spec.pace", says: "offTrackGap (25 when absent)"},
	{reason: "a gap below 0", spec: `pace: {atRiskGap: -1}`, field: "spec.pace.atRiskGap", says: "greater than or equal to 0"},
	{reason: "a gap beyond 100", spec: `pace: {offTrackGap: 101}`, field: "spec.pace.offTrackGap", says: "less than or equal to 100"},
	{reason: "shared with all", spec: `allowedNamespaces: {from: All}`},
	{reason: "shared with some", spec: `allowedNamespaces: {from: Selector, selector: {matchLabels: {team: checkout}}}`},
	{reason: "shared with no one in particular", spec: `allowedNamespaces: {from: Selector}`, field: "spec.allowedNamespaces", says: "write which namespaces, such as selector:"},
	{reason: "a selector beside All", spec: `allowedNamespaces: {from: All, selector: {matchLabels: {team: checkout}}}`, field: "spec.allowedNamespaces.selector", says: "write from: Selector, or remove selector"},
	{reason: "a selector alone", spec: `allowedNamespaces: {selector: {matchLabels: {team: checkout}}}`, field: "spec.allowedNamespaces.from", says: "Required value"},
	{reason: "no such sharing", spec: `allowedNamespaces: {from: Some}`, field: "spec.allowedNamespaces.from", says: `supported values: "Same", "All", "Selector"`},
}

var checkIns = []verdict{
	{reason: "all of it", spec: `
checkInEvery: 7d
checkIns:
- {date: 2026-10-12, confidence: 7, note: First cache is live., keyResults: [{name: survey-score, value: "7.6", confidence: 6}, {name: visits, value: 12}]}
- {date: 2026-10-19, confidence: 0}
- {date: 2026-10-26, note: Nobody was there.}
- {date: 2026-11-02, keyResults: [{name: survey-score, confidence: 10}]}
`},
	{reason: "100 check-ins", spec: `{period: "2026", checkIns: ` + days(100) + `}`},
	{reason: "101 check-ins", spec: `{period: "2026", checkIns: ` + days(101) + `}`, field: "spec.checkIns", says: "must have at most 100 items"},
	{reason: "none", spec: `checkIns: []`, field: "spec.checkIns", says: "at least 1 items"},
	{reason: "two on one day", spec: `checkIns: [{date: 2026-10-12, confidence: 7}, {date: 2026-10-12, confidence: 8}]`, field: "spec.checkIns[1]", says: "Duplicate value"},
	{reason: "an empty one", spec: `checkIns: [{date: 2026-10-12}]`, field: "spec.checkIns[0]", says: "write confidence, note or keyResults"},
	{reason: "without a date", spec: `checkIns: [{confidence: 7}]`, field: "spec.checkIns[0].date", says: "Required value"},
	{reason: "on no day", spec: `checkIns: [{date: 2026-10-32, confidence: 7}]`, field: "spec.checkIns[0].date", says: sayDate},
	{reason: "more than sure", spec: `checkIns: [{date: 2026-10-12, confidence: 11}]`, field: "spec.checkIns[0].confidence", says: "less than or equal to 10"},
	{reason: "less than hopeless", spec: `checkIns: [{date: 2026-10-12, confidence: -1}]`, field: "spec.checkIns[0].confidence", says: "greater than or equal to 0"},
	{reason: "a fraction of confidence", spec: `checkIns: [{date: 2026-10-12, confidence: 6.5}]`, field: "spec.checkIns[0].confidence", says: "must be of type int"},
	{reason: "an empty note", spec: `checkIns: [{date: 2026-10-12, note: ""}]`, field: "spec.checkIns[0].note", says: "at least 1 char"},
	{reason: "a note beyond its limit", spec: `checkIns: [{date: 2026-10-12, note: ` + strings.Repeat("x", 2049) + `}]`, field: "spec.checkIns[0].note", says: "may not be more than 2048"},
	{reason: "nothing about a key result", spec: `checkIns: [{date: 2026-10-12, keyResults: [{name: survey-score}]}]`, field: "spec.checkIns[0].keyResults[0]", says: "write value, confidence or both"},
	{reason: "about no key result", spec: `checkIns: [{date: 2026-10-12, keyResults: [{value: 7}]}]`, field: "spec.checkIns[0].keyResults[0].name", says: "Required value"},
	{reason: "a key result twice", spec: `checkIns: [{date: 2026-10-12, keyResults: [{name: a, value: 7}, {name: a, value: 8}]}]`, field: "spec.checkIns[0].keyResults[1]", says: "Duplicate value"},
	{reason: "no number", spec: `checkIns: [{date: 2026-10-12, keyResults: [{name: a, value: good}]}]`, field: "spec.checkIns[0].keyResults[0].value", says: sayNumber},
	{reason: "confidence in a key result beyond 10", spec: `checkIns: [{date: 2026-10-12, keyResults: [{name: a, confidence: 70}]}]`, field: "spec.checkIns[0].keyResults[0].confidence", says: "less than or equal to 10"},
	{reason: "16 key results", spec: `checkIns: [{date: 2026-10-12, keyResults: ` + items(16, "{name: k%d, value: 1}") + `}]`},
	{reason: "17 key results", spec: `checkIns: [{date: 2026-10-12, keyResults: ` + items(17, "{name: k%d, value: 1}") + `}]`, field: "spec.checkIns[0].keyResults", says: "must have at most 16 items"},
	{reason: "checked in every hour", spec: `checkInEvery: 1h`, field: "spec.checkInEvery", says: "write a day or longer"},
	{reason: "checked in never", spec: `checkInEvery: 0d`, field: "spec.checkInEvery", says: "write a day or longer"},
}

const sayInside = "a check-in is dated outside the period: write a day inside it"

// checkInDays are the first and the last day of each way to write a period, and those next to them.
var checkInDays = []verdict{
	{reason: "a year", spec: checkedIn(`"2026"`, "2026-01-01", "2026-12-31")},
	{reason: "before a year", spec: checkedIn(`"2026"`, "2025-12-31"), field: "spec.checkIns", says: sayInside},
	{reason: "after a year", spec: checkedIn(`"2026"`, "2027-01-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a first half", spec: checkedIn("2026-H1", "2026-01-01", "2026-06-30")},
	{reason: "before a first half", spec: checkedIn("2026-H1", "2025-12-31"), field: "spec.checkIns", says: sayInside},
	{reason: "after a first half", spec: checkedIn("2026-H1", "2026-07-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a second half", spec: checkedIn("2026-H2", "2026-07-01", "2026-12-31")},
	{reason: "before a second half", spec: checkedIn("2026-H2", "2026-06-30"), field: "spec.checkIns", says: sayInside},
	{reason: "after a second half", spec: checkedIn("2026-H2", "2027-01-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a first quarter", spec: checkedIn("2026-Q1", "2026-01-01", "2026-03-31")},
	{reason: "after a first quarter", spec: checkedIn("2026-Q1", "2026-04-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a second quarter", spec: checkedIn("2026-Q2", "2026-04-01", "2026-06-30")},
	{reason: "before a second quarter", spec: checkedIn("2026-Q2", "2026-03-31"), field: "spec.checkIns", says: sayInside},
	{reason: "after a second quarter", spec: checkedIn("2026-Q2", "2026-07-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a third quarter", spec: checkedIn("2026-Q3", "2026-07-01", "2026-09-30")},
	{reason: "before a third quarter", spec: checkedIn("2026-Q3", "2026-06-30"), field: "spec.checkIns", says: sayInside},
	{reason: "after a third quarter", spec: checkedIn("2026-Q3", "2026-10-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a fourth quarter", spec: checkedIn("2026-Q4", "2026-10-01", "2026-12-31")},
	{reason: "before a fourth quarter", spec: checkedIn("2026-Q4", "2026-09-30"), field: "spec.checkIns", says: sayInside},
	{reason: "after a fourth quarter", spec: checkedIn("2026-Q4", "2026-10-01", "2027-01-01"), field: "spec.checkIns", says: sayInside},
	{reason: "a month", spec: checkedIn("2026-02", "2026-02-01", "2026-02-28")},
	{reason: "before a month", spec: checkedIn("2026-02", "2026-01-31"), field: "spec.checkIns", says: sayInside},
	{reason: "after a month", spec: checkedIn("2026-02", "2026-03-01"), field: "spec.checkIns", says: sayInside},
	{reason: "two dates", spec: checkedIn("2026-10-05/2026-12-15", "2026-10-05", "2026-12-15")},
	{reason: "before two dates", spec: checkedIn("2026-10-05/2026-12-15", "2026-10-04"), field: "spec.checkIns", says: sayInside},
	{reason: "after two dates", spec: checkedIn("2026-10-05/2026-12-15", "2026-12-16"), field: "spec.checkIns", says: sayInside},
	{reason: "a date as kustomize rewrites it", spec: checkedIn("2026-Q4", `"2026-12-31T00:00:00Z"`)},
	{reason: "two wrong dates beside a check-in are reported alone", spec: checkedIn("2026-13-01/2026-14-01", "2026-10-12"), field: "spec.period", says: sayPeriod},
	{reason: "a wrong month beside a check-in is reported alone", spec: checkedIn("2026-13", "2026-10-12"), field: "spec.period", says: sayPeriod},
	{reason: "a wrong period beside a check-in is reported alone", spec: checkedIn("2026-Q5", "2026-10-12"), field: "spec.period", says: sayPeriod},
}

// checkedIn is an objective of a period with check-ins on days.
func checkedIn(period string, days ...string) string {
	var b strings.Builder
	for _, day := range days {
		b.WriteString("{date: " + day + ", confidence: 7}, ")
	}
	return "{period: " + period + ", checkIns: [" + b.String() + "]}"
}

// days are check-ins on so many days of 2026.
func days(n int) string {
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	list := make([]string, n)
	for i := range list {
		list[i] = "{date: " + first.AddDate(0, 0, i).Format(time.DateOnly) + ", confidence: 7}"
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func TestObjectiveValidation(t *testing.T) {
	judge(t, "Objective", smallObjective, objectivePeriods)
	judge(t, "Objective", smallObjective, objectiveDates)
	judge(t, "Objective", smallObjective, objectiveWords)
	judge(t, "Objective", smallObjective, objectiveRelations)
	judge(t, "Objective", smallObjective, checkIns)
	judge(t, "Objective", smallObjective, checkInDays)
}
