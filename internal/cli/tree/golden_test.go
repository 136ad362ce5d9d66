package tree_test

import (
	"strings"
	"testing"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/cli/tree"
)

// printed is what the command prints in a namespace of the recorded cluster.
func printed(t *testing.T, namespace string, screen terminal.Screen, args ...string) (string, error) {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, run := cluster.Environment(namespace, screen, "")
	cmd := tree.Command(env)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{}, args...)) // nil would be those of the test
	cmd.SetContext(t.Context())
	err = cmd.Execute()
	return run.Out.String(), err
}

func TestWhatIsDrawn(t *testing.T) {
	cases := map[string]struct {
		reason    string
		namespace string
		args      []string
	}{
		"organisation": {"all trees, those of one objective too", "sales", []string{"-A"}},
		"department":   {"what a namespace's objectives serve stands above them, without their siblings elsewhere", "sales", nil},
		"company":      {"children in other namespaces are found", "company", []string{"--key-results"}},
		"one":          {"what is above one by name is a line", "sales", []string{"kim-listens-first", "--key-results"}},
		"kpis":         {"what drives what", "company", []string{"--kpis"}},
		"kpi":          {"one KPI by name", "sales", []string{"new-paying-customers", "--kpis"}},
	}
	for name, c := range cases {
		screens := recorded.Narrow()
		if name == "company" || name == "kpis" { // they have all that is drawn
			screens = recorded.Screens()
		}
		for size, screen := range screens {
			t.Run(name+"/"+size, func(t *testing.T) {
				out, err := printed(t, c.namespace, screen, c.args...)
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				recorded.Golden(t, name+"-"+size, out)
			})
		}
	}
}

func TestForMachines(t *testing.T) {
	for _, output := range []string{"mermaid", "json"} {
		out, err := printed(t, "sales", terminal.Screen{Width: 80, Unicode: true}, "new-prospects", "--key-results", "-o", output)
		if err != nil {
			t.Fatal(err)
		}
		recorded.Golden(t, "one-"+output, out)
	}
}

func TestWhatIsRefused(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		want   string
	}{
		"Output":     {"it says which there are", []string{"-o", "yaml"}, `write text, mermaid or json`},
		"NoSuchName": {"it says where to look", []string{"nothing"}, "`kubectl okr tree -n sales` shows which there are"},
		"OtherPlace": {"it says where one of the name is", []string{"community"}, "there is one with -n social"},
		"KPIName":    {"a name is one of the kind that is drawn", []string{"nothing", "--kpis"}, "`kubectl okr tree --kpis -n sales` shows which there are"},
		"OtherKPI":   {"and is looked for among that kind", []string{"net-promoter-score", "--kpis"}, "there is one with -n success"},
		"NameInAll":  {"a name alone says not which", []string{"community", "-A"}, "write -n instead of -A"},
		"NameLabels": {"one of them is enough", []string{"new-prospects", "-l", "a=b"}, "write one of them"},
		"Labels":     {"a selector that cannot be read", []string{"-l", "a=b=c"}, "write labels such as team=checkout,tier!=one"},
		"KPIResults": {"KPIs have no key results", []string{"--kpis", "--key-results"}, "leave out --kpis or --key-results"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := printed(t, "sales", terminal.Screen{Width: 80}, c.args...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got error %v, want %q", c.reason, err, c.want)
			}
			if out != "" {
				t.Errorf("%s: printed %q beside the error", c.reason, out)
			}
		})
	}
}

func TestNothingIsSaid(t *testing.T) {
	cases := map[string]struct {
		reason    string
		namespace string
		args      []string
		want      string
	}{
		"Namespace": {"it says where else to look", "empty", nil, "No objectives in namespace empty. -A looks in all.\n"},
		"Labels":    {"it says what nothing has", "sales", []string{"-A", "-l", "tier=none"}, "No objectives with the labels tier=none in any namespace.\n"},
		"KPIs":      {"it says of which kind", "empty", []string{"--kpis"}, "No KPIs in namespace empty. -A looks in all.\n"},
		"JSON":      {"a list without items, for programs", "empty", []string{"-o", "json"}, "{\n  \"items\": []\n}\n"},
		"Mermaid":   {"an empty diagram is valid", "empty", []string{"-o", "mermaid"}, "flowchart LR\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := printed(t, c.namespace, terminal.Screen{Width: 80}, c.args...)
			if err != nil || out != c.want {
				t.Errorf("%s: got %q, %v; want %q", c.reason, out, err, c.want)
			}
		})
	}
}
