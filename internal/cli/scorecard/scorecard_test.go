package scorecard_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/scorecard"
	"okr.dev/controller/internal/cli/terminal"
)

// everyStanding are KPIs of every kind that a scorecard tells apart.
func everyStanding() []client.Object {
	return objects(
		kpi("a/aa-healthy", "Healthy", "True", "False", by(1), stretching("12"), ownedBy(v1alpha1.Owner{Team: "sales"})),
		kpi("a/alone", "Healthy", "False", "False", by(0)),
		kpi("a/warned", "Warning", "True", "False", by(12)),
		kpi("a/looked-after", "Unhealthy", "True", "False", by(1)),
		kpi("a/lived-with", "Unhealthy", "False", "False", by(0), accepted),
		kpi("a/soon", "Unhealthy", "Unknown:Settling", "Unknown", by(0)),
		kpi("a/zz-needs", "Unhealthy", "False", "True", by(0), needs("unhealthy since 2026-11-10T09:00:00Z and no objective looks after it")),
		kpi("a/short", "Healthy", "False", "True", by(0), stretching("15"), needs("short of the stretch target of 15 days, and no objective looks after it")),
		kpi("a/stale", "Unknown", "True", "Unknown:HealthUnknown", by(1), stale),
		kpi("a/new", "", "", "", unevaluated),
		kpi("b/elsewhere", "Healthy", "True", "False", by(1)),
	)
}

func TestScorecard(t *testing.T) {
	cases := map[string]struct {
		reason    string
		namespace string
		objects   []client.Object
		args      []string
	}{
		"all":       {"those that are to be looked at come first", "sales", nil, []string{"-A"}},
		"company":   {"one level", "sales", nil, []string{"-A", "--level", "company", "--owner", "Board"}},
		"sales":     {"one namespace", "sales", nil, nil},
		"cycle":     {"what a cycle's objectives look after, by its label", "sales", nil, []string{"-A", "--cycle", "fy27"}},
		"standings": {"each standing, in order, and why", "a", everyStanding(), nil},
	}
	for name, c := range cases {
		screens := recorded.Narrow()
		if name == "all" || name == "standings" { // they have all that is drawn
			screens = recorded.Screens()
		}
		for size, screen := range screens {
			t.Run(name+"/"+size, func(t *testing.T) {
				out, err := run(t, scorecard.Command, c.namespace, screen, c.objects, c.args...)
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				recorded.Golden(t, name+"-"+size, out)
			})
		}
	}
}

func TestForMachines(t *testing.T) {
	for _, output := range []string{"markdown", "json"} {
		out, err := run(t, scorecard.Command, "a", terminal.Screen{Width: 80}, everyStanding(), "-o", output)
		if err != nil {
			t.Fatal(err)
		}
		recorded.Golden(t, "standings-"+output, out)
	}
}

