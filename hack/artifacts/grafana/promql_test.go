package grafana

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
)

// example is what a query is to return from some series, for promtool.
type example struct {
	reason string
	query  string
	series []string
	want   map[string]float64 // by labels
}

// runExamples has promtool evaluate them.
func runExamples(t *testing.T, examples ...example) {
	t.Helper()
	type object = map[string]any
	var tests []object
	for _, e := range examples {
		inputs, samples := []object{}, []object{}
		for _, series := range e.series {
			inputs = append(inputs, object{"series": series, "values": "1"})
		}
		for labels, value := range e.want {
			samples = append(samples, object{"labels": labels, "value": value})
		}
		tests = append(tests, object{
			"name": e.reason, "interval": "1m", "input_series": inputs,
			"promql_expr_test": []object{{"expr": e.query, "eval_time": "0m", "exp_samples": samples}},
		})
	}
	text, err := yaml.Marshal(object{"tests": tests})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "tests.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := rendered.Run(nil, "promtool", "test", "rules", file); err != nil {
		t.Error(err)
	}
}

// goal is the series of an objective in some state of health. The labels come from whoever scrapes it.
func goal(labels, name, level, health string) []string {
	return []string{
		fmt.Sprintf(`okr_objective_info{%s,goal_namespace="n",name=%q,level=%q,title=%q}`, labels, name, level, "read by "+labels[len(labels)-2:]),
		fmt.Sprintf(`okr_objective_health{%s,goal_namespace="n",name=%q,health=%q}`, labels, name, health),
	}
}

// The path of an objective has those above it, wherever they are written down, as far as two are.
func TestCascadeIsInOrder(t *testing.T) {
	objective := func(pod, namespace, name, parent string) string {
		return fmt.Sprintf("okr_objective_info{pod=%q,goal_namespace=%q,name=%q,parent=%q,level=\"Team\"}", pod, namespace, name, parent)
	}
	row := func(namespace, name, path string) string {
		return fmt.Sprintf(`{goal_namespace=%q,name=%q,path=%q,level="Team"}`, namespace, name, path)
	}
	query, _ := company().Interpolate(shown("objective", `period=~"$period"`).paths("level"), nil)
	runExamples(t, example{
		reason: "one line for each, also while another replica takes over", query: query,
		series: []string{
			objective("a", "company", "earn", ""), objective("b", "company", "earn", ""),
			objective("a", "sales", "win", "company/earn"), objective("b", "sales", "win", "company/earn"),
			objective("a", "emea", "call", "sales/win"), objective("b", "emea", "call", "sales/win"),
			objective("a", "lost", "child", "gone/parent"),
		},
		want: map[string]float64{
			row("company", "earn", "company/earn"):                 1,
			row("sales", "win", "company/earn › win"):              1,
			row("emea", "call", "company/earn › sales/win › call"): 1,
			row("lost", "child", "gone/parent › child"):            1,
		},
	})
}

// Two replicas, two clusters, and several Prometheus servers that say the same: each goal counts once.
func TestGoalsCountOnce(t *testing.T) {
	query, _ := company().Interpolate(shown("objective").byHealth(), nil)
	var examples []example
	for _, e := range []struct {
		reason string
		series [][]string
		want   map[string]float64
	}{
		{"one", [][]string{goal(`pod="a"`, "o", "Team", "OnTrack")}, map[string]float64{`{health="OnTrack"}`: 1}},
		{
			"two replicas agree",
			[][]string{goal(`pod="a"`, "o", "Team", "OnTrack"), goal(`pod="b"`, "o", "Team", "OnTrack")},
			map[string]float64{`{health="OnTrack"}`: 1},
		},
		{
			"two Prometheus servers saw one replica",
			[][]string{goal(`prometheus="a"`, "o", "Team", "AtRisk"), goal(`prometheus="b"`, "o", "Team", "AtRisk")},
			map[string]float64{`{health="AtRisk"}`: 1},
		},
		{
			"two clusters have goals of one name",
			[][]string{goal(`cluster="a"`, "o", "Team", "OnTrack"), goal(`cluster="b"`, "o", "Team", "OnTrack")},
			map[string]float64{`{health="OnTrack"}`: 2},
		},
		{
			"a person's own goal is nobody else's business",
			[][]string{goal(`pod="a"`, "o", "Team", "OnTrack"), goal(`pod="a"`, "p", "Individual", "OffTrack")},
			map[string]float64{`{health="OnTrack"}`: 1},
		},
		{"nothing is known", nil, nil},
	} {
		examples = append(examples, example{e.reason, query, slices.Concat(e.series...), e.want})
	}
	examples = append(examples, example{
		"two replicas do not agree for a moment", "sum(" + strings.TrimPrefix(query, "sort_desc") + ")",
		slices.Concat(goal(`pod="a"`, "o", "Team", "OnTrack"), goal(`pod="b"`, "o", "Team", "AtRisk")), map[string]float64{`{}`: 1},
	})
	runExamples(t, examples...)
}

// A legend's join finds one series of each goal, also while one replica has read an edit that another has not.
func TestJoinsSurviveAnotherReplica(t *testing.T) {
	query, _ := team().Interpolate(shown("objective").titled(shown("objective").number("health"), "level"), nil)
	runExamples(t, example{
		"the titles differ", query, slices.Concat(goal(`pod="a"`, "o", "Team", "OnTrack"), goal(`pod="b"`, "o", "Team", "OnTrack")),
		map[string]float64{`{goal_namespace="n",name="o",level="Team"}`: 1},
	})
}

// Where none is on track the share is 0, and where nothing is running there is none.
func TestShareOnTrack(t *testing.T) {
	d := company()
	panel := d.Panels[slices.IndexFunc(d.Panels, func(p Panel) bool { return strings.HasPrefix(p.Title, "Share of") })]
	query, _ := d.Interpolate(panel.Targets[0].Expr, nil)
	of := func(name, health string) []string { return goal(`pod="a"`, name, "Team", health) }
	many := of("behind", "AtRisk")
	for i := range 200 {
		many = append(many, of(fmt.Sprint("o", i), "OnTrack")...)
	}
	runExamples(t,
		example{"half", query, slices.Concat(of("a", "OnTrack"), of("b", "AtRisk")), map[string]float64{`{}`: 0.5}},
		example{"none", query, slices.Concat(of("a", "OffTrack"), of("b", "AtRisk")), map[string]float64{`{}`: 0}},
		example{
			"those that are over or cannot be judged do not count", query,
			slices.Concat(of("a", "OnTrack"), of("b", "Missed"), of("c", "Unknown")), map[string]float64{`{}`: 1},
		},
		example{"not all are, although it is more than 99.5 %", query, many, map[string]float64{`{}`: 0.99}},
		example{"nothing is running", query, of("a", "Pending"), nil},
		example{"nothing is known", query, nil, nil},
	)
}
