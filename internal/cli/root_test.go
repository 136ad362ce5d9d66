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
		"Unknown": {"a command that there is not is an error, and names what is near", []string{"statsu"}, command.Failed, `there is no command "statsu": did you mean kubectl okr status?`},
		"Strange": {"or says where they are listed", []string{"frobnicate"}, command.Failed, "kubectl okr --help lists them"},
		"Flag":    {"and so is a flag", []string{"version", "--nonsense"}, command.Failed, "there is no flag --nonsense: kubectl okr version --help"},
		"Near":    {"which may be near one", []string{"status", "--otput", "json"}, command.Failed, "did you mean --output?"},
		"Letter":  {"one of a letter too", []string{"status", "-x"}, command.Failed, "there is no flag -x"},
		"Value":   {"a flag without its value says what that is", []string{"preview", ".", "--prometheus"}, command.Failed, "--prometheus needs a value behind it\n--prometheus: Where to ask"},
		"Needed":  {"flags that must be there are explained", []string{"rollover", "."}, command.Failed, "--from and --to must be said\n--from: Cycle, or period,"},
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

// Help fits the screen: what people read, that is, and not examples, which are copied.
func TestHelpFits(t *testing.T) {
	const width = 80
	env, _ := recorded.Cluster{}.Environment("default", terminal.Screen{Width: width}, "")
	root := cli.New(env)
	var out strings.Builder
	root.SetOut(&out)
	each(root, func(cmd *cobra.Command) {
		if cmd.HasParent() && cmd.Parent().Name() == "completion" {
			return
		}
		out.Reset()
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(out.String(), cmd.Example, "", 1)
		if !strings.Contains(text, "Usage:\n  "+cmd.CommandPath()) || !strings.Contains(text, "lags") {
			t.Errorf("%s: how it is written, and with which flags:\n%s", cmd.CommandPath(), text)
		}
		for line := range strings.SplitSeq(text, "\n") {
			if terminal.Width(line) > width {
				t.Errorf("%s: a line of its help is wider than %d columns: %s", cmd.CommandPath(), width, line)
			}
		}
		if cmd.HasParent() && strings.Contains(text, "--insecure-skip-tls-verify") {
			t.Errorf("%s: kubectl's flags stand between its own", cmd.CommandPath())
		}
	})
}
