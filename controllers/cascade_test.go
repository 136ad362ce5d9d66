package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/okr"
)

// under has an objective serve another one.
func under(parent *v1alpha1.Objective) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) {
		o.Spec.ParentRef = &v1alpha1.ParentReference{Name: parent.Name}
		if parent.Namespace != o.Namespace {
			o.Spec.ParentRef.Namespace = parent.Namespace
		}
	}
}

func inNamespace(namespace string) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Namespace = namespace }
}

func sharedWithAll(o *v1alpha1.Objective) {
	o.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesFromAll}
}

func leveled(level v1alpha1.Level) func(*v1alpha1.Objective) {
	return func(o *v1alpha1.Objective) { o.Spec.Level = level }
}

func TestCascadeFromCompanyToIndividualRollsUpInWhateverOrderItIsCreated(t *testing.T) {
	t.Parallel()
	r := newRig(t, "tenant")
	r.set("latency", 412)
	company := r.objective("company", sharedWithAll, leveled(v1alpha1.LevelCompany))
	department := r.objective("department", inNamespace(r.others[0]), under(company), leveled(v1alpha1.LevelDepartment))
	team := r.objective("team", inNamespace(r.others[0]), under(department))
	individual := r.objective("individual", inNamespace(r.others[0]), under(team), leveled(v1alpha1.LevelIndividual))
	key := r.keyResult("key", "individual", r.series("latency"), fromTo("800", "300"))
	key.Namespace = r.others[0]
	r.start()
	line := []*v1alpha1.Objective{company, department, team, individual}
	r.create(individual, team, key)
	r.await(team, func() error { return percent("progress", team.Status.ProgressPercent, 77) })
	r.await(team, func() error {
		return has(team.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	})
	r.create(company, department)
	shows := func(progress int32, health v1alpha1.Health) {
		t.Helper()
		for _, o := range line {
			r.await(o, func() error {
				return all(percent("progress", o.Status.ProgressPercent, progress), is("health", o.Status.Health, health),
					has(o.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, ""),
					has(o.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
			})
		}
	}
	shows(77, v1alpha1.HealthOnTrack)
	r.set("latency", 550)
	shows(50, v1alpha1.HealthOnTrack)
	r.read(company)
	if got := company.Status.Children; got == nil || got.Summary != "1/1" {
		t.Errorf("the company has %+v children", got)
	}

	// A second team counts as soon as it comes, is left out when it ends too late, and is gone when it goes.
	second := r.objective("second", inNamespace(r.others[0]), under(department))
	r.create(second)
	r.await(department, func() error {
		return all(is("children", department.Status.Children.Summary, "1/2"), is("health", department.Status.Health, v1alpha1.HealthUnknown))
	})
	r.edit(second, func() { second.Spec.Period = daysFrom(begins, ends.AddDate(0, 0, 1)) })
	r.await(department, func() error {
		return all(is("children", department.Status.Children.Summary, "1/1"), is("health", department.Status.Health, v1alpha1.HealthOnTrack),
			is("named", strings.Contains(onTrack(department), "left out, for they end after this objective or before it begins: second"), true))
	})
	r.edit(second, func() { second.Spec.Period = daysFrom(begins, ends) })
	r.await(department, func() error { return is("children", department.Status.Children.Summary, "1/2") })
	r.delete(second)
	shows(50, v1alpha1.HealthOnTrack)
	r.edit(team, func() { team.Spec.State = v1alpha1.ObjectiveDraft })
	r.await(department, func() error {
		return has(department.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionUnknown, v1alpha1.ReasonNoChildren)
	})
	r.edit(team, func() { team.Spec.State = v1alpha1.ObjectiveActive })
	shows(50, v1alpha1.HealthOnTrack)
}

func onTrack(o *v1alpha1.Objective) string {
	if c := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.OnTrackCondition); c != nil {
		return c.Message
	}
	return ""
}

func TestParentOfAnotherNamespaceIsReferredToByItsConsentAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t, "tenant")
	tenant := r.others[0]
	company := r.objective("company", func(o *v1alpha1.Objective) { o.Spec.RollUp = v1alpha1.RollUpChildren })
	goal := r.objective("goal", inNamespace(tenant), under(company))
	lost := r.objective("lost", inNamespace(tenant), func(o *v1alpha1.Objective) {
		o.Spec.ParentRef = &v1alpha1.ParentReference{Namespace: r.namespace, Name: "missing"}
	})
	r.create(company, goal, lost)
	r.start()
	refused := func() {
		t.Helper()
		r.await(goal, func() error {
			return all(has(goal.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound),
				has(goal.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""),
				has(goal.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""))
		})
		r.await(company, func() error {
			return all(has(company.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionUnknown, v1alpha1.ReasonNoChildren),
				is("the one that is refused is named", strings.Contains(onTrack(company), "goal"), false))
		})
	}
	shared := func() {
		t.Helper()
		r.await(goal, func() error {
			return has(goal.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionTrue, "")
		})
		r.await(company, func() error {
			return all(is("children", company.Status.Children.Summary, "0/1"), is("named", strings.Contains(onTrack(company), tenant+"/goal"), true))
		})
	}
	allow := func(from v1alpha1.NamespacesFrom, selector *metav1.LabelSelector) {
		t.Helper()
		r.edit(company, func() { company.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: from, Selector: selector} })
	}

	refused()
	r.await(lost, func() error {
		return has(lost.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	})
	message := func(o *v1alpha1.Objective) string {
		return meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ResolvedRefsCondition).Message
	}
	if got, want := message(goal), strings.ReplaceAll(message(lost), "missing", "company"); got != want {
		t.Errorf("a refused parent reads %q, a missing one %q: they must not be told apart", got, want)
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
	r.edit(namespace, func() { namespace.Labels["team"] = "checkout" })
	shared()
	r.delete(company)
	r.await(goal, func() error {
		return has(goal.Status.Conditions, v1alpha1.ResolvedRefsCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound)
	})
}

