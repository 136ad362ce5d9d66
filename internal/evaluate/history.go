package evaluate

import (
	"math"
	"slices"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// historyLength is how many points a history has at most.
const historyLength = 32

// appendHistory takes a value into a history as the point of the day, or week, that began at an instant, unless there is
// one of it already: a point is never written again. The value belongs to the instant at; one from before the beginning
// is what was known then.
func appendHistory(history []v1alpha1.HistoryPoint, began, at time.Time, value float64) []v1alpha1.HistoryPoint {
	if n := len(history); n > 0 && !history[n-1].Time.Time.Before(began) {
		return history
	}
	if at.Before(began) {
		at = began
	}
	point := v1alpha1.HistoryPoint{Time: second(at), Value: sample.Display(value)}
	return newest(append(slices.Clip(history), point))
}

// historyOf are the points of a range that have a value.
func historyOf(series *sample.Series) []v1alpha1.HistoryPoint {
	if series == nil {
		return nil
	}
	var history []v1alpha1.HistoryPoint
	for i, v := range series.Values {
		if !math.IsNaN(v) {
			history = append(history, v1alpha1.HistoryPoint{Time: second(series.At(i)), Value: sample.Display(v)})
		}
	}
	return newest(history)
}

func newest(history []v1alpha1.HistoryPoint) []v1alpha1.HistoryPoint {
	return history[max(0, len(history)-historyLength):]
}

// fresh reports whether the value is that of the newest sample, rather than one that stands in.
func (r measured) fresh() bool { return r.usable && r.seen.OK() }

// past asks for the points of a history before the present one: as many as it may have, but none before first.
func (m Metric) past(last time.Time, step time.Duration, first time.Time) sample.Question {
	q := m.question(okr.Span{})
	q.At, q.Step = last.Unix(), step
	before := (historyLength - 1) * step
	if reach := last.Sub(first).Truncate(step); reach < before {
		before = reach
	}
	q.From = last.Add(-before).Unix()
	return q
}

// recall is the history by the answer to past. It returns false while the answer is waited for: the source does not
// answer others either. Any other answer is the last: there is a history from then on, which is written at once, and
// the question is not asked any more.
func recall(last sample.Sample) ([]v1alpha1.HistoryPoint, bool) {
	switch last.Reason {
	case "", sample.SourceUnavailable, sample.AuthenticationFailed, sample.SourceDenied:
		return nil, false
	default:
		return historyOf(last.Series), true
	}
}

// keepHistory keeps the history of a KPI: of each day the first value. What there was before the controller first looked
// is asked for once. The number of a calendar window is a point whenever there is a new one; readings are all in the spec.
func (k *kpi) keepHistory(value measured) {
	spec := &k.in.KPI.Spec
	location, bad := zone(spec.TimeZone)
	switch {
	case bad != nil || spec.Metric == nil || !value.usable:
		return
	case spec.CalendarWindow != "":
		k.status.History = appendHistory(k.status.History, second(value.time).Time, value.time, *value.value)
		return
	case !value.fresh():
		return
	}
	year, month, date := k.now.In(location).Date()
	today := okr.Date{Year: year, Month: month, Day: date}
	began := today.Start(location)
	k.next = append(k.next, today.End(location))
	if len(k.before.History) == 0 && k.in.Metric.asked() {
		q := k.in.Metric.past(began, day, time.Time{})
		last := k.in.Metric.held(k.samples, q).Last
		history, known := recall(last)
		if !known {
			k.watches = append(k.watches, sample.Watch{Question: q, Seen: last})
			return
		}
		k.status.History = history
	}
	k.status.History = appendHistory(k.status.History, began, value.time, *value.value)
}

// keepHistory keeps the history of a key result: of each of its weeks the first value. What there was before the
// controller first looked is asked for once; of a query that counts from the start nothing is. A value that is kept by
// hand, or that of a calendar window, is a point whenever there is a new one; what was written down before the controller
// first looked is taken over.
func (k *keyResult) keepHistory(value measured) {
	m := k.in.Metric
	switch {
	case k.now.Before(k.pace.Start) || !value.usable:
		return
	case m == nil || k.spans != nil:
		if k.kept != nil && len(k.status.History) == 0 {
			k.status.History = newest(k.kept.past())
		}
		k.status.History = appendHistory(k.status.History, second(value.time).Time, value.time, *value.value)
		return
	case !value.fresh():
		return
	}
	began := k.pace.Start.Add(k.now.Sub(k.pace.Start).Truncate(week))
	k.next = append(k.next, began.Add(week))
	if len(k.before.History) == 0 && began.After(k.pace.Start) && m.asked() && !m.Expression.Elapsed {
		q := m.past(began, week, k.pace.Start)
		last := m.held(k.samples, q).Last
		history, known := recall(last)
		if !known {
			k.watch(sample.Watch{Question: q, Seen: last})
			return
		}
		k.status.History = history
	}
	k.status.History = appendHistory(k.status.History, began, value.time, *value.value)
}
