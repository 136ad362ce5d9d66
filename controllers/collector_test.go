package controllers

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// Must hold 5 of issue 2.
func TestMetricsShowProgressHealthAndAlignmentAndSeriesGoWithTheirObject(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412.25)
	kpi, lonely := r.kpi("latency", r.series("latency")), r.kpi("lonely", r.series("latency")+" * 2")
	unmeasured, typo := r.kpi("unmeasured", r.series("nothing")), r.kpi("typo", "sum((")
	parent := r.objective("parent")
	goal := r.objective("goal", naming(kpi), func(o *v1alpha1.Objective) {
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: "parent"}
		o.Spec.CheckInEvery = "7d"
	})
	kr := r.keyResult("key", "goal", r.series("latency")+" + 0", fromTo("800", "300"))
	byKPI := r.keyResult("by-kpi", "goal", "", fromTo("800", "300"), measuredBy(kpi), func(kr *v1alpha1.KeyResult) { kr.Spec.Weight = new(int32) })
	byHand := r.keyResult("by-hand", "goal", "", fromTo("0", "10"), func(kr *v1alpha1.KeyResult) { kr.Spec.Weight = new(int32) })
	r.create(kpi, lonely, unmeasured, typo, parent, goal, kr, byKPI, byHand)
	r.start()
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	r.await(unmeasured, func() error {
		return has(unmeasured.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, "")
	})
	r.await(kr, func() error { return percent("progress", kr.Status.ProgressPercent, 77) })
	r.await(goal, func() error { return percent("progress", goal.Status.ProgressPercent, 77) })
	r.await(byKPI, func() error { return percent("progress", byKPI.Status.ProgressPercent, 77) })
	expected := float64(*goal.Status.ExpectedPercent) / 100

	// Labels are printed by name.
	series := func(metric, name, health string) string {
		if health != "" {
			health = fmt.Sprintf("health=%q,", health)
		}
		return fmt.Sprintf(`%s{goal_namespace=%q,%sname=%q}`, metric, r.namespace, health, name)
	}
	measured := func(metric, name, source, reason string) string {
		return fmt.Sprintf(`%s{goal_namespace=%q,name=%q,reason=%q,source=%q}`, metric, r.namespace, name, reason, source)
	}
	anything := math.NaN()
	want := map[string]float64{
		series("okr_objective_progress_ratio", "goal", ""):                                          0.77,
		series("okr_objective_expected_ratio", "goal", ""):                                          expected,
		series("okr_objective_health", "goal", "OnTrack"):                                           1,
		series("okr_objective_checked_in", "goal", ""):                                              0,
		series("okr_objective_checked_in", "parent", ""):                                            1,
		series("okr_keyresult_progress_ratio", "key", ""):                                           0.77,
		series("okr_keyresult_expected_ratio", "key", ""):                                           expected,
		series("okr_keyresult_health", "key", "OnTrack"):                                            1,
		series("okr_keyresult_value", "key", ""):                                                    412.25,
		series("okr_kpi_value", "latency", ""):                                                      412.25,
		series("okr_kpi_health", "latency", "Healthy"):                                              1,
		series("okr_kpi_aligned", "latency", ""):                                                    1,
		series("okr_kpi_needs_objective", "latency", ""):                                            0,
		series("okr_kpi_value", "lonely", ""):                                                       824.5,
		series("okr_kpi_health", "lonely", "Unhealthy"):                                             1,
		series("okr_kpi_health", "unmeasured", "Unknown"):                                           1,
		measured("okr_keyresult_measured", "key", r.namespace, "Sampled"):                           1,
		measured("okr_keyresult_measured", "by-kpi", r.namespace, "Sampled"):                        1,
		measured("okr_keyresult_measured", "by-hand", "", "NoCheckIn"):                              0,
		measured("okr_kpi_measured", "latency", r.namespace, "Sampled"):                             1,
		measured("okr_kpi_measured", "unmeasured", r.namespace, "NoData"):                           0,
		measured("okr_kpi_measured", "typo", r.namespace, "InvalidQuery"):                           0,
		fmt.Sprintf(`okr_kpi_target{bound="atMost",goal_namespace=%q,name="latency"}`, r.namespace): 500,
		fmt.Sprintf(`okr_source_reachable{source=%q}`, r.namespace):                                 1,
		"okr_status_interval_seconds":                                                               r.statusInterval.Seconds(),
		fmt.Sprintf(`okr_source_last_success_timestamp_seconds{source=%q}`, r.namespace):            anything,
		fmt.Sprintf(`okr_source_query_duration_seconds_count{source=%q}`, r.namespace):              anything,
		fmt.Sprintf(`okr_source_queries_total{outcome="Sampled",source=%q}`, r.namespace):           anything,
		fmt.Sprintf(`okr_source_queries_total{outcome="NoData",source=%q}`, r.namespace):            anything,
		fmt.Sprintf(`okr_source_breaker_open{source=%q}`, r.namespace):                              0,
		"okr_sampler_entries": 5,
	}
	r.soon(func() error {
		got := r.scrape()
		var complaints []error
		for name, value := range want {
			v, found := got[name]
			if !found || (v != value && !math.IsNaN(value)) {
				complaints = append(complaints, fmt.Errorf("%s is %v (there: %v), want %v", name, v, found, value))
			}
		}
		return all(complaints...)
	})
	got := r.scrape()
	for _, info := range []string{
		fmt.Sprintf(`okr_objective_info{goal_namespace=%[1]q,level="Team",name="goal",owner="checkout",parent="%[1]s/parent",period=%[2]q,title="Checkout feels instant"}`, r.namespace, goal.Spec.Period),
		fmt.Sprintf(`okr_objective_info{goal_namespace=%q,level="Team",name="parent",owner="checkout",parent="",period=%q,title="Checkout feels instant"}`, r.namespace, goal.Spec.Period),
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

	for name := range got {
		if strings.HasPrefix(name, "okr_objective_score") || strings.HasPrefix(name, "okr_objective_reviewed") {
			t.Errorf("%s: no objective is over", name)
		}
	}

	// The key result goes before its objective, without which it would ask nothing anyway.
	r.delete(kr)
	r.delete(byKPI)
	r.delete(byHand)
	r.soon(func() error { return is("entries", r.env.sampler.Entries(), 4) })
	r.delete(goal)
	r.delete(parent)
	r.delete(kpi)
	r.delete(lonely)
	r.delete(unmeasured)
	r.delete(typo)
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

// What is known only when an objective is over is shown from then on.
func TestMetricsShowScoreAndReviewOfAnObjectiveThatIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	goal := r.objective("goal", func(o *v1alpha1.Objective) {
		o.Spec.Period, o.Spec.CheckInEvery = daysFrom(today.AddDate(0, 0, -40), today.AddDate(0, 0, -20)), "7d"
	})
	kr := r.keyResult("key", "goal", "", fromTo("800", "300"), func(kr *v1alpha1.KeyResult) {
		kr.Spec.Final = &v1alpha1.FinalRecord{Date: day(today.AddDate(0, 0, -21)), Score: new(v1alpha1.Score("0.9"))}
	})
	r.create(goal, kr)
	r.clock.move(okr.Settle + time.Second)
	r.start()
	r.await(goal, func() error { return is("health", goal.Status.Health, v1alpha1.HealthMissed) })
	labels := fmt.Sprintf(`{goal_namespace=%q,name="goal"}`, r.namespace)
	shows := func(metric string, want float64) {
		t.Helper()
		r.soon(func() error {
			got, found := r.scrape()[metric+labels]
			return all(is(metric+" is there", found, true), is(metric, got, want))
		})
	}
	shows("okr_objective_score_ratio", 0.9)
	shows("okr_objective_reviewed", 0)
	if v, found := r.scrape()["okr_objective_checked_in"+labels]; found {
		t.Errorf("whether somebody checked in is %v, want nothing when the objective is over", v)
	}
	r.edit(goal, func() { goal.Spec.Review = &v1alpha1.Review{Outcome: "Checkout is quick."} })
	shows("okr_objective_reviewed", 1)
}

