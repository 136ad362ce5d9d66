package lint_test

import (
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/lint"
)

// What docs/refused.md says of the usual slips, lint says where they stand.
func TestSlipsAreTranslated(t *testing.T) {
	const objective, keyResult, kpi = "title: T\nperiod: 2026-Q4\n", "objectiveRef: {name: o}\ntitle: T\nreach: {baseline: 1, target: 2}\n", "title: T\nmetric: {query: sum(x)}\n"
	cases := []struct{ kind, spec, says string }{
		{"Objective", "title: T\nperiod: 2026", `YAML made the number 2026 of it: quote it: period: "2026"`},
		{"KPI", kpi + "target: {atLeast: 99.9}", `quote it: atLeast: "99.9"`},
		{"KeyResult", "objectiveRef: {name: o}\ntitle: T\nreach: {change: +20}", `YAML made the number 20 (from +20) of it: quote it, with its sign: change: "+20"`},
		{"KeyResult", keyResult + "maintain: {atLeast: 5, allowedBreach: 1}", `it is a share: write allowedBreach: "1%"`},
		{"KeyResult", keyResult + "holdFor: 6", "lengths of time have a unit: write such as holdFor: 6h"},
		{"Objective", objective + "checkInEvery: 7", "write such as checkInEvery: 7d"},
		{"Objective", objective + "checkIns: [{on: 2026-11-20, confidence: 7}]", "there is no field on (YAML reads it as true): write date"},
		{"KeyResult", keyResult + "milestones: [{title: M, doneOn: yes}]", "YAML made the truth true (from yes) of it: write the day, such as doneOn: 2026-10-14"},
		{"KeyResult", keyResult + "weight: 0.5", "weight takes whole numbers only: write such as weight: 1 here and weight: 2 there"},
		{"Objective", objective + "checkIns: [{date: 2026-11-20, confidence: 0.7}]", "confidence: 7, from 0 to 10"},
		{"Objective", objective + "kpiRefs: [latency]", "write {name: latency}"},
		{"Objective", objective + "kpiRefs: latency", "kpiRefs is a list"},
		{"Objective", objective + "parentRef: customers-love-us", "write parentRef: {name: customers-love-us}"},
		{"Objective", objective + "owner: checkout", "write owner: {team: checkout}"},
		{"Objective", objective + "owner: \"#checkout\"", `write owner: {team: "#checkout"}`},
		{"Objective", objective + "actions: [Cache it]", "write {title: Cache it}"},
		{"KeyResult", keyResult + "unit: %", `quote what begins with %`},
		{"Objective", objective + "owner: {contact: #checkout}", `inside of {…} a # begins a comment`},
		{"Objective", objective + "owner:\n  team: t\n  contact: #checkout", `contact is empty, for # begins a comment: quote it: contact: "#checkout"`},
		{"Objective", objective + "description: Fix bug #42", `if it belongs to the text, quote it: description: "Fix bug #42"`},
		{"Objective", objective + "description: ~", "YAML reads ~ as nothing"},
		{"Objective", objective + "description:", "description is empty: write a value, or remove the line"},
		{"KPI", kpi + "target: {atLeast: 010}", "YAML reads 010 as the number 8: write 8, or quote it"},
		{"KeyResult", "objectiveRef: {name: o}\ntitle: T\nreach: {from: 800, to: 300}", "there is no field from: write baseline"},
		{"KeyResult", "objective: x\ntitle: T\nreach: {baseline: 1, target: 2}", "there is no field objective: write objectiveRef"},
		{"KeyResult", keyResult + "milestones: [{name: x, done: true}]", "there is no field done: write doneOn"},
		{"KeyResult", keyResult + "target: 5", "there is no field target here: it belongs in spec.reach"},
		{"KPI", kpi + "target: {min: 5}", "there is no field min: write atLeast"},
		{"Objective", objective + "ambitoin: Committed", "did you mean ambition?"},
		{"Objective", objective + "state: Done", "Done is none of Draft, Active, Cancelled: write one of them"},
		{"Objective", objective + "ambition: committed", "write Committed"},
		{"Objective", "period: 2026-Q4", "title is missing: write it. title is the goal"},
		{"Objective", "title: " + strings.Repeat("x", 300) + "\nperiod: 2026-Q4", "more than 253 bytes: shorten it"},
		{"Objective", objective + "checkIns: [{date: 2026-11-20, confidence: 7}, {date: 2026-11-20, confidence: 8}]", "is written twice: keep one"},
		{"MetricSource", "prometheus: {url: \"https://x\", insecureAllowHTTP: \"yes\"}\nallowedNamespaces: {from: All}", "insecureAllowHTTP is true or false"},
		{"KPI", kpi + "target: {atLeast: .nan}", "YAML reads .nan as no number"},
	}
	for _, tc := range cases {
		t.Run(tc.says, func(t *testing.T) {
			report := lintFiles(t, map[string]string{"a.yaml": document(tc.kind, tc.spec)}, lint.Options{})
			if found := told(report, "API", "YAML"); !strings.Contains(found, tc.says) {
				t.Errorf("%s is said of\n%s\nwant %q", found, tc.spec, tc.says)
			}
		})
	}
}

