package recorded_test

import (
	"testing"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
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
