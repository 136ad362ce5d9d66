package evaluate

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// Closing is how long after the end a final value that cannot be had is still expected.
const Closing = week

// over evaluates a key result whose end has passed: the value at the end is asked for, scored and frozen.
func (k *keyResult) over() {
	if k.in.Objective.Spec.State == v1alpha1.ObjectiveDraft {
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionUnknown, v1alpha1.ReasonDraft, "a draft is not measured after its end")
		k.pending(v1alpha1.ReasonDraft, "a draft is not judged")
		return
	}
	k.status.ExpectedPercent = pointer(int32(k.pace.ExpectedPercent(k.pace.End)))
	in := k.shape.resolve(true)
	if k.kept != nil { // what was done in time may still be written down
		k.show(k.measureLive())
	}
	k.showTarget()
	q := k.shape.finalQuestion()
	last, guard := k.atEnd(q), k.guardAtEnd()
	if in == nil && last.OK() && (k.guard == nil || guard.OK()) {
		if p, known := k.shape.final(last); known {
			k.watchEnd(q, last, guard)
			p, all := k.counted(p, guard)
			k.freeze(p, last, k.finalKey(q))
			if final := k.status.Frozen.Final; !all && final.Grade == v1alpha1.GradeGreen { // however far the guard has come
				final.Grade = v1alpha1.GradeAmber
			}
			k.showFinal()
			return
		}
	}
	key := k.finalKey(q)
	why := k.whyOpen(key, in, last, guard)
	k.status.Frozen.ClosingKey = key
	k.close(q, last, guard, why)
}

// watchEnd has the value and the guard's at the end asked for.
func (k *keyResult) watchEnd(q sample.Question, last, guard sample.Sample) {
	if k.kept == nil {
		k.watch(sample.Watch{Question: q, Seen: last})
	}
	if k.guard != nil && k.guard.metric.asked() {
		k.watches = append(k.watches, sample.Watch{Question: k.guard.atEnd(), Seen: guard})
	}
}

// valueAtEnd asks for the value at the end.
func (k *keyResult) valueAtEnd() sample.Question {
	q, _ := k.questionAt(k.pace.End, k.in.Metric.settle())
	return q
}

// finalKey identifies what decides the final score.
func (k *keyResult) finalKey(q sample.Question) string {
	further := append(k.shape.decides(), strconv.FormatInt(k.pace.Start.Unix(), 10), exact(k.ambition.Pass))
	if k.guard != nil {
		further = append(further, k.guard.decides())
	}
	if k.kept != nil {
		return digest(append(append(further, strconv.FormatInt(k.pace.End.Unix(), 10)), k.kept.entered()...)...)
	}
	if k.spans != nil {
		further = append(further, string(k.spans.window))
	}
	return k.in.Metric.key(q, further...)
}

// editedSince reports whether something else decides the final score now than what decided the frozen one. While the
// tenant is not known, that alone neither says so nor takes it back.
func (k *keyResult) editedSince(frozen string) bool {
	now := k.finalKey(k.shape.finalQuestion())
	if frozen == "" { // a record was used while the metric was not known
		k.status.Frozen.Final.Key = now
		return false
	}
	if k.kept != nil || k.in.Metric.asked() {
		return frozen != now
	}
	decided, tenant, _ := strings.Cut(frozen, "/")
	decides, _, _ := strings.Cut(now, "/")
	return decided != decides || tenant != "" && k.reopened
}

// freeze makes the final result, of a progress of p percent.
func (k *keyResult) freeze(p float64, last sample.Sample, key string) {
	hundredths := okr.Hundredths(p)
	value, text := exact(last.Value), k.quantity(last.Value)
	b, counts := k.shape.(*budget)
	if counts {
		value, text = b.finalText(last)
	}
	k.status.Frozen.Final = &v1alpha1.FrozenFinal{
		Key: key,
		Final: v1alpha1.Final{
			Value: value, Time: second(last.Time), ProgressPercent: pointer(int32(okr.Whole(okr.Clamp(p)))),
			Score: score(hundredths), Grade: v1alpha1.Grade(k.ambition.Grade(hundredths)),
		},
	}
	k.status.Frozen.ClosingKey = ""
	k.status.AttainmentPercent = pointer(okr.Whole(p))
	k.status.Value = text
	if !counts { // else what was measured last stands beside the count
		k.status.Measurement = k.measurementOf(last.Value, last.Time)
	}
}