func TestConditionIsOneOrZeroAndNothingWhileUnknown(t *testing.T) {
	desc := describeSource("test", "A test.")
	for _, test := range []struct {
		reason string
		status metav1.ConditionStatus
		want   []float64
	}{
		{"True is 1", metav1.ConditionTrue, []float64{1}},
		{"False is 0", metav1.ConditionFalse, []float64{0}},
		{"unknown is not 0", metav1.ConditionUnknown, nil},
		{"neither is what was never looked at", "", nil},
	} {
		var conditions []metav1.Condition
		if test.status != "" {
			conditions = append(conditions, metav1.Condition{Type: "Saturated", Status: test.status})
		}
		out := make(chan prometheus.Metric, 1)
		emitter(out).condition(desc, conditions, "Saturated", "default")
		close(out)
		var got []float64
		for m := range out {
			var written dto.Metric
			if err := m.Write(&written); err != nil {
				t.Fatal(err)
			}
			got = append(got, written.GetGauge().GetValue())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.reason, got, test.want)
		}
	}
}

// A number that nobody asks for is one that is not there: an alert must be able to say so. What people keep, and what is given up,
// is not asked for in any case.
func TestMeasuredIsZeroWhereNothingCanBeAsked(t *testing.T) {
	condition := func(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: reason}
	}
	metric := &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}}
	for _, test := range []struct {
		reason          string
		ready, measured metav1.Condition
		metric          *v1alpha1.Metric
		want            []float64
	}{
		{
			"a query that does not parse", condition("Ready", metav1.ConditionFalse, "Stalled"),
			condition("Measured", metav1.ConditionUnknown, "InvalidQuery"), metric, []float64{0},
		},
		{
			"given up", condition("Ready", metav1.ConditionTrue, "Ready"),
			condition("Measured", metav1.ConditionUnknown, "Cancelled"), metric, nil,
		},
		{
			"people keep it, and its objective is missing", condition("Ready", metav1.ConditionFalse, "ReferenceNotFound"),
			condition("Measured", metav1.ConditionUnknown, "ReferenceNotFound"), nil, nil,
		},
		{
			"a final value stays, whatever has become of the references", condition("Ready", metav1.ConditionFalse, "ReferenceNotFound"),
			condition("Measured", metav1.ConditionTrue, "Sampled"), metric, []float64{1},
		},
	} {
		out := make(chan prometheus.Metric, 1)
		emitter(out).measured(kpiMeasured, &v1alpha1.KPI{}, []metav1.Condition{test.ready, test.measured}, test.metric)
		close(out)
		var got []float64
		for m := range out {
			var written dto.Metric
			if err := m.Write(&written); err != nil {
				t.Fatal(err)
			}
			got = append(got, written.GetGauge().GetValue())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.reason, got, test.want)
		}
	}
}
