package okr_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

// steps are milestones of a hundred days, each a weight, the last day to do it, and the day on which it was done.
func steps(t testing.TB, all ...[3]string) okr.Milestones {
	t.Helper()
	weights := map[string]float64{"1": 1, "2": 2, "3": 3}
	result := make(okr.Milestones, 0, len(all))
	for _, step := range all {
		m := okr.Milestone{Weight: weights[step[0]], Due: day(t, step[1]).End(time.UTC)}
		if step[2] != "" {
			m.Done = day(t, step[2]).Start(time.UTC)
		}
		result = append(result, m)
	}
	return result
}

func TestMilestones(t *testing.T) {
	s := span(t, hundredStart, hundredLast)
	last := s.End.AddDate(0, 0, -1).Format(time.DateOnly)
	for _, c := range []struct {
		reason   string
		steps    okr.Milestones
		at       string
		done     float64
		expected int64
	}{
		{"published: weights of 2, 1, 1 with the first done", steps(t, [3]string{"2", last, "2026-01-10"}, [3]string{"1", last, ""}, [3]string{"1", last, ""}),
			"2026-02-01T00:00:00Z", 50, 0},
		{"nothing is expected of what is due at the end", steps(t, [3]string{"1", last, ""}), "2026-04-10T23:59:59Z", 0, 0},
		{"at the end all is", steps(t, [3]string{"1", last, ""}), "2026-04-11T00:00:00Z", 0, 100},
		{"due on a day: not before its end", steps(t, [3]string{"1", "2026-02-01", ""}, [3]string{"3", last, ""}), "2026-02-01T23:59:59Z", 0, 0},
		{"the weight that is due", steps(t, [3]string{"1", "2026-02-01", ""}, [3]string{"3", last, ""}), "2026-02-02T00:00:00Z", 0, 25},
		{"two that are due on one day, and written in another order",
			steps(t, [3]string{"2", "2026-03-01", ""}, [3]string{"1", "2026-02-01", ""}, [3]string{"1", "2026-02-01", ""}), "2026-02-02T00:00:00Z", 0, 50},
		{"done from the start of its day", steps(t, [3]string{"1", last, "2026-02-01"}, [3]string{"1", last, ""}), "2026-02-01T00:00:00Z", 50, 0},
		{"not before it", steps(t, [3]string{"1", last, "2026-02-01"}, [3]string{"1", last, ""}), "2026-01-31T23:59:59Z", 0, 0},
		{"done before the start is done", steps(t, [3]string{"1", last, "2025-12-01"}), "2026-01-01T00:00:00Z", 100, 0},
		{"a third is 33.3 of 33 expected", steps(t, [3]string{"1", "2026-02-01", "2026-02-01"}, [3]string{"1", last, ""}, [3]string{"1", last, ""}),
			"2026-02-02T00:00:00Z", 33.333333333, 33},
	} {
		moment := instant(t, c.at)
		if diff := cmp.Diff(c.done, c.steps.Percent(moment)); diff != "" {
			t.Errorf("%s: done: %s", c.reason, diff)
		}
		if diff := cmp.Diff(c.expected, c.steps.Pace(s, 100).ExpectedPercent(moment)); diff != "" {
			t.Errorf("%s: expected: %s", c.reason, diff)
		}
	}
	aspirational := steps(t, [3]string{"1", "2026-02-01", ""}, [3]string{"1", last, ""}).Pace(s, 70)
	if got := aspirational.ExpectedPercent(instant(t, "2026-02-02T00:00:00Z")); got != 35 {
		t.Errorf("half of the weight of a stretch: %d expected, want 35", got)
	}
	if okr.Known(okr.Milestones{}.Percent(s.Start)) {
		t.Error("no steps have a percentage")
	}
}

func TestMilestonesNext(t *testing.T) {
	all := steps(t, [3]string{"1", "2026-02-01", "2026-02-03"}, [3]string{"1", "2026-02-01", ""}, [3]string{"1", "2026-02-20", "2026-01-20"})
	for _, c := range []struct{ reason, after, want string }{
		{"done early", "2026-01-01T00:00:00Z", "2026-01-20T00:00:00Z"},
		{"due at the end of its day", "2026-01-20T00:00:00Z", "2026-02-02T00:00:00Z"},
		{"done late", "2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z"},
		{"due although done", "2026-02-03T00:00:00Z", "2026-02-21T00:00:00Z"},
		{"nothing more", "2026-02-21T00:00:00Z", "0001-01-01T00:00:00Z"},
	} {
		if got := all.Next(instant(t, c.after)); !got.Equal(instant(t, c.want)) {
			t.Errorf("%s: %s, want %s", c.reason, got, c.want)
		}
	}
}

// TestMilestonesDeliveredWhenDueAreNeverRed delivers every step by its due day, at the latest, and judges all around
// the due dates, whatever is tolerated.
func TestMilestonesDeliveredWhenDueAreNeverRed(t *testing.T) {
	r := seeded(t)
	for range 300 * *rounds {
		s := span(t, hundredStart, hundredLast)
		all := make(okr.Milestones, 1+r.IntN(32))
		for i := range all {
			due := s.Start.AddDate(0, 0, 1+r.IntN(100))
			all[i] = okr.Milestone{Weight: float64(1 + r.IntN(1000)), Due: due, Done: due.AddDate(0, 0, -1-r.IntN(3))}
		}
		k := okr.KeyResult{Pace: all.Pace(s, pass(r)), Gaps: randomGaps(r), Interval: time.Duration(r.IntN(8)) * 24 * time.Hour}
		for _, step := range all {
			for _, moment := range []time.Time{step.Due.Add(-time.Second), step.Due, step.Due.Add(time.Second), step.Done} {
				if got := k.Verdict(all.Percent(moment), moment); moment.Before(s.End) && got.Health != okr.OnTrack {
					t.Fatalf("%+v at %s: %+v", all, moment, got)
				}
			}
		}
		if got := okr.Hundredths(all.Percent(s.End.Add(-time.Second))); got != 100 {
			t.Fatalf("%+v ends at %d", all, got)
		}
	}
}

func pass(r *rand.Rand) float64 { return []float64{100, 70}[r.IntN(2)] }

func TestGuardLimit(t *testing.T) {
	for _, c := range []struct {
		reason         string
		value, atLeast float64
		limit          float64
		met            bool
	}{
		{"87 of 100", 87, 100, 87, false},
		{"half of it", 50, 100, 50, false},
		{"met is met", 100, 100, 100, true},
		{"beyond it", 250, 100, 100, true},
		{"a guard below 0 takes all, and not more", -20, 100, 0, false},
		{"nothing", 0, 100, 0, false},
		{"a bound that is a fraction", 0.25, 0.5, 50, false},
		{"whatever is missing, it is not met", 99.9999999999, 100, 100 - 1e-9, false},
	} {
		limit, met := okr.GuardLimit(c.value, c.atLeast)
		if limit != c.limit || met != c.met {
			t.Errorf("%s: %v %t, want %v %t", c.reason, limit, met, c.limit, c.met)
		}
		if !met && okr.Whole(limit) > 99 {
			t.Errorf("%s: a guard that is not met lets %d percent count", c.reason, okr.Whole(limit))
		}
	}
	for _, x := range notFinite {
		if limit, met := okr.GuardLimit(x, 100); met || okr.Known(limit) {
			t.Errorf("a guard of %v lets %v count", x, limit)
		}
	}
}
