package grafana

// company is for those who answer for all of it: how the goals stand, what needs attention, and how they hang together.
func company() Dashboard {
	matchers := []string{`goal_namespace=~"$namespace"`, `period=~"$period"`}
	goals := shown("objective", matchers...)
	kpis := shown("kpi", `goal_namespace=~"$namespace"`)
	return dashboard("okr-company", "OKR: company overview",
		"How all objectives stand, which need attention, how they hang together, and what became of those that are over. "+
			"Objectives of a single person are not shown.",
		"now-90d",
		[]Variable{
			clusterVariable("okr_objective_info"),
			choices("namespace", "Namespace", "Where the goals are written down", shown("objective").info(), "goal_namespace"),
			choices("period", "Period", "The objectives' period", shown("objective", `goal_namespace=~"$namespace"`).info(), "period"),
		},
		section{"How do we stand?", []row{{5, standing(goals, kpis)}}},
		section{"What needs attention?", []row{{8, []Panel{behind(goals)}}, {8, []Panel{unhealthy(kpis)}}}},
		section{"How do the goals hang together?", []row{{14, []Panel{cascade(goals)}}}},
		section{"Where is it going?", []row{{10, []Panel{
			chart(show{
				title: "How has the health of the objectives changed?", width: 12,
				description: "Number of objectives in each state of health, over time.",
			}, line{goals.byHealth(), "{{health}}"}).stacked().inStates(goalStates),
			progress(show{
				title: "Company objectives: does progress keep up with what is expected?", width: 12,
				description: "Progress of the objectives of level Company, in percent, and as a dashed line where it should be by now.",
			}, goals.and(`level="Company"`)),
		}}}},
		section{"What became of it?", []row{{9, []Panel{scores(goals)}}}},
	)
}

func standing(goals, kpis scope) []Panel {
	count := func(expression string) string { return "count(" + expression + ")" }
	running := goals.with(goals.facts(), "health", `health=~"OnTrack|AtRisk|OffTrack"`)
	return []Panel{
		stat(show{
			title: "How do the objectives stand?", width: 12,
			description: "Number of objectives by their present health. A state that no objective is in is not shown.",
		}, line{goals.byHealth(), "{{health}}"}).inStates(goalStates),
		stat(show{
			title: "Share of the running ones that is on track", width: 4, unit: "percentunit", decimals: new(0), noValue: noData,
			description: "Of the objectives that are on track, at risk or off track: the share that is on track, in percent, rounded down. " +
				"Those that have not begun, are over or cannot be judged do not count.",
		}, line{`floor(100 * (` + count(goals.with(running, "health", `health="OnTrack"`)) + ` or 0 * ` + count(running) + `) / ` + count(running) + `) / 100`, ""}).
			inColours(steps("red", from(0.5, "orange"), from(0.75, "green"))),
		overdue("objectives", goals, 4),
		stat(show{
			title: "KPIs that need an objective", width: 4, noValue: noData,
			description: "Number of KPIs that are unhealthy for longer than is tolerated, or short of their stretch target, while no objective " +
				"looks after them. Those of which that is not known do not count.",
		}, line{`sum(` + kpis.value("needs_objective") + `)`, ""}).inColours(noneIsGood()),
	}
}

// overdue counts the objectives of which a check-in is late. Those of which that is not known do not count.
func overdue(what string, goals scope, width int) Panel {
	return stat(show{
		title: "Check-ins that are overdue", width: width,
		description: "Number of " + what + " whose people have not written a check-in for longer than they said they would.",
	}, line{`sum((` + goals.value("checked_in") + `) == bool 0)`, ""}).inColours(noneIsGood())
}

// teamLink leads from an objective to its team's dashboard. Grafana would leave the & of a team R&D as it is.
func teamLink() Property {
	return link("The quarter of ${__data.fields.Owner}", "okr-team", "var-owner=${__data.fields.Owner:percentencode}", "var-period=${__data.fields.Period:percentencode}")
}

func behind(goals scope) Panel {
	attention := func(expression string) string {
		return goals.with(expression, "health", `health=~"AtRisk|OffTrack|Unknown"`)
	}
	columns := []column{
		as("Objective", "title", 380, teamLink()), as("Owner", "owner", 120), as("Period", "period", 190),
		{name: "Health", label: "health", expr: attention(goals.labelled("health", "health")), width: 100, shows: []Property{
			{"mappings", []Mapping{mapping(goalStates...)}}, {"custom.cellOptions", object{"type": "color-text"}},
		}},
		of("Ahead or behind", attention(goals.only(goals.gap())), 130, points()...),
		of("Progress", attention(goals.value("progress_ratio")), 150, share("blue")...),
		of("Expected", attention(goals.value("expected_ratio")), 150, share(grey)...),
		of("Check-in", attention(goals.value("checked_in")), 110, checkIn()...),
	}
	return table{
		show: show{
			title: "Which objectives are behind, or cannot be judged?", width: width,
			description: "Objectives that are at risk, off track or unknown, those that are furthest behind first. Progress and what is " +
				"expected by now are in percent; ahead or behind is their difference in percentage points (pp). Click an objective for its team's quarter.",
		},
		rows: attention(goals.facts("title", "owner", "period")), columns: append(columns, whose()...), sort: "Ahead or behind",
	}.panel()
}

