package controllers

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/metrics.md lists the metrics of this package and no others, those about goals with their labels: dashboards and alerts are
// written, and tested, by that page.
func TestMetricsPageListsWhatIsExported(t *testing.T) {
	exported := map[string]string{}
	for _, file := range []string{"goals.go", "metrics.go"} {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`"(okr_[a-z_]+)"`).FindAllSubmatch(code, -1) {
			exported[string(name[1])] = "?"
		}
		for _, call := range regexp.MustCompile(`describe\("(okr_[a-z_]+)", "[^"]*"((?:, "[a-z]+")*)\)`).FindAllSubmatch(code, -1) {
			exported[string(call[1])] = strings.ReplaceAll(strings.TrimPrefix(string(call[2]), ", "), `"`, "`")
		}
	}
	page, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(okr_[a-z_]+)` \\|([^|]*)\\|").FindAllSubmatch(page, -1) {
		listed[string(row[1])] = strings.TrimSpace(string(row[2]))
	}
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		labels, found := listed[name]
		switch {
		case !found:
			t.Errorf("%s is exported and not listed", name)
		case exported[name] != "?" && exported[name] != labels:
			t.Errorf("%s has the labels %s, and is listed with %s", name, exported[name], labels)
		}
		delete(listed, name)
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		t.Errorf("%s is listed and not exported", name)
	}
	if len(exported) < 25 {
		t.Errorf("only %d metrics are found in the code", len(exported))
	}
}
