package controllers

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
)

// A status that somebody deletes comes back as long as Prometheus still has the data, or Git has the record; when
// neither has, nothing stands in for it.
func TestDeletedStatusOfWhatIsOverComesBackFromPrometheusOrFromGitAndElseIsUnknown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	r.write("latency", justBefore(800.5, first), justBefore(350, end), servers.Point{Time: time.Now(), Value: 5000})
	kpi := r.kpi("latency", r.series("latency"))
	goal := r.objective("goal", naming(kpi), func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) })
	down := v1alpha1.Reach{Target: decimal("300"), Direction: v1alpha1.DirectionDecrease}
	recorded, lost := r.keyResult("recorded", "goal", r.series("latency"), down), r.keyResult("lost", "goal", r.series("latency"), down)
	r.create(kpi, goal, recorded, lost)
	r.clock.move(okr.Settle + time.Second)
	r.start()

	final := v1alpha1.Final{Value: "350", Time: metav1.NewTime(end), Score: "0.90", Grade: v1alpha1.GradeAmber}
	closed := func(kr *v1alpha1.KeyResult, reason string) {
		t.Helper()
		r.await(kr, func() error {
			got := kr.Status.Final
			if got == nil {
				return fmt.Errorf("no final")
			}
			return all(is("score", got.Score, final.Score), is("grade", got.Grade, final.Grade), is("value", got.Value, final.Value),
				is("its time", got.Time.Time.Equal(end), true), percent("progress", got.ProgressPercent, 90),
				has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, reason),
				has(kr.Status.Conditions, v1alpha1.ReopenedCondition, metav1.ConditionFalse, ""))
		})
	}
	told := func() {
		t.Helper()
		r.await(goal, func() error {
			if goal.Status.Final == nil || len(goal.Status.KPIImpact) != 1 {
				return fmt.Errorf("no final, or no impact")
			}
			return all(is("score", goal.Status.Final.Score, "0.90"),
				is("impact", goal.Status.KPIImpact[0], v1alpha1.KPIImpact{KPI: "latency", AtStart: "800.5 ms", AtEnd: "350 ms", Change: "-450.5 ms"}),
				has(goal.Status.Conditions, v1alpha1.ReviewedCondition, metav1.ConditionFalse, v1alpha1.ReasonNoReview))
		})
	}
	closed(recorded, "Sampled")
	closed(lost, "Sampled")
	told()

	r.wipe(recorded, lost, goal) // Prometheus still has the data
	closed(recorded, "Sampled")
	closed(lost, "Sampled")
	told()

	r.edit(recorded, func() { // what is written into Git when a period is closed
		score := v1alpha1.Score("0.90")
		recorded.Spec.Reach = &v1alpha1.Reach{Baseline: decimal("800.5"), Target: decimal("300")}
		recorded.Spec.Final = &v1alpha1.FinalRecord{Value: decimal("350"), Date: v1alpha1.Date(end.AddDate(0, 0, -1).Format(time.DateOnly)), Score: &score}
	})
	closed(recorded, v1alpha1.ReasonRecorded)
	r.delete(r.source(r.namespace, ""))
	r.wipe(recorded, lost, goal)
	closed(recorded, v1alpha1.ReasonRecorded)
	r.await(lost, func() error {
		return all(is("health", lost.Status.Health, v1alpha1.HealthUnknown), is("final", lost.Status.Final == nil, true),
			is("progress", lost.Status.ProgressPercent == nil, true))
	})
	r.await(goal, func() error {
		return all(is("health", goal.Status.Health, v1alpha1.HealthUnknown), is("final", goal.Status.Final == nil, true),
			is("impact", len(goal.Status.KPIImpact), 0))
	})
}

// wipe deletes statuses, as a restore from a backup does.
func (r *rig) wipe(objects ...client.Object) {
	r.Helper()
	for _, o := range objects {
		patch := client.RawPatch("application/merge-patch+json", []byte(`{"status":null}`))
		if err := admin.Status().Patch(r.Context(), o, patch); err != nil {
			r.Fatalf("wipe %T %s: %v", o, o.GetName(), err)
		}
	}
}
