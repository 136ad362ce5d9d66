package evaluate

import (
	"fmt"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// maxFrozenMembers is how many members' scores are kept beside a final result: what the API admits.
const maxFrozenMembers = 256

// over scores the objective once every member has a final result.
func (o *objective) over(span okr.Span) {
	if len(o.members) == 0 {
		o.status.ProgressPercent, o.status.ExpectedPercent = nil, nil
		one, _ := o.words()
		o.verdict(okr.Unknown, o.noMembers(), "over, without an active "+one+" of a weight above 0"+o.aside())
		return
	}
	scores := make([]okr.MemberScore, 0, len(o.members))
	var open, lost []string
	deadline := span.End.Add(Closing)
	for i := range o.members {
		m := &o.members[i]
		if n, scored := m.score(); scored {
			scores = append(scores, okr.MemberScore{Weight: float64(m.weight), Hundredths: n})
			continue
		}
		open = append(open, m.name)
		if m.givenUp(!o.now.Before(deadline)) {
			lost = append(lost, m.name)
		}
	}
	total, known := okr.ObjectiveScore(scores)
	settled := o.settled()
	if known && len(open) == 0 && !o.now.Before(settled) {
		o.freeze(total, span)
		return
	}
	o.next = append(o.next, deadline, settled)
	o.show(okr.Objective{Span: span, Gaps: gapsOf(o.in.Objective)}.RollUp(o.published(), o.now))
	if len(lost) > 0 {
		o.verdict(okr.Unknown, v1alpha1.ReasonFinalUnavailable, "over, and there is no final value of "+enumerate(lost))
		return
	}
	if len(open) == 0 {
		one, _ := o.words()
		o.verdict(okr.Unknown, v1alpha1.ReasonClosing, "over; a minute without a new "+one+" must pass before it is scored")
		return
	}
	o.verdict(okr.Unknown, v1alpha1.ReasonClosing, "over; still expected is the final value of "+enumerate(open))
}

// settled is when a minute has passed since the newest of the objective and its members was created: while a
// repository is being applied, the members that are there are not all that will be.
func (o *objective) settled() time.Time {
	newest := o.in.Objective.CreationTimestamp.Time
	for i := range o.members {
		if o.members[i].created.After(newest) {
			newest = o.members[i].created
		}
	}
	return newest.Add(okr.Settle)
}

// score is a member's final score in hundredths; false while there is none.
func (m *member) score() (int64, bool) {
	if m.final == nil {
		return 0, false
	}
	return hundredths(m.final.Score)
}

// givenUp reports whether a member without a final is not expected to get one: it says so itself, or the
// time is past at which it would, and it is not even closing.
func (m *member) givenUp(past bool) bool {
	c := meta.FindStatusCondition(m.conditions, v1alpha1.OnTrackCondition)
	switch {
	case c == nil:
		return false
	case c.Reason == v1alpha1.ReasonFinalUnavailable:
		return true
	default:
		return past && m.health == v1alpha1.HealthUnknown && c.Reason != v1alpha1.ReasonClosing
	}
}

// freeze makes the final result.
func (o *objective) freeze(total int64, span okr.Span) {
	members := o.members[:min(len(o.members), maxFrozenMembers)]
	frozen := make([]v1alpha1.MemberScore, 0, len(members))
	for i := range members {
		frozen = append(frozen, v1alpha1.MemberScore{Name: members[i].name, Weight: members[i].weight, Score: members[i].final.Score})
	}
	ambition := ambitionOf(o.in.Objective)
	var kpis []v1alpha1.FrozenKPI
	if o.status.Frozen != nil {
		kpis = o.status.Frozen.KPIs
	}
	o.status.Frozen = &v1alpha1.ObjectiveFrozen{
		Members: frozen, Key: o.key(span), KPIs: kpis,
		Final: &v1alpha1.Final{
			Time: second(span.End), ProgressPercent: pointer(int32(total)), Score: score(total),
			Grade: v1alpha1.Grade(ambition.Grade(total)),
		},
	}
	o.status.ExpectedPercent = pointer(int32(ambition.Pass))
	o.showFinal()
}

// key identifies what decides the score beside the members' own: ambition, dates, and who counts how much.
func (o *objective) key(span okr.Span) string {
	parts := make([]string, 0, 3+2*len(o.members))
	parts = append(parts, exact(ambitionOf(o.in.Objective).Pass),
		strconv.FormatInt(span.Start.Unix(), 10), strconv.FormatInt(span.End.Unix(), 10))
	for i := range o.members { // sorted by name
		parts = append(parts, o.members[i].name, strconv.Itoa(int(o.members[i].weight)))
	}
	return digest(parts...)
}

// edited reports whether what decides the score was edited after it was frozen, here or in a member.
func (o *objective) edited(span okr.Span) bool {
	for i := range o.members {
		if meta.IsStatusConditionTrue(o.members[i].conditions, v1alpha1.ReopenedCondition) {
			return true
		}
	}
	return o.status.Frozen.Key != o.key(span)
}

// showFinal repeats the frozen result.
func (o *objective) showFinal() {
	final := *o.status.Frozen.Final
	o.status.Final = &final
	o.status.ProgressPercent = final.ProgressPercent
	health := okr.Missed
	if final.Grade == v1alpha1.GradeGreen {
		health = okr.Achieved
	}
	o.verdict(health, string(health), fmt.Sprintf("over: score %s (%s)", final.Score, final.Grade))
}
