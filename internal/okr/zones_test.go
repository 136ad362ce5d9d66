package okr_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

// zoneNames is every name of the tz database, links included.
//
//go:embed testdata/zones.txt
var zoneNames string

// The years over which every zone is walked: they hold Apia's lost day and St John's change at 00:01.
var (
	walkFrom = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)
	walkTo   = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
)

// TestStartOfDayEverywhere walks 20 years in every zone. Around every change of clocks the starts of days are
// compared with the first instants at which a clock, watched all the time, shows the day. Elsewhere midnight is
// where it always is.
func TestStartOfDayEverywhere(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	changes := 0
	for name := range strings.FieldsSeq(zoneNames) {
		location := zone(t, name)
		moves := offsetChanges(location)
		key := fmt.Sprint(moves)
		if _, again := seen[key]; again {
			continue
		}
		seen[key] = name
		changes += len(moves)
		for _, m := range moves {
			watchClock(t, location, m.at)
		}
		ordinaryDays(t, location)
	}
	if len(seen) < 100 || changes < 1000 {
		t.Errorf("walked %d different zones with %d changes of clocks: the list is not what it should be", len(seen), changes)
	}
}

// move is a change of a zone's offset.
type move struct {
	at       time.Time
	from, to int
}

// offsetChanges are the zone's changes of offset, found by looking at it twice a day.
func offsetChanges(location *time.Location) []move {
	var moves []move
	_, last := walkFrom.In(location).Zone()
	moves = append(moves, move{walkFrom, last, last})
	for at := walkFrom; at.Before(walkTo); at = at.Add(12 * time.Hour) {
		if _, offset := at.In(location).Zone(); offset != last {
			moves = append(moves, move{at, last, offset})
			last = offset
		}
	}
	return moves
}

// watchClock looks at a clock around a change, every quarter of an hour: in these years no zone begins a day at
// any other instant. It compares when the clock first shows each day. A day it never shows begins with the next.
func watchClock(t *testing.T, location *time.Location, around time.Time) {
	t.Helper()
	first := map[okr.Date]time.Time{}
	var from, to okr.Date
	for at := around.Add(-50 * time.Hour); at.Before(around.Add(50 * time.Hour)); at = at.Add(15 * time.Minute) {
		year, month, monthDay := at.In(location).Date()
		to = okr.Date{Year: year, Month: month, Day: monthDay}
		if _, shown := first[to]; !shown {
			first[to] = at
		}
		if from == (okr.Date{}) {
			from = to
		}
	}
	for d := from.AddDays(1); d.Before(to); d = d.AddDays(1) {
		want, shown := first[d]
		for next := d; !shown; want, shown = first[next] {
			next = next.AddDays(1)
		}
		if got := d.Start(location); !got.Equal(want) {
			t.Errorf("%s in %s starts at %s, want %s", d, location, got.UTC(), want)
		}
	}
}

// ordinaryDays checks every 17th day: a second before its start it is an earlier day, and days never overlap.
func ordinaryDays(t *testing.T, location *time.Location) {
	t.Helper()
	for d, last := day(t, "2010-01-01"), day(t, "2030-01-01"); d.Before(last); d = d.AddDays(17) {
		start, end := d.Start(location), d.End(location)
		length := end.Sub(start)
		if shown := start.In(location).Format(time.DateOnly); shown < d.String() || (length > 0 && shown != d.String()) {
			t.Errorf("%s in %s starts on %s", d, location, shown)
		}
		if shown := start.Add(-time.Second).In(location).Format(time.DateOnly); shown >= d.String() {
			t.Errorf("%s in %s starts too late: a second before it is %s", d, location, shown)
		}
		if length < 0 || length > 49*time.Hour {
			t.Errorf("%s in %s lasts %s", d, location, length)
		}
	}
}

// TestDaysFollowEachOther holds the calendar apart from zones.
func TestDaysFollowEachOther(t *testing.T) {
	d := okr.Date{Year: 1999, Month: time.December, Day: 31}
	want := time.Date(1999, 12, 31, 12, 0, 0, 0, time.UTC)
	for range 40000 {
		next := d.AddDays(1)
		want = want.Add(24 * time.Hour)
		if next.String() != want.Format(time.DateOnly) || !d.Before(next) || next.Before(d) || next.AddDays(-1) != d {
			t.Fatalf("after %s comes %s, want %s", d, next, want.Format(time.DateOnly))
		}
		d = next
	}
}
