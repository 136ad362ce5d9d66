package okr_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

// firstDifference looks at every step in (now, until], the slow and plain way.
func firstDifference[T comparable](now, until time.Time, step int64, look func(time.Time) T) (time.Time, bool) {
	present := look(now)
	for second := now.Unix() + 1; second <= until.Unix(); second += step {
		if moment := time.Unix(second, 0).UTC(); look(moment) != present {
			return moment, true
		}
	}
	return time.Time{}, false
}

// TestNextChangeIsExact compares with looking every second for up to an hour.
func TestNextChangeIsExact(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	found := 0
	for range 400 * *rounds {
		k := randomKeyResult(r)
		now := randomMoment(r, k.Pace, time.Hour)
		p := randomProgress(r, k, now)
		until := now.Add(time.Duration(1+r.IntN(3600)) * time.Second)
		want, changes := firstDifference(now, until, 1, func(at time.Time) okr.Verdict { return k.Verdict(p, at) })
		got, ok := k.NextChange(p, now, until)
		if ok != changes || !got.Equal(want) {
			t.Fatalf("%+v, %v%% from %s to %s: next change %s %t, want %s %t", k, p, now, until, got, ok, want, changes)
		}
		if ok {
			found++
		}
	}
	if found < 50 {
		t.Errorf("only %d changes were found", found)
	}
}

// TestNextChangeComesBack is the same where a verdict changes for minutes, and back: a search that looks only at
// the ends of a stretch would miss it.
func TestNextChangeComesBack(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	for found, tries := 0, 0; found < 150**rounds; tries++ {
		if tries > 100000**rounds {
			t.Fatalf("only %d of %d verdicts came back", found, tries)
		}
		k, centre := randomBumps(r)
		p := float64(k.Pace.ExpectedPercent(centre)) - r.Float64()*0.5
		look := func(at time.Time) okr.Verdict { return k.Verdict(p, at) }
		now, until, ok := excursion(centre.Add(-time.Hour), centre.Add(3*time.Hour), look)
		if !ok {
			continue
		}
		found++
		want, _ := firstDifference(now, until, 1, look)
		if got, ok := k.NextChange(p, now, until); !ok || !got.Equal(want) {
			t.Fatalf("%+v, %v%% from %s to %s: next change %s %t, want %s", k, p, now, until, got, ok, want)
		}
	}
}

// TestNextChangeInTheLastQuarter is one such case made by hand: a tolerance of 0.5 begins to shrink while the rise
// of an interval grows to meet it. What is 0.4871 behind is not tolerated for the 16 seconds between them.
func TestNextChangeInTheLastQuarter(t *testing.T) {
	s := okr.Span{Start: at, End: at.Add(96 * time.Hour)}
	shrinks := at.Add(72 * time.Hour)
	k := okr.KeyResult{
		Pace: okr.Pace{Span: s, Pass: 100, Checkpoints: []okr.Checkpoint{
			{At: at.Add(time.Hour), Percent: 10}, {At: shrinks.Add(-time.Hour), Percent: 10}, {At: shrinks.Add(5 * time.Hour), Percent: 11.8},
		}},
		Gaps: okr.Gaps{AtRisk: 0.5, OffTrack: 0.5}, Interval: 6 * time.Hour,
	}
	const p = 10 - 0.4871
	now, until := shrinks.Add(-30*time.Minute), shrinks.Add(138*time.Minute)
	want := shrinks.Add(2230 * time.Second)
	if got, ok := k.NextChange(p, now, until); !ok || !got.Equal(want) {
		t.Errorf("next change %s %t, want %s", got, ok, want)
	}
	back := want.Add(16 * time.Second)
	if got, ok := k.NextChange(p, want, until); !ok || !got.Equal(back) {
		t.Errorf("and back %s %t, want %s", got, ok, back)
	}
}

// excursion finds, to the minute, where what is seen changes and comes back.
func excursion(from, to time.Time, look func(time.Time) okr.Verdict) (before, after time.Time, ok bool) {
	last := map[okr.Verdict]time.Time{}
	for at, seen := from, (okr.Verdict{}); at.Before(to); at = at.Add(time.Minute) {
		now := look(at)
		if left, was := last[now]; was && now != seen {
			return left, at, true
		}
		seen, last[now] = now, at
	}
	return before, after, false
}

