package controllers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
)

// parentOf is the objective that another one names as its parent.
func parentOf(_ context.Context, object client.Object) ([]client.ObjectKey, error) {
	if key, named := gather.ParentKey(object.(*v1alpha1.Objective)); named {
		return []client.ObjectKey{key}, nil
	}
	return nil, nil
}

// childChanged passes objectives whose published numbers, or place in the roll-up, changed. Those that are there when
// the controller starts are known before it looks at anything.
var childChanged = predicate.Funcs{
	CreateFunc: func(e event.CreateEvent) bool { return !e.IsInInitialList },
	UpdateFunc: func(e event.UpdateEvent) bool {
		return placeOf(e.ObjectOld) != placeOf(e.ObjectNew)
	},
}

// place is what an objective's parent is computed from.
type place struct {
	uid    types.UID
	parent client.ObjectKey
	weight int32
	period v1alpha1.Period
	start  v1alpha1.Date
	state  v1alpha1.ObjectiveState
	facts  facts
}

// placeOf is the same for all objectives without a parent.
func placeOf(object client.Object) place {
	o := object.(*v1alpha1.Objective)
	key, named := gather.ParentKey(o)
	if !named {
		return place{}
	}
	p := place{uid: o.UID, parent: key, weight: 1, period: o.Spec.Period, start: o.Spec.StartOn, state: o.Spec.State}
	if o.Spec.ParentRef.Weight != nil {
		p.weight = *o.Spec.ParentRef.Weight
	}
	s := &o.Status
	p.facts = factsOf(s.Health, s.ObservedGeneration, s.ProgressPercent, s.ExpectedPercent, s.Final, s.Conditions)
	return p
}

// lineChanged passes objectives whose place in the cascade changed, or what those below them need to know of them:
// parent, consent and time.
var lineChanged = predicate.Funcs{
	CreateFunc: func(e event.CreateEvent) bool { return !e.IsInInitialList },
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.Objective), e.ObjectNew.(*v1alpha1.Objective)
		was, _ := gather.ParentKey(before)
		is, _ := gather.ParentKey(after)
		return was != is || before.UID != after.UID || before.Spec.Period != after.Spec.Period ||
			before.Spec.StartOn != after.Spec.StartOn || before.Spec.TimeZone != after.Spec.TimeZone ||
			!apiequality.Semantic.DeepEqual(before.Spec.AllowedNamespaces, after.Spec.AllowedNamespaces)
	},
}

// inNamespace finds the objectives that a namespace's labels matter to: its own, the parents of those in other
// namespaces, and the members of their cycles; and those that name its KPIs.
func (r *ObjectiveReconciler) inNamespace(ctx context.Context, namespace client.Object) ([]client.ObjectKey, error) {
	var own v1alpha1.ObjectiveList
	if err := r.world.Match(ctx, &own, client.InNamespace(namespace.GetName())); err != nil {
		return nil, err
	}
	found := gather.Keys(own.Items)
	for i := range own.Items {
		key, named := gather.ParentKey(&own.Items[i])
		if !named || key.Namespace == namespace.GetName() {
			continue
		}
		ring, err := gather.ObjectiveTree.Ring(ctx, r.world, &own.Items[i])
		if err != nil {
			return found, err
		}
		found = append(append(found, key), ring...)
	}
	naming, err := r.throughKPI(ctx, client.InNamespace(namespace.GetName()))
	return append(found, naming...), err
}
