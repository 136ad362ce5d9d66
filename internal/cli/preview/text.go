package preview

import (
	"fmt"
	"io"
	"strings"
	"time"

	"okr.dev/controller/internal/cli/terminal"
)

// text is the report for a terminal.
func (r *report) text(s terminal.Screen) string {
	var b strings.Builder
	t := printer{s, &b}
	t.line("%s", s.Paint(terminal.Dim, r.headline()))
	if r.Against != "" {
		t.changes(r)
	}
	t.goals(r)
	t.concerns(r)
	t.backtests(r)
	if len(r.Notes) > 0 {
		t.heading("Not known")
		for _, note := range r.Notes {
			t.item(note, terminal.Plain)
		}
	}
	return b.String()
}

func (r *report) headline() string {
	text := "As of " + r.At.UTC().Format("2006-01-02 15:04") + " UTC"
	if s := r.At.UTC().Second(); s != 0 {
		text = "As of " + r.At.UTC().Format(time.DateTime) + " UTC"
	}
	if r.Against != "" {
		text += ", against " + r.Against
	}
	if namespace := r.namespace(); namespace != "" {
		text += ", in namespace " + namespace
	}
	return text + ". Nothing is applied."
}

// namespace is the one that all goals in the files are in; empty if they are in several. It is said once, then.
func (r *report) namespace() string {
	namespace := ""
	for i, g := range r.Goals {
		if i > 0 && g.Namespace != namespace {
			return ""
		}
		namespace = g.Namespace
	}
	return namespace
}

// printer draws on a screen.
type printer struct {
	terminal.Screen
	out io.Writer
}

func (t printer) line(format string, arguments ...any) {
	_, _ = fmt.Fprintln(t.out, strings.TrimRight(fmt.Sprintf(format, arguments...), " "))
}

func (t printer) heading(text string) {
	t.line("")
	for _, line := range terminal.Wrap(text, t.Width) {
		t.line("%s", t.Paint(terminal.Bold, line))
	}
}

// item is a paragraph behind a dash.
func (t printer) item(text string, style terminal.Style) {
	for i, line := range terminal.Wrap(t.Line(text), t.Width-4) {
		head := "  "
		if i == 0 {
			head = t.Or("– ", "- ")
		}
		t.line("  %s%s", t.Paint(style, head), line)
	}
}

// below is a paragraph under an item.
func (t printer) below(text string) {
	for _, line := range terminal.Wrap(t.Line(text), t.Width-6) {
		t.line("      %s", line)
	}
}

// goals are the tables of the goals in the files.
func (t printer) goals(r *report) {
	rows := map[string][][]string{}
	one := r.namespace()
	for _, g := range r.Goals {
		st := g.standing
		name, health := t.Text(strings.TrimPrefix(g.String(), one+"/")), t.Health(st.Health)
		switch g.Kind {
		case "Objective":
			rows[g.Kind] = append(rows[g.Kind], []string{name, health, terminal.Percent(st.Progress), terminal.Percent(st.Expected), st.Score})
		case "KeyResult":
			rows[g.Kind] = append(rows[g.Kind], []string{name, health, terminal.Percent(st.Progress), terminal.Percent(st.Expected), t.Text(st.Value), t.Text(st.Target), st.Score})
		default:
			rows[g.Kind] = append(rows[g.Kind], []string{name, health, t.Text(st.Value), t.Text(st.Target), st.Aligned, st.NeedsObjective})
		}
	}
	t.table(rows["Objective"], []terminal.Column{
		{Title: "OBJECTIVE", Shrinks: true, Least: 36}, {Title: "HEALTH"}, {Title: "PROGRESS", Right: true}, {Title: "EXPECTED", Right: true},
		{Title: "SCORE", Right: true},
	})
	t.table(rows["KeyResult"], []terminal.Column{
		{Title: "KEY RESULT", Shrinks: true, Least: 24}, {Title: "HEALTH"}, {Title: "PROGRESS", Right: true}, {Title: "EXPECTED", Right: true, Optional: 2},
		{Title: "VALUE", Shrinks: true, Least: 11}, {Title: "TARGET", Shrinks: true, Least: 14}, {Title: "SCORE", Right: true, Optional: 3},
	})
	t.table(rows["KPI"], []terminal.Column{
		{Title: "KPI", Shrinks: true, Least: 24}, {Title: "HEALTH"}, {Title: "VALUE", Shrinks: true, Least: 11}, {Title: "TARGET", Shrinks: true, Least: 14},
		{Title: "ALIGNED"}, {Title: "NEEDS OBJECTIVE", Optional: 1},
	})
}

