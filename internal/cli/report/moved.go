package report

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// The kinds of moves.
const (
	// Replanned: the target was moved, and people said why.
	Replanned = "Replanned"
	// Retargeted: what is aimed at now is not what was promised at the start.
	Retargeted = "Target"
	// Unexplained: a goal became easier, and nobody said why.
	Unexplained = "Unexplained"
	// GivenUp: cancelled after its start.
	GivenUp = "Cancelled"
	// Reopened: edited after its end. The score stays.
	Reopened = "Reopened"
)

// movesOf are the goalposts of a key result that were moved, the oldest first, those without a date last.
func movesOf(kr *v1alpha1.KeyResult, found []practice.Finding) []Move {
	var moves []Move
	unit := line(kr.Spec.Unit)
	if reach := kr.Spec.Reach; reach != nil {
		for _, r := range reach.Replanned {
			moves = append(moves, Move{
				Kind: Replanned, Date: dayOf(r.Date), From: withUnit(decimal(r.From), unit), To: withUnit(decimal(r.To), unit), Reason: line(r.Reason),
			})
		}
	}
	if original := line(kr.Status.OriginalTarget); original != "" {
		moves = append(moves, Move{Kind: Retargeted, From: original, To: line(kr.Status.Target)})
	}
	if kr.Spec.State == v1alpha1.KeyResultCancelled {
		moves = append(moves, givenUp(kr.Spec.Cancelled)...)
	}
	moves = append(moves, reopened(kr.Status.Conditions)...)
	return sorted(append(moves, unexplained(found)...))
}

// objectiveMoves are those of an objective itself.
func objectiveMoves(o *v1alpha1.Objective, found []practice.Finding) []Move {
	var moves []Move
	if o.Spec.State == v1alpha1.ObjectiveCancelled {
		moves = givenUp(o.Spec.Cancelled)
	}
	moves = append(moves, reopened(o.Status.Conditions)...)
	return sorted(append(moves, unexplained(found)...))
}

// givenUp is empty where nobody said when and why: the rule says that, where it matters.
func givenUp(c *v1alpha1.Cancellation) []Move {
	if c == nil {
		return nil
	}
	return []Move{{Kind: GivenUp, Date: dayOf(c.Date), Reason: line(c.Reason)}}
}

func reopened(conditions []metav1.Condition) []Move {
	c := condition(conditions, v1alpha1.ReopenedCondition)
	if c.Status != metav1.ConditionTrue {
		return nil
	}
	return []Move{{Kind: Reopened, Reason: line(c.Message)}}
}

func unexplained(found []practice.Finding) []Move {
	var moves []Move
	for _, f := range found {
		reason := line(f.Message)
		if f.Silenced != "" {
			reason += " (silenced: " + line(f.Silenced) + ")"
		}
		moves = append(moves, Move{Kind: Unexplained, Reason: reason})
	}
	return moves
}

func sorted(moves []Move) []Move {
	slices.SortStableFunc(moves, func(a, b Move) int {
		const last = "9999-99-99"
		return cmp.Compare(cmp.Or(a.Date, last), cmp.Or(b.Date, last))
	})
	return moves
}

func decimal(d *v1alpha1.Decimal) string {
	if d == nil {
		return ""
	}
	return line(string(*d))
}

// Text is a move in a sentence.
func (m Move) Text() string {
	on, why := "", ""
	if m.Date != "" {
		on = " on " + m.Date
	}
	if m.Reason != "" {
		why = ": " + m.Reason
	}
	switch m.Kind {
	case Replanned:
		return "Replanned" + on + " from " + known(m.From) + " to " + known(m.To) + why
	case Retargeted:
		return "Promised at the start: " + known(m.From) + "; aimed at now: " + known(m.To)
	case GivenUp:
		return "Given up" + on + why
	case Reopened:
		return "Edited after the end; the score stays" + why
	default:
		return "Moved without a word" + why
	}
}
