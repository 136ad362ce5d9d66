package controllers

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

func day(t time.Time) v1alpha1.Date { return v1alpha1.Date(t.Format(time.DateOnly)) }

// checkIn is what is said of one key result on a day.
func checkIn(date time.Time, keyResult, value string) v1alpha1.CheckIn {
	return v1alpha1.CheckIn{Date: day(date), KeyResults: []v1alpha1.KeyResultCheckIn{{Name: keyResult, Value: decimal(value)}}}
}

// guardedBy has a key result count in full with at least 100 of a series.
func guardedBy(query string) func(*v1alpha1.KeyResult) {
	return func(kr *v1alpha1.KeyResult) { kr.Spec.Guard = &v1alpha1.Guard{Query: query, AtLeast: decimal("100")} }
}

// Item 1 of issue 4: key results that people keep by hand, that consist of milestones, or that a guard holds back, are
// judged beside those that are measured, and follow each edit.
func TestShapesOfKeyResultsAreJudgedTogether(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.set("rating", 80)
	r.set("answers", 250)
	r.set("responses", 250)
	ofSteps := &v1alpha1.KeyResult{
		ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: "steps"},
		Spec: v1alpha1.KeyResultSpec{
			Title: "steps", ObjectiveRef: v1alpha1.ObjectiveReference{Name: "goal"}, Milestones: []v1alpha1.Milestone{
				{Title: "Research published", Weight: new(int32(2)), DueOn: day(today.AddDate(0, 0, -30)), DoneOn: day(today.AddDate(0, 0, -30))},
				{Title: "Tool bought"}, {Title: "Writer contracted"},
			},
		},
	}
	rating := r.keyResult("rating", "goal", r.series("rating"), fromTo("0", "100"), guardedBy(r.series("answers")))
	survey := r.keyResult("survey", "goal", "", fromTo("0", "10"), guardedBy(r.series("responses")), func(kr *v1alpha1.KeyResult) {
		kr.Spec.Guard.SourceRef = &v1alpha1.SourceReference{Name: r.namespace + "-late"}
	})
	goal := r.objective("goal", func(o *v1alpha1.Objective) {
		o.Spec.CheckIns = []v1alpha1.CheckIn{checkIn(today.AddDate(0, 0, -10), "survey", "4"), checkIn(today.AddDate(0, 0, 10), "survey", "1")}
	})
	r.create(goal, ofSteps, rating, survey)
	r.start()

	r.await(ofSteps, func() error {
		return all(is("health", ofSteps.Status.Health, v1alpha1.HealthOnTrack), percent("progress", ofSteps.Status.ProgressPercent, 50),
			percent("expected", ofSteps.Status.ExpectedPercent, 50), is("value", ofSteps.Status.Value, "1 of 3 done"),
			has(ofSteps.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, v1alpha1.ReasonMilestones))
	})
	r.await(rating, func() error {
		return all(is("health", rating.Status.Health, v1alpha1.HealthOnTrack), percent("progress", rating.Status.ProgressPercent, 80),
			is("guard", rating.Status.Guard, "250 of at least 100"))
	})
	r.await(survey, func() error {
		return all(is("health", survey.Status.Health, v1alpha1.HealthUnknown),
			has(survey.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionFalse, v1alpha1.ReasonReferenceNotFound))
	})

	r.create(r.source(r.namespace+"-late", prometheusServer.URL)) // found by the guard's source
	r.await(survey, func() error {
		return all(is("health", survey.Status.Health, v1alpha1.HealthOnTrack), percent("progress", survey.Status.ProgressPercent, 40),
			is("value", survey.Status.Value, "4 ms"), has(survey.Status.Conditions, v1alpha1.ReadyCondition, metav1.ConditionTrue, ""))
	})
	r.shows("okr_keyresult_value", survey, 4) // not the guard's
	r.await(goal, func() error {
		return all(is("health", goal.Status.Health, v1alpha1.HealthOnTrack), is("key results", goal.Status.KeyResults.Summary, "3/3"))
	})

	r.set("answers", 8)
	r.await(rating, func() error {
		return all(is("health", rating.Status.Health, v1alpha1.HealthAtRisk), percent("progress", rating.Status.ProgressPercent, 8),
			is("guard", rating.Status.Guard, "8 of at least 100"),
			has(rating.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionFalse, v1alpha1.ReasonGuardNotMet),
			has(rating.Status.Conditions, v1alpha1.MeasuredCondition, metav1.ConditionTrue, v1alpha1.ReasonGuardNotMet))
	})
	r.shows("okr_keyresult_value", rating, 80)

	r.set("answers", 300)
	r.edit(goal, func() {
		goal.Spec.CheckIns = append(goal.Spec.CheckIns, checkIn(today, "survey", "7.5"))
		goal.Spec.CheckIns[2].Confidence = new(int32(2))
		goal.Spec.CheckIns[2].KeyResults[0].Confidence = new(int32(9))
	})
	r.await(survey, func() error {
		return all(percent("progress", survey.Status.ProgressPercent, 75),
			has(survey.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionTrue, ""))
	})
	for _, kr := range []*v1alpha1.KeyResult{rating, ofSteps} {
		r.await(kr, func() error {
			return all(is("health", kr.Status.Health, v1alpha1.HealthAtRisk),
				has(kr.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionFalse, v1alpha1.ReasonLowConfidence))
		})
	}
	r.await(goal, func() error {
		return has(goal.Status.Conditions, v1alpha1.OnTrackCondition, metav1.ConditionFalse, v1alpha1.ReasonLowConfidence)
	})

	r.edit(ofSteps, func() { ofSteps.Spec.Milestones[1].DoneOn, ofSteps.Spec.Milestones[2].DoneOn = day(today), day(today) })
	r.await(ofSteps, func() error { return percent("progress", ofSteps.Status.ProgressPercent, 100) })
	r.rest()
}