// table leaves out columns without any text.
func (t printer) table(rows [][]string, columns []terminal.Column) {
	if len(rows) == 0 {
		return
	}
	for i := len(columns) - 1; i > 0; i-- {
		empty := true
		for _, row := range rows {
			empty = empty && row[i] == ""
		}
		if !empty {
			continue
		}
		columns = append(columns[:i:i], columns[i+1:]...)
		for j, row := range rows {
			rows[j] = append(row[:i:i], row[i+1:]...)
		}
	}
	t.line("")
	t.Table(t.out, columns, rows)
}

// concerns are what somebody should look at.
func (t printer) concerns(r *report) {
	listed, before := r.concerns()
	if len(listed)+before == 0 {
		return
	}
	if len(listed) == 0 {
		t.line("")
		t.line("%s", t.Paint(terminal.Dim, fmt.Sprintf("Nothing new to look at; %d before this change.", before)))
		return
	}
	t.heading(r.concernsTitle())
	for _, c := range listed {
		t.item(fmt.Sprintf("%s %s: %s", spoken(c.Kind), c.id, c.text), terminal.StyleOf(c.health))
	}
	if before > 0 {
		t.item(fmt.Sprintf("and %d before this change", before), terminal.Dim)
	}
}

func (r *report) concernsTitle() string {
	if r.Against != "" {
		return "To look at, new"
	}
	return "To look at"
}

// spoken is a kind in words.
func spoken(kind string) string {
	switch kind {
	case "Objective":
		return "objective"
	case "KeyResult":
		return "key result"
	default:
		return kind
	}
}

// changes is what the change does.
func (t printer) changes(r *report) {
	t.heading(r.summary())
	for _, c := range r.Changes {
		t.line("")
		t.line("  %s %s %s  %s", t.mark(c.What), spoken(c.Kind), t.Paint(terminal.Bold, t.Text(c.String())), t.turn(c))
		for _, g := range c.Goalposts {
			style := terminal.Bad
			if g.Reason != "" {
				style = terminal.Caution
			}
			for i, line := range terminal.Wrap(t.Line(g.sentence()), t.Width-6) {
				if i == 0 {
					line = strings.Replace(line, "goalpost:", t.Paint(style, "goalpost:"), 1)
				}
				t.line("      %s", line)
			}
		}
		for i, f := range c.Fields {
			if i == maxFields {
				t.below(fmt.Sprintf("… and %d more fields", len(c.Fields)-i))
				break
			}
			t.below(f.sentence(t.Or("→", "->")))
		}
	}
}

// maxFields is how many edited fields of a goal are listed, and maxField how long the text of one is.
const maxFields, maxField = 20, 160

func (f fieldChange) sentence(arrow string) string {
	was, is := brief(f.Was), brief(f.Is)
	switch {
	case f.Was == "":
		return f.Path + ": " + is + " (new)"
	case f.Is == "":
		return f.Path + ": " + was + " (removed)"
	default:
		return f.Path + ": " + was + " " + arrow + " " + is
	}
}

func brief(text string) string {
	text = terminal.OneLine(text)
	if r := []rune(text); len(r) > maxField {
		return string(r[:maxField-1]) + "…"
	}
	return text
}

