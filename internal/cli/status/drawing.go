package status

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"okr.dev/controller/internal/cli/terminal"
)

// drawing writes a view for people.
type drawing struct {
	terminal.Screen
	out io.Writer
	now time.Time
	// changed are the objects that changed since the previous drawing, where there was one.
	changed map[string]bool
}

// labelWidth is that of the words on the left.
const labelWidth = 12

// text is somebody's text in one line, as it can be shown here.
func (d *drawing) text(text string) string { return d.Line(text) }

func (d *drawing) line(text string) { _, _ = fmt.Fprintln(d.out, strings.TrimRight(text, " ")) }

// said writes a sentence, which may take several lines.
func (d *drawing) said(text string) {
	for _, part := range terminal.Wrap(d.text(text), d.Width) {
		d.line(part)
	}
}

// title begins a section.
func (d *drawing) title(text string) {
	d.line("")
	d.line(d.Paint(terminal.Bold, text))
}

// field writes a label and its text, which may take several lines.
func (d *drawing) field(label, text string) {
	for i, part := range terminal.Wrap(text, d.Width-labelWidth) {
		if i > 0 {
			label = ""
		}
		d.line(d.Paint(terminal.Bold, terminal.Pad(label, labelWidth, false)) + part)
	}
}

// dim sets off what is said beside the matter.
func (d *drawing) dim(text string) string { return d.Paint(terminal.Dim, text) }

// item writes a point of a list, under an indent.
func (d *drawing) item(indent int, text string) {
	dot := d.Or("• ", "- ")
	for i, part := range terminal.Wrap(text, d.Width-indent-2) {
		if i > 0 {
			dot = "  "
		}
		d.line(strings.Repeat(" ", indent) + dot + part)
	}
}

// list writes a label and its points.
func (d *drawing) list(label string, points []string) { d.points(label, d.Or("• ", "- "), points) }

// points writes a label and points, each behind a sign of two columns.
func (d *drawing) points(label, sign string, points []string) {
	for _, point := range points {
		before := sign
		for _, part := range terminal.Wrap(point, d.Width-labelWidth-2) {
			d.line(d.Paint(terminal.Bold, terminal.Pad(label, labelWidth, false)) + before + part)
			label, before = "", "  "
		}
	}
}

// table writes rows, and under each what is told of it. Column name holds names: they are typed again, and are cut only
// where nothing else is left to leave out.
func (d *drawing) table(columns []terminal.Column, rows [][]string, name int, under [][]string) {
	var buffer bytes.Buffer
	columns, rows = said(columns, rows)
	columns[name].Least = d.least(columns, rows, name)
	d.Table(&buffer, columns, rows)
	for i, row := range strings.SplitAfter(buffer.String(), "\n") {
		_, _ = io.WriteString(d.out, row)
		if i == 0 || i > len(under) {
			continue
		}
		for _, text := range under[i-1] {
			for _, part := range terminal.Wrap(text, d.Width-4) {
				d.line("    " + part)
			}
		}
	}
}

// said leaves out the optional columns that say nothing.
func said(columns []terminal.Column, rows [][]string) ([]terminal.Column, [][]string) {
	shown := make([][]string, len(rows))
	var kept []terminal.Column
	for i, c := range columns {
		says := slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "" && row[i] != "-" })
		if c.Optional > 0 && !says {
			continue
		}
		kept = append(kept, c)
		for r, row := range rows {
			shown[r] = append(shown[r], row[i])
		}
	}
	return kept, shown
}

// gap is what stands between two columns.
const gap = 3

// widths are those of the columns in full.
func widths(columns []terminal.Column, rows [][]string) []int {
	all := make([]int, len(columns))
	for i, c := range columns {
		all[i] = terminal.Width(c.Title)
		for _, row := range rows {
			all[i] = max(all[i], terminal.Width(row[i]))
		}
	}
	return all
}

// fits reports whether a table fits the screen as it is.
func (d *drawing) fits(columns []terminal.Column, rows [][]string) bool {
	total := -gap
	for _, width := range widths(columns, rows) {
		total += width + gap
	}
	return total <= d.Width
}

// leastName is how narrow names become where a screen is far too narrow.
const leastName = 12

// least is how narrow a column of names must become once all that is optional is left out.
func (d *drawing) least(columns []terminal.Column, rows [][]string, name int) int {
	total := -gap
	all := widths(columns, rows)
	for i, width := range all {
		switch {
		case columns[i].Optional > 0:
			continue
		case columns[i].Shrinks && i != name:
			width = min(width, max(8, columns[i].Least, terminal.Width(columns[i].Title)))
		}
		total += width + gap
	}
	return max(leastName, all[name]-max(0, total-d.Width))
}

// marked is a name with a marker if its object changed since the previous drawing.
func (d *drawing) marked(object, name string) string {
	if d.changed[object] {
		return d.Paint(terminal.Bold, d.Or("● ", "* ")+name)
	}
	return name
}

// progress is a bar with its number; a dash where it is not known.
func (d *drawing) progress(v Verdict, width int) string {
	if v.ProgressPercent == nil {
		return "-"
	}
	bar := d.Bar(v.ProgressPercent, v.ExpectedPercent, width, terminal.StyleOf(v.Health))
	return bar + terminal.Pad(fmt.Sprintf("%d %%", *v.ProgressPercent), 6, true)
}

// barWidth is how wide bars in tables are.
func (d *drawing) barWidth() int {
	switch {
	case d.Width >= 140:
		return 20
	case d.Width >= 100:
		return 14
	default:
		return 10
	}
}

// ago says how long ago something was.
func (d *drawing) ago(t time.Time) string {
	if d.now.Sub(t) < time.Second {
		return "just now"
	}
	return duration.HumanDuration(d.now.Sub(t)) + " ago"
}

// since is when a verdict last turned, in brackets; empty if that is not known.
func (d *drawing) since(v Verdict) string {
	if v.Since == nil {
		return ""
	}
	return " (since " + v.Since.UTC().Format(time.DateOnly) + ", " + d.ago(*v.Since) + ")"
}

// dash stands for a text that is empty.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
