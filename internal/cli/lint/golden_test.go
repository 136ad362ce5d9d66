package lint_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/cli/terminal"
)

// mistakes is what a newcomer writes; the documentation shows it.
const mistakes = "docs/cli/mistakes.yaml"

// run runs a command in the root of the repository. Its exit code is told; an error otherwise.
func run(t *testing.T, cmd func(*command.Environment) *cobra.Command, screen terminal.Screen, stdin string, args ...string) (out string, code int, err error) {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(root); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chdir(here); err != nil {
			t.Fatal(err)
		}
	}()
	env, printed := cluster.Environment("sales", screen, stdin)
	c := cmd(env)
	c.SetArgs(append([]string{}, args...)) // nil would be those of the test
	c.SilenceErrors, c.SilenceUsage = true, true
	err = c.ExecuteContext(t.Context())
	var exit command.Exit
	if errors.As(err, &exit) {
		code, err = exit.Code, nil
	}
	return printed.Out.String(), code, err
}

func TestLintIsPrinted(t *testing.T) {
	for name, screen := range recorded.Screens() {
		out, code, err := run(t, lint.Command, screen, "", mistakes)
		if err != nil || code != command.Findings {
			t.Errorf("exit %d, %v", code, err)
		}
		recorded.Golden(t, "lint-"+name, out)
	}
	for _, output := range []string{"json", "sarif", "github"} {
		out, code, err := run(t, lint.Command, terminal.Screen{Width: 80}, "", "-o", output, "--show-ignored", mistakes, "config/samples/company-a")
		if err != nil || code != command.Findings {
			t.Errorf("exit %d, %v", code, err)
		}
		if output != "github" && !json.Valid([]byte(out)) {
			t.Errorf("%s is no JSON", output)
		}
		recorded.Golden(t, "lint-"+output, out)
	}
}

func TestRulesAreExplained(t *testing.T) {
	for name, screen := range recorded.Screens() {
		for file, args := range map[string][]string{"rules": nil, "rule": {"okr007"}} {
			out, _, err := run(t, lint.ExplainRuleCommand, screen, "", args...)
			if err != nil {
				t.Error(err)
			}
			recorded.Golden(t, "explain-"+file+"-"+name, out)
		}
	}
	for _, rule := range lint.Rules() {
		out, _, err := run(t, lint.ExplainRuleCommand, terminal.Screen{Width: 80}, "", rule.ID)
		if err != nil || !strings.HasPrefix(out, rule.ID) || rule.Why == "" || rule.Example == "" || rule.Fix == "" {
			t.Errorf("%s: %v\n%s", rule.ID, err, out)
		}
	}
	for id, want := range map[string]string{"OKR07": "OKR007", "PQL": "PQL001, PQL002", "OKR0070": "OKR007", "zzz": "lists them", "": "lists them"} {
		if _, _, err := run(t, lint.ExplainRuleCommand, terminal.Screen{Width: 80}, "", id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", id, err, want)
		}
	}
}

// What is shown as an example is admitted, and errors are what makes it fail by default.
func TestSamplesHaveNoErrors(t *testing.T) {
	out, code, err := run(t, lint.Command, terminal.Screen{Width: 100, Unicode: true}, "", "config/samples")
	if err != nil || code != 0 {
		t.Errorf("exit %d, %v\n%s", code, err, out)
	}
	out, code, err = run(t, lint.Command, terminal.Screen{Width: 100, Unicode: true}, "", "--complete", "--fail-on=advice", "--rules=-KPI004,-OKR010", "config/samples")
	if err != nil || code != 0 {
		t.Errorf("as the whole of it: exit %d, %v\n%s", code, err, out)
	}
}

