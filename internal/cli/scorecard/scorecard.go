// Package scorecard shows KPIs: how they stand and who looks after them, and what belongs to nothing.
package scorecard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

type options struct {
	env      *command.Environment
	all      bool
	filter   Filter
	selector command.Selector
	output   string
}

// Command is `kubectl okr scorecard`.
func Command(env *command.Environment) *cobra.Command {
	o := options{env: env}
	cmd := &cobra.Command{
		Use:   "scorecard",
		Short: "KPIs: healthy or not, and who looks after them",
		Long: "The KPIs of a namespace, or of all, with their health, value, band and trend, and the objectives that look after\n" +
			"them. First those that need an objective: unhealthy for long, or short of their stretch target, while nobody looks\n" +
			"after them. Then what is unhealthy, what is close to it (Warning), what is not known, and what is healthy.\n\n" +
			"A value that is not fresh is shown with its age. HISTORY runs from the lowest to the highest value of the last weeks.",
		Example: "  # The KPIs of namespace sales\n" +
			"  kubectl okr scorecard -n sales\n\n" +
			"  # Those of the whole company that the board looks at\n" +
			"  kubectl okr scorecard -A --level Company\n\n" +
			"  # Those that this quarter's objectives are meant to move\n" +
			"  kubectl okr scorecard -A --cycle 2026-Q4\n\n" +
			"  # For a page or a mail\n" +
			"  kubectl okr scorecard -A -o markdown",
		Args: command.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	command.AllNamespaces(cmd, &o.all)
	cmd.Flags().StringVar(&o.filter.Level, "level", "", "Only KPIs of this level: Company, Department, Team or Individual.")
	cmd.Flags().StringVar(&o.filter.Owner, "owner", "", "Only KPIs of this team, person or contact.")
	cmd.Flags().StringVar(&o.filter.Cycle, "cycle", "", "Only KPIs that objectives of this cycle, or period, look after, such as 2026-Q4.")
	command.Labels(cmd, &o.selector, "Only KPIs with these labels, such as tier=one.")
	command.Output(cmd, &o.output, "text", "json", "markdown")
	return cmd
}

func (o *options) run(ctx context.Context) error {
	scope, err := o.check()
	if err != nil {
		return err
	}
	set, err := o.env.Goals(ctx, scope)
	if err != nil {
		return err
	}
	card := New(set, o.filter)
	if card.Total == 0 && o.output != "json" {
		lines := terminal.Wrap(o.nothing(set, card), o.env.Screen.Width)
		_, err := fmt.Fprintln(o.env.Out, strings.Join(lines, "\n"))
		return err
	}
	t := text{screen: o.env.Screen, now: o.env.Now(), namespace: o.filter.Namespace}
	switch o.output {
	case "json":
		return command.JSON(o.env.Out, card)
	case "markdown":
		return markdown(o.env.Out, t, card)
	default:
		t.draw(o.env.Out, card)
		return nil
	}
}

var levels = []v1alpha1.Level{v1alpha1.LevelCompany, v1alpha1.LevelDepartment, v1alpha1.LevelTeam, v1alpha1.LevelIndividual}

// check reads the flags.
func (o *options) check() (goals.Scope, error) {
	scope, err := o.env.Scope(o.all)
	if err != nil {
		return scope, err
	}
	if o.filter.Cycle == "" { // the controller has written down who looks after a KPI
		scope.Only = []goals.Kind{goals.KPIs}
	} else {
		scope.Everything, scope.Only = true, []goals.Kind{goals.Objectives, goals.KeyResults, goals.KPIs}
	}
	o.filter.Namespace, o.filter.Labels = scope.Namespace, o.selector.Labels
	if o.filter.Level != "" {
		i := slices.IndexFunc(levels, func(l v1alpha1.Level) bool { return strings.EqualFold(string(l), o.filter.Level) })
		if i < 0 {
			return scope, fmt.Errorf("there is no level %q: write --level Company, Department, Team or Individual", o.filter.Level)
		}
		o.filter.Level = string(levels[i])
	}
	return scope, nil
}

// nothing says that no KPI is left, and why that may be.
func (o *options) nothing(set *goals.Set, card Scorecard) string {
	said := "No KPIs"
	for _, limit := range []struct{ text, value string }{
		{" of level ", o.filter.Level}, {" of owner ", o.filter.Owner}, {" with the labels ", o.selector.Text}, {" that objectives of cycle ", o.filter.Cycle},
	} {
		if limit.value != "" {
			said += limit.text + limit.value
		}
	}
	if o.filter.Cycle != "" {
		said += " look after"
	}
	where := " in any namespace."
	if o.filter.Namespace != "" {
		where = " in namespace " + o.filter.Namespace + ". -A looks in all."
	}
	said += where
	if all := cycles(set); o.filter.Cycle != "" && len(all) > 0 {
		said += "\nCycles that there are: " + strings.Join(all, ", ") + "."
	}
	if card.halfKnown() {
		said += "\n" + halfKnown
	}
	return o.env.Screen.Text(said)
}
