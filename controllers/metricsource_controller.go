package controllers

import (
	"context"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

const kindMetricSource = "MetricSource"

var sourceKind = kind[*v1alpha1.MetricSource, v1alpha1.MetricSourceStatus]{
	name:   kindMetricSource,
	status: func(o *v1alpha1.MetricSource) *v1alpha1.MetricSourceStatus { return &o.Status },
	verdict: func(o *v1alpha1.MetricSource) verdict {
		return verdict{conditions: o.Status.Conditions}
	},
}

// MetricSourceReconciler keeps one client per source and tells the sampler how to ask.
type MetricSourceReconciler struct{ *environment }

// +kubebuilder:rbac:groups=goals.okr.dev,resources=metricsources,verbs=list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=metricsources/status,verbs=patch
// +kubebuilder:rbac:groups="",namespace=system,resources=secrets;configmaps,verbs=get;list;watch
// +kubebuilder:rbac:groups="",namespace=system,resources=serviceaccounts/token,verbs=create

// Reconcile makes the client for a source, hands it to the sampler and writes whether the source answers.
func (r *MetricSourceReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	owner := ownerOf(kindMetricSource, req.NamespacedName)
	source := &v1alpha1.MetricSource{}
	if found, err := r.world.Find(ctx, req.NamespacedName, source); !found || err != nil {
		if err == nil {
			r.forget(owner)
			r.sources.drop(req.Name)
			r.metrics.forget(req.Name)
		}
		return ctrl.Result{}, err
	}
	if r.written.ahead(owner, source, r.now()) {
		return ctrl.Result{RequeueAfter: lookAgain}, nil
	}
	r.metrics.reconciles.WithLabelValues(kindMetricSource).Inc()
	in, err := r.sources.connect(ctx, source)
	if err != nil {
		return ctrl.Result{}, err
	}
	now := r.now()
	state := r.sampler.State(source.Name)
	in.Load = evaluate.SourceLoad{Stretch: state.Stretch, Demand: state.Demand, Limit: state.Limit}
	result := evaluate.MetricSource(in, r.sampler.Held, now)
	r.sampler.Register(owner, result.Watches)
	return settle(ctx, r.environment, sourceKind, source, result, now)
}

func (r *MetricSourceReconciler) setup(mgr ctrl.Manager) error {
	b := ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.MetricSource{}, builder.WithPredicates(ownChange(sourceKind.verdict))).
		WatchesRawSource(r.alarm.source(kindMetricSource)).
		WithOptions(r.controllerOptions())
	if r.options.Namespace != "" {
		for _, kind := range []string{kindSecret, kindConfigMap} {
			b = b.WatchesMetadata(metadataOf(kind), enqueue(func(ctx context.Context, object client.Object) ([]client.ObjectKey, error) {
				return r.world.SourcesMatching(ctx, client.MatchingFields{indexReads: reference{kind: kind, name: object.GetName()}.object()})
			}))
		}
	}
	return b.Complete(r)
}
