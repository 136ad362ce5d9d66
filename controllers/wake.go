package controllers

import (
	"context"
	"sync"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"okr.dev/controller/internal/sample"
)

type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// alarm puts the owners of material samples into their controllers' queues. It never blocks.
type alarm struct {
	mutex  sync.RWMutex
	queues map[string]queue
}

// source is a controller's ear for the alarms of its kind.
func (a *alarm) source(kind string) source.Source {
	return source.Func(func(_ context.Context, q queue) error {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		a.queues[kind] = q
		return nil
	})
}

// wake has an owner looked at. Before its controller has started there is nobody to wake, and no need: it looks
// at every object when it starts.
func (a *alarm) wake(owner sample.Owner) {
	a.mutex.RLock()
	q := a.queues[owner.Kind]
	a.mutex.RUnlock()
	if q != nil {
		behind{q, sampled}.Add(reconcile.Request{NamespacedName: client.ObjectKey{Namespace: owner.Namespace, Name: owner.Name}})
	}
}
