package recorded_test

import (
	"reflect"
	"testing"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/manifest"
)

func TestRecordedClusterIsWhole(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	set, err := goals.Read(t.Context(), cluster.Client(), goals.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Objectives) < 25 || len(set.KeyResults) < 65 || len(set.KPIs) < 57 || len(set.Sources) == 0 || len(set.Namespaces) == 0 {
		t.Errorf("%d objectives, %d key results, %d KPIs, %d sources, %d namespaces: the demo has more",
			len(set.Objectives), len(set.KeyResults), len(set.KPIs), len(set.Sources), len(set.Namespaces))
	}
	for _, o := range set.Objectives {
		if o.Status.Health == "" || o.Status.ObservedGeneration != o.Generation {
			t.Errorf("%s/%s was not evaluated when it was recorded", o.Namespace, o.Name)
		}
	}
}

// TestSamplesAreMovedAsTheDemoDid compares the moved files with the goals that the demo had applied.
func TestSamplesAreMovedAsTheDemoDid(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := cluster.CopySamples("../../config/samples", dir); err != nil {
		t.Fatal(err)
	}
	set, err := goals.Read(t.Context(), cluster.Client(), goals.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := manifest.Load([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, f := range files {
		for _, d := range f.Documents {
			object, err := d.Goal()
			if err != nil {
				t.Fatal(err)
			}
			o, ok := object.(*v1alpha1.Objective)
			if !ok {
				continue
			}
			applied := set.Objective(o.Namespace, o.Name)
			if applied == nil { // the library's are not applied
				continue
			}
			compared++
			if o.Spec.Period != applied.Spec.Period || o.Spec.StartOn != applied.Spec.StartOn || !reflect.DeepEqual(o.Spec.CheckIns, applied.Spec.CheckIns) {
				t.Errorf("%s is of %s, and was applied with %s", o.Name, o.Spec.Period, applied.Spec.Period)
			}
		}
	}
	if compared < 25 {
		t.Errorf("only %d objectives were compared", compared)
	}
}
