package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// expected is what some samples are there to show, in the middle of their quarter.
var expected = []struct{ kind, namespace, name, health, why string }{
	{"Objective", "product", "more-engagement", "OnTrack", "half of the way at half time"},
	{"Objective", "social", "community", "AtRisk", "one of its key results is off track"},
	{"KeyResult", "social", "influencer-leads", "OffTrack", "a fifth of the way at half time"},
	{"KeyResult", "marketing", "content-shares", "AtRisk", "a third of the way at half time"},
	{"KeyResult", "car-sales", "electric-sales", "OnTrack", "89 percent, seven weeks before the year ends"},
	{"KeyResult", "platform", "restore-within-the-hour", "OnTrack", "its checkpoint says that it moves late"},
	{"KeyResult", "web-agency", "first-quarter-sales", "Pending", "it begins next year"},
	{"Objective", "platform", "teams-help-themselves", "Pending", "it is a draft"},
	{"Objective", "platform", "deploys-are-a-non-event", "Achieved", "0.78 of an aspiration"},
	{"Objective", "marketing", "found-by-the-right-people", "Missed", "0.84 of a promise"},
	{"Objective", "company", "double-earnings", "OnTrack", "its teams are, by weight and days"},
	{"Objective", "car-maker", "lead-in-electric", "OnTrack", "its departments are"},
	{"KeyResult", "product", "competitor-ideas", "OnTrack", "what was due is done"},
	{"KeyResult", "marketing", "acquisition-cost", "OnTrack", "the check-ins say half of the way"},
	{"KeyResult", "sales", "satisfaction", "OnTrack", "the guard's share is enough for now"},
	{"KeyResult", "social", "live-audience", "Cancelled", "it was given up"},
	{"KPI", "company", "return-on-investment", "Healthy", "the newest reading is inside the band"},
	{"KPI", "marketing", "customer-acquisition-cost", "Warning", "the newest reading is close to the bound"},
	{"KPI", "online-shop", "inventory-turnover", "Unhealthy", "people live with it for a while"},
	{"KPI", "car-production", "defect-rate", "Warning", "it is close to its bound"},
	{"KPI", "company", "revenue-growth", "Healthy", "it is compared with a month ago"},
}

// waitExpected waits until the samples show what they are there for.
func (d *demo) waitExpected(ctx context.Context) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		for _, e := range expected {
			goal := &unstructured.Unstructured{}
			goal.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(e.kind))
			if err := reader.Get(ctx, client.ObjectKey{Namespace: e.namespace, Name: e.name}, goal); err != nil {
				return "", err
			}
			health, _, err := unstructured.NestedString(goal.Object, "status", "health")
			if err != nil {
				return "", err
			}
			if health != e.health {
				return fmt.Sprintf("%s %s/%s is %s, and should be %s: %s", e.kind, e.namespace, e.name, health, e.health, e.why), nil
			}
		}
		return "", nil
	})
}
