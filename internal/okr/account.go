package okr

import "time"

// Tolerances is how far behind a goal may be at t, and why.
type Tolerances struct {
	// Gaps are those in force: up to AtRisk it is on track, up to OffTrack at risk.
	Gaps
	// Share is what is left of the written gaps: 1 until three quarters of the time have passed, then less, and 0 at the end.
	Share float64
	// Least is what both never shrink below, in points: what is expected to rise in one interval, or a point of an
	// objective.
	Least float64
	// Granted is, of an objective, what its members on track have been granted already, in points.
	Granted float64
	// ShrinkFrom is when they begin to shrink.
	ShrinkFrom time.Time
}

// Tolerances are those by which Verdict judges at t.
func (k KeyResult) Tolerances(t time.Time) Tolerances {
	return Tolerances{
		Gaps: k.gaps(k.Pace.line(t), t), Share: k.Pace.tolerated(t), Least: round9(k.rise(t)), ShrinkFrom: k.Pace.lastQuarter(),
	}
}

// Account is how the verdict on a running objective comes about: with its unknown members at their worst, and at their
// best. Without unknown members the two are equal.
type Account struct {
	Worst, Best Case
}

// Case is the verdict on members of which none is unknown.
type Case struct {
	Health Health
	Reason Reason
	// Behind is how far behind they are, their means compared, in points.
	Behind float64
	// Off is the share of all weight that is off track or missed, and Doubted that of the members in doubt, in percent.
	Off, Doubted float64
	Tolerances   Tolerances
}

// Account is how RollUp comes to its verdict at t; its cases say nothing where no member counts.
func (o Objective) Account(members []Member, t time.Time) Account {
	outlook := o.outlook(members)
	of := func(s standing) Case {
		health, reason := o.judge(s, t)
		return Case{
			Health: health, Reason: reason, Behind: s.behind, Off: s.off, Doubted: s.doubted,
			Tolerances: Tolerances{
				Gaps: o.Gaps.at(o.Span, t, objectiveLeast, s.granted), Share: o.Span.tolerated(t), Least: objectiveLeast,
				Granted: round9(s.granted), ShrinkFrom: o.Span.lastQuarter(),
			},
		}
	}
	return Account{Worst: of(outlook.worst), Best: of(outlook.best)}
}

// Covered is the share of a parent's days that its children plan, by which the means are multiplied; 1 of key results.
func (p Plan) Covered() float64 { return p.covered() }
