package controllers

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// practised reports whether WellFormed says so, beginning with these words.
func practised(conditions []metav1.Condition, status metav1.ConditionStatus, words string) error {
	if err := has(conditions, v1alpha1.WellFormedCondition, status, ""); err != nil {
		return err
	}
	if text := meta.FindStatusCondition(conditions, v1alpha1.WellFormedCondition).Message; !strings.HasPrefix(text, words) {
		return fmt.Errorf("WellFormed says %q, want %q…", text, words)
	}
	return nil
}

func TestBrokenRulesAreShownAndSilencedByAnAnnotationAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 400)
	query := fmt.Sprintf("max(%s)", r.series("latency"))
	kpi := r.kpi("latency", query, func(k *v1alpha1.KPI) { k.Spec.Description = "call the team" })
	goal := r.objective("instant", naming(kpi), func(o *v1alpha1.Objective) {
		o.Spec.StartOn = v1alpha1.Date(begins.Format("2006-01-02")) // it is created 60 days into its period
	})
	restating := r.keyResult("latency", "instant", "", fromTo("800", "500"), measuredBy(kpi))
	r.create(kpi, goal, restating, r.keyResult("other", "instant", query, fromTo("800", "300")))
	r.start()
	r.await(kpi, func() error { return practised(kpi.Status.Conditions, metav1.ConditionTrue, "no rule") })
	r.await(restating, func() error {
		return practised(restating.Status.Conditions, metav1.ConditionFalse, "OKR007: 500 is the target of the KPI latency")
	})
	r.await(goal, func() error {
		return all(practised(goal.Status.Conditions, metav1.ConditionFalse, "OKR009: the period has begun"),
			has(goal.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
	})
	r.edit(goal, func() { goal.Annotations = map[string]string{practice.IgnoreAnnotation: "OKR009=it is in the tracker"} })
	r.await(goal, func() error {
		return practised(goal.Status.Conditions, metav1.ConditionTrue, "advice: OKR016: ")
	})
	r.edit(goal, func() { goal.Annotations = nil })
	r.await(goal, func() error { return practised(goal.Status.Conditions, metav1.ConditionFalse, "OKR009: ") })
	r.edit(goal, func() { goal.Spec.Actions = []v1alpha1.Action{{Title: "Cache the price lookup"}} })
	r.await(goal, func() error { return practised(goal.Status.Conditions, metav1.ConditionTrue, "advice: OKR016: ") })

	// The KPI falls ill, and nobody has written why the objective is the answer.
	r.set("latency", 600)
	r.await(goal, func() error {
		return practised(goal.Status.Conditions, metav1.ConditionFalse, "OKR017: the KPI latency is unhealthy")
	})
	r.edit(goal, func() { goal.Spec.Rationale = "Five whys are in the linked document" })
	r.await(goal, func() error { return practised(goal.Status.Conditions, metav1.ConditionTrue, "advice: OKR016: ") })
}
