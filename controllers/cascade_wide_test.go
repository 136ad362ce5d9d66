package controllers

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// wideChildren are how many children the parent of the test has.
const wideChildren = 200

// A parent of many children is evaluated once for a change of one of them, and once for a change of many; a child that
// moves to another parent is evaluated with both, and its siblings are left alone.
func TestChangeOfOneOfManyChildrenCostsOneEvaluationOfTheParent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("steady", 412)
	r.set("moving", 412)
	top := r.objective("top", func(o *v1alpha1.Objective) { o.Spec.RollUp = v1alpha1.RollUpChildren })
	other := r.objective("other", func(o *v1alpha1.Objective) { o.Spec.RollUp = v1alpha1.RollUpChildren })
	goals := []client.Object{top, other}
	var first, second *v1alpha1.Objective
	for i := range wideChildren {
		child, series := r.objective(fmt.Sprintf("child-%04d", i), under(top)), "steady"
		switch i {
		case 0:
			first, series = child, "moving"
			first.Spec.ParentRef.Weight = new(int32(1000))
		case 1:
			second = child
		}
		goals = append(goals, child, r.keyResult(child.Name, child.Name, r.series(series), fromTo("800", "300")))
	}
	r.createAll(goals)
	r.start()
	r.within(3*time.Minute, func() error {
		r.read(top)
		if top.Status.Children == nil {
			return fmt.Errorf("no children yet")
		}
		return all(is("children", top.Status.Children.Summary, fmt.Sprintf("%d/%d", wideChildren, wideChildren)), percent("progress", top.Status.ProgressPercent, 77))
	})
	r.rest()

	before := r.counts()
	r.set("moving", 550)
	r.await(first, func() error { return percent("progress", first.Status.ProgressPercent, 50) })
	r.rest()
	if got := r.counts().since(before); !maps.Equal(got, counts{
		"KeyResult reconciles": 1, "KeyResult writes": 1, "Objective reconciles": 2, "Objective writes": 2,
	}) {
		t.Errorf("a changed child cost %v, want one evaluation and one write of it and of its parent", got)
	}

	before = r.counts()
	r.edit(second, func() { second.Spec.ParentRef.Name = other.Name })
	r.await(other, func() error { return percent("progress", other.Status.ProgressPercent, 77) })
	r.await(top, func() error {
		return is("children", top.Status.Children.Summary, fmt.Sprintf("%d/%d", wideChildren-1, wideChildren-1))
	})
	r.rest()
	if got := r.counts().since(before); got["Objective reconciles"] > 6 || got["Objective writes"] > 3 {
		t.Errorf("a child that moved cost %v, want an evaluation or two of it and of both parents", got)
	}

	before = r.counts()
	r.delete(first)
	r.await(top, func() error {
		return is("children", top.Status.Children.Summary, fmt.Sprintf("%d/%d", wideChildren-2, wideChildren-2))
	})
	r.rest()
	if got := r.counts().since(before); got["Objective reconciles"] > 2 || got["Objective writes"] > 1 {
		t.Errorf("a child that was deleted cost %v, want one evaluation of its parent", got)
	}
}
