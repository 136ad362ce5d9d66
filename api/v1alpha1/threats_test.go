package v1alpha1_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"
)

// specs are the schemas of what users write, by kind.
func specs(t *testing.T) map[string]map[string]any {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(crds, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs in %s: run `make generate` (%v)", crds, err)
	}
	found := map[string]map[string]any{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var crd struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Schema struct{ OpenAPIV3Schema map[string]any }
				}
			}
		}
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		found[crd.Spec.Names.Kind] = property(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, "spec")
	}
	return found
}

// property is the schema of a property; nil if there is none.
func property(schema map[string]any, name string) map[string]any {
	properties, _ := schema["properties"].(map[string]any)
	found, _ := properties[name].(map[string]any)
	return found
}

// walk visits the schema and all below it, with the path to each.
func walk(path string, schema map[string]any, visit func(path string, schema map[string]any)) {
	visit(path, schema)
	properties, _ := schema["properties"].(map[string]any)
	for name, child := range properties {
		walk(path+"."+name, child.(map[string]any), visit)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		walk(path+"[]", items, visit)
	}
	if values, ok := schema["additionalProperties"].(map[string]any); ok {
		walk(path+"{}", values, visit)
	}
}

// Memory and query-cost attacks: whatever can be repeated or be long has a limit.
func TestEverySpecFieldHasASize(t *testing.T) {
	// Kubernetes' own label selectors have no limits in their schema; the API server bounds what a label may be.
	selector := regexp.MustCompile(`[sS]elector\.match(Labels|Expressions)`)
	seen := 0
	for kind, spec := range specs(t) {
		walk(kind+".spec", spec, func(path string, schema map[string]any) {
			if selector.MatchString(path) {
				return
			}
			bound := ""
			_, enumerated := schema["enum"]
			switch {
			case schema["type"] == "array":
				bound = "maxItems"
			case schema["type"] == "string" && !enumerated && schema["format"] == nil,
				schema["x-kubernetes-int-or-string"] == true:
				bound = "maxLength"
			case schema["additionalProperties"] != nil:
				bound = "maxProperties"
			default:
				return
			}
			seen++
			if schema[bound] == nil {
				t.Errorf("%s has no %s", path, bound)
			}
		})
	}
	if seen < 30 {
		t.Errorf("only %d fields were looked at", seen)
	}
}

// What the controller would have to open, run or fill in is not for those who write goals to name.
func TestNoSpecNamesAFileACommandOrATemplate(t *testing.T) {
	doubtful := regexp.MustCompile(`(?i)(file|path|command|args|exec|script|image|template|plugin|volume|env)s?$`)
	for kind, spec := range specs(t) {
		walk(kind+".spec", spec, func(path string, schema map[string]any) {
			if doubtful.MatchString(path) {
				t.Errorf("%s: goals hold no files, commands or templates", path)
			}
			if schema["x-kubernetes-preserve-unknown-fields"] == true {
				t.Errorf("%s takes anything", path)
			}
		})
	}
}

// A key result belongs to an objective of its own namespace: nobody can move another team's score.
func TestKeyResultCannotNameAnotherTeamsObjective(t *testing.T) {
	ref := property(specs(t)["KeyResult"], "objectiveRef")
	properties, _ := ref["properties"].(map[string]any)
	if names := slices.Sorted(maps.Keys(properties)); fmt.Sprint(names) != "[name]" {
		t.Errorf("objectiveRef has the fields %v, want name alone", names)
	}
}

// Where the controller connects, and with what, is in MetricSources, which only administrators write.
func TestGoalsCannotNameAnAddressOrASecret(t *testing.T) {
	doubtful := regexp.MustCompile(`(?i)(url|endpoint|host|header|headers|proxy|secret|secretRef|token|password|credentials)$`)
	// A link for people: it is shown, and never followed.
	shown := map[string]bool{"KPI.spec.runbook": true, "Objective.spec.actions[].url": true}
	for kind, spec := range specs(t) {
		if kind == "MetricSource" {
			continue
		}
		walk(kind+".spec", spec, func(path string, _ map[string]any) {
			if doubtful.MatchString(path) && !shown[path] {
				t.Errorf("%s: goals name a source, and nothing that the controller connects to or authenticates with", path)
			}
		})
	}
}
