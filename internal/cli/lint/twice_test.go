package lint_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/practice"
)

func TestWhatIsNamedTwiceIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml":                  "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: a, namespace: x}\nspec: {title: Visitors, unit: visitors}\n",
		"base/kustomization.yaml": "resources: [b.yaml]\n", "base/b.yaml": "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: b, namespace: x}\nspec: {title: Sales, unit: EUR}\n",
		"over/kustomization.yaml": "resources: [../base]\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	report, err := lint.Run(t.Context(), lint.Options{Paths: []string{".", "./", dir, "a.yaml", filepath.Join(dir, "over"), "base/../over"}, Thresholds: practice.Defaults()})
	if err != nil {
		t.Fatal(err)
	}
	if report.Goals != 2 || report.Files != 2 {
		t.Errorf("%d goals in %d files, want 2 in 2", report.Goals, report.Files)
	}
	for _, f := range report.Findings {
		if f.Rule == "SET001" || f.Rule == "KUS001" {
			t.Errorf("%+v", f)
		}
	}
}

func TestNothingToReadIsNoSuccess(t *testing.T) {
	dir := t.TempDir()
	for path, in := range map[string]string{dir: "", "-": " \n"} {
		report, err := lint.Run(t.Context(), lint.Options{Paths: []string{path}, In: strings.NewReader(in), Thresholds: practice.Defaults()})
		if err == nil {
			t.Errorf("%s: %+v, and what was meant has not been looked at", path, report)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("kind: Other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lint.Run(t.Context(), lint.Options{Paths: []string{dir}, Thresholds: practice.Defaults()}); err != nil {
		t.Errorf("files without goals are fine: %v", err)
	}
}

func TestFilesThatAreReadOtherwise(t *testing.T) {
	kpi := "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: a, namespace: x}\nspec: {title: T, metric: {query: x}}\n"
	wide := "\xff\xfe"
	for _, b := range []byte(kpi) {
		wide += string([]byte{b, 0})
	}
	for text, want := range map[string]string{kpi + "--- {}\n---\n" + kpi: "something stands behind ---", wide: "it is UTF-16"} {
		file := filepath.Join(t.TempDir(), "a.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := lint.Run(t.Context(), lint.Options{Paths: []string{filepath.Dir(file)}, Thresholds: practice.Defaults()})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(report.Findings, func(f lint.Finding) bool { return f.Rule == "YAML001" && strings.Contains(f.Message, want) }) {
			t.Errorf("%+v, want %s", report.Findings, want)
		}
	}
}
