package controllers

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// second is another controller of the same objects, started: nobody elects a leader in these tests.
func (r *rig) second() *rig {
	r.Helper()
	other := &rig{T: r.T, namespace: r.namespace, others: r.others, clock: &clock{}, statusInterval: r.statusInterval}
	other.start()
	return other
}

// old is a source that answers with a number from ten minutes ago.
type old float64

func (v old) Ask(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
	return sample.Good(float64(v), at.Add(-10*time.Minute))
}

// docs/faults.md: "Two leaders", and "never an older measurement over a newer".
func TestTwoLeadersAreHarmlessAlsoWhereOneIsAnsweredLate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 400)
	kpi := r.lookedAfter(r.series("latency"))
	kr := r.keyResult("key", "goal", r.series("latency"), fromTo("800", "300"))
	r.create(kr)
	other := r.second()
	other.shows("okr_kpi_value", kpi, 400)
	other.shows("okr_keyresult_value", kr, 400)
	r.await(kr, func() error { return percent("progress", kr.Status.ProgressPercent, 80) })

	// Both see the same change, and one write of each object is enough; two at most.
	before := []int{r.total("okr_status_writes_total"), other.total("okr_status_writes_total")}
	r.set("latency", 600)
	for _, each := range []*rig{r, other} {
		each.shows("okr_kpi_value", kpi, 600)
		each.shows("okr_keyresult_value", kr, 600)
		each.rest()
	}
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy) })
	r.await(kr, func() error { return percent("progress", kr.Status.ProgressPercent, 40) })
	written := r.total("okr_status_writes_total") - before[0] + other.total("okr_status_writes_total") - before[1]
	if written < 3 || written > 6 { // the KPI, the key result and the objective
		t.Errorf("two leaders wrote %d times for one change of three objects", written)
	}

	// One of them is answered with what was ten minutes ago. It is woken by that and evaluates; the newer number wins.
	seen := r.kpiStatuses(r.namespace)
	looked := other.total("okr_reconciles_total")
	other.env.sampler.SetSource(r.namespace, sampler.Source{Asker: old(400), MaxConcurrent: 4, QueriesPerSecond: 50})
	other.soon(func() error {
		if other.total("okr_reconciles_total") == looked {
			return fmt.Errorf("the late answer woke nobody")
		}
		return nil
	})
	other.samplings(3)
	r.samplings(3)
	before = []int{r.total("okr_status_writes_total"), other.total("okr_status_writes_total")}
	other.look(kindKPI, kpi)
	r.samplings(3)
	r.read(kpi)
	r.read(kr)
	if err := all(is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy), is("value", kpi.Status.Value, "600 ms"), is("value of the key result", kr.Status.Value, "600 ms")); err != nil {
		t.Errorf("an older measurement has replaced a newer one: %v", err)
	}
	if n := r.total("okr_status_writes_total") + other.total("okr_status_writes_total") - before[0] - before[1]; n > 0 {
		t.Errorf("two leaders that disagree wrote %d times although nothing changed", n)
	}
	var newest time.Time
	for _, status := range seen() {
		if m := status.Status.Measurement; m != nil {
			if m.Time.Time.Before(newest) {
				t.Errorf("a measurement of %s was written over one of %s", m.Time, newest)
			}
			newest = m.Time.Time
		}
	}
}

// frozenCache reads KPIs as they were when it was frozen.
type frozenCache struct {
	client.Reader
	mutex  sync.Mutex
	frozen map[client.ObjectKey]*v1alpha1.KPI
}

func (c *frozenCache) Get(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
	if err := c.Reader.Get(ctx, key, into, options...); err != nil {
		return err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if kpi, isKPI := into.(*v1alpha1.KPI); isKPI && c.frozen[key] != nil {
		c.frozen[key].DeepCopyInto(kpi)
	}
	return nil
}

// set freezes the cache at an object; nil thaws it.
func (c *frozenCache) set(key client.ObjectKey, kpi *v1alpha1.KPI) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.frozen[key] = kpi
}