func TestFlags(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		stdin  string
		code   int
		says   string
	}{
		"Nothing":    {"without paths it says what it wants", nil, "", -1, "write files or folders"},
		"Missing":    {"a path that is not there", []string{"nowhere/"}, "", -1, "nowhere"},
		"Output":     {"an unknown output names those that there are", []string{"-o", "xml", mistakes}, "", -1, "text, json, sarif or github"},
		"Severity":   {"an unknown severity names those that there are", []string{"--fail-on", "bad", mistakes}, "", -1, "error, warning, advice or never"},
		"Rule":       {"an unknown rule", []string{"--rules", "OKX", mistakes}, "", -1, "explain-rule lists them"},
		"Threshold":  {"a threshold that is no length of time", []string{"--late-start", "soon", mistakes}, "", -1, "14d"},
		"Never":      {"never fails", []string{"--fail-on", "never", mistakes}, "", 0, "errors"},
		"Only":       {"only some rules", []string{"--rules", "PQL", mistakes}, "", 1, "2 errors in"},
		"Without":    {"all but some rules", []string{"--rules=-API,-PQL", mistakes}, "", 0, "2 warnings"},
		"Stdin":      {"standard input", []string{"-"}, goal("KPI", "a", "title: T\nmetric: {query: x"), 1, "stdin:"},
		"Clean":      {"nothing to mend", []string{"--rules=API", "-"}, goal("KPI", "a", "title: T\nmetric: {query: x}"), 0, "nothing to mend in 1 object of 1 file"},
		"Empty":      {"an empty input is what a command leaves that failed", []string{"-"}, "", -1, "standard input is empty"},
		"Advice":     {"advice fails where it is asked to", []string{"--fail-on=advice", "--rules=KPI006", "-"}, goal("KPI", "a", "title: T\nmetric: {query: x}"), 1, "1 advice"},
		"Warning":    {"warnings fail where they are asked to, and advice does not", []string{"--fail-on=warning", "--rules=KPI006", "-"}, goal("KPI", "a", "title: T\nmetric: {query: x}"), 0, "1 advice"},
		"Thresholds": {"thresholds are those of the flags", []string{"--key-results-min=1", "--rules=OKR001", "-"}, all(goal("Objective", "fast", fine), goal("KeyResult", "a", moves)), 0, "nothing"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, code, err := run(t, lint.Command, terminal.Screen{Width: 100}, tc.stdin, tc.args...)
			if tc.code < 0 {
				if err == nil || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("%s: %v, want %q", tc.reason, err, tc.says)
				}
				return
			}
			if err != nil || code != tc.code || !strings.Contains(out, tc.says) {
				t.Errorf("%s: exit %d, %v, want %d and %q\n%s", tc.reason, code, err, tc.code, tc.says, out)
			}
		})
	}
}

// Code scanning refuses a log whose parts do not fit together.
func TestSARIFIsConsistent(t *testing.T) {
	out, _, err := run(t, lint.Command, terminal.Screen{Width: 80}, "", "-o", "sarif", mistakes, "config/samples/company-a")
	if err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID   string
						Help struct{ Text, Markdown string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
				Suppressions []struct{ Justification string }
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &log); err != nil || log.Version != "2.1.0" || len(log.Runs) != 1 {
		t.Fatalf("%v: version %q, %d runs", err, log.Version, len(log.Runs))
	}
	rules, suppressed := log.Runs[0].Tool.Driver.Rules, 0
	for _, rule := range rules {
		if rule.Help.Text == "" || rule.Help.Markdown == "" {
			t.Errorf("%s has no help", rule.ID)
		}
	}
	for _, result := range log.Runs[0].Results {
		at := result.Locations[0].PhysicalLocation
		if rules[result.RuleIndex].ID != result.RuleID || at.Region.StartLine < 1 || strings.HasPrefix(at.ArtifactLocation.URI, "/") || result.Level == "" {
			t.Errorf("%+v", result)
		}
		suppressed += len(result.Suppressions)
	}
	if len(log.Runs[0].Results) < 20 || suppressed == 0 {
		t.Errorf("%d results, %d of them suppressed", len(log.Runs[0].Results), suppressed)
	}
}
