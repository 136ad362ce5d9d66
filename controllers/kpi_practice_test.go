package controllers

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// byHand has a KPI kept by hand: readings of days from today, and what they were.
func byHand(readings map[int]string) func(*v1alpha1.KPI) {
	return func(k *v1alpha1.KPI) {
		k.Spec.Metric = nil
		for day, value := range readings {
			k.Spec.Readings = append(k.Spec.Readings, v1alpha1.Reading{
				Date: v1alpha1.Date(today.AddDate(0, 0, day).Format(time.DateOnly)), Value: decimal(value),
			})
		}
	}
}

func TestKPIKeptByHand(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	kpi := r.kpi("by-hand", "", byHand(map[int]string{-10: "400", -3: "412.5", 1: "900"}), func(k *v1alpha1.KPI) { k.Spec.CompareTo = "7d" })
	later := r.kpi("later", "", byHand(map[int]string{1: "5"}))
	through := r.keyResult("through", "goal", "", fromTo("800", "300"), measuredBy(kpi))
	r.create(r.objective("goal"), kpi, later, through)
	r.start()
	r.await(kpi, func() error {
		return all(is("value", kpi.Status.Value, "412.5 ms"), is("health", kpi.Status.Health, v1alpha1.KPIHealthy),
			is("trend", trendOf(kpi), "↑ 3.1 % Worsening"),
			has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
			has(kpi.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, v1alpha1.ReasonResolved),
			has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, string(sample.Sampled)),
			has(kpi.Status.Conditions, v1alpha1.AlignedCondition, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive))
	})
	r.await(later, func() error {
		return all(is("health", later.Status.Health, v1alpha1.KPIUnknown), is("value", later.Status.Value, ""),
			has(later.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, v1alpha1.ReasonNoReading))
	})
	r.await(through, func() error {
		return all(is("health", through.Status.Health, v1alpha1.HealthOnTrack), is("value", through.Status.Value, "412.5 ms"))
	})
	if err := is("questions", r.env.sampler.Entries(), 1); err != nil { // whether the source answers at all
		t.Error(err)
	}
	value := fmt.Sprintf(`okr_kpi_value{goal_namespace=%q,name="by-hand"}`, r.namespace)
	r.soon(func() error { return is("exported", r.scrape()[value], 412.5) })
	r.edit(kpi, func() { kpi.Spec.Readings[0].Note = "by the new survey" })
	r.await(kpi, func() error { return is("generation", kpi.Status.ObservedGeneration, kpi.Generation) })

	// Tomorrow, without any edit.
	r.clock.move(today.AddDate(0, 0, 1).Add(time.Minute).Sub(r.clock.Now()))
	r.look(kindKPI, kpi)
	r.look(kindKPI, later)
	r.await(kpi, func() error {
		return all(is("value", kpi.Status.Value, "900 ms"), is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy))
	})
	r.await(later, func() error { return is("health", later.Status.Health, v1alpha1.KPIHealthy) })
	r.soon(func() error { return is("exported", r.scrape()[value], 900.0) })

	// Two weeks after the last reading nobody knows.
	r.clock.move(14 * 24 * time.Hour)
	r.look(kindKPI, kpi)
	r.await(kpi, func() error {
		return all(is("value", kpi.Status.Value, "900 ms"), is("health", kpi.Status.Health, v1alpha1.KPIUnknown),
			has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, v1alpha1.ReasonStale))
	})
}

func trendOf(kpi *v1alpha1.KPI) string {
	if kpi.Status.Trend == nil {
		return ""
	}
	return kpi.Status.Trend.Summary
}

