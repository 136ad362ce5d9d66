package controllers

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// perObjective is how many key results an objective has in a benchmark, each measured by a KPI of its own.
const perObjective = 5

// BenchmarkChange is one object among n of its kind being looked at, found changed, and written, from the cache to
// the patch that would be sent: what a change costs must not grow with what exists.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		env := cachedEnvironment(b, n)
		for _, kind := range []string{kindKPI, kindKeyResult, kindObjective} {
			look := looks(env)[kind]
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := look(b.Context(), one); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("Dependents/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			kpi := &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "many", Name: "g7"}}
			for b.Loop() {
				found, err := env.world.KeyResultsMatching(b.Context(), byKPI(kpi))
				if err != nil || len(found) != 1 {
					b.Fatalf("found %v, %v, want the one key result that the KPI measures", found, err)
				}
			}
		})
	}
}

// Nobody runs benchmarks in every change: this one is held to do what it says.
func TestBenchmarkedChangeIsWritten(t *testing.T) {
	env := cachedEnvironment(t, 10)
	for kind, look := range looks(env) {
		if _, err := look(t.Context(), one); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if _, wrote := env.written.last[ownerOf(kind, one.NamespacedName)]; !wrote {
			t.Errorf("%s: it was looked at, and its status not written", kind)
		}
	}
}

// one is the object that is looked at, of each kind.
var one = ctrl.Request{NamespacedName: client.ObjectKey{Namespace: "many", Name: "g1"}}

func looks(env *environment) map[string]func(context.Context, ctrl.Request) (ctrl.Result, error) {
	return map[string]func(context.Context, ctrl.Request) (ctrl.Result, error){
		kindKPI: (&KPIReconciler{env}).Reconcile, kindKeyResult: (&KeyResultReconciler{env}).Reconcile,
		kindObjective: (&ObjectiveReconciler{env}).Reconcile,
	}
}

// cachedEnvironment is what the reconcilers work in, on the cache and the indexes of a manager that holds n KPIs, n
// key results and the objectives of these. There is no server: lists are in memory, and writes go nowhere.
func cachedEnvironment(b testing.TB, n int) *environment {
	b.Helper()
	kinds := meta.NewDefaultRESTMapper(nil)
	for kind, scope := range map[string]meta.RESTScope{
		kindKPI: meta.RESTScopeNamespace, kindKeyResult: meta.RESTScopeNamespace, kindObjective: meta.RESTScopeNamespace,
		kindMetricSource: meta.RESTScopeRoot,
	} {
		kinds.Add(v1alpha1.GroupVersion.WithKind(kind), scope)
	}
	lists := many(n)
	held, err := cache.New(&rest.Config{}, cache.Options{
		Scheme: scheme, Mapper: kinds,
		NewInformer: func(_ toolscache.ListerWatcher, o runtime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
			return toolscache.NewSharedIndexInformer(listed{lists[fmt.Sprintf("%T", o)]}, o, resync, indexers)
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	b.Cleanup(cancel)
	if err := addIndexes(ctx, held); err != nil {
		b.Fatal(err)
	}
	go func() { _ = held.Start(ctx) }() // It ends with ctx.
	for _, o := range []client.Object{&v1alpha1.KPI{}, &v1alpha1.KeyResult{}, &v1alpha1.Objective{}, &v1alpha1.MetricSource{}} {
		if _, err := held.GetInformer(ctx, o); err != nil {
			b.Fatal(err)
		}
	}
	if !held.WaitForCacheSync(ctx) {
		b.Fatal("the cache did not fill")
	}
	return &environment{
		client: nowhere{}, world: gather.World{Reader: held}, alarm: &alarm{queues: map[string]queue{}}, written: &written{last: map[sample.Owner]writing{}},
		events: &events.FakeRecorder{}, metrics: newInstruments(0), now: time.Now,
		options: Options{AlignmentGrace: 21 * 24 * time.Hour},
		sampler: sampler.New(sampler.Config{Log: logr.Discard()}),
	}
}

// many are the lists of n KPIs and key results, of their objectives and of the source, by their element's type.
func many(n int) map[string]client.ObjectList {
	objectives, keyResults, kpis := &v1alpha1.ObjectiveList{}, &v1alpha1.KeyResultList{}, &v1alpha1.KPIList{}
	named := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: "many", Name: name, UID: "u", ResourceVersion: "1", Generation: 1}
	}
	baseline, target := v1alpha1.Decimal("800"), v1alpha1.Decimal("300")
	for i := range n {
		name := fmt.Sprint("g", i)
		query := v1alpha1.Metric{
			SourceRef: v1alpha1.SourceReference{Name: "default"},
			Query:     fmt.Sprintf(`sum(rate(http_requests_total{service="%d"}[5m]))`, i),
		}
		kpis.Items = append(kpis.Items, v1alpha1.KPI{
			ObjectMeta: named(name),
			Spec:       v1alpha1.KPISpec{Title: name, Metric: &query, Target: &v1alpha1.Band{AtMost: &target}},
		})
		objective := fmt.Sprint("g", i/perObjective)
		keyResults.Items = append(keyResults.Items, v1alpha1.KeyResult{ObjectMeta: named(name), Spec: v1alpha1.KeyResultSpec{
			Title: name, ObjectiveRef: v1alpha1.ObjectiveReference{Name: objective},
			KPIRef: &v1alpha1.KPIReference{Name: name}, Reach: &v1alpha1.Reach{Baseline: &baseline, Target: &target},
		}})
		if i%perObjective == 0 {
			objectives.Items = append(objectives.Items, v1alpha1.Objective{
				ObjectMeta: named(objective), Spec: v1alpha1.ObjectiveSpec{Title: objective, Period: "2026", TimeZone: "Europe/Berlin"},
			})
		}
	}
	sources := &v1alpha1.MetricSourceList{Items: []v1alpha1.MetricSource{{
		ObjectMeta: metav1.ObjectMeta{Name: "default", UID: "u", ResourceVersion: "1", Generation: 1},
		Spec: v1alpha1.MetricSourceSpec{
			Prometheus:        v1alpha1.PrometheusEndpoint{URL: "http://127.0.0.1:9090"},
			AllowedNamespaces: v1alpha1.SourceNamespaces{From: v1alpha1.NamespacesFromAll},
		},
	}}}
	return map[string]client.ObjectList{
		"*v1alpha1.Objective": objectives, "*v1alpha1.KeyResult": keyResults, "*v1alpha1.KPI": kpis, "*v1alpha1.MetricSource": sources,
	}
}

// listed is a list in memory, of which nothing is heard after.
type listed struct{ client.ObjectList }

// List returns it.
func (l listed) List(metav1.ListOptions) (runtime.Object, error) { return l.ObjectList, nil }

// Watch hears nothing.
func (l listed) Watch(metav1.ListOptions) (watch.Interface, error) { return watch.NewFake(), nil }

// IsWatchListSemanticsUnSupported says that the list does not come through the watch.
func (listed) IsWatchListSemanticsUnSupported() bool { return true }

// nowhere is a client whose status writes go nowhere. It makes the patch, which is part of what a write costs.
type nowhere struct{ client.Client }

// Status returns the writer.
func (nowhere) Status() client.SubResourceWriter { return nowhereStatus{} }

type nowhereStatus struct{ client.SubResourceWriter }

// Patch makes the patch.
func (nowhereStatus) Patch(_ context.Context, o client.Object, patch client.Patch, _ ...client.SubResourcePatchOption) error {
	_, err := patch.Data(o)
	return err
}
