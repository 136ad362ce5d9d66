package preview

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/simulate"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
)

// What happens to a goal.
const (
	added    = "added"
	removed  = "removed"
	changed  = "edited"
	affected = "affected" // it is not edited, and stands otherwise
)

// change is what a change of files does to one goal.
type change struct {
	id
	Title string
	What  string
	// Before and After are nil where the goal is not there.
	Before, After *standing
	// Fields that are edited, by path.
	Fields []fieldChange
	// Goalposts that are moved while the goal runs.
	Goalposts []goalpost
}

// goalpost is one way in which a running goal is made easier, or given up.
type goalpost struct {
	// Text says what was promised, and what it would be.
	Text string `json:"text"`
	// Week of its time in which it is moved, of Weeks in all.
	Week  int `json:"week"`
	Weeks int `json:"weeks"`
	// Reason is what the goal itself says about it; empty if it says nothing.
	Reason string `json:"reason,omitempty"`
	// Fix is what to do if it says nothing.
	Fix string `json:"fix,omitempty"`
}

// comparison is two states of the same goals, evaluated at the same instant.
type comparison struct {
	was, is *goals.Set
	answers *simulate.Answers
	at      time.Time
	// edited are the goals that are in the files of either side, evaluated those whose status may differ.
	edited, evaluated map[id]bool
}

// changes are what differs, in the order of lists.
func (c comparison) changes(ctx context.Context) ([]change, error) {
	var changes []change
	for i := range c.evaluated {
		was, is := find(c.was, i), find(c.is, i)
		if was == nil && is == nil {
			continue
		}
		ch, differs := c.one(i, was, is)
		moved, err := c.goalposts(ctx, was, is)
		if err != nil {
			return nil, err
		}
		if ch.Goalposts = moved; differs || len(moved) > 0 {
			changes = append(changes, ch)
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return a.order(b.id) })
	return changes, nil
}

func (c comparison) one(i id, was, is client.Object) (change, bool) {
	ch := change{id: i}
	if was != nil {
		s := standingOf(was)
		ch.Before, ch.Title = &s, titleOf(was)
	}
	if is != nil {
		s := standingOf(is)
		ch.After, ch.Title = &s, titleOf(is)
	}
	switch {
	case was == nil:
		ch.What = added
		return ch, c.edited[i]
	case is == nil:
		ch.What = removed
		return ch, true
	}
	if ch.Fields = fieldChanges(was, is); len(ch.Fields) > 0 {
		ch.What = changed
		return ch, true
	}
	ch.What = affected
	return ch, !ch.Before.same(*ch.After)
}

// goalposts are how a goal that runs is made easier by the change.
func (c comparison) goalposts(ctx context.Context, was, is client.Object) ([]goalpost, error) {
	switch was := was.(type) {
	case *v1alpha1.KeyResult:
		now, _ := is.(*v1alpha1.KeyResult)
		return c.keyResult(ctx, was, now)
	case *v1alpha1.Objective:
		now, _ := is.(*v1alpha1.Objective)
		return c.objective(was, now), nil
	default: // a KPI is watched, and promises nothing
		return nil, nil
	}
}

// objective compares what an objective promises apart from its key results.
func (c comparison) objective(was, is *v1alpha1.Objective) []goalpost {
	t := practice.NewObjective(was, evaluate.Zone(was.Spec.TimeZone)).Time
	if !c.running(t) || was.Spec.State == v1alpha1.ObjectiveDraft || was.Spec.State == v1alpha1.ObjectiveCancelled {
		return nil
	}
	week, weeks := weekOf(t, c.at)
	var found []goalpost
	add := func(text, reason, fix string) {
		found = append(found, goalpost{Text: text, Week: week, Weeks: weeks, Reason: reason, Fix: fix})
	}
	switch {
	case is == nil:
		add("the objective is deleted while it runs", "", "keep it, with state: Cancelled and the reason in spec.cancelled")
		return found
	case is.Spec.State == v1alpha1.ObjectiveCancelled:
		add("the objective is given up", reasonOf(is.Spec.Cancelled), "write in spec.cancelled when and why")
		return found
	case is.Spec.State == v1alpha1.ObjectiveDraft:
		add("the objective becomes a draft, which is not judged, while it runs", "", "take it back, or cancel it with the reason in spec.cancelled")
	}
	if was.Spec.Ambition == v1alpha1.AmbitionCommitted && is.Spec.Ambition == v1alpha1.AmbitionAspirational {
		add("a promise, which passes at 1.00, becomes a stretch, which passes at 0.70", "", "take it back, or write another objective")
	}
	return found
}

