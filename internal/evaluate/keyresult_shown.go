package evaluate

import (
	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// show writes value, target and progress as people read them. Progress is that of the last good value, which
// stands in while there is none; there is none of a way that leads nowhere.
func (k *keyResult) show(value measured) {
	if value.value != nil {
		k.status.Value = k.quantity(*value.value)
	}
	k.showWay()
	switch p, known := k.percent(value); {
	case known:
		k.status.ProgressPercent = pointer(int32(okr.Whole(okr.Clamp(p))))
		k.status.AttainmentPercent = pointer(okr.Whole(p))
	case k.baseline != nil && k.target == nil:
		k.status.ProgressPercent, k.status.AttainmentPercent = nil, nil
	}
}

// showWay writes baseline and target as people read them. A baseline that is to be measured anew is shown until
// that is done.
func (k *keyResult) showWay() {
	spec := &k.in.KeyResult.Spec
	baseline, target := k.baseline, k.target
	if frozen := k.status.Frozen.Baseline; baseline == nil && frozen != nil {
		if v, ok := number(frozen.Value); ok {
			baseline = &v
		}
	}
	k.status.Baseline = ""
	if baseline != nil {
		k.status.Baseline = k.quantity(*baseline)
	}
	if target == nil && spec.Reach.Target != nil {
		target = pointer(spec.Reach.Target.Float64())
	}
	k.status.Target = wayText(baseline, target, spec.Reach.Change, spec.Unit)
}

// percent is the share of the way covered; false while value, baseline or target is not known.
func (k *keyResult) percent(value measured) (float64, bool) {
	if value.value == nil || k.baseline == nil || k.target == nil || k.now.Before(k.pace.Start) {
		return 0, false
	}
	p := okr.Percent(*k.baseline, *k.target, *value.value)
	return p, okr.Known(p)
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
	result := Result[v1alpha1.KeyResultStatus]{Status: k.status, Watches: k.watches, Next: nextLook(k.now, k.next...)}
	if *k.status.Frozen == (v1alpha1.KeyResultFrozen{}) {
		result.Status.Frozen = nil
	} else if old := k.before.Frozen; old != nil && !k.moved && sameKey(old.LastGood, k.status.Frozen.LastGood) {
		quiet, frozen := k.status, *k.status.Frozen
		frozen.LastGood = old.LastGood
		quiet.Frozen, quiet.Measurement = &frozen, k.before.Measurement
		if unchanged(&quiet, k.before) {
			result.Status = *k.before
		}
	}
	result.Change = changeOf(k.before, &result.Status, k.standing(k.before), k.standing(&result.Status))
	return result
}

func sameKey(a, b *v1alpha1.FrozenValue) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Key == b.Key)
}
