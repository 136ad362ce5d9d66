package gather

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

// KeyResult gathers what a key result depends on.
func (w World) KeyResult(ctx context.Context, kr *v1alpha1.KeyResult) (evaluate.KeyResultInput, error) {
	in := evaluate.KeyResultInput{KeyResult: kr}
	objective := &v1alpha1.Objective{}
	found, err := w.See(ctx, client.ObjectKey{Namespace: kr.Namespace, Name: kr.Spec.ObjectiveRef.Name}, objective)
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

// Objective gathers what an objective depends on.
func (w World) Objective(ctx context.Context, o *v1alpha1.Objective) (evaluate.ObjectiveInput, error) {
	in := evaluate.ObjectiveInput{Objective: o}
	var keyResults v1alpha1.KeyResultList
	if err := w.Match(ctx, &keyResults, client.InNamespace(o.Namespace), client.MatchingFields{IndexObjective: o.Name}); err != nil {
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

// family gathers the parent of an objective and its children, as far as the upper one of two consents.
func (w World) family(ctx context.Context, in *evaluate.ObjectiveInput) error {
	o := in.Objective
	line, err := ObjectiveTree.above(ctx, w, o)
	if err != nil {
		return err
	}
	in.Parent, in.TooDeep, in.Cycle = line.parent, line.deep, line.members()
	var children v1alpha1.ObjectiveList
	if err := w.Match(ctx, &children, ByParent(o)); err != nil {
		return err
	}
	var failed error
	labelsOf := w.labelsOf(ctx, &failed)
	for i := range children.Items {
		if ObjectiveTree.shares(o, &children.Items[i], labelsOf) {
			in.Children = append(in.Children, &children.Items[i])
		}
	}
	return failed
}

// KPI gathers what a KPI depends on.
func (w World) KPI(ctx context.Context, kpi *v1alpha1.KPI) (evaluate.KPIInput, error) {
	in := evaluate.KPIInput{KPI: kpi}
	var err error
	if in.Metric, err = w.kpiMetric(ctx, kpi); err != nil {
		return in, err
	}
	line, err := KPITree.above(ctx, w, kpi)
	if err != nil {
		return in, err
	}
	in.ParentMissing, in.Cycle = kpi.Spec.ParentRef != nil && line.parent == nil, line.members()
	in.Objectives, err = w.lookers(ctx, kpi)
	return in, err
}

// lookers finds the objectives that look after a KPI: those that name it, and those with an active key result
// measured by it. References that the KPI does not allow do not count.
func (w World) lookers(ctx context.Context, kpi *v1alpha1.KPI) ([]*v1alpha1.Objective, error) {
	key := client.MatchingFields{IndexKPI: client.ObjectKeyFromObject(kpi).String()}
	var naming v1alpha1.ObjectiveList
	if err := w.Match(ctx, &naming, key); err != nil {
		return nil, err
	}
	var measuring v1alpha1.KeyResultList
	if err := w.Match(ctx, &measuring, key); err != nil {
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
		found, err := w.See(ctx, client.ObjectKey{Namespace: kr.Namespace, Name: kr.Spec.ObjectiveRef.Name}, objective)
		if err != nil {
			return nil, err
		}
		if found {
			lookers = append(lookers, objective)
		}
	}
	return lookers, failed
}
