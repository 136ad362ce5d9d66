package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/practice"
)

// now lies in the fourth quarter of 2026.
var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// goal is one document; what follows spec is indented.
func goal(kind, name, spec string) string {
	return "apiVersion: goals.okr.dev/v1alpha1\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n  namespace: shop\nspec:\n  " +
		strings.Join(strings.Split(strings.TrimSpace(spec), "\n"), "\n  ") + "\n"
}

func all(documents ...string) string { return strings.Join(documents, "---\n") }

const (
	// fine is an objective that breaks no rule once it has two key results.
	fine = `
title: Checkout feels instant
period: 2026-Q4
owner: {team: checkout, contact: "#checkout"}
rationale: Latency left its band.
kpiRefs: [{name: latency}]
actions: [{title: Cache it}]
`
	titled = "objectiveRef: {name: fast}\ntitle: T\nunit: ms\n"
	moves  = "objectiveRef: {name: fast}\ntitle: T\nunit: ms\nreach: {baseline: 800, target: 300}\n"
	// looked is a KPI that breaks no rule once an objective names it.
	looked = "title: Latency\nowner: {team: checkout}\ndescription: Look at the cache.\ntarget: {atMost: 300}\nmetric: {query: sum(latency)}\n"
)

// broken break each rule that lint knows, one each, in a line that is marked, or in the one that is told.
var broken = []struct {
	rule, text string
	line       int
	files      map[string]string
	partly     bool // there may be other goals
}{
	{rule: "YAML001", text: goal("KPI", "a", "title: T\nunit: % # here")},
	{rule: "YAML002", text: goal("KPI", "a", "title: T\nunit: ms\nunit: s # here\nmetric: {query: x}")},
	{rule: "YAML003", text: goal("KPI", "a", "title: T\nowner:\n  team: t\n  contact: #checkout"), line: 10},
	{rule: "API001", text: strings.Replace(goal("Kpi", "a", "title: T"), "kind: Kpi", "kind: Kpi # here", 1)},
	{rule: "API002", text: goal("KPI", "a", "title: T\nmetric: {query: x}\nvalue: 5 # here")},
	{rule: "API003", text: goal("KPI", "a", "title: T\nmetric: {query: x}\ntarget:\n  atLeast: 99.9 # here")},
	{rule: "API004", text: goal("KPI", "a", "title: T\nmetric: {query: x}\ntarget:\n  atLeast: many # here")},
	{rule: "API005", text: goal("KPI", "A b # here", "title: T\nmetric: {query: x}")},
	{rule: "SET001", text: all(goal("KPI", "a", "title: T\nmetric: {query: x}"), goal("KPI", "a # here", "title: T\nmetric: {query: x}"))},
	{rule: "KUS001", files: map[string]string{"kustomization.yaml": "resources: [gaols.yaml] # here\n"}},
	{rule: "SRC001", text: all(goal("MetricSource", "s", "allowedNamespaces: {from: All}\nprometheus:\n  url: https://p.example\n  bearerTokenSecretRef: {name: t, key: token} # here"),
		"apiVersion: v1\nkind: Secret\nmetadata: {name: t}\n")},
	{rule: "SRC002", text: goal("MetricSource", "s", "allowedNamespaces: {from: All}\nprometheus:\n  url: https://p.example\n  tls:\n    insecureSkipVerify: true # here")},
	{rule: "SRC003", text: "apiVersion: v1\nkind: Secret\nmetadata: {name: t, labels: {goals.okr.dev/metric-source: \"\"}}\nstringData: # here\n  token: abc\n"},
	{rule: "IGN001", text: strings.Replace(goal("KPI", "a", "title: T\nmetric: {query: x}"), "spec:", "  annotations:\n    goals.okr.dev/lint-ignore: OKR999=x # here\nspec:", 1)},
	{rule: "KPI001", text: goal("KPI", "a", "title: T # here\nmetric: {query: x}"), line: 6},
	{rule: "KPI002", text: goal("KPI", "a", "title: T\nmetric: {query: x}"), line: 6},
	{rule: "KPI003", text: goal("KPI", "a # here", looked) + "status: {conditions: [{type: NeedsObjective, status: \"True\", reason: Unhealthy}]}\n"},
	{rule: "KPI004", text: all(goal("KPI", "a # here", looked), goal("Objective", "fast", fine))},
	{rule: "KPI005", text: goal("KPI", "a", strings.Replace(looked, "Latency", "Monthly visits", 1)), line: 6},
	{rule: "KPI006", text: goal("KPI", "a", "title: T\nmetric: {query: x}"), line: 6},
	{rule: "KPI008", text: all(goal("KPI", "a", looked+"parentRef: {name: b} # here"), goal("KPI", "b", looked+"parentRef: {name: a}"))},
	{rule: "OKR001", text: all(goal("Objective", "fast # here", fine), goal("KeyResult", "a", moves))},
	{rule: "OKR002", text: all(goal("Objective", "o1", fine), goal("Objective", "o2", fine), goal("Objective", "o3", fine), goal("Objective", "o4", fine), goal("Objective", "o5", fine),
		goal("Objective", "o6", fine)), line: 74},
	{rule: "OKR003", text: goal("Objective", "fast", strings.Replace(fine, "Checkout feels instant", "Cut latency by 60 % # here", 1))},
	{rule: "OKR004", text: goal("Objective", "fast", strings.Replace(fine, "Checkout feels instant", "Increase revenue # here", 1))},
	{rule: "OKR005", text: goal("Objective", "fast", "title: T\nperiod: 2026-Q4"), line: 6},
	{rule: "OKR006", text: all(goal("Objective", "fast # here", fine), goal("KeyResult", "a", "objectiveRef: {name: fast}\ntitle: T\nmilestones: [{title: M}]"))},
	{rule: "OKR007", text: all(goal("KPI", "latency", looked), goal("KeyResult", "a", "objectiveRef: {name: fast}\ntitle: T\nkpiRef: {name: latency}\nreach:\n  direction: Decrease\n  target: 300 # here"))},
	{rule: "OKR008", text: goal("Objective", "fast", "title: T\nperiod: 2026-Q4"), line: 6},
	{rule: "OKR009", text: all(goal("Objective", "fast", "title: T\nperiod: 2026-Q4"), goal("KeyResult", "a", moves)), line: 6},
	{rule: "OKR010", text: goal("Objective", "fast", fine+"checkInEvery: 7d\ncheckIns: # here\n- {date: 2026-11-02, confidence: 7}")},
	{rule: "OKR011", text: goal("Objective", "fast", strings.Replace(fine, "2026-Q4", "2026-Q3", 1)), line: 6},
	{rule: "OKR012", text: goal("Objective", "fast", fine+"ambition: Aspirational # here") + "status: {final: {score: \"1.00\"}}\n"},
	{rule: "OKR013", text: all(goal("Objective", "fast", fine), goal("KeyResult", "a", strings.Replace(moves, "reach:", "metric: {query: sum(x)}\nreach: # here\n  #", 1)+"  baseline: 800\n  target: 400")+
		"status: {frozen: {commitment: {target: 800 to 300 ms, baseline: \"800\", goal: \"300\"}}}\n")},
	{rule: "OKR014", text: all(goal("Objective", "up", strings.Replace(fine, "2026-Q4", "2026-10", 1)), goal("Objective", "fast", strings.Replace(fine, "period: 2026-Q4", "period: 2026-Q4 # here", 1)+"parentRef: {name: up}"))},
	{rule: "OKR015", text: all(goal("Objective", "a", fine+"parentRef: {name: b} # here"), goal("Objective", "b", fine+"parentRef: {name: a}"))},
	{rule: "OKR016", text: goal("Objective", "fast", strings.Replace(fine, `owner: {team: checkout, contact: "#checkout"}`, "owner: {team: checkout} # here", 1))},
	{rule: "OKR017", text: all(goal("KPI", "latency", looked)+"status: {health: Unhealthy}\n", goal("Objective", "fast", strings.Replace(fine, "rationale: Latency left its band.\n", "", 1))), line: 19},
	{rule: "OKR018", text: all(goal("Objective", "fast", fine), goal("KeyResult", "a", titled+"metric: {query: sum(x)}\nreach: {baseline: 1, target: 5} # here"),
		goal("KeyResult", "b", titled+"metric: {query: sum(x)}\nreach: {baseline: 5, target: 1}"))},
	{rule: "OKR019", text: strings.Replace(goal("Objective", "fast", fine), "metadata:", "metadata:\n  creationTimestamp: 2026-11-12T00:00:00Z", 1), line: 7},
	{rule: "OKR020", text: all(goal("Objective", "fast", fine+"checkIns:\n- {date: 2026-11-20, confidence: 7}\n- {date: 2026-11-21, keyResults: [{name: a, value: 5}]} # here"), goal("KeyResult", "a", moves+"metric: {query: x}"))},
	{rule: "OKR021", text: all(goal("Objective", "fast", fine), goal("KeyResult", "a", "objectiveRef: {name: fast}\ntitle: T\nunit: s\nmaintain: {atLeast: 5, allowedBreach: 1%}\nmetric:\n  window: 28d\n  query: avg_over_time(x[$__window]) # here"))},
	{rule: "PQL001", text: goal("KPI", "a", "title: T\nmetric:\n  query: sum(x # here")},
	{rule: "PQL002", text: goal("KPI", "a", "title: T\nmetric:\n  query: rate(x[5m]) # here")},
	{rule: "PQL003", text: goal("KPI", "a", "title: T\nmetric:\n  query: sum(rate(x[28d])) # here")},
	{rule: "PQL004", text: goal("KeyResult", "a", moves+"metric:\n  query: sum(rate(x[5m])) # here")},
	{rule: "PQL005", text: goal("KPI", "a", "title: T\nmetric:\n  query: sum(push_x) # here")},
	{rule: "REF001", text: goal("KeyResult", "a", "title: T\nreach: {baseline: 1, target: 2}\nobjectiveRef: {name: gone} # here")},
	{rule: "SMART", text: all(goal("Objective", "fast", fine), goal("KeyResult", "a # here", strings.Replace(moves, "unit: ms\n", "", 1)))},
}

