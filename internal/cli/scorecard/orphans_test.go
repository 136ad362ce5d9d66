package scorecard_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/scorecard"
	"okr.dev/controller/internal/cli/terminal"
)

func source(name string, from v1alpha1.NamespacesFrom) *v1alpha1.MetricSource {
	s := &v1alpha1.MetricSource{}
	s.Name, s.Spec.AllowedNamespaces.From = name, from
	if from == v1alpha1.NamespacesFromSelector {
		s.Spec.AllowedNamespaces.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "b"}}
	}
	return s
}

func metric(source string) *v1alpha1.Metric {
	return &v1alpha1.Metric{Query: "up", SourceRef: v1alpha1.SourceReference{Name: source}}
}

func driving(namespace, name string) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) { k.Spec.ParentRef = &v1alpha1.KPIReference{Namespace: namespace, Name: name} }
}

func level(l v1alpha1.Level) func(*v1alpha1.ObjectiveSpec) {
	return func(o *v1alpha1.ObjectiveSpec) { o.Level = l }
}

func state(s v1alpha1.ObjectiveState) func(*v1alpha1.ObjectiveSpec) {
	return func(o *v1alpha1.ObjectiveSpec) { o.State = s }
}

func period(p v1alpha1.Period) func(*v1alpha1.ObjectiveSpec) {
	return func(o *v1alpha1.ObjectiveSpec) { o.Period = p }
}

func kpiRef(namespace, name string) func(*v1alpha1.KeyResultSpec) {
	return func(kr *v1alpha1.KeyResultSpec) { kr.KPIRef = &v1alpha1.KPIReference{Namespace: namespace, Name: name} }
}

// everyProblem are goals with every kind of problem, and such as have none.
func everyProblem() []client.Object {
	private := func(k *v1alpha1.KPI) { k.Spec.AllowedNamespaces = nil }
	return objects(
		source("default", v1alpha1.NamespacesFromAll), source("theirs", v1alpha1.NamespacesFromSelector),
		kpi("a/cared-for", "Healthy", "True", "False", by(1)), kpi("a/alone", "Healthy", "False", "False"),
		kpi("a/needs-one", "Unhealthy", "False", "True", needs("unhealthy")), kpi("a/lived-with", "Unhealthy", "False", "False", accepted),
		kpi("a/planned", "Healthy", "False", "False"), kpi("a/settling", "Healthy", "Unknown:Settling", "Unknown"),
		kpi("a/drives-none", "Healthy", "True", "False", driving("b", "none")), kpi("b/private", "Healthy", "True", "False", private),
		kpi("b/revenue", "Healthy", "True", "False", func(k *v1alpha1.KPI) { k.Spec.Metric = metric("none") }),
		objective("a/company", level(v1alpha1.LevelCompany)), objective("a/lonely"), objective("a/draft", state(v1alpha1.ObjectiveDraft), naming("", "planned")),
		objective("a/next", period("2027-Q1"), naming("", "planned")), objective("a/over", period("2026-Q3"), below("b", "none")),
		objective("a/given-up", state(v1alpha1.ObjectiveCancelled), naming("", "none")), objective("a/by-key-result"),
		objective("a/lost", below("b", "none"), naming("", "cared-for"), naming("", "none"), naming("b", "private"), naming("", "revenue")),
		keyResult("a/proves", "by-key-result", kpiRef("", "cared-for")), keyResult("a/of-none", "none"),
		keyResult("a/of-nothing", "lost", kpiRef("", "none")), keyResult("a/unasked", "lost", func(kr *v1alpha1.KeyResultSpec) { kr.Metric = metric("theirs") }),
		keyResult("a/unguarded", "lost", func(kr *v1alpha1.KeyResultSpec) {
			kr.Metric, kr.Guard = metric("default"), &v1alpha1.Guard{Query: "up", SourceRef: &v1alpha1.SourceReference{Name: "none"}}
		}),
		keyResult("a/of-over", "over", kpiRef("", "none")),
	)
}

func TestOrphans(t *testing.T) {
	cases := map[string]struct {
		reason    string
		namespace string
		objects   []client.Object
		args      []string
	}{
		"orphans-all":      {"what the organisation has", "sales", nil, []string{"-A"}},
		"orphans-none":     {"nothing is said too", "sales", nil, nil},
		"orphans-problems": {"every problem, each with what to write", "a", everyProblem(), nil},
	}
	for name, c := range cases {
		screens := recorded.Narrow()
		if name == "orphans-problems" { // it has all that is drawn
			screens = recorded.Screens()
		}
		for size, screen := range screens {
			t.Run(name+"/"+size, func(t *testing.T) {
				out, err := run(t, scorecard.OrphansCommand, c.namespace, screen, c.objects, c.args...)
				if err != nil {
					t.Fatalf("%s: %v", c.reason, err)
				}
				recorded.Golden(t, name+"-"+size, out)
			})
		}
	}
	out, err := run(t, scorecard.OrphansCommand, "a", terminal.Screen{Width: 80}, everyProblem(), "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	recorded.Golden(t, "orphans-problems-json", out)
}

func TestWhatIsWithheldIsNoOrphan(t *testing.T) {
	set := goals.New(objects(
		kpi("a/drives", "Healthy", "True", "False", driving("b", "hidden"), func(k *v1alpha1.KPI) { k.Spec.Metric = metric("default") }),
		objective("a/serves", below("b", "hidden"), naming("b", "gone")),
	))
	set.Withheld = []string{"metricsources", "KPI b/hidden", "Objective b/hidden"}
	found := scorecard.FindOrphans(set, "a", now)
	if len(found.Found) != 1 || found.Found[0].To != "KPI b/gone" {
		t.Errorf("found %+v, want only the one that can be known", found.Found)
	}
	want := []string{
		"KPI a/drives: spec.parentRef names KPI b/hidden, which you may not read, or not whether it is shared",
		"KPI a/drives: spec.metric.sourceRef names MetricSource default, which you may not read, or not whether it is shared",
		"Objective a/serves: spec.parentRef names Objective b/hidden, which you may not read, or not whether it is shared",
	}
	if diff := cmp.Diff(want, found.NotKnown); diff != "" {
		t.Error(diff)
	}
}

func TestOrphansSaysWhatWasLookedAt(t *testing.T) {
	cases := map[string]struct {
		reason    string
		namespace string
		objects   []client.Object
		args      []string
		want      string
	}{
		"Empty":   {"no goals are no success", "a", objects(objective("b/x", level(v1alpha1.LevelCompany))), nil, "No goals in namespace a. -A looks in all.\n"},
		"Nowhere": {"nor anywhere", "a", []client.Object{}, []string{"-A"}, "No goals in any namespace.\n"},
		"Unsure":  {"what is not known is not fine", "a", objects(kpi("a/new", "", "", "", unevaluated)), nil, "Nothing found in namespace a among what can be known.\n\nNot known (1)\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, scorecard.OrphansCommand, c.namespace, terminal.Screen{Width: 80}, c.objects, c.args...)
			if err != nil || !strings.HasPrefix(out, c.want) {
				t.Errorf("%s: %v, %q", c.reason, err, out)
			}
		})
	}
	if _, err := run(t, scorecard.OrphansCommand, "a", terminal.Screen{Width: 80}, nil, "-o", "yaml"); err == nil || !strings.Contains(err.Error(), "write text or json") {
		t.Errorf("an output that there is not: %v", err)
	}
}
