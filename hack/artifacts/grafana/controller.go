package grafana

// What the queries about the controller choose by.
const (
	jobs    = `cluster=~"$cluster", job=~"$job"`
	sources = `cluster=~"$cluster", source=~"$source"`
	replica = "cluster, namespace, pod"
)

// rate is how often a counter counts, per second and series.
func rate(metric, matchers string) string {
	return "rate(" + metric + "{" + matchers + "}[$__rate_interval])"
}

// newest is one series for each of some labels, whichever replica it is from.
func newest(by, metric, matchers string) string {
	return "max by (" + by + ") (" + metric + "{" + matchers + "})"
}

// controller is for those who run the controller.
func controller() Dashboard {
	return dashboard("okr-controller", "OKR: the controller itself",
		"Whether the controller works: does one lead, do its sources answer, does it keep to its budget of writes, and what does it cost?",
		"now-6h",
		[]Variable{
			clusterVariable("okr_reconciles_total"),
			found(choices("job", "Job", "The scrape of the controller", `okr_reconciles_total{cluster=~"$cluster"}`, "job")),
			choices("source", "Source", "The MetricSource", `okr_source_reachable{cluster=~"$cluster"}`, "source"),
		},
		section{"Does it work?", []row{{5, working()}}},
		section{"Do the sources answer?", []row{{6, []Panel{sourcesTable()}}, {9, asking()}}},
		section{"Does it keep to its budget?", []row{{9, []Panel{
			chart(show{
				title: "How many objects are evaluated?", width: 8, unit: "ops", decimals: new(2), noValue: noData,
				description: "Evaluations per second, by kind.",
			}, line{"sum by (kind) (" + rate("okr_reconciles_total", jobs) + ")", "{{kind}}"}).stacked().fromZero(),
			writes(),
			chart(show{
				title: "Is work waiting?", width: 8, decimals: new(0), noValue: noData,
				description: "Number of objects that wait to be looked at, by queue. It should fall back to 0 within seconds.",
			}, line{newest("cluster, name", "workqueue_depth", jobs), "{{name}}"}).fromZero(),
		}}}},
		section{"What does it cost?", []row{{8, costs()}}},
	)
}

func working() []Panel {
	return []Panel{
		stat(show{
			title: "Which replica leads?", width: 7, noValue: "none, or none is scraped",
			description: "The Pod that evaluates goals. The other replicas wait. While another one takes over there may be none, or two.",
		}, line{newest(replica, "leader_election_master_status", jobs+`, name="okr-controller.goals.okr.dev"`) + " == 1", "{{pod}}"}).
			saying(mapping(state{"1", "leads", "green"})),
		stat(show{
			title: "Replicas that can be scraped", width: 4, noValue: "none",
			description: "Number of replicas that answer the scrape.",
		}, line{`sum(` + newest(replica+", instance", "up", jobs) + `)`, ""}).inColours(steps("red", from(1, "green"))),
		stat(show{
			title: "Questions that are asked", width: 4, noValue: noData,
			description: "Number of distinct questions that are asked of all sources, each at its own interval. Goals that ask the same share one.",
		}, line{`sum(max by (cluster) (okr_sampler_entries{` + jobs + `}))`, ""}),
		stat(show{
			title: "Failed reconciles in the last hour", width: 4, decimals: new(0), noValue: noData,
			description: "How often looking at an object failed, and is tried again. That a source is down or a query is wrong is no failure: the goal says so.",
		}, line{`round(sum(increase(controller_runtime_reconcile_errors_total{` + jobs + `}[1h])))`, ""}).inColours(noneIsGood()),
		stat(show{
			title: "Uptime of the youngest replica", width: 5, unit: "s", noValue: noData,
			description: "Seconds since the replica that was started last was started, shown in the unit that fits. Short again and again: it restarts.",
		}, line{`time() - max(process_start_time_seconds{` + jobs + `})`, ""}),
	}
}

