package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
)

// namespaceKind is the kind of namespaces, of which only metadata is read.
var namespaceKind = corev1.SchemeGroupVersion.WithKind("Namespace")

// world reads, from the cache, what objects refer to. What it returns is shared with the cache: read only.
type world struct{ client.Reader }

// get reads an object; false if there is none of that name. It is a copy.
func (w world) get(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) (bool, error) {
	err := w.Get(ctx, key, into, options...)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("get %T %s: %w", into, key, err)
	}
	return true, nil
}

// see is get without copying: a goal may carry a hundred check-ins or readings.
func (w world) see(ctx context.Context, key client.ObjectKey, into client.Object) (bool, error) {
	return w.get(ctx, key, into, client.UnsafeDisableDeepCopy)
}

// list reads the objects that match, without copying them.
func (w world) list(ctx context.Context, into client.ObjectList, options ...client.ListOption) error {
	if err := w.List(ctx, into, append(options, client.UnsafeDisableDeepCopy)...); err != nil {
		return fmt.Errorf("list %T: %w", into, err)
	}
	return nil
}

// labelsOf reads the labels of namespaces on demand. The first failure is kept in err: a label that could not
// be read must not look like a label that is missing.
func (w world) labelsOf(ctx context.Context, err *error) func(string) (labels.Set, bool) {
	return func(name string) (labels.Set, bool) {
		namespace := namespaceMetadata()
		found, failed := w.get(ctx, client.ObjectKey{Name: name}, namespace)
		if failed != nil && *err == nil {
			*err = failed
		}
		return namespace.GetLabels(), found
	}
}

// kpi reads the KPI that namespace from refers to; nil if it is missing or not shared.
func (w world) kpi(ctx context.Context, ref v1alpha1.KPIReference, from string) (*v1alpha1.KPI, error) {
	kpi := &v1alpha1.KPI{}
	key := kpiKey(ref, from)
	if found, err := w.see(ctx, key, kpi); !found || err != nil {
		return nil, err
	}
	var err error
	if !evaluate.Shared(kpi.Spec.AllowedNamespaces, key.Namespace, from, w.labelsOf(ctx, &err)) || err != nil {
		return nil, err
	}
	return kpi, nil
}

// kpiMetric finds out about a KPI's metric; nil where it is kept by hand.
func (w world) kpiMetric(ctx context.Context, kpi *v1alpha1.KPI) (*evaluate.Metric, error) {
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
func (w world) metric(ctx context.Context, spec v1alpha1.Metric, namespace string) (evaluate.Metric, error) {
	metric := evaluate.Metric{
		Spec: spec, Namespace: namespace, Expression: prom.Analyze(spec.Query, spec.Window.Duration()),
	}
	source := &v1alpha1.MetricSource{}
	found, err := w.get(ctx, client.ObjectKey{Name: spec.SourceRef.Name}, source)
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

// keyResult gathers what a key result depends on.
func (w world) keyResult(ctx context.Context, kr *v1alpha1.KeyResult) (evaluate.KeyResultInput, error) {
	in := evaluate.KeyResultInput{KeyResult: kr}
	objective := &v1alpha1.Objective{}
	found, err := w.see(ctx, client.ObjectKey{Namespace: kr.Namespace, Name: kr.Spec.ObjectiveRef.Name}, objective)
	if err != nil {
		return in, err
	}
	if found {
		in.Objective = objective
	}
	if spec := evaluate.GuardMetric(kr); spec != nil {
		guard, err := w.metric(ctx, *spec, kr.Namespace)
		if err != nil {
			return in, err
		}
		in.Guard = &guard
	}
	if ref := kr.Spec.KPIRef; ref != nil {
		if in.KPI, err = w.kpi(ctx, *ref, kr.Namespace); in.KPI == nil || err != nil {
			return in, err
		}
		in.Metric, err = w.kpiMetric(ctx, in.KPI)
		return in, err
	}
	if kr.Spec.Metric == nil { // people keep the value
		return in, nil
	}
	metric, err := w.metric(ctx, *kr.Spec.Metric, kr.Namespace)
	in.Metric = &metric
	return in, err
}

// objective gathers what an objective depends on.
func (w world) objective(ctx context.Context, o *v1alpha1.Objective) (evaluate.ObjectiveInput, error) {
	in := evaluate.ObjectiveInput{Objective: o}
	var keyResults v1alpha1.KeyResultList
	if err := w.list(ctx, &keyResults, client.InNamespace(o.Namespace), client.MatchingFields{indexObjective: o.Name}); err != nil {
		return in, err
	}
	for i := range keyResults.Items {
		in.KeyResults = append(in.KeyResults, &keyResults.Items[i])
	}
	for _, ref := range o.Spec.KPIRefs {
		kpi, err := w.kpi(ctx, ref, o.Namespace)
		if err != nil {
			return in, err
		}
		if kpi == nil {
			in.MissingKPIs = append(in.MissingKPIs, ref)
			continue
		}
		named := evaluate.NamedKPI{KPI: kpi}
		if !evaluate.ImpactKnown(o, kpi) {
			if named.Metric, err = w.kpiMetric(ctx, kpi); err != nil {
				return in, err
			}
		}
		in.KPIs = append(in.KPIs, named)
	}
	err := w.family(ctx, &in)
	return in, err
}

// lookers finds the objectives that look after a KPI: those that name it, and those with an active key result
// measured by it. References that the KPI does not allow do not count.
func (w world) lookers(ctx context.Context, kpi *v1alpha1.KPI) ([]*v1alpha1.Objective, error) {
	key := client.MatchingFields{indexKPI: client.ObjectKeyFromObject(kpi).String()}
	var naming v1alpha1.ObjectiveList
	if err := w.list(ctx, &naming, key); err != nil {
		return nil, err
	}
	var measuring v1alpha1.KeyResultList
	if err := w.list(ctx, &measuring, key); err != nil {
		return nil, err
	}
	var failed error
	labelsOf := w.labelsOf(ctx, &failed)
	shared := func(from string) bool {
		return evaluate.Shared(kpi.Spec.AllowedNamespaces, kpi.Namespace, from, labelsOf)
	}
	var lookers []*v1alpha1.Objective
	for i := range naming.Items {
		if shared(naming.Items[i].Namespace) {
			lookers = append(lookers, &naming.Items[i])
		}
	}
	for i := range measuring.Items {
		kr := &measuring.Items[i]
		if kr.Spec.State == v1alpha1.KeyResultCancelled || !shared(kr.Namespace) {
			continue
		}
		objective := &v1alpha1.Objective{}
		found, err := w.see(ctx, client.ObjectKey{Namespace: kr.Namespace, Name: kr.Spec.ObjectiveRef.Name}, objective)
		if err != nil {
			return nil, err
		}
		if found {
			lookers = append(lookers, objective)
		}
	}
	return lookers, failed
}