// What people keep is final a week after the end, and a guard is asked for the end like any value.
func TestShapesOfKeyResultsAreScored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, over := today.AddDate(0, 0, -60), today.AddDate(0, 0, -8)
	r.write("rating", justBefore(95, over))
	r.write("answers", justBefore(87, over))
	closed := func(kr *v1alpha1.KeyResult) { kr.Spec.ObjectiveRef.Name = "closed" }
	steps := r.keyResult("steps", "", "", v1alpha1.Reach{}, closed, func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach, kr.Spec.Unit = nil, ""
		kr.Spec.Milestones = []v1alpha1.Milestone{{Title: "in time", DoneOn: day(over.AddDate(0, 0, -1))}, {Title: "late", DoneOn: day(over)}}
	})
	survey := r.keyResult("survey", "", "", fromTo("0", "10"), closed)
	rating := r.keyResult("rating", "", r.series("rating"), fromTo("0", "90"), closed, guardedBy(r.series("answers")))
	goal := r.objective("closed", func(o *v1alpha1.Objective) {
		o.Spec.Period, o.Spec.Ambition = daysFrom(first, over), v1alpha1.AmbitionAspirational
		o.Spec.CheckIns = []v1alpha1.CheckIn{checkIn(over.AddDate(0, 0, -20), "survey", "5"), checkIn(over.AddDate(0, 0, -3), "survey", "9")}
	})
	r.create(goal, steps, survey, rating)
	r.start()
	for kr, want := range map[*v1alpha1.KeyResult]v1alpha1.Final{
		steps:  {Score: "0.50", Grade: v1alpha1.GradeAmber},
		survey: {Score: "0.90", Grade: v1alpha1.GradeGreen},
		rating: {Score: "0.87", Grade: v1alpha1.GradeAmber}, // 0.70 would pass, but for its guard
	} {
		r.await(kr, func() error {
			if kr.Status.Final == nil {
				return is("there is a final", false, true)
			}
			return all(is("score", kr.Status.Final.Score, want.Score), is("grade", kr.Status.Final.Grade, want.Grade))
		})
	}
	r.clock.move(2 * time.Minute) // no other key result has come
	r.look(kindObjective, goal)
	r.await(goal, func() error {
		if goal.Status.Final == nil {
			return is("there is a final", false, true)
		}
		return is("score", goal.Status.Final.Score, "0.75")
	})
	r.look(kindKeyResult, rating)
	r.soon(func() error { return is("questions that are asked", r.env.sampler.Entries(), 1) }) // the source's own
}
