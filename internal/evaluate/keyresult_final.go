package evaluate

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// closing is how long after the end a final value that cannot be had is still expected.
const closing = 7 * 24 * time.Hour

// over evaluates a key result whose end has passed: the value at the end is asked for, scored and frozen.
func (k *keyResult) over() {
	metric := *k.in.Metric
	q := metric.at(k.pace.End, settle, k.pace.Span)
	key := k.finalKey(q)
	if frozen := k.status.Frozen.Final; frozen != nil {
		k.conditions.reopened(frozen.Key != key)
		k.resolveFrozenWay()
		k.showFinal()
		return
	}
	if k.in.Objective.Spec.State == v1alpha1.ObjectiveDraft {
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionUnknown, v1alpha1.ReasonDraft, "a draft is not measured after its end")
		k.pending(v1alpha1.ReasonDraft, "a draft is not judged")
		return
	}
	k.status.ExpectedPercent = pointer(int32(k.pace.ExpectedPercent(k.pace.End)))
	way := k.resolveWay(true)
	k.showWay()
	if k.concluded() {
		return
	}
	held, _ := k.samples(q)
	k.watches = append(k.watches, sample.Watch{Question: q, Seen: held.Last})
	if way == nil && held.Last.OK() {
		k.freeze(held.Last, key)
		k.showFinal()
		return
	}
	k.close(way, held.Last)
}

// concluded reports whether it was already found, for the present spec, that there is no final value to be had.
// It is then not asked for again at every start of the controller.
func (k *keyResult) concluded() bool {
	before := k.conditions.find(v1alpha1.OnTrackCondition)
	found := before != nil && before.Reason == v1alpha1.ReasonFinalUnavailable &&
		k.before.ObservedGeneration == k.in.KeyResult.Generation
	if found {
		k.watches = nil
	}
	return found
}

// resolveFrozenWay restores baseline and target for what is shown, asking nothing.
func (k *keyResult) resolveFrozenWay() {
	asked := k.watches
	k.resolveWay(true)
	k.watches = asked
}

// freeze makes the final result.
func (k *keyResult) freeze(last sample.Sample, key string) {
	p := okr.Percent(*k.baseline, *k.target, last.Value)
	hundredths := okr.Hundredths(p)
	k.status.Frozen.Final = &v1alpha1.FrozenFinal{
		Key: key,
		Final: v1alpha1.Final{
			Value: exact(last.Value), Time: second(last.Time), ProgressPercent: pointer(int32(okr.Whole(okr.Clamp(p)))),
			Score: score(hundredths), Grade: v1alpha1.Grade(k.ambition.Grade(hundredths)),
		},
	}
	k.status.AttainmentPercent = pointer(okr.Whole(p))
	k.status.Value = k.quantity(last.Value)
	k.status.Measurement = &v1alpha1.Measurement{
		Query: k.in.Metric.Spec.Query, Source: k.in.Metric.Spec.SourceRef.Name, Value: exact(last.Value), Time: second(last.Time),
	}
}

// showFinal repeats the frozen result, whatever has become of the spec and the references since.
func (k *keyResult) showFinal() {
	final := k.status.Frozen.Final.Final
	k.status.Final = &final
	k.status.ProgressPercent = final.ProgressPercent
	k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionTrue, string(sample.Sampled), "the final value is held")
	health, reason := okr.Missed, string(okr.Missed)
	if final.Grade == v1alpha1.GradeGreen {
		health, reason = okr.Achieved, string(okr.Achieved)
	}
	k.verdict(health, reason, fmt.Sprintf("over: score %s (%s), final value %s", final.Score, final.Grade, k.status.Value))
}

// close says that the final value is still expected, or that it could not be had.
func (k *keyResult) close(way *obstacle, last sample.Sample) {
	deadline := k.pace.End.Add(closing)
	k.next = append(k.next, deadline)
	why := obstacle{metav1.ConditionUnknown, v1alpha1.ReasonClosing, "the value at the end is asked for 10 minutes after it"}
	switch {
	case last.Reason != "" && !last.OK():
		why = obstacle{metav1.ConditionFalse, string(last.Reason), last.Message}
	case way != nil:
		why = *way
	}
	k.conditions.set(v1alpha1.MeasuredCondition, why.status, why.reason, why.message)
	if !k.now.Before(deadline) && why.status == metav1.ConditionFalse {
		k.verdict(okr.Unknown, v1alpha1.ReasonFinalUnavailable, "there is no final value: "+why.message)
		return
	}
	k.verdict(okr.Unknown, v1alpha1.ReasonClosing, "over: "+why.message)
}
