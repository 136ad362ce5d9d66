package scorecard

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"okr.dev/controller/internal/cli/markup"
	"okr.dev/controller/internal/cli/terminal"
)

// lights are the colours of health where there are no others: beside the word, never instead.
var lights = map[terminal.Style]string{terminal.Good: "🟢", terminal.Caution: "🟡", terminal.Bad: "🔴", terminal.Unsure: "🟣"}

// markdown writes a scorecard as a table for a page or a pull request.
func markdown(out io.Writer, t text, s Scorecard) error {
	t.screen = terminal.Screen{Width: t.screen.Width, Unicode: true}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n", quote(t.summary(s)))
	if len(s.Cards) > 0 {
		b.WriteString("\n| KPI | Health | Value | Target | Trend | History | Objective |\n|---|---|---:|---|---|---|---|\n")
	}
	for _, c := range s.Cards {
		stretch := ""
		if c.Stretch != nil {
			stretch = "<br>stretch " + quote(c.stretch())
		}
		trend := ""
		if c.Trend != nil {
			trend = c.Trend.Summary
		}
		cells := []string{
			quote(c.Title) + "<br>" + quote(t.name(c.Namespace, c.Name)),
			strings.TrimSpace(lights[terminal.StyleOf(c.Health)] + " " + quote(c.Health)),
			quote(t.value(c)), quote(cmp.Or(c.Target, "-")) + stretch, quote(trend), t.screen.Sparkline(line(c.History, lineWidth)), quote(t.objective(c)),
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	var notes strings.Builder
	t.details(&notes, s)
	b.WriteString(list(notes.String()))
	_, err := io.WriteString(out, b.String())
	return err
}

// list makes the sections below a table paragraphs and lists.
func list(sections string) string {
	var b strings.Builder
	for _, line := range strings.Split(sections, "\n") {
		text, indented := strings.CutPrefix(line, "  ")
		more, continued := strings.CutPrefix(text, "  ")
		switch {
		case line == "":
		case continued:
			b.WriteString(" " + quote(more))
		case indented:
			b.WriteString("\n- " + quote(text))
		case b.Len() == 0:
			b.WriteString("\n" + quote(line) + "\n")
		default:
			b.WriteString("\n\n" + quote(line) + "\n")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + "\n"
}

// harmless are the signs that mean nothing to Markdown or to HTML inside a cell.
const harmless = " .,:;/()%'?+=-"

// quote writes a text so that nothing in it is taken for anything but text.
func quote(text string) string { return markup.Entities(text, harmless, "&#") }
