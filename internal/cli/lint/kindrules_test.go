package lint_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"okr.dev/controller/config/crd"
	"okr.dev/controller/internal/cli/lint"
	"okr.dev/controller/internal/cli/manifest"
)

// rule is one x-kubernetes-validations of what people write.
type rule struct{ kind, path, message string }

// rulesOfKinds are all of them, but for those about a change of what is there.
func rulesOfKinds(t *testing.T) map[rule]bool {
	t.Helper()
	rules := map[rule]bool{}
	files, err := fs.Glob(crd.Bases, "bases/*.yaml")
	if err != nil || len(files) != 4 {
		t.Fatalf("%d kinds: %v", len(files), err)
	}
	for _, file := range files {
		content, err := crd.Bases.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var definition struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Schema struct{ OpenAPIV3Schema map[string]any }
				}
			}
		}
		if err := yaml.Unmarshal(content, &definition); err != nil {
			t.Fatal(err)
		}
		var walk func(path string, schema map[string]any)
		walk = func(path string, schema map[string]any) {
			validations, _ := schema["x-kubernetes-validations"].([]any)
			for _, v := range validations {
				v := v.(map[string]any)
				if strings.Contains(v["rule"].(string), "oldSelf") {
					continue
				}
				below, _ := v["fieldPath"].(string)
				rules[rule{definition.Spec.Names.Kind, path + below, v["message"].(string)}] = true
			}
			properties, _ := schema["properties"].(map[string]any)
			for name, child := range properties {
				walk(strings.TrimPrefix(path+"."+name, "."), child.(map[string]any))
			}
			if items, ok := schema["items"].(map[string]any); ok {
				walk(path+"[]", items)
			}
		}
		schema := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
		delete(schema["properties"].(map[string]any), "status")
		walk("", schema)
	}
	return rules
}

var index = regexp.MustCompile(`\[\d+\]`)

// here marks the line that a finding is expected in. Where nothing is marked it is the one with the name: it is about the whole.
const here = "# here"

// TestEveryRuleOfTheKindsIsCaughtInItsLine breaks every rule of the kinds once, and wants it found in the line that breaks it.
func TestEveryRuleOfTheKindsIsCaughtInItsLine(t *testing.T) {
	open := rulesOfKinds(t)
	if len(open) < 160 {
		t.Fatalf("only %d rules were found", len(open))
	}
	for _, c := range brokenTogether {
		text := document(c.kind, c.spec)
		before, _, _ := strings.Cut(text, "name: broken")
		want := strings.Count(before, "\n") + 1
		if i := strings.Index(text, here); i >= 0 {
			want = strings.Count(text[:i], "\n") + 1
		}
		broken := lookFor(t, open, c.kind, text, c.says, "", want)
		delete(open, broken)
	}
	for r := range open {
		bad := badValue(r.message)
		if bad == "" {
			t.Errorf("no case breaks the rule %+v: write one", r)
			continue
		}
		text := planted(t, r, bad)
		lookFor(t, open, r.kind, text, r.message, r.path, lineOf(t, text, bad))
	}
}

// lookFor lints a document and wants a rule found in it, in a line.
func lookFor(t *testing.T, open map[rule]bool, kind, text, says, path string, line int) rule {
	t.Helper()
	report, err := lint.Run(t.Context(), lint.Options{Paths: []string{manifest.Stdin}, In: strings.NewReader(text), Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Rule != "API004" || !strings.HasPrefix(f.Message, says) {
			continue
		}
		field := index.ReplaceAllString(f.Field, "[]")
		if field == "" {
			field = "spec"
		}
		if path != "" && field != path {
			continue
		}
		if f.Line != line {
			t.Errorf("%s %s: %s: found in line %d, want %d\n%s", kind, f.Field, says, f.Line, line, text)
		}
		found := rule{kind, field, f.Message}
		if path == "" && !open[found] {
			t.Errorf("%+v is no rule, or is broken by another case already", found)
		}
		return found
	}
	t.Errorf("%s %s: %s: not found in %+v\n%s", kind, path, says, report.Findings, text)
	return rule{}
}

func document(kind, spec string) string {
	lines := strings.Split(strings.TrimSpace(spec), "\n")
	return fmt.Sprintf("# A goal.\napiVersion: goals.okr.dev/v1alpha1\nkind: %s\nmetadata:\n  name: broken\nspec:\n  %s\n", kind, strings.Join(lines, "\n  "))
}

// badValues break rules about single values, by the beginning of what they say. None of them is in a full document.
var badValues = []struct{ says, value string }{
	{"not a duration", "soon-ish"}, {"there is no such date", "2026-02-31"}, {"not a decimal number", "12 apples"}, {"a window must be longer", "0d"},
	{"a name has no slash", "a/b"}, {"not a score", "1.7"}, {"too short: write an interval", "3ms"}, {"staleAfter must be longer", "0d"}, {"write a link", "ftp://x"},
	{"not a time zone", "Local"}, {"not the key of a label", "the tenant"}, {"compareTo must be longer", "0d"}, {"too often", "12h"}, {"a timeout must be longer", "0d"},
	{"a guard needs a bound above 0", "0.0"}, {"not a share", "101%"}, {"not a signed change", "20 up"}, {"a change of 0", "+0%"}, {"a user name has no colon", "a:b"},
	{"a header's name", "X Team"}, {"this header cannot", "Cookie"}, {"a header's value", "Ünï"}, {"set by the controller", "client_id"},
	{"not an address: write one that begins with https", "login.example"}, {"write the address without user", "https://u@login.example/x"},
	{"this audience", "https://kubernetes.default.svc"}, {"an audience is one word", "two words"}, {"not an address: write one that begins with http:", "prometheus:9090x"},
	{"write the address alone", "https://prom.example?x=1"}, {"not a label of series", "my-team"}, {"not the name of a header", "X:A"}, {"this header has a meaning", "Authorization"},
	{"not a tenant", "a|b"}, {"not a period", "2026-Q7"}, {"the period ends before", "2026-12-01/2026-10-01"},
}

func badValue(message string) string {
	for _, b := range badValues {
		if strings.HasPrefix(message, b.says) {
			return b.value
		}
	}
	return ""
}

// planted is the full document of a kind with a bad value in one field.
func planted(t *testing.T, r rule, bad string) string {
	t.Helper()
	object := map[string]any{}
	if err := yaml.Unmarshal([]byte(document(r.kind, full[r.kind])), &object); err != nil {
		t.Fatalf("%s: %v", r.kind, err)
	}
	var at any = object
	steps := strings.Split(strings.ReplaceAll(r.path, "[]", ".0"), ".")
	for i, step := range steps {
		switch parent := at.(type) {
		case map[string]any:
			if parent[step] == nil {
				t.Fatalf("the full %s has no %s", r.kind, r.path)
			}
			if i == len(steps)-1 {
				parent[step] = bad
			}
			at = parent[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil {
				t.Fatalf("%s: %v", r.path, err)
			}
			at = parent[n]
		}
	}
	text, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return "# A goal.\n---\n" + string(text)
}

// lineOf is the one line with a value.
func lineOf(t *testing.T, text, value string) int {
	t.Helper()
	found := 0
	for i, line := range strings.Split(text, "\n") {
		line = strings.NewReplacer(`"`, "", "'", "").Replace(line)
		if strings.HasSuffix(line, ": "+value) {
			if found > 0 {
				t.Fatalf("%q is in lines %d and %d\n%s", value, found, i+1, text)
			}
			found = i + 1
		}
	}
	if found == 0 {
		t.Fatalf("%q is in no line\n%s", value, text)
	}
	return found
}
