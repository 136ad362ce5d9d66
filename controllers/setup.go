package controllers

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/recorder"

	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// Options are what the command line says.
type Options struct {
	// AlignmentGrace is how long before and after its period an objective looks after a KPI.
	AlignmentGrace time.Duration
	// SkipNameValidation lets one process hold several managers, as tests do.
	SkipNameValidation bool
	// Registry takes the product's metrics.
	Registry metrics.RegistererGatherer
}

// environment is what the reconcilers have in common.
type environment struct {
	client  client.Client
	world   world
	sampler *sampler.Sampler
	alarm   *alarm
	events  recorder.EventRecorder
	metrics *instruments
	now     func() time.Time
	options Options
}

// workers is how many objects of a kind are evaluated at once. An evaluation takes well under a millisecond;
// what takes time is the writing.
const workers = 4

// Setup adds the sampler, the indexes, the metrics and the four reconcilers to the manager.
func Setup(ctx context.Context, mgr ctrl.Manager, options Options) error {
	return newEnvironment(mgr, options).setup(ctx, mgr)
}

func newEnvironment(mgr ctrl.Manager, options Options) *environment {
	instruments, bell := newInstruments(), &alarm{queues: map[string]queue{}}
	return &environment{
		client: mgr.GetClient(), world: world{mgr.GetClient()}, alarm: bell,
		events: mgr.GetEventRecorder("okr-controller"), metrics: instruments, now: time.Now, options: options,
		sampler: sampler.New(sampler.Config{Wake: bell.wake, Observe: instruments.observe, Log: mgr.GetLogger().WithName("sampler")}),
	}
}

func (e *environment) setup(ctx context.Context, mgr ctrl.Manager) error {
	if err := addIndexes(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	if err := mgr.Add(e.sampler); err != nil {
		return fmt.Errorf("add sampler: %w", err)
	}
	if err := e.metrics.register(e.options.Registry, &goals{world: e.world, sampler: e.sampler, elected: mgr.Elected()}); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	for _, setup := range []func(ctrl.Manager) error{
		(&MetricSourceReconciler{environment: e, clients: map[string]sourceClient{}}).setup,
		(&KPIReconciler{e}).setup,
		(&KeyResultReconciler{e}).setup,
		(&ObjectiveReconciler{e}).setup,
	} {
		if err := setup(mgr); err != nil {
			return fmt.Errorf("set up reconciler: %w", err)
		}
	}
	return nil
}

// retryAtMost is the longest wait before an object whose status could not be read or written is tried again, so
// that an API server which is back shows the truth soon.
const retryAtMost = 30 * time.Second

func (e *environment) controllerOptions() controller.Options {
	return controller.Options{
		MaxConcurrentReconciles: workers, SkipNameValidation: &e.options.SkipNameValidation,
		RateLimiter: workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](10*time.Millisecond, retryAtMost),
	}
}

// namespaceMetadata is what is cached of namespaces: their labels.
func namespaceMetadata() client.Object {
	namespace := &metav1.PartialObjectMetadata{}
	namespace.SetGroupVersionKind(namespaceKind)
	return namespace
}

func ownerOf(kind string, key client.ObjectKey) sample.Owner {
	return sample.Owner{Kind: kind, Namespace: key.Namespace, Name: key.Name}
}
