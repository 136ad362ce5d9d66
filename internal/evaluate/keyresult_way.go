package evaluate

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// obstacle is why there is no way from a baseline to a target, in terms of the Measured condition.
type obstacle struct {
	status          metav1.ConditionStatus
	reason, message string
}

// resolveWay finds baseline and target: as written, or measured at the start. Nil: both are known.
func (k *keyResult) resolveWay(begun bool) *obstacle {
	if in := k.resolveBaseline(begun); in != nil {
		return in
	}
	reach := k.in.KeyResult.Spec.Reach
	baseline := *k.baseline
	var target float64
	if reach.Target != nil {
		target = reach.Target.Float64()
	} else {
		change, err := okr.ParseChange(string(reach.Change))
		if err != nil {
			return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonBaselineZero, "spec.reach: " + err.Error()}
		}
		var moved bool
		if target, moved = change.Target(baseline); !moved {
			return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonBaselineZero,
				"a change of " + string(reach.Change) + " from a baseline of " + exact(baseline) + " leads nowhere: write reach.target"}
		}
	}
	met := target == baseline
	if reach.Direction != "" {
		met = okr.AlreadyMet(baseline, target, reach.Direction == v1alpha1.DirectionIncrease)
	}
	if met {
		return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonAlreadyMet,
			"the value at the start, " + k.quantity(baseline) + ", is already at or beyond the target of " + k.quantity(target) +
				": write a more ambitious reach.target, or reach.baseline"}
	}
	k.target = &target
	return nil
}

func (k *keyResult) quantity(v float64) string { return quantity(v, k.in.KeyResult.Spec.Unit) }

// resolveBaseline takes the baseline as written, counts from 0, or asks for the value at the start: once, for
// the answer is frozen under the key of the question.
func (k *keyResult) resolveBaseline(begun bool) *obstacle {
	metric := *k.in.Metric
	if given := k.in.KeyResult.Spec.Reach.Baseline; given != nil {
		k.baseline = pointer(given.Float64())
		return nil
	}
	if metric.Expression.Elapsed {
		k.baseline = pointer(0.0)
		return nil
	}
	if !begun {
		return &obstacle{metav1.ConditionUnknown, v1alpha1.ReasonPending, "the baseline is measured at the start"}
	}
	q := metric.at(k.pace.Start, 0, k.pace.Span)
	key := metric.key(q)
	if frozen := k.status.Frozen.Baseline; frozen != nil && frozen.Key == key {
		if v, ok := number(frozen.Value); ok {
			k.baseline = &v
			return nil
		}
	}
	held := metric.held(k.samples, q)
	k.watch(sample.Watch{Question: q, Seen: held.Last})
	if held.Last.OK() {
		k.baseline = pointer(held.Last.Value)
		k.status.Frozen.Baseline = &v1alpha1.FrozenValue{Value: exact(held.Last.Value), Time: second(held.Last.Time), Key: key}
		return nil
	}
	return k.noBaseline(held.Last)
}

// noBaseline says why the value at the start is not known (yet).
func (k *keyResult) noBaseline(last sample.Sample) *obstacle {
	const prefix = "baseline: "
	if last.Reason != "" {
		return &obstacle{metav1.ConditionFalse, string(last.Reason), prefix + last.Message}
	}
	before := meta.FindStatusCondition(k.before.Conditions, v1alpha1.MeasuredCondition)
	if k.current() && before != nil && before.Status == metav1.ConditionFalse && strings.HasPrefix(before.Message, prefix) {
		return &obstacle{before.Status, before.Reason, before.Message} // not asked again since the controller started
	}
	return &obstacle{metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for the value at the start"}
}

// settled reports whether only an edit would take the obstacle away: the source has answered.
func (o obstacle) settled() bool {
	return sample.Reason(o.reason).Answered() || o.reason == v1alpha1.ReasonBaselineZero || o.reason == v1alpha1.ReasonAlreadyMet
}
