package repository

import (
	"fmt"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// Days are the first and the last day of a goal, in its zone.
type Days struct {
	okr.Period
	Zone *time.Location
}

// DaysOf are those of an objective.
func DaysOf(o *v1alpha1.Objective) (Days, error) {
	zone, err := time.LoadLocation(string(o.Spec.TimeZone)) // "" is UTC
	if err != nil || o.Spec.TimeZone == "Local" {
		return Days{}, fmt.Errorf("there is no time zone %q: write an IANA name in spec.timeZone, such as Europe/Berlin", o.Spec.TimeZone)
	}
	period, err := okr.ParsePeriod(string(o.Spec.Period))
	return Days{period, zone}, err
}

// Of are the days of one of the objective's key results: its own, inside the period.
func (d Days) Of(o *v1alpha1.Objective, kr *v1alpha1.KeyResult) (Days, error) {
	for _, start := range []v1alpha1.Date{o.Spec.StartOn, kr.Spec.StartOn} {
		if start == "" {
			continue
		}
		first, err := okr.ParseDate(start.String())
		if err != nil {
			return d, err
		}
		d.First = first
	}
	if kr.Spec.DueOn != "" {
		due, err := okr.ParseDate(kr.Spec.DueOn.String())
		if err != nil {
			return d, err
		}
		if due.Before(d.Last) {
			d.Last = due
		}
	}
	return d, nil
}

// Today is the day it is in the goal's zone.
func (d Days) Today(now time.Time) okr.Date { return okr.DayOf(now, d.Zone) }

// Over reports whether the last day has passed.
func (d Days) Over(now time.Time) bool { return !now.Before(d.Last.End(d.Zone)) }

// ByHand reports whether a key result's value is kept in check-ins.
func ByHand(kr *v1alpha1.KeyResult) bool {
	return kr.Spec.Reach != nil && kr.Spec.Metric == nil && kr.Spec.KPIRef == nil
}
