package controllers

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/recorder"

	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// Options are what the command line says.
type Options struct {
	// AlignmentGrace is how long before and after its period an objective looks after a KPI.
	AlignmentGrace time.Duration
	// Namespace is the controller's own, where sources' Secrets are; empty if it is not known.
	Namespace string
	// StatusInterval is how long after a write an object's status is not written again for numbers and texts that have
	// merely moved; 0: it is written each time.
	StatusInterval time.Duration
	// PrivateGoals tells no events about goals: whoever may view a namespace reads its events, and they say verdicts and numbers.
	PrivateGoals bool
	// Practice are the thresholds of the rules of practice; zero: the defaults.
	Practice practice.Thresholds
	// SkipNameValidation lets one process hold several managers, as tests do.
	SkipNameValidation bool
	// Registry takes the product's metrics.
	Registry metrics.RegistererGatherer
}

// environment is what the reconcilers have in common.
type environment struct {
	client  client.Client
	world   gather.World
	sampler *sampler.Sampler
	alarm   *alarm
	written *written
	events  recorder.EventRecorder
	metrics *instruments
	now     func() time.Time
	options Options
	sources *clients
}

// workers is how many objects of a kind are evaluated at once. An evaluation takes well under a millisecond;
// what takes time is the writing.
const workers = 4

// Setup adds the sampler, the indexes, the metrics and the four reconcilers to the manager.
func Setup(ctx context.Context, mgr ctrl.Manager, options Options) error {
	return newEnvironment(mgr, options).setup(ctx, mgr)
}

func newEnvironment(mgr ctrl.Manager, options Options) *environment {
	instruments, bell := newInstruments(options.StatusInterval), &alarm{queues: map[string]queue{}}
	e := &environment{
		client: mgr.GetClient(), world: gather.World{Reader: mgr.GetClient()}, alarm: bell, written: &written{last: map[sample.Owner]writing{}},
		events: mgr.GetEventRecorder("okr-controller"), metrics: instruments, now: time.Now, options: options,
		sampler: sampler.New(sampler.Config{
			Wake: bell.wake, Observe: instruments.observe, Log: mgr.GetLogger().WithName("sampler"),
			Changed: func(source string) { bell.wake(sample.Owner{Kind: kindMetricSource, Name: source}) },
		}),
	}
	e.sources = &clients{
		sampler: e.sampler, cached: e.world, alarm: bell, known: map[string]sourceClient{},
		vault:  vault{live: mgr.GetAPIReader(), namespace: options.Namespace},
		issuer: issuer{client: mgr.GetClient(), config: mgr.GetConfig(), namespace: options.Namespace},
	}
	return e
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
		(&MetricSourceReconciler{e}).setup,
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

// forget drops what is kept of an object that is gone.
func (e *environment) forget(o sample.Owner) {
	e.sampler.Forget(o)
	e.written.forget(o)
}

func ownerOf(kind string, key client.ObjectKey) sample.Owner {
	return sample.Owner{Kind: kind, Namespace: key.Namespace, Name: key.Name}
}
