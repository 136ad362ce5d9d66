package gather

import (
	"cmp"
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// MaxLevels is how many levels above an object are followed: finding a cycle costs so many reads of the cache at most.
const MaxLevels = 32

// Tree is a kind of objects that may each name another one of their kind as their parent.
type Tree[O client.Object] struct {
	empty func() O
	// parent is what an object names as its parent; false if it names none.
	parent func(O) (client.ObjectKey, bool)
	// allowed are the namespaces whose objects may name it.
	allowed func(O) *v1alpha1.AllowedNamespaces
	// matching finds objects of the kind.
	matching func(World, context.Context, ...client.ListOption) ([]client.ObjectKey, error)
}

// ObjectiveTree is that of objectives: the cascade.
var ObjectiveTree = Tree[*v1alpha1.Objective]{
	empty: func() *v1alpha1.Objective { return &v1alpha1.Objective{} }, parent: ParentKey, matching: World.ObjectivesMatching,
	allowed: func(o *v1alpha1.Objective) *v1alpha1.AllowedNamespaces { return o.Spec.AllowedNamespaces },
}

// KPITree is that of KPIs: what drives what.
var KPITree = Tree[*v1alpha1.KPI]{
	empty: func() *v1alpha1.KPI { return &v1alpha1.KPI{} }, parent: DrivenKey, matching: World.KPIsMatching,
	allowed: func(k *v1alpha1.KPI) *v1alpha1.AllowedNamespaces { return k.Spec.AllowedNamespaces },
}

// ParentKey is the objective that another one names as its parent; false if it names none.
func ParentKey(o *v1alpha1.Objective) (client.ObjectKey, bool) {
	ref := o.Spec.ParentRef
	if ref == nil {
		return client.ObjectKey{}, false
	}
	return client.ObjectKey{Namespace: cmp.Or(ref.Namespace, o.Namespace), Name: ref.Name}, true
}

// DrivenKey is the KPI that another one drives; false if it names none.
func DrivenKey(k *v1alpha1.KPI) (client.ObjectKey, bool) {
	if k.Spec.ParentRef == nil {
		return client.ObjectKey{}, false
	}
	return KPIKey(*k.Spec.ParentRef, k.Namespace), true
}

// shares reports whether a parent consents to a child.
func (t Tree[O]) shares(parent, child O, labelsOf func(string) (labels.Set, bool)) bool {
	return evaluate.Shared(t.allowed(parent), parent.GetNamespace(), child.GetNamespace(), labelsOf)
}

// lineage is what stands above an object.
type lineage[O client.Object] struct {
	// parent is the nearest; nil if there is none.
	parent O
	// path is the object itself and those above it, from near to far.
	path []client.ObjectKey
	// cycle: the last of them has the object as its parent. deep: there are more above than are followed.
	cycle, deep bool
}

// members are the objects of the cycle as namespace/name; none if there is no cycle.
func (l lineage[O]) members() []string {
	if !l.cycle {
		return nil
	}
	names := make([]string, 0, len(l.path))
	for _, key := range l.path {
		names = append(names, key.String())
	}
	return names
}

// above is what stands above an object, as far as the upper one of two consents.
func (t Tree[O]) above(ctx context.Context, w World, o O) (lineage[O], error) {
	var failed error
	labelsOf := w.labelsOf(ctx, &failed)
	line, err := t.follow(ctx, w, o, func(parent, child O) bool { return t.shares(parent, child, labelsOf) })
	if err == nil {
		err = failed
	}
	return line, err
}

// follow follows parents upwards, as far as they are the ones of their children; by says whether that is so. It does
// not need the object itself to exist any more.
func (t Tree[O]) follow(ctx context.Context, w World, o O, by func(parent, child O) bool) (lineage[O], error) {
	own := client.ObjectKeyFromObject(o)
	line := lineage[O]{path: []client.ObjectKey{own}}
	for child := o; ; {
		key, named := t.parent(child)
		if !named {
			return line, nil
		}
		parent := o
		if key != own {
			parent = t.empty()
			if found, err := w.See(ctx, key, parent); !found || err != nil {
				return line, err
			}
		}
		if !by(parent, child) {
			return line, nil
		}
		if len(line.path) == 1 {
			line.parent = parent
		}
		switch line.cycle = key == own; {
		case line.cycle, slices.Contains(line.path, key): // the latter is a cycle of others
			return line, nil
		case len(line.path) > MaxLevels:
			line.deep = true
			return line, nil
		}
		line.path = append(line.path, key)
		child = parent
	}
}

// Ring finds the objects that parents lead through from one back to itself, if they do, whether they consent or not: an
// edit may just have changed that.
func (t Tree[O]) Ring(ctx context.Context, w World, o O) ([]client.ObjectKey, error) {
	line, err := t.follow(ctx, w, o, func(_, _ O) bool { return true })
	if !line.cycle {
		return nil, err
	}
	return line.path, err
}

// Kin finds the children of an object, to whom it consents or not, and the members of a cycle that it closes, or has
// closed until now: what was before an update is looked up as well.
func (t Tree[O]) Kin(w World) func(context.Context, client.Object) ([]client.ObjectKey, error) {
	return func(ctx context.Context, object client.Object) ([]client.ObjectKey, error) {
		found, err := t.matching(w, ctx, ByParent(object))
		if err != nil {
			return found, err
		}
		ring, err := t.Ring(ctx, w, object.(O))
		return append(found, ring...), err
	}
}

// ByParent matches the children of an object.
func ByParent(o client.Object) client.ListOption {
	return client.MatchingFields{IndexParent: client.ObjectKeyFromObject(o).String()}
}
