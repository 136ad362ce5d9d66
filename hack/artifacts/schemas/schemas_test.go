package schemas_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/artifacts/schemas"
	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// byKind and byFile are the two ways to use them: kubeconform knows the kind, an editor opens a file with anything in it.
const (
	byKind = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
	byFile = "all.json"
)

var ways = []struct{ name, location string }{{"by kind", byKind}, {"by file", byFile}}

// result is what kubeconform says about one object.
type result struct {
	File   string `json:"filename"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Says   string `json:"msg"`
}

// written writes the schemas anew: what is committed is compared with them by `make verify`.
func written(t *testing.T) (folder string) {
	t.Helper()
	root := t.TempDir()
	if err := schemas.Write(root); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "config", "gitops", "schemas")
}

// validate runs kubeconform on files and folders or, without any, on a text. No schemas but these are looked for, so it
// needs no network.
func validate(t *testing.T, location, text string, paths ...string) []result {
	t.Helper()
	arguments := append([]string{"-strict", "-output", "json", "-verbose", "-skip", "Namespace,Kustomization",
		"-schema-location", location}, paths...)
	out, err := rendered.Run([]byte(text), "kubeconform", arguments...)
	var answer struct {
		Resources []result `json:"resources"`
	}
	if decoding := json.Unmarshal(out, &answer); decoding != nil {
		t.Fatal(errors.Join(err, decoding))
	}
	return answer.Resources
}

// samples are all goals of config/samples, by the file that they are in.
func samples(t *testing.T) map[string][]*unstructured.Unstructured {
	t.Helper()
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	goals := map[string][]*unstructured.Unstructured{}
	err = filepath.WalkDir(filepath.Join(root, "config", "samples"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "tests" { // promtool's files, not objects
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".yaml" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		objects, err := rendered.Parse(text)
		for _, o := range objects {
			if o.GroupVersionKind().Group == "goals.okr.dev" {
				goals[path] = append(goals[path], o)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return goals
}

func TestSamplesAreValid(t *testing.T) {
	least := map[string]int{"Objective": 20, "KeyResult": 60, "KPI": 60, "MetricSource": 1}
	folder := written(t)
	paths := slices.Collect(maps.Keys(samples(t)))
	for _, way := range ways {
		kinds := map[string]int{}
		for _, r := range validate(t, filepath.Join(folder, way.location), "", paths...) {
			if r.Status == "statusValid" {
				kinds[r.Kind]++
			} else if _, ours := least[r.Kind]; ours {
				t.Errorf("%s: %s: %s %s: %s %s", way.name, r.File, r.Kind, r.Name, r.Status, r.Says)
			}
		}
		for kind := range least {
			if kinds[kind] < least[kind] {
				t.Errorf("%s: %d samples of %s were looked at, want all", way.name, kinds[kind], kind)
			}
		}
	}
}

const (
	objective = `
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: checkout-feels-instant, namespace: checkout, labels: {quarter: 2026-Q4}}
spec:
  title: Checkout feels instant
  period: 2026-Q4
  owner: {team: checkout}
  ambition: Committed
`
	keyResult = `
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: latency, namespace: checkout}
spec:
  objectiveRef: {name: checkout-feels-instant}
  title: p99 checkout latency from 800 ms to 300 ms
  reach: {baseline: 800, target: "299.5"}
  metric: {query: latency}
`
	kpi = `
apiVersion: goals.okr.dev/v1alpha1
kind: KPI
metadata: {name: availability, namespace: checkout}
spec:
  title: Checkout availability
  metric: {query: availability}
  target: {atLeast: "99.9"}
