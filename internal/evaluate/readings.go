package evaluate

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// rhythm is how often a number that is kept by hand is expected where nothing else is written.
const rhythm = week

// entry is a number that somebody has written down for a day.
type entry struct {
	day   okr.Date
	value float64
}

// entries are numbers that are kept by hand.
type entries struct {
	list []entry // the oldest first; of two of a day the one that was written first
	// every is how often one is expected. One stands for twice that.
	every time.Duration
	zone  *time.Location
}

// readingsOf reads a KPI's readings, in its zone. Days that do not exist, which the API refuses, are left out.
func readingsOf(kpi *v1alpha1.KPI, zone *time.Location) entries {
	e := entries{every: rhythm, zone: zone}
	if every := kpi.Spec.ReadEvery.Duration(); every > 0 {
		e.every = every
	}
	for _, written := range kpi.Spec.Readings {
		if day, err := okr.ParseDate(written.Date.String()); err == nil && written.Value != nil {
			e.list = append(e.list, entry{day, written.Value.Float64()})
		}
	}
	e.sort()
	return e
}

func (e *entries) sort() {
	slices.SortStableFunc(e.list, func(a, b entry) int {
		switch {
		case a.day.Before(b.day):
			return -1
		case b.day.Before(a.day):
			return 1
		default:
			return 0
		}
	})
}

// stands is how long one stands, from the start of its day.
func (e entries) stands() time.Duration { return 2 * min(e.every, longestInterval) }

// start is the instant that an entry belongs to: the start of its day.
func (e entries) start(x entry) time.Time { return x.day.Start(e.zone) }

// end is when an entry ceases to stand. Whole days are days of the calendar, whatever the clocks do in between.
func (e entries) end(x entry) time.Time {
	return x.day.AddDays(int(e.stands() / day)).Start(e.zone).Add(e.stands() % day)
}

// newest is the newest entry whose day has begun at an instant, standing or not; false if there is none.
func (e entries) newest(at time.Time) (entry, bool) {
	for _, x := range slices.Backward(e.list) {
		if !e.start(x).After(at) {
			return x, true
		}
	}
	return entry{}, false
}

// at is the entry that stands at an instant; false if none does.
func (e entries) at(instant time.Time) (entry, bool) {
	x, found := e.newest(instant)
	return x, found && instant.Before(e.end(x))
}

// history are the entries whose day has begun, as a status shows them: the newest of them, the oldest first.
func (e entries) history(now time.Time) []v1alpha1.HistoryPoint {
	var history []v1alpha1.HistoryPoint
	for _, x := range e.list {
		if start := e.start(x); !start.After(now) {
			history = append(history, v1alpha1.HistoryPoint{Time: second(start), Value: sample.Display(x.value)})
		}
	}
	return newest(history)
}

// measure decides what the value is at now, and when another reading takes its place; zero if none is written.
func (e entries) measure(now time.Time) (measured, time.Time) {
	var next time.Time
	for _, x := range slices.Backward(e.list) {
		if start := e.start(x); start.After(now) {
			next = start
		}
	}
	x, found := e.newest(now)
	if !found {
		text := "there is no reading: write one in spec.readings"
		if len(e.list) > 0 {
			text = "the first reading is that of " + e.list[0].day.String() + ", which has not begun"
		}
		return measured{status: metav1.ConditionFalse, reason: v1alpha1.ReasonNoReading, message: text}, next
	}
	value := measured{value: &x.value, time: e.start(x), status: metav1.ConditionTrue, reason: string(sample.Sampled),
		message: "the reading of " + x.day.String() + " is held"}
	if end := e.end(x); now.Before(end) {
		value.usable, value.staleAt = true, end
		return value, next
	}
	value.status, value.reason = metav1.ConditionFalse, v1alpha1.ReasonStale
	value.message = "the newest reading, of " + x.day.String() + ", is older than twice spec.readEvery: write a new one in spec.readings"
	return value, next
}
