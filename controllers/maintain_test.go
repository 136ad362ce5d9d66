package controllers

import (
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
)

// atMost is to stay at or below a bound until the end.
func atMost(bound string) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach, kr.Spec.Maintain = nil, &v1alpha1.Maintain{AtMost: decimal(bound)}
	}
}

// A band, from its first value to its score.
func TestKeyResultMaintainsABand(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	first, end := today.AddDate(0, 0, -40), today.AddDate(0, 0, -2)
	r.write("kept", justBefore(500, end))
	r.write("broken", justBefore(500.5, end))
	kr := r.keyResult("key", "goal", r.series("latency"), v1alpha1.Reach{}, atMost("500"))
	kept := r.keyResult("kept", "over", r.series("kept"), v1alpha1.Reach{}, atMost("500"))
	broken := r.keyResult("broken", "over", r.series("broken"), v1alpha1.Reach{}, atMost("500"))
	goal := r.objective("goal")
	r.create(goal, r.objective("over", func(o *v1alpha1.Objective) { o.Spec.Period = daysFrom(first, end) }), kr, kept, broken)
	r.start()
	elapsed := int32(100 * time.Since(begins) / ends.Sub(begins))
	r.await(kr, func() error {
		return all(is("health", kr.Status.Health, v1alpha1.HealthOnTrack), percent("progress", kr.Status.ProgressPercent, elapsed),
			is("target", kr.Status.Target, "≤ 500 ms"))
	})
	r.await(goal, func() error { return percent("progress", goal.Status.ProgressPercent, elapsed) })
	r.await(kept, func() error {
		return all(is("health", kept.Status.Health, v1alpha1.HealthAchieved), is("score", kept.Status.Final.Score, "1.00"))
	})
	r.await(broken, func() error {
		return all(is("health", broken.Status.Health, v1alpha1.HealthMissed), is("score", broken.Status.Final.Score, "0.00"))
	})

	r.set("latency", 600)
	r.await(kr, func() error {
		return all(has(kr.Status.Conditions, v1alpha1.OnTrackCondition, "False", "OutsideBand"),
			is("health", kr.Status.Health, v1alpha1.HealthOffTrack), percent("progress", kr.Status.ProgressPercent, 0))
	})
}

// A verdict by values waits for holdFor, also through a restart; progress does not.
func TestKeyResultIsHeld(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("latency", 412)
	kr := r.keyResult("key", "goal", r.series("latency"), fromTo("800", "300"), func(kr *v1alpha1.KeyResult) { kr.Spec.HoldFor = "" })
	r.create(r.objective("goal"), kr)
	r.start()
	r.await(kr, func() error { return is("health", kr.Status.Health, v1alpha1.HealthOnTrack) })
	if err := is("the API server's default", kr.Spec.HoldFor, "6h"); err != nil {
		t.Fatal(err)
	}

	r.set("latency", 800)
	waits := func() error {
		pending := kr.Status.Frozen.PendingHealth
		if pending == nil {
			return percent("progress", kr.Status.ProgressPercent, 0)
		}
		return all(percent("progress", kr.Status.ProgressPercent, 0), is("health", kr.Status.Health, v1alpha1.HealthOnTrack),
			is("what waits", pending.Health, v1alpha1.HealthOffTrack))
	}
	r.await(kr, waits)
	since := kr.Status.Frozen.PendingHealth.Since
	r.stop()
	r.start()
	r.samplings(3)
	r.await(kr, waits)
	if err := is("it waits since", kr.Status.Frozen.PendingHealth.Since.Time, since.Time); err != nil {
		t.Fatal(err)
	}

	r.edit(kr, func() { kr.Spec.HoldFor = "2s" })
	r.await(kr, func() error { return is("health after an edit", kr.Status.Health, v1alpha1.HealthOffTrack) })
	r.set("latency", 412)
	r.await(kr, func() error {
		return all(is("health", kr.Status.Health, v1alpha1.HealthOnTrack), is("nothing waits", kr.Status.Frozen.PendingHealth, nil))
	})
}
