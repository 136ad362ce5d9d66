package goals

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
)

// Scope says how much of a cluster is read.
type Scope struct {
	// Namespace whose goals are read; empty: those of all.
	Namespace string
	// Everything reads the goals of all namespaces too, as far as the caller may: what the namespace's goals are related to
	// may be anywhere. Without it only what they refer to upwards is read: parents and KPIs, object by object.
	Everything bool
	// Only are the kinds of goals that are read, such as KPIs, and no sources; empty: all, and the sources.
	Only []Kind
}

// Kind is a kind of goals.
type Kind string

// The kinds of goals.
const (
	Objectives Kind = "objectives"
	KeyResults Kind = "keyresults"
	KPIs       Kind = "kpis"
)

func (s Scope) reads(kind Kind) bool { return len(s.Only) == 0 || slices.Contains(s.Only, kind) }

// Elsewhere is in Withheld where Everything was asked for and may not be read.
const Elsewhere = "goals in other namespaces"

// Read reads goals from a cluster. It fails if the goals of the scope's namespace cannot be read; whatever else may not be
// read is in Withheld.
func Read(ctx context.Context, c client.Reader, scope Scope) (*Set, error) {
	r := &reading{ctx: ctx, client: c, scope: scope}
	namespace := scope.Namespace
	wide := scope.Everything && namespace != ""
	if wide {
		wide = r.goals("") == nil
		if !wide {
			r.objects = nil
			r.withheld = append(r.withheld, Elsewhere)
		}
	}
	if !wide {
		if err := r.goals(namespace); err != nil {
			return nil, err
		}
	}
	if len(scope.Only) == 0 {
		r.optional(&v1alpha1.MetricSourceList{}, "metricsources")
	}
	namespaces := &metav1.PartialObjectMetadataList{}
	namespaces.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("NamespaceList"))
	r.optional(namespaces, "namespaces")
	if namespace != "" && !wide {
		r.upwards()
	}
	set := New(r.objects)
	set.Withheld = r.withheld
	return set, r.err
}

type reading struct {
	ctx      context.Context
	client   client.Reader
	scope    Scope
	objects  []client.Object
	withheld []string
	err      error
}

// fromCache lets the API server answer from memory: a moment old, and much cheaper.
var fromCache = &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: "0"}}

func (r *reading) goals(namespace string) error {
	for _, list := range []client.ObjectList{&v1alpha1.ObjectiveList{}, &v1alpha1.KeyResultList{}, &v1alpha1.KPIList{}} {
		if !r.scope.reads(Kind(kindOf(list))) {
			continue
		}
		if err := r.list(list, client.InNamespace(namespace)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) list(list client.ObjectList, options ...client.ListOption) error {
	if err := r.client.List(r.ctx, list, append(options, fromCache)...); err != nil {
		return err
	}
	return meta.EachListItem(list, func(item runtime.Object) error {
		r.objects = append(r.objects, item.(client.Object))
		return nil
	})
}

// optional reads what may be forbidden.
func (r *reading) optional(list client.ObjectList, name string) {
	switch err := r.list(list); {
	case err == nil:
	case apierrors.IsForbidden(err), apierrors.IsUnauthorized(err):
		r.withheld = append(r.withheld, name)
	case r.err == nil:
		r.err = fmt.Errorf("list %s: %w", name, err)
	}
}

// upwards reads, one by one, what the goals refer to that lies in other namespaces: parents all the way up, and KPIs.
func (r *reading) upwards() {
	known := map[string]bool{}
	for _, o := range r.objects {
		known[fmt.Sprintf("%T %s", o, client.ObjectKeyFromObject(o))] = true
	}
	fetch := func(key client.ObjectKey, into client.Object, kind string) {
		id := fmt.Sprintf("%T %s", into, key)
		if known[id] || !r.scope.reads(Kind(kindOf(into))) {
			return
		}
		known[id] = true
		switch err := r.client.Get(r.ctx, key, into); {
		case err == nil:
			r.objects = append(r.objects, into)
		case apierrors.IsForbidden(err):
			r.withheld = append(r.withheld, kind+" "+key.String())
		case !apierrors.IsNotFound(err) && r.err == nil:
			r.err = fmt.Errorf("get %s %s: %w", kind, key, err)
		}
	}
	for i := 0; i < len(r.objects); i++ { // it grows meanwhile
		switch o := r.objects[i].(type) {
		case *v1alpha1.Objective:
			if key, named := gather.ParentKey(o); named {
				fetch(key, &v1alpha1.Objective{}, "Objective")
			}
			for _, ref := range o.Spec.KPIRefs {
				fetch(gather.KPIKey(ref, o.Namespace), &v1alpha1.KPI{}, "KPI")
			}
		case *v1alpha1.KeyResult:
			if ref := o.Spec.KPIRef; ref != nil {
				fetch(gather.KPIKey(*ref, o.Namespace), &v1alpha1.KPI{}, "KPI")
			}
		case *v1alpha1.KPI:
			if key, named := gather.DrivenKey(o); named {
				fetch(key, &v1alpha1.KPI{}, "KPI")
			}
		}
	}
}
