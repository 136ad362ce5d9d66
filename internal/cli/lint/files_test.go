package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/lint"
)

// told are the findings of some rules, one a line.
func told(report *lint.Report, rules ...string) string {
	var lines []string
	for _, f := range report.Findings {
		for _, rule := range rules {
			if strings.HasPrefix(f.Rule, rule) {
				lines = append(lines, fmt.Sprintf("%s:%d %s %s %s: %s", f.Path, f.Line, f.Severity, f.Rule, f.Field, f.Message))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// wrong is a KPI whose query does not parse, in line 9.
const wrong = "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  title: T\n  metric:\n    query: sum(x\n"

func TestFilesAreFound(t *testing.T) {
	cases := map[string]struct {
		reason string
		files  map[string]string
		paths  []string
		want   string // findings of PQL001, KUS and YAML001
		skip   string
		goals  int
	}{
		"Several documents": {"the line is that of the file", map[string]string{"a.yaml": "# x\n---\n" + wrong}, nil, "a.yaml:11 error PQL001", "", 1},
		"Lines of a query":  {"a query in lines of its own has the line of the mistake", map[string]string{"a.yaml": strings.Replace(wrong, "sum(x\n", "|\n      sum(\n        x +\n      )\n", 1)}, nil, "a.yaml:12 error PQL001", "", 1},
		"List":              {"items of a list are objects", map[string]string{"a.yaml": "apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(wrong), "\n", "\n  ")}, nil, "a.yaml:12 error PQL001", "", 1},
		"JSON":              {"JSON is YAML", map[string]string{"a.yaml": `{"apiVersion": "goals.okr.dev/v1alpha1", "kind": "KPI", "metadata": {"name": "a"}, "spec": {"title": "T", "metric": {"query": "sum(x"}}}`}, nil, "a.yaml:1 error PQL001", "", 1},
		"Kustomization": {"what it includes is looked at once, where it is written", map[string]string{
			"kustomization.yaml": "resources: [a.yaml]\nnamespace: other\nnamePrefix: my-\n", "a.yaml": "# x\n" + wrong}, nil, "a.yaml:10 error PQL001", "", 1},
		"Overlay": {"a patch is no object, and what it breaks is told at the object", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": strings.Replace(wrong, "sum(x", "sum(x)", 1),
			"prod/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n", "prod/patch.yaml": "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: a, namespace: shop}\nspec: {metric: {query: sum(y}}\n"},
			nil, "base/a.yaml:9 error PQL001", "", 1},
		"Two overlays": {"what both have is told once", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": wrong,
			"one/kustomization.yaml": "resources: [../base]\n", "two/kustomization.yaml": "resources: [../base]\n"}, nil, "base/a.yaml:9 error PQL001", "", 2},
		"Only the overlay": {"what is outside of the path is looked at as far as it is included", map[string]string{
			"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": wrong, "one/kustomization.yaml": "resources: [../base]\n"}, []string{"one"}, "base/a.yaml:9 error PQL001", "", 1},
		"Both given": {"a folder and a file in it are the same file", map[string]string{"a.yaml": wrong}, []string{".", "a.yaml"}, "a.yaml:9 error PQL001", "", 1},
		"Beside it": {"what a kustomization leaves out is looked at as it is", map[string]string{
			"kustomization.yaml": "resources: []\n", "b.yaml": wrong}, nil, "b.yaml:9 error PQL001", "", 1},
		"Remote":       {"nothing is fetched", map[string]string{"kustomization.yaml": "resources: [a.yaml, 'https://example.com/x.yaml']\n", "a.yaml": wrong}, nil, "a.yaml:9 error PQL001", "needs https://example.com/x.yaml, which is not fetched", 1},
		"Remote below": {"nor by what is included", map[string]string{"kustomization.yaml": "resources: [b]\n", "b/kustomization.yaml": "resources: ['github.com/x/y?ref=z']\n"}, nil, "", "needs github.com/x/y?ref=z", 0},
		"Missing":      {"a kustomization that names what is not there; its files are looked at as they are", map[string]string{"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": wrong}, nil, "a.yaml:9 error PQL001\nkustomization.yaml:1 error KUS001", "", 1},
		"Not built":    {"one that kustomize refuses", map[string]string{"kustomization.yaml": "resources: [a.yaml, c.yaml]\n", "a.yaml": wrong, "c.yaml": wrong}, nil, "a.yaml:9 error PQL001\nkustomization.yaml:1 error KUS001", "", 2},
		"Broken YAML":  {"what is wrong in a part is told there, and not again", map[string]string{"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": wrong + "  unit: %\n"}, nil, "a.yaml:10 error YAML001", "", 0},
		"Helm":         {"templates are no YAML", map[string]string{"a.yaml": "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata:\n  name: {{ .Values.name }}\n"}, nil, "", "it is a template", 0},
		"Helm blocks":  {"nor those that do not parse", map[string]string{"a.yaml": "{{- range . }}\napiVersion: goals.okr.dev/v1alpha1\nkind: KPI\n{{- end }}\n"}, nil, "", "it is a template", 0},
		"Braces":       {"a text with braces is none", map[string]string{"a.yaml": strings.Replace(wrong, "title: T", `title: "a {{ b }}"`, 1)}, nil, "a.yaml:9 error PQL001", "", 1},
		"Others":       {"objects of others are passed over without a word", map[string]string{"a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {replicas: many}\n"}, nil, "", "", 0},
		"Their kinds":  {"so are kinds of the same name", map[string]string{"a.yaml": "apiVersion: example.com/v1\nkind: Objective\nmetadata: {name: x}\n"}, nil, "", "", 0},
		"Values":       {"files without objects are named", map[string]string{"values.yaml": "replicas: 3\n"}, nil, "", "no Kubernetes objects", 0},
		"Not YAML":     {"what is not YAML and speaks of no goals is named", map[string]string{"x.yaml": "a: b: c\n"}, nil, "", "it is not YAML", 0},
		"Given":        {"unless it was given by name", map[string]string{"x.yaml": "a: b: c\n"}, []string{"x.yaml"}, "x.yaml:1 error YAML001", "", 0},
		"Hidden":       {"hidden folders are not looked into", map[string]string{".git/a.yaml": wrong, "b.yaml": wrong}, nil, "b.yaml:9 error PQL001", "", 1},
		"Comments":     {"a file of comments is nothing", map[string]string{"a.yaml": "# nothing\n"}, nil, "", "", 0},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			report := lintFiles(t, tc.files, lint.Options{Paths: tc.paths})
			var got []string
			for line := range strings.SplitSeq(told(report, "PQL001", "KUS", "YAML001"), "\n") {
				words := strings.SplitN(line, " ", 4)
				got = append(got, strings.Join(words[:min(3, len(words))], " "))
			}
			if strings.Join(got, "\n") != tc.want {
				t.Errorf("%s: got\n%s\nwant\n%s", tc.reason, told(report, ""), tc.want)
			}
			skipped := fmt.Sprint(report.Skipped)
			if tc.skip == "" && len(report.Skipped) > 0 || !strings.Contains(skipped, tc.skip) {
				t.Errorf("%s: skipped %s, want %q", tc.reason, skipped, tc.skip)
			}
			if report.Goals != tc.goals {
				t.Errorf("%s: %d goals, want %d", tc.reason, report.Goals, tc.goals)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	kr := func(name, ref string) string {
		return goal("KeyResult", name, "title: T\nreach: {baseline: 1, target: 2}\nobjectiveRef: {name: "+ref+"}")
	}
	objective := goal("Objective", "fast", fine)
	elsewhere := func(allowed string) string {
		return strings.Replace(goal("KPI", "latency", looked+allowed), "namespace: shop", "namespace: company", 1)
	}
	named := goal("Objective", "fast", strings.Replace(fine, "{name: latency}", "{name: latency, namespace: company}", 1))
	cases := map[string]struct {
		reason, text string
		complete     bool
		want         string
	}{
		"There":            {"an objective that is there", all(objective, kr("a", "fast")), false, ""},
		"Elsewhere":        {"it may be in another repository", kr("a", "gone"), false, ""},
		"Nowhere":          {"there is no other", kr("a", "gone"), true, "error REF001 spec.objectiveRef: Objective shop/gone is not among the files: correct the name, or create it"},
		"Others are here":  {"others of its namespace are here, and it is not", all(objective, kr("a", "gone")), false, "warning REF001 spec.objectiveRef: Objective shop/gone is not among the files, which hold other objectives of its namespace: correct the name, or lint the file that has it too"},
		"Nearly":           {"a slip of the pen", all(objective, kr("a", "fats")), false, "warning REF001 spec.objectiveRef: Objective shop/fats is not among the files: did you mean fast?"},
		"KPI elsewhere":    {"a KPI may be in another repository", objective, false, ""},
		"KPI nearly":       {"a KPI with nearly that name", all(objective, goal("KPI", "latenci", looked)), false, "warning REF001 spec.kpiRefs[0]: KPI shop/latency is not among the files: did you mean latenci?"},
		"Not shared":       {"a KPI that its owner keeps to itself", all(named, elsewhere("")), false, "error REF001 spec.kpiRefs[0]: KPI company/latency is not shared with namespace shop: have its owner write spec.allowedNamespaces"},
		"Shared":           {"one that is shared with all", all(named, elsewhere("allowedNamespaces: {from: All}\n")), true, ""},
		"Shared with some": {"which namespaces have a label is not known", all(named, elsewhere("allowedNamespaces: {from: Selector, selector: {matchLabels: {a: b}}}\n")), true, ""},
		"Known not to be": {"unless the namespace is among the files", all(named, elsewhere("allowedNamespaces: {from: Selector, selector: {matchLabels: {a: b}}}\n"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {a: c}}\n"), false,
			"error REF001 spec.kpiRefs[0]: KPI company/latency is not shared with namespace shop: have its owner write spec.allowedNamespaces"},
		"Refused": {"what would be refused is there all the same", all(goal("Objective", "fast", strings.Replace(fine, "2026-Q4", "2026", 1)), kr("a", "fast")), true, "error REF001 spec.kpiRefs[0]: KPI shop/latency is not among the files: correct the name, or create it"},
		"Source":  {"a source that the files do not have", goal("KPI", "a", "title: T\nmetric: {query: x, sourceRef: {name: other}}"), true, "error REF001 spec.metric.sourceRef: MetricSource other is not among the files: correct the name, or create it"},
		"Default": {"the default source is the administrators'", goal("KPI", "a", "title: T\nmetric: {query: x}"), true, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			report := lintFiles(t, map[string]string{"a.yaml": tc.text}, lint.Options{Complete: tc.complete})
			var got []string
			for _, f := range report.Findings {
				if f.Rule == "REF001" {
					got = append(got, fmt.Sprintf("%s %s %s: %s", f.Severity, f.Rule, f.Field, f.Message))
				}
			}
			if strings.Join(got, "\n") != tc.want {
				t.Errorf("%s: got\n%s\nwant\n%s", tc.reason, strings.Join(got, "\n"), tc.want)
			}
		})
	}
}

// What a part of the goals cannot tell is not told.
func TestPartsAreNotBlamedForWhatIsElsewhere(t *testing.T) {
	cases := map[string]struct {
		reason, text, rule string
		complete, want     bool
	}{
		"Key results elsewhere":  {"no key result of the namespace is here", goal("Objective", "fast", fine), "OKR001", false, false},
		"There are none":         {"there are no other goals", goal("Objective", "fast", fine), "OKR001", true, true},
		"Those of others":        {"the namespace's key results are here, and it has none", all(goal("Objective", "fast", fine), goal("Objective", "slow", fine), goal("KeyResult", "a", strings.Replace(moves, "fast", "slow", 1))), "OKR001", false, true},
		"Children elsewhere":     {"it may be made of its children", all(goal("Objective", "fast", fine+"allowedNamespaces: {from: All}"), goal("Objective", "slow", fine), goal("KeyResult", "a", strings.Replace(moves, "fast", "slow", 1)), goal("KeyResult", "b", strings.Replace(moves, "fast", "slow", 1))), "OKR001", false, false},
		"A KPI alone":            {"an objective that names it may be elsewhere", goal("KPI", "a", looked), "KPI004", false, false},
		"A KPI beside goals":     {"the namespace's objectives are here", all(goal("KPI", "a", looked), goal("Objective", "fast", fine)), "KPI004", false, true},
		"A shared KPI":           {"somebody else may name it", all(goal("KPI", "a", looked+"allowedNamespaces: {from: All}"), goal("Objective", "fast", fine)), "KPI004", false, false},
		"Beside a refused one":   {"a key result that is refused still counts", all(goal("Objective", "fast", fine), goal("KeyResult", "a", moves), goal("KeyResult", "b", moves+"weight: 0.5")), "OKR001", true, false},
		"An owner that is wrong": {"what was left out is not missed", goal("Objective", "fast", "title: T\nperiod: 2026-Q4\nowner: checkout"), "OKR005", true, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			report := lintFiles(t, map[string]string{"a.yaml": tc.text}, lint.Options{Complete: tc.complete})
			if got := told(report, tc.rule) != ""; got != tc.want {
				t.Errorf("%s: %s found: %t, want %t\n%s", tc.reason, tc.rule, got, tc.want, told(report, ""))
			}
		})
	}
}
