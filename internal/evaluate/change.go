package evaluate

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// Change is the weightiest thing that an evaluation has changed in a status. It decides when that is written.
type Change string

// The changes, the weightier ones first. All are written at once but Value, which may wait.
const (
	// Unchanged: nothing.
	Unchanged Change = ""
	// First: there was no status, or somebody has wiped it.
	First Change = "First"
	// Transition: the health, or a condition's status or reason, or how many members are measured.
	Transition Change = "Transition"
	// Edit: what people have decided: the spec, the objectives that look after a KPI, the members of an objective.
	Edit Change = "Edit"
	// Memory: what a later evaluation needs to know.
	Memory Change = "Memory"
	// Value: what is merely shown: numbers and texts.
	Value Change = "Value"
)

// standing is what the weight of a change depends on.
type standing struct {
	health     string
	conditions []metav1.Condition
	measured   int32
	// decided and remembered are compared as what they hold.
	decided, remembered any
}

// changeOf weighs a change from one status to another.
func changeOf(before, after any, was, is standing) Change {
	switch {
	case unchanged(before, after):
		return Unchanged
	case len(was.conditions) == 0:
		return First
	case was.health != is.health || was.measured != is.measured || turned(was.conditions, is.conditions):
		return Transition
	case !unchanged(was.decided, is.decided):
		return Edit
	case !unchanged(was.remembered, is.remembered):
		return Memory
	default:
		return Value
	}
}

// turned reports whether a condition has another status or reason, or has come or gone.
func turned(before, after []metav1.Condition) bool {
	if len(before) != len(after) {
		return true
	}
	for _, now := range after {
		if then := meta.FindStatusCondition(before, now.Type); then == nil || then.Status != now.Status || then.Reason != now.Reason {
			return true
		}
	}
	return false
}

func (k *kpi) standing(s *v1alpha1.KPIStatus) standing {
	var frozen v1alpha1.KPIFrozen
	if s.Frozen != nil {
		frozen = *s.Frozen
		if !k.moved { // else a verdict hangs on the value
			frozen.LastGood = keyOnly(frozen.LastGood)
		}
	}
	return standing{
		health: string(s.Health), conditions: s.Conditions, decided: decision{s.ObservedGeneration, s.AlignedObjectives},
		remembered: recollection{frozen, len(s.History) > 0},
	}
}

func (k *keyResult) standing(s *v1alpha1.KeyResultStatus) standing {
	var frozen v1alpha1.KeyResultFrozen
	if s.Frozen != nil {
		frozen = *s.Frozen
		frozen.Forecast = nil // shown, as the value is
		if !k.moved {         // else a verdict hangs on the value
			frozen.LastGood, frozen.Guard = keyOnly(frozen.LastGood), keyOnly(frozen.Guard)
			frozen.Breach = settledOnly(frozen.Breach)
		}
	}
	return standing{
		health: string(s.Health), conditions: s.Conditions, decided: s.ObservedGeneration,
		remembered: recollection{frozen, len(s.History) > 0},
	}
}

func (o *objective) standing(s *v1alpha1.ObjectiveStatus) standing {
	result := standing{health: string(s.Health), conditions: s.Conditions, remembered: s.Frozen}
	var total [2]int32
	if s.KeyResults != nil {
		total[0], result.measured = orZero(s.KeyResults.Total), orZero(s.KeyResults.Measured)
	}
	if s.Children != nil {
		total[1] = orZero(s.Children.Total)
		result.measured += orZero(s.Children.Measured)
	}
	result.decided = decision{s.ObservedGeneration, total}
	return result
}

// decision is a generation of a spec, and what people have decided elsewhere.
type decision struct {
	Generation int64
	Elsewhere  any
}

// recollection is what a status has frozen, and that there is a history: then the past is not asked for again.
type recollection struct {
	Frozen  any
	History bool
}

// keyOnly is that something is remembered, and by what it was measured.
func keyOnly(v *v1alpha1.FrozenValue) *v1alpha1.FrozenValue {
	if v == nil {
		return nil
	}
	return &v1alpha1.FrozenValue{Key: v.Key}
}

// settledOnly is a count without its newest points.
func settledOnly(b *v1alpha1.Breach) *v1alpha1.Breach {
	if b == nil {
		return nil
	}
	return &v1alpha1.Breach{Key: b.Key, Settled: b.Settled}
}

func orZero(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}
