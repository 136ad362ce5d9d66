package lint_test

// full has every field with a rule, by kind. What does not go together is together here: a rule about a value is asked all the same.
var full = map[string]string{
	"Objective": `
title: T
period: 2026-Q4
timeZone: UTC
startOn: 2026-10-01
parentRef: {name: p}
kpiRefs: [{name: k}]
checkInEvery: 7d
checkIns: [{date: 2026-10-12, keyResults: [{name: a, value: 5}]}]
actions: [{title: A, dueOn: 2026-11-01, doneOn: 2026-11-02, url: "https://x.example"}]
cancelled: {date: 2026-11-03, reason: R}
review: {score: "0.7"}
`,
	"KeyResult": `
objectiveRef: {name: o}
title: T
kpiRef: {name: k}
metric: {query: "x[$__window]", window: 7d, interval: 5m, staleAfter: 1h, settle: 2h}
guard: {query: "n[$__window]", window: 8d, atLeast: 5}
reach: {baseline: 1, target: 2, change: "+5", replanned: [{date: 2026-11-04, from: 3, to: 4, reason: R}]}
maintain: {atLeast: 6, atMost: 7, allowedBreach: "1%"}
milestones: [{title: M, dueOn: 2026-11-05, doneOn: 2026-11-06}]
pace: {checkpoints: [{date: 2026-11-07, percent: 5}]}
holdFor: 3h
startOn: 2026-10-02
dueOn: 2026-12-01
cancelled: {date: 2026-11-08, reason: R}
final: {date: 2026-11-09, score: "0.8", value: 8}
`,
	"KPI": `
title: T
parentRef: {name: p}
metric: {query: "x[$__window]", window: 7d, interval: 5m, staleAfter: 1h, settle: 2h}
readings: [{date: 2026-11-04, value: 5}]
readEvery: 31d
compareTo: 9d
holdFor: 3h
target: {atLeast: 1, atMost: 8}
warning: {atLeast: 2, atMost: 7}
stretchTarget: 9
objectiveAfter: 11d
accepted: {until: 2027-01-31, reason: R}
timeZone: UTC
runbook: https://x.example
`,
	"MetricSource": `
allowedNamespaces: {from: All}
queryOffset: 1m
limits: {timeout: 10s, minInterval: 30s}
tenancy:
  enforceLabel: {name: namespace, namespaceLabel: a}
  tenantHeader: {name: X-Scope-OrgID, namespaceLabel: b, ownTenant: c}
prometheus:
  url: https://prometheus.example
  basicAuth: {username: u, passwordSecretRef: {name: s, key: k}}
  serviceAccountToken: {name: n, audience: prometheus}
  headers: [{name: X-Team, value: okr}]
  oauth2:
    clientID: c
    clientSecretRef: {name: s, key: k}
    tokenURL: https://login.example/token
    endpointParams: [{name: audience, value: v}]
`,
}

const (
	kr  = "objectiveRef: {name: o}\ntitle: T\n"
	kpi = "title: T\nmetric: {query: x}\n"
	obj = "title: T\nperiod: 2026-Q4\n"
	src = "allowedNamespaces: {from: All}\n"
)

