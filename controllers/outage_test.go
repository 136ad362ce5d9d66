package controllers

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// docs/faults.md: Prometheus down. One condition on the source, few requests, and objects keep their verdict until it is
// stale.
func TestStoppedPrometheusIsOneTransitionAndFewProbesAndHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	door := newDoor(t)
	source := r.source(r.namespace, "")
	r.edit(source, func() { source.Spec.Prometheus.URL = "http://" + door.address })
	var kpis []*v1alpha1.KPI
	for i := range 8 {
		kpis = append(kpis, r.kpi(fmt.Sprintf("latency-%d", i), fmt.Sprintf("%s + 0 * %d", r.series("latency"), i), func(k *v1alpha1.KPI) {
			k.Spec.Metric.StaleAfter = "15s"
		}))
		r.create(kpis[i])
	}
	r.start()
	breaker := fmt.Sprintf(`okr_source_breaker_open{source=%q}`, r.namespace)
	healthy := func() {
		t.Helper()
		for _, kpi := range kpis {
			r.await(kpi, func() error {
				return all(is("health", kpi.Status.Health, v1alpha1.KPIHealthy),
					has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, ""))
			})
		}
		r.await(source, func() error {
			return has(source.Status.Conditions, v1alpha1.ReachableCondition, metav1.ConditionTrue, v1alpha1.ReasonAnswers)
		})
		r.soon(func() error { return is(breaker, r.scrape()[breaker], 0) })
	}
	healthy()
	sources := versionsOf[v1alpha1.MetricSource](r, &v1alpha1.MetricSourceList{}, client.MatchingLabels{rigLabel: r.namespace})
	kept := r.kpiStatuses(r.namespace)
	door.shut()
	r.soon(func() error { return is(breaker, r.scrape()[breaker], 1) })
	r.await(source, func() error {
		return all(has(source.Status.Conditions, v1alpha1.ReachableCondition, metav1.ConditionFalse, string(sample.SourceUnavailable)),
			has(source.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
	})
	opened, asked := time.Now(), r.total("okr_source_queries_total")
	for _, kpi := range kpis {
		r.await(kpi, func() error {
			return all(is("health", kpi.Status.Health, v1alpha1.KPIUnknown), is("value", kpi.Status.Value, "412 ms"),
				has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceUnavailable)),
				has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
		})
	}
	// A ping every 5 s at the most; four requests may have been under way.
	if n, most := r.total("okr_source_queries_total")-asked, int(time.Since(opened)/(5*time.Second))+1+4; n > most {
		t.Errorf("%d requests in %s to a source that is down, want at most %d", n, time.Since(opened), most)
	}
	held := map[string]bool{}
	for _, version := range kept() {
		if has(version.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceUnavailable)) == nil &&
			version.Status.Health == v1alpha1.KPIHealthy {
			held[version.Name] = true
		}
	}
	if len(held) != len(kpis) {
		t.Errorf("%d of %d KPIs kept their verdict while it was not stale", len(held), len(kpis))
	}
	door.open()
	healthy()
	var changes []metav1.ConditionStatus
	for _, version := range sources() {
		if c := meta.FindStatusCondition(version.Status.Conditions, v1alpha1.ReachableCondition); c != nil {
			changes = append(changes, c.Status)
		}
	}
	changes = slices.Compact(changes)
	if got, want := fmt.Sprint(changes), "[True False True]"; got != want {
		t.Errorf("Reachable was %s, want %s", got, want)
	}
}

// docs/faults.md: more demand than the source's limits; threat: memory and query-cost attacks.
func TestDemandAboveTheLimitsSaysSaturatedAndEntriesBeyondTheLimitAreDenied(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	source := r.source(r.namespace, "")
	r.edit(source, func() {
		source.Spec.Limits.QueriesPerSecond, source.Spec.Limits.EntriesPerNamespace = new(int32(1)), new(int32(3))
	})
	var kpis []*v1alpha1.KPI
	for i := range 4 {
		kpis = append(kpis, r.kpi(fmt.Sprintf("latency-%d", i), fmt.Sprintf("%s + 0 * %d", r.series("latency"), i)))
		r.create(kpis[i])
	}
	r.start()
	r.await(source, func() error {
		return has(source.Status.Conditions, v1alpha1.SaturatedCondition, metav1.ConditionTrue, v1alpha1.ReasonDemandAboveLimits)
	})
	var denied *v1alpha1.KPI
	r.soon(func() error {
		denied = nil
		measured := 0
		for _, kpi := range kpis {
			r.read(kpi)
			if has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.SourceDenied)) == nil {
				denied = kpi
			}
			if has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, "") == nil {
				measured++
			}
		}
		return all(is("measured", measured, 3), is("one is denied", denied != nil, true))
	})
	for _, kpi := range kpis {
		if kpi != denied {
			r.delete(kpi)
			break
		}
	}
	r.await(denied, func() error {
		return has(denied.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, "")
	})
}
