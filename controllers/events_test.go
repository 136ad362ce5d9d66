package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
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

// The cluster's role view reads events: where it is not to read goals, there are none about them. Those about sources stay.
func TestPrivateGoalsHaveNoEvents(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	told := events.NewFakeRecorder(100)
	r.privateGoals, r.events = true, told
	r.set("latency", 412)
	kpi := r.kpi("latency", r.series("latency"))
	r.create(kpi)
	r.start()
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	r.set("latency", 800)
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy) })
	r.use(v1alpha1.PrometheusEndpoint{URL: "http://127.0.0.1:1"})
	if first := <-told.Events; !strings.HasPrefix(first, "Warning NotReachable ") {
		t.Errorf("the first event is %q, want the source's", first)
	}
	r.stop()
	close(told.Events)
	for event := range told.Events {
		if strings.Contains(event, " ms") {
			t.Errorf("told of a goal: %s", event)
		}
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	condition := func(kind string, status metav1.ConditionStatus, reason string) *metav1.Condition {
		return &metav1.Condition{Type: kind, Status: status, Reason: reason}
	}
	yes, no, unknown := metav1.ConditionTrue, metav1.ConditionFalse, metav1.ConditionUnknown
	cases := map[string]struct {
		reason    string
		then, now *metav1.Condition
		want      string
	}{
		"StalledFromBirth": {"nobody should have to look for it", nil, condition("Stalled", yes, "InvalidQuery"), "Stalled"},
		"FineFromBirth":    {"what is fine is what everybody expects", nil, condition("Stalled", no, "AsExpected"), ""},
		"NotFound":         {"a reference that is missing", nil, condition("Ready", no, "ReferenceNotFound"), "ReferenceNotFound"},
		"Healed":           {"and is there", condition("Ready", no, "ReferenceNotFound"), condition("Ready", yes, "Ready"), "Ready"},
		"ToldByStalled":    {"Stalled has told it", condition("Ready", yes, "Ready"), condition("Ready", no, "Stalled"), ""},
		"MendedIsToldOnce": {"Stalled tells that too", condition("Ready", no, "Stalled"), condition("Ready", yes, "Ready"), ""},
		"MendedInPart":     {"what is still missing was not told", condition("Ready", no, "Stalled"), condition("Ready", no, "ReferenceNotFound"), "ReferenceNotFound"},
		"Same":             {"nothing changed", condition("Reachable", no, "Timeout"), condition("Reachable", no, "SourceUnavailable"), ""},
		"ToUnknown":        {"not known is no news of this condition", condition("Aligned", yes, "ObjectiveActive"), condition("Aligned", unknown, "Settling"), ""},
		"Needed":           {"a KPI needs an objective", condition("NeedsObjective", unknown, "Settling"), condition("NeedsObjective", yes, "Unhealthy"), "NeedsObjective"},
		"NotNeeded":        {"and has one", condition("NeedsObjective", yes, "Unhealthy"), condition("NeedsObjective", no, "AsExpected"), "ObjectiveNotNeeded"},
		"Dangling":         {"a misspelt kpiRef", condition("ResolvedRefs", yes, "Resolved"), condition("ResolvedRefs", no, "ReferenceNotFound"), "ReferenceNotFound"},
		"Saturated":        {"more is asked than the limits admit", condition("Saturated", unknown, "Pending"), condition("Saturated", yes, "DemandAboveLimits"), "Saturated"},
		"NotSaturated":     {"and not any more", condition("Saturated", yes, "DemandAboveLimits"), condition("Saturated", no, "AsExpected"), "NotSaturated"},
		"NotCheckedIn":     {"a check-in is overdue", condition("CheckedIn", yes, "CheckedIn"), condition("CheckedIn", no, "CheckInOverdue"), "NotCheckedIn"},
		"CheckedIn":        {"and is not any more", condition("CheckedIn", no, "CheckInOverdue"), condition("CheckedIn", yes, "CheckedIn"), "CheckedIn"},
		"OverdueAtTheEnd":  {"nobody asks any more", condition("CheckedIn", no, "CheckInOverdue"), condition("CheckedIn", unknown, "Over"), ""},
		"Measured":         {"health tells what Measured would", condition("Measured", yes, "Sampled"), condition("Measured", no, "NoData"), ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			if news(tc.then, *tc.now) {
				got = eventReason(*tc.now)
			}
			if got != tc.want {
				t.Errorf("%s: told %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}
