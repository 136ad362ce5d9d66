package command

import (
	"fmt"

	"github.com/spf13/cobra"
)

// NoArguments is for commands that have flags alone. What people write there is mostly a name, or a namespace without -n.
func NoArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%q: %s takes no name, but flags, such as -n %s: %s --help shows them", args[0], cmd.CommandPath(), args[0], cmd.CommandPath())
}

// Arguments is for commands that take at least so many of something, such as "objective", and at most so many; most < 0 is
// any number. example is a command line that is complete.
func Arguments(least, most int, what, example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fmt.Errorf("which %s? Write such as: %s", what, example)
		case most >= 0 && len(args) > most:
			return fmt.Errorf("one %s at a time: %q is one more; quote what has spaces in it, and write such as: %s", what, args[most], example)
		}
		return nil
	}
}
