package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// zones remembers the time zones that were loaded: there are some hundreds, and loading one is not cheap.
var zones sync.Map

// zone loads a time zone. An empty name is UTC; "Local" is refused, because it would differ between machines.
func zone(name v1alpha1.TimeZone) (*time.Location, *problem) {
	if name == "" || name == "UTC" {
		return time.UTC, nil
	}
	if loaded, found := zones.Load(name); found {
		return loaded.(*time.Location), nil
	}
	location, err := time.LoadLocation(string(name))
	if err != nil || machine(name) {
		return nil, stalled(v1alpha1.ReasonInvalidTimeZone,
			fmt.Sprintf("spec.timeZone: there is no time zone %q: write an IANA name such as Europe/Berlin", name))
	}
	zones.Store(name, location)
	return location, nil
}

// machine reports whether a name means another zone, or another count of seconds, on another machine.
func machine(name v1alpha1.TimeZone) bool {
	first, _, _ := strings.Cut(string(name), "/")
	return slices.Contains([]string{"Local", "localtime", "posixrules", "posix", "right"}, first)
}

// calendar is an objective's time.
type calendar struct {
	zone   *time.Location
	period okr.Period
	// begins is the day on which work begins.
	begins okr.Date
	// span is from that day to the end of the period.
	span okr.Span
}

// calendarOf reads an objective's zone, period and start.
func calendarOf(o *v1alpha1.Objective) (calendar, *problem) {
	location, bad := zone(o.Spec.TimeZone)
	if bad != nil {
		return calendar{}, bad
	}
	period, err := okr.ParsePeriod(string(o.Spec.Period))
	if err != nil {
		return calendar{}, stalled(v1alpha1.ReasonInvalidDates, "spec.period: "+err.Error())
	}
	c := calendar{zone: location, period: period, begins: period.First}
	if o.Spec.StartOn != "" {
		start, err := okr.ParseDate(o.Spec.StartOn.String())
		if err != nil {
			return calendar{}, stalled(v1alpha1.ReasonInvalidDates, "spec.startOn: "+err.Error())
		}
		if !period.Contains(start) {
			return calendar{}, stalled(v1alpha1.ReasonInvalidDates, fmt.Sprintf(
				"spec.startOn: %s is outside the period %s: write a day from %s to %s", start, o.Spec.Period, period.First, period.Last))
		}
		c.begins = start
	}
	c.span = okr.Span{Start: c.begins.Start(location), End: period.Last.End(location)}
	return c, nil
}

// days are a key result's first and last day, inside its objective's calendar.
func (c calendar) days(kr *v1alpha1.KeyResult) (first, last okr.Date, bad *problem) {
	first, last = c.begins, c.period.Last
	if kr.Spec.StartOn != "" {
		start, err := okr.ParseDate(kr.Spec.StartOn.String())
		if err != nil {
			return first, last, stalled(v1alpha1.ReasonInvalidDates, "spec.startOn: "+err.Error())
		}
		first = start
	}
	if kr.Spec.DueOn != "" {
		due, err := okr.ParseDate(kr.Spec.DueOn.String())
		if err != nil {
			return first, last, stalled(v1alpha1.ReasonInvalidDates, "spec.dueOn: "+err.Error())
		}
		if due.Before(last) {
			last = due
		}
	}
	if last.Before(first) {
		return first, last, stalled(v1alpha1.ReasonInvalidDates, fmt.Sprintf(
			"spec.startOn: the key result would begin on %s, after it is due on %s: write a day up to then", first, last))
	}
	return first, last, nil
}

// pace is a key result's time and the line it is expected to follow, inside its objective's calendar.
func (c calendar) pace(kr *v1alpha1.KeyResult, ambition okr.Ambition) (okr.Pace, *problem) {
	begins, due, bad := c.days(kr)
	if bad != nil {
		return okr.Pace{}, bad
	}
	pace := okr.Pace{Span: okr.Span{Start: begins.Start(c.zone), End: due.End(c.zone)}, Pass: ambition.Pass}
	if kr.Spec.Pace == nil {
		return pace, nil
	}
	for _, checkpoint := range kr.Spec.Pace.Checkpoints {
		on, err := okr.ParseDate(checkpoint.Date.String())
		if err != nil || on.Before(begins) || !on.Before(due) {
			return okr.Pace{}, stalled(v1alpha1.ReasonInvalidDates, fmt.Sprintf(
				"spec.pace.checkpoints: %s is not inside the key result's time: write a day from %s on and before %s, for which 100 percent is implied",
				checkpoint.Date, begins, due))
		}
		pace.Checkpoints = append(pace.Checkpoints, okr.Checkpoint{At: on.End(c.zone), Percent: float64(*checkpoint.Percent)})
	}
	return pace, nil
}

// ambitionOf is what an objective's ambition means.
func ambitionOf(o *v1alpha1.Objective) okr.Ambition {
	if o.Spec.Ambition == v1alpha1.AmbitionAspirational {
		return okr.Aspirational
	}
	return okr.Committed
}

// gapsOf are an objective's tolerances, in points.
func gapsOf(o *v1alpha1.Objective) okr.Gaps {
	gaps := okr.Gaps{AtRisk: 10, OffTrack: 25}
	if pace := o.Spec.Pace; pace != nil {
		if pace.AtRiskGap != nil {
			gaps.AtRisk = float64(*pace.AtRiskGap)
		}
		if pace.OffTrackGap != nil {
			gaps.OffTrack = float64(*pace.OffTrackGap)
		}
	}
	return gaps
}
