package controllers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/recorder"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
)

// patience is how long anything may take that should happen. A busy machine is not a failure.
const patience = 60 * time.Second

// rigLabel marks the namespaces and sources of one test.
const rigLabel = "rig"

var rigs atomic.Int32

// rig is one test's part of the world: a namespace, a source of the same name, and a controller that sees only
// these. Whatever it does, it does as the controller's ServiceAccount.
type rig struct {
	*testing.T
	// namespace is also the name of the source, and the label "test" of the series.
	namespace string
	// others are further namespaces that the controller sees.
	others []string
	clock  *clock
	// statusInterval is the controller's; 0 unless a test is about it.
	statusInterval time.Duration
	// wrap, if set, stands between the controller and the API server when it writes.
	wrap func(client.Client) client.Client
	// logger, if set, is the controller's; else errors go to stderr.
	logger logr.Logger
	// privateGoals: the controller tells no events about goals.
	privateGoals bool
	// homeless: the controller does not know its own namespace.
	homeless bool
	// events, if set, takes the controller's events; else the API server does.
	events recorder.EventRecorder
	// proxy, if set, is the API server that the controller talks to.
	proxy *servers.APIProxy
	// through, if set, stands between the controller and its cache when it reads.
	through func(client.Reader) client.Reader

	env      *environment
	registry *prometheus.Registry
	cancel   context.CancelFunc
	ended    chan error
}

// newRig makes a namespace and a source whose limits admit an interval of a second. The controller is started by
// start.
func newRig(t *testing.T, others ...string) *rig {
	t.Helper()
	r := &rig{T: t, namespace: fmt.Sprintf("rig-%d", rigs.Add(1)), clock: &clock{}}
	r.create(r.newNamespace(r.namespace))
	for _, suffix := range others {
		name := r.namespace + "-" + suffix
		r.others = append(r.others, name)
		r.create(r.newNamespace(name))
	}
	r.create(r.source(r.namespace, prometheusServer.URL))
	return r
}

func (r *rig) newNamespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{rigLabel: r.namespace}}}
}

// source is a MetricSource that this rig's controller sees.
func (r *rig) source(name, url string) *v1alpha1.MetricSource {
	return &v1alpha1.MetricSource{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{rigLabel: r.namespace}},
		Spec: v1alpha1.MetricSourceSpec{
			Prometheus:        v1alpha1.PrometheusEndpoint{URL: url},
			AllowedNamespaces: v1alpha1.SourceNamespaces{From: v1alpha1.NamespacesFromAll},
			Limits:            &v1alpha1.SourceLimits{MinInterval: "1s"},
		},
	}
}

// start runs a controller until stop, or the end of the test.
func (r *rig) start() {
	r.Helper()
	config := rest.CopyConfig(account)
	config.QPS = -1
	if r.proxy != nil {
		config.Host, config.TLSClientConfig = r.proxy.URL, rest.TLSClientConfig{}
	}
	own := ownNamespace
	if r.homeless {
		own = ""
	}
	options := rigOptions(own, r.namespace, r.others...)
	options.Logger = r.logger
	mgr, err := ctrl.NewManager(config, options)
	if err != nil {
		r.Fatal(err)
	}
	r.registry = prometheus.NewRegistry()
	r.env = newEnvironment(mgr, Options{
		AlignmentGrace: 21 * 24 * time.Hour, StatusInterval: r.statusInterval, Namespace: own, SkipNameValidation: true, Registry: r.registry, PrivateGoals: r.privateGoals,
	})
	r.env.now = r.clock.Now
	if r.events != nil {
		r.env.events = r.events
	}
	if r.wrap != nil {
		r.env.client = r.wrap(r.env.client)
	}
	if r.through != nil {
		r.env.world.Reader = r.through(r.env.world.Reader)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := r.env.setup(ctx, mgr); err != nil {
		cancel()
		r.Fatal(err)
	}
	ended := make(chan error, 1)
	r.cancel, r.ended = cancel, ended
	go func() { ended <- mgr.Start(ctx) }()
	r.Cleanup(r.stop)
}

// stop ends the controller and waits for it.
func (r *rig) stop() {
	r.Helper()
	if r.cancel == nil {
		return
	}
	r.cancel()
	r.cancel = nil
	select {
	case err := <-r.ended:
		if err != nil {
			r.Errorf("the manager ended with: %v", err)
		}
	case <-time.After(patience):
		r.Errorf("the manager did not end within %s", patience)
	}
}

// look has the controller look at an object now.
func (r *rig) look(kind string, o client.Object) {
	r.env.alarm.wake(ownerOf(kind, client.ObjectKeyFromObject(o)))
}

func (r *rig) create(objects ...client.Object) {
	r.Helper()
	for _, o := range objects {
		if err := admin.Create(r.Context(), o, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
			r.Fatalf("create %T %s: %v", o, o.GetName(), err)
		}
	}
}

func (r *rig) delete(o client.Object) {
	r.Helper()
	if err := admin.Delete(r.Context(), o); err != nil {
		r.Fatalf("delete %T %s: %v", o, o.GetName(), err)
	}
}

// edit changes what o says now, with a merge patch of what change does.
func (r *rig) edit(o client.Object, change func()) {
	r.Helper()
	r.read(o)
	before := o.DeepCopyObject().(client.Object)
	change()
	if err := admin.Patch(r.Context(), o, client.MergeFrom(before)); err != nil {
		r.Fatalf("edit %T %s: %v", o, o.GetName(), err)
	}
}

func (r *rig) read(o client.Object) {
	r.Helper()
	if err := admin.Get(r.Context(), client.ObjectKeyFromObject(o), o); err != nil {
		r.Fatalf("read %T %s: %v", o, o.GetName(), err)
	}
}

// await reads o again and again until the check has nothing to complain about, and shows both if it still has
// when patience is over.
func (r *rig) await(o client.Object, check func() error) {
	r.Helper()
	r.soon(func() error {
		r.read(o)
		if err := check(); err != nil {
			o.SetManagedFields(nil)
			text, _ := yaml.Marshal(o)
			return fmt.Errorf("%T %s: %w\n%s", o, o.GetName(), err, text)
		}
		return nil
	})
}

// soon repeats the check until it has nothing to complain about, and fails with its last complaint.
func (r *rig) soon(check func() error) {
	r.Helper()
	r.within(patience, check)
}

// scrape is what /metrics says: the value of each series, named as it is printed.
func (r *rig) scrape() map[string]float64 {
	r.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if answer.Code != http.StatusOK {
		r.Fatalf("scrape: HTTP status %d: %s", answer.Code, answer.Body)
	}
	series := map[string]float64{}
	for line := range strings.Lines(answer.Body.String()) {
		line = strings.TrimSpace(line)
		end := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || end < 0 {
			continue
		}
		value, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			r.Fatalf("scrape: %q: %v", line, err)
		}
		series[line[:end]] = value
	}
	return series
}

