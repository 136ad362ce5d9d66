package okr_test

import (
	"math"
	"math/big"
	"time"

	"okr.dev/controller/internal/okr"
)

// The oracles of this file compute in exact rationals what DESIGN section 2 says, the slow and plain way.

// rat is the rational that a float64 stands for: the shortest decimal of it.
func rat(x float64) *big.Rat {
	r, ok := new(big.Rat).SetString(big.NewFloat(x).Text('g', -1))
	if !ok {
		panic("not a number")
	}
	return r
}

func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func quo(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }

func whole(n int64) *big.Rat { return big.NewRat(n, 1) }

func larger(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

// rounded is x to 1e-9, halves away from zero.
func rounded(x *big.Rat) *big.Rat {
	r, _ := new(big.Rat).SetString(x.FloatString(9))
	return r
}

// floor is the whole number at or below x, once x is rounded.
func floor(x *big.Rat) *big.Rat {
	x = rounded(x)
	n := new(big.Int).Div(x.Num(), x.Denom()) // Euclidean: down, as the denominator is positive
	return new(big.Rat).SetInt(n)
}

// passed is the elapsed share of the time between a and b.
func passed(a, b, t time.Time) *big.Rat {
	if !t.After(a) {
		return whole(0)
	}
	if !t.Before(b) {
		return whole(1)
	}
	return quo(whole(t.UnixNano()-a.UnixNano()), whole(b.UnixNano()-a.UnixNano()))
}

// exactExpected is pass × curve(s).
func exactExpected(p okr.Pace, t time.Time) *big.Rat {
	points := append([]okr.Checkpoint{{At: p.Start}}, p.Checkpoints...)
	points = append(points, okr.Checkpoint{At: p.End, Percent: 100})
	sum := new(big.Rat) // what every stretch has contributed by t
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if p.Stepped {
			a.At = b.At.Add(-time.Nanosecond)
		}
		sum = add(sum, mul(sub(rat(b.Percent), rat(a.Percent)), passed(a.At, b.At, t)))
	}
	return quo(mul(sum, rat(p.Pass)), whole(100))
}

// exactTolerance is what is left of a gap at t.
func exactTolerance(gap float64, span okr.Span, t time.Time, least *big.Rat) *big.Rat {
	left := mul(whole(4), sub(whole(1), passed(span.Start, span.End, t)))
	if left.Cmp(whole(1)) > 0 {
		left = whole(1)
	}
	return larger(mul(rat(gap), left), least)
}

// level is 0 on track, 1 at risk, 2 off track.
func level(behind, atRisk, offTrack *big.Rat) int {
	behind = rounded(behind)
	switch {
	case behind.Cmp(rounded(atRisk)) <= 0:
		return 0
	case behind.Cmp(rounded(offTrack)) <= 0:
		return 1
	default:
		return 2
	}
}

var healths = []okr.Health{okr.OnTrack, okr.AtRisk, okr.OffTrack}

// exactVerdict is the verdict of a running key result.
func exactVerdict(k okr.KeyResult, p float64, t time.Time) okr.Verdict {
	line := exactExpected(k.Pace, t)
	expected := floor(line)
	result := okr.Verdict{ExpectedPercent: expected.Num().Int64()}
	progress := rounded(rat(p))
	rise := sub(line, exactExpected(k.Pace, t.Add(-k.Interval)))
	found := level(sub(expected, progress),
		exactTolerance(k.Gaps.AtRisk, k.Pace.Span, t, rise), exactTolerance(k.Gaps.OffTrack, k.Pace.Span, t, rise))
	result.Health, result.Reason = healths[found], okr.Behind
	if found == 0 {
		result.Reason = okr.OnPace
	}
	if progress.Cmp(rat(-k.Gaps.AtRisk)) < 0 {
		result.Health, result.Reason = healths[max(found, 1)], okr.Regressing
	}
	if progress.Cmp(whole(100)) >= 0 {
		result.Health, result.Reason = okr.OnTrack, okr.TargetReached
	}
	return result
}

