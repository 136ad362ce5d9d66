package grafana

// scorecard is for those who watch the numbers that must stay in bounds, and who looks after those that do not.
func scorecard() Dashboard {
	kpis := shown("kpi", `goal_namespace=~"$namespace"`, `owner=~"$owner"`)
	return dashboard("okr-kpis", "OKR: KPI scorecard",
		"The numbers that must stay in bounds: their values, whether they are healthy, and whether an objective looks after those that are not.",
		"now-30d",
		[]Variable{
			clusterVariable("okr_kpi_info"),
			choices("namespace", "Namespace", "Where the KPIs are written down", shown("kpi").info(), "goal_namespace"),
			choices("owner", "Owner", "Who owns the KPIs", shown("kpi", `goal_namespace=~"$namespace"`).info(), "owner"),
			choice("kpi", "KPI", "The one that is drawn over time", kpis.info(), "name"),
		},
		section{"How do the numbers stand?", []row{{5, []Panel{
			stat(show{
				title: "How do the KPIs stand?", width: 12,
				description: "Number of KPIs by their present health. Warning: close to a bound. A state that none is in is not shown.",
			}, line{kpis.byHealth(), "{{health}}"}).inStates(kpiStates),
			stat(show{
				title: "KPIs that an objective looks after", width: 6, noValue: noData,
				description: "Number of KPIs that an active objective names, or measures a key result by. A healthy KPI needs none.",
			}, line{`sum(` + kpis.value("aligned") + `)`, ""}),
			stat(show{
				title: "KPIs that need an objective", width: 6, noValue: noData,
				description: "Number of KPIs that are unhealthy for longer than is tolerated, or short of their stretch target, while no objective " +
					"looks after them. Those of which that is not known do not count.",
			}, line{`sum(` + kpis.value("needs_objective") + `)`, ""}).inColours(noneIsGood()),
		}}}},
		section{"The scorecard", []row{{16, []Panel{scorecardTable(kpis)}}}},
		section{"Where is it going?", []row{{10, []Panel{
			chart(show{
				title: "How has $kpi moved, and where are its bounds?", width: 14, noValue: noData,
				description: "The value of the KPI that is chosen above, in its own unit, and its target's bounds as dashed lines. " +
					"KPIs of one name in several namespaces are drawn together.",
			},
				line{chosen(kpis, kpis.number("value")), "{{goal_namespace}}: {{title}} ({{unit}})"},
				line{chosen(kpis, kpis.bound("atLeast")), "{{goal_namespace}}: at least"},
				line{chosen(kpis, kpis.bound("atMost")), "{{goal_namespace}}: at most"},
			).dashed("B", "C"),
			chart(show{
				title: "How has the health of the KPIs changed?", width: 10,
				description: "Number of KPIs in each state of health, over time.",
			}, line{kpis.byHealth(), "{{health}}"}).stacked().inStates(kpiStates),
		}}}},
	)
}

// chosen draws the KPI that is chosen.
func chosen(kpis scope, expression string) string {
	return kpis.and(`name="$kpi"`).titled(expression, "title", "unit")
}

// bound is one of the bounds of each KPI's target.
func (s scope) bound(which string) string {
	return "max by (" + key + ") (" + s.metric("target", `bound="`+which+`"`) + ")"
}

// kpiLink leads from a KPI to its course.
func kpiLink() Property {
	return link("${__data.fields.Name} over time", "okr-kpis", "${namespace:queryparam}", "var-kpi=${__data.fields.Name}")
}

func aligned() []Property {
	return yesOrNo(state{text: "Yes", colour: "green"}, state{text: "No", colour: grey})
}

func needs() []Property {
	return yesOrNo(state{text: "Yes", colour: "red"}, state{text: "No", colour: grey})
}

func scorecardTable(kpis scope) Panel {
	bounds := exactly("–")
	columns := []column{
		as("KPI", "title", 360, kpiLink()), as("Owner", "owner", 120), as("Level", "level", 110), healthColumn(kpis, kpiStates),
		of("Value", kpis.value("value"), 110, exactly(noData)...),
		of("At least", kpis.only(kpis.bound("atLeast")), 90, bounds...), of("At most", kpis.only(kpis.bound("atMost")), 90, bounds...),
		as("Unit", "unit", 100),
		of("Looked after", kpis.value("aligned"), 110, aligned()...),
		of("Needs an objective", kpis.value("needs_objective"), 140, needs()...),
		measured(kpis),
	}
	return table{
		show: show{
			title: "What is each number, and is it where it should be?", width: width,
			description: "Value and bounds are in the unit that stands beside them. Looked after: an active objective names the KPI, or measures a " +
				"key result by it. Needs an objective: it is unhealthy for longer than is tolerated, or short of its stretch target, and none does. Measured says how it is measured, or why it is not. Click a KPI to see it over time below.",
		},
		rows: kpis.facts("title", "owner", "level", "unit"), columns: append(columns, whose()...), sort: "Health", falling: true,
	}.panel()
}