func TestEveryRuleIsCaughtInItsLine(t *testing.T) {
	open := map[string]bool{}
	for _, r := range lint.Rules() {
		open[r.ID] = true
	}
	for _, c := range broken {
		t.Run(c.rule, func(t *testing.T) {
			delete(open, c.rule)
			files := c.files
			if files == nil {
				files = map[string]string{"goals.yaml": c.text}
			}
			report := lintFiles(t, files, lint.Options{Complete: !c.partly})
			want := c.line
			for _, text := range files {
				if i := strings.Index(text, here); i >= 0 && want == 0 {
					want = strings.Count(text[:i], "\n") + 1
				}
			}
			for _, f := range report.Findings {
				if f.Rule != c.rule {
					continue
				}
				if f.Line != want {
					t.Errorf("found in line %d, want %d: %s: %s\n%s", f.Line, want, f.Field, f.Message, c.text)
				}
				if rule, _ := lint.RuleOf(c.rule); f.Severity != rule.Severity {
					t.Errorf("it is told as %s, and explained as %s", f.Severity, rule.Severity)
				}
				return
			}
			t.Errorf("not found: %+v\n%s", report.Findings, c.text)
		})
	}
	for id := range open {
		t.Errorf("no case breaks %s: write one", id)
	}
}

// lintFiles lints files of a folder of their own. Paths in the report are relative to it.
func lintFiles(t *testing.T, files map[string]string, options lint.Options) *lint.Report {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if options.Paths == nil {
		options.Paths = []string{"."}
	}
	for i, path := range options.Paths {
		options.Paths[i] = filepath.Join(dir, path)
	}
	options.Now, options.Thresholds = now, practice.Defaults()
	report, err := lint.Run(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	for i := range report.Findings {
		report.Findings[i].Path = strings.TrimPrefix(report.Findings[i].Path, dir+"/")
	}
	for i := range report.Skipped {
		report.Skipped[i].Path = strings.TrimPrefix(report.Skipped[i].Path, dir+"/")
	}
	return report
}
