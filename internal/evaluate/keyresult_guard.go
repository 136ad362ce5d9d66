package evaluate

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// ofGuard begins what Measured says of the guard rather than of the value.
const ofGuard = "guard: "

// GuardMetric is what a key result's guard asks; nil without one. Source, rhythm and patience are those of the key
// result's own metric where it has one.
func GuardMetric(kr *v1alpha1.KeyResult) *v1alpha1.Metric {
	spec := kr.Spec.Guard
	if spec == nil {
		return nil
	}
	metric := v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}}
	if own := kr.Spec.Metric; own != nil {
		metric = *own
	}
	metric.Query, metric.Window = spec.Query, spec.Window
	if spec.SourceRef != nil {
		metric.SourceRef = *spec.SourceRef
	}
	return &metric
}

// guard is the number that must reach a bound for the key result to count in full.
type guard struct {
	*keyResult
	metric  Metric
	atLeast float64
	// live is what is known of its present value.
	live measured
}

// guardProblem is what is wrong with the guard's query; nil if nothing is.
func (k *keyResult) guardProblem() *problem {
	spec := k.in.KeyResult.Spec.Guard
	if spec == nil || k.in.Guard == nil {
		return nil
	}
	if k.in.Guard.invalid() {
		return stalled(v1alpha1.ReasonInvalidQuery, "spec.guard.query: "+k.in.Guard.Expression.Problem)
	}
	k.guard = &guard{keyResult: k, metric: *k.in.Guard, atLeast: spec.AtLeast.Float64()}
	return nil
}

// refused is the problem of a query that the server refuses, the guard's or the metric's.
func (k *keyResult) refused(reason, message string) *problem {
	if about, found := strings.CutPrefix(message, ofGuard); found {
		return stalled(reason, "spec.guard.query: "+about)
	}
	return k.blame(stalled(reason, "spec.metric.query: "+message))
}

// measureGuard finds out about the guard's present value, and shows it.
func (k *keyResult) measureGuard() {
	g := k.guard
	if g == nil {
		k.status.Guard, k.status.Frozen.Guard = "", nil
		return
	}
	if !k.counts(g.metric) {
		g.live = k.uncounted()
		return
	}
	q := g.metric.live(k.pace.Span)
	key := g.metric.key(q)
	remembered := memory{k.status.Frozen.Guard, k.saidOfGuard(), k.current(), k.judged()}
	g.live = measure(g.metric, key, q, g.metric.held(k.samples, q), remembered, keyResultStaleAfter, k.now)
	k.next = append(k.next, g.live.staleAt)
	k.status.Frozen.Guard = g.live.frozen(key, k.status.Frozen.Guard)
	if g.live.value != nil {
		k.status.Guard = g.text(*g.live.value)
	}
}

// text is a value of the guard and its bound as people read them.
func (g *guard) text(value float64) string {
	return sample.Display(value) + " of at least " + string(*g.in.KeyResult.Spec.Guard.AtLeast)
}

// guardValue is the guard's last good value; nil without one.
func (k *keyResult) guardValue() *float64 {
	if k.guard == nil {
		return nil
	}
	return k.guard.live.value
}

// guarded brings what is known of the guard into what Measured says. Trouble with the value itself goes first.
func (k *keyResult) guarded(value *measured) {
	if k.guard == nil {
		return
	}
	live := k.guard.live
	fine := value.status == metav1.ConditionTrue
	value.usable = value.usable && live.usable
	switch {
	case !fine:
	case live.status != metav1.ConditionTrue:
		value.status, value.reason, value.message = live.status, live.reason, ofGuard+live.message
	case *live.value < k.guard.atLeast:
		value.reason, value.message = v1alpha1.ReasonGuardNotMet, "a fresh value is held; the guard is not met: "+k.status.Guard
	}
}

// saidOfValue is what Measured said of the value before; nil at the first visit. While it spoke of the guard, the value
// was fine.
func (k *keyResult) saidOfValue() *metav1.Condition {
	before := meta.FindStatusCondition(k.before.Conditions, v1alpha1.MeasuredCondition)
	if before != nil && (before.Reason == v1alpha1.ReasonGuardNotMet || strings.HasPrefix(before.Message, ofGuard)) {
		return fine(before)
	}
	return before
}

// saidOfGuard is what Measured said of the guard before; nil if it spoke of trouble with the value, which hid whatever
// there was with the guard.
func (k *keyResult) saidOfGuard() *metav1.Condition {
	before := meta.FindStatusCondition(k.before.Conditions, v1alpha1.MeasuredCondition)
	switch {
	case before == nil:
		return nil
	case before.Status == metav1.ConditionTrue:
		return fine(before)
	case !strings.HasPrefix(before.Message, ofGuard):
		return nil
	}
	about := *before
	about.Message = strings.TrimPrefix(before.Message, ofGuard)
	return &about
}

// fine is a condition that says of a number that there is nothing wrong with it.
func fine(before *metav1.Condition) *metav1.Condition {
	said := *before
	said.Status, said.Reason, said.Message = metav1.ConditionTrue, string(sample.Sampled), "a fresh value is held"
	return &said
}

