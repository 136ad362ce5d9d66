package controllers

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
)

// Not parallel: the API server that is killed is everybody's.
func TestAPIServerRestartIsSurvivedWithTheLastStateServedAndNoStorm(t *testing.T) {
	r := newRig(t)
	r.set("latency", 412)
	healthy, red := r.kpi("healthy", r.series("latency")), r.kpi("unhealthy", r.series("latency")+" + 200")
	r.create(healthy, red, r.objective("goal", naming(healthy, red)))
	const keyResults = 10
	for i := range keyResults {
		r.create(r.keyResult(fmt.Sprint("key-", i), "goal", fmt.Sprintf("%s + %d", r.series("latency"), i), fromTo("800", "300")))
	}
	r.start()
	show := func(value string) {
		t.Helper()
		r.await(healthy, func() error {
			return all(is("health", healthy.Status.Health, v1alpha1.KPIHealthy), is("value", healthy.Status.Value, value))
		})
		r.await(red, func() error { return is("health", red.Status.Health, v1alpha1.KPIUnhealthy) })
		last := r.keyResult(fmt.Sprint("key-", keyResults-1), "", "", v1alpha1.Reach{})
		r.await(last, func() error { return is("health", last.Status.Health, v1alpha1.HealthOnTrack) })
	}
	show("412 ms")
	r.rest()

	before := r.counts()
	if err := plane.KillAPIServer(); err != nil {
		t.Fatal(err)
	}
	// While it is away, values change. They are measured and exported, and cannot be written.
	r.set("latency", 440)
	r.shows("okr_kpi_value", healthy, 440)
	r.samplings(5)
	for _, kpi := range []*v1alpha1.KPI{healthy, red} {
		if got, found := r.scrape()[fmt.Sprintf("okr_kpi_health{goal_namespace=%q,health=%q,name=%q}", r.namespace, kpi.Status.Health, kpi.Name)]; !found || got != 1 {
			t.Errorf("while the API server is away, the health of %s is not served", kpi.Name)
		}
	}
	away := r.counts().since(before)
	for kind, n := range map[string]int{kindKPI: 2, kindKeyResult: keyResults, kindObjective: 1, kindMetricSource: 1} {
		// Backoff doubles from 10 ms: 15 tries of an object take longer than this test waits.
		if tries := away[kind+" reconciles"]; tries > 20*n {
			t.Errorf("while the API server was away, %d objects of %s were evaluated %d times", n, kind, tries)
		}
		if writes := away[kind+" writes"]; writes > 0 {
			t.Errorf("%d writes of %s are counted that nobody can have taken", writes, kind)
		}
	}

	if err := plane.StartAPIServer(); err != nil {
		t.Fatal(err)
	}
	seen := r.kpiStatuses(r.namespace)
	show("440 ms")
	r.rest()
	back := r.counts().since(before)
	for kind, n := range map[string]int{kindKPI: 2, kindKeyResult: keyResults, kindObjective: 1, kindMetricSource: 1} {
		if writes := back[kind+" writes"]; writes > 2*n {
			t.Errorf("the restart and one change of values cost %d writes of %d objects of %s", writes, n, kind)
		}
	}
	// An edit arrives, so that the watches live again.
	r.edit(healthy, func() { healthy.Spec.Target.AtMost = decimal("400") })
	r.await(healthy, func() error { return is("health", healthy.Status.Health, v1alpha1.KPIUnhealthy) })
	for _, kpi := range seen() {
		if h := kpi.Status.Health; kpi.Generation == 1 && h != v1alpha1.KPIHealthy && kpi.Name == healthy.Name ||
			h != v1alpha1.KPIUnhealthy && kpi.Name == red.Name {
			t.Errorf("after the restart the KPI %s was %q", kpi.Name, h)
		}
	}
}

// behindProxy makes a rig whose controller talks to the API server through a proxy, and goals for it.
func behindProxy(t *testing.T) (r *rig, healthy, red *v1alpha1.KPI) {
	t.Helper()
	r = newRig(t)
	proxy, err := plane.StartAPIProxy()
	if err != nil {
		t.Fatal(err)
	}
	r.proxy = proxy
	t.Cleanup(func() { _ = proxy.Stop() }) // after the controller, which is started later
	r.set("latency", 412)
	healthy, red = r.kpi("healthy", r.series("latency")), r.kpi("unhealthy", r.series("latency")+" + 200")
	r.create(healthy, red, r.objective("goal", naming(healthy, red)), r.keyResult("key", "goal", r.series("latency"), fromTo("800", "300")))
	return r, healthy, red
}

// changes reports whether a request writes a goal's or a source's status.
func changes(r *http.Request) bool {
	return r.Method == http.MethodPatch && strings.HasSuffix(r.URL.Path, "/status")
}