func asking() []Panel {
	quantile := func(q string) string {
		return "histogram_quantile(" + q + ", sum by (cluster, source, le) (" + rate("okr_source_query_duration_seconds_bucket", sources) + "))"
	}
	return []Panel{
		chart(show{
			title: "Questions answered, and why others were not", width: 9, unit: "reqps", decimals: new(2), noValue: noData,
			description: "Questions per second by outcome. Sampled: there was a value. Anything else is the reason why there was none.",
		}, line{"sum by (outcome) (" + rate("okr_source_queries_total", sources) + ")", "{{outcome}}"}).stacked().fromZero(),
		chart(show{
			title: "How long does a question take?", width: 8, unit: "s", decimals: new(2), noValue: noData,
			description: "Seconds from asking to the answer, all requests of a question together: half of them take no longer than the 50th " +
				"percentile, and one in a hundred longer than the 99th.",
		},
			line{quantile("0.5"), "{{source}}: 50th percentile"},
			line{quantile("0.99"), "{{source}}: 99th percentile"},
		).fromZero(),
		chart(show{
			title: "How long ago did each source last answer?", width: 7, unit: "s", noValue: noData,
			description: "Seconds since a source last gave a complete answer. It rises while the source is down, or while nothing is asked of it.",
		}, line{"time() - " + newest("cluster, source", "okr_source_last_success_timestamp_seconds", sources), "{{source}}"}).fromZero(),
	}
}

func costs() []Panel {
	return []Panel{
		chart(show{
			title: "Memory of each replica", width: 8, unit: "bytes", decimals: new(1), noValue: noData,
			description: "Memory that is in use, in bytes. The limit is in the Deployment.",
		}, line{newest(replica, "process_resident_memory_bytes", jobs), "{{pod}}"}).fromZero(),
		chart(show{
			title: "CPU of each replica", width: 8, unit: "none", decimals: new(3), noValue: noData,
			description: "Cores in use: 1 is one core all the time.",
		}, line{"sum by (" + replica + ") (" + rate("process_cpu_seconds_total", jobs) + ")", "{{pod}}"}).fromZero(),
		chart(show{
			title: "Requests to the Kubernetes API", width: 8, unit: "reqps", decimals: new(2), noValue: noData,
			description: "Requests per second by the status of the answer: 4xx and 5xx are refused or failed ones. 409 is a conflict, and tried again.",
		}, line{"sum by (code) (" + rate("rest_client_requests_total", jobs) + ")", "{{code}}"}).stacked().fromZero(),
	}
}

// found lets all be those values that there are: of a label that other series have too.
func found(v Variable) Variable {
	v.AllValue = ""
	return v
}

// writes shows what is written beside what may be, as the alert about it sees it.
func writes() Panel {
	goals := func(kind string) string {
		return "count(max by (" + key + ") (okr_" + kind + `_info{cluster=~"$cluster"}))`
	}
	return chart(show{
		title: "Does it write more than it should?", width: 8, unit: "wps", decimals: new(3), noValue: noData,
		description: "Status writes per second, by reason, stacked. Value: numbers that merely moved, which are written once per object and " +
			"status interval at most. Other reasons are verdicts and edits, and are few. The dashed line is one and a half writes per object and status " +
			"interval: OkrStatusWritesAboveBudget fires above it.",
	},
		line{"sum by (reason) (" + rate("okr_status_writes_total", jobs) + ")", "{{reason}}"},
		line{
			"1.5 * (" + goals("objective") + " + " + goals("keyresult") + " + " + goals("kpi") + ` + count(max by (cluster, source) (okr_source_breaker_open{cluster=~"$cluster"}))) ` +
				"/ max(okr_status_interval_seconds{" + jobs + "})", "budget",
		},
	).stacked().dashed("B").fromZero()
}

func sourcesTable() Panel {
	newest := func(metric string) string { return newest("cluster, source", metric, sources) }
	return table{
		show: show{
			title: "Which sources can be relied on?", width: width,
			description: "Reachable: it answers. Saturated: it is asked less often than the goals want, because it may not be asked more. " +
				"Breaker: it fails so often that only now and then one question is asked. Last answer: how long ago it last answered completely.",
		},
		rows: newest("okr_source_breaker_open"),
		columns: []column{
			as("Source", "source", 200),
			of("Reachable", newest("okr_source_reachable"), 130,
				yesOrNo(state{text: "Yes", colour: "green"}, state{text: "No", colour: "red"})...),
			of("Saturated", newest("okr_source_saturated"), 130,
				yesOrNo(state{text: "Yes", colour: "orange"}, state{text: "No", colour: "green"})...),
			of("Breaker", newest("okr_source_breaker_open"), 160,
				yesOrNo(state{text: "Open: not asked", colour: "red"}, state{text: "Closed: asked", colour: "green"})...),
			of("Last answer", "time() - "+newest("okr_source_last_success_timestamp_seconds"), 130,
				Property{"unit", "s"}, Property{"decimals", 0}, Property{"noValue", "never"}),
			as("Cluster", "cluster", 100),
		},
		sort: "Source",
	}.panel()
}
