package scorecard

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// lineWidth is how many columns a history takes at most: two of its days each.
const lineWidth = 16

// text draws a scorecard.
type text struct {
	screen terminal.Screen
	now    time.Time
	// namespace is not written in front of names; empty: each has its own in front.
	namespace string
}

func (t text) draw(out io.Writer, s Scorecard) {
	for _, line := range terminal.Wrap(t.summary(s), t.screen.Width) {
		_, _ = fmt.Fprintln(out, line)
	}
	_, _ = fmt.Fprintln(out)
	columns := t.columns(s)
	rows := make([][]string, 0, len(s.Cards))
	for _, c := range s.Cards {
		trend := ""
		if c.Trend != nil {
			trend = c.Trend.Summary
		}
		rows = append(rows, []string{
			t.name(c.Namespace, c.Name), t.screen.Health(c.Health), t.value(c), t.screen.Line(cmp.Or(c.Target, "-")), t.objective(c),
			t.screen.Line(trend), t.screen.Sparkline(line(c.History, lineWidth)), t.screen.Line(c.Owner), t.screen.Line(c.Title),
		})
	}
	t.table(out, columns, rows)
	t.details(out, s)
	t.section(out, s, "Stretch targets:", func(c Card) string {
		if c.Stretch == nil {
			return ""
		}
		return c.stretch()
	})
}

// table leaves out the columns in which no row has anything.
func (t text) table(out io.Writer, columns []terminal.Column, rows [][]string) {
	for i := len(columns) - 1; i >= 0; i-- {
		if slices.ContainsFunc(rows, func(row []string) bool { return row[i] != "" }) {
			continue
		}
		columns = slices.Delete(columns, i, i+1)
		for r := range rows {
			rows[r] = slices.Delete(rows[r], i, i+1)
		}
	}
	t.screen.Table(out, columns, rows)
}

// widestName is how wide names are kept on a narrow screen: they are what the next command is given.
const widestName = 44

// leastValue is how narrow values become: no number is cut, but only a unit that is very long.
const leastValue = 26

func (t text) columns(s Scorecard) []terminal.Column {
	name := len("KPI")
	for _, c := range s.Cards {
		name = max(name, terminal.Width(t.name(c.Namespace, c.Name)))
	}
	return []terminal.Column{
		{Title: "KPI", Shrinks: true, Least: min(name, widestName)}, {Title: "HEALTH"}, {Title: "VALUE", Right: true, Shrinks: true, Least: leastValue}, {Title: "TARGET", Shrinks: true, Least: 12},
		{Title: "OBJECTIVE", Shrinks: true, Least: t.screen.Width / 6, Optional: 1}, {Title: "TREND", Optional: 2}, {Title: "HISTORY", Optional: 3},
		{Title: "OWNER", Shrinks: true, Optional: 4}, {Title: "TITLE", Shrinks: true, Least: 20, Optional: 5},
	}
}

// summary is a scorecard in one line.
func (t text) summary(s Scorecard) string {
	kpis := "KPIs"
	if s.Total == 1 {
		kpis = "KPI"
	}
	need := "none needs an objective"
	switch n := s.Counts[NeedsObjective]; {
	case n == 1:
		need = t.screen.Paint(terminal.Bad, "1 needs an objective")
	case n > 1:
		need = t.screen.Paint(terminal.Bad, fmt.Sprintf("%d need an objective", n))
	}
	parts := []string{need}
	for _, of := range []struct {
		standing Standing
		word     string
	}{{Unhealthy, "unhealthy"}, {Warning, "warning"}, {Unknown, "unknown"}, {Healthy, "healthy"}} {
		if n := s.Counts[of.standing]; n > 0 {
			parts = append(parts, t.screen.Paint(terminal.StyleOf(string(of.standing)), fmt.Sprintf("%d %s", n, of.word)))
		}
	}
	return fmt.Sprintf("%d %s: %s", s.Total, kpis, strings.Join(parts, ", "))
}

func (t text) name(namespace, name string) string {
	if namespace == t.namespace {
		return t.screen.Line(name)
	}
	return t.screen.Line(namespace + "/" + name)
}

