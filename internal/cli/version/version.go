// Package version is not built yet.
package version

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "version", Short: "The version of the plugin, and of the controller"}
}
