package practice

import "time"

var queryRules = []Rule{
	{
		ID: "PQL001", Severity: Error, stages: written,
		keyResult: ofOwnQuery(parses), kpi: ofKPI(parses),
		Title:   "The query parses",
		Why:     "A query that is not PromQL is not asked; the goal is Unknown and Stalled until it is mended.",
		Example: "`sum(rate(x[5m])`, with a parenthesis missing; a placeholder that there is not.",
		Fix:     "Mend it where the message says. `promtool promql format` reads queries without a server; replace placeholders first.",
	},
	{
		ID: "PQL002", Severity: Warning, stages: written,
		keyResult: ofOwnQuery(single), kpi: ofKPI(single),
		Title: "The query gives one series",
		Why: "A goal has one number. A query that gives one series today gives two after the next scale-up or with a new label, and the goal is " +
			"Unknown (`MultipleSeries`) on the day when people look at it.",
		Example: "`up{job=\"shop\"}`, `sum by (pod) (rate(x[5m]))`: nothing around them keeps it to one.",
		Fix:     "Wrap it in the aggregation that is meant: `sum(…)`, `max(…)`, `avg(…)`; or in `scalar(…)`, which is NaN where there are several.",
	},
	{
		ID: "PQL003", Severity: Warning, stages: written,
		keyResult: ofOwnQuery(recorded), kpi: recordedKPI,
		Title: "A long range over raw data is recorded",
		Why: "Every asking reads all samples of the range again. Over 28 days at 15 seconds that is 160,000 for each series, every hour or more often, and servers refuse " +
			"queries that read too many.",
		Example: "`sum(increase(http_requests_total[28d]))`. A metric with a colon in its name is recorded, and `$__elapsed` is not counted. " +
			"A metric that is asked less than once an hour (`interval`), or once for each `calendarWindow`, is not asked often.",
		Fix: "Record the rate (`record: job:http_requests:rate5m`) and ask `avg_over_time(job:http_requests:rate5m[28d])`, or set `interval: 6h`.",
	},
	{
		ID: "PQL004", Severity: Warning, stages: written, keyResult: settledValue,
		Title: "A key result's value looks back a day or longer",
		Why:   "Its verdict follows its value. One that is about the last five minutes lets one bad minute decide, and so does the end of the quarter, which is one instant.",
		Example: "`histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))`. What counts from the start (`$__elapsed`), recorded metrics and " +
			"`maintain` with `allowedBreach`, which counts minutes, are fine.",
		Fix: "Write `[$__window]` in the query and `window: 7d` beside it; for a gauge `avg_over_time(…[$__window])`.",
	},
	{
		ID: "PQL005", Severity: Advice, stages: written,
		keyResult: ofOwnQuery(guarded), kpi: ofKPI(guarded),
		Title: "A pushed or batch metric is guarded by its age",
		Why:   "What was pushed once is scraped for ever: when the job stops running, its last number stays, and the goal stays green.",
		Example: "`push_orders_total`, or `orders{job=\"pushgateway\"}`. A metric counts as pushed if its name begins with push_, its matcher of job speaks of pushgateway, " +
			"or it has a matcher of exported_job; others cannot be told from scraped ones.",
		Fix: "Compare its age: `max(orders and (time() - timestamp(orders) < 3600))`, or, at a Pushgateway, `time() - push_time_seconds < 3600`.",
	},
	{
		ID: "REF001", Severity: Error, stages: written,
		objective: func(o *Objective, _ look) outcome { return missing(o.Missing) },
		keyResult: func(k *KeyResult, _ look) outcome { return missing(k.Missing) },
		kpi:       func(k *KPI, _ look) outcome { return missing(k.Missing) },
		Title:     "A reference leads somewhere",
		Why:       "What is not there cannot be measured, rolled up or looked after. A goal of another namespace that is not shared reads the same as one that is missing.",
		Example:   "`kpiRefs: [{name: avail}]`, where the KPI is called availability; a KPI of another namespace that does not allow this one.",
		Fix:       "Correct the name, create what is missing, or have its owner write `spec.allowedNamespaces`.",
	},
}

func missing(all []Missing) outcome {
	var found outcome
	for _, m := range all {
		found = found.and(broken(m.Field, "%s: correct the name, or create or share it", m.What))
	}
	return found
}

// ofOwnQuery is a rule about a key result's own query: that of a KPI is told at the KPI.
func ofOwnQuery(rule func(*Query, look) string) func(*KeyResult, look) outcome {
	return func(k *KeyResult, in look) outcome {
		if k.Query == nil || k.Object.Spec.Metric == nil {
			return outcome{}
		}
		return ofQuery(rule(k.Query, in))
	}
}

func ofKPI(rule func(*Query, look) string) func(*KPI, look) outcome {
	return func(k *KPI, in look) outcome {
		if k.Query == nil {
			return outcome{}
		}
		return ofQuery(rule(k.Query, in))
	}
}

func ofQuery(message string) outcome {
	if message == "" {
		return outcome{}
	}
	return broken("spec.metric.query", "%s", message)
}

func parses(q *Query, _ look) string { return q.Expression.Problem }

func single(q *Query, _ look) string {
	if !q.Expression.Several {
		return ""
	}
	return "the query can give several series: wrap it in sum(…), max(…), avg(…) or scalar(…)"
}

func recorded(q *Query, in look) string {
	often := q.Metric.Interval == "" || q.Metric.Interval.Duration() <= time.Hour
	if raw := q.Expression.LongestRawRange; often && raw > in.RawRange {
		return "every asking reads " + short(raw) + " of raw data: record a rate and ask for that, or set metric.interval to more than 1h"
	}
	return ""
}

// recordedKPI: the figure of a month or a quarter is asked for once, when that is over.
func recordedKPI(k *KPI, in look) outcome {
	if k.Object.Spec.CalendarWindow != "" {
		return outcome{}
	}
	return ofKPI(recorded)(k, in)
}

func guarded(q *Query, _ look) string {
	if !q.Expression.Pushed {
		return ""
	}
	return "a pushed metric stays when its job has stopped: compare time() - timestamp(…) with how old it may be"
}

func settledValue(k *KeyResult, in look) outcome {
	maintain := k.Object.Spec.Maintain
	if k.Query == nil || maintain != nil && maintain.AllowedBreach != "" {
		return outcome{}
	}
	if looks := k.Query.Expression.ShortestRange; looks > 0 && looks < in.ShortestValue {
		return broken(k.queryField(), "the value is about the last %s, so that one bad moment decides: look back %s or longer, with [$__window] and window: 7d",
			short(looks), short(in.ShortestValue))
	}
	return outcome{}
}
