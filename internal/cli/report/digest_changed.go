package report

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
)

// objectiveChanged says what became of an objective. A status tells only since when a verdict is what it is: what it was in
// between is not kept, and nothing is said of it.
func (s subject) objectiveChanged(o *v1alpha1.Objective, t *practice.Time, members int) {
	changed := &s.team.Changed
	why := condition(o.Status.Conditions, v1alpha1.OnTrackCondition)
	why.Message = withoutNote(why.Message, o)
	ended := t != nil && s.past(t.End) && isActive(o)
	cancelled := o.Spec.State == v1alpha1.ObjectiveCancelled && o.Spec.Cancelled != nil
	switch {
	case cancelled && s.lately(o.Spec.Cancelled.Date):
		s.say(changed, dayOf(o.Spec.Cancelled.Date), "given up: "+o.Spec.Cancelled.Reason)
	case ended && o.Status.Final != nil:
		s.say(changed, t.Last.String(), "closed: "+why.Message)
	case ended:
		s.say(changed, t.Last.String(), "ended: "+why.Message)
	case s.fresh && !cancelled:
		s.say(changed, s.on(o.CreationTimestamp.Time), s.novelty(members, why.Message))
	case !cancelled:
		s.verdict(why)
	}
	if t != nil && s.past(t.Start) && !s.fresh && isActive(o) {
		s.say(changed, s.on(t.Start), "began")
	}
	for _, a := range o.Spec.Actions {
		if s.lately(a.DoneOn) {
			s.say(changed, dayOf(a.DoneOn), "action done: "+a.Title)
		}
	}
	s.reopened(o.Status.Conditions)
}

// novelty introduces a goal; a verdict that is good needs no explanation.
func (s subject) novelty(members int, why string) string {
	text := "new"
	if members > 0 {
		text += ", with " + plural(members, "key result", "key results")
	}
	if terminal.StyleOf(s.entry.Health) == terminal.Good {
		return text
	}
	return text + ": " + why
}

// withoutNote is a message without the note of a check-in that the controller adds to it: it is told as what was said.
func withoutNote(message string, o *v1alpha1.Objective) string {
	for _, c := range o.Spec.CheckIns {
		if c.Note != "" {
			message = strings.TrimSuffix(message, "; "+c.Date.String()+": "+terminal.OneLine(c.Note))
		}
	}
	return message
}

// verdict says since when a verdict is what it is, if that is lately.
func (s subject) verdict(c metav1.Condition) {
	at := c.LastTransitionTime.Time
	if s.fresh || !s.past(at) {
		return
	}
	since := "since " + s.on(at) + ": " + c.Message
	switch c.Status {
	case metav1.ConditionTrue:
		since = "on track " + since
	case metav1.ConditionFalse:
		since = "not on track " + since
	default:
		since = "no verdict " + since
	}
	if s.entry.Health == string(v1alpha1.HealthAchieved) || s.entry.Health == string(v1alpha1.HealthMissed) {
		since = c.Message // it says that it is over
	}
	s.say(&s.team.Changed, s.on(at), since)
}

func (s subject) reopened(conditions []metav1.Condition) {
	if c := condition(conditions, v1alpha1.ReopenedCondition); c.Status == metav1.ConditionTrue && s.past(c.LastTransitionTime.Time) {
		s.say(&s.team.Changed, s.on(c.LastTransitionTime.Time), "edited after its end: "+c.Message)
	}
}

