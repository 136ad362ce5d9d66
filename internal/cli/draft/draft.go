// Package draft is not built yet.
package draft

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// NewCommand is the command.
func NewCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "new", Short: "A first objective, as a file"}
}

// ImportCommand is the command.
func ImportCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "import FILE.csv", Short: "Objectives and key results from a spreadsheet"}
}
