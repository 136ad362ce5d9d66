package controllers

import (
	"context"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

const kindKeyResult = "KeyResult"

// KeyResultReconciler measures and judges key results.
type KeyResultReconciler struct{ *environment }

// +kubebuilder:rbac:groups=goals.okr.dev,resources=keyresults,verbs=get;list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=keyresults/status,verbs=patch

// Reconcile evaluates one key result from the samples that are held, registers its questions and writes what
// has changed. It never waits for an answer: a sample that matters wakes it.
func (r *KeyResultReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	r.metrics.reconciles.WithLabelValues(kindKeyResult).Inc()
	owner := ownerOf(kindKeyResult, req.NamespacedName)
	keyResult := &v1alpha1.KeyResult{}
	if found, err := r.world.get(ctx, req.NamespacedName, keyResult); !found || err != nil {
		if err == nil {
			r.sampler.Forget(owner)
		}
		return ctrl.Result{}, err
	}
	in, err := r.world.keyResult(ctx, keyResult)
	if err != nil {
		return ctrl.Result{}, err
	}
	now := r.now()
	result := evaluate.KeyResult(in, r.sampler.Held, now)
	r.sampler.Register(owner, result.Watches)
	if apiequality.Semantic.DeepEqual(keyResult.Status, result.Status) {
		return r.outcome(now, result.Next, nil)
	}
	updated := keyResult.DeepCopy()
	updated.Status = result.Status
	before, after := keyResultVerdict(keyResult), keyResultVerdict(updated)
	if err := r.writeStatus(ctx, keyResult, updated, kindKeyResult, writeReason(before, after)); err != nil {
		return r.outcome(now, result.Next, err)
	}
	r.announce(updated, before, after)
	return r.outcome(now, result.Next, nil)
}

func keyResultVerdict(kr *v1alpha1.KeyResult) verdict {
	return verdict{string(kr.Status.Health), v1alpha1.OnTrackCondition, kr.Status.Conditions}
}

func (r *KeyResultReconciler) setup(mgr ctrl.Manager) error {
	own := ownChange(func(o client.Object) []metav1.Condition { return o.(*v1alpha1.KeyResult).Status.Conditions })
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.KeyResult{}, builder.WithPredicates(own)).
		Watches(&v1alpha1.Objective{}, enqueue(r.ofObjective), builder.WithPredicates(specChanged)).
		Watches(&v1alpha1.KPI{}, enqueue(r.measuredBy), builder.WithPredicates(specChanged)).
		Watches(&v1alpha1.MetricSource{}, enqueue(r.asking), builder.WithPredicates(specChanged)).
		WatchesMetadata(namespaceMetadata(), enqueue(r.inNamespace), builder.WithPredicates(labelsChanged)).
		WatchesRawSource(r.alarm.source(kindKeyResult)).
		WithOptions(r.controllerOptions()).
		Complete(r)
}

func (r *KeyResultReconciler) ofObjective(ctx context.Context, objective client.Object) ([]client.ObjectKey, error) {
	return r.world.keyResultsMatching(ctx, client.InNamespace(objective.GetNamespace()), client.MatchingFields{indexObjective: objective.GetName()})
}

func (r *KeyResultReconciler) measuredBy(ctx context.Context, kpi client.Object) ([]client.ObjectKey, error) {
	return r.world.keyResultsMatching(ctx, byKPI(kpi))
}

// asking finds the key results that ask a source, themselves or through a KPI.
func (r *KeyResultReconciler) asking(ctx context.Context, source client.Object) ([]client.ObjectKey, error) {
	found, err := r.world.keyResultsMatching(ctx, bySource(source))
	if err != nil {
		return found, err
	}
	var kpis v1alpha1.KPIList
	if err := r.world.list(ctx, &kpis, bySource(source)); err != nil {
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

// inNamespace finds the key results that a namespace's labels matter to: its own, and those measured by its KPIs.
func (r *KeyResultReconciler) inNamespace(ctx context.Context, namespace client.Object) ([]client.ObjectKey, error) {
	found, err := r.world.keyResultsMatching(ctx, client.InNamespace(namespace.GetName()))
	if err != nil {
		return found, err
	}
	var kpis v1alpha1.KPIList
	if err := r.world.list(ctx, &kpis, client.InNamespace(namespace.GetName())); err != nil {
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
