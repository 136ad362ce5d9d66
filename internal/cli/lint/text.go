package lint

import (
	"fmt"
	"path/filepath"
	"strings"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/practice"
)

// writeText prints for people: a line of file, line, severity, rule and message, and at the end how much there is.
func writeText(env *command.Environment, report *Report, showIgnored bool) error {
	screen := env.Screen
	var b strings.Builder
	path := ""
	for _, f := range report.Findings {
		if f.Silenced != "" && !showIgnored {
			continue
		}
		if path != "" && path != f.Path {
			b.WriteString("\n")
		}
		path = f.Path
		b.WriteString(lines(screen, f))
	}
	if path != "" {
		b.WriteString("\n")
	}
	for _, line := range report.passedOver() {
		b.WriteString(hang(screen, screen.Paint(terminal.Dim, "skipped ")+screen.Text(line), 4))
	}
	b.WriteString(report.summary(screen) + "\n")
	return printed(env.Out, b.String())
}

// lines is a finding, broken to the width of the screen.
func lines(screen terminal.Screen, f Finding) string {
	severity, style := f.Severity.String(), styleOf(f.Severity)
	if f.Silenced != "" {
		severity, style = "ignored "+severity, terminal.Dim
	}
	where := fmt.Sprintf("%s:%d:", shownPath(f.Path), f.Line)
	said := f.said()
	if f.Silenced != "" {
		said += " (ignored: " + f.Silenced + ")"
	}
	head := screen.Paint(terminal.Bold, screen.Text(where)) + " " + screen.Paint(style, severity) + " " + screen.Paint(terminal.Dim, f.Rule)
	return hang(screen, head+" "+screen.Line(said), 4)
}

// hang breaks a text to the width of the screen, between words only, for names have hyphens; what follows its first line is indented.
func hang(screen terminal.Screen, text string, indent int) string {
	var b strings.Builder
	used := 0
	for word := range strings.FieldsSeq(text) {
		width := terminal.Width(word)
		switch {
		case used == 0:
		case used+1+width > screen.Width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = indent
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += width
	}
	return b.String() + "\n"
}

func styleOf(s practice.Severity) terminal.Style {
	switch s {
	case practice.Error:
		return terminal.Bad
	case practice.Warning:
		return terminal.Caution
	default:
		return terminal.Plain
	}
}

// shownPath is a path as people and machines read it: slashes, from where they are.
func shownPath(path string) string {
	if path == manifest.Stdin {
		return "stdin"
	}
	return filepath.ToSlash(path)
}

// passedOver says what was skipped, a line a reason.
func (r *Report) passedOver() []string {
	var order []string
	paths := map[string][]string{}
	for _, s := range r.Skipped {
		if paths[s.Reason] == nil {
			order = append(order, s.Reason)
		}
		paths[s.Reason] = append(paths[s.Reason], shownPath(s.Path))
	}
	var said []string
	for _, reason := range order {
		names := paths[reason][0]
		if n := len(paths[reason]) - 1; n > 0 {
			names += " and " + terminal.Count(n, "other")
		}
		said = append(said, names+": "+reason)
	}
	return said
}

// summary is how much there is to mend.
func (r *Report) summary(screen terminal.Screen) string {
	var parts []string
	style := terminal.Good
	for i := len(severities) - 1; i >= 0; i-- {
		if n := r.Count(severities[i]); n > 0 {
			word := terminal.Count(n, severities[i].String())
			if severities[i] == practice.Advice {
				word = fmt.Sprintf("%d advice", n)
			}
			parts = append([]string{word}, parts...)
			style = styleOf(severities[i])
		}
	}
	said := screen.Or("✔ ", "") + "nothing to mend"
	if len(parts) > 0 {
		said = strings.Join(parts, ", ")
	}
	said = screen.Paint(style, said) + fmt.Sprintf(" in %s of %s", terminal.Count(r.Goals, "object"), terminal.Count(r.Files, "file"))
	if n := r.Silenced(); n > 0 {
		said += fmt.Sprintf("; %d silenced (--show-ignored)", n)
	}
	if r.Unjudged > 0 {
		said += fmt.Sprintf("\nThe rules of practice wait for the errors to be mended in %d of these.", r.Unjudged)
	}
	return said
}
