// Package explain is not built yet.
package explain

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "explain KIND/NAME", Short: "Why a goal has the verdict it has, step by step"}
}
