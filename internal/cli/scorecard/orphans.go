package scorecard

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// OrphansCommand is `kubectl okr orphans`.
func OrphansCommand(env *command.Environment) *cobra.Command {
	var all bool
	var wanted string
	cmd := &cobra.Command{
		Use:   "orphans",
		Short: "What belongs to nothing: KPIs, objectives, key results and references",
		Long: "KPIs that no objective looks after, objectives that serve neither another one nor a KPI (the company's own need no\n" +
			"parent), key results whose objective is not there, and references that lead nowhere: each with what to write.\n\n" +
			"Goals that are over or given up are left in peace. What you may not read is not known, and is said apart.",
		Example: "  # In namespace sales\n" +
			"  kubectl okr orphans -n sales\n\n" +
			"  # Everywhere, before a quarter is planned\n" +
			"  kubectl okr orphans -A\n\n" +
			"  # How many KPIs have no objective?\n" +
			"  kubectl okr orphans -A -o json | jq '[.items[] | select(.problem == \"KPIWithoutObjective\")] | length'",
		Args: command.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return orphans(cmd.Context(), env, all, wanted) },
	}
	command.AllNamespaces(cmd, &all)
	command.Output(cmd, &wanted, "text", "json")
	return cmd
}

func orphans(ctx context.Context, env *command.Environment, all bool, wanted string) error {
	scope, err := env.Scope(all)
	if err != nil {
		return err
	}
	namespace := scope.Namespace
	scope.Everything = true // what a reference means may be elsewhere
	set, err := env.Goals(ctx, scope)
	if err != nil {
		return err
	}
	found := FindOrphans(set, namespace, env.Now())
	if wanted == "json" {
		return command.JSON(env.Out, found)
	}
	t := text{screen: env.Screen, now: env.Now(), namespace: namespace}
	t.orphans(env.Out, found)
	return nil
}

// sections are the problems with what is said of them.
var sections = []struct {
	problem Problem
	title   string
}{
	{NoObjective, "KPIs that no objective looks after: write them under spec.kpiRefs of one, or ask whether anybody would miss them"},
	{AcceptedKPI, "KPIs without an objective, which people have accepted"},
	{ServesNothing, "Objectives that serve neither another one nor a KPI"},
	{ProvesNothing, "Key results whose objective is not there"},
	{LeadsNowhere, "References that lead nowhere"},
}

func (t text) orphans(out io.Writer, o Orphans) {
	width := 0
	for _, orphan := range o.Found {
		width = max(width, terminal.Width(t.orphan(orphan)))
	}
	width = min(width, t.screen.Width/2)
	first := true
	for _, section := range sections {
		var of []Orphan
		for _, orphan := range o.Found {
			if orphan.Problem == section.problem {
				of = append(of, orphan)
			}
		}
		if len(of) == 0 {
			continue
		}
		if !first {
			_, _ = fmt.Fprintln(out)
		}
		first = false
		for _, line := range terminal.Wrap(fmt.Sprintf("%s (%d)", section.title, len(of)), t.screen.Width) {
			_, _ = fmt.Fprintln(out, t.screen.Paint(terminal.Bold, line))
		}
		for _, orphan := range of {
			t.line(out, orphan, width)
		}
	}
	if first {
		for _, line := range terminal.Wrap(t.nothing(o), t.screen.Width) {
			_, _ = fmt.Fprintln(out, line)
		}
	}
	t.notKnown(out, o.NotKnown)
}

// orphan is how one is called: with its health, where it has one.
func (t text) orphan(o Orphan) string {
	symbol := "  "
	if o.Health != "" {
		symbol = t.screen.Paint(terminal.StyleOf(o.Health), t.screen.Symbol(o.Health)) + " "
	}
	if o.Problem == LeadsNowhere { // of any kind
		symbol += o.Kind + " "
	}
	return symbol + t.name(o.Namespace, o.Name)
}

// line writes one, and beside it what to write.
func (t text) line(out io.Writer, o Orphan, width int) {
	said := cmp.Or(o.short, o.Write)
	if o.Problem == LeadsNowhere {
		said = o.Field + " names " + o.To + ", " + o.why + ": " + said
	}
	said = t.screen.Line(said)
	name := t.orphan(o)
	if room := t.screen.Width - width - len(between); terminal.Width(name) <= width && terminal.Width(said) <= room {
		_, _ = fmt.Fprintln(out, terminal.Pad(name, width, false)+between+said)
		return
	}
	_, _ = fmt.Fprintln(out, name)
	for _, line := range terminal.Wrap(said, t.screen.Width-6) {
		_, _ = fmt.Fprintln(out, "      "+strings.TrimRight(line, " "))
	}
}

// between stands between a name and what is said of it.
const between = "   "

// nothing says that nothing was found, and of what.
func (t text) nothing(o Orphans) string {
	where := "any namespace"
	if t.namespace != "" {
		where = "namespace " + t.namespace
	}
	switch {
	case o.Goals == 0 && t.namespace == "":
		return "No goals in any namespace."
	case o.Goals == 0:
		return "No goals in " + where + ". -A looks in all."
	case len(o.NotKnown) > 0:
		return "Nothing found in " + where + " among what can be known."
	default:
		return "Nothing found in " + where + ": each KPI has an objective, each objective serves something, and all references lead somewhere."
	}
}

func (t text) notKnown(out io.Writer, notKnown []string) {
	if len(notKnown) == 0 {
		return
	}
	_, _ = fmt.Fprintln(out, "\n"+t.screen.Paint(terminal.Bold, fmt.Sprintf("Not known (%d)", len(notKnown))))
	for _, said := range notKnown {
		for i, line := range terminal.Wrap(t.screen.Line(said), t.screen.Width-4) {
			indent := "  "
			if i > 0 {
				indent = "    "
			}
			_, _ = fmt.Fprintln(out, indent+strings.TrimRight(line, " "))
		}
	}
}
