package status

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/okr"
)

// How many entries of a list are drawn.
const (
	mostAttention = 15
	mostTurns     = 8
)

// summary draws the present cycle.
func (d *drawing) summary(s *Summary) {
	where := "all namespaces"
	if s.Namespace != "" {
		where = "namespace " + s.Namespace
	}
	if s.Selector != "" {
		where += " with the labels " + s.Selector
	}
	if len(s.Objectives) == 0 {
		d.nothing(s, where)
	} else {
		for _, part := range terminal.Wrap(d.text(terminal.Count(len(s.Objectives), "objective")+" of the present cycle in "+where), d.Width) {
			d.line(d.Paint(terminal.Bold, part))
		}
		d.counts("Objectives", s.Counts)
		d.counts("KPIs", s.KPICounts)
	}
	d.attention(s)
	d.turns(s)
	d.rows(s)
	if len(s.NotKnown) > 0 {
		d.line("")
		d.list("Not known", d.all(s.NotKnown))
	}
}

// nothing says what to do where there is no objective to show.
func (d *drawing) nothing(s *Summary, where string) {
	if s.Missing {
		d.said("There is no namespace " + s.Namespace + ": kubectl okr status -A shows the goals of all namespaces.")
		return
	}
	d.said("No objective of the present cycle in " + where + ".")
	switch e := s.Elsewhere; {
	case e.Before > 0:
		d.said(fmt.Sprintf("%s still to come, the first on %s.", are(e.Before), e.NextBegins))
	case e.Over > 0:
		d.said(are(e.Over) + " over: kubectl okr rollover writes the next cycle's files.")
	case s.Selector != "":
		d.said("Without -l there may be others.")
	case s.Namespace == "":
		d.said("Write a first one with kubectl okr new, and apply it.")
	default:
		d.said("Write a first one with kubectl okr new, and apply it.")
		d.said("Those of all namespaces: kubectl okr status -A.")
	}
	if len(s.KPICounts) > 0 {
		d.counts("KPIs", s.KPICounts)
	}
}

// are is a number with its verb: "1 is", "2 are".
func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

// counts writes a label and numbers with their healths, each in one piece.
func (d *drawing) counts(label string, counts []Count) {
	const separator = "   "
	line := ""
	for _, c := range counts {
		text := d.Paint(terminal.StyleOf(c.Health), fmt.Sprintf("%s %d %s", d.Symbol(c.Health), c.Count, c.Health))
		switch {
		case line == "":
			line = text
		case labelWidth+terminal.Width(line+separator+text) <= d.Width:
			line += separator + text
		default:
			d.field(label, line)
			label, line = "", text
		}
	}
	if line == "" {
		line = "none"
	}
	d.field(label, line)
}

// named is an object's name, with its namespace where all are shown.
func (s *Summary) named(namespace, name string) string {
	if s.Namespace == "" {
		return namespace + "/" + name
	}
	return name
}

func (d *drawing) attention(s *Summary) {
	if len(s.Attention) == 0 {
		if len(s.Objectives) > 0 {
			d.title("NEEDS ATTENTION")
			d.line("nothing")
		}
		return
	}
	d.title("NEEDS ATTENTION")
	for i := range s.Attention {
		if i == mostAttention {
			d.line(fmt.Sprintf("and %d more: -o json lists them all", len(s.Attention)-mostAttention))
			break
		}
		a := &s.Attention[i]
		kind := ""
		if a.Kind == "KPI" {
			kind = "KPI "
		}
		d.line(d.Health(a.Health) + " " + d.marked(key(a.Kind, a.Namespace, a.Name), kind+d.Paint(terminal.Bold, s.named(a.Namespace, a.Name))))
		for _, what := range a.What {
			d.item(2, d.text(what))
		}
	}
}

