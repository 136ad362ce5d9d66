package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// The keys of the cache's indexes: every relation between objects is looked up, never scanned for.
const (
	// indexObjective finds the key results of an objective, by its name.
	indexObjective = "spec.objectiveRef.name"
	// indexParent finds the children of an objective, or of a KPI, by its namespace/name.
	indexParent = "spec.parentRef"
	// indexKPI finds the objectives and the key results that refer to a KPI, by its namespace/name.
	indexKPI = "kpi"
	// indexSource finds the KPIs and the key results that ask a source themselves, by its name.
	indexSource = "source"
	// indexReads finds the sources that read a Secret or ConfigMap, by its kind and name.
	indexReads = "reads"
)

func addIndexes(ctx context.Context, cache client.FieldIndexer) error {
	indexes := []struct {
		object client.Object
		key    string
		values client.IndexerFunc
	}{
		{&v1alpha1.KeyResult{}, indexObjective, func(o client.Object) []string {
			return []string{o.(*v1alpha1.KeyResult).Spec.ObjectiveRef.Name}
		}},
		{&v1alpha1.KeyResult{}, indexKPI, func(o client.Object) []string { return kpisOfKeyResult(o.(*v1alpha1.KeyResult)) }},
		{&v1alpha1.Objective{}, indexParent, func(o client.Object) []string {
			if key, named := parentKey(o.(*v1alpha1.Objective)); named {
				return []string{key.String()}
			}
			return nil
		}},
		{&v1alpha1.Objective{}, indexKPI, func(o client.Object) []string { return kpisOfObjective(o.(*v1alpha1.Objective)) }},
		{&v1alpha1.KPI{}, indexSource, func(o client.Object) []string {
			if metric := o.(*v1alpha1.KPI).Spec.Metric; metric != nil {
				return []string{metric.SourceRef.Name}
			}
			return nil
		}},
		{&v1alpha1.KPI{}, indexParent, func(o client.Object) []string {
			if key, named := drivenKey(o.(*v1alpha1.KPI)); named {
				return []string{key.String()}
			}
			return nil
		}},
		{&v1alpha1.MetricSource{}, indexReads, func(o client.Object) []string {
			var objects []string
			for _, ref := range referencesOf(o.(*v1alpha1.MetricSource)) {
				objects = append(objects, ref.object())
			}
			return slices.Compact(objects)
		}},
		{&v1alpha1.KeyResult{}, indexSource, func(o client.Object) []string {
			return sourcesOfKeyResult(o.(*v1alpha1.KeyResult))
		}},
	}
	for _, index := range indexes {
		if err := cache.IndexField(ctx, index.object, index.key, index.values); err != nil {
			return fmt.Errorf("index %q of %T: %w", index.key, index.object, err)
		}
	}
	return nil
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
	return []string{kpiKey(*kr.Spec.KPIRef, kr.Namespace).String()}
}

func kpisOfObjective(o *v1alpha1.Objective) []string {
	keys := make([]string, 0, len(o.Spec.KPIRefs))
	for _, ref := range o.Spec.KPIRefs {
		keys = append(keys, kpiKey(ref, o.Namespace).String())
	}
	return keys
}

// kpiKey is the KPI that a reference from namespace own names.
func kpiKey(ref v1alpha1.KPIReference, own string) client.ObjectKey {
	return client.ObjectKey{Namespace: cmp.Or(ref.Namespace, own), Name: ref.Name}
}
