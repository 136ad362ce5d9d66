package explain

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

// play is an objective with all that is below it, as time goes on and nothing else happens.
type play struct {
	*explaining
	keyResults []*actor
	// objectives are those below before those above.
	objectives []*part
	seen       map[client.ObjectKey]*part
}

// part is an objective of a play.
type part struct {
	in  evaluate.ObjectiveInput
	due time.Time
	// below are the key results, and the children, whose numbers it adds up.
	keyResults []*actor
	children   []*part
	// stale says that one of these has another status than when it was evaluated.
	stale bool
}

// next finds when the verdict on an objective changes if no number does.
func (p *objectiveParts) next() (*Change, error) {
	c := &Change{Assuming: "every number stays as it is", Until: p.e.Calendar.End.Add(closed)}
	if !p.e.Dated || p.e.Phase == evaluate.PhaseScored || p.e.Phase == evaluate.PhaseCancelled || !c.Until.After(p.now) {
		return nil, nil
	}
	theatre := &play{explaining: p.explaining, seen: map[client.ObjectKey]*part{}}
	own, err := theatre.cast(p.o)
	if err != nil {
		return nil, err
	}
	theatre.at(p.now, true)
	health := own.in.Objective.Status.Health
	return c.search(string(health), func() (time.Time, string, []metav1.Condition) {
		due := theatre.due()
		if due.Before(c.Until) {
			theatre.at(due, false)
		}
		st := &own.in.Objective.Status
		return due, string(st.Health), st.Conditions
	}, most/(1+len(theatre.keyResults)+len(theatre.objectives))), nil
}

// cast takes an objective and all that is below it into the play, as copies.
func (t *play) cast(o *v1alpha1.Objective) (*part, error) {
	key := client.ObjectKeyFromObject(o)
	if known := t.seen[key]; known != nil {
		return known, nil
	}
	in, err := t.reader.world().Objective(t.ctx, o)
	if err != nil {
		return nil, err
	}
	in.Objective, in.Ahead = o.DeepCopy(), ahead
	own := &part{in: in}
	t.seen[key] = own
	for i, kr := range in.KeyResults {
		krIn, err := t.reader.world().KeyResult(t.ctx, kr)
		if err != nil {
			return nil, err
		}
		a := newActor(krIn, evaluate.ExplainKeyResult(krIn, none, t.now), t.now)
		own.keyResults, t.keyResults = append(own.keyResults, a), append(t.keyResults, a)
		in.KeyResults[i] = a.in.KeyResult
	}
	for i, child := range in.Children {
		below, err := t.cast(child)
		if err != nil {
			return nil, err
		}
		own.children = append(own.children, below)
		in.Children[i] = below.in.Objective
	}
	t.objectives = append(t.objectives, own)
	return own, nil
}

// due is when the next of them is looked at.
func (t *play) due() time.Time {
	next := t.now.Add(ahead)
	for _, a := range t.keyResults {
		if a.due.Before(next) {
			next = a.due
		}
	}
	for _, o := range t.objectives {
		if o.due.Before(next) {
			next = o.due
		}
	}
	return next
}

// at evaluates those that are due, and those above them; all: everybody.
func (t *play) at(now time.Time, all bool) {
	moved := map[*actor]bool{}
	for _, a := range t.keyResults {
		if all || !a.due.After(now) {
			a.play(now)
			moved[a] = true
		}
	}
	for _, o := range t.objectives {
		o.stale = all || !o.due.After(now)
		for _, a := range o.keyResults {
			o.stale = o.stale || moved[a]
		}
		for _, child := range o.children {
			o.stale = o.stale || child.stale
		}
		if !o.stale {
			continue
		}
		result := evaluate.Objective(o.in, none, now)
		o.in.Objective.Status, o.due = result.Status, result.Next
	}
}