func TestReferenceCycleIsReportedOnEachMemberAndHealsWhereverItIsOpened(t *testing.T) {
	t.Parallel()
	r := newRig(t, "tenant")
	r.set("latency", 412)
	a, b := r.objective("a", sharedWithAll), r.objective("b", inNamespace(r.others[0]), sharedWithAll)
	c, below := r.objective("c", sharedWithAll), r.objective("below")
	under(a)(below)
	key := r.keyResult("key", "c", r.series("latency"), fromTo("800", "300"))
	r.create(a, b, c, below, key)
	r.start()
	cyclic := func(path string, members ...*v1alpha1.Objective) {
		t.Helper()
		for _, o := range members {
			r.await(o, func() error {
				stalled := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.StalledCondition)
				return all(has(o.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionTrue, v1alpha1.ReasonReferenceCycle),
					has(o.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionFalse, v1alpha1.ReasonStalled),
					is("message", stalled.Message, "spec.parentRef leads back to where it began: "+path+": name another parent in one of them, or none"))
			})
		}
	}
	fine := func(members ...*v1alpha1.Objective) {
		t.Helper()
		for _, o := range members {
			r.await(o, func() error {
				return all(has(o.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionFalse, ""),
					has(o.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
			})
		}
	}
	fine(a, b, c, below)
	inA, inB, inC := r.namespace+"/a", r.others[0]+"/b", r.namespace+"/c"

	r.edit(a, func() { under(a)(a) })
	cyclic(inA+" → "+inA, a)
	fine(b, c, below)
	r.edit(a, func() { under(b)(a) })
	fine(a)
	r.edit(b, func() { under(a)(b) })
	cyclic(inB+" → "+inA+" → "+inB, a, b) // by name: "-" comes before "/"
	r.await(a, func() error {
		return all(has(a.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionUnknown, v1alpha1.ReasonReferenceCycle),
			is("progress", a.Status.ProgressPercent, nil))
	})
	fine(c, below)
	r.edit(b, func() { under(c)(b) })
	fine(a, b)
	r.edit(c, func() { under(a)(c) })
	three := strings.Join([]string{inB, inC, inA, inB}, " → ")
	cyclic(three, a, b, c)
	fine(below)
	// One with key results of its own is judged by them.
	r.await(c, func() error { return is("health", c.Status.Health, v1alpha1.HealthOnTrack) })

	// Consent, a deletion, an edit of any of them: each opens it, and closes it again.
	r.edit(c, func() { c.Spec.AllowedNamespaces = nil })
	fine(a, b, c)
	r.edit(c, func() { sharedWithAll(c) })
	cyclic(three, a, b, c)
	r.delete(b)
	fine(a, c)
	r.create(r.objective("b", inNamespace(r.others[0]), sharedWithAll, under(c)))
	cyclic(three, a, b, c)
	r.edit(a, func() { a.Spec.ParentRef = nil })
	fine(a, b, c)
	r.await(a, func() error { return percent("progress", a.Status.ProgressPercent, 77) })
}

// A cycle through consent by labels is opened and closed by an edit of the namespace.
func TestReferenceCycleFollowsTheLabelsOfNamespaces(t *testing.T) {
	t.Parallel()
	r := newRig(t, "tenant")
	a, b := r.objective("a"), r.objective("b", inNamespace(r.others[0]), sharedWithAll)
	a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{
		From: v1alpha1.NamespacesFromSelector, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "checkout"}},
	}
	under(b)(a)
	under(a)(b)
	r.create(a, b)
	r.start()
	stalled := func(status metav1.ConditionStatus) {
		t.Helper()
		for _, o := range []*v1alpha1.Objective{a, b} {
			r.await(o, func() error { return has(o.Status.Conditions, v1alpha1.StalledCondition, status, "") })
		}
	}
	stalled(metav1.ConditionFalse)
	namespace := r.newNamespace(r.others[0])
	r.edit(namespace, func() { namespace.Labels["team"] = "checkout" })
	stalled(metav1.ConditionTrue)
	r.edit(namespace, func() { delete(namespace.Labels, "team") })
	stalled(metav1.ConditionFalse)
}

