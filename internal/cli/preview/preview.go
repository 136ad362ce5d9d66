// Package preview is not built yet.
package preview

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "preview PATH...", Short: "What the status of goals in files would be"}
}
