package okr

import "time"

// Overlap is how many days of p lie in other: 0 if none does.
func (p Period) Overlap(other Period) int {
	first, last := p.First, p.Last
	if first.Before(other.First) {
		first = other.First
	}
	if other.Last.Before(last) {
		last = other.Last
	}
	return max(0, Period{first, last}.Days())
}

// Plan is how much of a parent's own time its children leave open. The zero Plan leaves nothing open: that of
// key results.
type Plan struct {
	// Open is the share of the parent's days that lie after its last child's end, from 0 to 1.
	Open float64
	// Until is the end of the last child, from which on nothing is planned; zero if that is not before the parent's.
	Until time.Time
}

// PlanOf is the plan of a parent whose last child ends with a day inside the parent's own time. The days are the
// parent's, in loc.
func PlanOf(parent Period, last Date, loc *time.Location) Plan {
	open := Period{last.AddDays(1), parent.Last}.Days()
	if open <= 0 {
		return Plan{}
	}
	return Plan{Open: min(1, float64(open)/float64(parent.Days())), Until: last.End(loc)}
}

// ended reports whether nothing is planned any more at t.
func (p Plan) ended(t time.Time) bool { return !p.Until.IsZero() && !t.Before(p.Until) }

// covered is what the means of the children are multiplied by: as if the open time were a member at 0.
func (p Plan) covered() float64 { return 1 - p.Open }

// turns are the instants at which the plan may make another verdict.
func (p Plan) turns() []time.Time {
	if p.Until.IsZero() {
		return nil
	}
	return []time.Time{p.Until}
}