func TestAPIServerRefusalsAreSurvivedWithoutAWrongOrLostStatus(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		// refuse answers one of the first few requests; nil: they are only late.
		refuse func(http.ResponseWriter)
		late   time.Duration
		which  func(*http.Request) bool
	}{
		"429 to writes": {reason: "priority and fairness sends writers away for a while", which: changes,
			refuse: func(w http.ResponseWriter) { servers.Refuse(w, http.StatusTooManyRequests, "TooManyRequests", 1) }},
		"429 to reads": {reason: "and readers", which: reads,
			refuse: func(w http.ResponseWriter) { servers.Refuse(w, http.StatusTooManyRequests, "TooManyRequests", 1) }},
		"500 to writes": {reason: "etcd has no leader", which: changes,
			refuse: func(w http.ResponseWriter) { servers.Refuse(w, http.StatusInternalServerError, "InternalError", 0) }},
		"500 to reads": {reason: "at the first list, and at a watch", which: reads,
			refuse: func(w http.ResponseWriter) { servers.Refuse(w, http.StatusInternalServerError, "InternalError", 0) }},
		"410 to watches": {reason: "etcd was compacted: list again", which: watches,
			refuse: func(w http.ResponseWriter) { servers.Refuse(w, http.StatusGone, "Expired", 0) }},
		"503 page": {reason: "a load balancer without a backend", which: changes,
			refuse: func(w http.ResponseWriter) {
				http.Error(w, "<html>no healthy upstream</html>", http.StatusServiceUnavailable)
			}},
		"dropped": {reason: "the connection ends instead of an answer", which: changes,
			refuse: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }},
		"latency": {reason: "everything takes its time", late: 300 * time.Millisecond, which: func(*http.Request) bool { return true }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, healthy, red := behindProxy(t)
			const refused = 6
			var met atomic.Int32
			r.proxy.Meddle(func(w http.ResponseWriter, req *http.Request, forward http.Handler) {
				if tc.which(req) && met.Add(1) <= refused {
					time.Sleep(tc.late)
					if tc.refuse != nil {
						tc.refuse(w)
						return
					}
				}
				forward.ServeHTTP(w, req)
			})
			seen := r.kpiStatuses(r.namespace)
			r.start()
			r.await(healthy, func() error { return is("health", healthy.Status.Health, v1alpha1.KPIHealthy) })
			r.await(red, func() error { return is("health", red.Status.Health, v1alpha1.KPIUnhealthy) })
			goal := r.objective("goal")
			r.await(goal, func() error { return percent("progress", goal.Status.ProgressPercent, 77) })
			r.set("latency", 440)
			r.await(healthy, func() error { return is("value", healthy.Status.Value, "440 ms") })
			r.await(goal, func() error { return percent("progress", goal.Status.ProgressPercent, 72) })
			r.stop()
			if met.Load() < 3 {
				t.Errorf("%s: only %d requests were meddled with, so that the test shows nothing", tc.reason, met.Load())
			}
			r.neverWrong(seen())
		})
	}
}

func watches(r *http.Request) bool { return r.URL.Query().Has("watch") }

func reads(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.URL.Path, "goals.okr.dev")
}

func TestAPIServerWatchDropIsRelistedAndMissesNoEdit(t *testing.T) {
	t.Parallel()
	r, healthy, red := behindProxy(t)
	r.start()
	r.await(healthy, func() error { return is("health", healthy.Status.Health, v1alpha1.KPIHealthy) })
	for round := range 4 {
		r.proxy.Drop()
		// What happens just now, no watch tells.
		limit := fmt.Sprint(500 + round)
		r.edit(healthy, func() { healthy.Spec.Target.AtMost = decimal(limit) })
		brief := r.kpi(fmt.Sprint("brief-", round), r.series("latency"))
		r.create(brief)
		r.proxy.Drop()
		r.await(healthy, func() error { return is("target", healthy.Status.Target, "≤ "+limit+" ms") })
		r.await(brief, func() error { return is("health", brief.Status.Health, v1alpha1.KPIHealthy) })
		r.await(brief, func() error { return is("no history", len(brief.Status.History) == 0, false) }) // nor a question for it
		entries := r.env.sampler.Entries()
		r.proxy.Drop()
		r.delete(brief)
		r.soon(func() error {
			if _, found := r.value("okr_kpi_value", brief); found {
				return fmt.Errorf("the series of a deleted KPI are still there")
			}
			return is("questions", r.env.sampler.Entries(), entries) // another KPI asks the same
		})
	}
	r.await(red, func() error { return is("health", red.Status.Health, v1alpha1.KPIUnhealthy) })
	r.rest()
}

func TestAPIServerConflictHasTheControllerComputeAnew(t *testing.T) {
	t.Parallel()
	r, healthy, _ := behindProxy(t)
	var met atomic.Int32
	name := healthy.Name // which is read below while the object is written
	r.proxy.Meddle(func(w http.ResponseWriter, req *http.Request, forward http.Handler) {
		if changes(req) && strings.Contains(req.URL.Path, "/healthy/") && met.Add(1) == 1 {
			// By the time the controller looks again, the world is another one.
			edited := r.kpi(name, "")
			patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"target":{"atMost":"400"}}}`))
			if err := admin.Patch(req.Context(), edited, patch); err != nil {
				t.Error(err)
			}
			servers.Refuse(w, http.StatusConflict, string(metav1.StatusReasonConflict), 0)
			return
		}
		forward.ServeHTTP(w, req)
	})
	w, err := admin.Watch(t.Context(), &v1alpha1.KPIList{}, client.InNamespace(r.namespace))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	r.start()
	r.await(healthy, func() error {
		return all(is("health", healthy.Status.Health, v1alpha1.KPIUnhealthy), is("observed", healthy.Status.ObservedGeneration, healthy.Generation))
	})
	if met.Load() < 2 {
		t.Errorf("%d writes were tried, want one more after the conflict", met.Load())
	}
	for {
		select {
		case e := <-w.ResultChan():
			kpi, ok := e.Object.(*v1alpha1.KPI)
			if !ok || e.Type == watch.Deleted || kpi.Name != healthy.Name {
				continue
			}
			if kpi.Status.Health == v1alpha1.KPIHealthy && kpi.Generation > 1 &&
				meta.IsStatusConditionTrue(kpi.Status.Conditions, v1alpha1.HealthyCondition) {
				t.Error("a verdict by the target before the edit was written after it")
			}
			if kpi.ResourceVersion == healthy.ResourceVersion {
				return
			}
		case <-time.After(patience):
			t.Fatal("the watch did not show what was read")
		}
	}
}
