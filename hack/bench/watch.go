package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// watched is what a client that watches the KPIs sees of them.
type watched struct {
	mutex sync.Mutex
	kpis  map[client.ObjectKey]seen
	// measured counts the KPIs whose Measured is True, settled those that have nothing more to say by themselves.
	measured, settled int
	// writes counts the status writes: new versions of the same generation.
	writes int
	// losses counts how often a KPI that was measured was not any more.
	losses int
	// edits are waited for.
	edits map[client.ObjectKey]*edit
}

// seen is what is remembered of one KPI.
type seen struct {
	version           string
	generation        int64
	measured, settled bool
}

// edit is a change of one KPI's spec, and what its status must say then.
type edit struct {
	health v1alpha1.KPIHealth
	after  int64 // the generation that was edited
	began  time.Time
	done   chan time.Duration
}

// watchKPIs watches the KPIs with these labels until ctx ends.
func watchKPIs(ctx context.Context, api client.WithWatch, selector client.MatchingLabels) *watched {
	w := &watched{kpis: map[client.ObjectKey]seen{}, edits: map[client.ObjectKey]*edit{}}
	source := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			list := &v1alpha1.KPIList{}
			return list, api.List(ctx, list, selector, &client.ListOptions{Raw: &options})
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return api.Watch(ctx, &v1alpha1.KPIList{}, selector, &client.ListOptions{Raw: &options})
		},
	}
	go cache.NewReflectorWithOptions(source, &v1alpha1.KPI{}, w, cache.ReflectorOptions{Name: "kpis"}).RunWithContext(ctx)
	return w
}

// Add is for the watch, as are Update, Delete, Replace and Resync.
func (w *watched) Add(object any) error { return w.Update(object) }

// Update takes note of a KPI.
func (w *watched) Update(object any) error {
	kpi, ok := object.(*v1alpha1.KPI)
	if !ok {
		return fmt.Errorf("the watch of KPIs sent a %T", object)
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.note(kpi)
	return nil
}

// Delete forgets a KPI.
func (w *watched) Delete(object any) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if kpi, ok := object.(*v1alpha1.KPI); ok {
		w.set(client.ObjectKeyFromObject(kpi), seen{})
		delete(w.kpis, client.ObjectKeyFromObject(kpi))
	}
	return nil
}

// Replace takes note of all KPIs, after a watch was interrupted.
func (w *watched) Replace(objects []any, _ string) error {
	for _, object := range objects {
		if err := w.Update(object); err != nil {
			return err
		}
	}
	return nil
}

// Resync has nothing to do.
func (w *watched) Resync() error { return nil }

func (w *watched) note(kpi *v1alpha1.KPI) {
	key := client.ObjectKeyFromObject(kpi)
	before, known := w.kpis[key]
	conditions := kpi.Status.Conditions
	aligned := meta.FindStatusCondition(conditions, v1alpha1.AlignedCondition)
	now := seen{
		version: kpi.ResourceVersion, generation: kpi.Generation,
		measured: meta.IsStatusConditionTrue(conditions, v1alpha1.MeasuredCondition),
	}
	now.settled = now.measured && aligned != nil && aligned.Status != metav1.ConditionUnknown
	if known && before.version != now.version && before.generation == now.generation {
		w.writes++
	}
	w.set(key, now)
	e := w.edits[key]
	if e != nil && kpi.Generation > e.after && kpi.Status.ObservedGeneration == kpi.Generation && kpi.Status.Health == e.health {
		e.done <- time.Since(e.began)
		delete(w.edits, key)
	}
}

// set remembers a KPI, and keeps the counts.
func (w *watched) set(key client.ObjectKey, now seen) {
	before := w.kpis[key]
	w.kpis[key] = now
	w.measured += change(before.measured, now.measured)
	w.settled += change(before.settled, now.settled)
	if before.measured && !now.measured && now.version != "" {
		w.losses++
	}
}

func change(before, now bool) int {
	switch {
	case now && !before:
		return 1
	case before && !now:
		return -1
	default:
		return 0
	}
}

// progress is how many KPIs exist, are measured and are settled.
func (w *watched) progress() (exist, measured, settled int) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return len(w.kpis), w.measured, w.settled
}

// counts are the status writes and losses so far.
func (w *watched) counts() (writes, losses int) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.writes, w.losses
}

// await returns what receives how long the status needed, once it shows the edit that begins now.
func (w *watched) await(key client.ObjectKey, health v1alpha1.KPIHealth) (<-chan time.Duration, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	kpi, known := w.kpis[key]
	if !known {
		return nil, fmt.Errorf("the watch has not seen KPI %s", key)
	}
	e := &edit{health: health, after: kpi.generation, began: time.Now(), done: make(chan time.Duration, 1)}
	w.edits[key] = e
	return e.done, nil
}
