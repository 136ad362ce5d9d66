package status

import (
	"bytes"
	"fmt"
	"io"
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
func (d *drawing) text(text string) string { return d.Text(strings.Join(strings.Fields(text), " ")) }

func (d *drawing) line(text string) { _, _ = fmt.Fprintln(d.out, strings.TrimRight(text, " ")) }

// title begins a section.
func (d *drawing) title(text string) {
	d.line("")
	d.line(d.Paint(terminal.Bold, text))
}

// field writes a label and its text, which may take several lines.
func (d *drawing) field(label, text string) {
	for i, part := range wrap(text, d.Width-labelWidth) {
		if i > 0 {
			label = ""
		}
		d.line(d.Paint(terminal.Bold, terminal.Pad(label, labelWidth, false)) + part)
	}
}

// item writes a point of a list, under an indent.
func (d *drawing) item(indent int, text string) {
	dot := d.Or("• ", "- ")
	for i, part := range wrap(text, d.Width-indent-2) {
		if i > 0 {
			dot = "  "
		}
		d.line(strings.Repeat(" ", indent) + dot + part)
	}
}

// list writes a label and its points.
func (d *drawing) list(label string, points []string) {
	for i, point := range points {
		if i > 0 {
			label = ""
		}
		dot := d.Or("• ", "- ")
		for _, part := range wrap(point, d.Width-labelWidth-2) {
			d.line(d.Paint(terminal.Bold, terminal.Pad(label, labelWidth, false)) + dot + part)
			label, dot = "", "  "
		}
	}
}

// wrap breaks a text into lines at spaces alone: a date and a name stay in one piece.
func wrap(text string, width int) []string {
	const joined = "\ue000" // of the private use area, as wide as a hyphen
	parts := terminal.Wrap(strings.ReplaceAll(text, "-", joined), width)
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(part, joined, "-")
	}
	return parts
}

// table writes rows, and under each what is told of it. A row that changed since the previous drawing is marked.
func (d *drawing) table(columns []terminal.Column, rows [][]string, under [][]string) {
	var buffer bytes.Buffer
	d.Table(&buffer, columns, rows)
	for i, row := range strings.SplitAfter(buffer.String(), "\n") {
		_, _ = io.WriteString(d.out, row)
		if i == 0 || i > len(under) {
			continue
		}
		for _, text := range under[i-1] {
			for _, part := range wrap(text, d.Width-4) {
				d.line("    " + d.Paint(terminal.Dim, part))
			}
		}
	}
}

// leastName is how narrow a column of names may become: names are typed again, and are cut only if they are very long.
const leastName = 32

// fits reports whether a table fits the screen as it is.
func (d *drawing) fits(columns []terminal.Column, rows [][]string) bool {
	total := 0
	for i, c := range columns {
		width := terminal.Width(c.Title)
		for _, row := range rows {
			width = max(width, terminal.Width(row[i]))
		}
		total += width + 3
	}
	return total-3 <= d.Width
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
