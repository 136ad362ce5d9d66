package evaluate

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// waiting is what is said of a value that has been asked for and not answered yet.
const waiting = "waiting for the first answer"

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
	// seen is the sample that was taken into account; none if the newest one did not count, so that the next is news
	// whatever it says.
	seen sample.Sample
	// stretched is Held's.
	stretched bool
}

// memory is what an object remembers of its live value.
type memory struct {
	lastGood *v1alpha1.FrozenValue
	// measured is the Measured condition before; nil at the first visit.
	measured *metav1.Condition
	// current says that what was said before is about the present spec.
	current bool
	// judged says that the value gave a verdict before.
	judged bool
}

// held is what is known of a question's answer. A source that is not shared, or not with a tenant that is not known,
// is not asked, and what it answers to others is nobody's business here.
func (m Metric) held(samples Samples, q sample.Question) sample.Held {
	if !m.asked() {
		return sample.Held{}
	}
	held, _ := samples(q)
	return held
}

// measure decides what the live value is. An answer without a usable number ends the verdict at once, and so does a
// refusal: what the namespace may see is not known; no answer ends it when the last good value is stale; and only a
// good value begins it again.
func measure(m Metric, key string, q sample.Question, held sample.Held, remembered memory, staleAfter time.Duration, now time.Time) measured {
	result := measured{seen: held.Last, stretched: held.Stretched}
	result.takeGood(key, held, remembered.lastGood, now)
	result.say(m, q, held, remembered)
	if m.SourceFound && !m.asked() {
		return result
	}
	// A failure that followed an answer without a number does not hide it.
	if held.Answered.Answered() && held.Answered != sample.Sampled || !result.stands(key, held, remembered) {
		return result
	}
	staleAt := heldSince(m, held, remembered, now).Add(m.staleAfter(staleAfter, max(q.Interval, held.Interval, held.Then)))
	if now.Before(staleAt) && !remembered.stale(key, held.Good) {
		result.usable, result.staleAt = true, staleAt
		return result
	}
	if held.Last.OK() {
		result.seen = sample.Sample{}
	}
	if result.status != metav1.ConditionFalse {
		result.status, result.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
		result.message = "the last good value is older than metric.staleAfter"
	}
	return result
}

// takeGood takes the newest good value: the sampler's, or the remembered one if that is newer or the only one. One
// from the future was remembered by a clock that was ahead, and is no newer than what is held.
func (r *measured) takeGood(key string, held sample.Held, lastGood *v1alpha1.FrozenValue, now time.Time) {
	if held.Good.OK() {
		r.value, r.time = pointer(held.Good.Value), held.Good.Time
	}
	if lastGood == nil || lastGood.Key != key {
		return
	}
	if v, ok := number(lastGood.Value); ok && (r.value == nil || lastGood.Time.After(r.time) && !lastGood.Time.After(now)) {
		r.value, r.time = &v, lastGood.Time.Time
		if held.Last.OK() {
			r.seen = sample.Sample{}
		}
	}
}

// say fills in what Measured says about the newest answer.
func (r *measured) say(m Metric, q sample.Question, held sample.Held, remembered memory) {
	refused := m.unasked("")
	switch last := held.Last; {
	case refused != nil:
		r.status, r.reason, r.message = refused.status, refused.reason, refused.message
	case last.OK():
		r.status, r.reason, r.message = metav1.ConditionTrue, string(sample.Sampled), "a fresh value is held"+m.rhythmText(q, held)
	case last.Reason != "":
		r.status, r.reason, r.message = metav1.ConditionFalse, string(last.Reason), last.Message
	case remembered.holds(r.value != nil):
		before := remembered.measured
		r.status, r.reason, r.message = before.Status, before.Reason, before.Message
	default:
		r.status, r.reason, r.message = metav1.ConditionUnknown, v1alpha1.ReasonPending, waiting
	}
}

// holds reports whether what Measured said before still holds when nothing has been asked since the controller
// started. What was said about other things than an answer, or about another question, does not.
func (m memory) holds(valued bool) bool {
	switch before := m.measured; {
	case before == nil || ofTenant(before):
		return false
	case before.Status == metav1.ConditionTrue:
		return valued
	case before.Status == metav1.ConditionUnknown:
		return m.current && before.Reason == v1alpha1.ReasonPending
	case before.Reason == v1alpha1.ReasonReferenceNotFound:
		return false
	default:
		return m.current || valued && before.Reason != v1alpha1.ReasonInvalidQuery
	}
}

// stands reports whether the last good value may stand in while no answer comes. Once a verdict has ended, by an
// answer without a number or by age, it may not: neither a restart nor a failure brings a verdict back.
func (r *measured) stands(key string, held sample.Held, remembered memory) bool {
	switch before := remembered.measured; {
	case r.value == nil:
		return false
	case held.Last.OK() || remembered.judged || r.missed(key, held.Good, remembered.lastGood):
		return true
	case before == nil:
		return held.Good.OK()
	case before.Status == metav1.ConditionUnknown:
		return held.Good.OK()
	default:
		return before.Status == metav1.ConditionTrue
	}
}

// missed reports whether the value is one that came since, and that a failure hid before it was seen.
func (r *measured) missed(key string, good sample.Sample, lastGood *v1alpha1.FrozenValue) bool {
	return good.OK() && r.time.Equal(good.Time) && !isRemembered(key, good, lastGood)
}

// stale reports whether a good sample has ended a verdict by its age before: it stays stale, whatever has become of
// staleAfter since.
func (m memory) stale(key string, good sample.Sample) bool {
	return !m.judged && m.measured != nil && m.measured.Reason == v1alpha1.ReasonStale && isRemembered(key, good, m.lastGood)
}

// isRemembered reports whether a good sample is the one that is remembered.
func isRemembered(key string, good sample.Sample, lastGood *v1alpha1.FrozenValue) bool {
	return lastGood != nil && lastGood.Key == key && second(good.Time).Time.Equal(lastGood.Time.Time)
}

// heldSince is from when on staleness counts. Of a source that is not asked, no sampler knows it: it counts from
// when that was first said.
func heldSince(m Metric, held sample.Held, remembered memory, now time.Time) time.Time {
	before := remembered.measured
	switch {
	case !m.SourceFound && before != nil && before.Status == metav1.ConditionFalse:
		return before.LastTransitionTime.Time
	case held.Since.IsZero():
		return now
	default:
		return held.Since
	}
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
