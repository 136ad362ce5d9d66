// Package scorecard is not built yet.
package scorecard

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "scorecard", Short: "KPIs: healthy or not, and who looks after them"}
}

// OrphansCommand is the command.
func OrphansCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "orphans", Short: "What belongs to nothing"}
}
