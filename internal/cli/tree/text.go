package tree

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"okr.dev/controller/internal/cli/terminal"
)

// barWidth is how many columns the bar of progress takes.
const barWidth = 12

// text draws a forest as a table whose first column is the tree.
type text struct {
	screen terminal.Screen
	// namespace is not written in front of names; empty: each has its own in front.
	namespace string
	kpis      bool
	// keyResults says that there are rows of key results, which have values.
	keyResults bool
}

// row is one line of the table.
type row struct {
	branch string
	node   *Node
}

func (t text) draw(out io.Writer, f Forest) {
	t.above(out, f.Above)
	var rows []row
	for _, root := range f.Roots {
		rows = t.rows(rows, root, "", "")
	}
	if t.kpis {
		t.kpiTable(out, rows)
	} else {
		t.objectiveTable(out, rows)
	}
	nodes := slices.Clone(f.Above)
	for _, r := range rows {
		nodes = append(nodes, r.node)
	}
	t.notes(out, nodes, f.Withheld)
}

// above writes those above the one that was asked for in one line.
func (t text) above(out io.Writer, above []*Node) {
	if len(above) == 0 {
		return
	}
	var steps []string
	for _, n := range above {
		step := t.screen.Text(t.name(n)) + " " + t.screen.Health(n.Health)
		if n.Progress != nil {
			step += " " + terminal.Percent(n.Progress)
		}
		steps = append(steps, step)
	}
	for _, line := range terminal.Wrap(strings.Join(steps, t.screen.Or(" › ", " > "))+t.screen.Or(" ›", " >"), t.screen.Width) {
		_, _ = fmt.Fprintln(out, line)
	}
}

// rows adds a tree's rows. Branch is what is drawn before its name, and stem what before those below it.
func (t text) rows(rows []row, n *Node, branch, stem string) []row {
	rows = append(rows, row{branch, n})
	below := slices.Concat(n.KeyResults, n.Children)
	fork, last := t.screen.Or("├─ ", "|- "), t.screen.Or("└─ ", "`- ")
	pass := t.screen.Or("│  ", "|  ")
	for i, child := range below {
		if i < len(below)-1 {
			rows = t.rows(rows, child, stem+fork, stem+pass)
		} else {
			rows = t.rows(rows, child, stem+last, stem+"   ")
		}
	}
	return rows
}

func (t text) objectiveTable(out io.Writer, rows []row) {
	columns := []terminal.Column{
		t.nameColumn("OBJECTIVE", rows), {Title: "HEALTH"}, {Optional: 5}, {Title: "PROGRESS", Right: true}, {Title: "EXPECTED", Right: true},
		{Title: "VALUE", Optional: 2}, {Title: "TARGET", Optional: 2}, {Title: "OWNER", Shrinks: true, Optional: 1}, {Title: "PERIOD", Optional: 3},
		{Title: "LEVEL", Optional: 6}, {Title: "TITLE", Shrinks: true, Least: 20, Optional: 4},
	}
	cells := make([][]string, 0, len(rows))
	for _, r := range rows {
		n := r.node
		cells = append(cells, []string{
			t.nameCell(r), t.screen.Health(n.Health), t.screen.Bar(n.Progress, n.Expected, barWidth, terminal.StyleOf(n.Health)),
			cmp.Or(terminal.Percent(n.Progress), "-"), cmp.Or(terminal.Percent(n.Expected), "-"), t.screen.Line(n.Value), t.screen.Line(n.Target),
			t.screen.Line(n.Owner), t.screen.Line(n.Period), n.Level, t.screen.Line(n.Title),
		})
	}
	if !t.keyResults {
		columns = slices.Delete(columns, 5, 7)
		for i := range cells {
			cells[i] = slices.Delete(cells[i], 5, 7)
		}
	}
	t.screen.Table(out, columns, cells)
}

func (t text) kpiTable(out io.Writer, rows []row) {
	columns := []terminal.Column{
		t.nameColumn("KPI", rows), {Title: "HEALTH"}, {Title: "VALUE", Right: true, Shrinks: true, Least: leastValue}, {Title: "TARGET", Shrinks: true, Least: 12},
		{Title: "TREND", Optional: 2}, {Title: "OBJECTIVES", Optional: 1}, {Title: "OWNER", Shrinks: true, Optional: 3},
		{Title: "LEVEL", Optional: 5}, {Title: "TITLE", Shrinks: true, Least: 20, Optional: 4},
	}
	cells := make([][]string, 0, len(rows))
	for _, r := range rows {
		n := r.node
		band, _, _ := strings.Cut(n.Target, " (stretch ") // the scorecard has it, and more room
		cells = append(cells, []string{
			t.nameCell(r), t.screen.Health(n.Health), t.screen.Line(n.Value), t.screen.Line(band),
			t.screen.Line(n.Trend), t.objectives(n), t.screen.Line(n.Owner), n.Level, t.screen.Line(n.Title),
		})
	}
	t.screen.Table(out, columns, cells)
}

// objectives is how many objectives look after a KPI, or that one is needed.
func (t text) objectives(n *Node) string {
	switch {
	case n.Need == "True":
		return t.screen.Paint(terminal.Bad, "needs one")
	case n.Objectives == nil:
		return "not known"
	case *n.Objectives == 0:
		return t.screen.Paint(terminal.Dim, "none")
	default:
		return strconv.Itoa(int(*n.Objectives))
	}
}

// widestName is how wide the first column is kept on a narrow screen: names are what the next command is given.
const widestName = 44

// leastValue is how narrow values become: no number is cut, but only a unit that is very long.
const leastValue = 26

func (t text) nameColumn(title string, rows []row) terminal.Column {
	width := terminal.Width(title)
	for _, r := range rows {
		width = max(width, terminal.Width(t.nameCell(r)))
	}
	return terminal.Column{Title: title, Shrinks: true, Least: min(width, widestName)}
}

func (t text) nameCell(r row) string {
	name := t.name(r.node)
	if r.node.Kind == "KeyResult" {
		name = t.screen.Or("◦ ", "o ") + r.node.Name
	}
	if len(r.node.Ring) > 0 {
		name += " (cycle)"
	}
	return t.screen.Paint(terminal.Dim, r.branch) + t.screen.Text(name)
}

// name is how an objective or a KPI is called here.
func (t text) name(n *Node) string {
	if n.Namespace == t.namespace {
		return n.Name
	}
	return n.fullName()
}
