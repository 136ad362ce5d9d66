package evaluate

import (
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

// growing is progress that moves with time alone: as much as is expected by then.
type growing struct{ okr.KeyResult }

func (g growing) Percent(t time.Time) float64     { return 100 * g.Pace.Elapsed(t) }
func (g growing) Verdict(t time.Time) okr.Verdict { return g.KeyResult.Verdict(g.Percent(t), t) }
func (g growing) NextChange(now, until time.Time) (time.Time, bool) {
	for t := now.Add(time.Second); !t.After(until); t = t.Add(time.Second) {
		if g.Verdict(t) != g.Verdict(now) || okr.Whole(g.Percent(t)) != okr.Whole(g.Percent(now)) {
			return t, true
		}
	}
	return time.Time{}, false
}

// TestGuardOfProgressThatMovesWithTime looks every second for what the next change announces: a guard begins to hold
// back what goes on without a new value.
func TestGuardOfProgressThatMovesWithTime(t *testing.T) {
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	type seen struct {
		okr.Verdict
		percent int64
	}
	reasons := map[okr.Reason]bool{}
	for _, limit := range []float64{0, 12.345, 37, 60.5, 99.9} {
		course := okr.KeyResult{Pace: okr.Pace{Span: okr.Span{Start: start, End: start.Add(6 * time.Hour)}, Pass: 100}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
		held := limited{growing{course}, steady{course, limit}}
		look := func(at time.Time) seen { return seen{held.Verdict(at), okr.Whole(held.Percent(at))} }
		for now := start; now.Before(course.Pace.End); {
			next, found := held.NextChange(now, now.Add(time.Hour))
			if !found {
				next = now.Add(time.Hour)
			}
			for at := now; at.Before(next); at = at.Add(time.Second) {
				if look(at) != look(now) {
					t.Fatalf("limited to %v: from %s, %+v changes to %+v at %s, before %s", limit, now, look(now), look(at), at, next)
				}
			}
			reasons[held.Verdict(now).Reason] = true
			now = next
		}
	}
	for _, want := range []okr.Reason{okr.OnPace, okr.GuardNotMet} {
		if !reasons[want] {
			t.Errorf("no verdict was %s", want)
		}
	}
}
