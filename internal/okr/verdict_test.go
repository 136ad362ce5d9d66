package okr_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

// The time of the tables: 100 days, so that a day is a point.
const (
	hundredStart = "2026-01-01"
	hundredLast  = "2026-04-10"
)

func TestVerdict(t *testing.T) {
	committed := okr.KeyResult{
		Pace: okr.Pace{Span: span(t, hundredStart, hundredLast), Pass: 100},
		Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25},
	}
	monthly := committed
	monthly.Interval = 30 * 24 * time.Hour
	noGaps := committed
	noGaps.Gaps = okr.Gaps{}
	noGapsMonthly := noGaps
	noGapsMonthly.Interval = monthly.Interval
	start := committed.Pace.Start
	for _, c := range []struct {
		reason   string
		kr       okr.KeyResult
		progress float64
		day      float64
		want     okr.Verdict
	}{
		{"the gap is inclusive", committed, 40, 50, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 50}},
		{"a hair more is at risk", committed, 39.999999999, 50, okr.Verdict{Health: okr.AtRisk, Reason: okr.Behind, ExpectedPercent: 50}},
		{"less than 1e-9 more is nothing", committed, 39.9999999996, 50, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 50}},
		{"the second gap is inclusive", committed, 25, 50, okr.Verdict{Health: okr.AtRisk, Reason: okr.Behind, ExpectedPercent: 50}},
		{"more is off track", committed, 24, 50, okr.Verdict{Health: okr.OffTrack, Reason: okr.Behind, ExpectedPercent: 50}},
		{"expected is rounded down before it is compared", committed, 40, 50.9, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 50}},
		{"whole tolerance where the last quarter begins", committed, 65, 75, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 75}},
		{"half of it in its middle", committed, 82, 87.5, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 87}},
		{"and not more", committed, 81.9, 87.5, okr.Verdict{Health: okr.AtRisk, Reason: okr.Behind, ExpectedPercent: 87}},
		{"the second shrinks alike", committed, 74.4, 87.5, okr.Verdict{Health: okr.OffTrack, Reason: okr.Behind, ExpectedPercent: 87}},
		{"90.5 in the last hour", committed, 90.5, 99.99, okr.Verdict{Health: okr.OffTrack, Reason: okr.Behind, ExpectedPercent: 99}},
		{"no gaps: on the line", noGaps, 50, 50, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 50}},
		{"no gaps: below it", noGaps, 49, 50, okr.Verdict{Health: okr.OffTrack, Reason: okr.Behind, ExpectedPercent: 50}},
		{"nobody is behind for one interval", monthly, 20, 50, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 50}},
		{"but for more", monthly, 19, 50, okr.Verdict{Health: okr.OffTrack, Reason: okr.Behind, ExpectedPercent: 50}},
		{"an interval that reaches back before the start", monthly, 0, 20, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 20}},
		{"at the end the interval is what is tolerated", monthly, 70, 99.999, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 99}},
		{"the wrong way", committed, -10.1, 0, okr.Verdict{Health: okr.AtRisk, Reason: okr.Regressing, ExpectedPercent: 0}},
		{"the wrong way by the tolerance", committed, -10, 0, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 0}},
		{"the wrong way, and far behind", committed, -80, 7, okr.Verdict{Health: okr.OffTrack, Reason: okr.Regressing, ExpectedPercent: 7}},
		{"the wrong way is never green, however long the interval", noGapsMonthly, -0.5, 5.9, okr.Verdict{Health: okr.AtRisk, Reason: okr.Regressing, ExpectedPercent: 5}},
		{"arrived", committed, 100, 10, okr.Verdict{Health: okr.OnTrack, Reason: okr.TargetReached, ExpectedPercent: 10}},
		{"arrived but for 1e-10", committed, 99.9999999999, 99.99, okr.Verdict{Health: okr.OnTrack, Reason: okr.TargetReached, ExpectedPercent: 99}},
		{"99.6 is not arrived", committed, 99.6, 10, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 10}},
		{"beyond", committed, 137, 10, okr.Verdict{Health: okr.OnTrack, Reason: okr.TargetReached, ExpectedPercent: 10}},
	} {
		moment := start.Add(time.Duration(c.day * float64(24*time.Hour)))
		if diff := cmp.Diff(c.want, c.kr.Verdict(c.progress, moment)); diff != "" {
			t.Errorf("%s: %v%% on day %v: %s", c.reason, c.progress, c.day, diff)
		}
	}
}

