package v1alpha1_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/yaml"
)

// schemaPattern returns the regular expression of the schema's rule with a message, so that the tests hold what the API
// server holds, and not a copy of it.
func schemaPattern(tb testing.TB, message string) *regexp.Regexp {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(crds, "*.yaml"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no CRDs in %s: run `make generate` (%v)", crds, err)
	}
	quoted := regexp.MustCompile(`matches\('([^']+)'\)$`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var crd any
		if err := yaml.Unmarshal(data, &crd); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		if rule := findRule(crd, message); rule != "" {
			found := quoted.FindStringSubmatch(rule)
			if found == nil {
				tb.Fatalf("the rule %q does not end in one pattern", rule)
			}
			return regexp.MustCompile(found[1])
		}
	}
	tb.Fatalf("no rule says %q", message)
	return nil
}

// findRule looks through a schema for the validation whose message begins with the given words.
func findRule(node any, message string) string {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if rule := findRule(child, message); rule != "" {
				return rule
			}
		}
	case map[string]any:
		says, _ := node["message"].(string)
		rule, _ := node["rule"].(string)
		if rule != "" && strings.HasPrefix(says, message) {
			return rule
		}
		for _, child := range node {
			if rule := findRule(child, message); rule != "" {
				return rule
			}
		}
	}
	return ""
}

// kubectl explain breaks lines after 76 columns and keeps the comment's own breaks: a longer line would leave its last
// word alone on the next.
func TestCommentsFitExplain(t *testing.T) {
	files, err := filepath.Glob("*_types.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no types here: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inside := false // a struct, whose comments are what explain prints
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, "\n")
			inside = strings.HasSuffix(line, " struct {") || inside && line != "}"
			comment, ok := strings.CutPrefix(line, "\t// ")
			if inside && ok && !strings.HasPrefix(comment, "+") && utf8.RuneCountInString(comment) > 76 {
				t.Errorf("%s: wrap at 76 columns: %s", file, comment)
			}
		}
	}
}
