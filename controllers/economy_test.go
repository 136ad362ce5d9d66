package controllers

import (
	"fmt"
	"maps"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// counts are the evaluations and status writes so far, by kind.
type counts map[string]int

func (r *rig) counts() counts {
	c := counts{}
	for _, kind := range []string{kindObjective, kindKeyResult, kindKPI, kindMetricSource} {
		label := fmt.Sprintf("kind=%q", kind)
		c[kind+" reconciles"] = r.total("okr_reconciles_total", label)
		c[kind+" writes"] = r.total("okr_status_writes_total", label)
	}
	return c
}

// since is how much was added, without what was not.
func (c counts) since(before counts) counts {
	added := counts{}
	for what, n := range c {
		if n != before[what] {
			added[what] = n - before[what]
		}
	}
	return added
}

func (r *rig) value(series string, o client.Object) (float64, bool) {
	v, found := r.scrape()[fmt.Sprintf("%s{goal_namespace=%q,name=%q}", series, o.GetNamespace(), o.GetName())]
	return v, found
}

// shows waits until a value has arrived, wherever it is kept.
func (r *rig) shows(series string, o client.Object, want float64) {
	r.Helper()
	r.soon(func() error {
		got, _ := r.value(series, o)
		return is(series, got, want)
	})
}

// Speed and size of issue 2, by counters. The KPI measures two of the key results: they share one question with it.
// The objective of two key results is rolled up once for both.
func TestOneMaterialChangeCausesOneReconcileAndOneWriteAndAnImmaterialOneNone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 500)
	kpi := r.kpi("latency", r.series("latency"))
	own := r.keyResult("own", "goal", r.series("latency")+" + 0", fromTo("800", "300"))
	through := r.keyResult("through", "other", "", fromTo("800", "300"), measuredBy(kpi))
	twin := r.keyResult("twin", "goal", "", fromTo("800", "300"), measuredBy(kpi))
	r.create(kpi, r.objective("goal"), r.objective("other"), own, through, twin)
	r.start()
	r.shows("okr_kpi_value", kpi, 500)
	r.shows("okr_keyresult_value", own, 500)
	r.shows("okr_keyresult_value", through, 500)
	r.rest()
	if n := r.env.sampler.Entries(); n != 3 {
		t.Errorf("%d questions are asked, want 3: the KPI's, which its key results share, another, and the probe", n)
	}

	// changed sets the value, waits until everybody has it and all is quiet, and returns what that cost.
	changed := func(value float64) counts {
		t.Helper()
		before := r.counts()
		r.set("latency", value)
		r.shows("okr_kpi_value", kpi, value)
		r.shows("okr_keyresult_value", own, value)
		r.rest()
		return r.counts().since(before)
	}
	if got := changed(412.01); !maps.Equal(got, counts{
		"KPI reconciles": 1, "KPI writes": 1, "KeyResult reconciles": 3, "KeyResult writes": 3,
		"Objective reconciles": 2, "Objective writes": 2,
	}) {
		t.Errorf("a material change cost %v, want one reconcile and one write of each object it is about", got)
	}
	// 77.598 percent of the way either way, and 412 ms as people read it.
	if got := changed(412.02); len(got) > 0 {
		t.Errorf("an immaterial change cost %v, want nothing", got)
	}
	// 412.4 instead of 412 ms to read, and as many percent: no member changed that an objective shows.
	if got := changed(412.4); !maps.Equal(got, counts{
		"KPI reconciles": 1, "KPI writes": 1, "KeyResult reconciles": 3, "KeyResult writes": 3,
	}) {
		t.Errorf("a change of what is read alone cost %v, want one reconcile and one write of the measured objects", got)
	}
}

// versions are the resource versions of all goals and sources of this rig.
func (r *rig) versions() map[string]string {
	r.Helper()
	versions := map[string]string{}
	for _, list := range r.lists() {
		each(list, func(kind string, o client.Object) { versions[kind+" "+o.GetName()] = o.GetResourceVersion() })
	}
	return versions
}

func each(list client.ObjectList, do func(kind string, o client.Object)) {
	switch l := list.(type) {
	case *v1alpha1.ObjectiveList:
		for i := range l.Items {
			do(kindObjective, &l.Items[i])
		}
	case *v1alpha1.KeyResultList:
		for i := range l.Items {
			do(kindKeyResult, &l.Items[i])
		}
	case *v1alpha1.KPIList:
		for i := range l.Items {
			do(kindKPI, &l.Items[i])
		}
	case *v1alpha1.MetricSourceList:
		for i := range l.Items {
			do(kindMetricSource, &l.Items[i])
		}
	}
}

