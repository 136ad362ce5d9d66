package controllers

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sampler"
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
type MetricSourceReconciler struct {
	*environment
	mutex   sync.Mutex
	clients map[string]sourceClient
}

// sourceClient is the client for one edit of a source.
type sourceClient struct {
	uid        types.UID
	generation int64
	client     *prom.Client
	err        error
}

// +kubebuilder:rbac:groups=goals.okr.dev,resources=metricsources,verbs=get;list;watch
// +kubebuilder:rbac:groups=goals.okr.dev,resources=metricsources/status,verbs=patch

// Reconcile makes the client for a source, hands it to the sampler and writes whether the source answers.
func (r *MetricSourceReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	owner := ownerOf(kindMetricSource, req.NamespacedName)
	source := &v1alpha1.MetricSource{}
	if found, err := r.world.get(ctx, req.NamespacedName, source); !found || err != nil {
		if err == nil {
			r.forget(owner)
			r.drop(req.Name)
			r.metrics.forget(req.Name)
		}
		return ctrl.Result{}, err
	}
	if r.written.ahead(owner, source) {
		return ctrl.Result{RequeueAfter: lookAgain}, nil
	}
	r.metrics.reconciles.WithLabelValues(kindMetricSource).Inc()
	invalid := r.connect(source)
	now := r.now()
	result := evaluate.MetricSource(evaluate.MetricSourceInput{Source: source, InvalidURL: invalid}, r.sampler.Held, now)
	r.sampler.Register(owner, result.Watches)
	return settle(ctx, r.environment, sourceKind, source, result, now)
}

// connect makes the client for the present edit of a source, once, and tells the sampler. It returns why no
// client can be made for the address.
func (r *MetricSourceReconciler) connect(source *v1alpha1.MetricSource) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	present, known := r.clients[source.Name]
	if known && present.uid == source.UID && present.generation == source.Generation {
		return present.err
	}
	limits := evaluate.LimitsOf(source)
	made, err := prom.New(prom.Options{
		URL: source.Spec.Prometheus.URL, Timeout: limits.Timeout, MaxResponseBytes: limits.MaxResponseBytes,
	})
	r.clients[source.Name] = sourceClient{source.UID, source.Generation, made, err}
	if err != nil {
		r.sampler.RemoveSource(source.Name)
	} else {
		r.sampler.SetSource(source.Name, sampler.Source{
			Asker: made, QueryOffset: source.Spec.QueryOffset.Duration(), MaxConcurrent: limits.MaxConcurrent,
			QueriesPerSecond: limits.QueriesPerSecond, MinInterval: limits.MinInterval,
		})
	}
	if present.client != nil {
		present.client.Close()
	}
	return err
}

// drop forgets a source that is gone.
func (r *MetricSourceReconciler) drop(name string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.sampler.RemoveSource(name)
	if gone := r.clients[name]; gone.client != nil {
		gone.client.Close()
	}
	delete(r.clients, name)
}

func (r *MetricSourceReconciler) setup(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.MetricSource{}, builder.WithPredicates(ownChange(sourceKind.verdict))).
		WatchesRawSource(r.alarm.source(kindMetricSource)).
		WithOptions(r.controllerOptions()).
		Complete(r)
}
