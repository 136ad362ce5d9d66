package controllers

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// The goals of the tests: an objective that began 60 days ago and lasts 141 more, so that what is expected by now
// does not step to the next percent while a test runs, but once in a thousand times.
var (
	today  = time.Now().UTC().Truncate(24 * time.Hour)
	begins = today.AddDate(0, 0, -60)
	ends   = today.AddDate(0, 0, 142) // the instant after its last day
)

// daysFrom writes a period from its first instant to the instant after its last day.
func daysFrom(first, end time.Time) v1alpha1.Period {
	return v1alpha1.Period(first.Format(time.DateOnly) + "/" + end.AddDate(0, 0, -1).Format(time.DateOnly))
}

func (r *rig) objective(name string, edits ...func(*v1alpha1.Objective)) *v1alpha1.Objective {
	o := &v1alpha1.Objective{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: name},
		Spec: v1alpha1.ObjectiveSpec{
			Title: "Checkout feels instant", Period: daysFrom(begins, ends), Level: v1alpha1.LevelTeam,
			Owner: &v1alpha1.Owner{Team: "checkout"},
		},
	}
	for _, edit := range edits {
		edit(o)
	}
	return o
}

func (r *rig) keyResult(name, objective, query string, reach v1alpha1.Reach, edits ...func(*v1alpha1.KeyResult)) *v1alpha1.KeyResult {
	kr := &v1alpha1.KeyResult{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: name},
		Spec: v1alpha1.KeyResultSpec{
			Title: name, Unit: "ms", ObjectiveRef: v1alpha1.ObjectiveReference{Name: objective}, Reach: &reach, HoldFor: "0s",
		},
	}
	if query != "" {
		kr.Spec.Metric = r.metric(query)
	}
	for _, edit := range edits {
		edit(kr)
	}
	return kr
}

func (r *rig) kpi(name, query string, edits ...func(*v1alpha1.KPI)) *v1alpha1.KPI {
	kpi := &v1alpha1.KPI{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: name},
		Spec: v1alpha1.KPISpec{
			Title: "Checkout latency", Unit: "ms", Owner: &v1alpha1.Owner{Team: "checkout"}, Level: v1alpha1.LevelTeam,
			Metric: r.metric(query), Target: &v1alpha1.Band{AtMost: decimal("500")},
		},
	}
	for _, edit := range edits {
		edit(kpi)
	}
	return kpi
}

// metric asks this test's source every second.
func (r *rig) metric(query string) *v1alpha1.Metric {
	return &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: r.namespace}, Query: query, Interval: "1s"}
}

// measuredBy has a KPI measure a key result.
func measuredBy(kpi *v1alpha1.KPI) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		kr.Spec.KPIRef = &v1alpha1.KPIReference{Name: kpi.Name}
		if kpi.Namespace != kr.Namespace {
			kr.Spec.KPIRef.Namespace = kpi.Namespace
		}
	}
}

// naming has an objective name KPIs.
func naming(kpis ...*v1alpha1.KPI) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) {
		for _, kpi := range kpis {
			ref := v1alpha1.KPIReference{Name: kpi.Name}
			if kpi.Namespace != o.Namespace {
				ref.Namespace = kpi.Namespace
			}
			o.Spec.KPIRefs = append(o.Spec.KPIRefs, ref)
		}
	}
}

func decimal(text string) *v1alpha1.Decimal {
	d := v1alpha1.Decimal(text)
	return &d
}

// fromTo is a reach with both ends given.
func fromTo(baseline, target string) v1alpha1.Reach {
	return v1alpha1.Reach{Baseline: decimal(baseline), Target: decimal(target)}
}

// percent complains unless a percentage is shown and as wanted.
func percent(what string, got *int32, want int32) error {
	if got == nil {
		return fmt.Errorf("%s is absent, want %d", what, want)
	}
	return is(what, *got, want)
}
