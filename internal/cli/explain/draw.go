package explain

import (
	"fmt"
	"io"
	"strings"
	"time"

	"okr.dev/controller/internal/cli/terminal"
)

// page is where an explanation is drawn.
type page struct {
	terminal.Screen
	out io.Writer
	now time.Time
}

func (p page) line(text string) { _, _ = fmt.Fprintln(p.out, strings.TrimRight(text, " ")) }

// draw writes an explanation for people.
func (p page) draw(e Explanation) {
	head := fmt.Sprintf("%s %s/%s", e.Kind, e.Namespace, e.Name)
	p.line(p.Paint(terminal.Bold, head) + "  " + p.Shorten(p.Text(e.Title), max(20, p.Width-terminal.Width(head)-2)))
	verdict := p.Health(e.Health)
	if e.Reason != e.Health {
		verdict += "  " + p.Text(e.Reason)
	}
	p.line(verdict)
	p.line("")
	p.paragraph(e.Summary)
	p.written(e.Written)
	if len(e.Withheld) > 0 && e.Computed() {
		p.paragraph("You may not read " + strings.Join(e.Withheld, ", ") + ". What is computed without is just what the controller has written, which may.")
	}
	for i, s := range e.Sections {
		p.line("")
		p.line(p.Paint(terminal.Bold, fmt.Sprintf("%d. %s", i+1, s.Title)))
		p.section(s)
	}
	p.line("")
	p.next(e)
}

func (p page) paragraph(text string) {
	for _, line := range wrap(p.Text(text), p.Width) {
		p.line(line)
	}
}

// section writes the steps with their names in a column of their own.
func (p page) section(s Section) {
	width := 0
	for _, step := range s.Steps {
		width = max(width, terminal.Width(step.Name))
	}
	width = min(width, 16)
	for _, step := range s.Steps {
		indent := strings.Repeat(" ", width+5)
		label := "   " + p.Paint(terminal.Dim, terminal.Pad(p.Text(step.Name), width, false)) + "  "
		for i, line := range p.lines(step, p.Width-width-5) {
			if i > 0 {
				label = indent
			}
			p.line(label + line)
		}
		if len(step.Rows) > 0 {
			p.table(step)
		}
	}
}

func (p page) lines(step Step, width int) []string {
	if step.verbatim { // a query keeps its lines
		return terminal.Wrap(strings.TrimRight(p.Text(step.Text), "\n"), width)
	}
	return wrap(p.Text(step.Text), width)
}

// widest is how long a line of text is at most: longer ones are hard to read.
const widest = 120

// wrap breaks a text into lines.
func wrap(text string, width int) []string {
	lines := terminal.Wrap(together.Replace(text), min(width, widest))
	for i := range lines {
		lines[i] = strings.TrimLeft(apart.Replace(lines[i]), " ")
	}
	return lines
}

// What is not broken: a name at its hyphens, and a number before its percent sign. The characters that no line is broken at
// are put in their place meanwhile.
var (
	together = strings.NewReplacer("-", "\u2011", " %", "\u00a0%")
	apart    = strings.NewReplacer("\u2011", "-", "\u00a0", " ")
)

// leastName is how narrow a column of names may become, and titleBehind the title of one that can be reckoned.
const (
	leastName   = 24
	titleBehind = "BEHIND"
)

// table writes the rows of a step below it.
func (p page) table(step Step) {
	const indent = 5
	columns := make([]terminal.Column, len(step.Columns))
	for i, title := range step.Columns {
		columns[i] = terminal.Column{Title: title}
	}
	columns[0].Shrinks = true
	if last := len(columns) - 1; columns[last].Title == titleBehind { // names go before what can be reckoned from the rest
		columns[0].Least, columns[last].Optional, columns[last-1].Optional = leastName, 2, 1
	}
	rows := make([][]string, len(step.Rows))
	for i, row := range step.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], p.Text(cell))
		}
	}
	var b strings.Builder
	narrow := p.Screen
	narrow.Width = max(40, p.Width-indent)
	narrow.Table(&b, columns, rows)
	for _, line := range strings.Split(strings.TrimRight(b.String(), "\n"), "\n") {
		p.line(strings.Repeat(" ", indent) + line)
	}
}

// mostDifferences is how many are shown; all are in -o json.
const mostDifferences = 8

// written says how the status on the server compares.
func (p page) written(w Written) {
	if w.Same {
		return
	}
	p.line("")
	p.paragraph(w.Text)
	for i, d := range w.Differences {
		if i == mostDifferences {
			p.line(fmt.Sprintf("  %s %d more: -o json has all", p.Or("…", "..."), len(w.Differences)-i))
			return
		}
		p.line("  " + p.Shorten(p.Text(fmt.Sprintf("%s: %s → %s", d.Path, orNone(d.Server), orNone(d.Computed))), p.Width-2))
	}
}

// next says when the verdict changes by itself.
func (p page) next(e Explanation) {
	p.line(p.Paint(terminal.Bold, "What comes next"))
	for _, text := range nextText(e) {
		for _, line := range wrap(p.Text(text), p.Width-3) {
			p.line("   " + line)
		}
	}
}
