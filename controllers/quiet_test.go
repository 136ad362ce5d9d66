package controllers

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// writes are the status writes of a kind so far, by reason.
func (r *rig) writes(kind string, reasons ...evaluate.Change) int {
	r.Helper()
	n := 0
	for _, reason := range reasons {
		n += r.total("okr_status_writes_total", fmt.Sprintf("kind=%q", kind), fmt.Sprintf("reason=%q", reason))
	}
	return n
}

// lookedAfter creates a KPI that an objective looks after and starts the controller; nothing is left to happen to it.
func (r *rig) lookedAfter(query string, edits ...func(*v1alpha1.KPI)) *v1alpha1.KPI {
	r.Helper()
	kpi := r.kpi("moving", query, edits...)
	r.create(kpi, r.objective("goal", naming(kpi)))
	r.start()
	r.await(kpi, func() error {
		return all(is("health", kpi.Status.Health, v1alpha1.KPIHealthy), has(kpi.Status.Conditions, v1alpha1.AlignedCondition, metav1.ConditionTrue, ""))
	})
	return kpi
}

func TestNumberThatMovesAllTheTimeIsWrittenOncePerStatusIntervalAndATransitionAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.statusInterval = 5 * time.Minute
	r.set("latency", 400)
	kpi := r.lookedAfter(r.series("latency"))
	// move sets the number and waits until the controller has looked at it.
	move := func(to float64) {
		t.Helper()
		looked := r.total("okr_reconciles_total", `kind="KPI"`)
		r.set("latency", to)
		r.soon(func() error {
			if r.total("okr_reconciles_total", `kind="KPI"`) == looked {
				return fmt.Errorf("nobody looked at %v", to)
			}
			return nil
		})
		r.shows("okr_kpi_value", kpi, to)
	}
	for i := range 4 {
		move(float64(410 + 10*i))
	}
	r.read(kpi)
	if err := all(is("value", kpi.Status.Value, "400 ms"), is("value writes", r.writes(kindKPI, evaluate.Value), 0)); err != nil {
		t.Errorf("within the interval of the last write: %v", err)
	}

	transitions := r.writes(kindKPI, evaluate.Transition)
	move(600)
	r.await(kpi, func() error {
		return all(is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy), is("value", kpi.Status.Value, "600 ms"))
	})
	r.soon(func() error { return is("transitions", r.writes(kindKPI, evaluate.Transition), transitions+1) })
	move(610)
	move(620)
	r.read(kpi)
	if err := is("value", kpi.Status.Value, "600 ms"); err != nil {
		t.Errorf("a transition begins the interval anew: %v", err)
	}
	r.clock.move(r.statusInterval)
	move(630)
	r.await(kpi, func() error { return is("value", kpi.Status.Value, "630 ms") })
	move(640)
	r.soon(func() error { return is("value writes", r.writes(kindKPI, evaluate.Value), 1) })

	r.stop()
	r.start()
	// When it was written last is not known any more: once, at once.
	r.await(kpi, func() error { return is("value", kpi.Status.Value, "640 ms") })
	move(650)
	move(660)
	r.read(kpi)
	if err := all(is("value", kpi.Status.Value, "640 ms"), is("writes", r.total("okr_status_writes_total", `kind="KPI"`), 1)); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	// An edit is written at once, with the newest value.
	r.edit(kpi, func() { kpi.Spec.Title = "another" })
	r.await(kpi, func() error {
		return all(is("value", kpi.Status.Value, "660 ms"), is("observed", kpi.Status.ObservedGeneration, kpi.Generation))
	})
	r.soon(func() error { return is("edits", r.writes(kindKPI, evaluate.Edit), 1) })
}

func TestNewestValueIsWrittenWhenTheStatusIntervalIsOverThoughNothingElseHappens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.statusInterval = 4 * time.Second
	r.set("latency", 400)
	kpi := r.lookedAfter(r.series("latency"))
	r.set("latency", 410)
	r.shows("okr_kpi_value", kpi, 410)
	r.set("latency", 420)
	r.await(kpi, func() error { return is("value", kpi.Status.Value, "420 ms") })
	r.rest()
	if n := r.writes(kindKPI, evaluate.Value); n < 1 || n > 2 {
		t.Errorf("two moves were written %d times", n)
	}
}

// Items 2 and 4 of issue 3: what waits is remembered at once, across a restart; a single bad value is never shown.
func TestVerdictThatIsHeldOutlivesARestart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.statusInterval = time.Hour
	r.set("latency", 400)
	kpi := r.lookedAfter(r.series("latency"), func(k *v1alpha1.KPI) { k.Spec.HoldFor = "1h" })
	r.await(kpi, func() error { return is("no history", len(kpi.Status.History) == 0, false) }) // which is memory too
	r.rest()                                                                                    // what is written is seen before it is counted
	before := r.writes(kindKPI, evaluate.Memory)
	r.set("latency", 600)
	r.await(kpi, func() error {
		if kpi.Status.Frozen.PendingHealth == nil {
			return fmt.Errorf("nothing is pending")
		}
		return all(is("pending", kpi.Status.Frozen.PendingHealth.Health, v1alpha1.KPIUnhealthy), is("health", kpi.Status.Health, v1alpha1.KPIHealthy),
			is("value", kpi.Status.Value, "600 ms"))
	})
	r.soon(func() error { return is("writes of memory", r.writes(kindKPI, evaluate.Memory), before+1) })
	r.stop()
	since := kpi.Status.Frozen.PendingHealth.Since
	r.start()
	r.shows("okr_kpi_value", kpi, 600)
	r.rest()
	r.read(kpi)
	if err := all(is("health", kpi.Status.Health, v1alpha1.KPIHealthy), is("since", kpi.Status.Frozen.PendingHealth.Since.UTC(), since.UTC())); err != nil {
		t.Error(err)
	}
	// It has lasted since before the hour began.
	bare := kpi.DeepCopy()
	bare.Status.Frozen.PendingHealth.Since = metav1.NewTime(since.Add(-time.Hour))
	r.stop()
	if err := admin.Status().Update(t.Context(), bare); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.await(kpi, func() error {
		return all(is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy), is("pending", kpi.Status.Frozen.PendingHealth, nil))
	})
}
