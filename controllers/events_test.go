package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

func TestEventsTellTransitionsOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	kpi := r.kpi("latency", r.series("latency"))
	r.create(kpi)
	r.start()
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	r.set("latency", 800)
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy) })
	r.set("latency", 801) // no transition
	r.await(kpi, func() error { return is("value", kpi.Status.Value, "801 ms") })
	r.set("latency", 300)
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	r.soon(func() error {
		var list eventsv1.EventList
		if err := admin.List(t.Context(), &list, client.InNamespace(r.namespace)); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(list.Items, func(a, b eventsv1.Event) int { return a.EventTime.Compare(b.EventTime.Time) })
		var got []string
		for i := range list.Items {
			e := &list.Items[i]
			got = append(got, fmt.Sprintf("%s %s %s", e.Type, e.Reason, e.Note))
		}
		return is("events", strings.Join(got, "; "), "Normal Healthy 412 ms is inside the target of ≤ 500 ms; "+
			"Warning Unhealthy 800 ms is outside the target of ≤ 500 ms; Normal Healthy 300 ms is inside the target of ≤ 500 ms")
	})
}