// Work is bounded: what is above the 32nd level is not followed, in a chain or a cycle.
func TestMoreLevelsThanAreFollowedAreReported(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var chain []client.Object
	var last *v1alpha1.Objective
	for i := range gather.MaxLevels + 2 {
		o := r.objective(fmt.Sprintf("level-%02d", i))
		if last != nil {
			under(last)(o)
		}
		last = o
		chain = append(chain, o)
	}
	r.create(chain...)
	r.start()
	for i, status := range map[int]metav1.ConditionStatus{0: metav1.ConditionFalse, gather.MaxLevels: metav1.ConditionFalse, gather.MaxLevels + 1: metav1.ConditionTrue} {
		o := chain[i].(*v1alpha1.Objective)
		r.await(o, func() error { return has(o.Status.Conditions, v1alpha1.StalledCondition, status, "") })
	}
	top := chain[0].(*v1alpha1.Objective)
	r.edit(top, func() { under(last)(top) })
	r.await(top, func() error {
		return has(top.Status.Conditions, v1alpha1.StalledCondition, metav1.ConditionTrue, v1alpha1.ReasonReferenceCycle)
	})
}

func TestParentIsScoredWhenItsChildrenAreAndReopenedWithThem(t *testing.T) {
	t.Parallel()
	r := newRig(t, "tenant")
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	r.write("good", justBefore(300, end))
	r.write("fair", justBefore(550, end))
	over := func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) }
	company := r.objective("company", over, sharedWithAll)
	near := r.objective("near", over, under(company))
	far := r.objective("far", over, inNamespace(r.others[0]), under(company), func(o *v1alpha1.Objective) { weight := int32(3); o.Spec.ParentRef.Weight = &weight })
	good, fair := r.keyResult("good", "near", r.series("good"), fromTo("800", "300")), r.keyResult("fair", "far", r.series("fair"), fromTo("800", "300"))
	fair.Namespace = r.others[0]
	r.create(company, near, far, good, fair)
	r.clock.move(okr.Settle + time.Second) // what is over waits that long for more members
	r.start()
	r.await(company, func() error {
		final := company.Status.Final
		if final == nil {
			return fmt.Errorf("there is no final")
		}
		members := fmt.Sprint(company.Status.Frozen.Members)
		return all(is("score", final.Score, "0.62"), is("health", company.Status.Health, v1alpha1.HealthMissed), // (1.00 + 3·0.50) / 4
			is("members", members, fmt.Sprintf("[{near 38 1.00} {%s/far 114 0.50}]", r.others[0])),
			has(company.Status.Conditions, v1alpha1.ReopenedCondition, metav1.ConditionFalse, ""))
	})
	r.edit(fair, func() { *fair.Spec.Reach = fromTo("800", "400") })
	for _, o := range []*v1alpha1.Objective{far, company} {
		r.await(o, func() error { return has(o.Status.Conditions, v1alpha1.ReopenedCondition, metav1.ConditionTrue, "") })
	}
	r.edit(fair, func() { *fair.Spec.Reach = fromTo("800", "300") })
	for _, o := range []*v1alpha1.Objective{far, company} {
		r.await(o, func() error {
			return all(has(o.Status.Conditions, v1alpha1.ReopenedCondition, metav1.ConditionFalse, ""), is("health", o.Status.Health, v1alpha1.HealthMissed))
		})
	}
}

