// Package tree draws who serves whom: the cascade of objectives, and the tree of KPIs.
package tree

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

type options struct {
	env        *command.Environment
	all        bool
	kpis       bool
	keyResults bool
	selector   command.Selector
	output     string
}

// Command is `kubectl okr tree`.
func Command(env *command.Environment) *cobra.Command {
	o := options{env: env}
	cmd := &cobra.Command{
		Use:   "tree [NAME]",
		Short: "Who serves whom: the cascade of objectives, or the tree of KPIs",
		Long: "The objectives of a namespace, each below the one that it serves (spec.parentRef), from the company down to the\n" +
			"individual, with their health, their progress and what is expected of it by now. What stands above and below them is\n" +
			"drawn too, also where it lives in other namespaces. With a NAME: what is below that one, and above it in one line.\n\n" +
			"--kpis draws KPIs instead, each below the one that it drives.\n\n" +
			"A child whose parent does not allow its namespace (spec.allowedNamespaces) is not drawn below it, for it does not\n" +
			"count there either. Sorted by period, namespace and name.",
		Example: "  # The cascade that the objectives of namespace sales are part of\n" +
			"  kubectl okr tree -n sales\n\n" +
			"  # The whole organisation\n" +
			"  kubectl okr tree -A\n\n" +
			"  # What one objective is made of, with its key results\n" +
			"  kubectl okr tree double-earnings -n company --key-results\n\n" +
			"  # What drives what, among KPIs\n" +
			"  kubectl okr tree -A --kpis\n\n" +
			"  # As a diagram for a page or a pull request\n" +
			"  kubectl okr tree -A -o mermaid",
		Args: command.Arguments(0, 1, "name", "kubectl okr tree new-prospects -n sales"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	command.AllNamespaces(cmd, &o.all)
	cmd.Flags().BoolVar(&o.kpis, "kpis", false, "The tree of KPIs instead of that of objectives.")
	cmd.Flags().BoolVar(&o.keyResults, "key-results", false, "Key results too, below their objectives.")
	command.Labels(cmd, &o.selector, "Only what has these labels, such as tier=one, and what stands above and below it.")
	command.Output(cmd, &o.output, "text", "mermaid", "json")
	return cmd
}

func (o *options) run(ctx context.Context, args []string) error {
	selection, scope, err := o.selection(args)
	if err != nil {
		return err
	}
	set, err := o.env.Goals(ctx, scope)
	if err != nil {
		return err
	}
	grow := Objectives
	if o.kpis {
		grow = KPIs
	}
	forest, found := grow(set, selection)
	if !found {
		return o.notFound(set, selection)
	}
	if len(forest.Roots) == 0 && o.output == "text" {
		lines := terminal.Wrap(o.env.Screen.Text(o.nothing(selection)), o.env.Screen.Width)
		_, err := fmt.Fprintln(o.env.Out, strings.Join(lines, "\n"))
		return err
	}
	return o.write(forest, selection)
}

// selection reads the arguments and flags.
func (o *options) selection(args []string) (Selection, goals.Scope, error) {
	s := Selection{KeyResults: o.keyResults, Labels: o.selector.Labels}
	scope, err := o.env.Scope(o.all)
	scope.Everything, scope.Only = true, o.kinds()
	s.Namespace = scope.Namespace
	switch {
	case err != nil:
	case o.kpis && o.keyResults:
		err = fmt.Errorf("--key-results goes with objectives: leave out --kpis or --key-results")
	case len(args) == 0:
	case o.all:
		err = fmt.Errorf("%q is in one namespace: write -n instead of -A", args[0])
	case o.selector.Text != "":
		err = fmt.Errorf("a name and -l were given: write one of them")
	default:
		err = o.named(args[0], &s, &scope)
	}
	return s, scope, err
}

// named reads the name of what is to be drawn; kpi/NAME asks for the tree of KPIs.
func (o *options) named(arg string, s *Selection, scope *goals.Scope) error {
	n, err := command.ParseName(arg)
	if err != nil {
		return err
	}
	o.kpis = o.kpis || n.Kind == command.KPI
	kind := command.Objective
	if o.kpis {
		kind = command.KPI
	}
	s.Name, s.Namespace = n.Name, cmp.Or(n.Namespace, s.Namespace)
	scope.Namespace, scope.Only = s.Namespace, o.kinds()
	n.Namespace = s.Namespace
	return n.Only(kind, "this tree")
}

// kinds are those that are drawn: nothing else is read.
func (o *options) kinds() []goals.Kind {
	switch {
	case o.kpis:
		return []goals.Kind{goals.KPIs}
	case o.keyResults:
		return []goals.Kind{goals.Objectives, goals.KeyResults}
	default:
		return []goals.Kind{goals.Objectives}
	}
}

func (o *options) kind() string {
	if o.kpis {
		return "KPI"
	}
	return "objective"
}

// notFound says that there is none of the name, and where there is one.
func (o *options) notFound(set *goals.Set, s Selection) error {
	var others []string
	for _, objective := range set.Objectives {
		if !o.kpis && objective.Name == s.Name {
			others = append(others, "-n "+objective.Namespace)
		}
	}
	for _, kpi := range set.KPIs {
		if o.kpis && kpi.Name == s.Name {
			others = append(others, "-n "+kpi.Namespace)
		}
	}
	if len(others) > 0 {
		return fmt.Errorf("there is no %s %q in namespace %s; there is one with %s", o.kind(), s.Name, s.Namespace, strings.Join(others, ", "))
	}
	flag := ""
	if o.kpis {
		flag = " --kpis"
	}
	return fmt.Errorf("there is no %s %q in namespace %s: `kubectl okr tree%s -n %s` shows which there are", o.kind(), s.Name, s.Namespace, flag, s.Namespace)
}

// nothing says that nothing was found, and where else to look.
func (o *options) nothing(s Selection) string {
	what := "No " + o.kind() + "s"
	if o.selector.Text != "" {
		what += " with the labels " + o.selector.Text
	}
	if s.Namespace == "" {
		return what + " in any namespace."
	}
	return what + " in namespace " + s.Namespace + ". -A looks in all."
}

func (o *options) write(f Forest, s Selection) error {
	switch o.output {
	case "json":
		return command.JSON(o.env.Out, f)
	case "mermaid":
		return mermaid(o.env.Out, o.env.Screen, f)
	default:
		text{screen: o.env.Screen, namespace: s.Namespace, kpis: o.kpis, keyResults: o.keyResults}.draw(o.env.Out, f)
		return nil
	}
}
