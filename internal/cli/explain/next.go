package explain

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// Change is when a verdict changes by itself.
type Change struct {
	// Time at which it changes; nil if it does not until Until.
	Time *time.Time `json:"time,omitempty"`
	// Health, Reason and Message are what it will be then.
	Health  string `json:"health,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	// Condition is the one that changes.
	Condition string `json:"condition,omitempty"`
	// Until is how far ahead was looked.
	Until time.Time `json:"until"`
	// Assuming says what was taken to stay as it is.
	Assuming string `json:"assuming"`
	// Then is what follows where a goal is over: its result.
	Then *Change `json:"then,omitempty"`
}

// ahead is how far ahead an evaluation looks: a change of the verdict is found at the next look or at a later one.
const ahead = 400 * 24 * time.Hour

// most is how often a goal and those below it are evaluated at most to find the next change.
const most = 10_000

// closed is how long after its end a goal is looked at: until it is final, or known not to become so.
const closed = evaluate.Closing + 24*time.Hour

func (k *keyResultParts) next() *Change {
	c := &Change{Assuming: k.assuming()}
	c.Until = k.e.Calendar.End.Add(closed)
	if !k.e.Dated || k.e.Phase == evaluate.PhaseScored || k.e.Phase == evaluate.PhaseCancelled || !c.Until.After(k.now) {
		return nil
	}
	actor := newActor(k.in, k.e, k.now)
	return c.search(string(k.status.Health), func() (time.Time, string, []metav1.Condition) {
		at := actor.due
		if at.Before(c.Until) {
			actor.play(at)
		}
		st := &actor.in.KeyResult.Status
		return at, string(st.Health), st.Conditions
	}, most)
}

func (k *keyResultParts) assuming() string {
	switch {
	case k.e.Value.Value == nil:
		return "no number comes"
	case k.e.Kept == "milestones":
		return "no further milestone is marked as done"
	case k.e.Kept != "":
		return "no further " + k.e.Kept + " is written"
	case k.e.Maintain != nil && k.e.Maintain.Budget != nil:
		return "the number stays as it is and no more time is spent outside"
	default:
		return "the number stays as it is"
	}
}

// search finds the next change of health, and what follows where that is merely the end of a goal's time. step takes one
// look further, and returns when that was and what was seen; what is not before Until does not count.
func (c *Change) search(health string, step func() (time.Time, string, []metav1.Condition), steps int) *Change {
	wanted := c
	for range steps {
		at, seen, conditions := step()
		if !at.Before(c.Until) {
			c.Then = nil
			return c
		}
		if seen == health {
			continue
		}
		wanted.is(at, seen, v1alpha1.OnTrackCondition, conditions)
		if wanted != c || c.Reason != v1alpha1.ReasonClosing {
			return c
		}
		health, c.Then = seen, &Change{Until: c.Until, Assuming: c.Assuming}
		wanted = c.Then
	}
	if c.Then = nil; wanted == c {
		c.Until, _, _ = step()
	}
	return c
}

// is fills in the change.
func (c *Change) is(at time.Time, health, condition string, conditions []metav1.Condition) {
	at = at.UTC()
	told := meta.FindStatusCondition(conditions, condition)
	c.Time, c.Health, c.Condition = &at, health, condition
	if told != nil {
		c.Reason, c.Message = told.Reason, told.Message
	}
}

// actor is a key result as time goes on and nothing else happens.
type actor struct {
	in evaluate.KeyResultInput
	e  evaluate.KeyResultExplanation
	// from is the instant that it is explained at, and due that of its next look.
	from, due time.Time
}

// newActor begins with the status that is computed at now. What it changes is its own copy.
func newActor(in evaluate.KeyResultInput, e evaluate.KeyResultExplanation, now time.Time) *actor {
	in.KeyResult = in.KeyResult.DeepCopy()
	in.KeyResult.Status, in.KeyResult.Status.ObservedGeneration = *e.Result.Status.DeepCopy(), in.KeyResult.Generation
	in.Ahead = ahead
	a := &actor{in: in, e: e, from: now}
	a.play(now)
	return a
}

// play evaluates it at an instant.
func (a *actor) play(at time.Time) {
	result := evaluate.KeyResult(a.in, a.e.Steady(a.from, at), at)
	a.in.KeyResult.Status = result.Status
	a.due = result.Next
	for _, w := range result.Watches {
		a.due = earliest(at, a.due, w.Awaited, asksAt(w.Question))
	}
}

// earliest is the earliest of next and those of the others that are after now.
func earliest(now, next time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	return next
}

// asksAt is when a question about a past instant is first asked; zero of a live one.
func asksAt(q sample.Question) time.Time {
	if q.Live() {
		return time.Time{}
	}
	return time.Unix(q.At, 0).Add(q.Settle)
}

// nextText says in words what comes next.
func nextText(e Explanation) []string {
	x := explaining{Explanation: &e, now: e.Time}
	switch c := e.Next; {
	case c == nil && !e.Computed():
		return []string{"Not known from here."}
	case c == nil:
		return []string{"Nothing changes by itself any more."}
	case c.Time == nil:
		return []string{"If " + c.Assuming + ", nothing changes by itself before " + x.when(c.Until) + "."}
	default:
		text := []string{x.when(*c.Time) + ": " + c.words() + ", if " + c.Assuming + ".", sentence(c.Message)}
		if c.Then != nil {
			text = append(text, x.when(*c.Then.Time)+": "+c.Then.words()+".", sentence(c.Then.Message))
		}
		return text
	}
}

// words is what it changes to.
func (c *Change) words() string {
	switch c.Health {
	case "":
		return c.Condition + " becomes " + c.Reason
	case c.Reason:
		return c.Health
	default:
		return c.Health + ", " + c.Reason
	}
}