func (g goalpost) sentence() string {
	text := fmt.Sprintf("goalpost: in week %d of %d, %s", g.Week, g.Weeks, g.Text)
	if g.Reason != "" {
		return text + "; its reason: " + g.Reason
	}
	return text + ", without a reason: " + g.Fix
}

func (t printer) mark(what string) string {
	switch what {
	case added:
		return t.Paint(terminal.Good, "+")
	case removed:
		return t.Paint(terminal.Bad, "-")
	case changed:
		return t.Paint(terminal.Caution, "~")
	default:
		return t.Paint(terminal.Dim, t.Or("↳", ">"))
	}
}

// turn is the verdict before and after.
func (t printer) turn(c change) string {
	painted := func(s standing) string { return t.Paint(terminal.StyleOf(s.Health), t.Text(s.short()+s.care())) }
	switch {
	case c.Before == nil:
		return "new: " + painted(*c.After)
	case c.After == nil:
		return "removed; it was " + painted(*c.Before)
	case c.Before.same(*c.After):
		return "stays " + painted(*c.After)
	default:
		return painted(*c.Before) + t.Or(" → ", " -> ") + painted(*c.After)
	}
}

// care is, of a KPI that nobody looks after, just that.
func (s standing) care() string {
	switch {
	case s.NeedsObjective == "True":
		return ", needs an objective"
	case s.Aligned == "False":
		return ", no objective"
	default:
		return ""
	}
}

// summary is what the change does in one sentence.
func (r *report) summary() string {
	t := r.tally()
	if len(r.Changes) == 0 {
		return "Nothing changes."
	}
	var parts []string
	add := func(n int, one, several string) {
		if n == 1 {
			parts = append(parts, "1 "+one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", n, several))
		}
	}
	add(t.added, "goal added", "goals added")
	add(t.removed, "removed", "removed")
	add(t.changed, "edited", "edited")
	add(t.affected, "other affected", "others affected")
	add(t.verdicts, "verdict changes", "verdicts change")
	switch {
	case t.goalposts > 0 && t.silent > 0:
		add(t.goalposts, "goalpost moved", "goalposts moved")
		parts[len(parts)-1] += fmt.Sprintf(" (%d without a reason)", t.silent)
	default:
		add(t.goalposts, "goalpost moved, with a reason", "goalposts moved, with reasons")
	}
	return strings.Join(parts, ", ")
}

// backtests are tables of how goals would have ended.
func (t printer) backtests(r *report) {
	if r.Backtested == 0 {
		return
	}
	t.heading("In the past: targets as written, from where the numbers stood then")
	if len(r.Backtests) == 0 {
		t.item("There is nothing to try: no objective here is measured, or its past periods are not over.", terminal.Plain)
	}
	for _, b := range r.Backtests {
		columns := []terminal.Column{{Title: t.Text(b.String()), Shrinks: true, Least: 20}}
		for _, p := range b.Periods {
			columns = append(columns, terminal.Column{Title: p, Optional: len(columns)})
		}
		var rows [][]string
		for _, row := range b.Rows {
			name := "(objective)"
			if row.Kind == "KeyResult" {
				name = row.Name
			}
			cells := []string{t.Text(name)}
			for _, end := range row.Cells {
				cells = append(cells, t.end(end))
			}
			rows = append(rows, cells)
		}
		t.line("")
		t.Table(t.out, columns, rows)
		if len(b.Left) > 0 {
			t.line("%s", t.Paint(terminal.Dim, t.Shorten(t.Text("Without "+strings.Join(b.Left, ", ")), t.Width)))
		}
	}
}

func (t printer) end(e pastEnd) string {
	if e.Score == "" {
		return t.Paint(terminal.Dim, t.Text(e.Without))
	}
	return t.Paint(terminal.StyleOf(e.Health), e.Score+" "+e.Health)
}
