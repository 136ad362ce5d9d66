package draft

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// ImportCommand is the command.
func ImportCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "import FILE.csv", Short: "Objectives and key results from a spreadsheet"}
}
