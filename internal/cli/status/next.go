package status

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// nextOf says what comes next, from the status and the spec alone: what somebody should do now, what is due, and what
// comes by itself.
func nextOf(o *v1alpha1.Objective, keyResults []*v1alpha1.KeyResult, v *Objective, now time.Time) []Step {
	n := &next{objective: o, keyResults: keyResults, view: v, now: now, today: okr.DayOf(now, v.Time.zone)}
	if text := hindrance(o.Generation, o.Status.ObservedGeneration, o.Status.Conditions); text != "" {
		n.do(text)
	}
	switch {
	case v.Result != nil:
		n.over()
	case o.Spec.State == v1alpha1.ObjectiveCancelled:
	case o.Spec.State == v1alpha1.ObjectiveDraft:
		n.draft()
	case v.Time.Phase == Before:
		n.day(Later, n.view.Time.days.First, "it begins")
		n.missing()
	case v.Time.Phase == Running:
		n.running()
	}
	slices.SortStableFunc(n.steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(order(a.When), order(b.When)), cmp.Compare(a.On, b.On))
	})
	return n.steps
}

func order(u Urgency) int { return slices.Index([]Urgency{Now, Due, Later}, u) }

// next collects steps.
type next struct {
	objective  *v1alpha1.Objective
	keyResults []*v1alpha1.KeyResult
	view       *Objective
	now        time.Time
	today      okr.Date
	steps      []Step
}

func (n *next) do(what string) { n.steps = append(n.steps, Step{When: Now, What: what}) }

// day adds a step of a day: "check in by 2026-12-01, in 5 days".
func (n *next) day(when Urgency, day okr.Date, what string) {
	preposition := " on "
	if when == Due {
		preposition = " by "
	}
	n.steps = append(n.steps, Step{When: when, On: day.String(), What: what + preposition + day.String() + ", " + far(n.today, day)})
}

func (n *next) draft() {
	switch n.view.Time.Phase {
	case Before:
		first := n.view.Time.days.First
		n.steps = append(n.steps, Step{When: Due, On: first.String(), What: fmt.Sprintf(
			"commit to it with spec.state: Active before it begins on %s, %s", first, far(n.today, first))})
	case Running:
		n.do("its time has begun: commit to it with spec.state: Active and spec.startOn, or drop it")
	case Over:
		n.do("its time is over and nobody committed to it: delete it")
	}
}

// over is what is left to do when the time is over.
func (n *next) over() {
	switch n.view.Verdict.Reason {
	case v1alpha1.ReasonClosing:
		n.steps = append(n.steps, Step{When: Later, What: "the final values are being asked for; the score follows by itself"})
	case v1alpha1.ReasonFinalUnavailable:
		n.do("write what was reached into spec.final of the key results without a final value: kubectl okr close")
	default:
		if n.view.Verdict.mend() {
			n.do(n.view.Verdict.Message)
		}
	}
	if n.objective.Spec.Review == nil {
		n.do("write the review (spec.review: outcome, learned, and your own score)")
	}
	if isTrue(n.objective.Status.Conditions, v1alpha1.ReopenedCondition) {
		n.do("undo the edit after the end: the frozen score stays, and does not fit what is written now")
	}
}

func (n *next) running() {
	v := n.view
	n.missing()
	for _, kr := range n.keyResults {
		n.keyResult(kr)
	}
	if due, err := okr.ParseDate(v.CheckIns.DueOn); err == nil {
		if v.CheckIns.Overdue {
			n.do("check in: it was due by " + due.String() + ", " + far(n.today, due))
		} else {
			n.day(Due, due, "check in")
		}
	}
	for _, action := range v.Actions.Open {
		n.action(action)
	}
	if isFalse(n.objective.Status.Conditions, v1alpha1.ResolvedRefsCondition) {
		n.do(messageOf(n.objective.Status.Conditions, v1alpha1.ResolvedRefsCondition))
	}
	n.day(Later, v.Time.days.Last, "its time ends")
}

