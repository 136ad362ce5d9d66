package cli_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
)

// reading are the command lines that read goals: of namespace sales, and of all namespaces ("" where a command is about one
// goal).
var reading = []struct{ one, all string }{
	{"status", "status -A"},
	{"status -o json", "status -A -o json"},
	{"status win-back-new-customers", ""},
	{"status win-back-new-customers -o json", ""},
	{"tree", "tree -A"},
	{"tree --key-results", "tree -A --key-results"},
	{"tree --kpis", "tree -A --kpis"},
	{"tree win-back-new-customers", ""},
	{"tree -o json", "tree -A -o json"},
	{"tree -o mermaid", "tree -A -o mermaid"},
	{"scorecard", "scorecard -A"},
	{"scorecard -o json", "scorecard -A -o json"},
	{"scorecard --cycle 2026-10-12/2027-01-11", "scorecard -A --cycle 2026-10-12/2027-01-11"},
	{"orphans", "orphans -A"},
	{"orphans -o json", "orphans -A -o json"},
	{"report", "report -A"},
	{"report --cycle 2026-10-12/2027-01-11 -o html", "report --cycle 2026-10-12/2027-01-11 -A -o html"},
	{"report --cycle 2026-10-12/2027-01-11 -o json", "report --cycle 2026-10-12/2027-01-11 -A -o json"},
	{"digest --since 7d", "digest --since 7d -A"},
	{"digest --since 7d -o markdown", "digest --since 7d -A -o markdown"},
	{"digest --since 7d -o json", "digest --since 7d -A -o json"},
	{"explain objective/win-back-new-customers", ""},
	{"explain objective/win-back-new-customers -o json", ""},
	{"explain kpi/new-paying-customers", ""},
}

// root is the plugin, for what can be asked of its commands.
func root() *cobra.Command {
	return cli.New(command.New(genericiooptions.IOStreams{In: &bytes.Buffer{}, Out: &bytes.Buffer{}, ErrOut: &bytes.Buffer{}}))
}

// lines are the command lines of reading whose commands can be run.
func lines(t testing.TB, line func(one, all string) string) []string {
	t.Helper()
	plugin := root()
	var runnable []string
	for _, r := range reading {
		chosen := line(r.one, r.all)
		if chosen == "" {
			continue
		}
		if cmd, _, err := plugin.Find(strings.Fields(chosen)); err != nil {
			t.Fatalf("%s: %v", chosen, err)
		} else if cmd.Runnable() {
			runnable = append(runnable, chosen)
		}
	}
	return runnable
}

func inSales(one, _ string) string    { return "-n sales " + one }
func everywhere(_, all string) string { return all }

// here are both: what one namespace shows, and what all show.
func here(t testing.TB) []string {
	return slices.Concat(lines(t, inSales), lines(t, everywhere))
}

func TestEveryReadingCommandIsTried(t *testing.T) {
	for _, cmd := range root().Commands() {
		if cmd.GroupID == "read" && !slices.ContainsFunc(reading, func(r struct{ one, all string }) bool {
			return strings.Fields(r.one)[0] == cmd.Name()
		}) {
			t.Errorf("no test reads a real cluster with %s", cmd.Name())
		}
	}
}

// A real API server keeps what is recorded as it is: it drops nothing and defaults nothing anew.
func TestRealClusterHoldsWhatIsRecorded(t *testing.T) {
	c := running(t)
	for _, item := range c.stored.Items {
		want := &unstructured.Unstructured{Object: item}
		got := &unstructured.Unstructured{}
		got.SetGroupVersionKind(want.GroupVersionKind())
		if err := c.Get(t.Context(), client.ObjectKeyFromObject(want), got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(indented(want.Object), indented(got.Object)); diff != "" {
			t.Errorf("%s %s/%s (-recorded +stored):\n%s", want.GetKind(), want.GetNamespace(), want.GetName(), diff)
		}
	}
}

// Golden files are made with a client of tests. What they show is what a real cluster shows.
func TestRealClusterReadsAsTheClientOfTests(t *testing.T) {
	c := running(t)
	lines := here(t)
	if len(lines) < 30 {
		t.Fatalf("only %d command lines", len(lines))
	}
	for _, line := range lines {
		t.Run(line, func(t *testing.T) {
			for name, screen := range recorded.Narrow() {
				args := strings.Fields(line)
				got, want := c.run(screen, "", args...), c.runFake(screen, args...)
				if want.code != 0 || want.out == "" {
					t.Fatalf("exit %d: %s", want.code, want.all())
				}
				if diff := cmp.Diff(want.out, got.out); diff != "" || got.code != 0 || got.err != want.err {
					t.Errorf("%s columns: exit %d %s (-tests +real):\n%s", name, got.code, got.err, diff)
				}
			}
		})
	}
}
