package practice

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

var movedRules = []Rule{{
	ID: "OKR013", Severity: Warning, stages: running | cancelled, objective: givenUpSilently, keyResult: goalpostsMoved,
	Title: "Goalposts moved after the start say why",
	Why: "A target that is lowered on the way makes every team a winner and teaches nothing. Moving one can be right; doing it silently is not. " +
		"What was promised at the start is kept in `status.frozen.commitment`, and compared with what is written now.",
	Example: "A target of 300 ms that has become 400 ms; a key result cancelled, or its weight set to 0; a later end or start; checkpoints that expect less; a " +
		"lower guard; a larger `allowedBreach`; a milestone that is gone. A harder goal is no matter.",
	Fix: "Write `spec.reach.replanned: [{date: 2026-11-12, from: 300, to: 400, reason: …}]`, whose newest `to` is the present target, or `spec.cancelled: " +
		"{date: …, reason: …}`. A replanned entry explains what else was relaxed in the same key result; `maintain` and `milestones` have none: take it back, " +
		"or silence the rule with the reason. A deleted key result is seen by lint and preview, against Git.",
}}

func givenUpSilently(o *Objective, in look) outcome {
	spec := &o.Object.Spec
	if in.stage != cancelled || spec.Cancelled != nil || o.Time == nil || in.now.Before(o.Time.Start) {
		return outcome{}
	}
	return broken("spec.cancelled", "cancelled after its start: write in spec.cancelled when and why")
}

func goalpostsMoved(k *KeyResult, in look) outcome {
	spec, frozen := &k.Object.Spec, k.Object.Status.Frozen
	if frozen == nil || frozen.Commitment == nil {
		return outcome{} // it has not begun, so nothing is promised yet
	}
	if in.stage == cancelled {
		if spec.State != v1alpha1.KeyResultCancelled || spec.Cancelled != nil {
			return outcome{}
		}
		return broken("spec.cancelled", "cancelled after its start: write in spec.cancelled when and why")
	}
	var found outcome
	for _, move := range k.Moves() {
		if !move.Explained {
			found = found.and(broken(move.Field, "%s: %s", move.Text, move.Fix))
		}
	}
	return found
}

// Move is one way in which a key result asks for less than was promised at its start.
type Move struct {
	// Field is the path of what to edit, such as spec.reach.
	Field string
	// Text says what was promised and what is written now; Fix says what to do about it.
	Text, Fix string
	// Explained says that the key result gives the reason.
	Explained bool
}

// Moves are the ways in which a key result asks for less than its status says was promised; none while nothing was.
func (k *KeyResult) Moves() []Move {
	frozen := k.Object.Status.Frozen
	if frozen == nil || frozen.Commitment == nil {
		return nil
	}
	m := moves{k: k, was: frozen.Commitment}
	m.shape()
	reach := k.Object.Spec.Reach
	// A replanned entry explains what else was relaxed.
	m.explained = reach != nil && len(reach.Replanned) > 0
	m.terms()
	m.dates()
	m.pace()
	return m.found
}

// moves compares a key result with its commitment.
type moves struct {
	k     *KeyResult
	was   *v1alpha1.Commitment
	found []Move
	// explained says that what is found next is.
	explained bool
}

// moved tells what was promised, and what is written now.
func (m *moves) moved(field, what, was, is, fix string) {
	m.add(field, fmt.Sprintf("%s was %s at the start and is %s now", what, brief(was, maxQuoted), brief(is, maxQuoted)), fix)
}

func (m *moves) add(field, text, fix string) {
	m.found = append(m.found, Move{Field: field, Text: text, Fix: fix, Explained: m.explained})
}

const (
	replan   = "say why in spec.reach.replanned, or take it back"
	takeBack = "take it back, or silence OKR013 with the reason"
)

// fix is where to say why.
func (m *moves) fix() string {
	if m.k.Object.Spec.Reach != nil {
		return replan
	}
	return takeBack
}