// docs/faults.md: "Stale cache". The number comes and goes while the cache does not know of the write in between: an
// evaluation from before it would find that nothing has changed, and leave it standing.
func TestStaleCacheDoesNotHideOurOwnWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stale := &frozenCache{frozen: map[client.ObjectKey]*v1alpha1.KPI{}}
	r.through = func(reader client.Reader) client.Reader { stale.Reader = reader; return stale }
	r.set("latency", 400)
	kpi := r.lookedAfter(r.series("latency"))
	r.rest()
	r.read(kpi)
	key := client.ObjectKeyFromObject(kpi)
	stale.set(key, kpi.DeepCopy())

	r.set("latency", 600)
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy) })
	written, looked := kpi.ResourceVersion, r.total("okr_reconciles_total", `kind="KPI"`)
	r.set("latency", 400)
	r.samplings(4)
	r.read(kpi)
	if err := all(is("version", kpi.ResourceVersion, written), is("evaluations", r.total("okr_reconciles_total", `kind="KPI"`), looked)); err != nil {
		t.Errorf("while the cache is behind our own write: %v", err)
	}
	stale.set(key, nil)
	r.await(kpi, func() error {
		return all(is("health", kpi.Status.Health, v1alpha1.KPIHealthy), is("value", kpi.Status.Value, "400 ms"))
	})
}

// docs/faults.md: "Status wiped": what the source still holds is measured again, what it does not hold is not
// invented, and what Git holds wins. The status is wiped as kubectl would.
func TestStatusWipedIsMeasuredAgainAsFarAsTheSourceStillKnows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 500)
	r.write("latency", justBefore(800, begins))
	measured := r.keyResult("measured", "goal", r.series("latency"), v1alpha1.Reach{Change: "-50%"})
	given := r.keyResult("given", "goal", r.series("latency"), fromTo("1000", "400"))
	r.create(r.objective("goal"), measured, given)
	r.start()
	known := func() {
		t.Helper()
		r.await(measured, func() error {
			return all(is("baseline", measured.Status.Baseline, "800 ms"), percent("progress", measured.Status.ProgressPercent, 75))
		})
		r.await(given, func() error {
			return all(is("baseline", given.Status.Baseline, "1000 ms"), percent("progress", given.Status.ProgressPercent, 83))
		})
	}
	wiped := func() {
		t.Helper()
		for _, kr := range []*v1alpha1.KeyResult{measured, given} {
			if err := admin.Status().Patch(t.Context(), kr, client.RawPatch(types.MergePatchType, []byte(`{"status":null}`))); err != nil {
				t.Fatal(err)
			}
		}
	}
	known()
	r.rest()
	wiped()
	known()

	// The source forgets: another server, which holds what is new and nothing that is old.
	short, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := short.Stop(); err != nil {
			t.Error(err)
		}
	})
	series := servers.Series{Name: "latency", Labels: map[string]string{"test": r.namespace}, Points: []servers.Point{{Time: time.Now(), Value: 500}}}
	if err := short.Write(t.Context(), series); err != nil {
		t.Fatal(err)
	}
	source := r.source(r.namespace, "")
	r.edit(source, func() { source.Spec.Prometheus.URL = short.URL })
	r.rest()
	known() // what is frozen is not asked for again
	wiped()
	r.await(measured, func() error {
		return all(is("health", measured.Status.Health, v1alpha1.HealthUnknown), is("progress", measured.Status.ProgressPercent, nil),
			has(measured.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, string(sample.HistoryUnavailable)))
	})
	r.await(given, func() error { return percent("progress", given.Status.ProgressPercent, 83) })
	r.edit(measured, func() { measured.Spec.Reach.Baseline = decimal("800") })
	r.await(measured, func() error { return percent("progress", measured.Status.ProgressPercent, 75) })
}

// mined panics when one KPI is read.
type mined struct {
	client.Reader
	mutex sync.Mutex
	name  string
	blown int
}

func (m *mined) Get(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if _, isKPI := into.(*v1alpha1.KPI); isKPI && key.Name == m.name {
		m.blown++
		panic("injected")
	}
	return m.Reader.Get(ctx, key, into, options...)
}

// docs/faults.md: "Panic in one evaluation".
func TestPanicInOneEvaluationAffectsThatObjectAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mine := &mined{name: "mined"}
	r.through = func(reader client.Reader) client.Reader { mine.Reader = reader; return mine }
	r.set("latency", 400)
	kpi, broken := r.kpi("sound", r.series("latency")), r.kpi("mined", r.series("latency"))
	r.create(kpi, broken)
	r.start()
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIHealthy) })
	r.set("latency", 600)
	r.await(kpi, func() error { return is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy) })
	r.soon(func() error {
		mine.mutex.Lock()
		defer mine.mutex.Unlock()
		if mine.blown < 3 {
			return fmt.Errorf("%d panics", mine.blown)
		}
		mine.name = ""
		return nil
	})
	r.await(broken, func() error { return is("health", broken.Status.Health, v1alpha1.KPIUnhealthy) })
}
