package controllers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/gather"
)

// managerVariable, in the environment, makes this test binary a controller: a process that can be killed.
const managerVariable = "OKR_TEST_MANAGER"

// orders are what such a process is told.
type orders struct {
	// Host is where its API server is, and Token who it is there.
	Host, Token string
	// Rig is the namespace that it sees, and the label of its sources.
	Rig string
	// Ahead is how much its clock is ahead of the machine's.
	Ahead time.Duration
}

// manager starts a controller of this rig as a process of its own, which talks to the given API server. It ends with
// the test at the latest.
func (r *rig) manager(host string, ahead time.Duration) *servers.Process {
	r.Helper()
	told, err := json.Marshal(orders{Host: host, Token: account.BearerToken, Rig: r.namespace, Ahead: ahead})
	if err != nil {
		r.Fatal(err)
	}
	process, err := servers.StartProcess(servers.ProcessOptions{
		Name: "manager", Binary: os.Args[0], Env: []string{managerVariable + "=" + string(told)}, LogDir: r.TempDir(),
	})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = process.Kill() }) // it may have been killed before
	return process
}

// runManager is what the process does: the controller, until it is killed.
func runManager(told string) error {
	var o orders
	if err := json.Unmarshal([]byte(told), &o); err != nil {
		return err
	}
	if err := addToScheme(); err != nil {
		return err
	}
	mgr, err := ctrl.NewManager(&rest.Config{Host: o.Host, BearerToken: o.Token, QPS: -1}, rigOptions(ownNamespace, o.Rig))
	if err != nil {
		return err
	}
	env := newEnvironment(mgr, Options{AlignmentGrace: 21 * 24 * time.Hour, Namespace: ownNamespace, Registry: prometheus.NewRegistry()})
	moved := &clock{ahead: o.Ahead}
	env.now = moved.Now
	ctx := context.Background()
	if err := env.setup(ctx, mgr); err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	return mgr.Start(ctx)
}

// rigOptions are those of a controller in a namespace of its own (empty: it does not know it) that sees one rig's
// namespaces and sources only.
func rigOptions(own, rig string, others ...string) ctrl.Options {
	cached := CacheOptions(own)
	cached.DefaultNamespaces = map[string]cache.Config{rig: {}}
	for _, other := range others {
		cached.DefaultNamespaces[other] = cache.Config{}
	}
	mine := labels.SelectorFromSet(labels.Set{rigLabel: rig})
	cached.ByObject[&v1alpha1.MetricSource{}] = cache.ByObject{Label: mine}
	cached.ByObject[gather.NamespaceMetadata()] = cache.ByObject{Label: mine}
	return ctrl.Options{
		Scheme:                 scheme,
		HealthProbeBindAddress: "0",
		Metrics:                metricsserver.Options{BindAddress: "0"},
		Cache:                  cached,
	}
}
