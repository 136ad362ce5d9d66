// Package explain tells how a goal came to its verdict: in plain words, then step by step with the numbers of the
// controller's own evaluation.
package explain

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
)

// Command is `kubectl okr explain`.
func Command(env *command.Environment) *cobra.Command {
	var output string
	grace := model.Duration(evaluate.DefaultGrace)
	cmd := &cobra.Command{
		Use:   "explain KIND/NAME",
		Short: "Why a goal has the verdict it has, step by step",
		Long: "Answers \"why is this red?\": first in plain words, then each step with its numbers, so that it can be checked: the query\n" +
			"as it is sent, the value, the arithmetic, the tolerances in force, what is remembered and why, and when the verdict\n" +
			"changes next if nothing else does.\n\n" +
			"KIND is objective (obj), keyresult (kr) or kpi; NAME may be NAMESPACE/NAME, as it is printed.\n\n" +
			"The numbers are those of the controller's own evaluation, which is repeated here with what its status remembers.\n" +
			"Prometheus is not asked. Where what is computed now is not what the status says, both are shown, and why.",
		Example: "  # Why is this key result off track?\n" +
			"  kubectl okr explain keyresult/influencer-leads -n social\n\n" +
			"  # How do its key results make the objective at risk?\n" +
			"  kubectl okr explain objective community -n social\n\n" +
			"  # Why does this KPI need an objective?\n" +
			"  kubectl okr explain kpi/new-paying-customers -n sales\n\n" +
			"  # The same for a program\n" +
			"  kubectl okr explain kr/influencer-leads -n social -o json",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			named, err := parse(args)
			if err != nil {
				return err
			}
			if named.namespace == "" {
				if named.namespace, err = env.Namespace(); err != nil {
					return err
				}
			}
			set, err := read(cmd, env, named)
			if err != nil {
				return err
			}
			e, err := Of(cmd.Context(), set, named.kind, named.namespace, named.name, Options{Now: env.Now(), Grace: time.Duration(grace)})
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

// name says which goal is meant.
type name struct{ kind, namespace, name string }

// The kinds, as they are called in the API.
const (
	kindObjective = "Objective"
	kindKeyResult = "KeyResult"
	kindKPI       = "KPI"
)

var kinds = map[string]string{
	"objective": kindObjective, "objectives": kindObjective, "obj": kindObjective,
	"keyresult": kindKeyResult, "keyresults": kindKeyResult, "kr": kindKeyResult,
	"kpi": kindKPI, "kpis": kindKPI,
}

// parse reads KIND/NAME or KIND NAME, in which a namespace may stand before the name.
func parse(args []string) (name, error) {
	const usage = "write KIND/NAME, such as keyresult/checkout-latency; kinds are objective (obj), keyresult (kr) and kpi"
	switch len(args) {
	case 0:
		return name{}, fmt.Errorf("which goal? %s", usage)
	case 1:
		kind, of, found := strings.Cut(args[0], "/")
		if !found || of == "" {
			return name{}, fmt.Errorf("%q names no goal: %s", args[0], usage)
		}
		args = []string{kind, of}
	case 2:
	default:
		return name{}, fmt.Errorf("one goal at a time: %s", usage)
	}
	kind, _, _ := strings.Cut(strings.ToLower(args[0]), ".") // keyresults.goals.okr.dev
	if kinds[kind] == "" {
		return name{}, fmt.Errorf("%q is no kind of goal: %s", args[0], usage)
	}
	namespace, called, found := strings.Cut(args[1], "/") // as it is printed
	if !found {
		namespace, called = "", args[1]
	}
	if called == "" || found && namespace == "" || strings.Contains(called, "/") {
		return name{}, fmt.Errorf("%q is no name: %s", args[1], usage)
	}
	return name{kinds[kind], namespace, called}, nil
}

// read reads what the goal may depend on: its namespace and what that refers to; and the goals of all namespaces where
// others may refer to it.
func read(cmd *cobra.Command, env *command.Environment, n name) (*goals.Set, error) {
	set, err := env.Goals(cmd.Context(), goals.Scope{Namespace: n.namespace})
	if err != nil {
		return nil, err
	}
	shared := false
	switch n.kind {
	case kindObjective:
		o := set.Objective(n.namespace, n.name)
		shared = o != nil && o.Spec.AllowedNamespaces != nil
	case kindKPI:
		k := set.KPI(n.namespace, n.name)
		shared = k != nil && k.Spec.AllowedNamespaces != nil
	}
	if !shared {
		return set, nil
	}
	return env.Goals(cmd.Context(), goals.Scope{Namespace: n.namespace, Everything: true})
}
