// Package status is `kubectl okr status`: how goals stand, why, and what is next.
package status

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
)

// Command is the command.
func Command(env *command.Environment) *cobra.Command {
	r := &request{env: env}
	cmd := &cobra.Command{
		Use:   "status [OBJECTIVE]",
		Short: "How goals stand, why, and what is next",
		Long: "With a name: the verdict on an objective and why it is what it is, what is next, its key results with the pace that is\n" +
			"expected of them and where they lead, the KPIs that it is to move, its parent and children, the team's check-ins and\n" +
			"actions, moved goalposts, and what the rules of good practice say.\n\n" +
			"Without a name: the objectives whose period contains today, and those that ended within the last 30 days and are not\n" +
			"scored and reviewed yet: how many are on track, what needs attention first, and what changed within a week.\n\n" +
			"In a bar, the line marks where progress is expected to be by now. Nothing is asked of Prometheus: it shows what the\n" +
			"controller has written.",
		Example: "  # One objective\n" +
			"  kubectl okr status new-prospects -n sales\n\n" +
			"  # What needs attention in all namespaces\n" +
			"  kubectl okr status -A\n\n" +
			"  # Stay, and mark what changes\n" +
			"  kubectl okr status new-prospects -n sales -w\n\n" +
			"  # For a script: what needs attention\n" +
			"  kubectl okr status -A -o json | jq '.attention[].name'",
		Args: command.Arguments(0, 1, "objective", "kubectl okr status new-prospects -n sales"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.read(args); err != nil {
				return err
			}
			if r.watch {
				return r.follow(cmd.Context())
			}
			return r.once(cmd.Context())
		},
	}
	command.AllNamespaces(cmd, &r.all)
	cmd.Flags().BoolVarP(&r.watch, "watch", "w", false, "Stay, draw again on every change, and mark what changed.")
	command.Output(cmd, &r.output, "text", "json")
	command.Labels(cmd, &r.selector, "Only objectives and KPIs with these labels, such as team=checkout.")
	return cmd
}

// request is what is asked for.
type request struct {
	env        *command.Environment
	all, watch bool
	output     string
	selector   command.Selector

	scope goals.Scope
	name  string
}

// read checks the arguments and the flags.
func (r *request) read(args []string) error {
	var err error
	if r.scope, err = r.env.Scope(r.all); err != nil {
		return err
	}
	if len(args) == 0 {
		return nil
	}
	n, err := command.ParseName(args...)
	if err != nil {
		return err
	}
	if n.Namespace == "" {
		n.Namespace = r.scope.Namespace
	}
	if err := n.Only(command.Objective, "status"); err != nil {
		return err
	}
	r.scope.Namespace, r.name = n.Namespace, n.Name
	if r.selector.Text != "" {
		return fmt.Errorf("a name and -l at once: write one of them")
	}
	if r.scope.Everything = r.scope.Namespace != ""; !r.watch {
		r.scope.Everywhere = []goals.Kind{goals.Objectives} // its children may be anywhere; what else it shows is named in it
	}
	return nil
}

// view is something to draw.
type view interface {
	draw(d *drawing)
	// facts are what can change.
	facts() []fact
}

func (v *Objective) draw(d *drawing) { d.objective(v) }
func (s *Summary) draw(d *drawing)   { d.summary(s) }

// view decides what is shown of what was read.
func (r *request) view(set *goals.Set, now time.Time) (view, error) {
	if r.name == "" {
		return summaryOf(set, r.scope.Namespace, r.selector, now), nil
	}
	o, err := find(set, r.scope.Namespace, r.name)
	if err != nil {
		return nil, err
	}
	return objectiveOf(set, o, now), nil
}

func (r *request) once(ctx context.Context) error {
	set, err := r.env.Goals(ctx, r.scope)
	if err != nil {
		return err
	}
	v, err := r.view(set, r.env.Now())
	if err != nil {
		return err
	}
	return r.print(r.env.Out, v)
}

func (r *request) print(out io.Writer, v view) error {
	if r.output == "json" {
		return command.JSON(out, v)
	}
	var buffer bytes.Buffer
	v.draw(&drawing{Screen: r.env.Screen, out: &buffer, now: r.env.Now()})
	_, err := buffer.WriteTo(out)
	return err
}
