// Package checkin is not built yet.
package checkin

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "checkin OBJECTIVE", Short: "The weekly check-in of an objective, written into its file"}
}
