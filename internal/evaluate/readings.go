package evaluate

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// readEvery is how often a KPI that is kept by hand is read by default.
const readEvery = 7 * wholeDay

// wholeDay is a day as a length of time rather than a date.
const wholeDay = 24 * time.Hour

// reading is a number of a day.
type reading struct {
	day   okr.Date
	value float64
}

// readings are a KPI's numbers that are kept by hand, in its zone.
type readings struct {
	list []reading // the oldest first
	// stands is how long one stands, from the start of its day.
	stands time.Duration
	zone   *time.Location
}

// readingsOf reads a KPI's readings. Days that do not exist, which the API refuses, are left out.
func readingsOf(kpi *v1alpha1.KPI, zone *time.Location) readings {
	r := readings{stands: 2 * readEvery, zone: zone}
	if every := kpi.Spec.ReadEvery; every != "" {
		r.stands = 2 * min(every.Duration(), longestInterval)
	}
	for _, written := range kpi.Spec.Readings {
		if on, err := okr.ParseDate(written.Date.String()); err == nil && written.Value != nil {
			r.list = append(r.list, reading{on, written.Value.Float64()})
		}
	}
	slices.SortStableFunc(r.list, func(a, b reading) int {
		switch {
		case a.day.Before(b.day):
			return -1
		case b.day.Before(a.day):
			return 1
		default:
			return 0
		}
	})
	return r
}

// start is the instant that a reading belongs to: the start of its day.
func (r readings) start(x reading) time.Time { return x.day.Start(r.zone) }

// end is when a reading ceases to stand. Whole days are days of the calendar, whatever the clocks do in between.
func (r readings) end(x reading) time.Time {
	return x.day.AddDays(int(r.stands / wholeDay)).Start(r.zone).Add(r.stands % wholeDay)
}

// newest is the newest reading whose day has begun at an instant, standing or not; false if there is none.
func (r readings) newest(at time.Time) (reading, bool) {
	for _, x := range slices.Backward(r.list) {
		if !r.start(x).After(at) {
			return x, true
		}
	}
	return reading{}, false
}

// at is the reading that stands at an instant; false if none does.
func (r readings) at(instant time.Time) (reading, bool) {
	x, found := r.newest(instant)
	return x, found && instant.Before(r.end(x))
}

// mostPast is how many values of the past a status shows.
const mostPast = 32

// history are the readings whose day has begun, as a status shows them: the newest of them, the oldest first.
func (r readings) history(now time.Time) []v1alpha1.HistoryPoint {
	var history []v1alpha1.HistoryPoint
	for _, x := range r.list {
		if start := r.start(x); !start.After(now) {
			history = append(history, v1alpha1.HistoryPoint{Time: second(start), Value: sample.Display(x.value)})
		}
	}
	return history[max(0, len(history)-mostPast):]
}

// measure decides what the value is at now, and when another reading takes its place; zero if none is written.
func (r readings) measure(now time.Time) (measured, time.Time) {
	var next time.Time
	for _, x := range slices.Backward(r.list) {
		if start := r.start(x); start.After(now) {
			next = start
		}
	}
	x, found := r.newest(now)
	if !found {
		text := "there is no reading: write one in spec.readings"
		if len(r.list) > 0 {
			text = "the first reading is that of " + r.list[0].day.String() + ", which has not begun"
		}
		return measured{status: metav1.ConditionFalse, reason: v1alpha1.ReasonNoReading, message: text}, next
	}
	value := measured{value: &x.value, time: r.start(x), status: metav1.ConditionTrue, reason: string(sample.Sampled),
		message: "the reading of " + x.day.String() + " is held"}
	if end := r.end(x); now.Before(end) {
		value.usable, value.staleAt = true, end
		return value, next
	}
	value.status, value.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
	value.message = "the newest reading, of " + x.day.String() + ", is older than twice spec.readEvery: write a new one in spec.readings"
	return value, next
}
