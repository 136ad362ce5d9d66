package okr

import (
	"math"
	"slices"
	"sort"
	"time"
)

// Health is the verdict on a goal. The texts are those of the API.
type Health string

// The verdicts on goals.
const (
	Pending   Health = "Pending"
	OnTrack   Health = "OnTrack"
	AtRisk    Health = "AtRisk"
	OffTrack  Health = "OffTrack"
	Achieved  Health = "Achieved"
	Missed    Health = "Missed"
	Cancelled Health = "Cancelled"
	Unknown   Health = "Unknown"
)

// rank orders the verdicts of a running goal from good to bad.
func (h Health) rank() int {
	switch h {
	case OffTrack, Missed:
		return 2
	case AtRisk:
		return 1
	default:
		return 0
	}
}

func worse(a, b Health) Health {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Reason says why a verdict is what it is. The texts are those of the API.
type Reason string

// The reasons of a running goal's verdict.
const (
	OnPace        Reason = "OnPace"
	TargetReached Reason = "TargetReached"
	Behind        Reason = "Behind"
	Regressing    Reason = "Regressing"
	MembersBehind Reason = "MembersBehind"
	// LowConfidence: the pace is kept, and those who do the work do not believe in it.
	LowConfidence Reason = "LowConfidence"
	// GuardNotMet: progress is held back by a guard that has not reached its bound.
	GuardNotMet Reason = "GuardNotMet"
	// NotANumber: a percentage, tolerance or weight is NaN or infinite. The verdict is Unknown.
	NotANumber Reason = "NotANumber"
)

// Gaps are how many points behind pace a goal may be: up to AtRisk it is on track, up to OffTrack at risk.
// AtRisk is not above OffTrack.
type Gaps struct{ AtRisk, OffTrack float64 }

// at is what is left of the gaps at t: both shrink linearly to 0 over the last quarter of the span, but never
// below least. What members on track have been granted already is added to what is left, as long as that is not more
// than before it began to shrink; and all of it is tolerated in any case. They are NaN if a gap is not finite.
func (g Gaps) at(span Span, t time.Time, least, granted float64) Gaps {
	if !finite(g.AtRisk + g.OffTrack) {
		return Gaps{math.NaN(), math.NaN()}
	}
	share := span.tolerated(t)
	left := func(gap float64) float64 { return round9(max(least, granted, min(gap, gap*share+granted))) }
	return Gaps{left(g.AtRisk), left(g.OffTrack)}
}

// verdict compares how far behind a goal is with what is tolerated.
func (g Gaps) verdict(behind float64) Health {
	switch behind = round9(behind); {
	case !finite(behind - g.AtRisk - g.OffTrack):
		return Unknown
	case behind <= g.AtRisk:
		return OnTrack
	case behind <= g.OffTrack:
		return AtRisk
	default:
		return OffTrack
	}
}

// KeyResult is what decides the verdict of a running key result.
type KeyResult struct {
	Pace Pace
	Gaps Gaps
	// Interval is the time between two values. No goal is behind for what is expected to rise in one interval.
	Interval time.Duration
}

// Verdict is how a running key result stands at t.
type Verdict struct {
	Health Health
	Reason Reason
	// ExpectedPercent is where progress should be, in whole percent, rounded down.
	ExpectedPercent int64
}

// Verdict judges progress of p percent (not clamped) at t. Of a p that is not Known it says Unknown.
func (k KeyResult) Verdict(p float64, t time.Time) Verdict {
	line := k.Pace.line(t)
	expected := Whole(line)
	p = round9(p)
	if !finite(p) || !finite(line) {
		return Verdict{Unknown, NotANumber, expected}
	}
	if p >= 100 {
		return Verdict{OnTrack, TargetReached, expected}
	}
	health := k.gaps(line, t).verdict(float64(expected) - p)
	switch {
	case health == Unknown:
		return Verdict{Unknown, NotANumber, expected}
	case p < -k.Gaps.AtRisk: // the tolerance before it shrinks, and never green
		return Verdict{worse(health, AtRisk), Regressing, expected}
	case health == OnTrack:
		return Verdict{OnTrack, OnPace, expected}
	default:
		return Verdict{health, Behind, expected}
	}
}

// gaps are the tolerances at t, where line is expected.
func (k KeyResult) gaps(line float64, t time.Time) Gaps {
	return k.Gaps.at(k.Pace.Span, t, line-k.Pace.line(t.Add(-k.Interval)), 0)
}

// rise is what was expected to be gained in the interval before t.
func (k KeyResult) rise(t time.Time) float64 {
	return k.Pace.line(t) - k.Pace.line(t.Add(-k.Interval))
}

// Thresholds are the progress percentages at which the verdict changes at t.
func (k KeyResult) Thresholds(t time.Time) []float64 {
	line := k.Pace.line(t)
	expected, gaps := float64(Whole(line)), k.gaps(line, t)
	return []float64{expected - gaps.AtRisk, expected - gaps.OffTrack, -k.Gaps.AtRisk, 100}
}

// NextChange is the first whole second after now, and not after until, at which Verdict(p, ·) is another; false
// if there is none.
//
// Expected never falls, so that once its percent differs it differs for good; and while it is the same, the
// verdict turns only once as long as a tolerance only shrinks or only grows.
func (k KeyResult) NextChange(p float64, now, until time.Time) (time.Time, bool) {
	present := k.Verdict(p, now)
	return firstChange(now, until, k.turns(now, until), func(t time.Time) bool { return k.Verdict(p, t) == present })
}

// turns are the instants at which a tolerance may turn from shrinking to growing or back: the bends of the line,
// now and one interval ago; where tolerances begin to shrink; and where one meets the rise of an interval.
func (k KeyResult) turns(now, until time.Time) []time.Time {
	var turns []time.Time
	add := func(t time.Time) {
		if t.After(now) && t.Before(until) {
			turns = append(turns, t)
		}
	}
	bend := func(t time.Time) { add(t); add(t.Add(k.Interval)) }
	bend(k.Pace.Start)
	bend(k.Pace.End)
	for _, c := range k.Pace.Checkpoints {
		bend(c.At)
	}
	add(k.Pace.lastQuarter())
	slices.SortFunc(turns, time.Time.Compare)
	if k.Pace.Stepped { // between two bends what is expected is level, and tolerances only shrink
		return turns
	}
	bends, from := turns, now
	for i := 0; i <= len(bends); i++ {
		to := until
		if i < len(bends) {
			to = bends[i]
		}
		turns = k.crossings(turns, from, to)
		from = to
	}
	return turns
}

// crossings appends the instants between a and b at which a shrinking gap meets the rise of one interval: there
// both are straight lines.
func (k KeyResult) crossings(turns []time.Time, a, b time.Time) []time.Time {
	span, riseA, riseB := Span{a, b}, k.rise(a), k.rise(b)
	shareA, shareB := k.Pace.tolerated(a), k.Pace.tolerated(b)
	for _, gap := range [...]float64{k.Gaps.AtRisk, k.Gaps.OffTrack} {
		if overA, overB := gap*shareA-riseA, gap*shareB-riseB; overA*overB < 0 {
			turns = append(turns, span.at(overA/(overA-overB)))
		}
	}
	return turns
}

// firstChange finds the first whole second in (now, until] at which same is false. Between two turns same may
// change only once, for good. The seconds around every turn stand alone, so that rounding moves no change past one.
func firstChange(now, until time.Time, turns []time.Time, same func(time.Time) bool) (time.Time, bool) {
	first, last := now.Unix()+1, until.Unix()
	ends := make([]int64, 0, 4*len(turns)+1) // the last seconds of the stretches in between
	for _, turn := range turns {
		for near := turn.Unix() - 2; near <= turn.Unix()+1; near++ {
			if near >= first && near < last {
				ends = append(ends, near)
			}
		}
	}
	slices.Sort(ends)
	for _, high := range append(ends, last) {
		if low := first; high >= low && !same(time.Unix(high, 0)) {
			steps := sort.Search(int(high-low), func(i int) bool { return !same(time.Unix(low+int64(i), 0)) })
			return time.Unix(low+int64(steps), 0).UTC(), true
		}
		first = high + 1
	}
	return time.Time{}, false
}
