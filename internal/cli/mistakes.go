package cli

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"okr.dev/controller/internal/cli/near"
)

// wrongFlag says what may have been meant by a flag that there is not, or how one is written that lacks its value.
func wrongFlag(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("%s --help shows which there are", cmd.CommandPath())
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return fmt.Errorf("there is no flag -%s: %s", unknown.GetSpecifiedName(), help)
	case errors.As(err, &unknown):
		said := fmt.Sprintf("there is no flag --%s", unknown.GetSpecifiedName())
		if meant := near.Name(unknown.GetSpecifiedName(), flagsOf(cmd)); meant != "" {
			return fmt.Errorf("%s: did you mean --%s? %s", said, meant, help)
		}
		return fmt.Errorf("%s: %s", said, help)
	case errors.As(err, &empty):
		return fmt.Errorf("--%s needs a value behind it\n--%s: %s", empty.GetFlag().Name, empty.GetFlag().Name, empty.GetFlag().Usage)
	default:
		return err
	}
}

func flagsOf(cmd *cobra.Command) (names []string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

var (
	required = regexp.MustCompile(`^required flag\(s\) (.+) not set$`)
	quoted   = regexp.MustCompile(`"([^"]+)"`)
	noSuch   = regexp.MustCompile(`^unknown command "(.*)" for "`)
)

// plainly is an error in the plugin's own words, where it is one of the library's about what was written on the command line.
func plainly(cmd *cobra.Command, err error) error {
	if m := required.FindStringSubmatch(err.Error()); m != nil {
		flags := quoted.FindAllStringSubmatch(m[1], -1)
		var names, lines []string
		for _, f := range flags {
			names = append(names, "--"+f[1])
			if flag := cmd.Flag(f[1]); flag != nil {
				lines = append(lines, fmt.Sprintf("--%s: %s", f[1], strings.TrimSuffix(flag.Usage, " Required.")))
			}
		}
		return fmt.Errorf("%s must be said\n%s", strings.Join(names, " and "), strings.Join(lines, "\n"))
	}
	if m := noSuch.FindStringSubmatch(err.Error()); m != nil {
		said := fmt.Sprintf("there is no command %q", m[1])
		var names []string
		for _, sub := range cmd.Root().Commands() {
			names = append(names, sub.Name())
		}
		if meant := near.Name(m[1], names); meant != "" {
			return fmt.Errorf("%s: did you mean kubectl okr %s?", said, meant)
		}
		return fmt.Errorf("%s: kubectl okr --help lists them", said)
	}
	return err
}
