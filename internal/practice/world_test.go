package practice_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
)

// world is a set of goals that breaks no rule, to be edited into one that does. They live in the fourth quarter of 2026,
// UTC, and are looked at in its middle.
type world struct {
	objective, parent *v1alpha1.Objective
	latency, score    *v1alpha1.KeyResult
	kpi               *v1alpha1.KPI
	more              practice.Objects
	now               time.Time
}

var middle = day("2026-11-16")

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func pointer[T any](v T) *T { return &v }

func number(text string) *v1alpha1.Decimal { return pointer(v1alpha1.Decimal(text)) }

func meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "shop", Name: name, CreationTimestamp: metav1.NewTime(day("2026-09-20"))}
}

func newWorld() *world {
	w := &world{now: middle}
	owner := &v1alpha1.Owner{Team: "checkout", Contact: "#checkout"}
	w.objective = newObjective("instant", func(o *v1alpha1.Objective) {
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: "availability"}}
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: "love"}
	})
	w.parent = newObjective("love", func(o *v1alpha1.Objective) {
		o.Spec.Title, o.Spec.Period, o.Spec.RollUp = "Customers love us", "2026", v1alpha1.RollUpChildren
		o.Spec.KPIRefs = w.objective.Spec.KPIRefs
		o.CreationTimestamp = metav1.NewTime(day("2025-12-20"))
	})
	w.latency = newKeyResult("latency", func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach = &v1alpha1.Reach{Baseline: number("800"), Target: number("300")}
		kr.Spec.Metric = &v1alpha1.Metric{Query: "max(quantile_over_time(0.99, latency[$__window]))", Window: "7d"}
	})
	w.score = newKeyResult("score", func(kr *v1alpha1.KeyResult) {
		kr.Spec.Unit, kr.Spec.Reach = "points", &v1alpha1.Reach{Baseline: number("7"), Target: number("9")}
	})
	w.kpi = newKPI("availability", func(k *v1alpha1.KPI) {
		k.Spec.Owner, k.Spec.Runbook = owner, "https://example.com/runbook"
	})
	return w
}

func newObjective(name string, edits ...func(*v1alpha1.Objective)) *v1alpha1.Objective {
	o := &v1alpha1.Objective{ObjectMeta: meta(name)}
	o.Spec = v1alpha1.ObjectiveSpec{
		Title: "Checkout feels instant", Period: "2026-Q4", State: v1alpha1.ObjectiveActive, Ambition: v1alpha1.AmbitionCommitted,
		Owner:   &v1alpha1.Owner{Team: "checkout", Contact: "#checkout"},
		Actions: []v1alpha1.Action{{Title: "Cache the price lookup"}},
	}
	for _, edit := range edits {
		edit(o)
	}
	return o
}

func newKeyResult(name string, edits ...func(*v1alpha1.KeyResult)) *v1alpha1.KeyResult {
	kr := &v1alpha1.KeyResult{ObjectMeta: meta(name)}
	kr.Spec = v1alpha1.KeyResultSpec{
		ObjectiveRef: v1alpha1.ObjectiveReference{Name: "instant"}, Title: "p99 latency", Unit: "ms", State: v1alpha1.KeyResultActive,
	}
	for _, edit := range edits {
		edit(kr)
	}
	return kr
}

func newKPI(name string, edits ...func(*v1alpha1.KPI)) *v1alpha1.KPI {
	k := &v1alpha1.KPI{ObjectMeta: meta(name)}
	k.Spec = v1alpha1.KPISpec{
		Title: "Availability", Owner: &v1alpha1.Owner{Team: "checkout"}, Description: "page the team", Unit: "%",
		Target: &v1alpha1.Band{AtLeast: number("99.9")},
		Metric: &v1alpha1.Metric{Query: "100 * avg(avg_over_time(probe_success[$__window]))", Window: "1d"},
	}
	for _, edit := range edits {
		edit(k)
	}
	return k
}

// zone knows UTC and Berlin.
func zone(name v1alpha1.TimeZone) *time.Location {
	location, err := time.LoadLocation(string(name))
	if err != nil {
		return nil
	}
	return location
}

func (w *world) set() *practice.Set {
	objects := w.more
	objects.Complete, objects.Zone, objects.Analyze = true, zone, prom.Analyze
	objects.Objectives = append(objects.Objectives, w.objective, w.parent)
	objects.KeyResults = append(objects.KeyResults, w.latency, w.score)
	objects.KPIs = append(objects.KPIs, w.kpi)
	return practice.NewSet(objects)
}

func (w *world) check() practice.Report { return w.set().Check(practice.Thresholds{}, w.now) }

// finds are the findings of one rule.
func finds(r practice.Report, id string) []practice.Finding {
	var found []practice.Finding
	for _, f := range r.Findings {
		if f.Rule == id {
			found = append(found, f)
		}
	}
	return found
}

func TestTheWorldOfTheTestsBreaksNoRule(t *testing.T) {
	if found := newWorld().check().Findings; len(found) > 0 {
		t.Errorf("found %+v", found)
	}
}
