package evaluate

import (
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// spanQuestion asks about the end of a span of the calendar, and the key identifies what it asks.
func (m Metric) spanQuestion(window okr.Window, p okr.Period, zone *time.Location) (q sample.Question, key string) {
	span := p.Span(zone)
	q = m.at(span.End, m.settle(), span)
	if m.Expression.Windowed {
		q.Window = span.End.Sub(span.Start)
	}
	return q, m.key(q, string(window), strconv.FormatInt(span.Start.Unix(), 10))
}

// measureSpan takes the value of the last complete span of the calendar. It is asked for once, for it is remembered. The
// one before stands in until it is there.
func (k *kpi) measureSpan() measured {
	metric, window := *k.in.Metric, okr.Window(k.in.KPI.Spec.CalendarWindow)
	last := window.LastComplete(k.now, k.zone)
	k.next = append(k.next, window.Next(last).Last.End(k.zone))
	q, key := metric.spanQuestion(window, last, k.zone)
	if value, held := k.heldOf(last, key); held {
		return value
	}
	held := metric.held(k.samples, q)
	if metric.asked() {
		k.watches = []sample.Watch{{Question: q, Seen: held.Last}}
	}
	if !held.Last.OK() {
		return k.standIn(last, q, held)
	}
	k.status.Frozen.LastGood = &v1alpha1.FrozenValue{Value: exact(held.Last.Value), Time: second(held.Last.Time), Key: key}
	value, _ := k.heldOf(last, key)
	k.status.Measurement = value.measurement(metric, nil)
	return value
}

// heldOf is the value that is remembered, if it is that of a span.
func (k *kpi) heldOf(p okr.Period, key string) (measured, bool) {
	frozen := k.status.Frozen.LastGood
	if frozen == nil || frozen.Key != key {
		return measured{}, false
	}
	v, ok := number(frozen.Value)
	if !ok {
		return measured{}, false
	}
	k.shown = &p
	return measured{value: &v, time: frozen.Time.Time, usable: true, status: metav1.ConditionTrue, reason: string(sample.Sampled),
		message: "the value of " + okr.Window(k.in.KPI.Spec.CalendarWindow).Label(p) + " is held"}, true
}

// standIn is what is known while the value of the last span is not: that of the one before stands until an answer holds
// no number, until metric.staleAfter if that is written, and at most until the next span is over.
func (k *kpi) standIn(last okr.Period, q sample.Question, held sample.Held) measured {
	metric, window := *k.in.Metric, okr.Window(k.in.KPI.Spec.CalendarWindow)
	prior := window.Back(last, 1)
	_, key := metric.spanQuestion(window, prior, k.zone)
	value, found := k.heldOf(prior, key)
	label := window.Label(last) + ": "
	remembered := k.memory()
	begun := remembered.judged || remembered.measured != nil && remembered.measured.Status == metav1.ConditionTrue
	refused := metric.unasked("")
	switch before := remembered.measured; {
	case refused != nil:
		value.status, value.reason, value.message = refused.status, refused.reason, refused.message
	case held.Last.Reason != "":
		value.status, value.reason, value.message = metav1.ConditionFalse, string(held.Last.Reason), label+held.Last.Message
	case k.current() && before != nil && before.Status == metav1.ConditionFalse && strings.HasPrefix(before.Message, label):
		value.status, value.reason, value.message = before.Status, before.Reason, before.Message // not asked again since the start
	case !found || !begun: // what an answer, or its lack, has ended begins again with an answer only
		value.status, value.reason = metav1.ConditionUnknown, v1alpha1.ReasonPending
		value.message = "waiting for the value of " + window.Label(last)
	}
	value.usable = found && begun && (metric.asked() || !metric.SourceFound) && !held.Answered.Answered()
	if metric.Spec.StaleAfter == "" || !value.usable {
		return value
	}
	since := time.Unix(q.At, 0).Add(q.Settle + metric.QueryOffset)
	if asked := heldSince(metric, held, remembered, k.now); asked.After(since) {
		since = asked
	}
	if staleAt := since.Add(metric.Spec.StaleAfter.Duration()); k.now.Before(staleAt) {
		value.staleAt = staleAt
		return value
	}
	if value.usable = false; value.status != metav1.ConditionFalse {
		value.status, value.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
		value.message = label + "there has been no answer for longer than metric.staleAfter"
	}
	return value
}