// total sums the series of a counter whose text contains all parts.
func (r *rig) total(counter string, parts ...string) int {
	r.Helper()
	var sum float64
	for name, value := range r.scrape() {
		if !strings.HasPrefix(name, counter+"{") {
			continue
		}
		if contains(name, parts) {
			sum += value
		}
	}
	return int(sum)
}

func contains(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// samplings waits until every question has been asked that many times again, on average.
func (r *rig) samplings(n int) {
	r.Helper()
	goal := r.total("okr_source_queries_total") + n*r.env.sampler.Entries()
	r.soon(func() error {
		if asked := r.total("okr_source_queries_total"); asked < goal {
			return fmt.Errorf("%d of %d queries were sent", asked, goal)
		}
		return nil
	})
}

// rest waits until nothing is evaluated any more while sampling goes on.
func (r *rig) rest() {
	r.Helper()
	r.soon(func() error {
		before := r.total("okr_reconciles_total")
		r.samplings(2)
		if more := r.total("okr_reconciles_total") - before; more > 0 {
			return fmt.Errorf("%d more evaluations", more)
		}
		return nil
	})
}

// series is the selector of one of this test's series, for use in a query.
func (r *rig) series(name string) string { return fmt.Sprintf("%s{test=%q}", name, r.namespace) }

// set gives one of this test's series its value from now on.
func (r *rig) set(name string, value float64) {
	r.Helper()
	r.write(name, servers.Point{Time: time.Now(), Value: value})
}

// justBefore is a value shortly before an instant.
func justBefore(value float64, instant time.Time) servers.Point {
	return servers.Point{Time: instant.Add(-time.Minute), Value: value}
}

func (r *rig) write(name string, points ...servers.Point) {
	r.Helper()
	series := servers.Series{Name: name, Labels: map[string]string{"test": r.namespace}, Points: points}
	if err := prometheusServer.Write(r.Context(), series); err != nil {
		r.Fatal(err)
	}
}

// kpiStatuses is every status of KPIs in a namespace that a watcher sees.
func (r *rig) kpiStatuses(namespace string) (seen func() []v1alpha1.KPI) {
	r.Helper()
	return versionsOf[v1alpha1.KPI](r, &v1alpha1.KPIList{}, client.InNamespace(namespace))
}

// versionsOf are the versions of objects that a watcher sees until seen is called.
func versionsOf[T any](r *rig, list client.ObjectList, which client.ListOption) (seen func() []T) {
	r.Helper()
	w, err := admin.Watch(r.Context(), list, which)
	if err != nil {
		r.Fatal(err)
	}
	done := make(chan []T, 1)
	go func() {
		var all []T
		for e := range w.ResultChan() {
			if object, ok := any(e.Object).(*T); ok && e.Type != watch.Deleted {
				all = append(all, *object)
			}
		}
		done <- all
	}()
	return func() []T {
		w.Stop()
		return <-done
	}
}

// clock is the controller's: the machine's, moved.
type clock struct {
	mutex sync.Mutex
	ahead time.Duration
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return time.Now().Add(c.ahead)
}

// move sets the clock that much ahead of what it shows.
func (c *clock) move(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.ahead += by
}

// has complains unless a condition has a status and, if one is given, a reason.
func has(conditions []metav1.Condition, kind string, status metav1.ConditionStatus, reason string) error {
	for _, c := range conditions {
		if c.Type != kind {
			continue
		}
		if c.Status != status || c.Reason != cmp.Or(reason, c.Reason) {
			return fmt.Errorf("%s is %s %s, want %s %s", kind, c.Status, c.Reason, status, reason)
		}
		return nil
	}
	return fmt.Errorf("there is no condition %s, want %s %s", kind, status, reason)
}

// is complains unless two values are equal.
func is[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

// all joins complaints.
func all(complaints ...error) error { return errors.Join(complaints...) }