// missing is that there is nothing which could prove the objective.
func (n *next) missing() {
	if r := n.view.Verdict.Reason; r == v1alpha1.ReasonNoKeyResults || r == v1alpha1.ReasonNoChildren {
		n.do(n.view.Verdict.Message)
	} else if n.view.Time.Phase == Before && len(n.keyResults) == 0 && len(n.view.Children) == 0 {
		n.do("add 2 to 5 KeyResults with spec.objectiveRef.name " + n.objective.Name)
	}
}

func (n *next) action(a Action) {
	who := ""
	if a.Owner != "" {
		who = " (" + a.Owner + ")"
	}
	due, err := okr.ParseDate(a.DueOn)
	switch {
	case err != nil:
	case a.Overdue:
		n.do(fmt.Sprintf("overdue since %s: %s%s", due, a.Title, who))
	default:
		n.day(Due, due, a.Title+who)
	}
}

// keyResult is what comes next for a key result of an objective that is running.
func (n *next) keyResult(kr *v1alpha1.KeyResult) {
	if kr.Spec.State == v1alpha1.KeyResultCancelled {
		return
	}
	if text := hindrance(kr.Generation, kr.Status.ObservedGeneration, kr.Status.Conditions); text != "" {
		n.do(kr.Name + ": " + text)
	} else if c := unmeasured(kr.Status.Conditions); c != nil {
		n.do(kr.Name + ": " + c.Message)
	} else if v := verdictOfKeyResult(kr); v.mend() {
		n.do(kr.Name + ": " + v.Message)
	}
	for _, m := range kr.Spec.Milestones {
		n.milestone(kr, m)
	}
	first, last := daysOf(kr, n.view.Time)
	if n.today.Before(first) {
		n.day(Later, first, kr.Name+" begins")
	}
	if last != n.view.Time.days.Last && !last.Before(n.today) {
		n.day(Later, last, kr.Name+" ends")
	}
	n.pending(kr)
	if kr.Spec.Pace == nil {
		return
	}
	for _, c := range kr.Spec.Pace.Checkpoints { // the API has them in order
		if day, written := read(c.Date); written && !day.Before(n.today) && c.Percent != nil {
			n.day(Later, day, fmt.Sprintf("%s is expected to be at %d %%", kr.Name, *c.Percent))
			return
		}
	}
}

func (n *next) milestone(kr *v1alpha1.KeyResult, m v1alpha1.Milestone) {
	if done, written := read(m.DoneOn); written && !n.today.Before(done) {
		return
	}
	due, written := read(m.DueOn)
	switch {
	case !written:
	case due.Before(n.today):
		n.do(fmt.Sprintf("%s: milestone overdue since %s: %s", kr.Name, due, m.Title))
	default:
		n.day(Due, due, kr.Name+": milestone "+m.Title)
	}
}

// pending is a verdict that will be shown if it lasts.
func (n *next) pending(kr *v1alpha1.KeyResult) {
	frozen := kr.Status.Frozen
	if frozen == nil || frozen.PendingHealth == nil || frozen.PendingHealth.Health == kr.Status.Health {
		return
	}
	p := frozen.PendingHealth
	at := p.Since.Add(holdFor(kr)).In(n.view.Time.zone)
	n.steps = append(n.steps, Step{When: Later, On: okr.DayOf(at, n.view.Time.zone).String(), What: strings.Join([]string{
		kr.Name, "becomes", string(p.Health), "on", at.Format("2006-01-02 at 15:04 MST"), "if its values stay as they are",
	}, " ")})
}

// defaultHold is that of spec.holdFor.
const defaultHold = 6 * time.Hour

func holdFor(kr *v1alpha1.KeyResult) time.Duration {
	if kr.Spec.HoldFor == "" {
		return defaultHold
	}
	return kr.Spec.HoldFor.Duration()
}