func reasonOf(c *v1alpha1.Cancellation) string {
	if c == nil {
		return ""
	}
	return c.Reason
}

// keyResult compares a key result with what it promises before the change.
func (c comparison) keyResult(ctx context.Context, was, is *v1alpha1.KeyResult) ([]goalpost, error) {
	objective := c.was.Objective(was.Namespace, was.Spec.ObjectiveRef.Name)
	then := factsOf(was, objective)
	given := was.Spec.State == v1alpha1.KeyResultCancelled || objective == nil || objective.Spec.State != v1alpha1.ObjectiveActive
	if given || !c.running(then.Time) {
		return nil, nil
	}
	week, weeks := weekOf(then.Time, c.at)
	at := func(g goalpost) goalpost { g.Week, g.Weeks = week, weeks; return g }
	switch {
	case is == nil:
		return []goalpost{at(goalpost{
			Text: "the key result is deleted while it runs", Fix: "keep it, with state: Cancelled and the reason in spec.cancelled",
		})}, nil
	case is.Spec.State == v1alpha1.KeyResultCancelled:
		return []goalpost{at(goalpost{
			Text: "the key result is given up", Reason: reasonOf(is.Spec.Cancelled), Fix: "write in spec.cancelled when and why",
		})}, nil
	}
	promised, err := simulate.Promise(ctx, c.was, was, c.answers)
	if err != nil || promised == nil {
		return nil, err
	}
	compared := is.DeepCopy()
	compared.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: promised}
	if was.Status.Frozen != nil {
		compared.Status.Frozen.Baseline = was.Status.Frozen.Baseline
	}
	facts := factsOf(compared, c.is.Objective(is.Namespace, is.Spec.ObjectiveRef.Name))
	var found []goalpost
	for _, move := range facts.Moves() {
		g := goalpost{Text: move.Text, Fix: move.Fix}
		if reach := is.Spec.Reach; move.Explained && reach != nil && len(reach.Replanned) > 0 {
			g.Reason = reach.Replanned[len(reach.Replanned)-1].Reason
		}
		found = append(found, at(g))
	}
	if before, after := weight(was), weight(is); 0 < after && after < before {
		found = append(found, at(goalpost{
			Text: fmt.Sprintf("the weight was %d and is %d now", before, after), Fix: "take it back if it is to count for less because it goes badly",
		}))
	}
	return found, nil
}

func weight(kr *v1alpha1.KeyResult) int32 {
	if kr.Spec.Weight == nil {
		return 1
	}
	return *kr.Spec.Weight
}

func factsOf(kr *v1alpha1.KeyResult, objective *v1alpha1.Objective) *practice.KeyResult {
	if objective == nil {
		return practice.NewKeyResult(kr, nil)
	}
	return practice.NewKeyResult(kr, practice.NewObjective(objective, evaluate.Zone(objective.Spec.TimeZone)))
}

func (c comparison) running(t *practice.Time) bool {
	return t != nil && !c.at.Before(t.Start) && c.at.Before(t.End)
}

// weekOf is the week of a goal's time that an instant lies in, from 1, and how many weeks it has: a quarter has 13, and a
// day or two of a fourteenth.
func weekOf(t *practice.Time, at time.Time) (week, weeks int) {
	const length = 7 * 24 * time.Hour
	week = int(at.Sub(t.Start)/length) + 1
	return week, max(week, int(math.Round(float64(t.End.Sub(t.Start))/float64(length))))
}
