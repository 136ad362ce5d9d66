package okr_test

import (
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

func TestLastComplete(t *testing.T) {
	const hour = time.Hour
	for _, c := range []struct {
		reason, zone string
		window       okr.Window
		now          string
		label        string
		first, last  string
		length       time.Duration
	}{
		{"a week begins on Monday", "UTC", okr.WindowWeek, "2026-11-02T00:00:00Z", "2026-W44", "2026-10-26", "2026-11-01", 168 * hour},
		{"its last second is not over", "UTC", okr.WindowWeek, "2026-11-01T23:59:59Z", "2026-W43", "2026-10-19", "2026-10-25", 168 * hour},
		{"clocks are set back: a week of 169 hours", "Europe/Berlin", okr.WindowWeek, "2026-10-25T23:00:00Z", "2026-W43", "2026-10-19", "2026-10-25", 169 * hour},
		{"and set forward: one of 167", "Europe/Berlin", okr.WindowWeek, "2026-03-29T22:00:00Z", "2026-W13", "2026-03-23", "2026-03-29", 167 * hour},
		{"the week that begins in the old year is the first of the new one", "UTC", okr.WindowWeek, "2026-01-05T00:00:00Z", "2026-W01", "2025-12-29", "2026-01-04", 168 * hour},
		{"a year of 53 weeks", "UTC", okr.WindowWeek, "2027-01-04T00:00:00Z", "2026-W53", "2026-12-28", "2027-01-03", 168 * hour},
		{"a month over a year's end", "UTC", okr.WindowMonth, "2027-01-01T00:00:00Z", "2026-12", "2026-12-01", "2026-12-31", 744 * hour},
		{"the new year has not begun there", "America/New_York", okr.WindowMonth, "2027-01-01T04:59:59Z", "2026-11", "2026-11-01", "2026-11-30", 721 * hour},
		{"now it has", "America/New_York", okr.WindowMonth, "2027-01-01T05:00:00Z", "2026-12", "2026-12-01", "2026-12-31", 744 * hour},
		{"a leap February", "UTC", okr.WindowMonth, "2028-03-01T00:00:00Z", "2028-02", "2028-02-01", "2028-02-29", 696 * hour},
		{"March loses an hour", "Europe/Berlin", okr.WindowMonth, "2026-04-15T00:00:00Z", "2026-03", "2026-03-01", "2026-03-31", 743 * hour},
		{"October has one more", "Europe/Berlin", okr.WindowMonth, "2026-11-15T00:00:00Z", "2026-10", "2026-10-01", "2026-10-31", 745 * hour},
		{"a quarter", "UTC", okr.WindowQuarter, "2026-12-31T23:59:59Z", "2026-Q3", "2026-07-01", "2026-09-30", 92 * 24 * hour},
		{"a quarter over a year's end", "UTC", okr.WindowQuarter, "2027-01-01T00:00:00Z", "2026-Q4", "2026-10-01", "2026-12-31", 92 * 24 * hour},
		{"a quarter with one hour less", "Europe/Berlin", okr.WindowQuarter, "2026-04-01T00:00:00Z", "2026-Q1", "2026-01-01", "2026-03-31", 90*24*hour - hour},
		{"a year loses none", "Europe/Berlin", okr.WindowYear, "2027-06-01T00:00:00Z", "2026", "2026-01-01", "2026-12-31", 365 * 24 * hour},
		{"a leap year", "UTC", okr.WindowYear, "2029-01-01T00:00:00Z", "2028", "2028-01-01", "2028-12-31", 366 * 24 * hour},
		{"midnight is skipped where the next month begins: at 1", "Asia/Amman", okr.WindowMonth, "2016-03-31T22:00:00Z", "2016-03", "2016-03-01", "2016-03-31", 744 * hour},
		{"midnight comes twice: once over, a day stays over", "America/Havana", okr.WindowWeek, "2026-11-02T05:30:00Z", "2026-W44", "2026-10-26", "2026-11-01", 169 * hour},
	} {
		loc := zone(t, c.zone)
		now := instant(t, c.now)
		got := c.window.LastComplete(now, loc)
		span := got.Span(loc)
		if got != (okr.Period{First: day(t, c.first), Last: day(t, c.last)}) || c.window.Label(got) != c.label || span.End.Sub(span.Start) != c.length {
			t.Errorf("%s: got %s to %s, %s, of %s", c.reason, got.First, got.Last, c.window.Label(got), span.End.Sub(span.Start))
		}
		if next := c.window.Next(got); span.End.After(now) || !next.Last.End(loc).After(now) || !next.First.Start(loc).Equal(span.End) || c.window.Back(next, 1) != got {
			t.Errorf("%s: at %s the last one ends at %s, and the next is %s to %s", c.reason, now, span.End, next.First, next.Last)
		}
	}
}

func TestSpansOfALength(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		reason string
		window okr.Window
		length time.Duration
		want   int
	}{
		{"never itself", okr.WindowMonth, day, 1},
		{"a month is about 30 days", okr.WindowMonth, 30 * day, 1},
		{"or 31, or 28", okr.WindowMonth, 31 * day, 1},
		{"the same month a year ago", okr.WindowMonth, 365 * day, 12},
		{"the same quarter a year ago", okr.WindowQuarter, 365 * day, 4},
		{"52 weeks", okr.WindowWeek, 365 * day, 52},
		{"a week", okr.WindowWeek, 7 * day, 1},
		{"two years", okr.WindowYear, 730 * day, 2},
	} {
		if got := c.window.Spans(c.length); got != c.want {
			t.Errorf("%s: %s in %ss is %d, want %d", c.reason, c.length, c.window, got, c.want)
		}
	}
}

// Whatever the zone and the instant, the last complete span is over, and the one after it is not.
func TestLastCompleteOverTheYears(t *testing.T) {
	random := seeded(t)
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Havana", "America/Santiago", "Pacific/Apia", "Asia/Amman", "Australia/Lord_Howe"} {
		loc := zone(t, name)
		for range 300 {
			now := instant(t, "2005-01-01T00:00:00Z").Add(time.Duration(random.Int64N(int64(25 * 365 * 24 * time.Hour)))).Truncate(time.Second)
			for _, w := range []okr.Window{okr.WindowWeek, okr.WindowMonth, okr.WindowQuarter, okr.WindowYear} {
				last := w.LastComplete(now, loc)
				next := w.Next(last)
				if last.Last.End(loc).After(now) || !next.Last.End(loc).After(now) || next.First != last.Last.AddDays(1) || w.Around(last.First) != last {
					t.Fatalf("%s in %s: %s to %s", now, name, last.First, last.Last)
				}
				if end := next.Last.End(loc); w.LastComplete(end, loc) != next || w.LastComplete(end.Add(-time.Second), loc) != last {
					t.Fatalf("%s in %s: the span turns elsewhere than at %s", now, name, end)
				}
			}
		}
	}
}

func TestWindowLongest(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []okr.Window{okr.WindowWeek, okr.WindowMonth, okr.WindowQuarter, okr.WindowYear} {
		longest := time.Duration(0)
		for p := w.Around(okr.Date{Year: 2023, Month: 1, Day: 1}); p.Last.Year < 2029; p = w.Next(p) {
			span := p.Span(berlin)
			longest = max(longest, span.End.Sub(span.Start))
		}
		if limit := w.Longest(); longest > limit || longest < limit-time.Hour {
			t.Errorf("%s: the longest of six years has %s, and %s is said", w, longest, limit)
		}
	}
}