func TestFilters(t *testing.T) {
	level := func(l v1alpha1.Level) func(*v1alpha1.KPI) { return func(k *v1alpha1.KPI) { k.Spec.Level = l } }
	tier := func(k *v1alpha1.KPI) { k.Labels = map[string]string{"tier": "one"} }
	private := func(k *v1alpha1.KPI) { k.Spec.AllowedNamespaces = nil }
	set := goals.New(objects(
		kpi("a/one", "Healthy", "True", "False", level(v1alpha1.LevelCompany), ownedBy(v1alpha1.Owner{Team: "Sales", Person: "Kim"}), tier),
		kpi("a/two", "Healthy", "True", "False", level(v1alpha1.LevelTeam), ownedBy(v1alpha1.Owner{Contact: "#sales"})),
		kpi("b/three", "Healthy", "True", "False"), kpi("b/private", "Healthy", "True", "False", private), kpi("b/given-up", "Healthy", "True", "False"),
		objective("a/now", naming("", "one"), naming("b", "private"), func(o *v1alpha1.ObjectiveSpec) { o.Cycle = "FY27-Q1" }),
		objective("b/before", naming("", "three"), func(o *v1alpha1.ObjectiveSpec) { o.Period = "2026-Q3" }),
		keyResult("a/measured", "now", func(kr *v1alpha1.KeyResultSpec) { kr.KPIRef = &v1alpha1.KPIReference{Name: "two"} }),
		keyResult("a/cancelled", "now", func(kr *v1alpha1.KeyResultSpec) {
			kr.KPIRef, kr.State = &v1alpha1.KPIReference{Namespace: "b", Name: "given-up"}, v1alpha1.KeyResultCancelled
		}),
	))
	cases := map[string]struct {
		reason string
		filter scorecard.Filter
		want   string
	}{
		"None":       {"nothing limits", scorecard.Filter{}, "a/one a/two b/given-up b/private b/three"},
		"Namespace":  {"one namespace", scorecard.Filter{Namespace: "b"}, "b/given-up b/private b/three"},
		"Level":      {"one level", scorecard.Filter{Level: "Team"}, "a/two"},
		"Team":       {"upper and lower case are the same", scorecard.Filter{Owner: "sales"}, "a/one"},
		"Person":     {"a person owns too", scorecard.Filter{Owner: "kim"}, "a/one"},
		"Contact":    {"and is reached there", scorecard.Filter{Owner: "#sales"}, "a/two"},
		"Labels":     {"labels", scorecard.Filter{Labels: labels.SelectorFromSet(labels.Set{"tier": "one"})}, "a/one"},
		"Cycle":      {"named, or behind an active key result; not what is not shared", scorecard.Filter{Cycle: "FY27-Q1"}, "a/one a/two"},
		"Period":     {"a period says the same, also beside a cycle", scorecard.Filter{Cycle: "2026-q4"}, "a/one a/two"},
		"Days":       {"as its days say it", scorecard.Filter{Cycle: "2026-10-01/2026-12-31"}, "a/one a/two"},
		"CycleOver":  {"one that is over", scorecard.Filter{Cycle: "2026-Q3"}, "b/three"},
		"CycleLevel": {"all limits hold", scorecard.Filter{Cycle: "2026-Q4", Level: "Team"}, "a/two"},
		"NoCycle":    {"one that is not there", scorecard.Filter{Cycle: "2031-Q4"}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var names []string
			for _, card := range scorecard.New(set, c.filter).Cards {
				names = append(names, card.Namespace+"/"+card.Name)
			}
			if diff := cmp.Diff(c.want, strings.Join(names, " ")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestRefusedAndNothing(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		failed string
		out    string
	}{
		"Output":    {"it says which there are", []string{"-o", "html"}, `write text, json or markdown`, ""},
		"Level":     {"it says which there are", []string{"--level", "Board"}, "write --level Company, Department, Team or Individual", ""},
		"Labels":    {"a selector that cannot be read", []string{"-l", "a=b=c"}, "write labels such as team=checkout,tier!=one", ""},
		"Nothing":   {"what was asked for is repeated, and where else to look", []string{"--level", "team", "--owner", "nobody"}, "", "No KPIs of level Team of owner nobody in namespace sales. -A looks in all.\n"},
		"NoCycle":   {"which cycles there are", []string{"-A", "--cycle", "2031-Q1"}, "", "No KPIs that objectives of cycle 2031-Q1 look after in any namespace.\nCycles that there are: 2026-01-"},
		"NoLabels":  {"labels too", []string{"-A", "-l", "tier=none"}, "", "No KPIs with the labels tier=none in any namespace.\n"},
		"EmptyJSON": {"programs get a list", []string{"-l", "tier=none", "-o", "json"}, "", `"items": []`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, scorecard.Command, "sales", terminal.Screen{Width: 80}, nil, c.args...)
			if c.failed == "" && err != nil || c.failed != "" && (err == nil || !strings.Contains(err.Error(), c.failed)) {
				t.Errorf("%s: error %v, want %q", c.reason, err, c.failed)
			}
			if !strings.Contains(out, c.out) || c.out == "" && out != "" {
				t.Errorf("%s: printed %q, want %q", c.reason, out, c.out)
			}
		})
	}
}

func TestHostileTitles(t *testing.T) {
	hostile := "x\x1b[31m | <script>alert(1)</script> [y](javascript:z) `c` **b** \n# h &amp; \\ @all 😀"
	all := objects(kpi("a/x", "Unhealthy", "False", "True", by(0), needs(hostile), func(k *v1alpha1.KPI) { k.Spec.Title, k.Status.Value = hostile, hostile }))
	page, err := run(t, scorecard.Command, "a", terminal.Screen{Width: 80, Unicode: true}, all, "-o", "markdown")
	if err != nil {
		t.Fatal(err)
	}
	rest := regexp.MustCompile(`<br>|&#\d+;|\*\*`).ReplaceAllString(page, "")
	if bad := regexp.MustCompile("[<>&\\[\\]`*_\\\\#@\x1b]").FindString(rest); bad != "" {
		t.Errorf("%q of a title means something on the page:\n%s", bad, page)
	}
	for i, line := range strings.Split(page, "\n") {
		if bars := strings.Count(line, "|"); bars != 0 && bars != 8 {
			t.Errorf("line %d has %d bars, so the title breaks the table: %q", i+1, bars, line)
		}
	}
	text, err := run(t, scorecard.Command, "a", terminal.Screen{Width: 200, Unicode: true}, all)
	if err != nil || strings.ContainsRune(text, '\x1b') || !strings.Contains(text, "😀") || strings.Count(text, "\n") > 9 {
		t.Errorf("the title reaches the terminal: %v\n%q", err, text)
	}
}

func TestNeedIsCounted(t *testing.T) {
	for count, want := range map[int]string{0: "1 KPI: none needs an objective, 1 healthy", 1: "2 KPIs: 1 needs an objective, 1 healthy", 3: "4 KPIs: 3 need an objective, 1 healthy"} {
		all := objects(kpi("a/healthy", "Healthy", "True", "False"))
		for i := range count {
			all = append(all, kpi(fmt.Sprintf("a/x%d", i), "Unhealthy", "False", "True"))
		}
		out, err := run(t, scorecard.Command, "a", terminal.Screen{Width: 80}, all)
		if err != nil || !strings.HasPrefix(out, want+"\n") {
			t.Errorf("%d KPIs need an objective: %v, %q", count, err, out)
		}
	}
}

// What was edited since the controller looked at it has a verdict of before, which must not pass for one of now.
func TestOutdated(t *testing.T) {
	edited := func(k *v1alpha1.KPI) { k.Generation = 2 }
	for output, wants := range map[string][]string{"text": {"of before: edited."}, "json": {`"outdated": true`}} {
		out, err := run(t, scorecard.Command, "a", terminal.Screen{Width: 80}, objects(
			kpi("a/edited", "Healthy", "True", "False", by(1), edited), kpi("a/as-seen", "Healthy", "True", "False", by(1)),
			kpi("a/new", "", "", "", unevaluated, edited)), "-o", output)
		for _, want := range wants {
			if flat := strings.Join(strings.Fields(out), " "); err != nil || strings.Count(flat, want) != 1 {
				t.Errorf("-o %s says of one KPI that it was edited (%v):\n%s", output, err, out)
			}
		}
	}
}
