package controllers

import (
	"context"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

const kindObjective = "Objective"

// ObjectiveReconciler rolls up key results into their objective.
type ObjectiveReconciler struct{ *environment }

// +kubebuilder:rbac:groups=goals.okr.dev,resources=objectives,verbs=get;list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=objectives/status,verbs=patch
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Reconcile evaluates one objective from its key results' published numbers and writes what has changed.
func (r *ObjectiveReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	r.metrics.reconciles.WithLabelValues(kindObjective).Inc()
	objective := &v1alpha1.Objective{}
	if found, err := r.world.get(ctx, req.NamespacedName, objective); !found || err != nil {
		return ctrl.Result{}, err
	}
	in, err := r.world.objective(ctx, objective)
	if err != nil {
		return ctrl.Result{}, err
	}
	now := r.now()
	result := evaluate.Objective(in, now)
	if apiequality.Semantic.DeepEqual(objective.Status, result.Status) {
		return r.outcome(now, result.Next, nil)
	}
	updated := objective.DeepCopy()
	updated.Status = result.Status
	before, after := objectiveVerdict(objective), objectiveVerdict(updated)
	if err := r.writeStatus(ctx, objective, updated, kindObjective, writeReason(before, after)); err != nil {
		return r.outcome(now, result.Next, err)
	}
	r.announce(updated, before, after)
	return r.outcome(now, result.Next, nil)
}

func objectiveVerdict(o *v1alpha1.Objective) verdict {
	return verdict{string(o.Status.Health), v1alpha1.OnTrackCondition, o.Status.Conditions}
}

func (r *ObjectiveReconciler) setup(mgr ctrl.Manager) error {
	own := ownChange(func(o client.Object) []metav1.Condition { return o.(*v1alpha1.Objective).Status.Conditions })
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Objective{}, builder.WithPredicates(own)).
		Watches(&v1alpha1.KeyResult{}, enqueue(objectiveOf), builder.WithPredicates(memberChanged)).
		Watches(&v1alpha1.KPI{}, enqueue(r.naming), builder.WithPredicates(specChanged)).
		WatchesMetadata(namespaceMetadata(), enqueue(r.inNamespace), builder.WithPredicates(predicate.Predicate(labelsChanged))).
		WithOptions(r.controllerOptions()).
		Complete(r)
}

// objectiveOf is the objective that a key result belongs to.
func objectiveOf(_ context.Context, object client.Object) ([]client.ObjectKey, error) {
	kr := object.(*v1alpha1.KeyResult)
	return []client.ObjectKey{{Namespace: kr.Namespace, Name: kr.Spec.ObjectiveRef.Name}}, nil
}

// naming finds the objectives that name a KPI.
func (r *ObjectiveReconciler) naming(ctx context.Context, kpi client.Object) ([]client.ObjectKey, error) {
	return r.world.objectivesMatching(ctx, byKPI(kpi))
}

func (r *ObjectiveReconciler) inNamespace(ctx context.Context, namespace client.Object) ([]client.ObjectKey, error) {
	return r.world.objectivesMatching(ctx, client.InNamespace(namespace.GetName()))
}
