package preview

import (
	"fmt"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// back is the period n times its own length before p: whole months where it is made of them, else days.
func back(p okr.Period, n int) okr.Period {
	if count := wholeMonths(p); count > 0 {
		first := time.Date(p.First.Year, p.First.Month-time.Month(n*count), 1, 0, 0, 0, 0, time.UTC)
		return okr.Period{First: okr.DayOf(first, time.UTC), Last: okr.DayOf(first.AddDate(0, count, -1), time.UTC)}
	}
	by := -n * p.Days()
	return okr.Period{First: p.First.AddDays(by), Last: p.Last.AddDays(by)}
}

// wholeMonths is how many whole months a period is; 0 if it is none.
func wholeMonths(p okr.Period) int {
	after := p.Last.AddDays(1)
	if p.First.Day != 1 || after.Day != 1 {
		return 0
	}
	return (after.Year-p.First.Year)*12 + int(after.Month-p.First.Month)
}

// label names a period as people do.
func label(p okr.Period) string {
	month := int(p.First.Month)
	switch count := wholeMonths(p); {
	case count == 12 && month == 1:
		return fmt.Sprintf("%04d", p.First.Year)
	case count == 6 && month%6 == 1:
		return fmt.Sprintf("%04d-H%d", p.First.Year, month/6+1)
	case count == 3 && month%3 == 1:
		return fmt.Sprintf("%04d-Q%d", p.First.Year, month/3+1)
	case count == 1:
		return fmt.Sprintf("%04d-%02d", p.First.Year, month)
	default:
		return p.First.String() + "/" + p.Last.String()
	}
}

// moved moves the dates of goals from one period to another one.
type moved struct{ from, to okr.Period }

// date is as many days into the new period as it was into the old one, and never outside of it.
func (m moved) date(d v1alpha1.Date, last okr.Date) v1alpha1.Date {
	old, err := okr.ParseDate(d.String())
	if err != nil {
		return d
	}
	days := okr.Period{First: m.from.First, Last: old}.Days() - 1
	switch now := m.to.First.AddDays(days); {
	case now.Before(m.to.First):
		return v1alpha1.Date(m.to.First.String())
	case last.Before(now):
		return v1alpha1.Date(last.String())
	default:
		return v1alpha1.Date(now.String())
	}
}

func (m moved) objective(o *v1alpha1.Objective) *v1alpha1.Objective {
	o = forgotten(o.DeepCopy(), nil).(*v1alpha1.Objective)
	o.Generation = 1
	o.CreationTimestamp.Reset()
	s := &o.Spec
	s.Period = v1alpha1.Period(m.to.First.String() + "/" + m.to.Last.String())
	if s.StartOn != "" {
		s.StartOn = m.date(s.StartOn, m.to.Last)
	}
	// What people wrote belongs to the period that it was written in; the KPIs that it was to move are not scored.
	s.CheckIns, s.CheckInEvery, s.Review, s.Actions, s.KPIRefs, s.ParentRef, s.State = nil, "", nil, nil, nil, nil, v1alpha1.ObjectiveActive
	return o
}

// keyResult is one as it would have been set in the new period: its target as it is written, from where the number stood
// then.
func (m moved) keyResult(kr *v1alpha1.KeyResult) *v1alpha1.KeyResult {
	kr = forgotten(kr.DeepCopy(), nil).(*v1alpha1.KeyResult)
	kr.Generation = 1
	kr.CreationTimestamp.Reset()
	s := &kr.Spec
	s.Final = nil
	if s.StartOn != "" {
		s.StartOn = m.date(s.StartOn, m.to.Last)
	}
	last := m.to.Last
	if s.DueOn != "" {
		s.DueOn = m.date(s.DueOn, m.to.Last)
		if due, err := okr.ParseDate(s.DueOn.String()); err == nil {
			last = due
		}
	}
	if s.Pace != nil {
		for i := range s.Pace.Checkpoints {
			c := &s.Pace.Checkpoints[i]
			c.Date = m.date(c.Date, last.AddDays(-1))
		}
	}
	if reach := s.Reach; reach != nil {
		if reach.Baseline != nil && reach.Target != nil && reach.Direction == "" {
			reach.Direction = v1alpha1.DirectionIncrease
			if reach.Target.Float64() < reach.Baseline.Float64() {
				reach.Direction = v1alpha1.DirectionDecrease
			}
		}
		reach.Baseline, reach.Replanned = nil, nil
	}
	return kr
}