// TestNextChangeFarAhead looks to the end of the span, in steps, and by the second around what is announced.
func TestNextChangeFarAhead(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	for range 400 * *rounds {
		k := randomKeyResult(r)
		now := randomMoment(r, k.Pace, 30*24*time.Hour)
		p := randomProgress(r, k, now)
		until := k.Pace.End.Add(48 * time.Hour)
		look := func(at time.Time) okr.Verdict { return k.Verdict(p, at) }
		got, ok := k.NextChange(p, now, until)
		quietUntil := until
		if ok {
			quietUntil = got.Add(-time.Second)
			if look(got) == look(now) {
				t.Fatalf("%+v, %v%% from %s: nothing changes at %s", k, p, now, got)
			}
			if around := got.Add(-90 * time.Second); around.After(now) {
				if early, is := firstDifference(around, quietUntil, 1, look); is || look(around) != look(now) {
					t.Fatalf("%+v, %v%% from %s: changes at %s, before %s", k, p, now, early, got)
				}
			}
		}
		step := max(1, int64(quietUntil.Sub(now)/time.Second)/2000)
		if early, is := firstDifference(now, quietUntil, step, look); is {
			t.Fatalf("%+v, %v%% from %s: changes at %s, before %s %t", k, p, now, early, got, ok)
		}
	}
}

func TestNextChangeTable(t *testing.T) {
	s := span(t, hundredStart, hundredLast) // a point a day
	k := okr.KeyResult{Pace: okr.Pace{Span: s, Pass: 100}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	for _, c := range []struct {
		reason     string
		progress   float64
		now, until string
		want       string
	}{
		{"expected rises at midnight here", 50, "2026-01-10T13:00:00Z", "2026-01-12T00:00:00Z", "2026-01-11T00:00:00Z"},
		{"until is included", 50, "2026-01-10T13:00:00Z", "2026-01-11T00:00:00Z", "2026-01-11T00:00:00Z"},
		{"and no further", 50, "2026-01-10T13:00:00Z", "2026-01-10T23:59:59Z", ""},
		{"now is not", 50, "2026-01-11T00:00:00Z", "2026-01-11T12:00:00Z", ""},
		{"a fraction of a second before", 50, "2026-01-10T23:59:59.5Z", "2026-01-12T00:00:00Z", "2026-01-11T00:00:00Z"},
		{"nothing lies between", 50, "2026-01-10T23:59:59Z", "2026-01-10T23:59:59Z", ""},
		{"until lies before now", 50, "2026-01-12T00:00:00Z", "2026-01-10T00:00:00Z", ""},
		{"a tolerance shrinks: 10·4(1−s) is less than 5 just after 87.5 days", 82, "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-29T12:00:01Z"},
		{"after the end nothing moves", 50, "2026-04-11T00:00:00Z", "2026-12-31T00:00:00Z", ""},
	} {
		got, ok := k.NextChange(c.progress, instant(t, c.now), instant(t, c.until))
		text := ""
		if ok {
			text = got.Format(time.RFC3339Nano)
		}
		if diff := cmp.Diff(c.want, text); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

// TestObjectiveNextChangeIsExact compares with looking every second, or in steps over long times.
func TestObjectiveNextChangeIsExact(t *testing.T) {
	t.Parallel()
	type verdict struct {
		health okr.Health
		reason okr.Reason
	}
	r := seeded(t)
	found := 0
	for range 600 * *rounds {
		o := randomObjective(r)
		members := randomMembers(r, 5)
		pace := okr.Pace{Span: o.Span}
		now := randomMoment(r, pace, time.Hour)
		until, step := now.Add(20*time.Minute), int64(1)
		if r.IntN(2) == 0 {
			until = o.Span.End.Add(time.Hour)
		}
		look := func(at time.Time) verdict {
			rolled := o.RollUp(members, at)
			return verdict{rolled.Health, rolled.Reason}
		}
		got, ok := o.NextChange(members, now, until)
		quietUntil := until
		if ok {
			found++
			quietUntil = got.Add(-time.Second)
			if look(got) == look(now) {
				t.Fatalf("%+v %+v from %s: nothing changes at %s", o, members, now, got)
			}
			if before := quietUntil; before.After(now) && look(before) != look(now) {
				t.Fatalf("%+v %+v from %s: changes before %s", o, members, now, got)
			}
		}
		step = max(step, int64(quietUntil.Sub(now)/time.Second)/1200)
		if early, is := firstDifference(now, quietUntil, step, look); is {
			t.Fatalf("%+v %+v from %s: changes at %s, before %s %t", o, members, now, early, got, ok)
		}
	}
	if found < 50 {
		t.Errorf("only %d changes were found", found)
	}
}
