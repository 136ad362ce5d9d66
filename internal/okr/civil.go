// Package okr is the arithmetic of goals: periods, progress, pace, verdicts, roll-up, scores and bands.
// It is pure: it imports the standard library only, does no I/O and reads no clock. Percentages are rounded to
// 1e-9 before every floor and comparison, so that the last bits of a float decide nothing.
package okr

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a civil date: a day on a calendar, in no particular time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads year-month-day and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: write year-month-day, such as 2026-11-10", s)
	}
	return dateOf(t), nil
}

// DayOf is the civil day that it is in loc at t.
func DayOf(t time.Time, loc *time.Location) Date { return dateOf(t.In(loc)) }

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// String is year-month-day.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// AddDays returns the date n days later; n may be negative.
func (d Date) AddDays(n int) Date { return dateOf(d.utc().AddDate(0, 0, n)) }

// DaysUntil is how many days later other is than d; negative where it is earlier.
func (d Date) DaysUntil(other Date) int {
	return int((other.utc().Unix() - d.utc().Unix()) / (24 * 60 * 60))
}

// Before reports whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.utc().Before(other.utc()) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Start is the first instant of the day in loc. Where clocks skip midnight, it is the instant of the skip;
// where they show midnight twice, it is the first. A day that a zone skips altogether (2011-12-30 in
// Pacific/Apia) starts with the day after it, and has no length.
func (d Date) Start(loc *time.Location) time.Time {
	midnight := d.utc()
	var first time.Time
	// The offsets in force a day earlier and a day later are the two that midnight can have.
	for _, near := range []time.Time{midnight.AddDate(0, 0, -1), midnight.AddDate(0, 0, 1)} {
		_, offset := near.In(loc).Zone()
		t := midnight.Add(-time.Duration(offset) * time.Second).In(loc)
		shows := t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && dateOf(t) == d
		if shows && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if !first.IsZero() {
		return first
	}
	// No clock in loc shows this midnight: time.Date picks an instant on one side of the skip.
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
	start, end := t.ZoneBounds()
	if dateOf(t).Before(d) {
		return end
	}
	return start
}

// End is the first instant after the day in loc.
func (d Date) End(loc *time.Location) time.Time { return d.AddDays(1).Start(loc) }

// Period is a span of civil days, the last one included.
type Period struct{ First, Last Date }

// ParsePeriod reads "2026", "2026-H2", "2026-Q4", "2026-10" or "2026-10-01/2026-12-15".
func ParsePeriod(s string) (Period, error) {
	if first, last, found := strings.Cut(s, "/"); found {
		return parseSpan(s, first, last)
	}
	year, part, parted := strings.Cut(s, "-")
	y, ok := number(year, 4)
	if !ok || y < 1000 {
		return Period{}, periodError(s)
	}
	if !parted {
		return months(y, 1, 12), nil
	}
	switch {
	case part == "H1" || part == "H2":
		return months(y, int(part[1]-'1')*6+1, 6), nil
	case len(part) == 2 && part[0] == 'Q' && part[1] >= '1' && part[1] <= '4':
		return months(y, int(part[1]-'1')*3+1, 3), nil
	}
	month, ok := number(part, 2)
	if !ok || month < 1 || month > 12 {
		return Period{}, periodError(s)
	}
	return months(y, month, 1), nil
}

// number reads exactly count digits: no sign, which strconv would take.
func number(s string, count int) (int, bool) {
	if len(s) != count || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func parseSpan(s, first, last string) (Period, error) {
	from, err := ParseDate(first)
	if err != nil {
		return Period{}, fmt.Errorf("period %q: %w", s, err)
	}
	to, err := ParseDate(last)
	if err != nil {
		return Period{}, fmt.Errorf("period %q: %w", s, err)
	}
	if to.Before(from) {
		return Period{}, fmt.Errorf("period %q ends before it begins", s)
	}
	return Period{from, to}, nil
}

func months(year, first, count int) Period {
	from := Date{year, time.Month(first), 1}
	return Period{from, dateOf(from.utc().AddDate(0, count, -1))}
}

func periodError(s string) error {
	return fmt.Errorf("%q is not a period: write 2026, 2026-H2, 2026-Q4, 2026-10 or 2026-10-01/2026-12-15", s)
}

// Days is the number of days in the period, both ends included.
func (p Period) Days() int { return p.First.DaysUntil(p.Last) + 1 }

// Contains reports whether the day lies in the period.
func (p Period) Contains(d Date) bool { return !d.Before(p.First) && !p.Last.Before(d) }

// CheckInDue is the last day on which a check-in is in time, after one of a day or after the start: so many whole days
// later, rounded up. A check-in has a day and no hour, so it is overdue once that day has ended.
func CheckInDue(since Date, every time.Duration) Date {
	return since.AddDays(int((every + 24*time.Hour - 1) / (24 * time.Hour)))
}
