// Package gather finds what a goal depends on, through whatever reads objects: the cache of the controller, or a snapshot
// of a cluster or a folder in a command. It decides nothing.
package gather

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
)

// namespaceKind is the kind of namespaces, of which only metadata is read.
var namespaceKind = corev1.SchemeGroupVersion.WithKind("Namespace")

// World reads, from the cache, what objects refer to. What it returns is shared with the cache: read only.
type World struct{ client.Reader }

// Find reads an object; false if there is none of that name. It is a copy.
func (w World) Find(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) (bool, error) {
	err := w.Get(ctx, key, into, options...)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("get %T %s: %w", into, key, err)
	}
	return true, nil
}

// See is Find without copying: a goal may carry a hundred check-ins or readings.
func (w World) See(ctx context.Context, key client.ObjectKey, into client.Object) (bool, error) {
	return w.Find(ctx, key, into, client.UnsafeDisableDeepCopy)
}

// Match reads the objects that match, without copying them.
func (w World) Match(ctx context.Context, into client.ObjectList, options ...client.ListOption) error {
	if err := w.List(ctx, into, append(options, client.UnsafeDisableDeepCopy)...); err != nil {
		return fmt.Errorf("list %T: %w", into, err)
	}
	return nil
}

// labelsOf reads the labels of namespaces on demand. The first failure is kept in err: a label that could not
// be read must not look like a label that is missing.
func (w World) labelsOf(ctx context.Context, err *error) func(string) (labels.Set, bool) {
	return func(name string) (labels.Set, bool) {
		namespace := NamespaceMetadata()
		found, failed := w.Find(ctx, client.ObjectKey{Name: name}, namespace)
		if failed != nil && *err == nil {
			*err = failed
		}
		return namespace.GetLabels(), found
	}
}

// kpi reads the KPI that namespace from refers to; nil if it is missing or not shared.
func (w World) kpi(ctx context.Context, ref v1alpha1.KPIReference, from string) (*v1alpha1.KPI, error) {
	kpi := &v1alpha1.KPI{}
	key := KPIKey(ref, from)
	if found, err := w.See(ctx, key, kpi); !found || err != nil {
		return nil, err
	}
	var err error
	if !evaluate.Shared(kpi.Spec.AllowedNamespaces, key.Namespace, from, w.labelsOf(ctx, &err)) || err != nil {
		return nil, err
	}
	return kpi, nil
}

// kpiMetric finds out about a KPI's metric; nil where it is kept by hand.
func (w World) kpiMetric(ctx context.Context, kpi *v1alpha1.KPI) (*evaluate.Metric, error) {
	if kpi.Spec.Metric == nil {
		return nil, nil
	}
	spec := *kpi.Spec.Metric
	spec.Window = kpi.Spec.Window()
	metric, err := w.metric(ctx, spec, kpi.Namespace)
	metric.Spec = *kpi.Spec.Metric
	return &metric, err
}

// metric finds out about a metric that is written in a namespace.
func (w World) metric(ctx context.Context, spec v1alpha1.Metric, namespace string) (evaluate.Metric, error) {
	metric := evaluate.Metric{
		Spec: spec, Namespace: namespace, Expression: prom.Analyze(spec.Query, spec.Window.Duration()),
	}
	source := &v1alpha1.MetricSource{}
	found, err := w.Find(ctx, client.ObjectKey{Name: spec.SourceRef.Name}, source)
	if err != nil {
		return metric, err
	}
	if found {
		metric.MinInterval, metric.QueryOffset = evaluate.LimitsOf(source).MinInterval, source.Spec.QueryOffset.Duration()
	}
	labelsOf := w.labelsOf(ctx, &err)
	metric.SourceFound = found && evaluate.SourceShared(source.Spec.AllowedNamespaces, namespace, labelsOf)
	if metric.SourceFound {
		metric.Tenant, metric.Refusal = evaluate.TenantOf(source, namespace, labelsOf)
	}
	return metric, err
}

// NamespaceMetadata is what is cached of namespaces: their labels.
func NamespaceMetadata() client.Object {
	namespace := &metav1.PartialObjectMetadata{}
	namespace.SetGroupVersionKind(namespaceKind)
	return namespace
}

// Keys are the names of a list's items.
func Keys[T any, P interface {
	*T
	client.Object
}](items []T) []client.ObjectKey {
	result := make([]client.ObjectKey, 0, len(items))
	for i := range items {
		result = append(result, client.ObjectKeyFromObject(P(&items[i])))
	}
	return result
}

// ObjectivesMatching are the names of the objectives that match.
func (w World) ObjectivesMatching(ctx context.Context, options ...client.ListOption) ([]client.ObjectKey, error) {
	var list v1alpha1.ObjectiveList
	err := w.Match(ctx, &list, options...)
	return Keys(list.Items), err
}

// KeyResultsMatching are the names of the key results that match.
func (w World) KeyResultsMatching(ctx context.Context, options ...client.ListOption) ([]client.ObjectKey, error) {
	var list v1alpha1.KeyResultList
	err := w.Match(ctx, &list, options...)
	return Keys(list.Items), err
}

// KPIsMatching are the names of the KPIs that match.
func (w World) KPIsMatching(ctx context.Context, options ...client.ListOption) ([]client.ObjectKey, error) {
	var list v1alpha1.KPIList
	err := w.Match(ctx, &list, options...)
	return Keys(list.Items), err
}

// SourcesMatching are the names of the sources that match.
func (w World) SourcesMatching(ctx context.Context, options ...client.ListOption) ([]client.ObjectKey, error) {
	var list v1alpha1.MetricSourceList
	err := w.Match(ctx, &list, options...)
	return Keys(list.Items), err
}
