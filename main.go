// Command okr-controller measures goals: it evaluates Objectives, KeyResults and KPIs from metrics and writes how
// they stand into their status.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	// Time zones are part of the binary: the image has no zone files.
	_ "time/tzdata"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/controllers"
	"okr.dev/controller/internal/build"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "okr-controller:", err)
		os.Exit(1)
	}
}

// flags are what the command line says.
type flags struct {
	metricsAddress, probeAddress, namespace string
	leaderElect, privateGoals               bool
	alignmentGrace, statusInterval          model.Duration
	practice                                practice.Thresholds
	log                                     zap.Options
}

func parseFlags() flags {
	f := flags{
		alignmentGrace: model.Duration(evaluate.DefaultGrace), statusInterval: model.Duration(5 * time.Minute), practice: practice.Defaults(),
	}
	flag.StringVar(&f.metricsAddress, "metrics-bind-address", ":8443",
		"Where /metrics is served, over HTTPS and to authorized clients only; 0 turns it off.")
	flag.StringVar(&f.probeAddress, "health-probe-bind-address", ":8081", "Where /healthz and /readyz are served; 0 turns them off.")
	flag.BoolVar(&f.leaderElect, "leader-elect", false, "Let one of several replicas do the work.")
	flag.StringVar(&f.namespace, "namespace", os.Getenv("POD_NAMESPACE"),
		"The controller's own namespace, for its lease and for the Secrets of MetricSources. Default: $POD_NAMESPACE.")
	flag.Func("alignment-grace", "How long before and after its period an objective looks after a KPI, such as 21d. (default 21d)",
		func(s string) error { return f.alignmentGrace.Set(s) })
	flag.Func("status-interval", "How often, at most, an object's status is written for numbers that merely moved, such as 5m; "+
		"changes of a verdict or a condition are written at once. (default 5m)",
		func(s string) error { return f.statusInterval.Set(s) })
	flag.BoolVar(&f.privateGoals, "private-goals", false, "Tell no events about goals: whoever may view a namespace reads its events.")
	f.practice.BindFlags(flag.CommandLine)
	f.log.BindFlags(flag.CommandLine)
	flag.Parse()
	return f
}

func run() error {
	f := parseFlags()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&f.log)))
	ctrl.Log.Info("okr-controller", "version", build.Version())
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("no Kubernetes API server to talk to (set KUBECONFIG or run in a cluster): %w", err)
	}
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	ctx := ctrl.SetupSignalHandler()
	mgr, err := ctrl.NewManager(config, options(scheme, f))
	if err != nil {
		return fmt.Errorf("create manager: %w", err)
	}
	if err := controllers.Setup(ctx, mgr, controllers.Options{
		AlignmentGrace: time.Duration(f.alignmentGrace), StatusInterval: time.Duration(f.statusInterval), Namespace: f.namespace,
		PrivateGoals: f.privateGoals, Practice: f.practice, Registry: metrics.Registry,
	}); err != nil {
		return err
	}
	if err := addChecks(mgr); err != nil {
		return fmt.Errorf("add health checks: %w", err)
	}
	return start(ctx, mgr)
}

func options(scheme *runtime.Scheme, f flags) ctrl.Options {
	return ctrl.Options{
		Scheme:                        scheme,
		HealthProbeBindAddress:        f.probeAddress,
		LeaderElection:                f.leaderElect,
		LeaderElectionID:              "okr-controller.goals.okr.dev",
		LeaderElectionNamespace:       f.namespace,
		LeaderElectionReleaseOnCancel: true,
		Metrics: metricsserver.Options{
			BindAddress: f.metricsAddress, SecureServing: true, FilterProvider: filters.WithAuthenticationAndAuthorization,
		},
		Cache: controllers.CacheOptions(f.namespace),
	}
}

func addChecks(mgr ctrl.Manager) error {
	if err := mgr.AddHealthzCheck("healthz", healthz.Ping); err != nil {
		return err
	}
	return mgr.AddReadyzCheck("caches", func(r *http.Request) error { return synced(r.Context(), mgr.GetCache()) })
}

// synced says whether all that is watched has been read once. It is so on the replicas that wait to lead too: one that is ready
// could lead now. Later it stays so, and an API server that is away for a while makes nobody unready.
func synced(ctx context.Context, caches interface{ WaitForCacheSync(context.Context) bool }) error {
	const patience = 500 * time.Millisecond // the kubelet's own is a second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if !caches.WaitForCacheSync(ctx) {
		return errors.New("goals have not all been read")
	}
	return nil
}

func start(ctx context.Context, mgr ctrl.Manager) error {
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("run manager: %w", err)
	}
	return nil
}
