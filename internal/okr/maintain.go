package okr

import "time"

// The reasons of a goal that is to stay in a band.
const (
	// OutsideBand: the number is outside now.
	OutsideBand Reason = "OutsideBand"
	// BudgetSpent: it has been outside for longer than allowed.
	BudgetSpent Reason = "BudgetSpent"
	// SpendingFast: it has been outside for a larger share of what is allowed than of the time has passed.
	SpendingFast Reason = "SpendingFast"
	// PartialHistory: numbers are missing that could decide. The verdict is Unknown.
	PartialHistory Reason = "PartialHistory"
)

// Maintain is what decides the verdict on a number that is to stay in a band until the end.
type Maintain struct {
	Pace Pace
	// Inside says that the number is inside now.
	Inside bool
}

// Percent is the progress at t: the share of the time that has passed, while the number is inside.
func (m Maintain) Percent(t time.Time) float64 {
	if !m.Inside {
		return 0
	}
	return 100 * m.Pace.Elapsed(t)
}

// Verdict judges the number at t.
func (m Maintain) Verdict(t time.Time) Verdict {
	if !m.Inside {
		return Verdict{OffTrack, OutsideBand, m.Pace.ExpectedPercent(t)}
	}
	return Verdict{OnTrack, OnPace, m.Pace.ExpectedPercent(t)}
}

// NextChange is the first whole second after now, and not after until, at which the verdict or the whole percent of
// the progress is another; false if there is none.
func (m Maintain) NextChange(now, until time.Time) (time.Time, bool) {
	return firstChangeOf(m, now, until)
}

// Budget is what decides the verdict on a number that may be outside its band for a share of the whole time.
type Budget struct {
	Pace Pace
	// Allowed is that share, above 0 and up to 1.
	Allowed float64
	// Outside and Missing are the shares of the whole time that the number was outside so far, and that it is not known.
	Outside, Missing float64
	// Inside says that the number is inside now.
	Inside bool
}

// Score is what a share of the time spent outside scores, in percent: 100 up to what is allowed, 0 from twice that on.
func (b Budget) Score(outside float64) float64 {
	return Clamp(round9(100 * (1 - max(0, outside-b.Allowed)/b.Allowed)))
}

// Final is the final progress in percent; false where the missing numbers could decide the score.
func (b Budget) Final() (float64, bool) {
	best, worst := b.Score(b.Outside), b.Score(b.Outside+b.Missing)
	return best, Hundredths(best) == Hundredths(worst)
}

// Percent is the progress at t: the share of the time that has passed, times the score so far.
func (b Budget) Percent(t time.Time) float64 { return b.Pace.Elapsed(t) * b.Score(b.Outside) }

// Verdict judges the number at t, once with the missing ones inside and once with them outside. Where the two are
// equal, or both are AtRisk or worse, the milder one stands; else it is Unknown.
func (b Budget) Verdict(t time.Time) Verdict {
	best, worst := b.verdict(b.Outside, t), b.verdict(b.Outside+b.Missing, t)
	if best.Health == OnTrack && worst.Health != OnTrack {
		return Verdict{Unknown, PartialHistory, best.ExpectedPercent}
	}
	return best
}

// verdict judges the number as if a share of the time had been spent outside.
func (b Budget) verdict(outside float64, t time.Time) Verdict {
	expected := b.Pace.ExpectedPercent(t)
	spent, allowed := round9(100*outside), round9(100*b.Allowed)
	switch {
	case b.Score(outside) < b.Pace.Pass:
		return Verdict{OffTrack, BudgetSpent, expected}
	case spent > allowed:
		return Verdict{AtRisk, BudgetSpent, expected}
	case !b.Inside:
		return Verdict{AtRisk, OutsideBand, expected}
	case spent > round9(100*b.Allowed*b.Pace.Elapsed(t)) && spent > round9(25*b.Allowed):
		return Verdict{AtRisk, SpendingFast, expected}
	default:
		return Verdict{OnTrack, OnPace, expected}
	}
}

// NextChange is Maintain's. As time passes and nothing else happens, progress and what is expected only grow, and a
// verdict only gets better: none comes back that was left.
func (b Budget) NextChange(now, until time.Time) (time.Time, bool) {
	return firstChangeOf(b, now, until)
}

// firstChangeOf is the first change of what never comes back once it has changed.
func firstChangeOf[M interface {
	Percent(time.Time) float64
	Verdict(time.Time) Verdict
}](m M, now, until time.Time) (time.Time, bool) {
	verdict, percent := m.Verdict(now), Whole(m.Percent(now))
	return firstChange(now, until, nil, func(t time.Time) bool { return m.Verdict(t) == verdict && Whole(m.Percent(t)) == percent })
}

// mostPoints is how many points a goal's time is counted on at most, where one of the usual steps admits it.
const mostPoints = 10_000

// Grid is the fixed step on which the time outside a band is counted: a point at the start, and one every step from
// there on before the end. Each stands for the step that follows it.
type Grid struct {
	// Start is the instant of the first point.
	Start time.Time
	// Step is the distance between two, in whole seconds.
	Step time.Duration
	// Points is how many there are.
	Points int
}

// GridOf is the grid of a span: the smallest step of 1m, 5m, 15m, 1h and 6h with at most 10,000 points, or else the
// smallest multiple of 6h.
func GridOf(span Span) Grid {
	whole := span.End.Unix() - span.Start.Unix()
	points := func(step time.Duration) int64 {
		seconds := int64(step / time.Second)
		return (whole + seconds - 1) / seconds
	}
	for _, step := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour} {
		if n := points(step); n <= mostPoints {
			return Grid{span.Start, step, int(n)}
		}
	}
	step := 6 * time.Hour
	step *= time.Duration(max(1, (points(step)+mostPoints-1)/mostPoints))
	return Grid{span.Start, step, int(points(step))}
}

// At is the instant of a point.
func (g Grid) At(point int) time.Time {
	return time.Unix(g.Start.Unix()+int64(point)*int64(g.Step/time.Second), 0).UTC()
}

// Index is the point of an instant; false if there is none.
func (g Grid) Index(t time.Time) (int, bool) {
	since, step := t.Unix()-g.Start.Unix(), int64(g.Step/time.Second)
	if since < 0 || since%step != 0 || since/step >= int64(g.Points) {
		return 0, false
	}
	return int(since / step), true
}

// Day is how many points a day of 24 hours has, at least 1.
func (g Grid) Day() int { return max(1, int(24*time.Hour/g.Step)) }

// Share is what a number of points is of the whole time.
func (g Grid) Share(points int) float64 { return float64(points) / float64(g.Points) }

// Count is how many points, from the first one on, were counted, and what came of it.
type Count struct {
	// Points were counted. Of these, Outside had a number outside the band, and Missing had none.
	Points, Outside, Missing int
}

// Add counts the points that follow: values are theirs, in order, NaN where there is none.
func (c Count) Add(band Band, values []float64) Count {
	for _, v := range values {
		switch {
		case !finite(v):
			c.Missing++
		case !band.Contains(v):
			c.Outside++
		}
	}
	c.Points += len(values)
	return c
}
