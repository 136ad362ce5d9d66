package controllers

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// everyShape creates goals of every shape, related to each other in every way.
func (r *rig) everyShape() []client.Object {
	r.Helper()
	r.set("latency", 412)
	r.set("answers", 250)
	r.write("orders_total", justBefore(100, today.AddDate(0, 0, -70)), justBefore(200, today))
	company := r.objective("company", leveled(v1alpha1.LevelCompany))
	unhealthy := r.kpi("unhealthy", r.series("latency")+" + 200", func(k *v1alpha1.KPI) {
		k.Spec.CompareTo, k.Spec.ObjectiveAfter, k.Spec.HoldFor = "7d", "1h", "10m"
	})
	parent := r.kpi("parent", r.series("latency"), func(k *v1alpha1.KPI) { k.Spec.StretchTarget = decimal("100") })
	under := under(company)
	of := func(parent *v1alpha1.KPI) func(*v1alpha1.KPI) {
		return func(k *v1alpha1.KPI) { k.Spec.ParentRef = &v1alpha1.KPIReference{Name: parent.Name} }
	}
	byhand := r.kpi("byhand", "", byHand(map[int]string{-40: "400", -3: "412.5", 30: "900"}), of(parent), func(k *v1alpha1.KPI) { k.Spec.CompareTo = "31d" })
	lastMonth := r.kpi("last-month", r.series("orders_total"), of(parent), func(k *v1alpha1.KPI) {
		k.Spec.CalendarWindow, k.Spec.Metric.Interval, k.Spec.CompareTo = v1alpha1.CalendarMonth, "", "30d"
		k.Spec.Accepted = &v1alpha1.Acceptance{Until: day(today.AddDate(0, 0, 9)), Reason: "so be it"}
	})
	round, circle := r.kpi("round", r.series("latency")), r.kpi("circle", r.series("latency"))
	of(circle)(round)
	of(round)(circle)
	goal := r.objective("goal", under, naming(unhealthy, parent, byhand, lastMonth), func(o *v1alpha1.Objective) {
		o.Spec.CheckInEvery = "7d"
		o.Spec.CheckIns = []v1alpha1.CheckIn{checkIn(today.AddDate(0, 0, -10), "survey", "4"), checkIn(today.AddDate(0, 0, 10), "survey", "1")}
		o.Spec.CheckIns[0].Confidence = new(int32(3))
	})
	over := r.objective("over", under, naming(unhealthy, byhand), func(o *v1alpha1.Objective) {
		o.Spec.Period = daysFrom(today.AddDate(0, 0, -40), today.AddDate(0, 0, -9))
	})
	shapes := []client.Object{
		company, unhealthy, parent, byhand, lastMonth, round, circle, goal, over, r.objective("childless", under, func(o *v1alpha1.Objective) { o.Spec.RollUp = v1alpha1.RollUpChildren }),
		r.keyResult("survey", "goal", "", fromTo("0", "10"), guardedBy(r.series("answers"))),
		r.keyResult("kept", "goal", r.series("latency"), v1alpha1.Reach{}, atMost("500")),
		r.keyResult("budget", "goal", r.series("latency"), v1alpha1.Reach{}, atMost("500"), func(kr *v1alpha1.KeyResult) { kr.Spec.Maintain.AllowedBreach = "1%" }),
		r.keyResult("through", "goal", "", fromTo("800", "300"), measuredBy(parent)),
		r.keyResult("through-month", "goal", "", fromTo("800", "300"), measuredBy(lastMonth)),
		r.keyResult("steps", "goal", "", v1alpha1.Reach{}, func(kr *v1alpha1.KeyResult) {
			kr.Spec.Reach, kr.Spec.Unit = nil, ""
			kr.Spec.Milestones = []v1alpha1.Milestone{{Title: "a", DoneOn: day(today.AddDate(0, 0, -9))}, {Title: "b", DueOn: day(today.AddDate(0, 0, -1))}}
		}),
		r.keyResult("forgotten", "over", r.series("latency"), v1alpha1.Reach{Change: "-50%"}),
		r.keyResult("recorded", "over", r.series("latency"), fromTo("800", "300"), func(kr *v1alpha1.KeyResult) {
			kr.Spec.Final = &v1alpha1.FinalRecord{Date: day(today.AddDate(0, 0, -10)), Score: new(v1alpha1.Score("0.9"))}
		}),
	}
	r.create(shapes...)
	return shapes
}

// Goals of every shape that wait for nothing are looked at for their own sake once an hour, and no two of them wake each
// other: KPIs and the objectives that look after them, parents and children, key results and what they prove.
func TestGoalsOfEveryShapeRestWhileNothingChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	shapes := r.everyShape()
	r.start()
	r.soon(func() error { return r.everythingWasVisited(len(shapes)) })
	r.clock.move(okr.Settle + time.Second) // KPIs are Settling at first
	r.lookAtAll()
	for _, o := range shapes {
		if kpi, ok := o.(*v1alpha1.KPI); ok {
			r.await(kpi, func() error {
				if kpi.Name == "round" || kpi.Name == "circle" {
					return has(kpi.Status.Conditions, v1alpha1.AlignedCondition, metav1.ConditionFalse, v1alpha1.ReasonNoAlignedObjective)
				}
				return has(kpi.Status.Conditions, v1alpha1.AlignedCondition, metav1.ConditionTrue, "")
			})
		}
	}
	r.rest()

	before, counted, began := r.versions(), r.counts(), time.Now()
	time.Sleep(20 * time.Second) // in which what is live is asked 20 times
	if got := r.counts().since(counted); len(got) > 0 {
		t.Errorf("in %s in which nothing changed there were %v, want nothing", time.Since(began), got)
	}
	if after := r.versions(); !maps.Equal(before, after) {
		t.Errorf("the versions changed from %v to %v", before, after)
	}

	// A restart writes nothing, and all of it rests again.
	statuses := r.allStatuses()
	r.stop()
	r.start()
	r.soon(func() error { return r.everythingWasVisited(len(before)) })
	r.rest()
	if after := r.versions(); !maps.Equal(before, after) {
		t.Errorf("at a restart the statuses changed (-before +after):\n%s", cmp.Diff(statuses, r.allStatuses()))
	}
	for _, kind := range []string{kindObjective, kindKeyResult, kindKPI} {
		for _, why := range []evaluate.Change{evaluate.First, evaluate.Transition, evaluate.Edit, evaluate.Memory, evaluate.Value} {
			if n := r.writes(kind, why); n > 0 {
				t.Errorf("a restart wrote %d statuses of %s: %s", n, kind, fmt.Sprint(why))
			}
		}
	}
}
