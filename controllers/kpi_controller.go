package controllers

import (
	"context"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
)

const kindKPI = "KPI"

var kpiKind = kind[*v1alpha1.KPI, v1alpha1.KPIStatus]{
	name:   kindKPI,
	status: func(o *v1alpha1.KPI) *v1alpha1.KPIStatus { return &o.Status },
	verdict: func(o *v1alpha1.KPI) verdict {
		return verdict{health: string(o.Status.Health), told: v1alpha1.HealthyCondition, conditions: o.Status.Conditions}
	},
}

// KPIReconciler measures KPIs, judges them by their bands and flags those that no objective looks after.
type KPIReconciler struct{ *environment }

// +kubebuilder:rbac:groups=goals.okr.dev,resources=kpis,verbs=list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=kpis/status,verbs=patch

// Reconcile evaluates one KPI from the sample that is held and the objectives that look after it, registers its
// question and writes what has changed. It never waits for an answer: a sample that matters wakes it.
func (r *KPIReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	owner := ownerOf(kindKPI, req.NamespacedName)
	kpi := &v1alpha1.KPI{}
	if found, err := r.world.Find(ctx, req.NamespacedName, kpi); !found || err != nil {
		if err == nil {
			r.forget(owner)
		}
		return ctrl.Result{}, err
	}
	if r.written.ahead(owner, kpi, r.now()) {
		return ctrl.Result{RequeueAfter: lookAgain}, nil
	}
	r.metrics.reconciles.WithLabelValues(kindKPI).Inc()
	in, err := r.world.KPI(ctx, kpi)
	if err != nil {
		return ctrl.Result{}, err
	}
	in.Grace, in.Thresholds = r.options.AlignmentGrace, r.options.Practice
	now := r.now()
	result := evaluate.KPI(in, r.sampler.Held, now)
	r.sampler.Register(owner, result.Watches)
	return settle(ctx, r.environment, kpiKind, kpi, result, now)
}

func (r *KPIReconciler) setup(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.KPI{}, builder.WithPredicates(ownChange(kpiKind.verdict))).
		Watches(&v1alpha1.Objective{}, enqueue(r.lookedAfterBy), builder.WithPredicates(specChanged)).
		Watches(&v1alpha1.KeyResult{}, enqueue(measuring), builder.WithPredicates(specChanged)).
		Watches(&v1alpha1.KPI{}, enqueue(gather.KPITree.Kin(r.world)), builder.WithPredicates(relativeChanged)).
		Watches(&v1alpha1.MetricSource{}, enqueueBehind(r.asking), builder.WithPredicates(specChanged)).
		WatchesMetadata(gather.NamespaceMetadata(), enqueueBehind(r.inNamespace), builder.WithPredicates(labelsChanged)).
		WatchesRawSource(r.alarm.source(kindKPI)).
		WithOptions(r.controllerOptions()).
		Complete(r)
}

// lookedAfterBy finds the KPIs that an objective names, and those that measure its key results.
func (r *KPIReconciler) lookedAfterBy(ctx context.Context, object client.Object) ([]client.ObjectKey, error) {
	objective := object.(*v1alpha1.Objective)
	var found []client.ObjectKey
	for _, ref := range objective.Spec.KPIRefs {
		found = append(found, gather.KPIKey(ref, objective.Namespace))
	}
	var keyResults v1alpha1.KeyResultList
	err := r.world.Match(ctx, &keyResults, client.InNamespace(objective.Namespace), client.MatchingFields{gather.IndexObjective: objective.Name})
	for i := range keyResults.Items {
		through, _ := measuring(ctx, &keyResults.Items[i])
		found = append(found, through...)
	}
	return found, err
}

// measuring is the KPI that measures a key result, if one does.
func measuring(_ context.Context, object client.Object) ([]client.ObjectKey, error) {
	kr := object.(*v1alpha1.KeyResult)
	if kr.Spec.KPIRef == nil {
		return nil, nil
	}
	return []client.ObjectKey{gather.KPIKey(*kr.Spec.KPIRef, kr.Namespace)}, nil
}

func (r *KPIReconciler) asking(ctx context.Context, source client.Object) ([]client.ObjectKey, error) {
	return r.world.KPIsMatching(ctx, bySource(source))
}

// inNamespace finds the KPIs that a namespace's labels matter to: its own, the members of their cycles, and those that its
// goals refer to.
func (r *KPIReconciler) inNamespace(ctx context.Context, namespace client.Object) ([]client.ObjectKey, error) {
	var own v1alpha1.KPIList
	if err := r.world.Match(ctx, &own, client.InNamespace(namespace.GetName())); err != nil {
		return nil, err
	}
	found := gather.Keys(own.Items)
	for i := range own.Items {
		ring, err := gather.KPITree.Ring(ctx, r.world, &own.Items[i])
		if err != nil {
			return found, err
		}
		found = append(found, ring...)
	}
	var objectives v1alpha1.ObjectiveList
	if err := r.world.Match(ctx, &objectives, client.InNamespace(namespace.GetName())); err != nil {
		return found, err
	}
	for i := range objectives.Items {
		through, err := r.lookedAfterBy(ctx, &objectives.Items[i])
		if err != nil {
			return found, err
		}
		found = append(found, through...)
	}
	return found, nil
}