// lookAtAll has the controller look at everything, and waits until it has.
func (r *rig) lookAtAll() {
	r.Helper()
	before := r.total("okr_reconciles_total")
	n := 0
	for _, list := range []client.ObjectList{
		&v1alpha1.ObjectiveList{}, &v1alpha1.KeyResultList{}, &v1alpha1.KPIList{},
	} {
		if err := admin.List(r.Context(), list, client.InNamespace(r.namespace)); err != nil {
			r.Fatal(err)
		}
		each(list, func(kind string, o client.Object) {
			n++
			if kind != kindObjective {
				r.look(kind, o)
				return
			}
			// Objectives ask nothing, so that nothing wakes them but their key results.
			if _, err := (&ObjectiveReconciler{r.env}).Reconcile(r.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(o)}); err != nil {
				r.Fatal(err)
			}
		})
	}
	r.soon(func() error {
		if done := r.total("okr_reconciles_total") - before; done < n {
			return fmt.Errorf("%d of %d evaluations", done, n)
		}
		return nil
	})
}

// various creates goals in every state that lasts: on and off track, unmeasurable, stalled, without a reference,
// over, planned, and a KPI of each health.
func (r *rig) various() {
	r.Helper()
	r.set("latency", 412)
	r.set("zero", 0)
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	r.write("closed", justBefore(800, first), justBefore(350, end))
	r.create(
		r.objective("goal"), r.objective("empty"), r.objective("unzoned", func(o *v1alpha1.Objective) { o.Spec.TimeZone = "Mars/Olympus" }),
		r.objective("over", func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) }),
		r.objective("later", func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(ends, ends.AddDate(0, 1, 0)) }),
		r.objective("draft", func(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveDraft }),
		r.keyResult("on-track", "goal", r.series("latency"), fromTo("800", "300")),
		r.keyResult("off-track", "goal", r.series("latency")+" * 2", fromTo("800", "300")),
		r.keyResult("not-a-number", "goal", r.series("zero")+" / "+r.series("zero"), fromTo("800", "300")),
		r.keyResult("stalled", "goal", "sum(", fromTo("800", "300")),
		r.keyResult("orphan", "nobody", r.series("latency"), fromTo("800", "300")),
		r.keyResult("closed", "over", r.series("closed"), v1alpha1.Reach{Change: "-50%"}),
		r.keyResult("forgotten", "goal", r.series("latency"), v1alpha1.Reach{Change: "-50%"}),
		r.keyResult("planned", "later", r.series("latency"), v1alpha1.Reach{Change: "-50%"}),
		r.keyResult("drafted", "draft", r.series("latency"), fromTo("800", "300")),
		r.kpi("healthy", r.series("latency")),
		r.kpi("unhealthy", r.series("latency")+" + 200"),
		r.kpi("unknown", r.series("nothing")),
		r.kpi("unbounded", r.series("latency"), func(k *v1alpha1.KPI) { k.Spec.Target = nil }),
	)
}

// Must hold 6 of issue 2.
func TestNothingIsWrittenWhileAnswersStayTheSameNorWhenTheControllerStartsAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.various()
	r.start()
	closed := r.keyResult("closed", "", "", v1alpha1.Reach{})
	r.await(closed, func() error { return is("health", closed.Status.Health, v1alpha1.HealthAchieved) })
	// What is not looked after is Settling at first; afterwards nothing is left to happen.
	r.clock.move(okr.Settle + time.Second)
	r.lookAtAll()
	for _, name := range []string{"healthy", "unhealthy", "unknown", "unbounded"} {
		kpi := r.kpi(name, "")
		r.await(kpi, func() error {
			return has(kpi.Status.Conditions, v1alpha1.AlignedCondition, metav1.ConditionFalse, v1alpha1.ReasonNoAlignedObjective)
		})
	}
	r.rest()

	before, counted := r.versions(), r.counts()
	for range 4 {
		r.samplings(5)
		r.lookAtAll()
	}
	if after := r.versions(); !maps.Equal(before, after) {
		t.Errorf("over 20 samplings the versions changed from %v to %v", before, after)
	}
	for what, n := range r.counts().since(counted) {
		if n > 0 && contains(what, []string{"writes"}) {
			t.Errorf("%d %s over 20 samplings, want none", n, what)
		}
	}

	r.stop()
	r.start()
	r.soon(func() error { return r.everythingWasVisited(len(before)) })
	r.rest()
	if after := r.versions(); !maps.Equal(before, after) {
		t.Errorf("at a restart the versions changed from %v to %v", before, after)
	}
	if n := r.total("okr_status_writes_total"); n > 0 {
		t.Errorf("a restart wrote %d statuses, want none", n)
	}
	if n := r.total("okr_source_queries_total", `outcome="Sampled"`); n == 0 {
		t.Error("after the restart nothing was asked, so that the test shows nothing")
	}
}

func (r *rig) everythingWasVisited(objects int) error {
	if n := r.total("okr_reconciles_total"); n < objects {
		return fmt.Errorf("%d of %d objects were visited", n, objects)
	}
	return nil
}
