package controllers

import (
	"flag"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// graph is how large the alignment graph is. 10,000 take four minutes, most of them for the 13,000 status writes of the
// start: go test ./controllers -run Graph -args -graph 10000.
var graph = flag.Int("graph", 1000, "how many goals the alignment graph has")

// An alignment graph of six levels, from the company to individuals with a key result each. One of these changes: each
// of its ancestors is evaluated and written once, and nobody else is.
func TestGraphOfAlignmentOneChangedLeafCausesOneEvaluationPerAncestorAndNoOther(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("steady", 412)
	r.set("moving", 412)
	goals, top, leaf := r.graph(*graph)
	began := time.Now()
	r.createAll(goals)
	t.Logf("%d goals were created in %s", len(goals), time.Since(began))
	began = time.Now()
	r.start()
	r.within(5*time.Minute, func() error {
		r.read(top)
		r.read(leaf)
		return all(percent("progress", top.Status.ProgressPercent, 77), is("health", top.Status.Health, v1alpha1.HealthOnTrack),
			percent("progress", leaf.Status.ProgressPercent, 77))
	})
	t.Logf("they were evaluated in %s by %v", time.Since(began), r.counts())
	// Whether its limits admit all is said of a source after a minute of questions: not while the leaf is watched.
	source := r.source(r.namespace, "")
	r.within(3*time.Minute, func() error {
		r.read(source)
		return has(source.Status.Conditions, v1alpha1.SaturatedCondition, metav1.ConditionFalse, v1alpha1.ReasonAsExpected)
	})
	r.rest()

	before := r.counts()
	r.set("moving", 550)
	r.await(leaf, func() error { return percent("progress", leaf.Status.ProgressPercent, 50) })
	began = time.Now()
	r.await(top, func() error {
		if p := top.Status.ProgressPercent; p == nil || *p > 53 {
			return fmt.Errorf("the top is not moved")
		}
		return nil
	})
	t.Logf("the top followed the leaf in %s", time.Since(began))
	r.rest()
	if got := r.counts().since(before); !maps.Equal(got, counts{
		"KeyResult reconciles": 1, "KeyResult writes": 1, "Objective reconciles": graphLevels, "Objective writes": graphLevels,
	}) {
		t.Errorf("a changed leaf cost %v, want one evaluation and one write of it and of each ancestor", got)
	}
}

// graphLevels are the company, departments, divisions, groups, teams and individuals; each of the upper ones has that
// many below it, but the teams, which have what is left.
const graphLevels, graphFan = 6, 5

// graph is about as many goals as are wanted: the objectives of six levels, and a key result for each individual. The
// first of each level weighs most, so that what its leaf does is seen at the top.
func (r *rig) graph(size int) (goals []client.Object, top, leaf *v1alpha1.Objective) {
	fan := graphFan
	if size < 5000 {
		fan = 3
	}
	var above []*v1alpha1.Objective
	count := 1
	for level := range graphLevels {
		if level == graphLevels-1 {
			count = (size - len(goals)) / 2
		}
		var here []*v1alpha1.Objective
		for i := range count {
			o := r.objective(fmt.Sprintf("level-%d-%05d", level, i))
			if level > 0 {
				under(above[i%len(above)])(o)
				if weight := int32(1000); i == 0 {
					o.Spec.ParentRef.Weight = &weight
				}
			}
			here = append(here, o)
			goals = append(goals, o)
		}
		above, count = here, count*fan
		if level == 0 {
			top = here[0]
		}
	}
	for i, o := range above {
		series := "steady"
		if i == 0 {
			series, leaf = "moving", o
		}
		goals = append(goals, r.keyResult(o.Name, o.Name, r.series(series), fromTo("800", "300")))
	}
	return goals, top, leaf
}

// createAll creates many objects at once.
func (r *rig) createAll(objects []client.Object) {
	r.Helper()
	work, failures := make(chan client.Object), make(chan error, len(objects))
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for o := range work {
				if err := admin.Create(r.Context(), o, client.FieldValidation(metav1.FieldValidationStrict)); err != nil {
					failures <- err
				}
			}
		})
	}
	for _, o := range objects {
		work <- o
	}
	close(work)
	group.Wait()
	if len(failures) > 0 {
		r.Fatal(<-failures)
	}
}

// within is soon with a patience of its own.
func (r *rig) within(limit time.Duration, check func() error) {
	r.Helper()
	for began := time.Now(); ; time.Sleep(25 * time.Millisecond) {
		err := check()
		if err == nil {
			return
		}
		if time.Since(began) > limit {
			r.Fatalf("still not so after %s: %v", limit, err)
		}
	}
}
