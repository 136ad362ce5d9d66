// Package report is not built yet.
package report

import (
	"github.com/spf13/cobra"

	"okr.dev/controller/internal/cli/command"
)

// Command is the command.
func Command(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "report", Short: "The review of a period"}
}

// DigestCommand is the command.
func DigestCommand(_ *command.Environment) *cobra.Command {
	return &cobra.Command{Use: "digest", Short: "What changed lately"}
}
