package explain

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

func TestX(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	set, err := goals.Read(t.Context(), cluster.Client(), goals.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	none := func(sample.Question) (sample.Held, bool) { return sample.Held{}, false }
	w := set.World()
	for _, kr := range set.KeyResults {
		in, err := w.KeyResult(t.Context(), kr)
		if err != nil {
			t.Fatal(err)
		}
		r := evaluate.KeyResult(in, none, cluster.Time)
		if r.Change != "" {
			t.Errorf("%s/%s %s %s", kr.Namespace, kr.Name, r.Change, cmp.Diff(kr.Status, r.Status))
		}
	}
	for _, kr := range set.Objectives {
		in, err := w.Objective(t.Context(), kr)
		if err != nil {
			t.Fatal(err)
		}
		r := evaluate.Objective(in, none, cluster.Time)
		if r.Change != "" {
			t.Errorf("%s/%s %s %s", kr.Namespace, kr.Name, r.Change, cmp.Diff(kr.Status, r.Status))
		}
	}
	for _, kr := range set.KPIs {
		in, err := w.KPI(t.Context(), kr)
		if err != nil {
			t.Fatal(err)
		}
		in.Grace = 21 * 24 * time.Hour
		r := evaluate.KPI(in, none, cluster.Time)
		if r.Change != "" {
			t.Errorf("%s/%s %s %s", kr.Namespace, kr.Name, r.Change, cmp.Diff(kr.Status, r.Status))
		}
	}
}