// shape compares what is to be proved.
func (m *moves) shape() {
	spec := &m.k.Object.Spec
	switch {
	case m.was.Goal != "" && spec.Reach == nil, m.was.Band != nil && spec.Maintain == nil, len(m.was.Milestones) > 0 && spec.Milestones == nil:
		m.moved("spec", "what is to be proved", m.promised(), "something else", "take it back, or cancel this key result and write another")
	case m.was.Goal != "":
		m.reach()
	case m.was.Band != nil:
		m.band()
	default:
		m.milestones()
	}
}

// promised is the target at the start in words.
func (m *moves) promised() string {
	switch {
	case m.was.Target != "":
		return m.was.Target
	case m.was.Goal != "":
		return m.was.Goal
	case len(m.was.Milestones) > 0:
		return plural(len(m.was.Milestones), "milestone")
	default:
		return "another one"
	}
}

// reach compares two targets. Which of them is softer is known only where it is known which way the number goes.
func (m *moves) reach() {
	reach := m.k.Object.Spec.Reach
	is := string(reach.Change)
	if reach.Target != nil {
		is = string(*reach.Target)
	}
	if is == m.was.Goal || !m.softer(is) {
		return
	}
	m.explained = explained(reach)
	unit := ""
	if m.k.Object.Spec.Unit != "" {
		unit = " " + m.k.Object.Spec.Unit
	}
	m.moved("spec.reach", "the target", m.was.Goal+unit, is+unit, replan)
}

// explained reports whether a replanned entry leads to the present target.
func explained(reach *v1alpha1.Reach) bool {
	return slices.ContainsFunc(reach.Replanned, func(r v1alpha1.Replan) bool {
		return reach.Target == nil || r.To != nil && r.To.Float64() == reach.Target.Float64()
	})
}

// softer reports whether the present goal is easier than the promised one. Changes are compared as such, others as the
// numbers that they lead to.
func (m *moves) softer(is string) bool {
	then, changeThen := change(m.was.Goal)
	now, changeNow := change(is)
	if changeThen && changeNow && then.Percent == now.Percent {
		if then.Amount > 0 {
			return now.Amount < then.Amount
		}
		return now.Amount > then.Amount
	}
	baseline, known := m.baseline()
	from, okThen := goal(m.was.Goal, baseline, known)
	to, okNow := goal(is, baseline, known)
	if !okThen || !okNow || from == to {
		return false
	}
	switch direction := m.k.Object.Spec.Reach.Direction; {
	case known && from != baseline:
		return (to < from) == (from > baseline)
	case direction == v1alpha1.DirectionIncrease:
		return to < from
	case direction == v1alpha1.DirectionDecrease:
		return to > from
	default:
		return false
	}
}

func change(goal string) (okr.Change, bool) {
	c, err := okr.ParseChange(goal)
	return c, err == nil
}