// TestVerdictOfNothing gives what is no number, everywhere: neither green nor red comes of it.
func TestVerdictOfNothing(t *testing.T) {
	s := span(t, hundredStart, hundredLast)
	good := okr.KeyResult{Pace: okr.Pace{Span: s, Pass: 100}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	for _, x := range notFinite {
		pass, atRisk, offTrack, checkpoint := good, good, good, good
		pass.Pace.Pass, atRisk.Gaps.AtRisk, offTrack.Gaps.OffTrack = x, x, x
		checkpoint.Pace.Checkpoints = []okr.Checkpoint{{At: s.Start.Add(60 * 24 * time.Hour), Percent: x}}
		for _, c := range []struct {
			reason string
			kr     okr.KeyResult
			p      float64
		}{
			{"progress", good, x}, {"pass", pass, 90}, {"atRisk", atRisk, 20}, {"offTrack", offTrack, 20}, {"checkpoint", checkpoint, 90},
		} {
			for d := 1; d < 59; d += 3 {
				moment := s.Start.Add(time.Duration(d) * 24 * time.Hour)
				if got := c.kr.Verdict(c.p, moment); got.Health != okr.Unknown || got.Reason != okr.NotANumber {
					t.Errorf("%s is %v: %+v on day %d", c.reason, x, got, d)
				}
			}
		}
	}
}

func TestVerdictAgainstRationals(t *testing.T) {
	r := seeded(t)
	counts := map[okr.Health]int{}
	for range 3000 * *rounds {
		k := randomKeyResult(r)
		moment := randomMoment(r, k.Pace, 24*time.Hour)
		p := randomProgress(r, k, moment)
		want := exactVerdict(k, p, moment)
		counts[want.Health]++
		if got := k.Verdict(p, moment); got != want {
			// Both sides are rounded to 1e-9: what lies on the edge of a rounding may fall either way.
			if near := exactVerdict(k, p+1e-9, moment); got != near {
				if near = exactVerdict(k, p-1e-9, moment); got != near {
					t.Fatalf("%+v, %v%% at %s: %+v, want %+v", k, p, moment, got, want)
				}
			}
		}
		worse := k.Verdict(p-r.Float64()*20, moment)
		if rank(worse.Health) < rank(k.Verdict(p, moment).Health) {
			t.Fatalf("%+v: less than %v%% is better at %s", k, p, moment)
		}
	}
	for _, h := range healths {
		if counts[h] < 200 {
			t.Errorf("only %d of the random verdicts were %s", counts[h], h)
		}
	}
}

// rank orders verdicts by how good the news are.
func rank(h okr.Health) int {
	switch h {
	case okr.OffTrack:
		return 3
	case okr.AtRisk:
		return 2
	case okr.Unknown:
		return 1
	default:
		return 0
	}
}

// TestThresholds crosses every threshold, and nothing between them.
func TestThresholds(t *testing.T) {
	r := seeded(t)
	for range 2000 * *rounds {
		k := randomKeyResult(r)
		moment := randomMoment(r, k.Pace, time.Hour)
		thresholds := k.Thresholds(moment)
		low, high := r.Float64()*200-60, r.Float64()*200-60
		low, high = min(low, high), max(low, high)
		between := false
		for _, x := range thresholds {
			between = between || (x > low-1e-8 && x < high+1e-8)
		}
		if !between && k.Verdict(low, moment) != k.Verdict(high, moment) {
			t.Fatalf("%+v at %s: %v%% and %v%% differ, thresholds %v", k, moment, low, high, thresholds)
		}
	}
}

// TestStraightLineIsNeverRed measures goals that do exactly what is expected, once an interval, and judges the
// last value all the time until the next.
func TestStraightLineIsNeverRed(t *testing.T) {
	r := seeded(t)
	for range 500 * *rounds {
		k := randomKeyResult(r)
		if k.Interval < 30*time.Second {
			k.Interval = 5 * time.Minute
		}
		b, target := decimal(r), decimal(r)
		if b == target {
			continue
		}
		length := k.Pace.End.Sub(k.Pace.Start)
		for range 40 {
			measured := k.Pace.Start.Add(time.Duration(r.Float64() * float64(length))).Truncate(time.Second)
			if r.IntN(2) == 0 { // near the end, where nothing is tolerated
				measured = k.Pace.End.Add(-time.Duration(r.Float64() * float64(min(length, 3*k.Interval)))).Truncate(time.Second)
			}
			p := okr.Percent(b, target, b+(target-b)*k.Pace.Expected(measured)/100)
			judged := measured.Add(time.Duration(r.Int64N(int64(k.Interval))))
			if got := k.Verdict(p, judged); judged.Before(k.Pace.End) && got.Health != okr.OnTrack {
				t.Fatalf("%+v: %v%% of %s is %+v at %s", k, p, measured, got, judged)
			}
		}
		final := okr.Percent(b, target, b+(target-b)*k.Pace.Expected(k.Pace.End)/100)
		if got := (okr.Ambition{Pass: k.Pace.Pass}).Verdict(okr.Hundredths(final)); got != okr.Achieved {
			t.Fatalf("a straight line to %v ends as %s at %v", k.Pace.Pass, got, final)
		}
	}
}
