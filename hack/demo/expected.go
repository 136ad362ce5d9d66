package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	{"Objective", "marketing", "found-by-the-right-people", "Missed", "0.85 of a promise"},
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

// said is what else some samples are there to show: a condition, as "STATUS REASON: MESSAGE".
var said = []struct{ kind, namespace, name, condition, text string }{
	{"KeyResult", "platform", "availability-held", "OnTrack", `^True OnPace: .*outside for 0\.3\d* % of the whole time so far, and 1 %`},
	{"KeyResult", "online-shop", "satisfaction-score", "OnTrack", `^True OnPace: .*outside for 1\.[12]\d* % of the whole time so far, and 5 %`},
	{"KeyResult", "marketing", "click-through-rate", "OnTrack", `^True OnPace: .*inside the band of ≥ 20 %`},
	{"KeyResult", "mobile-app", "crash-rate", "OnTrack", `^True OnPace: .*inside the band of ≤ 1 %`},
	{"KeyResult", "web-agency", "social-posts", "OnTrack", `^True OnPace: .*inside the band of ≥ 10 posts`},
	{"KeyResult", "sales", "satisfaction", "Measured", `^True GuardNotMet: .*: 7[345](\.\d+)? of at least 100`},
	{"KeyResult", "sales", "satisfaction", "OnTrack", `the guard holds it back to 7[345] %`},
	{"Objective", "marketing", "found-by-the-right-people", "OnTrack", `^False Missed: over: score 0\.85 \(Amber\)`},
	{"KPI", "online-shop", "inventory-turnover", "NeedsObjective", `^False Accepted: `},
}

// serversOwn are the KPIs of the servers that the demo runs: a busy machine makes them unhealthy, which is no fault of the
// samples.
var serversOwn = []string{"KPI platform/api-availability", "KPI platform/api-latency-p99", "KPI platform/etcd-fsync-p99", "KPI platform/scrape-health"}

// waitExpected waits until the samples show what they are there for.
func (d *demo) waitExpected(ctx context.Context) error {
	reader, err := d.goals()
	if err != nil {
		return err
	}
	return d.until(ctx, func(ctx context.Context) (string, error) {
		goals, err := readGoals(ctx, reader)
		if err != nil {
			return "", err
		}
		return unexpected(goals), nil
	})
}

// unexpected is the first thing that is not as it should be; empty if all is.
func unexpected(goals map[string]shownGoal) string {
	for _, e := range expected {
		name := e.kind + " " + e.namespace + "/" + e.name
		if health := goals[name].health; health != e.health {
			return fmt.Sprintf("%s is %s, and should be %s: %s", name, health, e.health, e.why)
		}
	}
	for _, e := range said {
		name := e.kind + " " + e.namespace + "/" + e.name
		if text := goals[name].says(e.condition); !regexp.MustCompile(e.text).MatchString(text) {
			return fmt.Sprintf("%s has %s=%s, and should have %s", name, e.condition, text, e.text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(goals)) {
		for _, condition := range []string{v1alpha1.ReadyCondition, v1alpha1.WellFormedCondition} {
			if condition == v1alpha1.WellFormedCondition && slices.Contains(serversOwn, name) {
				continue
			}
			if text := goals[name].says(condition); !strings.HasPrefix(text, "True ") {
				return fmt.Sprintf("%s has %s=%s", name, condition, text)
			}
		}
		if lacks := goals[name].lacks; lacks != "" {
			return name + lacks
		}
	}
	return ""
}

// shownGoal is what a goal shows.
type shownGoal struct {
	health     string
	conditions []metav1.Condition
	// lacks is what its status should hold beside them, and does not.
	lacks string
}

// says is a condition in one line; empty if there is none.
func (g shownGoal) says(condition string) string {
	c := meta.FindStatusCondition(g.conditions, condition)
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s %s: %s", c.Status, c.Reason, c.Message)
}

// readGoals reads what all goals show, by kind, namespace and name.
func readGoals(ctx context.Context, reader client.Reader) (map[string]shownGoal, error) {
	var objectives v1alpha1.ObjectiveList
	var keyResults v1alpha1.KeyResultList
	var kpis v1alpha1.KPIList
	for _, list := range []client.ObjectList{&objectives, &keyResults, &kpis} {
		if err := reader.List(ctx, list); err != nil {
			return nil, err
		}
	}
	goals := map[string]shownGoal{}
	for i := range objectives.Items {
		o := &objectives.Items[i]
		goals["Objective "+o.Namespace+"/"+o.Name] = shownGoal{string(o.Status.Health), o.Status.Conditions, lacksImpact(o)}
	}
	for i := range keyResults.Items {
		kr := &keyResults.Items[i]
		goals["KeyResult "+kr.Namespace+"/"+kr.Name] = shownGoal{string(kr.Status.Health), kr.Status.Conditions, ""}
	}
	for i := range kpis.Items {
		kpi := &kpis.Items[i]
		goals["KPI "+kpi.Namespace+"/"+kpi.Name] = shownGoal{string(kpi.Status.Health), kpi.Status.Conditions, lacksTrend(kpi)}
	}
	return goals, nil
}

// lacksImpact says which objective is over and does not know what became of its KPIs.
func lacksImpact(o *v1alpha1.Objective) string {
	if o.Status.Final == nil {
		return ""
	}
	if known := len(o.Status.KPIImpact); known < len(o.Spec.KPIRefs) {
		return fmt.Sprintf(" knows of %d of its %d KPIs what became of them", known, len(o.Spec.KPIRefs))
	}
	for _, kpi := range o.Status.KPIImpact {
		if kpi.Change == "" {
			return fmt.Sprintf(" does not know how far %s has moved", kpi.KPI)
		}
	}
	return ""
}

// lacksTrend says which KPI is compared with a month ago and has not moved. All that Prometheus is asked for has.
func lacksTrend(kpi *v1alpha1.KPI) string {
	if kpi.Spec.Metric == nil || kpi.Spec.CompareTo != "30d" {
		return ""
	}
	if kpi.Status.Trend == nil || kpi.Status.Trend.ChangePercent == "0.0" {
		return " has not moved in 30 days"
	}
	return ""
}
