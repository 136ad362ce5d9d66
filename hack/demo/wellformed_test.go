package main

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
)

// typed reads an object as what it is.
func typed[T any](t *testing.T, object *unstructured.Unstructured) *T {
	t.Helper()
	into := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into); err != nil {
		t.Fatalf("%s: %v", named(object), err)
	}
	return into
}

// set relates goals to each other. What the API server fills in decides no rule but the name of the source.
func set(t *testing.T, objects []*unstructured.Unstructured) *practice.Set {
	t.Helper()
	all := practice.Objects{Complete: true, Zone: evaluate.Zone, Analyze: prom.Analyze}
	for _, object := range objects {
		switch object.GetKind() {
		case "Objective":
			all.Objectives = append(all.Objectives, typed[v1alpha1.Objective](t, object))
		case "KeyResult":
			all.KeyResults = append(all.KeyResults, typed[v1alpha1.KeyResult](t, object))
		case "KPI":
			all.KPIs = append(all.KPIs, typed[v1alpha1.KPI](t, object))
		}
	}
	return practice.NewSet(all)
}

// A sample teaches by being copied: none breaks a rule of practice, nor leaves advice, but where it says why. A KPI that
// no objective names is one that may be taken for an objective of one's own.
func TestSamplesAreWellFormed(t *testing.T) {
	var company, library []*unstructured.Unstructured
	for _, objects := range sampleFiles(t) {
		company = append(company, objects...)
	}
	files, err := filepath.Glob(filepath.Join(samplesDir, "library", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no library: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		objects, err := decode(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		library = append(library, objects...)
	}
	for name, objects := range map[string][]*unstructured.Unstructured{"organisations": company, "library": library} {
		for _, f := range set(t, objects).Check(practice.Thresholds{}, writtenOn).Findings {
			if f.Silenced == "" && f.Rule != "KPI004" {
				t.Errorf("%s: %s %s/%s breaks %s (%s): %s: %s", name, f.Object.Kind, f.Object.Namespace, f.Object.Name,
					f.Rule, f.Severity, f.Field, f.Message)
			}
		}
	}
}