// What a real Prometheus answers about the last complete month in Berlin, DST included, and the month before.
func TestKPIOfTheLastCompleteMonth(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	last := okr.WindowMonth.LastComplete(time.Now(), berlin)
	span, before := last.Span(berlin), okr.WindowMonth.Back(last, 1).Span(berlin)
	var points []servers.Point
	for i, at := 0, before.Start.Add(-time.Hour); at.Before(time.Now()); i, at = i+1, at.Add(4*time.Minute) {
		points = append(points, servers.Point{Time: at, Value: float64(i) * float64(i) / 1e4})
	}
	r.write("orders_total", points...)
	kpi := r.kpi("orders", "sum(increase("+r.series("orders_total")+"[$__window]))", func(k *v1alpha1.KPI) {
		k.Spec.CalendarWindow, k.Spec.TimeZone, k.Spec.CompareTo, k.Spec.Unit = v1alpha1.CalendarMonth, "Europe/Berlin", "30d", "orders"
		k.Spec.Target, k.Spec.Metric.Interval = &v1alpha1.Band{AtLeast: decimal("1")}, ""
	})
	level := r.kpi("level", r.series("orders_total"), func(k *v1alpha1.KPI) {
		k.Spec.CalendarWindow, k.Spec.TimeZone, k.Spec.Metric.Interval = v1alpha1.CalendarMonth, "Europe/Berlin", ""
	})
	r.create(r.objective("goal", naming(kpi, level)), kpi, level)
	r.start()
	ask := func(s okr.Span) float64 {
		return r.direct(fmt.Sprintf("sum(increase(%s[%ds]))", r.series("orders_total"), int(s.End.Sub(s.Start).Seconds())), s.End)
	}
	value, then := ask(span), ask(before)
	t.Logf("%s to %s, %s long: %v; the month before: %v", span.Start, span.End, span.End.Sub(span.Start), value, then)
	change := strconv.FormatFloat(100*(value-then)/then, 'f', 1, 64)
	r.await(kpi, func() error {
		if kpi.Status.Measurement == nil || kpi.Status.Trend == nil {
			return fmt.Errorf("not measured, or not compared")
		}
		return all(is("value", kpi.Status.Measurement.Value, strconv.FormatFloat(sample.Round(value), 'g', -1, 64)),
			is("time", kpi.Status.Measurement.Time.Equal(&metav1.Time{Time: span.End}), true),
			is("change", kpi.Status.Trend.ChangePercent, change), is("direction", kpi.Status.Trend.Direction, v1alpha1.TrendImproving),
			is("health", kpi.Status.Health, v1alpha1.KPIHealthy),
			has(kpi.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, string(sample.Sampled)))
	})
	r.await(level, func() error {
		return is("value", level.Status.Value, sample.Display(r.direct(r.series("orders_total"), span.End))+" ms")
	})

	// It is not asked again: neither from now on, nor by another controller.
	r.look(kindKPI, kpi)
	r.look(kindKPI, level)
	r.soon(func() error { return is("questions", r.env.sampler.Entries(), 1) }) // whether the source answers at all
	r.stop()
	r.start()
	r.soon(func() error {
		if n := r.total("okr_reconciles_total", `kind="KPI"`); n < 2 {
			return fmt.Errorf("%d KPIs were looked at", n)
		}
		return nil
	})
	if writes, questions := r.total("okr_status_writes_total", `kind="KPI"`), r.env.sampler.Entries(); writes != 0 || questions > 1 {
		t.Errorf("a restart wrote %d times and has %d questions, want neither", writes, questions)
	}
	exported := fmt.Sprintf(`okr_kpi_value{goal_namespace=%q,name="orders"}`, r.namespace)
	r.soon(func() error { return is("exported", r.scrape()[exported], sample.Round(value)) })
}

func TestStretchTargetAndAcceptanceDecideWhetherAnObjectiveIsNeeded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("meetings", 150)
	kpi := r.kpi("meetings", r.series("meetings"), func(k *v1alpha1.KPI) {
		k.Spec.Target, k.Spec.StretchTarget, k.Spec.Unit = &v1alpha1.Band{AtLeast: decimal("100")}, decimal("300"), "meetings"
	})
	r.create(kpi)
	r.start()
	needs := func(status metav1.ConditionStatus, reason string) {
		t.Helper()
		r.await(kpi, func() error {
			return all(has(kpi.Status.Conditions, v1alpha1.NeedsObjectiveCondition, status, reason),
				is("health", kpi.Status.Health, v1alpha1.KPIHealthy))
		})
	}
	needs(metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.pass(okr.Settle+time.Second, kpi)
	needs(metav1.ConditionTrue, v1alpha1.ReasonShortOfStretch)
	if err := is("target", kpi.Status.Target, "≥ 100 meetings (stretch 300 meetings)"); err != nil {
		t.Error(err)
	}
	until := v1alpha1.Date(today.AddDate(0, 0, 2).Format(time.DateOnly))
	r.edit(kpi, func() { kpi.Spec.Accepted = &v1alpha1.Acceptance{Until: until, Reason: "after the fair"} })
	needs(metav1.ConditionFalse, v1alpha1.ReasonAccepted)
	r.edit(kpi, func() { kpi.Spec.Accepted.Until = v1alpha1.Date(today.AddDate(0, 0, -2).Format(time.DateOnly)) })
	needs(metav1.ConditionTrue, v1alpha1.ReasonShortOfStretch)
	r.create(r.objective("goal", naming(kpi)))
	needs(metav1.ConditionFalse, v1alpha1.ReasonAsExpected)
}

