package evaluate

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// measured is what is known of a live value.
type measured struct {
	// value is the newest good value; nil if there has never been one under the present key.
	value *float64
	// time is the instant it belongs to.
	time time.Time
	// usable says that a verdict may be given by value.
	usable bool
	// status, reason and message are those of Measured.
	status          metav1.ConditionStatus
	reason, message string
	// staleAt is when the value stops being usable if nothing comes; zero if it is not.
	staleAt time.Time
	// seen is the sample that was taken into account.
	seen sample.Sample
}

// memory is what an object remembers of its live value.
type memory struct {
	lastGood *v1alpha1.FrozenValue
	// measured is the Measured condition before; nil at the first visit.
	measured *metav1.Condition
	// current says that what was said before is about the present spec.
	current bool
	// judged says that there was a verdict before.
	judged bool
}

func memoryOf(lastGood *v1alpha1.FrozenValue, before []metav1.Condition, current, judged bool) memory {
	return memory{lastGood, meta.FindStatusCondition(before, v1alpha1.MeasuredCondition), current, judged}
}

// measure decides what the live value is. An answer without a usable number ends the verdict at once; no answer
// ends it when the last good value is stale.
func measure(m Metric, key string, held sample.Held, remembered memory, staleAfter time.Duration, now time.Time) measured {
	result := measured{seen: held.Last}
	result.takeGood(key, held, remembered.lastGood)
	reason, message := held.Last.Reason, held.Last.Message
	if !m.SourceFound {
		reason, message = sample.Reason(v1alpha1.ReasonReferenceNotFound), notFound("MetricSource", m.Spec.SourceRef.Name)
	}
	switch {
	case reason == "":
		result.carry(remembered)
		return result
	case reason == sample.Sampled:
		result.status, result.reason, result.message = metav1.ConditionTrue, string(sample.Sampled), "a fresh value is held"
	default:
		result.status, result.reason, result.message = metav1.ConditionFalse, string(reason), message
		if reason.Answered() {
			return result
		}
	}
	if result.value == nil || (!held.Good.OK() && !remembered.judged) {
		return result
	}
	since := held.Since
	if since.IsZero() {
		since = now
	}
	if result.staleAt = since.Add(staleAfter); now.Before(result.staleAt) {
		result.usable = true
		return result
	}
	result.staleAt = time.Time{}
	if reason == sample.Sampled {
		result.status, result.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
		result.message = "the last good value is older than metric.staleAfter"
	}
	return result
}

// takeGood takes the newest good value: the sampler's, or the remembered one if that is newer or the only one.
func (r *measured) takeGood(key string, held sample.Held, lastGood *v1alpha1.FrozenValue) {
	if held.Good.OK() {
		r.value, r.time = pointer(held.Good.Value), held.Good.Time
	}
	if lastGood == nil || lastGood.Key != key {
		return
	}
	if v, ok := number(lastGood.Value); ok && (r.value == nil || lastGood.Time.After(r.time)) {
		r.value, r.time = &v, lastGood.Time.Time
	}
}

// carry repeats what was said before, because nothing has been asked since the controller started.
func (r *measured) carry(remembered memory) {
	before := remembered.measured
	if before == nil || !remembered.current && r.value == nil {
		r.status, r.reason, r.message = metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for the first answer"
		return
	}
	r.status, r.reason, r.message = before.Status, before.Reason, before.Message
	r.usable = r.value != nil && (before.Status == metav1.ConditionTrue || remembered.judged)
}

// frozen is the value as it is remembered.
func (r measured) frozen(key string, before *v1alpha1.FrozenValue) *v1alpha1.FrozenValue {
	if r.value == nil {
		return before
	}
	return &v1alpha1.FrozenValue{Value: exact(*r.value), Time: second(r.time), Key: key}
}

// measurement is the value as it is shown.
func (r measured) measurement(m Metric, before *v1alpha1.Measurement) *v1alpha1.Measurement {
	if r.value == nil {
		return before
	}
	return &v1alpha1.Measurement{Query: m.Spec.Query, Source: m.Spec.SourceRef.Name, Value: exact(*r.value), Time: second(r.time)}
}

func second(t time.Time) metav1.Time { return metav1.NewTime(t.UTC().Truncate(time.Second)) }
