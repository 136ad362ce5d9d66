package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// verdict is what an object's status says, as far as events and watches are concerned.
type verdict struct {
	// health is the verdict; empty before the first visit, and for kinds without one.
	health string
	// told is the condition whose message explains the verdict.
	told       string
	conditions []metav1.Condition
}

// announced are the conditions whose changes are worth an event of their own, and the status that is bad news.
var announced = map[string]metav1.ConditionStatus{
	v1alpha1.StalledCondition:        metav1.ConditionTrue,
	v1alpha1.ReopenedCondition:       metav1.ConditionTrue,
	v1alpha1.ResolvedRefsCondition:   metav1.ConditionFalse,
	v1alpha1.NeedsObjectiveCondition: metav1.ConditionTrue,
	v1alpha1.AlignedCondition:        metav1.ConditionFalse,
	v1alpha1.ReadyCondition:          metav1.ConditionFalse,
	v1alpha1.ReachableCondition:      metav1.ConditionFalse,
	v1alpha1.SaturatedCondition:      metav1.ConditionTrue,
	v1alpha1.CheckedInCondition:      metav1.ConditionFalse,
}

// bad are the verdicts that are bad news.
var bad = []string{
	string(v1alpha1.HealthAtRisk), string(v1alpha1.HealthOffTrack), string(v1alpha1.HealthMissed),
	string(v1alpha1.HealthUnknown), string(v1alpha1.KPIWarning), string(v1alpha1.KPIUnhealthy),
}

// announce emits an event for each transition from one verdict to another, saying what is so now. At the first
// visit only bad news is one: what is fine from birth is what everybody expects.
func (e *environment) announce(object client.Object, before, after verdict) {
	worse := slices.Contains(bad, after.health)
	first := before.health == ""
	if before.health != after.health && (!first || worse && after.health != string(v1alpha1.HealthUnknown)) {
		message := after.health
		if c := meta.FindStatusCondition(after.conditions, after.told); c != nil {
			message = c.Message
		}
		e.emit(object, worse, after.health, message)
	}
	for _, now := range after.conditions {
		if then := meta.FindStatusCondition(before.conditions, now.Type); news(then, now) {
			e.emit(object, now.Status == announced[now.Type] && now.Type != v1alpha1.AlignedCondition, eventReason(now), now.Message)
		}
	}
}

// news reports whether a condition has become bad, or is not bad any more. That a stalled object is not Ready is
// told by Stalled. A KPI that nobody looks after is no bad news while it is healthy: NeedsObjective is.
func news(then *metav1.Condition, now metav1.Condition) bool {
	worst, told := announced[now.Type]
	switch {
	case !told || now.Status == metav1.ConditionUnknown || now.Reason == v1alpha1.ReasonStalled:
		return false
	case then == nil || then.Reason == v1alpha1.ReasonStalled:
		return now.Status == worst
	default:
		return then.Status != now.Status && (now.Status == worst || then.Status == worst)
	}
}

// eventReason names what a condition has become: NeedsObjective, NotAligned, Reachable, ReferenceNotFound.
func eventReason(c metav1.Condition) string {
	switch {
	case c.Status == metav1.ConditionTrue:
		return c.Type
	case c.Reason == v1alpha1.ReasonReferenceNotFound:
		return c.Reason
	case c.Type == v1alpha1.NeedsObjectiveCondition:
		return "ObjectiveNotNeeded"
	default:
		return "Not" + c.Type
	}
}

// emit tells an event. A source has no namespace, and is no goal.
func (e *environment) emit(object client.Object, warning bool, reason, message string) {
	if e.options.PrivateGoals && object.GetNamespace() != "" {
		return
	}
	kind := corev1.EventTypeNormal
	if warning {
		kind = corev1.EventTypeWarning
	}
	e.events.Eventf(object, nil, kind, reason, "Evaluate", "%s", message)
}
