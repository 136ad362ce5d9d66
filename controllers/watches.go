package controllers

import (
	"context"
	"maps"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/practice"
)

// specChanged passes creations, deletions and edits, and no status writes.
var specChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool { return edited(e.ObjectOld, e.ObjectNew) },
}

// relativeChanged is specChanged for objects that depend on others of their kind: when the controller starts, all are looked
// at for their own sake.
var relativeChanged = predicate.And(specChanged, predicate.Funcs{
	CreateFunc: func(e event.CreateEvent) bool { return !e.IsInInitialList },
})

// edited reports whether the spec is another one. Where the watch was interrupted, an object that was deleted and
// created again meanwhile arrives as an update.
func edited(before, after client.Object) bool {
	return before.GetGeneration() != after.GetGeneration() || before.GetUID() != after.GetUID()
}

// ownChange passes what makes an object worth looking at for its own sake: creations, deletions, edits, another word on
// which rules to silence, and a status that somebody has wiped. The controller's own writes do not pass.
func ownChange[O client.Object](says func(O) verdict) predicate.Predicate {
	return predicate.Funcs{
		UpdateFunc: func(e event.UpdateEvent) bool {
			wiped := len(says(e.ObjectOld.(O)).conditions) > 0 && len(says(e.ObjectNew.(O)).conditions) == 0
			silences := e.ObjectOld.GetAnnotations()[practice.IgnoreAnnotation] != e.ObjectNew.GetAnnotations()[practice.IgnoreAnnotation]
			return wiped || silences || edited(e.ObjectOld, e.ObjectNew)
		},
	}
}

// judgedChanged passes KPIs that were edited, and those whose health is another one: an objective that answers an
// unhealthy KPI is asked for its rationale.
var judgedChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		return edited(e.ObjectOld, e.ObjectNew) || e.ObjectOld.(*v1alpha1.KPI).Status.Health != e.ObjectNew.(*v1alpha1.KPI).Status.Health
	},
}

// labelsChanged passes namespaces whose labels consent by selector may have to be decided anew for: edited ones,
// and new ones, because an object in a new namespace may become known before the namespace does. Those that are
// there when the controller starts are known before it looks at anything.
var labelsChanged = predicate.Funcs{
	CreateFunc: func(e event.CreateEvent) bool { return !e.IsInInitialList },
	DeleteFunc: func(event.DeleteEvent) bool { return false },
	UpdateFunc: func(e event.UpdateEvent) bool {
		return !maps.Equal(e.ObjectOld.GetLabels(), e.ObjectNew.GetLabels())
	},
}

// memberChanged passes key results whose published numbers, or place in the roll-up, changed.
var memberChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.KeyResult), e.ObjectNew.(*v1alpha1.KeyResult)
		return edited(before, after) || published(before) != published(after)
	},
}

// facts are the numbers of a key result that its objective is computed from, or of a child that its parent is.
type facts struct {
	health                      v1alpha1.Health
	progress, expected          int32
	measured, visited, reopened bool
	score, onTrack              string
}

func published(kr *v1alpha1.KeyResult) facts {
	s := &kr.Status
	f := factsOf(s.Health, s.ObservedGeneration, s.ProgressPercent, s.ExpectedPercent, s.Final, s.Conditions)
	f.measured = s.Measurement != nil
	return f
}

func factsOf(health v1alpha1.Health, observed int64, progress, expected *int32, final *v1alpha1.Final, conditions []metav1.Condition) facts {
	f := facts{health: health, visited: observed >= 0, progress: -1, expected: -1}
	if progress != nil {
		f.progress = *progress
	}
	if expected != nil {
		f.expected = *expected
	}
	if final != nil {
		f.score = final.Score
	}
	for _, c := range conditions {
		switch c.Type {
		case v1alpha1.ReopenedCondition:
			f.reopened = c.Status == metav1.ConditionTrue
		case v1alpha1.OnTrackCondition:
			f.onTrack = c.Reason
		}
	}
	return f
}

// lookup finds the objects that depend on another one.
type lookup func(ctx context.Context, object client.Object) ([]client.ObjectKey, error)

// enqueue has the found objects looked at. A lookup reads the cache; should that fail, the hourly look remains.
func enqueue(find lookup) handler.EventHandler {
	return handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, object client.Object) []reconcile.Request {
		keys, err := find(ctx, object)
		if err != nil {
			log.FromContext(ctx).Error(err, "finding dependents", "object", client.ObjectKeyFromObject(object))
		}
		requests := make([]reconcile.Request, 0, len(keys))
		for _, key := range keys {
			requests = append(requests, reconcile.Request{NamespacedName: key})
		}
		return requests
	})
}

// The priorities of what is to be looked at. Somebody waits for what an edit does, and goes before all others.
const (
	// sampled is for objects whose sample has changed: many may at once.
	sampled = -10
	// swept is for all that depend on a source or a namespace that was edited, as for all objects at a start.
	swept = handler.LowPriority
)

// enqueueBehind is enqueue for lookups that may find every object there is. What they find hangs on a name, which no
// edit changes: they are made once for an update.
func enqueueBehind(find lookup) handler.EventHandler {
	inner := enqueue(find)
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) { inner.Create(ctx, e, behind{q, swept}) },
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) {
			inner.Generic(ctx, event.GenericEvent{Object: e.ObjectNew}, behind{q, swept})
		},
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q queue) { inner.Delete(ctx, e, behind{q, swept}) },
	}
}

// behind is a queue to which everything is added with a priority.
type behind struct {
	queue
	priority int
}

// Add adds an object that is to be looked at, behind all of a higher priority.
func (b behind) Add(request reconcile.Request) {
	if q, ok := b.queue.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		q.AddWithOpts(priorityqueue.AddOpts{Priority: &b.priority}, request)
		return
	}
	b.queue.Add(request)
}

// gatherFor is how long an object waits for more of the changes that it is looked at for: several key results that
// one sample changed are then one roll-up.
const gatherFor = 250 * time.Millisecond

// enqueueTogether has the found objects looked at once for all changes of that time.
func enqueueTogether(find lookup) handler.EventHandler {
	now := enqueue(find)
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q queue) { now.Create(ctx, e, gathering{q}) },
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q queue) { now.Update(ctx, e, gathering{q}) },
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q queue) { now.Delete(ctx, e, gathering{q}) },
	}
}

// gathering is a queue in which requests wait. One that waits already does not wait longer.
type gathering struct{ queue }

// Add lets a request wait.
func (g gathering) Add(request reconcile.Request) { g.AddAfter(request, gatherFor) }

func byKPI(kpi client.Object) client.ListOption {
	return client.MatchingFields{gather.IndexKPI: client.ObjectKeyFromObject(kpi).String()}
}

func bySource(source client.Object) client.ListOption {
	return client.MatchingFields{gather.IndexSource: source.GetName()}
}
