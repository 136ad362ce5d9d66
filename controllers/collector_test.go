package controllers

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// Must hold 5 of issue 2.
func TestMetricsShowProgressHealthAndAlignmentAndSeriesGoWithTheirObject(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412.25)
	kpi, lonely := r.kpi("latency", r.series("latency")), r.kpi("lonely", r.series("latency")+" * 2")
	unmeasured := r.kpi("unmeasured", r.series("nothing"))
	goal := r.objective("goal", naming(kpi))
	kr := r.keyResult("key", "goal", r.series("latency")+" + 0", fromTo("800", "300"))
	r.create(kpi, lonely, unmeasured, goal, kr)
	r.start()
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	r.await(unmeasured, func() error {
		return has(unmeasured.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, "")
	})
	r.await(kr, func() error { return percent("progress", kr.Status.ProgressPercent, 77) })
	r.await(goal, func() error { return percent("progress", goal.Status.ProgressPercent, 77) })
	expected := float64(*goal.Status.ExpectedPercent) / 100

	// Labels are printed by name.
	series := func(metric, name, health string) string {
		if health != "" {
			health = fmt.Sprintf("health=%q,", health)
		}
		return fmt.Sprintf(`%s{goal_namespace=%q,%sname=%q}`, metric, r.namespace, health, name)
	}
	want := map[string]float64{
		series("okr_objective_progress_ratio", "goal", ""):                                0.77,
		series("okr_objective_expected_ratio", "goal", ""):                                expected,
		series("okr_objective_health", "goal", "OnTrack"):                                 1,
		series("okr_keyresult_progress_ratio", "key", ""):                                 0.77,
		series("okr_keyresult_expected_ratio", "key", ""):                                 expected,
		series("okr_keyresult_health", "key", "OnTrack"):                                  1,
		series("okr_keyresult_value", "key", ""):                                          412.25,
		series("okr_kpi_value", "latency", ""):                                            412.25,
		series("okr_kpi_health", "latency", "Healthy"):                                    1,
		series("okr_kpi_aligned", "latency", ""):                                          1,
		series("okr_kpi_needs_objective", "latency", ""):                                  0,
		series("okr_kpi_value", "lonely", ""):                                             824.5,
		series("okr_kpi_health", "lonely", "Unhealthy"):                                   1,
		series("okr_kpi_health", "unmeasured", "Unknown"):                                 1,
		fmt.Sprintf(`okr_source_last_success_timestamp_seconds{source=%q}`, r.namespace):  0,
		fmt.Sprintf(`okr_source_query_duration_seconds_count{source=%q}`, r.namespace):    0,
		fmt.Sprintf(`okr_source_queries_total{outcome="Sampled",source=%q}`, r.namespace): 0,
		fmt.Sprintf(`okr_source_queries_total{outcome="NoData",source=%q}`, r.namespace):  0,
		fmt.Sprintf(`okr_source_breaker_open{source=%q}`, r.namespace):                    0,
		"okr_sampler_entries":                                                             5,
	}
	r.soon(func() error {
		got := r.scrape()
		var complaints []error
		for name, value := range want {
			v, found := got[name]
			if !found || (v != value && value != 0) {
				complaints = append(complaints, fmt.Errorf("%s is %v (there: %v), want %v", name, v, found, value))
			}
		}
		return all(complaints...)
	})
	got := r.scrape()
	for _, info := range []string{
		fmt.Sprintf(`okr_objective_info{goal_namespace=%q,level="Team",name="goal",owner="checkout",period=%q,title="Checkout feels instant"}`, r.namespace, goal.Spec.Period),
		fmt.Sprintf(`okr_keyresult_info{goal_namespace=%q,level="Team",name="key",objective="goal",owner="checkout",period=%q,title="key",unit="ms"}`, r.namespace, goal.Spec.Period),
		fmt.Sprintf(`okr_kpi_info{goal_namespace=%q,level="Team",name="latency",owner="checkout",title="Checkout latency",unit="ms"}`, r.namespace),
	} {
		if got[info] != 1 {
			t.Errorf("there is no %s", info)
		}
	}
	for name := range got {
		if strings.HasPrefix(name, "okr_kpi_value") && strings.Contains(name, "unmeasured") {
			t.Errorf("%s: a KPI that was never measured has no value", name)
		}
		if strings.HasPrefix(name, "okr_kpi_aligned") && strings.Contains(name, "lonely") {
			t.Errorf("%s: whether a KPI that is settling is aligned is not known", name)
		}
	}

	// The key result goes before its objective, without which it would ask nothing anyway.
	r.delete(kr)
	r.soon(func() error { return is("entries", r.env.sampler.Entries(), 4) })
	r.delete(goal)
	r.delete(kpi)
	r.delete(lonely)
	r.delete(unmeasured)
	source := r.source(r.namespace, "")
	r.delete(source)
	r.soon(func() error {
		for name := range r.scrape() {
			if strings.Contains(name, r.namespace) {
				return fmt.Errorf("%s is still there", name)
			}
		}
		return is("entries", r.env.sampler.Entries(), 0)
	})
}
