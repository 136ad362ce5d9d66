package controllers

import (
	"context"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"okr.dev/controller/api/v1alpha1"
)

// What cannot be provoked at a real server in reasonable time: the watch events around an interrupted watch and a
// namespace that becomes known after what is in it.
func TestPredicatesPassWhatArrivesInUnusualWays(t *testing.T) {
	r := &rig{namespace: "any"}
	before, after := r.kpi("kpi", "x"), r.kpi("kpi", "x")
	before.UID, after.UID = "first", "second"
	before.Generation, after.Generation = 1, 1
	if !specChanged.Update(event.UpdateEvent{ObjectOld: before, ObjectNew: after}) {
		t.Error("an object that was deleted and created again during a broken watch is not looked at")
	}
	namespace := r.newNamespace("new")
	if !labelsChanged.Create(event.CreateEvent{Object: namespace}) {
		t.Error("a namespace that becomes known after its objects does not have them looked at")
	}
	if labelsChanged.Create(event.CreateEvent{Object: namespace, IsInInitialList: true}) {
		t.Error("a start looks at everything twice")
	}
}

func TestAnEditGoesBeforeWhatManyWaitFor(t *testing.T) {
	q := priorityqueue.New[reconcile.Request]("test")
	defer q.ShutDown()
	var many []client.ObjectKey
	for i := range 100 {
		many = append(many, client.ObjectKey{Namespace: "any", Name: fmt.Sprint("dependent-", i)})
	}
	source := enqueueBehind(func(context.Context, client.Object) ([]client.ObjectKey, error) { return many, nil })
	source.Update(t.Context(), event.UpdateEvent{ObjectOld: &v1alpha1.MetricSource{}, ObjectNew: &v1alpha1.MetricSource{}}, q)
	bell := &alarm{queues: map[string]queue{kindKPI: q}}
	bell.wake(ownerOf(kindKPI, client.ObjectKey{Namespace: "any", Name: "moved"}))
	version := func(v string) *v1alpha1.KPI {
		return &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "any", Name: "edited", ResourceVersion: v}}
	}
	(&handler.EnqueueRequestForObject{}).Update(t.Context(), event.UpdateEvent{ObjectOld: version("1"), ObjectNew: version("2")}, q)
	for _, want := range []string{"edited", "moved", "dependent-0", "dependent-1"} {
		next, _ := q.Get()
		q.Done(next)
		if next.Name != want {
			t.Errorf("%q is looked at when it was the turn of %q", next.Name, want)
		}
	}
}
