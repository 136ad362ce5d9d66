package okr

import (
	"fmt"
	"math"
	"time"
)

// Window is a kind of span that the calendar is divided into. The texts are those of the API.
type Window string

// The kinds of spans.
const (
	WindowWeek    Window = "Week" // from Monday
	WindowMonth   Window = "Month"
	WindowQuarter Window = "Quarter"
	WindowYear    Window = "Year"
)

// months is how many months a span has; 0 for a week.
func (w Window) months() int {
	switch w {
	case WindowMonth:
		return 1
	case WindowQuarter:
		return 3
	case WindowYear:
		return 12
	default:
		return 0
	}
}

// Longest is how long a span is at most, the hour that clocks are set back included.
func (w Window) Longest() time.Duration {
	days := map[Window]time.Duration{WindowWeek: 7, WindowMonth: 31, WindowQuarter: 92, WindowYear: 366}[w]
	return days*24*time.Hour + time.Hour
}

// Around is the span that a day lies in.
func (w Window) Around(d Date) Period {
	count := w.months()
	if count == 0 {
		monday := d.AddDays(-(int(d.utc().Weekday()) + 6) % 7)
		return Period{monday, monday.AddDays(6)}
	}
	first := (int(d.Month)-1)/count*count + 1
	return months(d.Year, first, count)
}

// Back is the span n spans before p.
func (w Window) Back(p Period, n int) Period {
	for range n {
		p = w.Around(p.First.AddDays(-1))
	}
	return p
}

// Next is the span after p.
func (w Window) Next(p Period) Period { return w.Around(p.Last.AddDays(1)) }

// LastComplete is the newest span that is over at an instant in loc.
func (w Window) LastComplete(now time.Time, loc *time.Location) Period {
	// From a day that is certainly not over: where clocks are set back over midnight, a day may begin twice.
	p := w.Around(dateOf(now.In(loc)).AddDays(1))
	for p.Last.End(loc).After(now) {
		p = w.Back(p, 1)
	}
	return p
}

// Spans is how many spans a length of time is, to the nearest; at least one, so that a span is never compared with
// itself.
func (w Window) Spans(length time.Duration) int {
	const day, year = 24 * time.Hour, 365.2425 * 24 * float64(time.Hour)
	one := float64(7 * day)
	if count := w.months(); count > 0 {
		one = year / 12 * float64(count)
	}
	return max(1, int(math.Round(float64(length)/one)))
}

// Label names a span: 2026-W45 (as ISO 8601 counts weeks), 2026-10, 2026-Q4, 2026.
func (w Window) Label(p Period) string {
	switch w {
	case WindowMonth:
		return p.First.utc().Format("2006-01")
	case WindowQuarter:
		return fmt.Sprintf("%04d-Q%d", p.First.Year, (int(p.First.Month)+2)/3)
	case WindowYear:
		return fmt.Sprintf("%04d", p.First.Year)
	default:
		year, week := p.First.utc().ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
}

// Span is the time from the period's first instant in loc to its end.
func (p Period) Span(loc *time.Location) Span {
	return Span{Start: p.First.Start(loc), End: p.Last.End(loc)}
}
