package controllers

import (
	"fmt"
	"testing"
	"time"

	promapi "github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// forgetful is a real Prometheus that keeps data for an hour, in blocks of ten minutes, with six hours written to it.
func (r *rig) forgetful() *servers.Prometheus {
	r.Helper()
	p, err := servers.StartPrometheus(r.Context(), servers.PrometheusOptions{
		Dir: r.TempDir(), RetentionTime: time.Hour, BlockDuration: 10 * time.Minute,
	})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() {
		if err := p.Stop(); err != nil {
			r.Error(err)
		}
	})
	now := time.Now()
	write := func(from, to time.Duration) {
		r.Helper()
		s := servers.Series{Name: "orders_total"}
		for ago := from; ago >= to; ago -= time.Minute {
			s.Points = append(s.Points, servers.Point{Time: now.Add(-ago), Value: float64((6*time.Hour - ago) / time.Minute)})
		}
		if err := p.Write(r.Context(), s); err != nil {
			r.Fatal(err)
		}
	}
	// It cuts blocks when something is written, and forgets when it cuts.
	for hours := range 6 {
		write(time.Duration(6-hours)*time.Hour, time.Duration(5-hours)*time.Hour+time.Minute)
	}
	write(0, 0)
	c, err := promapi.NewClient(promapi.Config{Address: p.URL})
	if err != nil {
		r.Fatal(err)
	}
	r.soon(func() error {
		answer, _, _, err := promv1.NewAPI(c).Query(r.Context(), "count_over_time(orders_total[5h])", now.Add(-90*time.Minute))
		if err != nil {
			return err
		}
		if vector, ok := answer.(model.Vector); !ok || len(vector) > 0 {
			return fmt.Errorf("it still knows what was 90 minutes ago: %v", answer)
		}
		return nil
	})
	return p
}

func TestRetentionShorterThanTheQuestionIsHistoryUnavailableAndNever0(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	source := r.source(r.namespace+"-forgetful", r.forgetful().URL)
	elsewhere := func(m *v1alpha1.Metric) { m.SourceRef.Name = source.Name }
	kpi := func(name, query string) *v1alpha1.KPI {
		return r.kpi(name, query, func(k *v1alpha1.KPI) { elsewhere(k.Spec.Metric) })
	}
	forgotten := []*v1alpha1.KPI{
		kpi("increase", "sum(increase(orders_total[4h]))"), // over a fraction of its range
		kpi("or-zero", "sum(increase(orders_total[4h])) or vector(0)"),
		kpi("offset", "sum(orders_total offset 4h) or vector(0)"),
	}
	remembered := kpi("remembered", "sum(increase(orders_total[10m])) or vector(0)")
	baseline := r.keyResult("baseline", "goal", "sum(orders_total) or vector(0)", v1alpha1.Reach{Change: "+20%"},
		func(kr *v1alpha1.KeyResult) { elsewhere(kr.Spec.Metric) })
	r.create(source, remembered, r.objective("goal"), baseline)
	for _, kpi := range forgotten {
		r.create(kpi)
	}
	seen := r.kpiStatuses(r.namespace)
	r.start()
	for _, kpi := range forgotten {
		r.await(kpi, func() error {
			return all(is("health", kpi.Status.Health, v1alpha1.KPIUnknown), is("value", kpi.Status.Value, ""),
				has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.HistoryUnavailable)),
				has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
		})
	}
	r.await(remembered, func() error { return is("health", remembered.Status.Health, v1alpha1.KPIHealthy) })
	r.await(baseline, func() error {
		return all(is("health", baseline.Status.Health, v1alpha1.HealthUnknown), is("baseline", baseline.Status.Baseline, ""),
			is("progress is shown", baseline.Status.ProgressPercent != nil, false),
			has(baseline.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionUnknown, string(sample.HistoryUnavailable)))
	})
	for _, version := range seen() {
		if h := version.Status.Health; version.Name != remembered.Name && h != "" && h != v1alpha1.KPIUnknown {
			t.Errorf("%s was %s with %s", version.Name, h, version.Status.Value)
		}
	}
}

