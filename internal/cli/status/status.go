// Package status is not built yet.
package status

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "status [OBJECTIVE]", Short: "How goals stand, why, and what is next"}
}
