package schemas_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/gitops/cluster"
)

// The API server is asked about every kind of mistake that structure can show, in every field that the samples use. A schema
// never refuses what the server admits. What the server refuses for its structure (an unknown field, a wrong type, one of
// too few choices, something that is missing), the schema refuses too; what it refuses by a CEL rule, no schema can.
func TestSchemasAgreeWithTheAPIServer(t *testing.T) {
	c := cluster.Start(t)
	if err := c.InstallCRDs(filepath.Join(c.Root, "config", "crd", "bases")); err != nil {
		t.Fatal(err)
	}
	direct, err := client.New(c.Config(), client.Options{Scheme: runtime.NewScheme()})
	if err != nil {
		t.Fatal(err)
	}
	strict := client.WithFieldValidation(direct, metav1.FieldValidationStrict)

	folder := t.TempDir()
	mutants := mutantsOfSamples(t)
	for name, m := range mutants {
		text, err := json.Marshal(m.object)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+".json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused, structural := 0, 0
	for _, r := range validate(t, filepath.Join(written(t), byKind), "", folder) {
		m, found := mutants[strings.TrimSuffix(filepath.Base(r.File), ".json")]
		if !found {
			t.Fatalf("about what is %q?", r.File)
		}
		answer := strict.Create(t.Context(), &unstructured.Unstructured{Object: m.object}, client.DryRunAll)
		valid := r.Status == "statusValid"
		switch {
		case answer == nil && !valid:
			t.Errorf("%s: admitted, and the schema says: %s", m.what, r.Says)
		case answer != nil && isStructural(answer) && valid:
			t.Errorf("%s: valid, and the API server says: %v", m.what, answer)
		}
		if answer != nil {
			refused++
			if isStructural(answer) {
				structural++
			}
		}
	}
	t.Logf("%d objects, %d refused by the API server, %d of them for their structure", len(mutants), refused, structural)
	if structural < 500 || refused == len(mutants) {
		t.Error("that is too few on one side to compare anything")
	}
}

// isStructural says whether the API server refused an object before, or beside, the rules of its kind.
func isStructural(err error) bool {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Reason == metav1.StatusReasonBadRequest { // it could not be read, or has unknown fields
		return true
	}
	for _, cause := range status.Status().Details.Causes {
		switch cause.Type {
		case metav1.CauseTypeFieldValueRequired, metav1.CauseTypeFieldValueNotSupported, metav1.CauseTypeTypeInvalid:
			return true
		}
	}
	return false
}

// mutant is a sample with one change.
type mutant struct {
	what   string
	object map[string]any
}

// mutantsOfSamples changes each field once in each way, in the first sample that has it.
func mutantsOfSamples(t *testing.T) map[string]mutant {
	t.Helper()
	files := samples(t)
	seen := map[string]bool{}
	mutants := map[string]mutant{}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		for _, sample := range files[file] {
			if sample.GetKind() != "MetricSource" { // which is the only one outside namespaces
				sample.SetNamespace("default")
			}
			for _, change := range changes(sample.Object, nil) {
				what := sample.GetKind() + " " + change.what
				if seen[what] {
					continue
				}
				seen[what] = true
				copied := sample.DeepCopy().Object
				change.apply(copied)
				mutants[fmt.Sprintf("mutant-%04d", len(mutants))] = mutant{what, copied}
			}
		}
	}
	return mutants
}

// change is something done to the value at a path.
type change struct {
	what  string
	apply func(object map[string]any)
}

// changes are those of a value and of all below it. Of a list only the first item is changed.
func changes(value any, path []any) []change {
	var all []change
	at := fmt.Sprint(path...)
	texts := strings.HasSuffix(at, "labels") || strings.HasSuffix(at, "annotations") || strings.HasSuffix(at, "matchLabels")
	switch v := value.(type) {
	case map[string]any:
		if texts {
			return nil // any key is right; types of values are in the table of typos
		}
		all = append(all, change{at + " with an unknown field", func(object map[string]any) {
			at, _ := find(object, path).(map[string]any)
			at["surprise"] = "x"
		}})
		for _, name := range slices.Sorted(maps.Keys(v)) {
			below := append(slices.Clone(path), "."+name)
			switch fmt.Sprint(below...) {
			case ".apiVersion", ".kind", ".metadata.namespace": // they decide whom to ask
				continue
			}
			all = append(all, change{at + "." + name + " removed", func(object map[string]any) {
				delete(find(object, path).(map[string]any), name)
			}})
			for _, other := range []any{nil, "text", int64(7), 7.5, true, map[string]any{"surprise": "x"}, []any{"text"}} {
				all = append(all, change{fmt.Sprintf("%s.%s as %T", at, name, other), func(object map[string]any) {
					find(object, path).(map[string]any)[name] = runtime.DeepCopyJSONValue(other)
				}})
			}
			all = append(all, changes(v[name], below)...)
		}
	case []any:
		if len(v) > 0 {
			all = append(all, changes(v[0], append(slices.Clone(path), "[0]"))...)
		}
	}
	return all
}

// find is the value at a path.
func find(value any, path []any) any {
	for _, step := range path {
		if name, isField := strings.CutPrefix(step.(string), "."); isField {
			value = value.(map[string]any)[name]
		} else {
			value = value.([]any)[0]
		}
	}
	return value
}
