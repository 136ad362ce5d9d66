package practice_test

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// measuredByKPI has latency measured by the KPI.
func measuredByKPI(kr *v1alpha1.KeyResult) {
	kr.Spec.Metric, kr.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: "availability"}
}

func reaches(baseline, target string) *v1alpha1.Reach {
	return &v1alpha1.Reach{Baseline: number(baseline), Target: number(target)}
}

// budget has latency maintain a band for all but 1 % of the quarter.
func budget(query string, window v1alpha1.Duration) func(*world) {
	return func(w *world) {
		w.latency.Spec.Reach, w.latency.Spec.Maintain = nil, &v1alpha1.Maintain{AtLeast: number("99.5"), AllowedBreach: "1%"}
		w.latency.Spec.Metric = &v1alpha1.Metric{Query: query, Window: window}
	}
}

var keyResultCases = map[string][]ruleCase{
	"OKR007": {
		{"another number than the KPI's", func(*world) {}, false},
		{"the KPI's number, up to its bound", func(w *world) { measuredByKPI(w.latency); w.latency.Spec.Reach = reaches("99.2", "99.9") }, true},
		{"the KPI's query, written otherwise", func(w *world) {
			w.latency.Spec.Metric = &v1alpha1.Metric{Query: "100 *\n avg ( avg_over_time(probe_success[$__window]) )", Window: "1d"}
			w.latency.Spec.Reach = reaches("99.2", "99.90")
		}, true},
		{"the KPI's query over another time is another number", func(w *world) {
			w.latency.Spec.Metric = &v1alpha1.Metric{Query: w.kpi.Spec.Metric.Query, Window: "28d"}
			w.latency.Spec.Reach = reaches("99.2", "99.9")
		}, false},
		{"the KPI's number, beyond its bound", func(w *world) { measuredByKPI(w.latency); w.latency.Spec.Reach = reaches("99.2", "99.99") }, false},
		{"to stay in the KPI's band", func(w *world) {
			measuredByKPI(w.latency)
			w.latency.Spec.Reach, w.latency.Spec.Maintain = nil, &v1alpha1.Maintain{AtLeast: number("99.9")}
		}, true},
		{"an error budget is more than the KPI says", func(w *world) {
			measuredByKPI(w.latency)
			w.latency.Spec.Reach, w.latency.Spec.Maintain = nil, &v1alpha1.Maintain{AtLeast: number("99.9"), AllowedBreach: "1%"}
		}, false},
	},
	"OKR021": {
		{"no budget", func(*world) {}, false},
		{"1 % of a quarter is 22 hours", budget("avg(avg_over_time(up[$__window]))", "1h"), false},
		{"28 days remember an outage for 28 days", budget("avg(avg_over_time(up[$__window]))", "28d"), true},
		{"just longer", budget("avg(avg_over_time(up[23h]))", ""), true},
	},
	"SMART": {
		{"all five letters", func(*world) {}, false},
		{"how much of what", func(w *world) { w.latency.Spec.Unit = "" }, true},
		{"milestones count themselves", func(w *world) { milestones("done")(w.latency) }, false},
		{"what for", func(w *world) { w.objective.Spec.KPIRefs, w.objective.Spec.ParentRef = nil, nil }, true},
		{"until when", func(w *world) { w.latency.Spec.DueOn = "2026-02-30" }, true},
		{"says who", func(w *world) { w.score.Spec.Reach.Baseline = nil }, true},
	},
}

func needs(status metav1.ConditionStatus, reason string) func(*world) {
	return func(w *world) {
		w.kpi.Status.Conditions = []metav1.Condition{{Type: v1alpha1.NeedsObjectiveCondition, Status: status, Reason: reason}}
	}
}

// alone takes all objectives away from the KPI.
func alone(w *world) { w.objective.Spec.KPIRefs, w.parent.Spec.KPIRefs = nil, nil }

// lineage adds a KPI below availability.
func lineage(title string) func(*world) {
	return func(w *world) {
		w.more.KPIs = append(w.more.KPIs, newKPI("child", func(k *v1alpha1.KPI) {
			k.Spec.Title, k.Spec.ParentRef = title, &v1alpha1.KPIReference{Name: "availability"}
		}))
	}
}