// showFinal repeats the frozen result, whatever has become of the spec and the references since.
func (k *keyResult) showFinal() {
	final := k.status.Frozen.Final.Final
	k.status.Final = &final
	k.status.ProgressPercent = final.ProgressPercent
	if k.showsRecord() {
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionTrue, v1alpha1.ReasonRecorded, "the result stands in spec.final")
	} else {
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionTrue, string(sample.Sampled), "the final value is held")
	}
	health, reason := okr.Missed, string(okr.Missed)
	if final.Grade == v1alpha1.GradeGreen {
		health, reason = okr.Achieved, string(okr.Achieved)
	}
	message := fmt.Sprintf("over: score %s (%s)", final.Score, final.Grade)
	if final.Value != "" {
		message += ", final value " + k.status.Value
	}
	if k.status.Guard != "" {
		message += ", guard " + k.status.Guard
	}
	k.verdict(health, reason, message+k.moves())
}

// whyOpen says why there is no final result (yet).
func (k *keyResult) whyOpen(key string, in *obstacle, last, guard sample.Sample) obstacle {
	before := meta.FindStatusCondition(k.before.Conditions, v1alpha1.MeasuredCondition)
	unasked := k.kept == nil && last.Reason == ""
	if before != nil && strings.HasPrefix(before.Message, ofGuard) {
		unasked = guard.Reason == ""
	}
	if k.kept == nil {
		if refused := k.in.Metric.unasked(""); refused != nil {
			return *refused
		}
	}
	if k.guard != nil {
		if refused := k.guard.metric.unasked(ofGuard); refused != nil {
			return *refused
		}
	}
	switch {
	case last.Reason != "" && !last.OK():
		return obstacle{metav1.ConditionFalse, string(last.Reason), last.Message}
	case guard.Reason != "" && !guard.OK():
		return obstacle{metav1.ConditionFalse, string(guard.Reason), ofGuard + guard.Message}
	case unasked && k.wasClosing(key) && before != nil && (before.Status == metav1.ConditionFalse || strings.HasPrefix(before.Message, ofGuard)) &&
		before.Reason != v1alpha1.ReasonReferenceNotFound && !ofTenant(before):
		return obstacle{before.Status, before.Reason, before.Message} // not asked again since the controller started
	case in != nil:
		return *in
	case k.kept != nil && last.Reason == "":
		return obstacle{metav1.ConditionUnknown, v1alpha1.ReasonClosing,
			"what people keep by hand is final " + duration(Closing) + " after the end"}
	case last.OK() && k.guard != nil && guard.Reason == "":
		return obstacle{metav1.ConditionUnknown, v1alpha1.ReasonClosing, ofGuard + "its value at the end is asked for"}
	default:
		return obstacle{metav1.ConditionUnknown, v1alpha1.ReasonClosing,
			"the value at the end is asked for " + duration(k.in.Metric.settle()+k.in.Metric.QueryOffset) + " after it"}
	}
}

// wasClosing reports whether the status before is one of the closing phase, about the present spec and question.
func (k *keyResult) wasClosing(key string) bool {
	before := meta.FindStatusCondition(k.before.Conditions, v1alpha1.OnTrackCondition)
	return k.current() && k.status.Frozen.ClosingKey == key && before != nil &&
		(before.Reason == v1alpha1.ReasonClosing || before.Reason == v1alpha1.ReasonFinalUnavailable)
}

// close says that the final value is still expected, or that it could not be had. What the source has answered
// by then is not asked again, not even at the next start of the controller; a source that has not answered is.
func (k *keyResult) close(q sample.Question, last, guard sample.Sample, why obstacle) {
	k.measuredIs(why.status, why.reason, why.message)
	deadline := k.pace.End.Add(Closing)
	if k.now.Before(deadline) || why.status != metav1.ConditionFalse {
		k.next = append(k.next, deadline)
		k.watchEnd(q, last, guard)
		k.verdict(okr.Unknown, v1alpha1.ReasonClosing, "over: "+why.message)
		return
	}
	if why.settled() {
		k.watches = nil
	} else {
		k.watchEnd(q, last, guard)
	}
	k.verdict(okr.Unknown, v1alpha1.ReasonFinalUnavailable, "there is no final value: "+why.message)
}

// settled reports whether only an edit would take the obstacle away: the source has answered.
func (o obstacle) settled() bool {
	switch o.reason {
	case v1alpha1.ReasonBaselineZero, v1alpha1.ReasonAlreadyMet, v1alpha1.ReasonPartialHistory:
		return true
	default:
		return sample.Reason(o.reason).Answered()
	}
}
