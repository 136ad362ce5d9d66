package grafana

// team is for a team's weekly look at its quarter.
func team() Dashboard {
	goals := shown("objective", `owner=~"$owner"`, `period=~"$period"`)
	results := shown("keyresult", `owner=~"$owner"`, `period=~"$period"`)
	return dashboard("okr-team", "OKR: a team's quarter",
		"The objectives and key results of a team: how far they are, how far they should be, and what is left to be said about them.",
		"now-90d",
		[]Variable{
			clusterVariable("okr_objective_info"),
			several(choice("owner", "Team", "Who owns the goals", shown("objective").info(), "owner")),
			choices("period", "Period", "The objectives' period", shown("objective", `owner=~"$owner"`).info(), "period"),
			choice("keyresult", "Key result", "The one whose value is drawn below", results.info(), "name"),
		},
		section{"How does the team stand?", []row{{5, []Panel{
			stat(show{
				title: "How do the objectives stand?", width: 8,
				description: "Number of the team's objectives by their present health. A state that none is in is not shown.",
			}, line{goals.byHealth(), "{{health}}"}).inStates(goalStates),
			stat(show{
				title: "How do the key results stand?", width: 8,
				description: "Number of the team's key results by their present health. A state that none is in is not shown.",
			}, line{results.byHealth(), "{{health}}"}).inStates(goalStates),
			overdue("objectives", goals, 4),
			stat(show{
				title: "Objectives over without review", width: 4, noValue: "none is over",
				description: "Number of objectives that are over and of which the team has not yet written what it learned.",
			}, line{`sum((` + goals.value("reviewed") + `) == bool 0)`, ""}).inColours(noneIsGood()),
		}}}},
		section{"Objectives", []row{{8, []Panel{teamObjectives(goals)}}, {10, []Panel{
			progress(show{
				title: "Does progress keep up with what is expected?", width: 14,
				description: "Progress of each objective in percent, and as a dashed line where it should be by now.",
			}, goals),
			pace(show{
				title: "How far are the objectives ahead or behind?", width: 10,
				description: "Progress less what is expected, in percentage points (pp): 0 is on pace, below it is behind.",
			}, goals),
		}}}},
		section{"Key results", []row{{9, []Panel{keyResults(results)}}, {10, []Panel{
			pace(show{
				title: "How far are the key results ahead or behind?", width: 12,
				description: "Progress less what is expected, in percentage points (pp): 0 is on pace, below it is behind.",
			}, results),
			chart(show{
				title: "How has the value of $keyresult changed?", width: 12, noValue: noData,
				description: "The newest good value of the key result that is chosen above, in its own unit. One that is measured by milestones has none.",
			}, line{results.and(`name="$keyresult"`).titled(results.number("value"), "title", "unit"), "{{title}} ({{unit}})"}),
		}}}},
	)
}

// several lets more than one value be chosen.
func several(v Variable) Variable {
	v.Multi = true
	return v
}

func pace(s show, goals scope) Panel {
	s.unit, s.decimals, s.noValue = "suffix: pp", new(0), noData
	return chart(s, line{goals.titled(goals.gap(), "title"), "{{title}}"})
}

func teamObjectives(goals scope) Panel {
	columns := []column{
		as("Objective", "title", 400), as("Owner", "owner", 120), as("Period", "period", 190), healthColumn(goals, goalStates),
		of("Progress", goals.value("progress_ratio"), 150, share("blue")...),
		of("Expected", goals.value("expected_ratio"), 150, share(grey)...),
		of("Check-in", goals.value("checked_in"), 110, checkIn()...),
		of("Review", goals.value("reviewed"), 110, review()...),
		of("Score", goals.value("score_ratio"), 80, Property{"decimals", 2}, Property{"noValue", "–"}),
	}
	return table{
		show: show{
			title: "What did the team set out to do?", width: width,
			description: "The team's objectives. Progress and what is expected by now are in percent. A score, 0 to 1, is given when an objective " +
				"is over. A check-in is asked for while it is running, a review when it is over; else there is a dash.",
		},
		rows: goals.facts("title", "owner", "period"), columns: append(columns, whose()...), sort: "Period", falling: true,
	}.panel()
}

func keyResults(results scope) Panel {
	columns := []column{
		as("Key result", "title", 400, link("The value of ${__data.fields.Name} over time", "okr-team",
			"${owner:queryparam}", "${period:queryparam}", "var-keyresult=${__data.fields.Name}")),
		as("Objective", "objective", 200), as("Owner", "owner", 120), healthColumn(results, goalStates),
		of("Progress", results.value("progress_ratio"), 150, share("blue")...),
		of("Expected", results.value("expected_ratio"), 150, share(grey)...),
		of("Value", results.value("value"), 110, exactly(noData)...), as("Unit", "unit", 100),
		measured(results),
	}
	return table{
		show: show{
			title: "What proves it, and how far is it?", width: width,
			description: "The key results. Progress and what is expected by now are in percent; the value is in the unit that stands beside it, and " +
				"one that is measured by milestones has none. Measured says how it is measured, or why it is not. Click a key result to see its value over time below.",
		},
		rows: results.facts("title", "objective", "owner", "unit"), columns: append(columns, whose()...), sort: "Objective",
	}.panel()
}

// measured says how a goal is measured, or why it is not.
func measured(s scope) column {
	return column{name: "Measured", label: "reason", expr: s.labelled("measured", "reason"), width: 150, shows: []Property{{"noValue", "unknown"}}}
}
