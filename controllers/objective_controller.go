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

const kindObjective = "Objective"

var objectiveKind = kind[*v1alpha1.Objective, v1alpha1.ObjectiveStatus]{
	name:   kindObjective,
	status: func(o *v1alpha1.Objective) *v1alpha1.ObjectiveStatus { return &o.Status },
	verdict: func(o *v1alpha1.Objective) verdict {
		return verdict{health: string(o.Status.Health), told: v1alpha1.OnTrackCondition, conditions: o.Status.Conditions}
	},
}

// ObjectiveReconciler rolls up key results into their objective, and children into their parent, and finds out how its
// KPIs have moved.
type ObjectiveReconciler struct{ *environment }

// +kubebuilder:rbac:groups=goals.okr.dev,resources=objectives,verbs=list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=objectives/status,verbs=patch
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Reconcile evaluates one objective from its members' published numbers, registers what it asks of its KPIs and writes
// what has changed. It never waits for an answer: a sample that matters wakes it.
func (r *ObjectiveReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	owner := ownerOf(kindObjective, req.NamespacedName)
	objective := &v1alpha1.Objective{}
	if found, err := r.world.Find(ctx, req.NamespacedName, objective); !found || err != nil {
		if err == nil {
			r.forget(owner)
		}
		return ctrl.Result{}, err
	}
	if r.written.ahead(owner, objective, r.now()) {
		return ctrl.Result{RequeueAfter: lookAgain}, nil
	}
	r.metrics.reconciles.WithLabelValues(kindObjective).Inc()
	in, err := r.world.Objective(ctx, objective)
	if err != nil {
		return ctrl.Result{}, err
	}
	in.Thresholds = r.options.Practice
	now := r.now()
	result := evaluate.Objective(in, r.sampler.Held, now)
	r.sampler.Register(owner, result.Watches)
	return settle(ctx, r.environment, objectiveKind, objective, result, now)
}

func (r *ObjectiveReconciler) setup(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Objective{}, builder.WithPredicates(ownChange(objectiveKind.verdict))).
		Watches(&v1alpha1.KeyResult{}, enqueueTogether(objectiveOf), builder.WithPredicates(memberChanged)).
		Watches(&v1alpha1.Objective{}, enqueueTogether(parentOf), builder.WithPredicates(childChanged)).
		Watches(&v1alpha1.Objective{}, enqueue(gather.ObjectiveTree.Kin(r.world)), builder.WithPredicates(lineChanged)).
		Watches(&v1alpha1.KPI{}, enqueue(r.naming), builder.WithPredicates(judgedChanged)).
		Watches(&v1alpha1.MetricSource{}, enqueueBehind(r.asking), builder.WithPredicates(specChanged)).
		WatchesMetadata(gather.NamespaceMetadata(), enqueueBehind(r.inNamespace), builder.WithPredicates(labelsChanged)).
		WatchesRawSource(r.alarm.source(kindObjective)).
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
	return r.world.ObjectivesMatching(ctx, byKPI(kpi))
}

// asking finds the objectives that ask a source what became of their KPIs.
func (r *ObjectiveReconciler) asking(ctx context.Context, source client.Object) ([]client.ObjectKey, error) {
	return r.throughKPI(ctx, bySource(source))
}

// throughKPI finds the objectives that name a KPI that matches.
func (r *ObjectiveReconciler) throughKPI(ctx context.Context, option client.ListOption) ([]client.ObjectKey, error) {
	var kpis v1alpha1.KPIList
	if err := r.world.Match(ctx, &kpis, option); err != nil {
		return nil, err
	}
	var found []client.ObjectKey
	for i := range kpis.Items {
		naming, err := r.naming(ctx, &kpis.Items[i])
		if err != nil {
			return found, err
		}
		found = append(found, naming...)
	}
	return found, nil
}
