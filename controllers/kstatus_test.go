package controllers

import (
	"fmt"
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"okr.dev/controller/api/v1alpha1"
)

// Must hold 7 of issue 2: what Flux and others that wait by kstatus see.
func TestKstatusIsInProgressBeforeTheFirstVisitCurrentWhateverTheVerdictAndFailedWhenStalled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.various()
	source := r.source(r.namespace, "")
	want := map[client.Object]status.Status{
		r.objective("goal"):                                   status.CurrentStatus, // off track
		r.objective("empty"):                                  status.CurrentStatus,
		r.objective("over"):                                   status.CurrentStatus, // missed or achieved
		r.objective("later"):                                  status.CurrentStatus,
		r.objective("unzoned"):                                status.FailedStatus,
		r.keyResult("on-track", "", "", v1alpha1.Reach{}):     status.CurrentStatus,
		r.keyResult("off-track", "", "", v1alpha1.Reach{}):    status.CurrentStatus,
		r.keyResult("not-a-number", "", "", v1alpha1.Reach{}): status.CurrentStatus,
		r.keyResult("stalled", "", "", v1alpha1.Reach{}):      status.FailedStatus,
		r.keyResult("orphan", "", "", v1alpha1.Reach{}):       status.InProgressStatus, // until its objective comes
		r.keyResult("closed", "", "", v1alpha1.Reach{}):       status.CurrentStatus,
		r.kpi("healthy", ""):                                  status.CurrentStatus,
		r.kpi("unhealthy", ""):                                status.CurrentStatus,
		r.kpi("unknown", ""):                                  status.CurrentStatus,
		r.kpi("unbounded", ""):                                status.CurrentStatus,
		source:                                                status.CurrentStatus,
	}
	for o := range want {
		if got := r.kstatus(o); got.Status != status.InProgressStatus {
			t.Errorf("%T %s before the first visit: kstatus is %s (%s), want InProgress", o, o.GetName(), got.Status, got.Message)
		}
	}
	r.start()
	offTrack, goal := r.keyResult("off-track", "", "", v1alpha1.Reach{}), r.objective("goal")
	r.await(offTrack, func() error { return is("health", offTrack.Status.Health, v1alpha1.HealthOffTrack) })
	r.await(goal, func() error { return is("health", goal.Status.Health, v1alpha1.HealthAtRisk) })
	for o, status := range want {
		r.soon(func() error {
			got := r.kstatus(o)
			if got.Status != status {
				return fmt.Errorf("%T %s: kstatus is %s (%s), want %s", o, o.GetName(), got.Status, got.Message, status)
			}
			return nil
		})
	}
	kpi := r.kpi("healthy", "")
	r.stop()
	r.edit(kpi, func() { kpi.Spec.Title = "Edited" })
	if got := r.kstatus(kpi); got.Status != status.InProgressStatus {
		t.Errorf("after an edit that was not looked at yet kstatus is %s (%s), want InProgress", got.Status, got.Message)
	}
}

func (r *rig) kstatus(o client.Object) *status.Result {
	r.Helper()
	kind, err := apiutil.GVKForObject(o, scheme)
	if err != nil {
		r.Fatal(err)
	}
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(schema.GroupVersionKind{Group: kind.Group, Version: kind.Version, Kind: kind.Kind})
	u.SetNamespace(o.GetNamespace())
	u.SetName(o.GetName())
	r.read(u)
	result, err := status.Compute(u)
	if err != nil {
		r.Fatal(err)
	}
	return result
}
