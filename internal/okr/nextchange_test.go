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
	for range 1500 {
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
	if found < 200 {
		t.Errorf("only %d changes were found", found)
	}
}

// TestNextChangeFarAhead looks to the end of the span, in steps, and by the second around what is announced.
func TestNextChangeFarAhead(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	for range 1500 {
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
	for range 3000 {
		o := okr.Objective{Span: randomSpan(r), Gaps: randomGaps(r)}
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
	if found < 200 {
		t.Errorf("only %d changes were found", found)
	}
}
