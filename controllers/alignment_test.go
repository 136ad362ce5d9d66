package controllers

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

func (r *rig) aligned(kpi *v1alpha1.KPI, status metav1.ConditionStatus, reason string, by ...string) {
	r.Helper()
	r.await(kpi, func() error {
		if kpi.Status.AlignedObjectives == nil {
			return fmt.Errorf("not looked at yet")
		}
		return all(has(kpi.Status.Conditions, v1alpha1.AlignedCondition, status, reason),
			is("objectives", strings.Join(kpi.Status.AlignedObjectives.Names, " "), strings.Join(by, " ")))
	})
}

// pass lets time pass for the controller, and has it look at a KPI as its own timer would.
func (r *rig) pass(by time.Duration, kpis ...*v1alpha1.KPI) {
	r.clock.move(by)
	for _, kpi := range kpis {
		r.look(kindKPI, kpi)
	}
}

func TestKPIIsAlignedByBeingNamedOrMeasuringAKeyResultInWhateverOrderTheyComeAndGo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	r.start()
	kpiFirst, kpiLast := r.kpi("kpi-first", r.series("latency")), r.kpi("kpi-last", r.series("latency"))
	measuredFirst, measuredLast := r.kpi("measured-first", r.series("latency")), r.kpi("measured-last", r.series("latency"))

	r.create(kpiFirst, measuredFirst)
	r.aligned(kpiFirst, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.aligned(measuredFirst, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	namer, owner := r.objective("namer", naming(kpiFirst, kpiLast)), r.objective("owner")
	key, last := r.keyResult("key", "owner", "", fromTo("800", "300"), measuredBy(measuredFirst)),
		r.keyResult("last", "owner", "", fromTo("800", "300"), measuredBy(measuredLast))
	// The key results come before their objective, which is what counts.
	r.create(namer, key, last)
	r.aligned(kpiFirst, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/namer")
	r.aligned(measuredFirst, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.create(owner, kpiLast, measuredLast)
	for _, kpi := range []*v1alpha1.KPI{measuredFirst, measuredLast} {
		r.aligned(kpi, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/owner")
	}
	r.aligned(kpiLast, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/namer")
	r.await(namer, func() error {
		return has(namer.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, "")
	})

	// The objective, the key result, a reference: whichever goes, the KPI is alone, after a minute.
	r.delete(owner)
	r.aligned(measuredLast, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.create(r.objective("owner"))
	r.aligned(measuredLast, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/owner")
	r.delete(key)
	r.aligned(measuredFirst, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.edit(last, func() { last.Spec.KPIRef = &v1alpha1.KPIReference{Name: measuredFirst.Name} })
	r.aligned(measuredLast, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.aligned(measuredFirst, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/owner")
	r.edit(namer, func() { namer.Spec.State = v1alpha1.ObjectiveCancelled })
	r.aligned(kpiFirst, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.pass(okr.Settle+time.Second, kpiFirst, measuredLast)
	r.aligned(kpiFirst, metav1.ConditionFalse, v1alpha1.ReasonNoAlignedObjective)
	r.aligned(measuredLast, metav1.ConditionFalse, v1alpha1.ReasonNoAlignedObjective)
	r.edit(namer, func() { namer.Spec.State = v1alpha1.ObjectiveActive })
	r.aligned(kpiFirst, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/namer")

	// A key result that moves to another objective takes its KPI along.
	r.create(r.objective("heir"))
	r.edit(last, func() { last.Spec.ObjectiveRef.Name = "heir" })
	r.aligned(measuredFirst, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/heir")
	for name, members := range map[string]string{"owner": "0/0", "heir": "1/1"} {
		o := r.objective(name)
		r.await(o, func() error {
			if o.Status.KeyResults == nil {
				return fmt.Errorf("not looked at yet")
			}
			return is("key results", o.Status.KeyResults.Summary, members)
		})
	}
}

func TestLonelyKPIIsSettlingForAMinuteThenFlaggedAndNeedsAnObjectiveOnceUnhealthyForLong(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 800)
	kpi := r.kpi("latency", r.series("latency"), func(k *v1alpha1.KPI) { k.Spec.ObjectiveAfter = "5m" })
	r.create(kpi)
	seen := r.kpiStatuses(r.namespace)
	r.start()
	needs := func(status metav1.ConditionStatus) {
		t.Helper()
		r.await(kpi, func() error {
			return all(is("health", kpi.Status.Health, v1alpha1.KPIUnhealthy),
				has(kpi.Status.Conditions, v1alpha1.NeedsObjectiveCondition, status, ""))
		})
	}
	needs(metav1.ConditionFalse)
	r.aligned(kpi, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.pass(okr.Settle-20*time.Second, kpi)
	r.rest()
	r.aligned(kpi, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.pass(21*time.Second, kpi)
	r.aligned(kpi, metav1.ConditionFalse, v1alpha1.ReasonNoAlignedObjective)
	needs(metav1.ConditionFalse)
	r.pass(5*time.Minute, kpi)
	needs(metav1.ConditionTrue)

	goal := r.objective("goal", naming(kpi))
	r.create(goal)
	r.aligned(kpi, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/goal")
	needs(metav1.ConditionFalse)
	r.delete(goal)
	r.aligned(kpi, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
	r.pass(okr.Settle+time.Second, kpi)
	r.aligned(kpi, metav1.ConditionFalse, v1alpha1.ReasonNoAlignedObjective)
	needs(metav1.ConditionTrue)
	order(t, seen(), v1alpha1.AlignedCondition, "Unknown False True Unknown False")
}

// order checks which statuses of a condition were seen, one after the other.
func order(t *testing.T, seen []v1alpha1.KPI, kind, want string) {
	t.Helper()
	var statuses []string
	for _, kpi := range seen {
		for _, c := range kpi.Status.Conditions {
			if c.Type == kind && (len(statuses) == 0 || statuses[len(statuses)-1] != string(c.Status)) {
				statuses = append(statuses, string(c.Status))
			}
		}
	}
	if got := strings.Join(statuses, " "); got != want {
		t.Errorf("%s was %s, want %s", kind, got, want)
	}
}

// A Git repository that is applied in any order, or replaced, within a minute raises no false flag.
func TestApplyingARepositoryInRandomOrderRaisesNoFalseFlag(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 800)
	r.start()
	seen := r.kpiStatuses(r.namespace)
	for round := range 6 {
		suffix := fmt.Sprint("-", round)
		source := r.source(r.namespace+suffix, prometheusServer.URL)
		elsewhere := func(k *v1alpha1.KPI) { k.Spec.Metric.SourceRef.Name = source.Name }
		named, measured := r.kpi("named"+suffix, r.series("latency"), elsewhere), r.kpi("measured"+suffix, r.series("latency"), elsewhere)
		objects := []client.Object{
			source, named, measured, r.objective("namer"+suffix, naming(named)), r.objective("owner" + suffix),
			r.keyResult("key"+suffix, "owner"+suffix, "", fromTo("800", "300"), measuredBy(measured)),
			r.keyResult("own"+suffix, "owner"+suffix, r.series("latency"), fromTo("800", "300")),
		}
		rand.Shuffle(len(objects), func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
		for _, o := range objects {
			r.create(o)
			r.rested(named, measured)
			r.clock.move(8 * time.Second) // all of them within a minute
			r.look(kindKPI, named)
			r.look(kindKPI, measured)
		}
		r.aligned(named, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/namer"+suffix)
		r.aligned(measured, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, r.namespace+"/owner"+suffix)
		for _, kpi := range []*v1alpha1.KPI{named, measured} {
			r.await(kpi, func() error { return has(kpi.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, "") })
		}
	}
	statuses := 0
	for _, kpi := range seen() {
		for _, c := range kpi.Status.Conditions {
			if c.Type == v1alpha1.AlignedCondition {
				statuses++
			}
			if c.Type == v1alpha1.StalledCondition && c.Status == metav1.ConditionTrue {
				t.Errorf("%s was stalled: what is missing comes", kpi.Name)
			}
			if (c.Type == v1alpha1.AlignedCondition && c.Status == metav1.ConditionFalse) ||
				(c.Type == v1alpha1.NeedsObjectiveCondition && c.Status == metav1.ConditionTrue) {
				t.Errorf("%s was flagged: %s %s: %s", kpi.Name, c.Type, c.Status, c.Message)
			}
		}
	}
	if statuses < 12 { // each KPI was looked at
		t.Errorf("only %d statuses were seen", statuses)
	}
}

// rested waits until those of the KPIs that exist have been looked at.
func (r *rig) rested(kpis ...*v1alpha1.KPI) {
	r.Helper()
	r.soon(func() error {
		for _, kpi := range kpis {
			fresh := &v1alpha1.KPI{}
			if err := admin.Get(r.Context(), client.ObjectKeyFromObject(kpi), fresh); err == nil && len(fresh.Status.Conditions) == 0 {
				return fmt.Errorf("KPI %s was not looked at", kpi.Name)
			}
		}
		return nil
	})
}

func TestKPIOfAnotherNamespaceIsReferredToByItsConsentAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, "tenant")
	tenant := r.others[0]
	r.set("latency", 412)
	kpi := r.kpi("latency", r.series("latency"))
	inTenant := func(o client.Object) client.Object { o.SetNamespace(tenant); return o }
	goal := r.objective("goal")
	inTenant(goal)
	naming(kpi)(goal)
	lost := r.objective("lost", func(o *v1alpha1.Objective) {
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Namespace: r.namespace, Name: "missing"}}
	})
	key := r.keyResult("key", "goal", "", fromTo("800", "300"))
	inTenant(key)
	measuredBy(kpi)(key)
	r.create(kpi, goal, key, inTenant(lost))
	r.start()

	refused := func() {
		t.Helper()
		r.aligned(kpi, metav1.ConditionUnknown, v1alpha1.ReasonSettling)
		r.await(key, func() error {
			return all(has(key.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound),
				has(key.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""))
		})
		r.await(goal, func() error {
			return all(has(goal.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound),
				has(goal.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
		})
	}
	shared := func() {
		t.Helper()
		r.aligned(kpi, metav1.ConditionTrue, v1alpha1.ReasonObjectiveActive, tenant+"/goal")
		r.await(key, func() error {
			return all(has(key.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
				is("value", key.Status.Value, "412 ms"))
		})
		r.await(goal, func() error {
			return has(goal.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, "")
		})
	}
	allow := func(from v1alpha1.NamespacesFrom, selector *metav1.LabelSelector) {
		t.Helper()
		r.edit(kpi, func() { kpi.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: from, Selector: selector} })
	}

	refused()
	r.await(lost, func() error {
		return has(lost.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	})
	message := func(o *v1alpha1.Objective) string {
		for _, c := range o.Status.Conditions {
			if c.Type == v1alpha1.ResolvedRefsCondition {
				return c.Message
			}
		}
		return ""
	}
	if got, want := message(goal), strings.ReplaceAll(message(lost), "missing", "latency"); got != want {
		t.Errorf("a refused KPI reads %q, a missing one %q: they must not be told apart", got, want)
	}

	allow(v1alpha1.NamespacesFromAll, nil)
	shared()
	allow(v1alpha1.NamespacesFromSame, nil)
	refused()
	allow(v1alpha1.NamespacesFromSelector, &metav1.LabelSelector{MatchLabels: map[string]string{"team": "checkout"}})
	refused()
	namespace := r.newNamespace(tenant)
	r.edit(namespace, func() { namespace.Labels["team"] = "checkout" })
	shared()
	r.edit(namespace, func() { delete(namespace.Labels, "team") })
	refused()
}