`
)

func TestTyposAreRefused(t *testing.T) {
	tests := []struct {
		reason, object, from, to string
		// says is part of what people read; empty, the object is valid.
		says string
	}{
		{"as it is", objective, "", "", ""},
		{"as it is", keyResult, "", "", ""},
		{"as it is", kpi, "", "", ""},
		{"a copy of a live object: what servers write is no mistake", objective, "metadata: {", "status: {health: OnTrack}\nmetadata: {uid: x, generation: 1, managedFields: [], ", ""},
		{"an integer where a decimal is meant", kpi, `"99.9"`, "99", ""},
		{"a label that is a name", objective, "quarter: 2026-Q4", "team: checkout", ""},

		{"a field of a neighbour", objective, "ambition: Committed", "deadline: 2026-12-31", "at '/spec': additional properties 'deadline' not allowed"},
		{"a misspelt field", kpi, "target:", "targets:", "at '/spec': additional properties 'targets' not allowed"},
		{"a misspelt field further down", kpi, "atLeast", "atleast", "at '/spec/target': additional properties 'atleast' not allowed"},
		{"a field on the wrong level", objective, "spec:", "title: x\nspec:", "additional properties 'title' not allowed"},
		{"a misspelt field of metadata", objective, "labels:", "lables:", "at '/metadata': additional properties 'lables' not allowed"},
		{"a year without quotes", objective, "2026-Q4\n", "2026\n", "at '/spec/period': got number, want string"},
		{"text where an object is meant", objective, "{team: checkout}", "checkout", "at '/spec/owner': got string, want null or object"},
		{"a number with a decimal point, unquoted", kpi, `"99.9"`, "99.9", "at '/spec/target/atLeast': got number, want null or integer or string"},
		{"a label that YAML makes a number of", objective, "quarter: 2026-Q4", "quarter: 4", "at '/metadata/labels/quarter': got number, want string"},
		{"a value that there is not", objective, "Committed", "Promised", "at '/spec/ambition': value must be one of 'Committed', 'Aspirational'"},
		{"no title", objective, "  title: Checkout feels instant\n", "", "at '/spec': missing property 'title'"},
		{"no reference", keyResult, "  objectiveRef: {name: checkout-feels-instant}\n", "", "at '/spec': missing property 'objectiveRef'"},
		{"a reference without a name", keyResult, "{name: checkout-feels-instant}", "{}", "at '/spec/objectiveRef': missing property 'name'"},
		{"no name", objective, "name: checkout-feels-instant, ", "", "at '/metadata': missing property 'name'"},
		{"a name with blanks", objective, "name: checkout-feels-instant", "name: Checkout feels instant", "at '/metadata/name': 'Checkout feels instant' does not match pattern"},
		{"a title that is too short", objective, "title: Checkout feels instant", `title: ""`, "at '/spec/title': minLength: got 0, want 1"},
		{"a field twice", kpi, "  title:", "  title: x\n  title:", `key "title" already set in map`},
	}
	folder := written(t)
	for _, tt := range tests {
		for _, way := range ways {
			t.Run(tt.reason+", "+way.name, func(t *testing.T) {
				if tt.from != "" && !strings.Contains(tt.object, tt.from) {
					t.Fatalf("%q is not in the object", tt.from)
				}
				results := validate(t, filepath.Join(folder, way.location), strings.Replace(tt.object, tt.from, tt.to, 1))
				if len(results) != 1 {
					t.Fatalf("%d results", len(results))
				}
				if r := results[0]; (r.Status == "statusValid") != (tt.says == "") || !strings.Contains(r.Says, tt.says) {
					t.Errorf("%s %q, want %q", r.Status, r.Says, tt.says)
				}
			})
		}
	}
}

// An editor shows the schema for a folder of anything: what is not ours is none of its business, what is ours has our kinds.
func TestAllLeavesOthersAlone(t *testing.T) {
	tests := []struct{ reason, object, says string }{
		{"another group", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nanything: {}", ""},
		{"another group's kind of the same name", "apiVersion: example.com/v1\nkind: KPI\nmetadata: {name: x}\nanything: {}", ""},
		{"a kind that we do not have", "apiVersion: goals.okr.dev/v1alpha1\nkind: Goal\nmetadata: {name: x}", "at '/kind': value must be one of"},
		{"a version that we do not have", strings.Replace(kpi, "v1alpha1", "v1", 1), "at '/apiVersion': value must be"},
	}
	folder := written(t)
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			results := validate(t, filepath.Join(folder, byFile), tt.object)
			if len(results) != 1 {
				t.Fatalf("%d results", len(results))
			}
			if r := results[0]; (r.Status == "statusValid") != (tt.says == "") || !strings.Contains(r.Says, tt.says) {
				t.Errorf("%s %q, want %q", r.Status, r.Says, tt.says)
			}
		})
	}
}
