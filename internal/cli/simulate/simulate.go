// Package simulate finds out what the status of goals would be at an instant, without a controller: it evaluates them with
// the controller's own functions, and asks what they ask until nothing more is asked.
package simulate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/sample"
)

// maxRounds bounds how often an answer may lead to another question. Two or three do: a live value, what it was at the
// start, its history.
const maxRounds = 10

// Options say how goals are evaluated. Zero values are the controller's defaults.
type Options struct {
	// Grace is how long before and after its period an objective looks after a KPI; zero: 21 days.
	Grace time.Duration
	// Thresholds are those of the rules of practice.
	Thresholds practice.Thresholds
	// Evaluated says which goals are; the others stand as they are, with the status that they have. Nil: all.
	Evaluated func(client.Object) bool
	// Settled says that the minute has passed for which a KPI must be without an objective before that is said.
	Settled bool
}

// Run returns the set with the statuses that its goals would have at the instant of the answers. The statuses in the set
// that it is given are those from before. Parents are evaluated after their children. The error is that of the context, or
// of reading the set.
func Run(ctx context.Context, before *goals.Set, answers *Answers, o Options) (*goals.Set, error) {
	if o.Grace == 0 {
		o.Grace = evaluate.DefaultGrace
	}
	if o.Evaluated == nil {
		o.Evaluated = func(client.Object) bool { return true }
	}
	answers.know(before.Sources)
	r := &run{Options: o, before: before, answers: answers, now: answers.at}
	r.copy()
	for range maxRounds {
		if err := r.pass(ctx); err != nil {
			return nil, err
		}
		switch asked, err := answers.ask(ctx, r.watches); {
		case err != nil:
			return nil, err
		case asked == 0:
			return r.after, nil
		}
	}
	return r.after, r.pass(ctx)
}

type run struct {
	Options
	before  *goals.Set
	answers *Answers
	now     time.Time
	// after holds copies of what is evaluated, with the newest status.
	after   *goals.Set
	watches []sample.Watch
}

// copy makes the set whose statuses are changed.
func (r *run) copy() {
	var objects []client.Object
	for _, o := range r.before.Objectives {
		objects = append(objects, copied(r, o))
	}
	for _, kr := range r.before.KeyResults {
		objects = append(objects, copied(r, kr))
	}
	for _, k := range r.before.KPIs {
		objects = append(objects, copied(r, k))
	}
	for _, s := range r.before.Sources {
		objects = append(objects, s)
	}
	for _, n := range r.before.Namespaces {
		objects = append(objects, n)
	}
	r.after = goals.New(objects)
	r.after.Withheld = r.before.Withheld
}

func copied[O interface {
	client.Object
	DeepCopy() O
}](r *run, object O) O {
	if !r.Evaluated(object) {
		return object
	}
	return object.DeepCopy()
}

// pass evaluates each goal once: KPIs and key results, which need nobody's status, and then objectives from the leaves
// to the top.
func (r *run) pass(ctx context.Context) error {
	r.watches = nil
	world := r.after.World()
	for _, before := range r.before.KPIs {
		if err := r.kpi(ctx, world, before); err != nil {
			return err
		}
	}
	for _, before := range r.before.KeyResults {
		if !r.Evaluated(before) {
			continue
		}
		in, err := world.KeyResult(ctx, before)
		if err != nil {
			return err
		}
		in.Thresholds = r.Thresholds
		result := evaluate.KeyResult(in, r.answers.Held, r.now)
		r.watches = append(r.watches, result.Watches...)
		r.after.KeyResult(before.Namespace, before.Name).Status = result.Status
	}
	for _, before := range upwards(r.before) {
		if !r.Evaluated(before) {
			continue
		}
		in, err := world.Objective(ctx, before)
		if err != nil {
			return err
		}
		in.Thresholds = r.Thresholds
		result := evaluate.Objective(in, r.answers.Held, r.now)
		r.watches = append(r.watches, result.Watches...)
		r.after.Objective(before.Namespace, before.Name).Status = result.Status
	}
	return nil
}

func (r *run) kpi(ctx context.Context, world gather.World, before *v1alpha1.KPI) error {
	if !r.Evaluated(before) {
		return nil
	}
	in, err := world.KPI(ctx, before)
	if err != nil {
		return err
	}
	in.Thresholds, in.Grace = r.Thresholds, r.Grace
	result := evaluate.KPI(in, r.answers.Held, r.now)
	if c := meta.FindStatusCondition(result.Status.Conditions, v1alpha1.AlignedCondition); r.Settled && c != nil && c.Reason == v1alpha1.ReasonSettling {
		order := result.Status.Conditions
		in.KPI = settled(before, *c, r.now)
		result = evaluate.KPI(in, r.answers.Held, r.now)
		slices.SortStableFunc(result.Status.Conditions, func(a, b metav1.Condition) int { return place(order, a.Type) - place(order, b.Type) })
	}
	r.watches = append(r.watches, result.Watches...)
	r.after.KPI(before.Namespace, before.Name).Status = result.Status
	return nil
}

// settled is the KPI as if it had been without an objective for a minute.
func settled(kpi *v1alpha1.KPI, settling metav1.Condition, now time.Time) *v1alpha1.KPI {
	kpi = kpi.DeepCopy()
	settling.LastTransitionTime = metav1.NewTime(now.Add(-okr.Settle))
	meta.RemoveStatusCondition(&kpi.Status.Conditions, settling.Type)
	kpi.Status.Conditions = append(kpi.Status.Conditions, settling)
	return kpi
}

func place(conditions []metav1.Condition, kind string) int {
	return slices.IndexFunc(conditions, func(c metav1.Condition) bool { return c.Type == kind })
}

// upwards are the objectives of a set, each after all that name it as their parent, as far as there is no cycle.
func upwards(set *goals.Set) []*v1alpha1.Objective {
	seen := map[*v1alpha1.Objective]bool{}
	ordered := make([]*v1alpha1.Objective, 0, len(set.Objectives))
	// A stack of its own: a chain may be as long as there are objectives.
	type visit struct {
		objective *v1alpha1.Objective
		children  []*v1alpha1.Objective
	}
	for _, top := range set.Objectives {
		stack := []visit{}
		enter := func(o *v1alpha1.Objective) {
			if !seen[o] {
				seen[o] = true
				stack = append(stack, visit{o, set.ChildrenOf(o)})
			}
		}
		for enter(top); len(stack) > 0; {
			last := &stack[len(stack)-1]
			if len(last.children) == 0 {
				ordered = append(ordered, last.objective)
				stack = stack[:len(stack)-1]
				continue
			}
			child := last.children[0]
			last.children = last.children[1:]
			enter(child)
		}
	}
	return ordered
}

// Promise is what a key result commits to as it is written, once it has begun; nil before. It is asked of nobody.
func Promise(ctx context.Context, set *goals.Set, kr *v1alpha1.KeyResult, answers *Answers) (*v1alpha1.Commitment, error) {
	fresh := kr.DeepCopy()
	fresh.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
	in, err := set.World().KeyResult(ctx, fresh)
	if err != nil {
		return nil, fmt.Errorf("what %s promises: %w", keyOf(kr), err)
	}
	frozen := evaluate.KeyResult(in, answers.Held, answers.at).Status.Frozen
	if frozen == nil {
		return nil, nil
	}
	return frozen.Commitment, nil
}
