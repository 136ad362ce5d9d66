// Package cli is the kubectl plugin. Each command lives in a package of its own, which knows nothing of the others.
package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"okr.dev/controller/internal/cli/checkin"
	"okr.dev/controller/internal/cli/closing"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/draft"
	"okr.dev/controller/internal/cli/explain"
	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/cli/preview"
	"okr.dev/controller/internal/cli/report"
	"okr.dev/controller/internal/cli/scorecard"
	"okr.dev/controller/internal/cli/status"
	"okr.dev/controller/internal/cli/tree"
	"okr.dev/controller/internal/cli/version"
)

// New is the plugin's command with all others below it.
func New(env *command.Environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-okr", // the executable, which scripts for completion are about
		Short: "Goals as code: read them, work on them, and guard them",
		Long: "Objectives, key results and KPIs in your cluster and in your repository: how they stand and why, the weekly\n" +
			"check-in, the end of a quarter, and pull requests that change goals.",
		SilenceErrors: true,
		SilenceUsage:  true,
		// kubectl calls it kubectl-okr; people write kubectl okr.
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl okr"},
	}
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.ErrOut)
	env.Flags.AddFlags(root.PersistentFlags())
	for _, group := range []*cobra.Group{{ID: "read", Title: "Reading:"}, {ID: "write", Title: "Writing files:"}, {ID: "guard", Title: "Guarding pull requests:"}} {
		root.AddGroup(group)
	}
	for _, group := range commands(env) {
		for _, cmd := range group.commands {
			cmd.GroupID = group.id
			root.AddCommand(cmd)
		}
	}
	complete(env, root)
	helpful(root, env.Screen)
	root.SetFlagErrorFunc(wrongFlag)
	return root
}

// complete lets shells complete the names of what there is in the cluster, for commands that do not say themselves what they
// take.
func complete(env *command.Environment, root *cobra.Command) {
	arguments := map[string]cobra.CompletionFunc{
		"status": command.Objectives(env), "tree": command.Objectives(env), "checkin": command.Objectives(env), "explain": command.KindNames(env),
	}
	for _, cmd := range root.Commands() {
		if names := arguments[cmd.Name()]; names != nil && cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 {
			cmd.ValidArgsFunction = command.First(names)
		}
	}
	for flag, names := range map[string]cobra.CompletionFunc{"namespace": command.Namespaces(env), "context": command.Contexts(env)} {
		if root.PersistentFlags().Lookup(flag) != nil {
			utilruntime.Must(root.RegisterFlagCompletionFunc(flag, names))
		}
	}
}

type group struct {
	id       string
	commands []*cobra.Command
}

func commands(env *command.Environment) []group {
	return []group{
		{"read", []*cobra.Command{status.Command(env), tree.Command(env), scorecard.Command(env), scorecard.OrphansCommand(env), explain.Command(env), report.Command(env), report.DigestCommand(env)}},
		{"write", []*cobra.Command{draft.NewCommand(env), draft.ImportCommand(env), checkin.Command(env), closing.CloseCommand(env), closing.RolloverCommand(env)}},
		{"guard", []*cobra.Command{lint.Command(env), lint.ExplainRuleCommand(env), preview.Command(env)}},
		{"", []*cobra.Command{version.Command(env)}},
	}
}

// Run runs the plugin with the arguments of a process and returns its exit code.
func Run(env *command.Environment, args []string) int {
	root := New(env)
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	var exit command.Exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	default:
		_, _ = fmt.Fprintln(env.ErrOut, "error: "+plainly(cmd, err).Error())
		return command.Failed
	}
}
