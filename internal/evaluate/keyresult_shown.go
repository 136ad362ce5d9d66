package evaluate

import (
	"fmt"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// show writes value, target and progress as people read them. Progress is that of the last good value, which
// stands in while there is none.
func (k *keyResult) show(value measured) {
	if value.value != nil {
		k.status.Value = k.quantity(*value.value)
	}
	k.showTarget()
	if stand, known := k.stand(k.shownBy(value.value), k.guardValue()); known {
		p := stand.Percent(k.now)
		if _, still := stand.(steady); !still { // it moves on while there is no verdict
			k.lookAtChangeOf(stand)
		}
		k.status.ProgressPercent = pointer(int32(okr.Whole(okr.Clamp(p))))
		k.status.AttainmentPercent = pointer(okr.Whole(p))
	}
}

// quantity is a value as people read it. That of milestones is how many are done.
func (k *keyResult) quantity(v float64) string {
	if n := len(k.in.KeyResult.Spec.Milestones); n > 0 {
		return fmt.Sprintf("%.0f of %d done", v, n)
	}
	if m := k.in.KeyResult.Spec.Maintain; m != nil {
		return beside(v, k.in.KeyResult.Spec.Unit, (&maintain{k, *m}).band().Contains)
	}
	return quantity(v, k.in.KeyResult.Spec.Unit)
}

func (k *keyResult) pending(reason, message string) {
	k.status.ProgressPercent, k.status.AttainmentPercent = nil, nil
	k.status.ExpectedPercent = pointer[int32](0)
	k.verdict(okr.Pending, reason, message)
}

// result is what has come of the evaluation. Times and last digits of a value are taken over only together with
// something that a person reads, or where the verdict hangs on them: a restart goes by what is remembered.
func (k *keyResult) result() Result[v1alpha1.KeyResultStatus] {
	k.status.Conditions = k.conditions.list
	result := Result[v1alpha1.KeyResultStatus]{Status: k.status, Watches: k.watches, Next: nextLook(k.now, k.ahead, k.next...)}
	if *k.status.Frozen == (v1alpha1.KeyResultFrozen{}) {
		result.Status.Frozen = nil
	} else if old := k.before.Frozen; old != nil && !k.moved && sameKey(old.LastGood, k.status.Frozen.LastGood) && sameKey(old.Guard, k.status.Frozen.Guard) {
		quiet, frozen := k.status, *k.status.Frozen
		frozen.LastGood, frozen.Guard = old.LastGood, old.Guard
		if unchanged(settledOnly(old.Breach), settledOnly(frozen.Breach)) {
			frozen.Breach = old.Breach
		}
		quiet.Frozen, quiet.Measurement = &frozen, k.before.Measurement
		if unchanged(&quiet, k.before) {
			result.Status = *k.before
			return result
		}
	}
	result.Change = changeOf(k.before, &result.Status, k.standing(k.before), k.standing(&result.Status))
	return result
}

func sameKey(a, b *v1alpha1.FrozenValue) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Key == b.Key)
}
