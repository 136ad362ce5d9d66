// Package goals holds goals that were read from a cluster or a folder, related to each other, for commands that show or
// judge them.
package goals

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
)

// Set is a set of goals. Its lists are sorted by namespace and name. It is not changed after it was made.
type Set struct {
	Objectives []*v1alpha1.Objective
	KeyResults []*v1alpha1.KeyResult
	KPIs       []*v1alpha1.KPI
	Sources    []*v1alpha1.MetricSource
	// Namespaces are metadata only: their labels decide who may use what.
	Namespaces []*metav1.PartialObjectMetadata
	// Withheld are the kinds, or the objects that are referred to ("KPI company/margin"), that the caller may not read.
	// What is withheld is not known: it is not missing.
	Withheld []string

	stores map[string]*store
}

// New relates objects to each other. Objects of other kinds are dropped.
func New(objects []client.Object) *Set {
	s := &Set{}
	for _, object := range objects {
		switch o := object.(type) {
		case *v1alpha1.Objective:
			s.Objectives = append(s.Objectives, o)
		case *v1alpha1.KeyResult:
			s.KeyResults = append(s.KeyResults, o)
		case *v1alpha1.KPI:
			s.KPIs = append(s.KPIs, o)
		case *v1alpha1.MetricSource:
			s.Sources = append(s.Sources, o)
		case *metav1.PartialObjectMetadata:
			s.Namespaces = append(s.Namespaces, o)
		}
	}
	byName(s.Objectives)
	byName(s.KeyResults)
	byName(s.KPIs)
	byName(s.Sources)
	byName(s.Namespaces)
	s.index()
	return s
}

func byName[O client.Object](objects []O) {
	slices.SortStableFunc(objects, func(a, b O) int {
		return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
	})
}

// Objective of a namespace and name; nil if there is none.
func (s *Set) Objective(namespace, name string) *v1alpha1.Objective {
	return one[*v1alpha1.Objective](s, namespace, name)
}

// KeyResult of a namespace and name; nil if there is none.
func (s *Set) KeyResult(namespace, name string) *v1alpha1.KeyResult {
	return one[*v1alpha1.KeyResult](s, namespace, name)
}

// KPI of a namespace and name; nil if there is none.
func (s *Set) KPI(namespace, name string) *v1alpha1.KPI {
	return one[*v1alpha1.KPI](s, namespace, name)
}

// KeyResultsOf are the key results of an objective.
func (s *Set) KeyResultsOf(o *v1alpha1.Objective) []*v1alpha1.KeyResult {
	var own []*v1alpha1.KeyResult
	for _, kr := range found[*v1alpha1.KeyResult](s, gather.IndexObjective, o.Name) {
		if kr.Namespace == o.Namespace {
			own = append(own, kr)
		}
	}
	return own
}

// ParentOf is the objective that another one names as its parent; nil if it names none, or it is not in the set.
func (s *Set) ParentOf(o *v1alpha1.Objective) *v1alpha1.Objective {
	key, named := gather.ParentKey(o)
	if !named {
		return nil
	}
	return s.Objective(key.Namespace, key.Name)
}

// ChildrenOf are the objectives that name one as their parent. Whether it consents is not looked at.
func (s *Set) ChildrenOf(o *v1alpha1.Objective) []*v1alpha1.Objective {
	return found[*v1alpha1.Objective](s, gather.IndexParent, client.ObjectKeyFromObject(o).String())
}

// DriversOf are the KPIs that name one as their parent.
func (s *Set) DriversOf(k *v1alpha1.KPI) []*v1alpha1.KPI {
	return found[*v1alpha1.KPI](s, gather.IndexParent, client.ObjectKeyFromObject(k).String())
}

// KPIsOf are the KPIs that an objective names or has a key result measured by, as far as they are in the set.
func (s *Set) KPIsOf(o *v1alpha1.Objective) []*v1alpha1.KPI {
	var kpis []*v1alpha1.KPI
	add := func(ref v1alpha1.KPIReference) {
		key := gather.KPIKey(ref, o.Namespace)
		if kpi := s.KPI(key.Namespace, key.Name); kpi != nil && !slices.Contains(kpis, kpi) {
			kpis = append(kpis, kpi)
		}
	}
	for _, ref := range o.Spec.KPIRefs {
		add(ref)
	}
	for _, kr := range s.KeyResultsOf(o) {
		if kr.Spec.KPIRef != nil {
			add(*kr.Spec.KPIRef)
		}
	}
	return kpis
}

// World is the set for those who gather what a goal depends on.
func (s *Set) World() gather.World { return gather.World{Reader: reader{s}} }
