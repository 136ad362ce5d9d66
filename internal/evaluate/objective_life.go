package evaluate

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// checkIns finds the newest check-in of today or before. One that is still to come has the objective looked at on its
// day.
func (o *objective) checkIns(days calendar) {
	if days.zone == nil { // the spec is not in order
		return
	}
	today := o.now.In(days.zone).Format(time.DateOnly)
	var coming string
	for i := range o.in.Objective.Spec.CheckIns {
		checkIn := &o.in.Objective.Spec.CheckIns[i]
		switch date := checkIn.Date.String(); {
		case date > today:
			if coming == "" || date < coming {
				coming = date
			}
		case o.newest == nil || date >= o.newest.Date.String(): // of two of a day the later one written counts, as for values
			o.newest = checkIn
		}
	}
	if day, err := okr.ParseDate(coming); err == nil {
		o.next = append(o.next, day.Start(days.zone))
	}
}

// rhythm sets CheckedIn and Reviewed.
func (o *objective) rhythm(days calendar, bad *problem) {
	reason, message := o.outside(days, bad)
	o.checkedIn(days, reason, message)
	review := o.in.Objective.Spec.Review
	switch {
	case reason != v1alpha1.ReasonOver && reason != "":
		o.conditions.set(v1alpha1.ReviewedCondition, metav1.ConditionUnknown, reason, message)
	case reason == "":
		o.conditions.set(v1alpha1.ReviewedCondition, metav1.ConditionUnknown, v1alpha1.ReasonPending, "reviewed when it is over")
	case review == nil:
		o.conditions.set(v1alpha1.ReviewedCondition, metav1.ConditionFalse, v1alpha1.ReasonNoReview,
			"over, and nobody has said what came of it: write spec.review, with outcome and learned")
	default:
		o.conditions.set(v1alpha1.ReviewedCondition, metav1.ConditionTrue, v1alpha1.ReasonReviewed, "spec.review says what came of it")
	}
}

// outside says why now is outside the objective's time; an empty reason if it is inside.
func (o *objective) outside(days calendar, bad *problem) (reason, message string) {
	spec := &o.in.Objective.Spec
	switch {
	case o.status.Final != nil:
		return v1alpha1.ReasonOver, "over"
	case spec.State == v1alpha1.ObjectiveCancelled:
		return v1alpha1.ReasonCancelled, cancellation(spec.Cancelled)
	case bad != nil:
		return bad.reason, bad.message
	case spec.State == v1alpha1.ObjectiveDraft:
		return v1alpha1.ReasonDraft, "a draft is not judged"
	case o.now.Before(days.span.Start):
		return v1alpha1.ReasonPending, "begins on " + days.begins.String()
	case !o.now.Before(days.span.End):
		return v1alpha1.ReasonOver, "over"
	default:
		return "", ""
	}
}

// checkedIn sets CheckedIn. A check-in has a day and no hour, so that one is overdue once the day on which it was due
// has ended.
func (o *objective) checkedIn(days calendar, outside, message string) {
	every := o.in.Objective.Spec.CheckInEvery.Duration()
	switch {
	case every <= 0:
		o.conditions.set(v1alpha1.CheckedInCondition, metav1.ConditionTrue, v1alpha1.ReasonNotRequired, "spec.checkInEvery is not set: no check-in is missed")
		return
	case outside != "":
		o.conditions.set(v1alpha1.CheckedInCondition, metav1.ConditionUnknown, outside, message)
		return
	}
	since, what := days.begins, "the first check-in is due by %s"
	none := "no check-in since the start on %s, and one was due by %s: add it to spec.checkIns"
	if o.newest != nil {
		if day, err := okr.ParseDate(o.newest.Date.String()); err == nil && !day.Before(since) {
			since, what = day, "checked in on "+day.String()+"; the next check-in is due by %s"
			none = "no check-in since that of %s, and one was due by %s: add it to spec.checkIns"
		}
	}
	due := okr.CheckInDue(since, every)
	if ends := due.End(days.zone); o.now.Before(ends) {
		o.next = append(o.next, ends)
		o.conditions.set(v1alpha1.CheckedInCondition, metav1.ConditionTrue, v1alpha1.ReasonCheckedIn, fmt.Sprintf(what, due))
		return
	}
	o.conditions.set(v1alpha1.CheckedInCondition, metav1.ConditionFalse, v1alpha1.ReasonCheckInOverdue, fmt.Sprintf(none, since, due))
}

// lastWord is what the newest check-in says, for a verdict that people want to understand; empty for any other.
func (o *objective) lastWord(health okr.Health) string {
	switch health {
	case okr.AtRisk, okr.OffTrack, okr.Missed:
		if o.newest != nil && o.newest.Note != "" {
			return "; " + o.newest.Date.String() + ": " + oneLine(o.newest.Note)
		}
	}
	return ""
}