// value is the last good value; one that is not fresh is shown with its age.
func (t text) value(c Card) string {
	if c.Value == "" {
		return "-"
	}
	value := t.screen.Line(c.Value)
	if c.Measured != "True" && c.MeasuredAt != nil {
		value += " (" + duration.HumanDuration(max(0, t.now.Sub(c.MeasuredAt.Time))) + " old)"
	}
	return value
}

// stretch is what is aspired to, and whether it is reached; empty if nothing is.
func (c Card) stretch() string {
	switch {
	case c.Stretch == nil:
		return ""
	case c.Stretch.Reached == nil:
		return c.Stretch.Target
	case *c.Stretch.Reached:
		return c.Stretch.Target + ", reached"
	default:
		return c.Stretch.Target + ", not yet"
	}
}

// objective is who looks after a KPI, or what is to be said of that nobody does.
func (t text) objective(c Card) string {
	switch {
	case c.ObjectiveCount > 0:
		return t.objectives(c)
	case c.Need == "True":
		return t.screen.Paint(terminal.Bad, "needs one")
	case c.Accepted != nil:
		return "accepted"
	case c.Aligned == "False":
		return t.screen.Paint(terminal.Dim, "none")
	default:
		return "not known yet"
	}
}

func (t text) objectives(c Card) string {
	names := make([]string, 0, len(c.Objectives))
	for _, o := range c.Objectives {
		namespace, name, _ := strings.Cut(o, "/")
		names = append(names, t.name(namespace, name))
	}
	list := strings.Join(names, ", ")
	if more := c.ObjectiveCount - len(c.Objectives); more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// details says why, for those of which the colour alone is not enough.
func (t text) details(out io.Writer, s Scorecard) {
	t.section(out, s, "Need an objective:", func(c Card) string {
		if c.Standing != NeedsObjective {
			return ""
		}
		why := c.NeedReason
		if c.UnhealthySince != nil {
			why = "unhealthy for " + duration.HumanDuration(max(0, t.now.Sub(c.UnhealthySince.Time))) + ", and no objective looks after it"
		}
		return why + ": kubectl okr new --from-kpi " + c.Name + " -n " + c.Namespace
	})
	t.section(out, s, "Accepted:", func(c Card) string {
		if c.Accepted == nil || c.Standing == Healthy {
			return ""
		}
		return "until " + c.Accepted.Until.String() + ": " + c.Accepted.Reason
	})
	t.section(out, s, "Not known:", func(c Card) string {
		if c.Standing != Unknown {
			return ""
		}
		return c.Message
	})
	t.outdated(out, s)
	if s.halfKnown() {
		_, _ = fmt.Fprintln(out, "\n"+halfKnown)
	}
}

// halfKnown is said where the objectives that decide what is on a scorecard may not all be read.
const halfKnown = "Which KPIs objectives of other namespaces look after is not known: you may not read them."

func (s Scorecard) halfKnown() bool { return slices.Contains(s.Withheld, goals.Elsewhere) }

// mostOutdated is how many KPIs that were edited are named.
const mostOutdated = 10

// outdated names those of which the present verdict is not that of what is written now.
func (t text) outdated(out io.Writer, s Scorecard) {
	var names []string
	for _, c := range s.Cards {
		if c.Outdated {
			names = append(names, t.name(c.Namespace, c.Name))
		}
	}
	if len(names) == 0 {
		return
	}
	if more := len(names) - mostOutdated; more > 0 {
		names = append(names[:mostOutdated], fmt.Sprintf("%d more", more))
	}
	_, _ = fmt.Fprintln(out)
	for _, line := range terminal.Wrap("Edited since the controller looked last, so that what is shown is of before: "+strings.Join(names, ", ")+".", t.screen.Width) {
		_, _ = fmt.Fprintln(out, line)
	}
}

// section writes a line for each KPI that about says something of.
func (t text) section(out io.Writer, s Scorecard, title string, about func(Card) string) {
	titled := false
	for _, c := range s.Cards {
		said := about(c)
		if said == "" {
			continue
		}
		if !titled {
			_, _ = fmt.Fprintln(out, "\n"+t.screen.Paint(terminal.Bold, title))
			titled = true
		}
		for i, line := range terminal.Wrap(t.name(c.Namespace, c.Name)+": "+t.screen.Line(said), t.screen.Width-4) {
			indent := "  "
			if i > 0 {
				indent = "    "
			}
			_, _ = fmt.Fprintln(out, indent+strings.TrimRight(line, " "))
		}
	}
}
