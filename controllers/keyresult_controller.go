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

const kindKeyResult = "KeyResult"

var keyResultKind = kind[*v1alpha1.KeyResult, v1alpha1.KeyResultStatus]{
	name:   kindKeyResult,
	status: func(o *v1alpha1.KeyResult) *v1alpha1.KeyResultStatus { return &o.Status },
	verdict: func(o *v1alpha1.KeyResult) verdict {
		return verdict{health: string(o.Status.Health), told: v1alpha1.OnTrackCondition, conditions: o.Status.Conditions}
	},
}

// KeyResultReconciler measures and judges key results.
type KeyResultReconciler struct{ *environment }

// +kubebuilder:rbac:groups=goals.okr.dev,resources=keyresults,verbs=list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=keyresults/status,verbs=patch

// Reconcile evaluates one key result from the samples that are held, registers its questions and writes what
// has changed. It never waits for an answer: a sample that matters wakes it.
func (r *KeyResultReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	owner := ownerOf(kindKeyResult, req.NamespacedName)
	keyResult := &v1alpha1.KeyResult{}
	if found, err := r.world.Find(ctx, req.NamespacedName, keyResult); !found || err != nil {
		if err == nil {
			r.forget(owner)
		}
		return ctrl.Result{}, err
	}
	if r.written.ahead(owner, keyResult, r.now()) {
		return ctrl.Result{RequeueAfter: lookAgain}, nil
	}
	r.metrics.reconciles.WithLabelValues(kindKeyResult).Inc()
	in, err := r.world.KeyResult(ctx, keyResult)
	if err != nil {
		return ctrl.Result{}, err
	}
	in.Thresholds = r.options.Practice
	now := r.now()
	result := evaluate.KeyResult(in, r.sampler.Held, now)
	r.sampler.Register(owner, result.Watches)
	return settle(ctx, r.environment, keyResultKind, keyResult, result, now)
}

func (r *KeyResultReconciler) setup(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.KeyResult{}, builder.WithPredicates(ownChange(keyResultKind.verdict))).
		Watches(&v1alpha1.Objective{}, enqueue(r.ofObjective), builder.WithPredicates(specChanged)).
		Watches(&v1alpha1.KPI{}, enqueue(r.measuredBy), builder.WithPredicates(specChanged)).
		Watches(&v1alpha1.MetricSource{}, enqueueBehind(r.asking), builder.WithPredicates(specChanged)).
		WatchesMetadata(gather.NamespaceMetadata(), enqueueBehind(r.inNamespace), builder.WithPredicates(labelsChanged)).
		WatchesRawSource(r.alarm.source(kindKeyResult)).
		WithOptions(r.controllerOptions()).
		Complete(r)
}

func (r *KeyResultReconciler) ofObjective(ctx context.Context, objective client.Object) ([]client.ObjectKey, error) {
	return r.world.KeyResultsMatching(ctx, client.InNamespace(objective.GetNamespace()), client.MatchingFields{gather.IndexObjective: objective.GetName()})
}

func (r *KeyResultReconciler) measuredBy(ctx context.Context, kpi client.Object) ([]client.ObjectKey, error) {
	return r.world.KeyResultsMatching(ctx, byKPI(kpi))
}

// asking finds the key results that ask a source, themselves or through a KPI.
func (r *KeyResultReconciler) asking(ctx context.Context, source client.Object) ([]client.ObjectKey, error) {
	return r.matchingOrThroughKPI(ctx, bySource(source))
}

// inNamespace finds the key results that a namespace's labels matter to: its own, and those measured by its KPIs.
func (r *KeyResultReconciler) inNamespace(ctx context.Context, namespace client.Object) ([]client.ObjectKey, error) {
	return r.matchingOrThroughKPI(ctx, client.InNamespace(namespace.GetName()))
}

// matchingOrThroughKPI finds the key results that match, and those measured by a KPI that matches.
func (r *KeyResultReconciler) matchingOrThroughKPI(ctx context.Context, option client.ListOption) ([]client.ObjectKey, error) {
	found, err := r.world.KeyResultsMatching(ctx, option)
	if err != nil {
		return found, err
	}
	var kpis v1alpha1.KPIList
	if err := r.world.Match(ctx, &kpis, option); err != nil {
		return found, err
	}
	for i := range kpis.Items {
		through, err := r.measuredBy(ctx, &kpis.Items[i])
		if err != nil {
			return found, err
		}
		found = append(found, through...)
	}
	return found, nil
}
