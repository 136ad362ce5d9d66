package status

import (
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
)

func (d *drawing) keyResults(v *Objective) {
	if len(v.KeyResults) == 0 {
		return
	}
	over := slices.ContainsFunc(v.KeyResults, func(kr KeyResult) bool { return kr.Score != "" })
	columns := []terminal.Column{{Title: "HEALTH"}, {Title: "KEY RESULT", Shrinks: true}, {Title: "PROGRESS"}, {Title: "VALUE"}, {Title: "TARGET"}}
	const value, target = 3, 4
	if over {
		columns = append(columns, terminal.Column{Title: "SCORE"})
	}
	var rows, under [][]string
	for i := range v.KeyResults {
		kr := &v.KeyResults[i]
		row := []string{d.Health(kr.Verdict.Health), d.marked("keyresult "+kr.Name, kr.Name), d.progress(kr.Verdict, d.barWidth()), d.text(dash(kr.Value)), d.text(dash(kr.Target))}
		if over {
			row = append(row, dash(strings.TrimSpace(kr.Score+" "+kr.Grade)))
		}
		rows, under = append(rows, row), append(under, d.underKeyResult(kr))
	}
	if d.fits(columns, rows) {
		columns = append(columns, terminal.Column{Title: "HISTORY", Optional: 1})
		for i := range rows {
			history := v.KeyResults[i].history
			if len(history) < 2 {
				history = nil // one point is no line
			}
			rows[i] = append(rows[i], d.Sparkline(history))
		}
	} else { // numbers are not cut: they go below
		columns = slices.Delete(columns, value, target+1)
		for i, row := range rows {
			if row[value] != "-" || row[target] != "-" {
				under[i] = slices.Insert(under[i], 1, row[value]+d.Or(" · ", " | ")+"target "+row[target])
			}
			rows[i] = slices.Delete(row, value, target+1)
		}
	}
	d.title("KEY RESULTS")
	d.table(columns, rows, 1, under)
}

// underKeyResult is what is told of a key result below its row.
func (d *drawing) underKeyResult(kr *KeyResult) []string {
	title := d.text(kr.Title)
	if kr.Weight == 0 {
		title += " (weight 0: not counted)"
	}
	lines := []string{d.dim(title)}
	if kr.Forecast != nil {
		lines = append(lines, d.dim(d.text(kr.Forecast.text())))
	}
	if kr.Guard != "" {
		lines = append(lines, "guard: "+d.text(kr.Guard))
	}
	switch kr.Verdict.Health {
	case "Cancelled":
		return append(lines, d.text(kr.Verdict.Message))
	case "AtRisk", "OffTrack", "Unknown":
		lines = append(lines, d.text(kr.Verdict.why()))
	}
	if kr.NotMeasured != nil && kr.Verdict.Health != "Unknown" {
		lines = append(lines, d.text("not measured now: "+kr.NotMeasured.Because))
	}
	return lines
}

// leastValue is how narrow values become: no number is cut, but only a unit that is very long.
const leastValue = 26

func (d *drawing) kpis(v *Objective) {
	if len(v.KPIs) == 0 {
		return
	}
	over := slices.ContainsFunc(v.KPIs, func(k KPI) bool { return k.AtEnd != "" })
	columns := []terminal.Column{{Title: "HEALTH"}, {Title: "KPI", Shrinks: true}, {Title: "VALUE", Shrinks: true, Least: leastValue}, {Title: "TARGET", Shrinks: true, Least: 24}, {Title: "AT START", Optional: 1}}
	if over { // what has become of it says more than what it is now
		columns[2].Optional, columns[3].Optional = 3, 4
		columns = append(columns, terminal.Column{Title: "AT END", Shrinks: true, Least: leastValue}, terminal.Column{Title: "CHANGE", Shrinks: true, Least: leastValue})
	}
	columns = append(columns, terminal.Column{Title: "TREND", Optional: 5})
	var rows, under [][]string
	for i := range v.KPIs {
		k := &v.KPIs[i]
		row := []string{d.Health(k.Health), d.marked("kpi "+k.Name, k.Name), d.text(dash(k.Value)), d.text(dash(k.Target)), d.text(dash(k.AtStart))}
		if over {
			row = append(row, d.text(dash(k.AtEnd)), d.text(dash(k.Change)))
		}
		var lines []string
		switch {
		case k.Lost != "":
			row[0] = "-"
			lines = append(lines, k.Lost)
		case k.Health == string(v1alpha1.KPIUnknown):
			lines = append(lines, d.text(k.Message))
		case k.NotMeasured != nil:
			lines = append(lines, d.text("not measured now: "+k.NotMeasured.Because))
		}
		if len(k.Measures) > 0 {
			lines = append(lines, d.dim("measures "+strings.Join(k.Measures, ", ")))
		}
		rows, under = append(rows, append(row, d.text(dash(k.Trend)))), append(under, lines)
	}
	d.title("KPIS THAT IT IS TO MOVE")
	d.table(columns, rows, 1, under)
}

func (d *drawing) family(v *Objective) {
	if v.Parent == nil && len(v.Children) == 0 {
		return
	}
	var rows, under [][]string
	add := func(relation string, r *Relative) {
		health, title := d.Health(r.Verdict.Health), d.text(r.Title)
		var lines []string
		if r.Lost != "" {
			health, title, lines = "-", "-", []string{r.Lost}
		}
		under = append(under, lines)
		rows = append(rows, []string{health, relation, d.marked("objective "+r.Name, r.Name), d.progress(r.Verdict, d.barWidth()), title})
	}
	if v.Parent != nil {
		add("parent", v.Parent)
	}
	for i := range v.Children {
		add("child", &v.Children[i])
	}
	d.title("SERVES, AND IS SERVED BY")
	d.table([]terminal.Column{{Title: "HEALTH"}, {Title: ""}, {Title: "OBJECTIVE", Shrinks: true}, {Title: "PROGRESS"}, {Title: "TITLE", Shrinks: true, Least: 12, Optional: 1}}, rows, 2, under)
}