func TestMetadataIsExplained(t *testing.T) {
	cases := []struct{ text, says string }{
		{"metadata: {name: Checkout Fast}", "write checkout-fast"},
		{"metadata: {name: x, labels: {cycle: 2026}}", `a.yaml:3 error API005 metadata.labels[cycle]: YAML made the number 2026 of it, and only texts go here: quote it: "2026"`},
		{"metadata: {name: x, annotations: {a: yes}}", `YAML made the truth true (from yes) of it, and only texts go here: quote it: "yes"`},
		{"metadata: {name: 2026}", `quote it: "2026"`},
		{"metadata: {namespace: shop}", "name is missing"},
		{"metadata: {name: x, lables: {a: b}}", "there is no field lables"},
		{"metadata: x", "API"},
		{"{}", "name is missing"},
	}
	for _, tc := range cases {
		report := lintFiles(t, map[string]string{"a.yaml": "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\n" + strings.TrimPrefix(tc.text, "{}") + "\nspec: {title: T, metric: {query: sum(x)}}\n"}, lint.Options{})
		if found := told(report, "API", "YAML"); !strings.Contains(found, tc.says) {
			t.Errorf("%s is said of\n%s\nwant %q", found, tc.text, tc.says)
		}
	}
}

func TestKindsAreExplained(t *testing.T) {
	cases := []struct{ head, says string }{
		{"apiVersion: goals.okr.dev/v1alpha1\nkind: Keyresult", "write kind: KeyResult"},
		{"apiVersion: goals.okr.dev/v1alpha1\nkind: Objektive", "write kind: Objective"},
		{"apiVersion: goals.okr.dev/v1alpha1\nkind: Dashboard", "write Objective, KeyResult, KPI or MetricSource"},
		{"apiVersion: goals.okr.dev/v1\nkind: KPI", "write apiVersion: goals.okr.dev/v1alpha1"},
		{"apiVersion: okr.dev/v1alpha1\nkind: KPI", "write apiVersion: goals.okr.dev/v1alpha1"},
		{"kind: KPI", "there is no apiVersion: write apiVersion: goals.okr.dev/v1alpha1"},
		{"apiVersion: goals.okr.dev/v1alpha1", "there is no kind: write kind:"},
	}
	for _, tc := range cases {
		report := lintFiles(t, map[string]string{"a.yaml": tc.head + "\nmetadata: {name: x}\nspec: {title: T, metric: {query: sum(x)}}\n"}, lint.Options{})
		if found := told(report, "API001"); !strings.Contains(found, tc.says) {
			t.Errorf("%s is said of\n%s\nwant %q", found, tc.head, tc.says)
		}
	}
}
