// Package explain tells how a goal came to its verdict: in plain words, then step by step with the numbers of the
// controller's own evaluation.
package explain

import (
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/evaluate"
)

// Command is `kubectl okr explain`.
func Command(env *command.Environment) *cobra.Command {
	var output string
	grace := model.Duration(evaluate.DefaultGrace)
	cmd := &cobra.Command{
		Use:   "explain [KIND/]NAME",
		Short: "Why a goal has the verdict it has, step by step",
		Long: "Answers \"why is this red?\": first in plain words, then each step with its numbers, so that it can be checked: the query\n" +
			"as it is sent, the value, the arithmetic, the tolerances in force, what is remembered and why, and when the verdict\n" +
			"changes next if nothing else does.\n\n" +
			"KIND is objective (obj), keyresult (kr) or kpi, and needed only where goals of several kinds have the name. NAME may be\n" +
			"NAMESPACE/NAME, as it is printed.\n\n" +
			"The numbers are those of the controller's own evaluation, which is repeated here with what its status remembers.\n" +
			"Prometheus is not asked. Where what is computed now is not what the status says, both are shown, and why.",
		Example: "  # Why is this key result off track?\n" +
			"  kubectl okr explain keyresult/influencer-leads -n social\n\n" +
			"  # How do its key results make the objective at risk?\n" +
			"  kubectl okr explain community -n social\n\n" +
			"  # Why does this KPI need an objective?\n" +
			"  kubectl okr explain kpi/new-paying-customers -n sales\n\n" +
			"  # The same for a program\n" +
			"  kubectl okr explain kr/influencer-leads -n social -o json",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := command.ParseName(args...)
			if err != nil {
				return err
			}
			if n.Namespace == "" {
				if n.Namespace, err = env.Namespace(); err != nil {
					return err
				}
			}
			set, n, err := find(cmd.Context(), env, n)
			if err != nil {
				return err
			}
			e, err := Of(cmd.Context(), set, n.Kind, n.Namespace, n.Name, Options{Now: env.Now(), Grace: time.Duration(grace)})
			if err != nil {
				return err
			}
			if output == "json" {
				return command.JSON(env.Out, e)
			}
			page{env.Screen, env.Out, e.Time}.draw(e)
			return nil
		},
	}
	command.Output(cmd, &output, "text", "json")
	cmd.Flags().Var(lengthFlag{&grace}, "alignment-grace", "How long before and after its period an objective looks after a KPI: what the "+
		"controller was started with.")
	return cmd
}

// lengthFlag is a flag that is written as in a spec: 21d.
type lengthFlag struct{ *model.Duration }

// String is how it is written: 21d, and not 3w.
func (f lengthFlag) String() string { return prometheusDuration(time.Duration(*f.Duration)) }

// Type is what the help calls it.
func (lengthFlag) Type() string { return "duration" }

// The kinds, as they are called in the API.
const (
	kindObjective = command.Objective
	kindKeyResult = command.KeyResult
	kindKPI       = command.KPI
)
