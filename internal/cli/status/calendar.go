package status

import (
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// timeOf is an objective's own time. Its days are empty where the controller cannot read them either, and says so.
func timeOf(o *v1alpha1.Objective, now time.Time) Time {
	t := Time{Period: string(o.Spec.Period), Cycle: o.Spec.Cycle, TimeZone: string(o.Spec.TimeZone), zone: time.UTC}
	if t.TimeZone == "" {
		t.TimeZone = "UTC"
	}
	zone := evaluate.Zone(o.Spec.TimeZone)
	period, err := okr.ParsePeriod(string(o.Spec.Period))
	if zone == nil || err != nil {
		return t
	}
	t.zone = zone
	if start, err := okr.ParseDate(o.Spec.StartOn.String()); err == nil && period.Contains(start) {
		period.First = start
	}
	t.days, t.From, t.To = period, period.First.String(), period.Last.String()
	today := okr.DayOf(now, zone)
	switch {
	case today.Before(period.First):
		t.Phase = Before
	case period.Last.Before(today):
		t.Phase = Over
	default:
		t.Phase = Running
		left := today.DaysUntil(period.Last)
		t.DaysLeft = &left
	}
	return t
}

// read is a date as it is written in a spec; false where none is written.
func read(date v1alpha1.Date) (okr.Date, bool) {
	d, err := okr.ParseDate(date.String())
	return d, err == nil
}

// far says how far away a day is: "today", "in 5 days", "2 days ago".
func far(from, to okr.Date) string {
	switch n := from.DaysUntil(to); {
	case n == 0:
		return "today"
	case n == 1:
		return "tomorrow"
	case n == -1:
		return "yesterday"
	case n > 0:
		return "in " + terminal.Count(n, "day")
	default:
		return terminal.Count(-n, "day") + " ago"
	}
}
