package cli_test

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// each visits all commands of the plugin.
func each(cmd *cobra.Command, visit func(*cobra.Command)) {
	visit(cmd)
	for _, sub := range cmd.Commands() {
		each(sub, visit)
	}
}

func TestEveryCommandHelps(t *testing.T) {
	env, _ := recorded.Cluster{}.Environment("default", terminal.Screen{Width: 80}, "")
	each(cli.New(env), func(cmd *cobra.Command) {
		if cmd.Name() == "help" || !cmd.HasParent() || cmd.Parent().Name() == "completion" {
			return
		}
		if cmd.Long == "" || cmd.Short == "" || !cmd.Runnable() && !cmd.HasSubCommands() {
			t.Errorf("%s: what it does, shortly and at length", cmd.CommandPath())
		}
		if cmd.Name() != "completion" && !strings.Contains(cmd.Example, "kubectl okr "+cmd.Name()) {
			t.Errorf("%s: examples begin as people write them: kubectl okr %s", cmd.CommandPath(), cmd.Name())
		}
		for line := range strings.SplitSeq(cmd.Long+"\n"+cmd.Example, "\n") {
			if len([]rune(line)) > 120 {
				t.Errorf("%s: a line of its help is wider than 120 columns: %s", cmd.CommandPath(), line)
			}
		}
	})
}

func TestRun(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		code   int
		says   string
	}{
		"Help":    {"help is no failure", []string{"--help"}, 0, ""},
		"Unknown": {"a command that there is not is an error, and names what is near", []string{"statsu"}, command.Failed, "status"},
		"Flag":    {"and so is a flag", []string{"version", "--nonsense"}, command.Failed, "--nonsense"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			env, run := recorded.Cluster{}.Environment("default", terminal.Screen{Width: 80}, "")
			if code := cli.Run(env, tc.args); code != tc.code || !strings.Contains(run.Err.String(), tc.says) {
				t.Errorf("%s: exit %d, %s", tc.reason, code, run.Err.String())
			}
		})
	}
}
