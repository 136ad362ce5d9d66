package controllers

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/event"
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