// What of an objective its parent, and what its children, are looked at again for.
func TestOnlyWhatTheyAreComputedFromWakesAParentAndChildren(t *testing.T) {
	r := &rig{namespace: "any"}
	weight := int32(2)
	cases := []struct {
		reason           string
		edit             func(*v1alpha1.Objective)
		parent, children bool
	}{
		{"nothing", func(*v1alpha1.Objective) {}, false, false},
		{"a title", func(o *v1alpha1.Objective) { o.Spec.Title = "other"; o.Generation++ }, false, false},
		{"a message", func(o *v1alpha1.Objective) {
			meta.SetStatusCondition(&o.Status.Conditions, metav1.Condition{Type: v1alpha1.OnTrackCondition, Status: "True", Reason: "OnPace", Message: "51 % done"})
		}, false, false},
		{"its own children", func(o *v1alpha1.Objective) { o.Status.Children = &v1alpha1.ChildSummary{Summary: "1/2"} }, false, false},
		{"progress", func(o *v1alpha1.Objective) { o.Status.ProgressPercent = &weight }, true, false},
		{"expected", func(o *v1alpha1.Objective) { o.Status.ExpectedPercent = &weight }, true, false},
		{"health", func(o *v1alpha1.Objective) { o.Status.Health = v1alpha1.HealthAtRisk }, true, false},
		{"a score", func(o *v1alpha1.Objective) { o.Status.Final = &v1alpha1.Final{Score: "0.90"} }, true, false},
		{"reopened", func(o *v1alpha1.Objective) {
			meta.SetStatusCondition(&o.Status.Conditions, metav1.Condition{Type: v1alpha1.ReopenedCondition, Status: "True"})
		}, true, false},
		{"its weight", func(o *v1alpha1.Objective) { o.Spec.ParentRef.Weight = &weight }, true, false},
		{"its state", func(o *v1alpha1.Objective) { o.Spec.State = v1alpha1.ObjectiveDraft }, true, false},
		{"its period", func(o *v1alpha1.Objective) { o.Spec.Period = "2030" }, true, true},
		{"its start", func(o *v1alpha1.Objective) { o.Spec.StartOn = "2030-01-01" }, true, true},
		{"whom it allows", sharedWithAll, false, true},
		{"its parent", func(o *v1alpha1.Objective) { o.Spec.ParentRef.Name = "other" }, true, true},
		{"its parent's namespace", func(o *v1alpha1.Objective) { o.Spec.ParentRef.Namespace = "other" }, true, true},
		{"none any more", func(o *v1alpha1.Objective) { o.Spec.ParentRef = nil }, true, true},
		{"deleted and created again during a broken watch", func(o *v1alpha1.Objective) { o.UID = "second" }, true, true},
	}
	for _, c := range cases {
		before := r.objective("child", under(r.objective("parent")))
		before.Status.Conditions = []metav1.Condition{{Type: v1alpha1.OnTrackCondition, Status: "True", Reason: "OnPace", Message: "50 % done"}}
		after := before.DeepCopy()
		c.edit(after)
		e := event.UpdateEvent{ObjectOld: before, ObjectNew: after}
		if err := all(is("parent", childChanged.Update(e), c.parent), is("children", lineChanged.Update(e), c.children)); err != nil {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
	orphan := r.objective("orphan")
	changed := orphan.DeepCopy()
	changed.Status.Health = v1alpha1.HealthAtRisk
	if childChanged.Update(event.UpdateEvent{ObjectOld: orphan, ObjectNew: changed}) {
		t.Error("one without a parent wakes somebody")
	}
	for _, p := range []predicate.Funcs{childChanged, lineChanged} {
		if p.Create(event.CreateEvent{Object: orphan, IsInInitialList: true}) || !p.Create(event.CreateEvent{Object: orphan}) {
			t.Error("a start looks at everything twice, or a new one is not looked at")
		}
	}
}
