package checkin_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/checkin"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// inCopy goes into a scratch copy of folders of the repository.
func inCopy(t *testing.T, folders ...string) {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, folder := range folders {
		if err := os.CopyFS(filepath.Join(dir, filepath.Base(folder)), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// execute runs the command.
func execute(env *command.Environment, args []string) error {
	cmd := checkin.Command(env)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	return cmd.ExecuteContext(context.Background())
}

// checkedIn runs the command on the recorded cluster, and returns what it printed, and its error.
func checkedIn(t *testing.T, screen terminal.Screen, namespace, in string, args ...string) (string, error) {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, printed := cluster.Environment(namespace, screen, in)
	err = execute(env, args)
	return printed.Out.String() + printed.Err.String(), err
}

var wide = terminal.Screen{Width: 100, Unicode: true}

func TestInterview(t *testing.T) {
	for name, screen := range recorded.Screens() {
		var got string
		t.Run(name, func(t *testing.T) {
			inCopy(t, "config/samples")
			// Values: one with a comma is asked for again; confidence: "ten" too.
			in := "\n\n4\n57,5\n57.5\n\nten\n7\nThree storytellers shared: \"#1\" in their feeds.\ny\n"
			var err error
			if got, err = checkedIn(t, screen, "marketing", in, "credibility"); err != nil {
				t.Fatal(err)
			}
		})
		recorded.Golden(t, "interview-"+name, got)
	}
}

func TestMilestones(t *testing.T) {
	var got string
	t.Run("run", func(t *testing.T) {
		inCopy(t, "config/samples")
		var err error
		got, err = checkedIn(t, wide, "product", "\n3\n1\n8\n\n8\nOffline mode works.\ny\n", "objective/more-engagement", "--file", "samples/company-a")
		if err != nil {
			t.Fatal(err)
		}
	})
	recorded.Golden(t, "milestones", got)
}

// TestAmend checks in twice on a day.
func TestAmend(t *testing.T) {
	var got string
	t.Run("run", func(t *testing.T) {
		inCopy(t, "config/samples")
		for _, args := range [][]string{
			{"--confidence", "6", "--value", "acquisition-cost=58"},
			{"--note", "A late thought.", "--value", "acquisition-cost=57.5", "--key-result-confidence", "content-shares=3"},
			{"--note", "A late thought.", "--confidence", "6"},
		} {
			printed, err := checkedIn(t, wide, "marketing", "", append([]string{"credibility", "--yes"}, args...)...)
			if err != nil {
				t.Fatal(err)
			}
			got += "$ " + strings.Join(args, " ") + "\n" + printed + "\n"
		}
	})
	recorded.Golden(t, "amend", got)
}

// TestNothingIsWritten holds that who gives up, or looks first, has changed nothing.
func TestNothingIsWritten(t *testing.T) {
	for _, c := range []struct {
		reason, in string
		args       []string
		given      bool
	}{
		{"the input ends in the middle", "\n\n", nil, true},
		{"the input ends inside a line", "\n\n4\n57.5\n8\n7\nnote\ny", nil, true},
		{"no", "\n\n4\n57.5\n8\n7\nnote\nn\n", nil, true},
		{"flags, and nobody to ask", "", []string{"--confidence", "6"}, true},
		{"a dry run", "", []string{"--confidence", "6", "--dry-run"}, false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			inCopy(t, "config/samples")
			before, err := os.ReadFile("samples/company-a/marketing.yaml")
			if err != nil {
				t.Fatal(err)
			}
			_, err = checkedIn(t, wide, "marketing", c.in, append([]string{"credibility"}, c.args...)...)
			if (err != nil) != c.given || err != nil && !strings.Contains(err.Error(), "given up: nothing is written") {
				t.Errorf("%v", err)
			}
			after, err := os.ReadFile("samples/company-a/marketing.yaml")
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file has changed: %v", err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	inCopy(t, "config/samples", "internal/cli/edit/testdata/corpus")
	for _, c := range []struct {
		reason, want string
		args         []string
	}{
		{"a slip of the pen in the name", `the files have no objective "credibilit" in namespace marketing: did you mean "credibility"?`, []string{"credibilit", "--confidence", "6"}},
		{"no file with goals", `nor any other: say where they are with --file`, []string{"credibility", "--confidence", "6", "--file", "samples/metricsource.yaml"}},
		{"a key result that is not there", `marketing/credibility has no key result "content-share": did you mean "content-shares"?`, []string{"credibility", "--key-result-confidence", "content-share=6"}},
		{"one of another name altogether", `marketing/credibility has no key result "x": it has testimonial-views, click-through-rate, content-shares, acquisition-cost`, []string{"credibility", "--value", "x=6"}},
		{"a value of what is measured", `key result "content-shares" is measured: a value in a check-in would not be used`, []string{"credibility", "--value", "content-shares=6"}},
		{"a value that is none", `"many" is not a number: write up to 15 digits`, []string{"credibility", "--value", "acquisition-cost=many"}},
		{"a pair that is none", `--value 60: write the key result's name in front: NAME=60`, []string{"credibility", "--value", "60"}},
		{"a confidence beyond 10", `"11" is no confidence: write a whole number from 0`, []string{"credibility", "--confidence", "11"}},
		{"a note that is too long", `the note has 2049 characters: write at most 2048`, []string{"credibility", "--note", strings.Repeat("ü", 2049)}},
		{"a day before the period", `2026-09-30 is not in the period 2026-Q4 of the objective, and a check-in must be: it begins on 2026-10-01`, []string{"credibility", "--confidence", "6", "--date", "2026-09-30"}},
		{"a period that is over", `write with --date 2026-09-30; what is said afterwards belongs into spec.review`, []string{"found-by-the-right-people", "--confidence", "6"}},
		{"a day that does not exist", `--date: "2026-11-31" is not a date`, []string{"credibility", "--confidence", "6", "--date", "2026-11-31"}},
		{"milestones where there are none", `key result "content-shares" has no milestones`, []string{"credibility", "--done", "content-shares=x"}},
		{"nothing said", `an empty check-in: give --confidence`, []string{"credibility", "--yes"}},
		{"a cancelled key result", `key result "live-audience" is cancelled`, []string{"community", "-f", "samples/company-a/social.yaml", "--key-result-confidence", "live-audience=3"}},
		{"a value of a day on which its key result does not run", `key result "newest-first-hand" runs from 2026-12-01 to 2026-12-31: a value of 2026-11-26 would not count`,
			[]string{"newest-first", "-f", "corpus", "--value", "newest-first-hand=11"}},
		{"standard input", "standard input cannot be edited", []string{"credibility", "-f", "-", "--confidence", "6"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			namespace := "marketing"
			if len(c.args) > 2 && (c.args[1] == "-f" && c.args[2] != "-") {
				namespace = ""
			}
			if _, err := checkedIn(t, wide, namespace, "", c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// TestAmbiguous holds that of two objectives of a name, none is chosen.
func TestAmbiguous(t *testing.T) {
	inCopy(t, "config/samples")
	if err := os.CopyFS("overlay", os.DirFS("samples/company-a")); err != nil {
		t.Fatal(err)
	}
	_, err := checkedIn(t, wide, "marketing", "", "credibility", "--confidence", "6")
	if err == nil || !strings.Contains(err.Error(), "2 files have an objective \"credibility\": say which one with --file") ||
		!strings.Contains(err.Error(), "overlay/marketing.yaml:1") {
		t.Errorf("%v", err)
	}
}

func TestFull(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	var b strings.Builder
	b.WriteString("apiVersion: goals.okr.dev/v1alpha1\nkind: Objective\nmetadata: {name: full}\nspec:\n  title: x\n  period: \"2026\"\n  checkIns:\n")
	for month := '1'; month <= '4'; month++ {
		for day := range 25 {
			b.WriteString("  - {date: \"2026-0" + string(month) + "-" + string(rune('0'+(day+1)/10)) + string(rune('0'+(day+1)%10)) + "\", confidence: 5}\n")
		}
	}
	if err := os.WriteFile("full.yaml", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := checkedIn(t, wide, "", "", "full", "--confidence", "6"); err == nil || !strings.Contains(err.Error(), "the objective has 100 check-ins, and there is room for no more") {
		t.Errorf("%v", err)
	}
	if _, err := checkedIn(t, wide, "", "", "full", "--confidence", "6", "--date", "2026-04-25", "--yes"); err != nil {
		t.Errorf("one of them is amended: %v", err)
	}
}

// TestKeyResultsOfTheCluster holds that a key result which the files do not have is looked for in the cluster.
func TestKeyResultsOfTheCluster(t *testing.T) {
	inCopy(t, "config/samples")
	content, err := os.ReadFile("samples/company-a/marketing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	alone, _, _ := strings.Cut(string(content), "\n---\n")
	if err := os.WriteFile("alone.yaml", []byte(alone+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"credibility", "-f", "alone.yaml", "--value", "acquisition-cost=57", "--dry-run"}
	if got, err := checkedIn(t, wide, "marketing", "", args...); err != nil || !strings.Contains(got, "{name: acquisition-cost, value: 57}") {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := checkedIn(t, wide, "marketing", "", append(args, "--offline")...); err == nil || !strings.Contains(err.Error(), "nor any other in these files") {
		t.Errorf("%v", err)
	}
}

// TestUnread holds that goals which cannot be read are not passed over in silence.
func TestUnread(t *testing.T) {
	inCopy(t, "config/samples")
	broken := "apiVersion: goals.okr.dev/v1alpha1\nkind: KeyResult\nspec: {title: [x}\n"
	if err := os.WriteFile("samples/broken.yaml", []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := checkedIn(t, wide, "marketing", "", "credibility", "--confidence", "6", "--dry-run")
	if err != nil || !strings.Contains(got, "not read: samples/broken.yaml:1: line ") {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestCluster holds that a cluster that cannot be reached hinders nobody.
func TestCluster(t *testing.T) {
	inCopy(t, "config/samples")
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, printed := cluster.Environment("marketing", wide, "\n\n\n57\n\n6\n\ny\n")
	env.Cluster = func() (client.WithWatch, error) { return nil, errors.New("no route to host") }
	if err := execute(env, []string{"credibility"}); err != nil {
		t.Fatal(err)
	}
	if want := "how the key results stand is not known: no route to host"; !strings.Contains(printed.Err.String(), want) {
		t.Errorf("%s, want %s", printed.Err.String(), want)
	}
	if !strings.Contains(printed.Out.String(), "wrote samples/company-a/marketing.yaml") {
		t.Errorf("%s", printed.Out.String())
	}
}
