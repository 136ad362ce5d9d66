package report

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
)

// due says that something is late, or is coming; nothing if it is neither, or has no date.
func (s subject) due(d v1alpha1.Date, what string) {
	date, ok := dateOf(d)
	switch {
	case !ok:
	case !date.End(s.zone).After(s.to):
		s.say(&s.team.Late, date.String(), what+", was due then")
	case s.ahead(date):
		s.say(&s.team.Coming, date.String(), what)
	}
}

// objectiveLate says what people owe an objective.
func (s subject) objectiveLate(o *v1alpha1.Objective, t *practice.Time, running bool) {
	late := &s.team.Late
	if c := condition(o.Status.Conditions, v1alpha1.CheckedInCondition); c.Status == metav1.ConditionFalse {
		s.say(late, s.on(c.LastTransitionTime.Time), "check-in overdue: "+c.Message)
	}
	if c := condition(o.Status.Conditions, v1alpha1.ReviewedCondition); c.Status == metav1.ConditionFalse && t != nil {
		s.say(late, t.Last.String(), c.Message)
	}
	if c := condition(o.Status.Conditions, v1alpha1.OnTrackCondition); c.Reason == v1alpha1.ReasonFinalUnavailable {
		s.say(late, s.on(c.LastTransitionTime.Time), c.Message)
	}
	for _, a := range o.Spec.Actions {
		if running && !begun(a.DoneOn, s.zone, s.to) {
			what := "action: " + a.Title
			if a.Owner != "" {
				what += " (" + a.Owner + ")"
			}
			s.due(a.DueOn, what)
		}
	}
}

// objectiveComing says what an objective is about to ask of people.
func (s subject) objectiveComing(o *v1alpha1.Objective, t *practice.Time, running bool) {
	coming := &s.team.Coming
	if t == nil || !isActive(o) {
		return
	}
	if t.Start.After(s.to) && !t.Start.After(s.until) {
		s.say(coming, s.on(t.Start), "begins")
	}
	if running && s.ahead(t.Last) {
		s.say(coming, t.Last.String(), "ends; "+condition(o.Status.Conditions, v1alpha1.OnTrackCondition).Message)
	}
	if due, asked := nextCheckIn(o, t, s.to); running && asked && s.ahead(due) {
		s.say(coming, due.String(), "check-in due (every "+line(string(o.Spec.CheckInEvery))+")")
	}
}

// nextCheckIn is the last day on which the next check-in is in time; false if none is asked for before the end.
func nextCheckIn(o *v1alpha1.Objective, t *practice.Time, now time.Time) (okr.Date, bool) {
	every := o.Spec.CheckInEvery.Duration()
	if every <= 0 {
		return okr.Date{}, false
	}
	newest := okr.DayOf(t.Start, t.Zone)
	for _, c := range o.Spec.CheckIns {
		if date, ok := dateOf(c.Date); ok && newest.Before(date) && begun(c.Date, t.Zone, now) {
			newest = date
		}
	}
	due := okr.CheckInDue(newest, every)
	return due, !t.Last.Before(due) // it is over by then, and nothing is asked any more
}

// kpiLate says what people owe a KPI.
func (s subject) kpiLate(k *v1alpha1.KPI) {
	if c := condition(k.Status.Conditions, v1alpha1.NeedsObjectiveCondition); c.Status == metav1.ConditionTrue {
		s.say(&s.team.Late, s.on(c.LastTransitionTime.Time), "needs an objective: "+c.Message)
	}
	c := condition(k.Status.Conditions, v1alpha1.MeasuredCondition)
	if k.Spec.Metric == nil && c.Status != metav1.ConditionTrue && c.Type != "" {
		s.say(&s.team.Late, s.on(c.LastTransitionTime.Time), "a reading is overdue: "+c.Message)
	}
}
