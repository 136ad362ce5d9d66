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

// spans is a metric that is asked about spans of the calendar.
type spans struct {
	metric Metric
	window okr.Window
	zone   *time.Location
}

// spansOf is how a KPI's metric is asked; nil where that is not about spans of the calendar.
func spansOf(kpi *v1alpha1.KPI, metric *Metric) (*spans, *problem) {
	if kpi == nil || metric == nil || kpi.Spec.CalendarWindow == "" {
		return nil, nil
	}
	location, bad := zone(kpi.Spec.TimeZone)
	if bad != nil {
		return nil, bad
	}
	return &spans{*metric, okr.Window(kpi.Spec.CalendarWindow), location}, nil
}

// question asks about the end of a span, and the key identifies what it asks.
func (s *spans) question(p okr.Period) (q sample.Question, key string) {
	span := p.Span(s.zone)
	q = s.metric.at(span.End, s.metric.settle(), span)
	if s.metric.Expression.Windowed {
		q.Window = span.End.Sub(span.Start)
	}
	return q, s.metric.key(q, string(s.window), strconv.FormatInt(span.Start.Unix(), 10))
}

// questionAt asks about the last span that is over at an instant.
func (s *spans) questionAt(instant time.Time) (q sample.Question, key string) {
	return s.question(s.window.LastComplete(instant, s.zone))
}

// spanValue is what is known of the last complete span.
type spanValue struct {
	measured
	// shown is the span that the value is of; nil if there is none.
	shown *okr.Period
	// frozen is the value as it is to be remembered, if it has just come; else nil.
	frozen *v1alpha1.FrozenValue
	// watch asks for it until it is known; nil then, or while nothing may be asked.
	watch *sample.Watch
	// next is when there will be another span.
	next time.Time
}

// measure takes the value of the last complete span. It is asked for once, for it is remembered. The one before stands in
// until it is there.
func (s *spans) measure(samples Samples, remembered memory, now time.Time) spanValue {
	last := s.window.LastComplete(now, s.zone)
	next := s.window.Next(last).Last.End(s.zone)
	q, key := s.question(last)
	if value, held := s.heldOf(last, key, remembered.lastGood); held {
		value.next = next
		return value
	}
	held := s.metric.held(samples, q)
	var value spanValue
	if held.Last.OK() {
		frozen := &v1alpha1.FrozenValue{Value: exact(held.Last.Value), Time: second(held.Last.Time), Key: key}
		value, _ = s.heldOf(last, key, frozen)
		value.frozen = frozen
	} else {
		value = s.standIn(last, q, held, remembered, now)
	}
	if value.next = next; s.metric.asked() {
		value.watch = &sample.Watch{Question: q, Seen: held.Last}
	}
	return value
}

// heldOf is the value that is remembered, if it is that of a span.
func (s *spans) heldOf(p okr.Period, key string, frozen *v1alpha1.FrozenValue) (spanValue, bool) {
	if frozen == nil || frozen.Key != key {
		return spanValue{}, false
	}
	v, ok := number(frozen.Value)
	if !ok {
		return spanValue{}, false
	}
	return spanValue{shown: &p, measured: measured{
		value: &v, time: frozen.Time.Time, usable: true, status: metav1.ConditionTrue, reason: string(sample.Sampled),
		message: "the value of " + s.window.Label(p) + " is held",
	}}, true
}

// standIn is what is known while the value of the last span is not: that of the one before stands until an answer holds
// no number, until metric.staleAfter if that is written, and at most until the next span is over.
func (s *spans) standIn(last okr.Period, q sample.Question, held sample.Held, remembered memory, now time.Time) spanValue {
	metric, prior := s.metric, s.window.Back(last, 1)
	_, key := s.question(prior)
	value, found := s.heldOf(prior, key, remembered.lastGood)
	label := s.window.Label(last) + ": "
	begun := remembered.judged || remembered.measured != nil && remembered.measured.Status == metav1.ConditionTrue
	refused := metric.unasked("")
	switch before := remembered.measured; {
	case refused != nil:
		value.status, value.reason, value.message = refused.status, refused.reason, refused.message
	case held.Last.Reason != "":
		value.status, value.reason, value.message = metav1.ConditionFalse, string(held.Last.Reason), label+held.Last.Message
	case remembered.current && before != nil && before.Status == metav1.ConditionFalse && strings.HasPrefix(before.Message, label):
		value.status, value.reason, value.message = before.Status, before.Reason, before.Message // not asked again since the start
	case !found || !begun: // what an answer, or its lack, has ended begins again with an answer only
		value.status, value.reason = metav1.ConditionUnknown, v1alpha1.ReasonPending
		value.message = "waiting for the value of " + s.window.Label(last)
	}
	value.usable = found && begun && (metric.asked() || !metric.SourceFound) && !held.Answered.Answered()
	if metric.Spec.StaleAfter == "" || !value.usable {
		return value
	}
	since := time.Unix(q.At, 0).Add(q.Settle + metric.QueryOffset)
	if asked := heldSince(metric, held, remembered, now); asked.After(since) {
		since = asked
	}
	if staleAt := since.Add(metric.Spec.StaleAfter.Duration()); now.Before(staleAt) {
		value.staleAt = staleAt
		return value
	}
	if value.usable = false; value.status != metav1.ConditionFalse {
		value.status, value.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
		value.message = label + "there has been no answer for longer than metric.staleAfter"
	}
	return value
}

// measureSpan takes the value of the last complete span.
func (k *kpi) measureSpan() measured {
	value := k.spans.measure(k.samples, k.memory(), k.now)
	k.next = append(k.next, value.next)
	k.shown = value.shown
	if value.watch != nil {
		k.watches = []sample.Watch{*value.watch}
	}
	if value.frozen != nil {
		k.status.Frozen.LastGood = value.frozen
		k.status.Measurement = value.measurement(k.spans.metric, nil)
	}
	return value.measured
}
