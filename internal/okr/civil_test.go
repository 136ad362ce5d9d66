package okr_test

import (
	"testing"
	"time"
	_ "time/tzdata" // zones on machines without /usr/share/zoneinfo

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

// zone loads a time zone that must exist.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("zone %s: %v", name, err)
	}
	return location
}

// day parses a date that must be one.
func day(t testing.TB, s string) okr.Date {
	t.Helper()
	d, err := okr.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// instant parses an RFC 3339 instant.
func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		reason, in, want string
	}{
		{"an ordinary day", "2026-11-10", "2026-11-10"},
		{"a leap day", "2028-02-29", "2028-02-29"},
		{"a leap day of a century divisible by 400", "2000-02-29", "2000-02-29"},
		{"a century is no leap year", "2100-02-29", ""},
		{"no leap year", "2026-02-29", ""},
		{"no such day", "2026-04-31", ""},
		{"no such month", "2026-13-01", ""},
		{"digits are not optional", "2026-1-5", ""},
		{"no time of day", "2026-01-05T00:00:00Z", ""},
		{"nothing", "", ""},
	} {
		got, err := okr.ParseDate(c.in)
		if (err == nil) != (c.want != "") || (err == nil && got.String() != c.want) {
			t.Errorf("%s: ParseDate(%q) = %v, %v; want %q", c.reason, c.in, got, err, c.want)
		}
	}
}

func TestDayOf(t *testing.T) {
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 12, 31, 11, 0, 0, 0, time.UTC) // there
	for _, c := range []struct {
		reason string
		at     time.Time
		zone   *time.Location
		want   string
	}{
		{"a day begins at midnight", midnight, auckland, "2027-01-01"},
		{"and lasts until then", midnight.Add(-1), auckland, "2026-12-31"},
		{"it is another day elsewhere", midnight, time.UTC, "2026-12-31"},
	} {
		if got := okr.DayOf(c.at, c.zone); got.String() != c.want {
			t.Errorf("%s: DayOf(%v) = %s, want %s", c.reason, c.at, got, c.want)
		}
	}
}

func TestDaysUntil(t *testing.T) {
	for _, c := range []struct {
		reason, from, to string
		want             int
	}{
		{"the same day", "2026-03-29", "2026-03-29", 0},
		{"over a change of clocks", "2026-03-28", "2026-03-30", 2},
		{"backwards, over a leap day", "2028-03-01", "2028-02-28", -2},
		{"a year", "2026-01-01", "2027-01-01", 365},
	} {
		if got := day(t, c.from).DaysUntil(day(t, c.to)); got != c.want {
			t.Errorf("%s: from %s to %s are %d days, want %d", c.reason, c.from, c.to, got, c.want)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct {
		reason, in, first, last string
		days                    int
	}{
		{"a year", "2026", "2026-01-01", "2026-12-31", 365},
		{"a leap year", "2028", "2028-01-01", "2028-12-31", 366},
		{"a first half", "2026-H1", "2026-01-01", "2026-06-30", 181},
		{"a second half", "2026-H2", "2026-07-01", "2026-12-31", 184},
		{"a first quarter", "2026-Q1", "2026-01-01", "2026-03-31", 90},
		{"a first quarter with a leap day", "2028-Q1", "2028-01-01", "2028-03-31", 91},
		{"a fourth quarter", "2026-Q4", "2026-10-01", "2026-12-31", 92},
		{"a month", "2026-10", "2026-10-01", "2026-10-31", 31},
		{"February of a leap year", "2028-02", "2028-02-01", "2028-02-29", 29},
		{"two days, the last included", "2026-10-01/2026-12-15", "2026-10-01", "2026-12-15", 76},
		{"one day", "2026-10-01/2026-10-01", "2026-10-01", "2026-10-01", 1},
		{"longer than a time.Duration", "1000-01-01/2999-12-31", "1000-01-01", "2999-12-31", 730485},
		{"backwards", "2026-10-02/2026-10-01", "", "", 0},
		{"an impossible last day", "2026-10-01/2026-11-31", "", "", 0},
		{"a fifth quarter", "2026-Q5", "", "", 0},
		{"no quarter", "2026-Q0", "", "", 0},
		{"a third half", "2026-H3", "", "", 0},
		{"month 13", "2026-13", "", "", 0},
		{"month 0", "2026-00", "", "", 0},
		{"a month of one digit", "2026-1", "", "", 0},
		{"a signed month", "2026-+1", "", "", 0},
		{"a signed year", "+026", "", "", 0},
		{"a year of two digits", "26", "", "", 0},
		{"a year before 1000", "0999", "", "", 0},
		{"a dash too many", "2026-", "", "", 0},
		{"three dates", "2026-10-01/2026-10-02/2026-10-03", "", "", 0},
		{"lower case", "2026-q4", "", "", 0},
		{"spaces", " 2026", "", "", 0},
		{"nothing", "", "", "", 0},
	} {
		got, err := okr.ParsePeriod(c.in)
		if c.first == "" {
			if err == nil {
				t.Errorf("%s: ParsePeriod(%q) = %v, want an error", c.reason, c.in, got)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: ParsePeriod(%q): %v", c.reason, c.in, err)
			continue
		}
		want := okr.Period{First: day(t, c.first), Last: day(t, c.last)}
		if diff := cmp.Diff(want, got); diff != "" || got.Days() != c.days {
			t.Errorf("%s: ParsePeriod(%q), %d days, want %d: %s", c.reason, c.in, got.Days(), c.days, diff)
		}
		inside := got.Contains(got.First) && got.Contains(got.Last)
		if !inside || got.Contains(got.First.AddDays(-1)) || got.Contains(got.Last.AddDays(1)) {
			t.Errorf("%s: %q does not contain exactly its days", c.reason, c.in)
		}
	}
}

func TestDateStart(t *testing.T) {
	for _, c := range []struct {
		reason, zone, date, start, end string
	}{
		{"UTC", "UTC", "2026-11-10", "2026-11-10T00:00:00Z", "2026-11-11T00:00:00Z"},
		{"23 hours", "Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"25 hours", "Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
		{"23.5 hours", "Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"},
		{"a leap day", "America/New_York", "2028-02-29", "2028-02-29T05:00:00Z", "2028-03-01T05:00:00Z"},
		{"a quarter of an hour", "Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z", "2026-01-01T18:15:00Z"},
		{"far east", "Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z"},
		{"far west", "Etc/GMT+12", "2026-01-01", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"},
		{"midnight skipped", "America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"},
		{"midnight skipped", "Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		{"midnight twice: the first", "America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{"23:00 twice: midnight once", "Asia/Beirut", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"},
		{"one minute, then the day before again", "America/St_Johns", "2010-11-07", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"},
		{"the day before a skipped day", "Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"a day that never was", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"the day after it", "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
		{"a zone that moved for good", "Asia/Pyongyang", "2018-05-05", "2018-05-04T15:00:00Z", "2018-05-05T15:00:00Z"},
	} {
		d, location := day(t, c.date), zone(t, c.zone)
		if got := d.Start(location); !got.Equal(instant(t, c.start)) {
			t.Errorf("%s: %s in %s starts at %s, want %s", c.reason, d, c.zone, got.UTC(), c.start)
		}
		if got := d.End(location); !got.Equal(instant(t, c.end)) {
			t.Errorf("%s: %s in %s ends at %s, want %s", c.reason, d, c.zone, got.UTC(), c.end)
		}
	}
}
