package main

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// version is a KPI as a watch sends it.
func version(number string, generation int64, measured metav1.ConditionStatus, health v1alpha1.KPIHealth) *v1alpha1.KPI {
	kpi := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "k", ResourceVersion: number, Generation: generation}}
	kpi.Status.ObservedGeneration, kpi.Status.Health = generation, health
	kpi.Status.Conditions = []metav1.Condition{
		{Type: v1alpha1.MeasuredCondition, Status: measured},
		{Type: v1alpha1.AlignedCondition, Status: metav1.ConditionFalse},
	}
	return kpi
}

func TestWatchedCounts(t *testing.T) {
	w := &watched{kpis: map[client.ObjectKey]seen{}, edits: map[client.ObjectKey]*edit{}}
	for _, step := range []struct {
		reason                            string
		kpi                               *v1alpha1.KPI
		writes, losses, measured, settled int
	}{
		{"a KPI that is new is no write", version("1", 1, metav1.ConditionUnknown, ""), 0, 0, 0, 0},
		{"a new version of the same generation is one", version("2", 1, metav1.ConditionTrue, v1alpha1.KPIHealthy), 1, 0, 1, 1},
		{"the same version again, after an interrupted watch, is none", version("2", 1, metav1.ConditionTrue, v1alpha1.KPIHealthy), 1, 0, 1, 1},
		{"an edit is none", version("3", 2, metav1.ConditionTrue, v1alpha1.KPIHealthy), 1, 0, 1, 1},
		{"a value that is not there any more is lost", version("4", 2, metav1.ConditionFalse, v1alpha1.KPIUnknown), 2, 1, 0, 0},
	} {
		if err := w.Update(step.kpi); err != nil {
			t.Fatal(err)
		}
		writes, losses := w.counts()
		exist, measured, settled := w.progress()
		if exist != 1 || writes != step.writes || losses != step.losses || measured != step.measured || settled != step.settled {
			t.Errorf("%s: %d writes, %d losses, %d measured, %d settled; want %d, %d, %d, %d", step.reason,
				writes, losses, measured, settled, step.writes, step.losses, step.measured, step.settled)
		}
	}
}

func TestWatchedAwaitsAnEdit(t *testing.T) {
	w := &watched{kpis: map[client.ObjectKey]seen{}, edits: map[client.ObjectKey]*edit{}}
	update := func(kpi *v1alpha1.KPI) {
		if err := w.Update(kpi); err != nil {
			t.Fatal(err)
		}
	}
	update(version("1", 1, metav1.ConditionTrue, v1alpha1.KPIHealthy))
	follows, err := w.await(client.ObjectKey{Namespace: "n", Name: "k"}, v1alpha1.KPIUnhealthy)
	if err != nil {
		t.Fatal(err)
	}
	behind := version("2", 2, metav1.ConditionTrue, v1alpha1.KPIHealthy)
	behind.Status.ObservedGeneration = 1
	update(behind)
	update(version("3", 1, metav1.ConditionTrue, v1alpha1.KPIUnhealthy)) // About the spec before the edit.
	select {
	case <-follows:
		t.Fatal("the edit was taken for done before the status was about it")
	default:
	}
	update(version("4", 2, metav1.ConditionTrue, v1alpha1.KPIUnhealthy))
	select {
	case took := <-follows:
		if took <= 0 {
			t.Errorf("it took %s", took)
		}
	default:
		t.Fatal("the edit was not seen in the status")
	}
	if _, err := w.await(client.ObjectKey{Namespace: "n", Name: "other"}, v1alpha1.KPIUnhealthy); err == nil {
		t.Error("an edit of a KPI that nobody has seen is waited for")
	}
}