var kpiCases = map[string][]ruleCase{
	"KPI001": {
		{"a band", func(*world) {}, false},
		{"none", func(w *world) { w.kpi.Spec.Target = nil }, true},
	},
	"KPI002": {
		{"an owner", func(*world) {}, false},
		{"none", func(w *world) { w.kpi.Spec.Owner = nil }, true},
	},
	"KPI003": {
		{"nobody has looked yet", func(*world) {}, false},
		{"unhealthy for long", needs("True", v1alpha1.ReasonUnhealthy), true},
		{"unhealthy for a minute is an incident", needs("False", v1alpha1.ReasonAsExpected), false},
		{"a stretch that is missed is no illness", needs("True", "BelowStretchTarget"), false},
		{"not settled", needs("Unknown", v1alpha1.ReasonSettling), false},
	},
	"KPI004": {
		{"named", func(*world) {}, false},
		{"by nobody", alone, true},
		{"by a draft at least", func(w *world) { w.parent.Spec.KPIRefs = nil; draft(w) }, false},
		{"by what was given up", func(w *world) {
			w.parent.Spec.KPIRefs = nil
			w.objective.Spec.State = v1alpha1.ObjectiveCancelled
		}, true},
		{"not settled yet", func(w *world) {
			alone(w)
			w.kpi.Status.Conditions = []metav1.Condition{{Type: v1alpha1.AlignedCondition, Status: "Unknown", Reason: v1alpha1.ReasonSettling}}
		}, false},
	},
	"KPI006": {
		{"a runbook and a description", func(*world) {}, false},
		{"a description alone", func(w *world) { w.kpi.Spec.Runbook = "" }, false},
		{"neither", func(w *world) { w.kpi.Spec.Runbook, w.kpi.Spec.Description = "", "" }, true},
	},
	"KPI008": {
		{"a tree", lineage("Trials"), false},
		{"two that drive each other", func(w *world) { lineage("Trials")(w); w.kpi.Spec.ParentRef = &v1alpha1.KPIReference{Name: "child"} }, true},
		{"itself", func(w *world) { w.kpi.Spec.ParentRef = &v1alpha1.KPIReference{Name: "availability"} }, true},
	},
	"KPI005": {
		{"no vanity", func(*world) {}, false},
		{"visits alone", func(w *world) { w.kpi.Spec.Title = "Monthly visits" }, true},
		{"likes alone", func(w *world) { w.kpi.Spec.Title = "Likes per post" }, true},
		{"likelihood is no vanity", func(w *world) { w.kpi.Spec.Title = "Likelihood to recommend" }, false},
		{"beside what visitors then do", func(w *world) { w.kpi.Spec.Title = "Monthly visits"; lineage("Trial conversion")(w) }, false},
		{"beside another vanity", func(w *world) { w.kpi.Spec.Title = "Monthly visits"; lineage("Page views")(w) }, true},
		{"siblings count", func(w *world) {
			lineage("Followers")(w)
			lineage("Sign-ups")(w)
			w.more.KPIs[1].Name = "sibling"
		}, false},
		{"what is said in one title is paired already", func(w *world) { w.kpi.Spec.Title = "Conversion of visits" }, false},
	},
}

func asks(query string, edits ...func(*v1alpha1.Metric)) func(*world) {
	return func(w *world) {
		w.latency.Spec.Metric = &v1alpha1.Metric{Query: query}
		for _, edit := range edits {
			edit(w.latency.Spec.Metric)
		}
	}
}

func kpiAsks(query string) func(*world) {
	return func(w *world) { w.kpi.Spec.Metric = &v1alpha1.Metric{Query: query} }
}

var queryCases = map[string][]ruleCase{
	"PQL001": {
		{"parses", func(*world) {}, false},
		{"does not", asks("sum(rate(x[1d])"), true},
		{"a KPI's does not", kpiAsks("sum("), true},
		{"the calendar says how long $__window is", func(w *world) {
			w.kpi.Spec.Metric.Window, w.kpi.Spec.CalendarWindow = "", v1alpha1.CalendarMonth
		}, false},
		{"a placeholder that there is not", asks("sum(x[$__rate_interval])"), true},
	},
	"PQL002": {
		{"aggregated", func(*world) {}, false},
		{"a series for each pod", asks("sum by (pod) (increase(x[7d]))"), true},
		{"a bare selector", kpiAsks("probe_success"), true},
		{"one by scalar", kpiAsks("scalar(probe_success)"), false},
	},
	"PQL003": {
		{"seven days", func(*world) {}, false},
		{"28 days", asks("sum(increase(x[28d]))"), true},
		{"28 days, recorded", asks("avg(avg_over_time(job:x:rate5m[28d]))"), false},
		{"28 days, asked four times a day", asks("sum(increase(x[28d]))", func(m *v1alpha1.Metric) { m.Interval = "6h" }), false},
		{"28 days by subqueries", kpiAsks("max(max_over_time(rate(x[5m])[28d:5m]))"), true},
		{"28 days, of which the last complete month is asked for once", func(w *world) {
			kpiAsks("sum(increase(x[28d]))")(w)
			w.kpi.Spec.CalendarWindow = v1alpha1.CalendarMonth
		}, false},
		{"since the start is meant", asks("sum(increase(x[$__elapsed]))"), false},
	},
	"PQL004": {
		{"a week", func(*world) {}, false},
		{"five minutes", asks("sum(rate(x[5m]))"), true},
		{"a day", asks("sum(rate(x[1d]))"), false},
		{"now", asks("sum(x)"), true},
		{"recorded ones have ranges of their own", asks("sum(job:x:rate7d)"), false},
		{"since the start", asks("sum(increase(x[$__elapsed]))"), false},
		{"five minutes by way of the KPI", func(w *world) { kpiAsks("sum(rate(x[5m]))")(w); measuredByKPI(w.latency) }, true},
		{"a KPI may be about now", kpiAsks("sum(rate(x[5m]))"), false},
		{"minutes are what a budget is counted in", budget("avg(avg_over_time(up[5m]))", ""), false},
	},
	"PQL005": {
		{"scraped", func(*world) {}, false},
		{"pushed", asks(`max(max_over_time(orders{job="pushgateway"}[1d]))`), true},
		{"pushed by its name", kpiAsks("max(push_orders)"), true},
		{"pushed, and its age is looked at", kpiAsks(`max(push_orders and (time() - timestamp(push_orders) < 3600))`), false},
	},
	"REF001": {
		{"all there", func(*world) {}, false},
		{"a KPI that is not", func(w *world) { w.objective.Spec.KPIRefs[0].Name = "gone" }, true},
		{"a parent that is not", func(w *world) { w.objective.Spec.ParentRef.Name = "gone" }, true},
		{"an objective that is not", func(w *world) { w.latency.Spec.ObjectiveRef.Name = "gone" }, true},
		{"a key result's KPI that is not", func(w *world) { measuredByKPI(w.latency); w.latency.Spec.KPIRef.Name = "x" }, true},
		{"a KPI's parent that is not", func(w *world) { w.kpi.Spec.ParentRef = &v1alpha1.KPIReference{Name: "x"} }, true},
		{"a KPI of another namespace that is not shared", func(w *world) { elsewhere(w, nil) }, true},
		{"one that is", func(w *world) { elsewhere(w, &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}) }, false},
	},
}