// exactHealth is the health of a running objective. Unknown members are given every combination of a few fates,
// not only the worst and the best.
func exactHealth(o okr.Objective, members []okr.Member, t time.Time) okr.Health {
	var begun, counted int
	for i, m := range members {
		if m.Weight <= 0 {
			continue
		}
		counted++
		if m.Health != okr.Pending {
			begun++
		}
		if m.Health == okr.Unknown || (m.Progress == nil && m.Health != okr.Pending) {
			return exactFates(o, members, i, t)
		}
	}
	if counted == 0 {
		return okr.Unknown
	}
	if begun == 0 {
		return okr.Pending
	}
	return healths[exactLevel(o, members, t)]
}

// exactFates decides the fate of the member i every way.
func exactFates(o okr.Objective, members []okr.Member, i int, t time.Time) okr.Health {
	best, worst := math.MaxInt, 0
	for _, fate := range []struct {
		health   okr.Health
		progress float64
	}{{okr.OffTrack, 0}, {okr.AtRisk, 50}, {okr.OnTrack, 50}, {okr.OnTrack, 100}} {
		decided := append([]okr.Member(nil), members...)
		decided[i].Health, decided[i].Progress = fate.health, &fate.progress
		found := 0
		switch exactHealth(o, decided, t) {
		case okr.Unknown: // the others differ already, one of them on track
			return okr.Unknown
		case okr.AtRisk:
			found = 1
		case okr.OffTrack:
			found = 2
		}
		best, worst = min(best, found), max(worst, found)
	}
	if best == 0 && worst > 0 {
		return okr.Unknown
	}
	return healths[best]
}

// exactLevel judges members of which every one is known.
func exactLevel(o okr.Objective, members []okr.Member, t time.Time) int {
	weight, off, doubted, behind, granted := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
	well := false
	for _, m := range members {
		if m.Weight <= 0 {
			continue
		}
		weight = add(weight, rat(m.Weight))
		well = well || m.Health == okr.OnTrack || m.Health == okr.Achieved || m.Health == okr.Pending
		if m.Health == okr.OffTrack || m.Health == okr.Missed {
			off = add(off, rat(m.Weight))
		}
		if m.Doubted {
			doubted = add(doubted, rat(m.Weight))
		}
		if m.Health == okr.Pending {
			continue
		}
		gap := mul(rat(m.Weight), sub(rat(m.Expected), rat(*m.Progress)))
		behind = add(behind, gap)
		if m.Health == okr.OnTrack || m.Health == okr.Achieved || m.Doubted {
			granted = add(granted, larger(gap, whole(0)))
		}
	}
	if o.Plan.Until.IsZero() { // key results
		o.Plan.Open = 0
	}
	covered := sub(whole(1), rat(o.Plan.Open))
	behind, granted = mul(covered, quo(behind, weight)), mul(covered, quo(granted, weight))
	atRisk := exactGranted(o.Gaps.AtRisk, o.Span, t, granted)
	offTrack := exactGranted(o.Gaps.OffTrack, o.Span, t, granted)
	found := level(behind, atRisk, offTrack)
	if !well || off.Sign() > 0 || mul(doubted, whole(2)).Cmp(weight) >= 0 {
		found = max(found, 1)
	}
	if mul(off, whole(2)).Cmp(weight) >= 0 && level(behind, atRisk, atRisk) > 0 {
		found = 2
	}
	if !o.Plan.Until.IsZero() && !t.Before(o.Plan.Until) {
		found = max(found, 1)
	}
	return found
}

// exactGranted is what is left of an objective's gap at t: what members on track are behind is added to what has
// shrunk of it, and tolerated in any case.
func exactGranted(gap float64, span okr.Span, t time.Time, granted *big.Rat) *big.Rat {
	left := add(exactTolerance(gap, span, t, whole(0)), granted)
	if left.Cmp(rat(gap)) > 0 {
		left = rat(gap)
	}
	return larger(larger(left, granted), whole(1))
}
