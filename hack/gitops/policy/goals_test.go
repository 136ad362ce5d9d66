package policy_test

// The goals whose edits are tried: one of each shape, all begun on 2026-10-01. What is written is what people would write;
// the status is what the controller would remember.
const goals = `
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: running, namespace: checkout}
spec:
  title: Checkout feels instant
  owner: {team: checkout}
  period: 2026-Q4
  timeZone: Europe/Berlin
  parentRef: {name: customers-love-us, namespace: company, weight: 2}
status:
  health: AtRisk
  keyResults: {total: 7, measured: 7, summary: 7/7}
  conditions: [{type: OnTrack, status: "False", reason: Behind, message: behind, lastTransitionTime: "2026-11-01T00:00:00Z"}]
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: next, namespace: checkout}
spec: {title: Everybody finds us, owner: {team: checkout}, period: 2027-Q1}
status:
  health: Pending
  conditions: [{type: OnTrack, status: Unknown, reason: Pending, message: not yet, lastTransitionTime: "2026-11-01T00:00:00Z"}]
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: draft, namespace: checkout}
spec: {title: Perhaps, state: Draft, period: 2026-Q4}
status:
  health: Pending
  conditions: [{type: OnTrack, status: Unknown, reason: Draft, message: a draft, lastTransitionTime: "2026-11-01T00:00:00Z"}]
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: stalled-dates, namespace: checkout}
spec: {title: Misdated, owner: {team: checkout}, period: 2026-Q4, timeZone: Europe/Atlantis}
status:
  health: Unknown
  conditions: [{type: OnTrack, status: Unknown, reason: InvalidTimeZone, message: no such zone, lastTransitionTime: "2026-11-01T00:00:00Z"}]
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: circle, namespace: checkout}
spec: {title: Serves itself, owner: {team: checkout}, period: 2026-Q4, rollUp: Children, parentRef: {name: circle}}
status:
  health: Unknown
  keyResults: {total: 0, measured: 0}
  conditions:
    - {type: OnTrack, status: Unknown, reason: ReferenceCycle, message: a circle, lastTransitionTime: "2026-11-01T00:00:00Z"}
    - {type: Stalled, status: "True", reason: ReferenceCycle, message: a circle, lastTransitionTime: "2026-11-01T00:00:00Z"}
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: broken-selector, namespace: checkout}
spec:
  title: Running with a selector that does not parse
  owner: {team: checkout}
  period: 2026-Q4
  allowedNamespaces: {from: Selector, selector: {matchLabels: {team: a b}}}
status:
  health: Unknown
  conditions: [{type: OnTrack, status: Unknown, reason: InvalidSelector, message: a selector, lastTransitionTime: "2026-11-01T00:00:00Z"}]
---
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: given-up, namespace: checkout, annotations: {goals.okr.dev/justification: The market went elsewhere}}
spec: {title: Given up, owner: {team: checkout}, period: 2026-Q4, state: Cancelled, cancelled: {date: "2026-11-02", reason: The market went}}
status:
  health: Cancelled
  conditions: [{type: OnTrack, status: Unknown, reason: Cancelled, message: cancelled, lastTransitionTime: "2026-11-02T00:00:00Z"}]
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: latency, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: p99 from 800 to 300 ms
  unit: ms
  reach:
    baseline: 800
    target: 300
    replanned: [{date: "2026-10-20", from: 250, to: 300, reason: The cache was sold}]
  metric: {query: "max(latency_ms)"}
  guard: {query: "sum(increase(orders_total[$__window]))", window: 7d, atLeast: 100}
  pace: {checkpoints: [{date: "2026-11-15", percent: 20}, {date: "2026-12-01", percent: 60}]}
status:
  frozen: {commitment: {target: 800 → 250 ms, baseline: "800", goal: "250", startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: measured, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: More leads
  reach: {target: 4000, direction: Increase}
  metric: {query: "sum(leads)"}
status:
  frozen:
    baseline: {value: "1234.56789012", time: "2026-10-01T00:00:00Z", key: a}
    commitment: {target: → 4000, goal: "4000", startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: unmeasured, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: More visits
  reach: {target: 4000, direction: Increase}
  metric: {query: "sum(visits)"}
status:
  frozen: {commitment: {target: → 4000, goal: "4000", startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: growth, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: A fifth more
  weight: 3
  reach: {change: "+20%"}
  kpiRef: {name: revenue}
status:
  frozen:
    baseline: {value: "100", time: "2026-10-01T00:00:00Z", key: a}
    commitment: {target: +20%, goal: +20%, startOn: "2026-10-01", dueOn: "2026-12-31", weight: 3}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: by-hand, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: Survey from 7.1 to 8
  startOn: "2026-10-01"
  dueOn: "2026-12-15"
  reach: {baseline: "7.1", target: 8}
status:
  frozen: {commitment: {target: 7.1 → 8, baseline: "7.1", goal: "8", startOn: "2026-10-01", dueOn: "2026-12-15", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: available, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: The shop is there
  maintain: {atLeast: "99.9", allowedBreach: "1%"}
  metric: {query: "avg(up)", sourceRef: {name: default}}
status:
  frozen: {commitment: {target: ≥ 99.9, band: {atLeast: "99.9"}, allowedBreach: 1%, startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: steps, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: The new checkout is out
  milestones:
    - {title: Research published, weight: 2, dueOn: "2026-10-15", doneOn: "2026-10-14"}
    - {title: Beta is used}
status:
  frozen: {commitment: {milestones: [Research published, Beta is used], startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: dropped, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: Dropped before there was a policy
  state: Cancelled
  reach: {baseline: 1, target: 2}
status:
  frozen: {commitment: {target: 1 → 2, baseline: "1", goal: "2", startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: explained, namespace: checkout, annotations: {goals.okr.dev/justification: "The tender was lost"}}
spec:
  objectiveRef: {name: running}
  title: Contracts from 1 to 5
  reach: {baseline: 1, target: 5}
status:
  frozen: {commitment: {target: 1 → 9, baseline: "1", goal: "9", startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: closed, namespace: checkout}
spec:
  objectiveRef: {name: running}
  title: Over, and measured
  reach: {baseline: 800, target: 300}
  metric: {query: "max(latency_ms)"}
status:
  frozen:
    final: {value: "310", time: "2026-12-31T23:59:59Z", progressPercent: 98, score: "0.98", grade: Amber, key: a}
    commitment: {target: 800 → 300, baseline: "800", goal: "300", startOn: "2026-10-01", dueOn: "2026-12-31", weight: 1}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: not-begun, namespace: checkout}
spec:
  objectiveRef: {name: next}
  title: Visits from 100 to 200
  reach: {baseline: 100, target: 200}
status: {health: Pending}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KPI
metadata: {name: revenue, namespace: checkout}
spec: {title: Revenue, owner: {contact: "#shop"}, metric: {query: sum(revenue)}, target: {atLeast: 100}}
`
