package controllers

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// verdict is what an object's status says, as far as events and the reason of a write are concerned.
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
	v1alpha1.NeedsObjectiveCondition: metav1.ConditionTrue,
	v1alpha1.AlignedCondition:        metav1.ConditionFalse,
	v1alpha1.ReachableCondition:      metav1.ConditionFalse,
}

// bad are the verdicts that are bad news.
var bad = []string{
	string(v1alpha1.HealthAtRisk), string(v1alpha1.HealthOffTrack), string(v1alpha1.HealthMissed),
	string(v1alpha1.HealthUnknown), string(v1alpha1.KPIWarning), string(v1alpha1.KPIUnhealthy),
}

// announce emits an event for each transition from one verdict to another, saying what is so now.
func (e *environment) announce(object client.Object, before, after verdict) {
	if before.health != "" && before.health != after.health {
		message := after.health
		if c := meta.FindStatusCondition(after.conditions, after.told); c != nil {
			message = c.Message
		}
		e.emit(object, slices.Contains(bad, after.health), after.health, message)
	}
	for _, now := range after.conditions {
		worst, told := announced[now.Type]
		then := meta.FindStatusCondition(before.conditions, now.Type)
		if !told || then == nil || then.Status == now.Status || now.Status == metav1.ConditionUnknown {
			continue
		}
		if now.Status == worst || then.Status == worst {
			e.emit(object, now.Status == worst, eventReason(now), now.Message)
		}
	}
}

// eventReason names the condition and what it has become: NeedsObjective, NotAligned, Reachable.
func eventReason(c metav1.Condition) string {
	if c.Status == metav1.ConditionTrue {
		return c.Type
	}
	return "Not" + c.Type
}

func (e *environment) emit(object client.Object, warning bool, reason, message string) {
	kind := corev1.EventTypeNormal
	if warning {
		kind = corev1.EventTypeWarning
	}
	e.events.Eventf(object, nil, kind, reason, "Evaluate", "%s", message)
}

// writeReason says why a status is written: because the verdict or a condition's status changed, or for less.
func writeReason(before, after verdict) string {
	if before.health != after.health || len(before.conditions) != len(after.conditions) {
		return writeTransition
	}
	for _, now := range after.conditions {
		if then := meta.FindStatusCondition(before.conditions, now.Type); then == nil || then.Status != now.Status || then.Reason != now.Reason {
			return writeTransition
		}
	}
	return writeValue
}
