package controllers

import (
	"context"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// maxLevels is how many levels above an objective are followed: finding a cycle costs so many reads of the cache at
// most.
const maxLevels = 32

// parentKey is the objective that another one names as its parent; false if it names none.
func parentKey(o *v1alpha1.Objective) (client.ObjectKey, bool) {
	ref := o.Spec.ParentRef
	if ref == nil {
		return client.ObjectKey{}, false
	}
	key := client.ObjectKey{Namespace: o.Namespace, Name: ref.Name}
	if ref.Namespace != "" {
		key.Namespace = ref.Namespace
	}
	return key, true
}

// lineage is what stands above an objective.
type lineage struct {
	// parent is the nearest; nil if there is none.
	parent *v1alpha1.Objective
	// path is the objective itself and those above it, from near to far.
	path []client.ObjectKey
	// cycle: the last of them has the objective as its parent. deep: there are more above than are followed.
	cycle, deep bool
}

// lineageOf follows parents upwards, as far as the upper one consents; by says whether that is so. It does not need the
// objective itself to exist any more.
func (w world) lineageOf(ctx context.Context, o *v1alpha1.Objective, by func(parent, child *v1alpha1.Objective) bool) (lineage, error) {
	own := client.ObjectKeyFromObject(o)
	line := lineage{path: []client.ObjectKey{own}}
	for child := o; ; {
		key, named := parentKey(child)
		if !named {
			return line, nil
		}
		parent := o
		if key != own {
			parent = &v1alpha1.Objective{}
			if found, err := w.get(ctx, key, parent, client.UnsafeDisableDeepCopy); !found || err != nil {
				return line, err
			}
		}
		if !by(parent, child) {
			return line, nil
		}
		if line.parent == nil {
			line.parent = parent
		}
		switch line.cycle = key == own; {
		case line.cycle, slices.Contains(line.path, key): // the latter is a cycle of others
			return line, nil
		case len(line.path) > maxLevels:
			line.deep = true
			return line, nil
		}
		line.path = append(line.path, key)
		child = parent
	}
}

// family gathers the parent of an objective and its children, as far as the upper one of two consents.
func (w world) family(ctx context.Context, in *evaluate.ObjectiveInput) error {
	o := in.Objective
	var failed error
	labelsOf := w.labelsOf(ctx, &failed)
	shared := func(parent, child *v1alpha1.Objective) bool {
		return evaluate.Shared(parent.Spec.AllowedNamespaces, parent.Namespace, child.Namespace, labelsOf)
	}
	line, err := w.lineageOf(ctx, o, shared)
	if err != nil {
		return err
	}
	in.Parent, in.TooDeep = line.parent, line.deep
	if line.cycle {
		for _, key := range line.path {
			in.Cycle = append(in.Cycle, key.String())
		}
	}
	var children v1alpha1.ObjectiveList
	if err := w.list(ctx, &children, byParent(o)); err != nil {
		return err
	}
	for i := range children.Items {
		if shared(o, &children.Items[i]) {
			in.Children = append(in.Children, &children.Items[i])
		}
	}
	return failed
}

func byParent(o client.Object) client.ListOption {
	return client.MatchingFields{indexParent: client.ObjectKeyFromObject(o).String()}
}

// parentOf is the objective that another one names as its parent.
func parentOf(_ context.Context, object client.Object) ([]client.ObjectKey, error) {
	if key, named := parentKey(object.(*v1alpha1.Objective)); named {
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
	key, named := parentKey(o)
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
		was, _ := parentKey(before)
		is, _ := parentKey(after)
		return was != is || before.UID != after.UID || before.Spec.Period != after.Spec.Period ||
			before.Spec.StartOn != after.Spec.StartOn ||
			!apiequality.Semantic.DeepEqual(before.Spec.AllowedNamespaces, after.Spec.AllowedNamespaces)
	},
}

// inLine finds the children of an objective, and the members of a cycle that it closes, or has closed until now: what
// was before an update is looked up as well.
func (r *ObjectiveReconciler) inLine(ctx context.Context, object client.Object) ([]client.ObjectKey, error) {
	found, err := r.world.objectivesMatching(ctx, byParent(object))
	if err != nil {
		return found, err
	}
	ring, err := r.ring(ctx, object.(*v1alpha1.Objective))
	return append(found, ring...), err
}

// ring finds the objectives that parents lead through from one back to itself, if they do, whether they consent or not:
// an edit may just have changed that.
func (r *ObjectiveReconciler) ring(ctx context.Context, o *v1alpha1.Objective) ([]client.ObjectKey, error) {
	line, err := r.world.lineageOf(ctx, o, func(_, _ *v1alpha1.Objective) bool { return true })
	if !line.cycle {
		return nil, err
	}
	return line.path, err
}

// inNamespace finds the objectives that a namespace's labels matter to: its own, the parents of those in other
// namespaces, and the members of their cycles; and those that name its KPIs.
func (r *ObjectiveReconciler) inNamespace(ctx context.Context, namespace client.Object) ([]client.ObjectKey, error) {
	var own v1alpha1.ObjectiveList
	if err := r.world.list(ctx, &own, client.InNamespace(namespace.GetName())); err != nil {
		return nil, err
	}
	found := keys(own.Items)
	for i := range own.Items {
		key, named := parentKey(&own.Items[i])
		if !named || key.Namespace == namespace.GetName() {
			continue
		}
		ring, err := r.ring(ctx, &own.Items[i])
		if err != nil {
			return found, err
		}
		found = append(append(found, key), ring...)
	}
	naming, err := r.throughKPI(ctx, client.InNamespace(namespace.GetName()))
	return append(found, naming...), err
}
