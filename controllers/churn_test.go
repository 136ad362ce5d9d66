package controllers

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	kruntime "k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

var churn = flag.Int("churn", 150, "How many goals of each kind are created, edited and deleted to see whether anything leaks.")

// footprint is what a controller holds.
type footprint struct{ goroutines, heap int }

// footprintNow takes the least of many looks: a request that is under way is no leak.
func (r *rig) footprintNow() footprint {
	r.Helper()
	least := runtime.NumGoroutine()
	for range 30 {
		time.Sleep(100 * time.Millisecond)
		least = min(least, runtime.NumGoroutine())
	}
	runtime.GC()
	runtime.GC() // what had a finalizer, too
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return footprint{least, int(memory.HeapAlloc)}
}

// goalSeries are the exported series that belong to goals.
func (r *rig) goalSeries() []string {
	r.Helper()
	var found []string
	for name := range r.scrape() {
		if strings.Contains(name, "goal_namespace=") {
			found = append(found, name)
		}
	}
	return found
}

// turnOver creates a KPI, an objective and a key result, edits them and deletes them.
func (r *rig) turnOver(i int) error {
	ctx := r.Context()
	name := fmt.Sprint("churn-", i)
	query := fmt.Sprintf("%s + %d", r.series("latency"), i)
	kpi := r.kpi(name, query)
	goals := []client.Object{kpi, r.objective(name, naming(kpi)), r.keyResult(name, name, query+" * 2", fromTo("800", "300"))}
	for _, o := range goals {
		if err := admin.Create(ctx, o); err != nil {
			return err
		}
	}
	edits := []string{
		fmt.Sprintf(`{"spec":{"metric":{"query":%q}}}`, query+" + 1"), `{"spec":{"title":"Another title"}}`,
		fmt.Sprintf(`{"spec":{"metric":{"query":%q}}}`, query+" * 3"),
	}
	for n, o := range goals {
		if err := admin.Patch(ctx, o, client.RawPatch("application/merge-patch+json", []byte(edits[n]))); err != nil {
			return err
		}
	}
	for _, o := range goals {
		if err := admin.Delete(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// turnOverAll does it for goals from i to j, several at a time.
func (r *rig) turnOverAll(from, to int) {
	r.Helper()
	next := make(chan int)
	failed := make(chan error, 8)
	var workers sync.WaitGroup
	for range cap(failed) {
		workers.Go(func() {
			for i := range next {
				if err := r.turnOver(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for i := from; i < to; i++ {
		if i%50 == 0 {
			r.set("latency", 412) // a value is seen for 5 minutes
		}
		select {
		case next <- i:
		case err := <-failed:
			close(next)
			r.Fatal(err)
		}
	}
	close(next)
	workers.Wait()
	select {
	case err := <-failed:
		r.Fatal(err)
	default:
	}
}

// silent tells nobody: client-go keeps events for some minutes, in case they are repeated.
type silent struct{}

func (silent) Eventf(_, _ kruntime.Object, _, _, _, _ string, _ ...any) {}

func (silent) AnnotatedEventf(_, _ kruntime.Object, _ map[string]string, _, _, _, _ string, _ ...any) {
}

// Not parallel: goroutines and memory of other tests would be leaks of this one.
func TestLeaksNothingOverAChurnOfGoals(t *testing.T) {
	r := newRig(t)
	r.events = silent{}
	r.set("latency", 412)
	stays := r.kpi("stays", r.series("latency"))
	r.create(stays)
	r.start()
	r.await(stays, func() error { return is("health", stays.Status.Health, v1alpha1.KPIHealthy) })

	// gone waits until nothing is left of what was deleted: only the KPI that stays and the source's probe are asked.
	gone := func() {
		t.Helper()
		r.soon(func() error {
			for _, series := range r.goalSeries() {
				if !strings.Contains(series, `name="stays"`) {
					return fmt.Errorf("%s is still there", series)
				}
			}
			return is("questions", r.env.sampler.Entries(), 2)
		})
	}
	warm := max(*churn/5, 20) // pools and maps grow to their size
	r.turnOverAll(0, warm)
	gone()
	before := r.footprintNow()
	r.turnOverAll(warm, warm+*churn)
	gone()
	after := r.footprintNow()
	t.Logf("%d goals of each kind: %d goroutines before and %d after, %d and %d KiB of heap",
		*churn, before.goroutines, after.goroutines, before.heap>>10, after.heap>>10)
	if after.goroutines > before.goroutines+5 {
		t.Errorf("%d goroutines after, %d before", after.goroutines, before.goroutines)
	}
	// One thing is kept of goals that are gone, and it is bounded: what is known of a question's history, of 4,096
	// questions. The three objects in the cache are 10 KiB or more.
	if grown := after.heap - before.heap; grown > min(1<<20+*churn*1000, 5<<20) {
		t.Errorf("the heap grew by %d KiB", grown>>10)
	}
	r.read(stays)
	if stays.Status.Health != v1alpha1.KPIHealthy {
		t.Errorf("the KPI that stayed is %s", stays.Status.Health)
	}
	if n := r.total("okr_status_writes_total"); n == 0 {
		t.Error("nothing was written, so that the test shows nothing")
	}
}
