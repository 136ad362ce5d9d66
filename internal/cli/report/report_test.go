package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/terminal"
)

// run runs the plugin on what is recorded.
func run(t *testing.T, screen terminal.Screen, namespace string, args ...string) (code int, out, err string) {
	t.Helper()
	cluster, failed := recorded.Load()
	if failed != nil {
		t.Fatal(failed)
	}
	env, printed := cluster.Environment(namespace, screen, "")
	code = cli.Run(env, args)
	return code, printed.Out.String(), printed.Err.String()
}

// lastQuarter is the period of an objective that is over; what is recorded moves with the calendar.
func lastQuarter(t *testing.T) string {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	var o v1alpha1.Objective
	if err := cluster.Client().Get(t.Context(), client.ObjectKey{Namespace: "platform", Name: "deploys-are-a-non-event"}, &o); err != nil {
		t.Fatal(err)
	}
	return string(o.Spec.Period)
}

func TestGolden(t *testing.T) {
	wide, last := terminal.Screen{Width: 160, Unicode: true}, lastQuarter(t)
	for name, c := range map[string]struct {
		screen    terminal.Screen
		namespace string
		args      []string
	}{
		"report-last.md":   {wide, "platform", []string{"report", "--cycle", last}},
		"report-last.html": {wide, "platform", []string{"report", "--cycle", last, "-o", "html"}},
		"report-last.json": {wide, "platform", []string{"report", "--cycle", last, "-o", "json"}},
		"report-now.md":    {wide, "social", []string{"report"}},
		"report-ascii.md":  {terminal.Screen{Width: 80}, "social", []string{"report"}},
		"report-company":   {wide, "company", []string{"report"}},
		"digest.md":        {wide, "marketing", []string{"digest", "-o", "markdown"}},
		"digest.html":      {wide, "marketing", []string{"digest", "-o", "html"}},
		"digest.json":      {wide, "social", []string{"digest", "-o", "json"}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, c.screen, c.namespace, c.args...) })
	}
	for name, screen := range recorded.Screens() {
		t.Run("digest-"+name, func(t *testing.T) { golden(t, "digest-"+name, screen, "social", "digest", "--since", "2w") })
		t.Run("digest-all-"+name, func(t *testing.T) { golden(t, "digest-all-"+name, screen, "", "digest", "-A", "--owner", "marketing") })
	}
}

func golden(t *testing.T, name string, screen terminal.Screen, namespace string, args ...string) {
	t.Helper()
	code, out, err := run(t, screen, namespace, args...)
	if code != 0 || err != "" {
		t.Fatalf("exit %d: %s", code, err)
	}
	recorded.Golden(t, name, out)
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		args   []string
		says   string
	}{
		"format":   {"the formats are named", []string{"report", "-o", "pdf"}, "error: invalid argument \"pdf\" for \"-o, --output\" flag: write markdown, html or json\n"},
		"cycle":    {"the cycles are named with counts", []string{"report", "--cycle", "1999-Q3"}, "--cycle " + lastQuarter(t) + "   1 objective\n"},
		"selector": {"what a selector is", []string{"report", "-l", "a b c"}, "write labels such as team=checkout,tier!=one\n"},
		"team":     {"the teams are named", []string{"digest", "--owner", "nobody"}, `owned by "nobody"; the teams are: platform`},
		"since":    {"what may be written", []string{"digest", "--since", "yesterday"}, `error: --since "yesterday" is no time: write a length such as 7d, a day such as 2026-11-16, or an instant`},
		"future":   {"nothing to look back on", []string{"digest", "--since", "2030-01-01"}, "error: --since 2030-01-01 is not in the past"},
		"zero":     {"nor here", []string{"digest", "--since", "0s"}, "error: --since 0s is not in the past"},
		"no place": {"where it could not be written", []string{"report", "--out", "/nowhere/review.md"}, "error: write the document: open /nowhere/"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := run(t, terminal.Screen{Width: 100, Unicode: true}, "platform", c.args...)
			if code != 2 || out != "" || !strings.Contains(err, c.says) {
				t.Errorf("%s: exit %d, printed %q and %q, want 2 and %q", c.reason, code, out, err, c.says)
			}
		})
	}
}

// TestOutIsWhatIsPrinted holds that a file holds what the screen would show, and that the command says that it was written.
func TestOutIsWhatIsPrinted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "review.html")
	screen := terminal.Screen{Width: 100, Unicode: true}
	_, printed, _ := run(t, screen, "platform", "report", "-o", "html")
	code, out, err := run(t, terminal.Screen{Width: 40, Colour: true}, "platform", "report", "-o", "html", "--out", file)
	if code != 0 || out != file+" written\n" || err != "" {
		t.Fatalf("exit %d: %q %q", code, out, err)
	}
	written, failed := os.ReadFile(file)
	if failed != nil || string(written) != printed {
		t.Errorf("%v; the file is not what is printed: %d bytes and %d", failed, len(written), len(printed))
	}
}