func (d *drawing) turns(s *Summary) {
	if len(s.Changes) == 0 && s.New == (New{}) {
		return
	}
	d.title("CHANGED WITHIN A WEEK")
	var rows [][]string
	for _, t := range s.Changes[:min(mostTurns, len(s.Changes))] {
		rows = append(rows, []string{d.ago(t.Time), d.Health(t.Health), kindWords[t.Kind], s.named(t.Namespace, t.Name), d.text(t.Message)})
	}
	d.table([]terminal.Column{{Title: "WHEN"}, {Title: "IS NOW"}, {Title: "KIND"}, {Title: "NAME", Shrinks: true}, {Title: "WHY", Shrinks: true, Least: 24, Optional: 1}}, rows, 3, nil)
	if more := len(s.Changes) - mostTurns; more > 0 {
		d.line(fmt.Sprintf("and %d more: -o json lists them all", more))
	}
	var fresh []string
	for _, n := range []struct {
		count int
		noun  string
	}{{s.New.Objectives, "objective"}, {s.New.KeyResults, "key result"}, {s.New.KPIs, "KPI"}} {
		if n.count > 0 {
			fresh = append(fresh, terminal.Count(n.count, n.noun))
		}
	}
	if len(fresh) > 0 {
		d.said("Judged for the first time: " + strings.Join(fresh, ", "))
	}
}

var kindWords = map[string]string{"Objective": "objective", "KeyResult": "key result", "KPI": "KPI"}

func (d *drawing) rows(s *Summary) {
	if len(s.Objectives) == 0 {
		return
	}
	d.title("OBJECTIVES")
	columns := []terminal.Column{
		{Title: "HEALTH"}, {Title: "OBJECTIVE", Shrinks: true}, {Title: "PROGRESS"}, {Title: "RESULTS"}, {Title: "CHECK-IN"}, {Title: "SCORE", Optional: 1},
		{Title: "ENDS", Optional: 2}, {Title: "OWNER", Shrinks: true, Optional: 3}, {Title: "TITLE", Shrinks: true, Least: 20, Optional: 4},
	}
	rows := make([][]string, 0, len(s.Objectives))
	for i := range s.Objectives {
		o := &s.Objectives[i]
		rows = append(rows, []string{
			d.Health(o.Verdict.Health), d.marked(key("Objective", o.Namespace, o.Name), o.Name), d.progress(o.Verdict, d.barWidth()-4),
			d.symbols(o.KeyResults), d.checkIn(o), dash(strings.TrimSpace(o.Score + " " + o.Grade)), d.ends(o), d.text(dash(o.Owner.text())), d.text(o.Title),
		})
	}
	d.grouped(s, columns, rows)
	d.elsewhere(s.Elsewhere)
}

// grouped writes the table of objectives, where all namespaces are shown with each one's name above its own.
func (d *drawing) grouped(s *Summary, columns []terminal.Column, rows [][]string) {
	var buffer bytes.Buffer
	columns, rows = said(columns, rows)
	columns[1].Least = d.least(columns, rows, 1)
	d.Table(&buffer, columns, rows)
	for i, row := range strings.SplitAfter(buffer.String(), "\n") {
		if o := i - 1; s.Namespace == "" && o >= 0 && o < len(rows) && (o == 0 || s.Objectives[o].Namespace != s.Objectives[o-1].Namespace) {
			d.line(d.Paint(terminal.Dim, s.Objectives[o].Namespace))
		}
		_, _ = io.WriteString(d.out, row)
	}
}

// elsewhere says what is not in the table.
func (d *drawing) elsewhere(e Elsewhere) {
	var rest []string
	if e.Before > 0 {
		rest = append(rest, fmt.Sprintf("%s still to come (the first on %s)", are(e.Before), e.NextBegins))
	}
	if e.Over > 0 {
		rest = append(rest, are(e.Over)+" over")
	}
	if len(rest) > 0 {
		d.said("Not shown: " + strings.Join(rest, ", "))
	}
}

// symbols counts key results by symbol, the worst first: "1✘ 2✔".
func (d *drawing) symbols(counts []Count) string {
	var texts []string
	for i := 0; i < len(counts); {
		style, n := terminal.StyleOf(counts[i].Health), 0
		symbol := d.Symbol(counts[i].Health)
		for ; i < len(counts) && terminal.StyleOf(counts[i].Health) == style; i++ {
			n += counts[i].Count
		}
		texts = append(texts, d.Paint(style, fmt.Sprintf("%d%s", n, symbol)))
	}
	return dash(strings.Join(texts, " "))
}

// checkIn says when the next check-in is due.
func (d *drawing) checkIn(o *Row) string {
	due, err := okr.ParseDate(o.CheckInDueOn)
	switch {
	case err != nil:
		return "-"
	case o.CheckInOverdue:
		return d.Paint(terminal.Caution, "overdue")
	default:
		return far(okr.DayOf(d.now, o.Time.zone), due)
	}
}

func (d *drawing) ends(o *Row) string {
	if o.Time.To == "" {
		return o.Time.Period
	}
	return o.Time.To
}
