package evaluate

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// kept is where a value comes from that no metric gives: what people have written down.
type kept interface {
	// present is what is known of the present value; it announces when that will be another.
	present() measured
	// last is the value that decides the score, as if it had been sampled: the zero Sample until it is final, and
	// then a number, or why there is none.
	last() sample.Sample
	// every is the time between two values.
	every() time.Duration
	// entered are the entries that decide the score, beside what the shape says.
	entered() []string
	// past are the values so far in the key result's time, the oldest first.
	past() []v1alpha1.HistoryPoint
}

// findSource finds out where the value comes from, and says why it comes from nowhere.
func (k *keyResult) findSource() *problem {
	spec := &k.in.KeyResult.Spec
	switch metric := k.in.Metric; {
	case len(spec.Milestones) > 0:
		steps, bad := k.milestones()
		k.kept = steps
		return bad
	case metric != nil && metric.invalid():
		return k.blame(metric.problem())
	case metric != nil:
		spans, bad := spansOf(k.in.KPI, metric)
		if k.spans = spans; bad != nil {
			return k.blame(bad)
		}
		return k.guardProblem()
	case spec.KPIRef == nil:
		k.kept = k.checkIns()
	case k.in.KPI != nil:
		hand, bad := k.readings()
		if bad != nil {
			return bad
		}
		k.kept = hand
	default:
		return missing(notFound("KPI", kpiName(*spec.KPIRef, k.in.KeyResult.Namespace)))
	}
	if spec.Reach != nil && spec.Reach.Baseline == nil { // of check-ins the API refuses it
		return stalled(v1alpha1.ReasonNoBaseline, "spec.reach.baseline: the value is kept by hand: write where the number stands at the start")
	}
	return k.guardProblem()
}

// sourceMissing is what keeps the value, or the guard, from being asked for without being in the way of all else.
func (k *keyResult) sourceMissing() *problem {
	if k.in.Metric != nil {
		if p := k.blame(k.in.Metric.problem()); p != nil {
			return p
		}
	}
	if k.in.Guard != nil && !k.in.Guard.SourceFound {
		return missing(k.in.Guard.sourceMissing())
	}
	return nil
}

// running is what decides the verdict.
func (k *keyResult) running() okr.KeyResult {
	return okr.KeyResult{Pace: k.pace, Gaps: gapsOf(k.in.Objective), Interval: k.interval()}
}

// interval is the time between two values. People count in days, one of which may have 25 hours.
func (k *keyResult) interval() time.Duration {
	if k.spans != nil {
		return k.spans.window.Longest()
	}
	if k.kept != nil {
		return k.kept.every() + time.Hour
	}
	return k.in.Metric.interval(k.pace.Span)
}

// questionAt asks for the value at an instant, or of the last span of the calendar that is over then; the key identifies
// what it asks.
func (k *keyResult) questionAt(instant time.Time, settle time.Duration) (q sample.Question, key string) {
	if k.spans != nil {
		return k.spans.questionAt(instant)
	}
	q = k.in.Metric.at(instant, settle, k.pace.Span)
	return q, k.in.Metric.key(q)
}

// measureSpan takes the value of the last complete span of the calendar.
func (k *keyResult) measureSpan(remembered memory) measured {
	value := k.spans.measure(k.samples, remembered, k.now)
	k.next = append(k.next, value.next, value.staleAt)
	if value.watch != nil {
		k.watch(*value.watch)
	}
	if value.frozen != nil {
		k.status.Frozen.LastGood = value.frozen
		k.status.Measurement = k.measurementOf(*value.value, value.time)
	}
	return value.measured
}

// atEnd is what is known of the value at the end.
func (k *keyResult) atEnd(q sample.Question) sample.Sample {
	if k.kept != nil {
		return k.kept.last()
	}
	return k.in.Metric.held(k.samples, q).Last
}

// measurementOf is a value as it is shown; nil where none is measured.
func (k *keyResult) measurementOf(v float64, t time.Time) *v1alpha1.Measurement {
	if len(k.in.KeyResult.Spec.Milestones) > 0 {
		return nil
	}
	m := &v1alpha1.Measurement{Value: exact(v), Time: second(t)}
	if k.in.Metric != nil {
		m.Query, m.Source = k.in.Metric.Spec.Query, k.in.Metric.Spec.SourceRef.Name
	}
	return m
}

// counts reports whether a metric is asked about now: one that counts from the start is not before it.
func (k *keyResult) counts(m Metric) bool {
	return !m.Expression.Elapsed || !k.now.Before(k.pace.Start.Add(elapsedFrom))
}

// uncounted is what is known of a metric that counts from a start which is too near, or still to come.
func (k *keyResult) uncounted() measured {
	k.next = append(k.next, k.pace.Start.Add(elapsedFrom))
	return measured{status: metav1.ConditionUnknown, reason: v1alpha1.ReasonPending,
		message: "a query with $__elapsed is asked from 5 minutes after the start"}
}

// boundsAround are the values at which the verdict changes now, and an hour from now: tolerances move between two
// looks. A value in between, which is worth p percent, is watched closely, for its slightest move changes when its
// verdict does.
func (k *keyResult) boundsAround(p, value float64, valueAt func(float64) float64) []float64 {
	now, then := k.running().Thresholds(k.now), k.running().Thresholds(k.now.Add(horizon))
	bounds := make([]float64, 0, 2*len(now)+1)
	for i := range now {
		bounds = append(bounds, valueAt(now[i]))
		if now[i] != then[i] {
			bounds = append(bounds, valueAt(then[i]))
		}
		if min(now[i], then[i]) <= p && p <= max(now[i], then[i]) {
			bounds = append(bounds, value)
		}
	}
	return bounds
}
