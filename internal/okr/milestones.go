package okr

import (
	"slices"
	"time"
)

// Milestone is a step of work that is done or not.
type Milestone struct {
	// Weight relative to the others, above 0.
	Weight float64
	// Due is the instant from which it is expected to be done.
	Due time.Time
	// Done is the instant from which it is done; zero while it is not.
	Done time.Time
}

// done reports whether the step is done at t.
func (m Milestone) done(t time.Time) bool { return !m.Done.IsZero() && !m.Done.After(t) }

// Milestones are the steps of a key result, in any order.
type Milestones []Milestone

// Percent is the share of all weight that is done at t, 0 to 100, rounded to 1e-9. It is NaN without weight.
func (m Milestones) Percent(t time.Time) float64 {
	var done float64
	for _, step := range m {
		if step.done(t) {
			done += step.Weight
		}
	}
	return round9(100 * done / m.weight())
}

// Count is how many steps are done at t.
func (m Milestones) Count(t time.Time) int {
	var done int
	for _, step := range m {
		if step.done(t) {
			done++
		}
	}
	return done
}

// Pace is the line that steps are expected to follow: pass percent of the weight that is due. Nothing is expected of
// a step before it is due, so that work delivered when it is due is never behind.
func (m Milestones) Pace(span Span, pass float64) Pace {
	sorted := slices.Clone(m)
	slices.SortStableFunc(sorted, func(a, b Milestone) int { return a.Due.Compare(b.Due) })
	pace, total := Pace{Span: span, Pass: pass, Stepped: true}, m.weight()
	var due float64
	for i, step := range sorted {
		due += step.Weight
		if i+1 == len(sorted) || !sorted[i+1].Due.Equal(step.Due) {
			pace.Checkpoints = append(pace.Checkpoints, Checkpoint{At: step.Due, Percent: 100 * due / total})
		}
	}
	return pace
}

// Next is the first instant after t at which a step becomes due or done; zero if there is none.
func (m Milestones) Next(t time.Time) time.Time {
	var next time.Time
	for _, step := range m {
		for _, moment := range [...]time.Time{step.Due, step.Done} {
			if moment.After(t) && (next.IsZero() || moment.Before(next)) {
				next = moment
			}
		}
	}
	return next
}

func (m Milestones) weight() float64 {
	var weight float64
	for _, step := range m {
		weight += step.Weight
	}
	return weight
}