func TestLateDataIsWaitedForAndTakenWithItsTrueTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	// A source whose data arrives late is asked about a while ago.
	const offset = 2 * time.Minute
	late := r.source(r.namespace+"-late", prometheusServer.URL)
	late.Spec.QueryOffset = "2m"
	now := time.Now()
	r.write("latency", servers.Point{Time: now.Add(-3 * time.Minute), Value: 412}, servers.Point{Time: now.Add(-30 * time.Second), Value: 900})
	kpi := r.kpi("offset", r.series("latency"), func(k *v1alpha1.KPI) { k.Spec.Metric.SourceRef.Name = late.Name })
	// A quarter that ended in a gap of scrapes, of which nothing has arrived yet.
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	over := r.objective("over", func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) })
	closed := r.keyResult("closed", "over", r.series("closed"), fromTo("800", "300"))
	r.create(late, kpi, over, closed)
	r.clock.move(okr.Settle + time.Second)
	r.start()
	r.await(kpi, func() error {
		if kpi.Status.Measurement == nil {
			return fmt.Errorf("not measured yet")
		}
		if at := kpi.Status.Measurement.Time.Time; time.Since(at) < offset-time.Second {
			return fmt.Errorf("asked about %s, which is less than the offset ago", at)
		}
		return all(is("value", kpi.Status.Value, "412 ms"), is("health", kpi.Status.Health, v1alpha1.KPIHealthy))
	})
	r.await(closed, func() error {
		return all(is("health", closed.Status.Health, v1alpha1.HealthUnknown), is("final", closed.Status.Final == nil, true),
			has(closed.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionUnknown, v1alpha1.ReasonClosing))
	})

	// It arrives two days late, up to a while before the end: what was measured last counts, with its time. It is
	// asked for again within the hour, or when the controller starts.
	last := end.Add(-20 * time.Minute)
	r.write("closed", servers.Point{Time: first.Add(time.Hour), Value: 800}, servers.Point{Time: last, Value: 350})
	r.stop()
	r.start()
	r.await(closed, func() error {
		if closed.Status.Final == nil {
			return fmt.Errorf("there is no final yet")
		}
		return is("score", closed.Status.Final.Score, "0.90")
	})
	if at := closed.Status.Measurement.Time.Time; at.After(last.Add(6*time.Minute)) || at.Before(last) {
		t.Errorf("the final value is said to be from %s; it is from %s, and was seen for 5 minutes", at, last)
	}
}

// TestHistoryIsAskedForOnceAndHoldsWhatTheSourceStillKnows: a real Prometheus has scraped now and then. What it does not
// know is no point, although the query says 0.
func TestHistoryIsAskedForOnceAndHoldsWhatTheSourceStillKnows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	days := func(n int) time.Time { return begins.AddDate(0, 0, n) } // the 60th is today
	r.write("latency", justBefore(800, begins), justBefore(700, days(14)), justBefore(600, days(56)), justBefore(510, days(57)),
		justBefore(505.125, days(59)), justBefore(412, time.Now()))
	query := "sum(" + r.series("latency") + ") or vector(0)"
	kpi, kr := r.kpi("latency", query), r.keyResult("latency", "goal", query, fromTo("800", "300"))
	r.create(kpi, r.objective("goal"), kr)
	r.start()
	told := func(history []v1alpha1.HistoryPoint) string {
		var text string
		for _, p := range history {
			day := p.Time.Sub(begins) / (24 * time.Hour)
			text += fmt.Sprintf("%d: %s; ", day, p.Value)
		}
		return text
	}
	r.await(kpi, func() error {
		return is("history", told(kpi.Status.History), "56: 600; 57: 510; 59: 505.1; 60: 412; ")
	})
	r.await(kr, func() error { return is("history", told(kr.Status.History), "0: 800; 14: 700; 56: 600; ") })
	r.soon(func() error { return is("questions", r.env.sampler.Entries(), 2) }) // the probe, and the one that both ask now
}