// points shows a difference of two shares in percentage points: below 0 is behind.
func points() []Property {
	return []Property{{"unit", "suffix: pp"}, {"decimals", 0}, {"noValue", noData}}
}

// checkIn says whether people have written how it goes, as often as they said they would. Before the start and after the end
// there is nothing to say.
func checkIn() []Property {
	return append(yesOrNo(state{text: "In time", colour: "green"}, state{text: "Overdue", colour: "orange"}), Property{"noValue", "–"})
}

// review says whether people have written what they learned. Before the end there is nothing to say.
func review() []Property {
	return append(yesOrNo(state{text: "Done", colour: "green"}, state{text: "To be done", colour: "orange"}), Property{"noValue", "–"})
}

func unhealthy(kpis scope) Panel {
	bad := func(expression string) string { return kpis.with(expression, "health", `health=~"Unhealthy|Unknown"`) }
	columns := []column{
		as("KPI", "title", 380, kpiLink()), as("Owner", "owner", 120),
		{name: "Health", label: "health", expr: bad(kpis.labelled("health", "health")), width: 100, shows: []Property{
			{"mappings", []Mapping{mapping(kpiStates...)}}, {"custom.cellOptions", object{"type": "color-text"}},
		}},
		of("Value", bad(kpis.value("value")), 110, exactly(noData)...), as("Unit", "unit", 100),
		of("Looked after", bad(kpis.value("aligned")), 120, aligned()...),
		of("Needs an objective", bad(kpis.value("needs_objective")), 150, needs()...),
	}
	return table{
		show: show{
			title: "Which KPIs are out of bounds, and does somebody look after them?", width: width,
			description: "KPIs that are unhealthy or unknown. Values are in the unit that stands beside them. " +
				"Looked after: an objective names the KPI, or measures a key result by it.",
		},
		rows: bad(kpis.facts("title", "owner", "unit")), columns: append(columns, whose()...), sort: "Needs an objective", falling: true,
	}.panel()
}

func cascade(goals scope) Panel {
	columns := []column{
		as("Part of › name", "path", 420), as("Level", "level", 110), as("Objective", "title", 400, teamLink()), as("Owner", "owner", 120),
		healthColumn(goals, goalStates),
		of("Progress", goals.value("progress_ratio"), 150, share("blue")...),
		of("Expected", goals.value("expected_ratio"), 150, share(grey)...),
		as("Period", "period", 190), as("Cluster", "cluster", 100),
	}
	return table{
		show: show{
			title: "From the company to its teams: which objective is part of which?", width: width,
			description: "Every objective follows the one that it is part of, which stands before its name; the first of them with its namespace. " +
				"Progress and what is expected by now are in percent. Click an objective for its team's quarter.",
		},
		rows: goals.paths("level", "title", "owner", "period"), columns: columns,
		hidden: []string{"goal_namespace", "name"}, sort: "Part of › name",
	}.panel()
}

// progress draws progress and, dashed, what is expected.
func progress(s show, goals scope) Panel {
	s.unit, s.decimals, s.noValue = "percentunit", new(0), noData
	return chart(s,
		line{goals.titled(goals.number("progress_ratio"), "title"), "{{title}}"},
		line{goals.titled(goals.number("expected_ratio"), "title"), "{{title}}: expected"},
	).dashed("B").between(0, 1)
}

func scores(goals scope) Panel {
	over := func(expression string) string { return goals.with(expression, "score_ratio") }
	columns := []column{
		as("Objective", "title", 400, teamLink()), as("Owner", "owner", 120), as("Period", "period", 190),
		of("Score", goals.value("score_ratio"), 150, append(share("blue"), Property{"unit", "none"}, Property{"decimals", 2})...),
		{name: "Verdict", label: "health", expr: over(goals.labelled("health", "health")), width: 100, shows: []Property{
			{"mappings", []Mapping{mapping(goalStates...)}}, {"custom.cellOptions", object{"type": "color-text"}},
		}},
		of("Review", over(goals.value("reviewed")), 110, review()...),
	}
	return table{
		show: show{
			title: "How did the objectives end that are over?", width: width,
			description: "Final scores, 0 to 1. A promise is achieved at 1.00 and a stretch at 0.70: the verdict knows which it was.",
		},
		rows: over(goals.facts("title", "owner", "period")), columns: append(columns, whose()...), sort: "Period", falling: true,
	}.panel()
}