func elsewhere(w *world, allowed *v1alpha1.AllowedNamespaces) {
	w.more.KPIs = append(w.more.KPIs, newKPI("margin", func(k *v1alpha1.KPI) { k.Namespace, k.Spec.AllowedNamespaces = "board", allowed }))
	w.objective.Spec.KPIRefs = append(w.objective.Spec.KPIRefs, v1alpha1.KPIReference{Name: "margin", Namespace: "board"})
}

// team adds n objectives of the same team and period.
func team(n int, edits ...func(*v1alpha1.Objective)) func(*world) {
	return func(w *world) {
		for i := range n {
			w.more.Objectives = append(w.more.Objectives, newObjective(fmt.Sprintf("more-%d", i), edits...))
		}
	}
}

func scored(score string) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) {
		o.Spec.Ambition, o.Status.Final = v1alpha1.AmbitionAspirational, &v1alpha1.Final{Score: score}
	}
}

func rival(reach v1alpha1.Reach) func(*world) {
	return func(w *world) {
		w.more.Objectives = append(w.more.Objectives, newObjective("thrift"))
		w.more.KeyResults = append(w.more.KeyResults, newKeyResult("rival", func(kr *v1alpha1.KeyResult) {
			kr.Spec.ObjectiveRef.Name, kr.Spec.Metric, kr.Spec.Reach = "thrift", w.latency.Spec.Metric, &reach
		}))
	}
}

var setCases = map[string][]ruleCase{
	"OKR002": {
		{"one, and one of the year", func(*world) {}, false},
		{"five", team(4), false},
		{"six", team(5), true},
		{"six, of another team's", team(5, func(o *v1alpha1.Objective) { o.Spec.Owner.Team = "search" }), false},
		{"drafts do not count", team(5, func(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveDraft }), false},
		{"six of another period, of which one is written as dates", team(6, func(o *v1alpha1.Objective) {
			o.Spec.Period = "2027-Q1"
			if o.Name == "more-3" {
				o.Spec.Period = "2027-01-01/2027-03-31"
			}
		}), true},
	},
	"OKR012": {
		{"none is scored", func(*world) {}, false},
		{"all are reached", team(2, scored("0.95")), true},
		{"all are wishes", team(2, scored("0.10")), true},
		{"at 0.9 exactly", team(2, scored("0.90")), false},
		{"one of them was ambitious", func(w *world) { team(2, scored("1.00"))(w); scored("0.70")(w.more.Objectives[0]) }, false},
		{"promises are to be kept", team(2, scored("1.00"), func(o *v1alpha1.Objective) { o.Spec.Ambition = v1alpha1.AmbitionCommitted }), false},
	},
	"OKR018": {
		{"nobody else", func(*world) {}, false},
		{"the same way", rival(v1alpha1.Reach{Change: "-10%"}), false},
		{"the other way", rival(v1alpha1.Reach{Change: "+10%"}), true},
		{"the other way, given up", func(w *world) {
			rival(v1alpha1.Reach{Change: "+10%"})(w)
			w.more.KeyResults[0].Spec.State = v1alpha1.KeyResultCancelled
		}, false},
		{"the other way, at another time", func(w *world) {
			rival(v1alpha1.Reach{Change: "+10%"})(w)
			w.more.Objectives[0].Spec.Period = "2027-Q1"
		}, false},
	},
}