// keyResult says what there is to say of a key result. One that came with its objective is counted there.
func (s subject) keyResult(kr *v1alpha1.KeyResult, t *practice.Time, running, withObjective bool) {
	changed := &s.team.Changed
	why := condition(kr.Status.Conditions, v1alpha1.OnTrackCondition)
	cancelled := kr.Spec.State == v1alpha1.KeyResultCancelled && kr.Spec.Cancelled != nil
	switch {
	case cancelled && s.lately(kr.Spec.Cancelled.Date):
		s.say(changed, dayOf(kr.Spec.Cancelled.Date), "given up: "+kr.Spec.Cancelled.Reason)
	case cancelled:
	case s.fresh && !withObjective:
		s.say(changed, s.on(kr.CreationTimestamp.Time), s.novelty(0, why.Message))
	default:
		s.verdict(why)
	}
	if reach := kr.Spec.Reach; reach != nil {
		for _, r := range reach.Replanned {
			if s.lately(r.Date) {
				move := Move{Kind: Replanned, From: withUnit(decimal(r.From), kr.Spec.Unit), To: withUnit(decimal(r.To), kr.Spec.Unit), Reason: r.Reason}
				s.say(changed, dayOf(r.Date), move.Text())
			}
		}
	}
	s.reopened(kr.Status.Conditions)
	for _, m := range kr.Spec.Milestones {
		if s.lately(m.DoneOn) {
			s.say(changed, dayOf(m.DoneOn), "milestone done: "+m.Title)
		}
		if running && !begun(m.DoneOn, s.zone, s.to) {
			s.due(m.DueOn, "milestone: "+m.Title)
		}
	}
	if running && t != nil && t.Last.String() != s.lastDay(kr) && s.ahead(t.Last) {
		s.say(&s.team.Coming, t.Last.String(), "due; "+why.Message)
	}
}

// lastDay is that of a key result's objective: an end that both have is said of the objective.
func (s subject) lastDay(kr *v1alpha1.KeyResult) string {
	if t := timeOf(s.Objective(kr.Namespace, kr.Spec.ObjectiveRef.Name)); t != nil {
		return t.Last.String()
	}
	return ""
}

// kpi says what there is to say of a KPI.
func (g *digester) kpi(k *v1alpha1.KPI) {
	s := g.subject("KPI", &k.ObjectMeta, k.Spec.Title, line(string(cmp.Or(k.Status.Health, v1alpha1.KPIUnknown))), teamOf(k.Spec.Owner, k.Namespace), evaluate.Zone(k.Spec.TimeZone))
	healthy := condition(k.Status.Conditions, v1alpha1.HealthyCondition)
	since := healthy.LastTransitionTime.Time
	switch {
	case s.fresh && !well(k):
		text := "new: " + healthy.Message
		if aligned := condition(k.Status.Conditions, v1alpha1.AlignedCondition); aligned.Status == metav1.ConditionTrue {
			text += "; " + aligned.Message
		}
		s.say(&s.team.Changed, s.on(k.CreationTimestamp.Time), text)
	case s.fresh, !s.past(since):
	case healthy.Status == metav1.ConditionTrue:
		s.say(&s.team.Changed, s.on(since), "inside its target since "+s.on(since)+": "+healthy.Message)
	case healthy.Status == metav1.ConditionFalse:
		s.say(&s.team.Changed, s.on(since), "outside its target since "+s.on(since)+": "+healthy.Message)
	default:
		s.say(&s.team.Changed, s.on(since), "no verdict since "+s.on(since)+": "+healthy.Message)
	}
	if aligned := condition(k.Status.Conditions, v1alpha1.AlignedCondition); aligned.Status == metav1.ConditionTrue && !well(k) && !s.fresh && s.past(aligned.LastTransitionTime.Time) {
		s.say(&s.team.Changed, s.on(aligned.LastTransitionTime.Time), aligned.Message)
	}
	s.kpiLate(k)
	for _, r := range k.Spec.Readings {
		if s.lately(r.Date) {
			text := "read " + withUnit(decimal(r.Value), k.Spec.Unit)
			if r.Note != "" {
				text += ". " + r.Note
			}
			s.say(&s.team.Said, dayOf(r.Date), text)
		}
	}
	if a := k.Spec.Accepted; a != nil {
		if date, ok := dateOf(a.Until); ok && s.ahead(date) {
			s.say(&s.team.Coming, date.String(), "accepted until then: "+a.Reason)
		}
	}
}