// goal is the number that a goal leads to: itself, or a change from the baseline.
func goal(text string, baseline float64, known bool) (float64, bool) {
	if c, isChange := change(text); isChange {
		target, ok := c.Target(baseline)
		return target, ok && known
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// baseline is where the way began: as promised, as measured at the start, or as it is written now.
func (m *moves) baseline() (float64, bool) {
	if v, err := strconv.ParseFloat(m.was.Baseline, 64); err == nil {
		return v, true
	}
	if frozen := m.k.Object.Status.Frozen; frozen != nil && frozen.Baseline != nil {
		if v, err := strconv.ParseFloat(frozen.Baseline.Value, 64); err == nil {
			return v, true
		}
	}
	if b := m.k.Object.Spec.Reach.Baseline; b != nil {
		return b.Float64(), true
	}
	if q := m.k.Query; q != nil && q.Expression.Elapsed {
		return 0, true
	}
	return 0, false
}

// band compares two bands: a bound further out, or none, is softer.
func (m *moves) band() {
	is := m.k.Object.Spec.Maintain
	if b := m.was.Band.AtLeast; b != nil && (is.AtLeast == nil || is.AtLeast.Float64() < b.Float64()) {
		m.moved("spec.maintain.atLeast", "atLeast", string(*b), decimal(is.AtLeast), takeBack)
	}
	if b := m.was.Band.AtMost; b != nil && (is.AtMost == nil || is.AtMost.Float64() > b.Float64()) {
		m.moved("spec.maintain.atMost", "atMost", string(*b), decimal(is.AtMost), takeBack)
	}
	if is.AllowedBreach.Percent() > m.was.AllowedBreach.Percent() {
		was := string(m.was.AllowedBreach)
		if was == "" {
			was = "not there"
		}
		m.moved("spec.maintain.allowedBreach", "allowedBreach", was, string(is.AllowedBreach), takeBack)
	}
}

func decimal(d *v1alpha1.Decimal) string {
	if d == nil {
		return "gone"
	}
	return string(*d)
}

func (m *moves) milestones() {
	present := map[string]bool{}
	for _, milestone := range m.k.Object.Spec.Milestones {
		present[milestone.Title] = true
	}
	for _, title := range m.was.Milestones {
		if !present[title] {
			m.add("spec.milestones", fmt.Sprintf("the milestone %s was promised at the start and is gone now", quoted(title)), takeBack)
		}
	}
}

// terms compares weight and guard.
func (m *moves) terms() {
	spec := &m.k.Object.Spec
	if spec.Weight != nil && *spec.Weight == 0 && m.was.Weight != nil && *m.was.Weight > 0 {
		m.moved("spec.weight", "the weight", strconv.Itoa(int(*m.was.Weight)), "0, so that it does not count", "say why in spec.cancelled and cancel it, or take it back")
	}
	if m.was.Guard == nil {
		return
	}
	switch {
	case spec.Guard == nil:
		m.moved("spec.guard", "the guard", "at least "+string(*m.was.Guard), "gone", m.fix())
	case spec.Guard.AtLeast != nil && spec.Guard.AtLeast.Float64() < m.was.Guard.Float64():
		m.moved("spec.guard.atLeast", "the guard", "at least "+string(*m.was.Guard), "at least "+string(*spec.Guard.AtLeast), m.fix())
	}
}

// dates compares start and end. Either later leaves more time than was promised.
func (m *moves) dates() {
	if m.k.Time == nil {
		return
	}
	if was, ok := dateOf(m.was.DueOn); ok && was.Before(m.k.Time.Last) {
		m.moved("spec.dueOn", "the last day", was.String(), m.k.Time.Last.String(), m.fix())
	}
	if was, ok := dateOf(m.was.StartOn); ok && was.Before(m.k.Time.First) {
		m.moved("spec.startOn", "the first day", was.String(), m.k.Time.First.String(), m.fix())
	}
}

// pace compares what is expected at every checkpoint of then and now: between them both lines are straight.
func (m *moves) pace() {
	t := m.k.Time
	if t == nil || m.k.Object.Spec.Reach == nil && m.k.Object.Spec.Maintain == nil {
		return
	}
	var points []v1alpha1.Checkpoint
	if m.k.Object.Spec.Pace != nil {
		points = m.k.Object.Spec.Pace.Checkpoints
	}
	was, is := line(t, m.was.Checkpoints), line(t, points)
	for _, c := range slices.Concat(was.Checkpoints, is.Checkpoints) {
		if then, now := was.Expected(c.At), is.Expected(c.At); now < then {
			m.moved("spec.pace.checkpoints", "what is expected by the end of "+c.At.Add(-time.Second).In(t.Zone).Format(time.DateOnly),
				fmt.Sprintf("%.4g %%", then), fmt.Sprintf("%.4g %%", now), m.fix())
			return
		}
	}
}

func line(t *Time, points []v1alpha1.Checkpoint) okr.Pace {
	pace := okr.Pace{Span: t.Span, Pass: 100}
	for _, p := range points {
		if date, ok := dateOf(p.Date); ok && p.Percent != nil {
			pace.Checkpoints = append(pace.Checkpoints, okr.Checkpoint{At: date.End(t.Zone), Percent: float64(*p.Percent)})
		}
	}
	return pace
}