// brokenTogether break rules about several fields, one each.
var brokenTogether = []struct{ kind, spec, says string }{
	{"KeyResult", kr, "say what is to be proved"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nmetric: {query: x}\nkpiRef: {name: k}", "the value has two sources"},
	{"KeyResult", kr + "maintain: # here\n  atLeast: 5", "what is to be maintained must be measured"},
	{"KeyResult", kr + "metric: {query: \"x[$__elapsed]\"}\nmaintain: {atLeast: 5} # here", "a query with $__elapsed counts from 0 at the start, which is no number"},
	{"KeyResult", kr + "metric: {query: x}\nmilestones: # here\n- title: M", "milestones are done or not"},
	{"KeyResult", kr + "milestones: [{title: M}]\npace: {checkpoints: [{date: 2026-11-07, percent: 5}]} # here", "milestones bend the line"},
	{"KeyResult", kr + "reach: # here\n  target: 2\n  direction: Increase", "with neither metric nor kpiRef"},
	{"KeyResult", kr + "reach:\n  target: 2\n  baseline: 1 # here\nmetric: {query: \"x[$__elapsed]\"}", "remove reach.baseline"},
	{"KeyResult", kr + "reach:\n  target: 2\n  direction: Increase # here\nmetric: {query: \"x[$__elapsed]\"}", "remove reach.direction: a query"},
	{"KeyResult", kr + "reach:\n  target: 0 # here\nmetric: {query: \"x[$__elapsed]\"}", "a query with $__elapsed counts from 0: write a reach.target"},
	{"KeyResult", kr + "reach: {target: 2} # here\nmetric: {query: x}", "reach.direction is needed"},
	{"KeyResult", kr + "reach:\n  change: \"+5%\" # here\nmetric: {query: \"x[$__elapsed]\"}", "a query with $__elapsed counts from 0, of which there is no percentage"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\ncancelled: {date: 2026-11-08, reason: R} # here", "cancelled says when and why"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nstartOn: 2026-12-02 # here\ndueOn: 2026-12-01", "startOn is after dueOn"},
	{"KeyResult", kr + "dueOn: 2026-12-01\nmilestones: # here\n- {title: M, dueOn: 2026-12-02}", "a milestone is due after"},
	{"KeyResult", kr + "milestones: [{title: M}]\nfinal: # here\n  date: 2026-12-02\n  value: 1", "here the last number alone"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nstartOn: 2026-12-02\nfinal:\n  score: \"1\"\n  date: 2026-12-01 # here", "final.date is before startOn"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\ndueOn: 2026-12-02\nfinal:\n  score: \"1\"\n  date: 2026-12-03 # here", "final.date is after dueOn"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nfinal: {date: 2026-12-03} # here", "an empty record"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nmetric: # here\n  query: x[$__window]", "the query has $__window: write metric.window"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nmetric:\n  query: x\n  window: 7d # here", "the query does not use window: write [$__window] in metric"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nmetric: {query: x}\nguard: {query: \"x[$__window]\", atLeast: 5} # here", "the query has $__window: write guard.window"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nmetric: {query: x}\nguard:\n  query: x\n  atLeast: 5\n  window: 7d # here", "the query does not use window: write [$__window] in guard"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\npace:\n  checkpoints: # here\n  - {date: 2026-11-07, percent: 5}\n  - {date: 2026-11-06, percent: 6}", "checkpoints are out of order"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\npace:\n  checkpoints: # here\n  - {date: 2026-11-07, percent: 5}\n  - {date: 2026-11-08, percent: 4}", "a later checkpoint"},
	{"KeyResult", kr + "reach: {baseline: 1} # here", "write exactly one of target"},
	{"KeyResult", kr + "reach:\n  baseline: 1\n  target: 2\n  direction: Increase # here", "remove direction"},
	{"KeyResult", kr + "reach: {baseline: 1, target: \"1.0\"} # here", "baseline and target are the same"},
	{"KeyResult", kr + "reach: {baseline: 0, change: \"+5%\"} # here", "a percentage of a baseline of 0"},
	{"KeyResult", kr + "reach:\n  baseline: 1\n  target: 2\n  replanned: # here\n  - {date: 2026-11-04, from: 2, to: 4, reason: R}", "the newest of replanned"},
	{"KeyResult", kr + "reach:\n  baseline: 1\n  target: 2\n  replanned: # here\n  - {date: 2026-11-04, from: 2, to: 4, reason: R}\n  - {date: 2026-11-03, from: 4, to: 2, reason: R}", "replanned is out of order"},
	{"KeyResult", kr + "metric: {query: x}\nmaintain: {} # here", "an empty band"},
	{"KeyResult", kr + "metric: {query: x}\nmaintain: {atLeast: 5, atMost: 4} # here", "no number lies"},
	{"KeyResult", kr + "reach: {baseline: 1, target: 2}\nowner: {} # here", "an empty owner"},
	{"KPI", kpi + "owner: {} # here", "an empty owner"},
	{"KPI", kpi + "target: {} # here", "an empty band"},
	{"KPI", kpi + "target: {atLeast: 5, atMost: 4} # here", "no number lies"},
	{"KPI", kpi + "target: {atLeast: 5}\nwarning: {} # here", "an empty band"},
	{"KPI", kpi + "target: {atLeast: 1}\nwarning: {atLeast: 5, atMost: 4} # here", "no number lies"},
	{"KPI", kpi + "warning: {atLeast: 5} # here", "warning is a narrower band"},
	{"KPI", kpi + "target: {atLeast: 5}\nwarning: {atMost: 7} # here", "warning bounds another side"},
	{"KPI", kpi + "target: {atLeast: 5}\nwarning: {atLeast: 4} # here", "warning must lie inside target: write bounds in warning that are not below"},
	{"KPI", kpi + "target: {atMost: 5}\nwarning: {atMost: 6} # here", "warning must lie inside target: write bounds in warning that are not above"},
	{"KPI", "title: T", "say where the number comes from"},
	{"KPI", kpi + "readEvery: 31d # here", "readEvery is the rhythm"},
	{"KPI", "title: T\nreadings: [{date: 2026-11-04, value: 5}]\ncalendarWindow: Month # here", "calendarWindow goes with metric"},
	{"KPI", "title: T\ncalendarWindow: Month\nmetric:\n  query: x[$__window]\n  window: 7d # here", "calendarWindow says how long"},
	{"KPI", "title: T\ncalendarWindow: Month\nmetric:\n  query: x[$__window]\n  interval: 7m # here", "with calendarWindow the query is asked once"},
	{"KPI", kpi + "stretchTarget: 5 # here", "stretchTarget lies beyond"},
	{"KPI", kpi + "target: {atLeast: 5}\nstretchTarget: 5 # here", "stretchTarget is an ambition"},
	{"KPI", kpi + "holdFor: 5m # here", "without a target there is no verdict"},
	{"KPI", "title: T\nreadings: [{date: 2026-11-04, value: 5}]\ntarget: {atLeast: 5}\nholdFor: 5m # here", "holdFor is for values"},
	{"KPI", "title: T\nmetric:\n  query: x[$__elapsed] # here", "$__elapsed is for key results"},
	{"KPI", "title: T\nmetric: # here\n  query: x[$__window]", "the query has $__window: write metric.window"},
	{"KPI", "title: T\nmetric:\n  query: x\n  window: 7d # here", "the query does not use window"},
	{"KPI", kpi + "allowedNamespaces: {from: Selector} # here", "from: Selector needs selector"},
	{"KPI", kpi + "allowedNamespaces:\n  from: All\n  selector: {matchLabels: {a: b}} # here", "selector goes with from: Selector only"},
	{"Objective", obj + "owner: {} # here", "an empty owner"},
	{"Objective", obj + "allowedNamespaces: {from: Selector} # here", "from: Selector needs selector"},
	{"Objective", obj + "allowedNamespaces:\n  from: All\n  selector: {matchLabels: {a: b}} # here", "selector goes with from: Selector only"},
	{"Objective", obj + "cancelled: {date: 2026-11-08, reason: R} # here", "cancelled says when and why"},
	{"Objective", obj + "startOn: 2027-01-01 # here", "startOn is after the period"},
	{"Objective", obj + "checkIns: # here\n- {date: 2027-01-01, confidence: 5}", "a check-in is dated outside"},
	{"Objective", obj + "checkIns:\n- {date: 2026-10-04, confidence: 5}\n- date: 2026-10-05 # here", "an empty check-in"},
	{"Objective", obj + "checkIns:\n- date: 2026-10-04\n  keyResults:\n  - name: a # here", "this says nothing of the key result"},
	{"Objective", obj + "pace: {atRiskGap: 30} # here", "a goal is at risk before"},
	{"Objective", obj + "review: {} # here", "an empty review"},
	{"MetricSource", src + "prometheus: # here\n  url: https://p.example\n  bearerTokenSecretRef: {name: s, key: k}\n  basicAuth: {username: u, passwordSecretRef: {name: s, key: k}}", "a source has one kind of credentials"},
	{"MetricSource", src + "prometheus: # here\n  url: http://p.example\n  bearerTokenSecretRef: {name: s, key: k}", "credentials would travel readable"},
	{"MetricSource", src + "prometheus:\n  url: https://p.example\n  oauth2:\n    clientID: c\n    clientSecretRef: {name: s, key: k}\n    tokenURL: http://login.example # here", "the client's secret would travel"},
	{"MetricSource", src + "prometheus:\n  url: http://p.example\n  tls: {serverName: x} # here", "tls goes with https"},
	{"MetricSource", src + "prometheus:\n  url: https://p.example\n  tls: {certSecretRef: {name: s, key: k}} # here", "a client certificate is two things"},
	{"MetricSource", src + "prometheus:\n  url: https://p.example\n  tls: {insecureSkipVerify: true, ca: {secretRef: {name: s, key: k}}} # here", "insecureSkipVerify trusts"},
	{"MetricSource", src + "prometheus:\n  url: https://p.example\n  tls:\n    ca: {} # here", "write one of secretRef and configMapRef"},
	{"MetricSource", src + "prometheus: {url: \"https://p.example\"}\ntenancy: {} # here", "an empty tenancy"},
	{"MetricSource", "prometheus: {url: \"https://p.example\"}\nallowedNamespaces: {from: Selector} # here", "from: Selector needs selector"},
	{"MetricSource", "prometheus: {url: \"https://p.example\"}\nallowedNamespaces:\n  from: All\n  selector: {matchLabels: {a: b}} # here", "selector goes with from: Selector only"},
}
