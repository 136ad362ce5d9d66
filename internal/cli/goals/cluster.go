package goals

import (
	"context"
	"fmt"
	"slices"
	"sync"

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
	// Everywhere are the kinds that Everything reads in all namespaces; empty: all kinds. Of the others it reads those of the
	// namespace, and what they refer to upwards.
	Everywhere []Kind
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

func (s Scope) everywhere(kind Kind) bool {
	return len(s.Everywhere) == 0 || slices.Contains(s.Everywhere, kind)
}

// Elsewhere is in Withheld where Everything was asked for and may not be read.
const Elsewhere = "goals in other namespaces"

// Read reads goals from a cluster. It fails if the goals of the scope's namespace cannot be read; whatever else may not be
// read is in Withheld.
func Read(ctx context.Context, c client.Reader, scope Scope) (*Set, error) {
	r := &reading{ctx: ctx, client: c, scope: scope}
	namespace := scope.Namespace
	wide := scope.Everything && namespace != ""
	err := r.goals(wide)
	if wide && forbidden(err) {
		wide = false
		r.withheld = append(r.withheld, Elsewhere)
		err = r.goals(wide)
	}
	if err != nil {
		return nil, err
	}
	if len(scope.Only) == 0 {
		r.optional(&v1alpha1.MetricSourceList{}, "metricsources")
	}
	namespaces := &metav1.PartialObjectMetadataList{}
	namespaces.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("NamespaceList"))
	r.optional(namespaces, "namespaces")
	if namespace != "" && (!wide || len(scope.Everywhere) > 0) {
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

// fromCache lets the API server answer from memory: a moment old, and much cheaper. Each list needs its own, for the client
// writes into it.
func fromCache() client.ListOption {
	return &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: "0"}}
}

// goals lists the goals, or none of them: those of the namespace or, wide, of all namespaces. The kinds are listed at once, for
// the server writes one list while another one is read.
func (r *reading) goals(wide bool) error {
	var lists []client.ObjectList
	for _, list := range []client.ObjectList{&v1alpha1.ObjectiveList{}, &v1alpha1.KeyResultList{}, &v1alpha1.KPIList{}} {
		if r.scope.reads(Kind(kindOf(list))) {
			lists = append(lists, list)
		}
	}
	errs := make([]error, len(lists))
	var listing sync.WaitGroup
	for i, list := range lists {
		namespace := r.scope.Namespace
		if wide && r.scope.everywhere(Kind(kindOf(list))) {
			namespace = ""
		}
		listing.Go(func() { errs[i] = r.client.List(r.ctx, list, client.InNamespace(namespace), fromCache()) })
	}
	listing.Wait()
	for _, err := range errs {
		if err != nil {
			return err // that of the first kind, whichever was first in time
		}
	}
	for _, list := range lists {
		if err := r.keep(list); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) keep(list client.ObjectList) error {
	return meta.EachListItem(list, func(item runtime.Object) error {
		r.objects = append(r.objects, item.(client.Object))
		return nil
	})
}

func forbidden(err error) bool { return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) }

// optional reads what may be forbidden.
func (r *reading) optional(list client.ObjectList, name string) {
	err := r.client.List(r.ctx, list, fromCache())
	if err == nil {
		err = r.keep(list)
	}
	switch {
	case err == nil:
	case forbidden(err):
		r.withheld = append(r.withheld, name)
	case r.err == nil:
		r.err = fmt.Errorf("list %s: %w", name, err)
	}
}

// upwards reads, one by one, what the goals refer to that lies in other namespaces: parents all the way up, and KPIs.
func (r *reading) upwards() {
	known := map[string]bool{}
	var from []client.Object // those of the namespace, and what is fetched
	for _, o := range r.objects {
		known[fmt.Sprintf("%T %s", o, client.ObjectKeyFromObject(o))] = true
		if o.GetNamespace() == r.scope.Namespace {
			from = append(from, o)
		}
	}
	fetch := func(key client.ObjectKey, into client.Object, kind string) {
		id := fmt.Sprintf("%T %s", into, key)
		if known[id] || !r.scope.reads(Kind(kindOf(into))) {
			return
		}
		known[id] = true
		switch err := r.client.Get(r.ctx, key, into); {
		case err == nil:
			r.objects, from = append(r.objects, into), append(from, into)
		case apierrors.IsForbidden(err):
			r.withheld = append(r.withheld, kind+" "+key.String())
		case !apierrors.IsNotFound(err) && r.err == nil:
			r.err = fmt.Errorf("get %s %s: %w", kind, key, err)
		}
	}
	for i := 0; i < len(from); i++ { // it grows meanwhile
		switch o := from[i].(type) {
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
