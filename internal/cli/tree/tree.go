// Package tree is not built yet.
package tree

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "tree [OBJECTIVE]", Short: "Who serves whom: the cascade of objectives, or the tree of KPIs"}
}
