package gather

import (
	"cmp"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// The keys of the indexes that a reader needs: every relation between objects is looked up, never scanned for.
const (
	// IndexObjective finds the key results of an objective, by its name.
	IndexObjective = "spec.objectiveRef.name"
	// IndexParent finds the children of an objective, or of a KPI, by its namespace/name.
	IndexParent = "spec.parentRef"
	// IndexKPI finds the objectives and the key results that refer to a KPI, by its namespace/name.
	IndexKPI = "kpi"
	// IndexSource finds the KPIs and the key results that ask a source themselves, by its name.
	IndexSource = "source"
)

// Index is what a reader is to look objects up by.
type Index struct {
	Object client.Object
	Key    string
	Values client.IndexerFunc
}

// Indexes are those that a reader needs. A function is only given objects of its kind.
func Indexes() []Index {
	return []Index{
		{&v1alpha1.KeyResult{}, IndexObjective, func(o client.Object) []string {
			return []string{o.(*v1alpha1.KeyResult).Spec.ObjectiveRef.Name}
		}},
		{&v1alpha1.KeyResult{}, IndexKPI, func(o client.Object) []string { return kpisOfKeyResult(o.(*v1alpha1.KeyResult)) }},
		{&v1alpha1.KeyResult{}, IndexSource, func(o client.Object) []string {
			return sourcesOfKeyResult(o.(*v1alpha1.KeyResult))
		}},
		{&v1alpha1.Objective{}, IndexParent, func(o client.Object) []string {
			if key, named := ParentKey(o.(*v1alpha1.Objective)); named {
				return []string{key.String()}
			}
			return nil
		}},
		{&v1alpha1.Objective{}, IndexKPI, func(o client.Object) []string { return kpisOfObjective(o.(*v1alpha1.Objective)) }},
		{&v1alpha1.KPI{}, IndexSource, func(o client.Object) []string {
			if metric := o.(*v1alpha1.KPI).Spec.Metric; metric != nil {
				return []string{metric.SourceRef.Name}
			}
			return nil
		}},
		{&v1alpha1.KPI{}, IndexParent, func(o client.Object) []string {
			if key, named := DrivenKey(o.(*v1alpha1.KPI)); named {
				return []string{key.String()}
			}
			return nil
		}},
	}
}

func sourcesOfKeyResult(kr *v1alpha1.KeyResult) []string {
	var sources []string
	for _, metric := range []*v1alpha1.Metric{kr.Spec.Metric, evaluate.GuardMetric(kr)} {
		if metric != nil {
			sources = append(sources, metric.SourceRef.Name)
		}
	}
	return slices.Compact(sources)
}

func kpisOfKeyResult(kr *v1alpha1.KeyResult) []string {
	if kr.Spec.KPIRef == nil {
		return nil
	}
	return []string{KPIKey(*kr.Spec.KPIRef, kr.Namespace).String()}
}

func kpisOfObjective(o *v1alpha1.Objective) []string {
	keys := make([]string, 0, len(o.Spec.KPIRefs))
	for _, ref := range o.Spec.KPIRefs {
		keys = append(keys, KPIKey(ref, o.Namespace).String())
	}
	return keys
}

// KPIKey is the KPI that a reference from namespace own names.
func KPIKey(ref v1alpha1.KPIReference, own string) client.ObjectKey {
	return client.ObjectKey{Namespace: cmp.Or(ref.Namespace, own), Name: ref.Name}
}
