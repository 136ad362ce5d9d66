package okr_test

import (
	"math"
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

// span is from one date to the end of another, in UTC.
func span(t testing.TB, first, last string) okr.Span {
	t.Helper()
	return okr.Span{Start: day(t, first).Start(time.UTC), End: day(t, last).End(time.UTC)}
}

func TestElapsed(t *testing.T) {
	s := span(t, "2026-10-01", "2026-10-10")
	for _, c := range []struct {
		reason string
		span   okr.Span
		at     string
		want   float64
	}{
		{"before", s, "2026-09-30T00:00:00Z", 0},
		{"the first instant", s, "2026-10-01T00:00:00Z", 0},
		{"half way", s, "2026-10-06T00:00:00Z", 0.5},
		{"the first instant after", s, "2026-10-11T00:00:00Z", 1},
		{"after", s, "2027-01-01T00:00:00Z", 1},
		{"longer than a time.Duration", span(t, "1001-01-01", "3000-12-31"), "2001-01-01T00:00:00Z", 0.5},
		{"no length, at its instant", okr.Span{Start: s.Start, End: s.Start}, "2026-10-01T00:00:00Z", 0},
		{"no length, after", okr.Span{Start: s.Start, End: s.Start}, "2026-10-01T00:00:01Z", 1},
	} {
		if got := c.span.Elapsed(instant(t, c.at)); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: Elapsed(%s) = %v, want %v", c.reason, c.at, got, c.want)
		}
	}
}

func TestExpected(t *testing.T) {
	s := span(t, "2026-10-01", "2026-10-10")
	late := []okr.Checkpoint{
		{At: day(t, "2026-10-05").End(time.UTC), Percent: 20},
		{At: day(t, "2026-10-08").End(time.UTC), Percent: 20},
	}
	outside := []okr.Checkpoint{{At: s.Start.Add(-time.Hour), Percent: 50}, {At: s.Start, Percent: 60}, {At: s.End, Percent: 70}}
	for _, c := range []struct {
		reason      string
		pass        float64
		checkpoints []okr.Checkpoint
		at          string
		want        float64
		whole       int64
	}{
		{"before the start", 100, nil, "2026-09-01T00:00:00Z", 0, 0},
		{"half time, committed", 100, nil, "2026-10-06T00:00:00Z", 50, 50},
		{"half time, aspirational", 70, nil, "2026-10-06T00:00:00Z", 35, 35},
		{"rounded down", 70, nil, "2026-10-02T12:00:00Z", 10.5, 10},
		{"over, committed", 100, nil, "2026-10-11T00:00:00Z", 100, 100},
		{"over, aspirational", 70, nil, "2027-10-11T00:00:00Z", 70, 70},
		{"on the way to a checkpoint", 100, late, "2026-10-03T12:00:00Z", 10, 10},
		{"at a checkpoint, which is the end of its day", 100, late, "2026-10-06T00:00:00Z", 20, 20},
		{"between level checkpoints", 100, late, "2026-10-07T00:00:00Z", 20, 20},
		{"from the last checkpoint to the end", 100, late, "2026-10-10T00:00:00Z", 60, 60},
		{"checkpoints are parts of what passes", 70, late, "2026-10-06T00:00:00Z", 14, 14},
		{"checkpoints outside do not count", 100, outside, "2026-10-06T00:00:00Z", 50, 50},
	} {
		pace := okr.Pace{Span: s, Pass: c.pass, Checkpoints: c.checkpoints}
		if got, n := pace.Expected(instant(t, c.at)), pace.ExpectedPercent(instant(t, c.at)); got != c.want || n != c.whole {
			t.Errorf("%s: expected %v and %d at %s, want %v and %d", c.reason, got, n, c.at, c.want, c.whole)
		}
	}
}

func TestExpectedAgainstRationals(t *testing.T) {
	r := seeded(t)
	for range 1500 * *rounds {
		pace := randomPace(r)
		moment := randomMoment(r, pace, time.Hour)
		want := exactExpected(pace, moment)
		exact, _ := want.Float64()
		if got := pace.Expected(moment); math.Abs(got-exact) > 2e-9 || pace.ExpectedPercent(moment) != floor(want).Num().Int64() {
			t.Fatalf("%+v at %s: expected %v and %d, want %s", pace, moment, got, pace.ExpectedPercent(moment), want.FloatString(12))
		}
		if next := pace.Expected(moment.Add(time.Duration(r.Int64N(int64(time.Hour))))); next < pace.Expected(moment) {
			t.Fatalf("%+v falls after %s", pace, moment)
		}
	}
}
