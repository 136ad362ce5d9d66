package controllers

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

func TestStatusThatIsWipedByHandIsWrittenAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	r.write("closed", justBefore(800, first), justBefore(350, end))
	kpi, goal := r.kpi("latency", r.series("latency")), r.objective("goal")
	kr := r.keyResult("key", "goal", r.series("latency"), fromTo("800", "300"))
	over := r.objective("over", func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) })
	closed := r.keyResult("closed", "over", r.series("closed"), v1alpha1.Reach{Change: "-50%"})
	r.create(kpi, goal, kr, over, closed)
	r.clock.move(okr.Settle + time.Second) // what is over waits that long for more key results
	r.start()
	settled := func() {
		t.Helper()
		r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
		r.await(kr, func() error { return percent("progress", kr.Status.ProgressPercent, 77) })
		r.await(goal, func() error { return percent("progress", goal.Status.ProgressPercent, 77) })
		r.await(closed, func() error { return is("health", closed.Status.Health, v1alpha1.HealthAchieved) })
		r.await(over, func() error { return is("health", over.Status.Health, v1alpha1.HealthAchieved) })
	}
	settled()
	r.rest()
	settled()
	before := []any{kpi.Status, kr.Status, goal.Status, closed.Status, over.Status}

	for _, o := range []client.Object{kpi, kr, goal, closed, over} {
		bare := o.DeepCopyObject().(client.Object)
		wipe(bare)
		if err := admin.Status().Update(t.Context(), bare); err != nil {
			t.Fatal(err)
		}
	}
	settled()
	r.rest()
	settled()
	after := []any{kpi.Status, kr.Status, goal.Status, closed.Status, over.Status}
	times := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().Type() == reflect.TypeFor[metav1.Time]() }, cmp.Ignore())
	byType := cmp.Transformer("byType", func(list []metav1.Condition) map[string]metav1.Condition {
		conditions := map[string]metav1.Condition{}
		for _, c := range list {
			conditions[c.Type] = c
		}
		return conditions
	})
	if diff := cmp.Diff(before, after, times, byType); diff != "" {
		t.Errorf("a wiped status was written again, but otherwise (-before +after):\n%s", diff)
	}
}

func wipe(o client.Object) {
	switch o := o.(type) {
	case *v1alpha1.KPI:
		o.Status = v1alpha1.KPIStatus{}
	case *v1alpha1.KeyResult:
		o.Status = v1alpha1.KeyResultStatus{}
	case *v1alpha1.Objective:
		o.Status = v1alpha1.ObjectiveStatus{}
	}
}

// rival writes to an object each time just before the controller does, the first few times.
type rival struct {
	client.Client
	mutex sync.Mutex
	left  int
	met   int
	// refused counts the controller's writes that came too late.
	refused int
}

func (c *rival) Status() client.SubResourceWriter { return &rivalStatus{c.Client.Status(), c} }

type rivalStatus struct {
	client.SubResourceWriter
	rival *rival
}

func (w *rivalStatus) Patch(ctx context.Context, o client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	w.rival.mutex.Lock()
	ahead := w.rival.left > 0 && o.GetName() == "contested"
	if ahead {
		w.rival.left--
		w.rival.met++
	}
	met := strconv.Itoa(w.rival.met)
	w.rival.mutex.Unlock()
	if ahead {
		other := o.DeepCopyObject().(client.Object)
		text := fmt.Sprintf(`{"metadata":{"annotations":{"rival-%s":"was here"}}}`, met)
		if err := admin.Patch(ctx, other, client.RawPatch("application/merge-patch+json", []byte(text))); err != nil {
			return err
		}
	}
	err := w.SubResourceWriter.Patch(ctx, o, patch, options...)
	w.rival.mutex.Lock()
	defer w.rival.mutex.Unlock()
	if ahead && apierrors.IsConflict(err) {
		w.rival.refused++
	}
	return err
}

func TestWriterThatIsFasterLosesNothingAndTheControllerLooksAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	rival := &rival{left: 3}
	r.wrap = func(c client.Client) client.Client { rival.Client = c; return rival }
	kpi := r.kpi("contested", r.series("latency"))
	r.create(kpi)
	r.start()
	r.await(kpi, func() error {
		return all(is("health", kpi.Status.Health, v1alpha1.KPIHealthy), is("annotations", len(kpi.Annotations), 3))
	})

	rival.mutex.Lock()
	if rival.refused != 3 {
		t.Errorf("%d of 3 writes that rested on what was read before were refused", rival.refused)
	}
	rival.mutex.Unlock()

	// Somebody who keeps writing while values change: every edit stays, and the status ends up right.
	const edits = 30
	for i := range edits {
		r.edit(kpi, func() { kpi.Annotations[fmt.Sprint("edit-", i)] = "stays" })
		if i%10 == 0 {
			r.set("latency", float64(400+i))
		}
	}
	r.set("latency", 456)
	r.await(kpi, func() error {
		return all(is("value", kpi.Status.Value, "456 ms"), is("annotations", len(kpi.Annotations), edits+3))
	})
	r.rest()
	r.read(kpi)
	if kpi.Status.Value != "456 ms" {
		t.Errorf("the value went back to %s", kpi.Status.Value)
	}
}
