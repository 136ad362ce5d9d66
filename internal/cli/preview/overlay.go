package preview

import (
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/okr"
)

// overlay is what a cluster would hold after files were applied to it: what is in both keeps what the controller remembers
// of it. Without a cluster (nil) it is what the files hold. What is new is taken to be a minute old at the instant at, in
// which all of it was applied. Gone are objects that are deleted.
func overlay(cluster *goals.Set, files []client.Object, gone map[id]bool, at time.Time) *goals.Set {
	held := map[id]client.Object{}
	var born metav1.Time
	if cluster != nil {
		born = metav1.NewTime(at.Add(-okr.Settle))
		for _, o := range all(cluster) {
			held[idOf(o)] = o
		}
	}
	var objects []client.Object
	placed := map[id]bool{}
	for _, o := range files {
		i := idOf(o)
		placed[i] = true
		if live := held[i]; live != nil {
			objects = append(objects, over(live, o))
		} else {
			objects = append(objects, fresh(o, born))
		}
	}
	if cluster != nil {
		for _, o := range all(cluster) {
			if i := idOf(o); !placed[i] && !gone[i] {
				objects = append(objects, o)
			}
		}
	}
	set := goals.New(objects)
	if cluster != nil {
		set.Withheld = cluster.Withheld
	}
	return set
}

// over is an object as it would be after it was applied over the one that is there.
func over(live, o client.Object) client.Object {
	if idOf(o).Kind == "Namespace" { // what others have put on it stays
		n := live.DeepCopyObject().(client.Object)
		labels := map[string]string{}
		for _, from := range []client.Object{live, o} {
			for key, value := range from.GetLabels() {
				labels[key] = value
			}
		}
		n.SetLabels(labels)
		return n
	}
	o = o.DeepCopyObject().(client.Object)
	o.SetUID(live.GetUID())
	o.SetResourceVersion(live.GetResourceVersion())
	o.SetCreationTimestamp(live.GetCreationTimestamp())
	o.SetGeneration(live.GetGeneration())
	if !apiequality.Semantic.DeepEqual(specOf(live), specOf(o)) {
		o.SetGeneration(live.GetGeneration() + 1)
	}
	switch o := o.(type) {
	case *v1alpha1.Objective:
		live.(*v1alpha1.Objective).Status.DeepCopyInto(&o.Status)
	case *v1alpha1.KeyResult:
		live.(*v1alpha1.KeyResult).Status.DeepCopyInto(&o.Status)
	case *v1alpha1.KPI:
		live.(*v1alpha1.KPI).Status.DeepCopyInto(&o.Status)
	case *v1alpha1.MetricSource:
		live.(*v1alpha1.MetricSource).Status.DeepCopyInto(&o.Status)
	}
	return o
}

// fresh is an object that nobody has evaluated yet.
func fresh(o client.Object, born metav1.Time) client.Object {
	o = o.DeepCopyObject().(client.Object)
	o.SetGeneration(1)
	o.SetCreationTimestamp(born)
	return forgotten(o, nil)
}

// forgotten is an object without what the controller remembers of it, but for what was promised at its start.
func forgotten(o client.Object, promised *v1alpha1.Commitment) client.Object {
	switch o := o.(type) {
	case *v1alpha1.Objective:
		o.Status = v1alpha1.ObjectiveStatus{ObservedGeneration: -1}
	case *v1alpha1.KeyResult:
		o.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
		if promised != nil {
			o.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: promised}
		}
	case *v1alpha1.KPI:
		o.Status = v1alpha1.KPIStatus{ObservedGeneration: -1}
	}
	return o
}

// asOf is a cluster as far as it may be used for an instant in the past: what the controller remembers may be of later.
func asOf(cluster *goals.Set) *goals.Set {
	var objects []client.Object
	for _, o := range all(cluster) {
		o = o.DeepCopyObject().(client.Object)
		var promised *v1alpha1.Commitment
		if kr, ok := o.(*v1alpha1.KeyResult); ok && kr.Status.Frozen != nil {
			promised = kr.Status.Frozen.Commitment
		}
		objects = append(objects, forgotten(o, promised))
	}
	set := goals.New(objects)
	set.Withheld = cluster.Withheld
	return set
}

// withPromises gives key results that have no memory what others, of the same names, have promised.
func withPromises(set *goals.Set, promises map[id]*v1alpha1.Commitment) {
	for _, kr := range set.KeyResults {
		if kr.Status.Frozen == nil && promises[idOf(kr)] != nil {
			kr.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: promises[idOf(kr)]}
		}
	}
}

// withSources adds a source, shared with all, for each name that goals ask and that is not there: where sources cannot be
// read it is not known how they are shared or whom they tell apart.
func withSources(set *goals.Set) *goals.Set {
	known := map[string]bool{}
	for _, s := range set.Sources {
		known[s.Name] = true
	}
	objects := all(set)
	for _, name := range sourceNames(set) {
		if !known[name] {
			s := &v1alpha1.MetricSource{ObjectMeta: metav1.ObjectMeta{Name: name}}
			s.Spec.AllowedNamespaces.From = v1alpha1.NamespacesFromAll
			objects = append(objects, s)
		}
	}
	added := goals.New(objects)
	added.Withheld = set.Withheld
	return added
}