// watchGuard has the guard asked from now on. It comes after the value, which is what a key result's live question is.
func (k *keyResult) watchGuard(value measured, judged bool) {
	g := k.guard
	if g == nil || !g.metric.asked() || !k.counts(g.metric) {
		return
	}
	bounds := []float64{g.atLeast}
	if judged && value.value != nil && g.live.value != nil {
		limit, _ := okr.GuardLimit(*g.live.value, g.atLeast)
		bounds = append(bounds, k.boundsAround(limit, *g.live.value, g.valueAt)...)
		if stand, known := k.shape.stand(*value.value); known { // from where on the guard holds it back
			bounds = append(bounds, g.valueAt(stand.Percent(k.now)), g.valueAt(stand.Percent(k.now.Add(horizon))))
		}
	}
	k.watches = append(k.watches, sample.Watch{
		Question: g.metric.live(k.pace.Span), Seen: g.live.seen, Scale: sample.Scale{To: g.atLeast}, Bounds: bounds, Stretched: g.live.stretched,
	})
}

// valueAt is the guard's value that limits progress to p percent.
func (g *guard) valueAt(p float64) float64 { return g.atLeast * p / 100 }

// guardBounds is the value from which on the guard holds the key result back.
func (k *keyResult) guardBounds() []float64 {
	scale := k.shape.scale()
	if k.guard == nil || k.guard.live.value == nil || scale == (sample.Scale{}) {
		return nil
	}
	limit, _ := okr.GuardLimit(*k.guard.live.value, k.guard.atLeast)
	return []float64{scale.From + limit/100*(scale.To-scale.From)}
}

// limit is how a key result stands while its guard stands at a value; false while that is not known.
func (g *guard) limit(stand running, value *float64) (running, bool) {
	if value == nil {
		return nil, false
	}
	limit, met := okr.GuardLimit(*value, g.atLeast)
	if met || !okr.Known(limit) {
		return stand, met
	}
	return limited{stand, steady{g.running(), limit}}, true
}

// limited is how a key result stands that a guard holds back.
type limited struct {
	running
	// limit is how it would stand with the most that the guard lets count.
	limit steady
}

// binds reports whether the guard takes anything away at t.
func (l limited) binds(t time.Time) bool { return l.limit.percent < l.running.Percent(t) }

// Percent is what the guard lets count.
func (l limited) Percent(t time.Time) float64 { return min(l.running.Percent(t), l.limit.percent) }

// Verdict is the worse of that without the guard, and that of what the guard lets count.
func (l limited) Verdict(t time.Time) okr.Verdict {
	verdict := l.running.Verdict(t)
	if !l.binds(t) {
		return verdict
	}
	held := l.limit.Verdict(t)
	switch {
	case verdict.Health == okr.OnTrack && held.Health == okr.OnTrack:
		return held
	case held.Health == okr.OffTrack || held.Health == okr.AtRisk && verdict.Health != okr.OffTrack:
		held.Reason = okr.GuardNotMet
		return held
	default:
		return verdict
	}
}

// NextChange is when either verdict changes, or the guard begins or ceases to take something away.
func (l limited) NextChange(now, until time.Time) (time.Time, bool) {
	change, found := l.running.NextChange(now, until)
	if other, also := l.limit.NextChange(now, until); also && (!found || other.Before(change)) {
		change, found = other, true
	}
	last := until
	if found {
		last = change
	}
	binds, seconds := l.binds(now), int(last.Unix()-now.Unix())
	steps := sort.Search(max(0, seconds), func(i int) bool { return l.binds(now.Add(time.Duration(i+1)*time.Second)) != binds })
	if steps < seconds {
		return now.Add(time.Duration(steps+1) * time.Second), true
	}
	return change, found
}

// explain says the verdict of how it stands in words: first as if there were no guard, then what that takes away.
func (k *keyResult) explain(verdict okr.Verdict, stand running) string {
	held, limits := stand.(limited)
	if !limits || !held.binds(k.now) {
		return k.shape.explain(verdict, okr.Whole(stand.Percent(k.now)))
	}
	return fmt.Sprintf("%s; the guard holds it back to %s: %s", k.shape.explain(verdict, okr.Whole(held.running.Percent(k.now))),
		percent(okr.Whole(held.Percent(k.now))), k.status.Guard)
}

// atEnd asks for the guard's value at the end.
func (g *guard) atEnd() sample.Question {
	return g.metric.at(g.pace.End, g.metric.settle(), g.pace.Span)
}

// guardAtEnd is what is known of the guard's value at the end; the zero Sample without a guard.
func (k *keyResult) guardAtEnd() sample.Sample {
	if k.guard == nil {
		return sample.Sample{}
	}
	return k.guard.metric.held(k.samples, k.guard.atEnd()).Last
}

// counted is what the guard lets count of a final progress of p percent, and whether it lets all of it.
func (k *keyResult) counted(p float64, last sample.Sample) (float64, bool) {
	if k.guard == nil {
		return p, true
	}
	k.status.Guard = k.guard.text(last.Value)
	limit, met := okr.GuardLimit(last.Value, k.guard.atLeast)
	if met {
		return p, true
	}
	return min(p, limit), false
}

// decides identifies the guard, whichever tenant asks.
func (g *guard) decides() string {
	key, _, _ := strings.Cut(g.metric.key(g.atEnd(), exact(g.atLeast)), "/")
	return key
}