// Consent given and taken back, and cycles closed and opened, are told to all whom they concern, and nobody stops being
// measured.
func TestTreeOfKPIs(t *testing.T) {
	t.Parallel()
	r := newRig(t, "company")
	r.set("latency", 412)
	below := func(parent string) func(*v1alpha1.KPI) {
		return func(k *v1alpha1.KPI) { k.Spec.ParentRef = &v1alpha1.KPIReference{Name: parent} }
	}
	top := r.kpi("top", r.series("latency"), func(k *v1alpha1.KPI) { k.Namespace = r.others[0] })
	a := r.kpi("a", r.series("latency"), func(k *v1alpha1.KPI) {
		k.Spec.ParentRef = &v1alpha1.KPIReference{Name: "top", Namespace: r.others[0]}
	})
	b, c := r.kpi("b", r.series("latency"), below("a")), r.kpi("c", r.series("latency"), below("b"))
	r.create(r.objective("goal", naming(a, b, c)), c, b, a)
	r.start()
	resolved := func(kpi *v1alpha1.KPI, status metav1.ConditionStatus) {
		t.Helper()
		r.await(kpi, func() error {
			return all(has(kpi.Status.Conditions, v1alpha1.ResolvedRefsCondition, status, ""), is("health", kpi.Status.Health, v1alpha1.KPIHealthy),
				has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
		})
	}
	resolved(c, metav1.ConditionTrue)
	resolved(b, metav1.ConditionTrue)
	resolved(a, metav1.ConditionFalse)
	r.create(top)
	resolved(a, metav1.ConditionFalse)
	r.edit(top, func() {
		top.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromSelector,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"kpis": "shared"}}}
	})
	own := r.newNamespace(r.namespace)
	r.edit(own, func() { own.Labels["kpis"] = "shared" })
	resolved(a, metav1.ConditionTrue)
	r.edit(own, func() { delete(own.Labels, "kpis") })
	resolved(a, metav1.ConditionFalse)
	r.edit(top, func() {
		top.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
	})
	resolved(a, metav1.ConditionTrue)
	r.delete(top)
	resolved(a, metav1.ConditionFalse)

	cycle := func(status metav1.ConditionStatus, members ...*v1alpha1.KPI) {
		t.Helper()
		for _, kpi := range members {
			r.await(kpi, func() error {
				return all(has(kpi.Status.Conditions, v1alpha1.StalledCondition, status, map[metav1.ConditionStatus]string{
					metav1.ConditionTrue: v1alpha1.ReasonReferenceCycle, metav1.ConditionFalse: v1alpha1.ReasonAsExpected,
				}[status]), is("health", kpi.Status.Health, v1alpha1.KPIHealthy))
			})
		}
	}
	d := r.kpi("d", r.series("latency"), below("c"))
	r.create(d)
	r.edit(a, func() { below("c")(a) })
	cycle(metav1.ConditionTrue, a, b, c)
	cycle(metav1.ConditionFalse, d) // below the cycle, not on it
	r.edit(b, func() { below("d")(b) })
	cycle(metav1.ConditionFalse, a)
	cycle(metav1.ConditionTrue, b, c, d)
	r.delete(d)
	cycle(metav1.ConditionFalse, b, c)
	if err := admin.Get(r.Context(), client.ObjectKeyFromObject(a), a); err != nil || a.Status.Value != "412 ms" {
		t.Errorf("%v: %s", err, a.Status.Value)
	}
}
