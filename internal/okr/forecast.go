package okr

import (
	"math"
	"time"
)

// Forecast is where a straight line leads that begins at the baseline, at the start, and passes through a value.
type Forecast struct {
	// Value at the end.
	Value float64
	// Percent is the progress at the end, not limited.
	Percent float64
	// Reaches is when the line arrives at the target, to the second; it may lie after the end. Zero if it moves away, or
	// arrives later than ten times the span's length after the start.
	Reaches time.Time
}

const (
	// forecastFrom is the share of the time before which there is no forecast: a line through two points that are close
	// to each other leads anywhere.
	forecastFrom = 0.1
	// forecastTo is how many times the span's length after the start an arrival is still told.
	forecastTo = 10
)

// Forecast draws the line through the value that was measured at an instant. False before a tenth of the time, from
// the end on, where baseline and target are equal, and where a number is not finite.
func (s Span) Forecast(baseline, target, value float64, at time.Time) (Forecast, bool) {
	passed, whole := seconds(s.Start, at), seconds(s.Start, s.End)
	if passed < forecastFrom*whole || passed <= 0 || !at.Before(s.End) {
		return Forecast{}, false
	}
	f := Forecast{Value: baseline + (value-baseline)*whole/passed}
	f.Percent = Percent(baseline, target, f.Value)
	if !finite(f.Value) || !Known(f.Percent) {
		return Forecast{}, false
	}
	if p := Percent(baseline, target, value); p > 0 {
		if needed := 100 * passed / p; needed <= forecastTo*whole {
			f.Reaches = time.Unix(s.Start.Unix()+int64(math.Round(needed)), 0).UTC()
		}
	}
	return f, true
}

// DayUpTo is the civil day in loc that t ends or lies in: at midnight it is the day that is over.
func DayUpTo(t time.Time, loc *time.Location) Date { return dateOf(t.Add(-time.Nanosecond).In(loc)) }
