// Package closing is not built yet.
package closing

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// CloseCommand is the command.
func CloseCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "close PATH...", Short: "Write the results of a period into its files"}
}

// RolloverCommand is the command.
func RolloverCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "rollover PATH...", Short: "The files of the next period"}
}
