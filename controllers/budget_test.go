package controllers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/okr"
)

// atMostBut is to stay at or below a bound, but for a share of the time.
func atMostBut(bound string, allowed v1alpha1.Percentage) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		atMost(bound)(kr)
		kr.Spec.Maintain.AllowedBreach = allowed
	}
}

// history is a number at each step of some time, a minute before it is asked about: above a bound of 500 at the first
// points, and below it at the others.
func history(from, until time.Time, step time.Duration, outside int) []servers.Point {
	var points []servers.Point
	for at := from; !at.After(until); at = at.Add(step) {
		value := 400.0
		if len(points) < outside {
			value = 600
		}
		points = append(points, justBefore(value, at))
	}
	return points
}

// The time of these tests: 150 days, of which 90 are over, counted each hour. A percent of it is 36 points.
var (
	budgetBegins = today.AddDate(0, 0, -90)
	budgetEnds   = today.AddDate(0, 0, 60)
)

func lasting150(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(budgetBegins, budgetEnds) }

// spentIs complains unless a key result says how much of its budget is spent.
func spentIs(kr *v1alpha1.KeyResult, says string) error {
	c := meta.FindStatusCondition(kr.Status.Conditions, v1alpha1.OnTrackCondition)
	if c == nil || !strings.Contains(c.Message, says) {
		return fmt.Errorf("it does not say %q: %v", says, c)
	}
	return nil
}

// What a real Prometheus remembers of three months decides how much of a budget is spent.
func TestBudgetIsCountedFromItsStart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	source := r.source(r.namespace+"-forgetful", r.forgetful().URL)
	now := time.Now()
	r.write("half", append(history(budgetBegins, now, time.Hour, 18), servers.Point{Time: now, Value: 400})...)
	r.write("spent", append(history(budgetBegins, now, time.Hour, 54), servers.Point{Time: now, Value: 400})...)
	key := func(name, query string) *v1alpha1.KeyResult {
		return r.keyResult(name, "goal", query, v1alpha1.Reach{}, atMostBut("500", "1%"))
	}
	half, spent := key("half", r.series("half")), key("spent", r.series("spent"))
	forgotten := key("forgotten", "sum(orders_total) or vector(0)")
	forgotten.Spec.Metric.SourceRef.Name = source.Name
	r.create(source, r.objective("goal", lasting150), half, spent, forgotten)
	seen := versionsOf[v1alpha1.KeyResult](r, &v1alpha1.KeyResultList{}, client.InNamespace(r.namespace))
	r.start()
	elapsed := int32(100 * time.Since(budgetBegins) / budgetEnds.Sub(budgetBegins))
	r.await(half, func() error {
		return all(is("health", half.Status.Health, v1alpha1.HealthOnTrack), percent("progress", half.Status.ProgressPercent, elapsed),
			spentIs(half, "outside for 0.5 % of the whole time so far, and 1 % are allowed"))
	})
	r.await(spent, func() error {
		return all(is("health", spent.Status.Health, v1alpha1.HealthOffTrack), percent("progress", spent.Status.ProgressPercent, elapsed/2),
			has(spent.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionFalse, string(okr.BudgetSpent)),
			spentIs(spent, "outside for 1.5 % of the whole time so far"))
	})
	r.await(forgotten, func() error {
		return all(is("health", forgotten.Status.Health, v1alpha1.HealthUnknown),
			has(forgotten.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, v1alpha1.ReasonPartialHistory),
			spentIs(forgotten, "there is no number, which could decide"))
	})
	for _, version := range seen() {
		if h := version.Status.Health; version.Name == forgotten.Name && h != "" && h != v1alpha1.HealthUnknown {
			t.Errorf("what nobody remembers was %s", h)
		}
	}
}

// What was counted survives the controller and what the source remembers: whole days of it are never asked for again.
func TestBudgetSurvivesARestartAndWhatTheSourceForgets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	now := time.Now()
	name := "half"
	r.write(name, append(history(budgetBegins, now, time.Hour, 18), servers.Point{Time: now, Value: 400})...)
	source := r.source(r.namespace+"-moving", prometheusServer.URL)
	kr := r.keyResult("key", "goal", r.series(name), v1alpha1.Reach{}, atMostBut("500", "1%"))
	kr.Spec.Metric.SourceRef.Name = source.Name
	r.create(source, r.objective("goal", lasting150), kr)
	r.start()
	counted := func() error {
		if kr.Status.Frozen == nil || kr.Status.Frozen.Breach == nil || kr.Status.Frozen.Breach.Settled == nil {
			return fmt.Errorf("nothing is settled yet")
		}
		breach := kr.Status.Frozen.Breach
		return all(is("health", kr.Status.Health, v1alpha1.HealthOnTrack), is("settled", *breach.Settled.Outside, 18),
			is("outside", *breach.Outside, 18), is("missing", *breach.Missing, 0),
			has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, ""),
			spentIs(kr, "outside for 0.5 % of the whole time so far, and 1 % are allowed"))
	}
	r.await(kr, counted)
	r.stop()

	young, err := servers.StartPrometheus(t.Context(), servers.PrometheusOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := young.Stop(); err != nil {
			t.Error(err)
		}
	})
	recent := history(today.AddDate(0, 0, -2), now, time.Hour, 0)
	if err := young.Write(t.Context(), servers.Series{Name: name, Labels: map[string]string{"test": r.namespace},
		Points: append(recent, servers.Point{Time: time.Now(), Value: 400})}); err != nil {
		t.Fatal(err)
	}
	r.edit(source, func() { source.Spec.Prometheus.URL = young.URL })
	r.start()
	r.samplings(3)
	r.soon(func() error { return is("questions", r.env.sampler.Entries(), 4) }) // two sources' probes, the value, and the tail
	r.await(kr, counted)

	// Were the count lost, it would be known that it is.
	r.edit(kr, func() { kr.Spec.Metric.Query += " + 0" })
	r.await(kr, func() error {
		return all(is("health", kr.Status.Health, v1alpha1.HealthUnknown),
			has(kr.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionFalse, v1alpha1.ReasonPartialHistory))
	})
}

// At the end the whole count decides the score.
func TestBudgetIsScored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2) // 3,648 points, 15 minutes apart
	r.write("kept", history(first, end, 15*time.Minute, 18)...)
	r.write("spent", history(first, end, 15*time.Minute, 73)...)
	key := func(name string) *v1alpha1.KeyResult {
		return r.keyResult(name, "over", r.series(name), v1alpha1.Reach{}, atMostBut("500", "1%"))
	}
	kept, spent := key("kept"), key("spent")
	goal := r.objective("over", func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) })
	r.create(goal, kept, spent)
	r.start()
	for kr, want := range map[*v1alpha1.KeyResult]struct {
		health       v1alpha1.Health
		score, value string
	}{
		kept:  {v1alpha1.HealthAchieved, "1.00", "0.4934 % of the time outside"},
		spent: {v1alpha1.HealthMissed, "0.00", "2.001 % of the time outside"},
	} {
		r.await(kr, func() error {
			if kr.Status.Final == nil {
				return fmt.Errorf("there is no final")
			}
			return all(is("health", kr.Status.Health, want.health), is("score", kr.Status.Final.Score, want.score),
				is("value", kr.Status.Value, want.value))
		})
	}
	r.clock.move(2 * okr.Settle) // no other key result has come
	r.look(kindObjective, goal)
	r.await(goal, func() error {
		if goal.Status.Final == nil {
			return fmt.Errorf("there is no final")
		}
		return is("score", goal.Status.Final.Score, "0.50")
	})
}
