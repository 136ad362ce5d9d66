// Package lint is not built yet.
package lint

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "lint PATH...", Short: "Check goals in files, without a cluster"}
}

// ExplainRuleCommand is the command.
func ExplainRuleCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "explain-rule ID", Short: "What a rule asks for, why, and what to write instead"}
}
