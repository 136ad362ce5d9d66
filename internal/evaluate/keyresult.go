package evaluate

import (
	"cmp"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/sample"
)

// KeyResultInput is a key result and what it depends on.
type KeyResultInput struct {
	// KeyResult with the status that was written last.
	KeyResult *v1alpha1.KeyResult
	// Objective that it belongs to; nil if there is none of that name.
	Objective *v1alpha1.Objective
	// Metric that measures it; nil if its kpiRef does not resolve, or people keep the value.
	Metric *Metric
	// KPI that its kpiRef names; nil if that does not resolve, or there is none.
	KPI *v1alpha1.KPI
	// Guard is what spec.guard asks; nil without one.
	Guard *Metric
	// Thresholds are those of the rules of practice; zero: the defaults.
	Thresholds practice.Thresholds
	// Ahead is how far ahead the next look lies at most; zero: an hour.
	Ahead time.Duration
}

// keyResultStaleAfter is how long a key result's last good value stands by default.
const keyResultStaleAfter = day

// KeyResult evaluates a key result at now.
func KeyResult(in KeyResultInput, samples Samples, now time.Time) Result[v1alpha1.KeyResultStatus] {
	return judgeKeyResult(in, samples, now).result()
}

func judgeKeyResult(in KeyResultInput, samples Samples, now time.Time) *keyResult {
	before := &in.KeyResult.Status
	k := &keyResult{in: in, samples: samples, now: whole(now), ahead: cmp.Or(in.Ahead, horizon), before: before, status: *before.DeepCopy()}
	k.conditions = &conditions{list: k.status.Conditions, generation: in.KeyResult.Generation, now: k.now}
	if k.status.Frozen == nil {
		k.status.Frozen = &v1alpha1.KeyResultFrozen{}
	}
	k.status.ObservedGeneration = in.KeyResult.Generation
	k.status.Forecast, k.status.Frozen.Forecast = nil, nil // drawn anew by every verdict
	// A clock that was ahead has closed nothing.
	if final := k.status.Frozen.Final; final != nil && final.Time.After(k.now) {
		k.status.Frozen.Final, k.status.Final = nil, nil
	}
	k.reopened = k.status.Frozen.Final != nil && meta.IsStatusConditionTrue(before.Conditions, v1alpha1.ReopenedCondition)
	k.evaluate()
	k.conditions.readiness(k.problem)
	k.conditions.reopened(k.reopened)
	k.wellFormed()
	return k
}

// keyResult is one evaluation under way.
type keyResult struct {
	in         KeyResultInput
	samples    Samples
	now        time.Time
	ahead      time.Duration
	before     *v1alpha1.KeyResultStatus // read only
	status     v1alpha1.KeyResultStatus
	conditions *conditions

	// problem is what is in the way, if anything is.
	problem  *problem
	reopened bool
	ambition okr.Ambition
	// days are the objective's; known once its spec has been found to be in order.
	days calendar
	pace okr.Pace
	// kept is where the value comes from if no metric gives it.
	kept kept
	// spans is nil where the value is not one of a span of the calendar.
	spans *spans
	// guard is nil without one.
	guard *guard
	// shape is known once the spec has been found to be in order.
	shape shape
	// known is what Measured says of the value of a key result that is not over.
	known measured
	// newest is the newest good value, and shown the one by which the verdict is given; nil while there is none.
	newest, shown *float64
	// moved says that what is remembered would give another verdict now than what is known.
	moved bool

	watches []sample.Watch
	next    []time.Time
}

func (k *keyResult) evaluate() {
	k.status.Frozen.PendingHealth = nil
	cancelled, message := k.cancelled()
	if cancelled && k.status.Frozen.Final == nil { // a score that is known is not cancelled away
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionUnknown, v1alpha1.ReasonCancelled, "not measured any more")
		k.verdict(okr.Cancelled, v1alpha1.ReasonCancelled, message)
		return
	}
	bad := k.prepare()
	if k.problem = bad; bad == nil {
		k.problem = k.sourceMissing()
	}
	switch {
	case k.status.Frozen.Final != nil: // whatever has become of dates and references since
		if k.reopened = k.reopened || cancelled; bad == nil && !cancelled {
			k.reopened = k.editedSince(k.status.Frozen.Final.Key) || k.recordDiffers()
		}
		k.showFinal()
	case k.recorded():
		k.showFinal()
	case bad != nil:
		k.unprepared(bad)
	case k.now.Before(k.pace.End):
		k.live()
	default:
		k.over()
		if k.problem == nil && k.status.Frozen.Final == nil {
			k.problem = k.misdated()
		}
	}
	if k.problem != nil && k.problem.heals && k.status.Frozen.Final != nil {
		k.problem = nil // nothing is asked any more, so nothing that is missing is missed
	}
}

// unprepared is the status of a key result with something in the way. Expected goes on with the time where it is
// known, for the objective adds it up.
func (k *keyResult) unprepared(bad *problem) {
	if k.pace.Start.Before(k.pace.End) {
		k.next = append(k.next, k.pace.End) // a record may close it
		k.expect(okr.KeyResult{Pace: k.pace})
	}
	k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionUnknown, bad.reason, bad.message)
	k.verdict(okr.Unknown, bad.reason, bad.message)
}

// expect shows the expected progress at now.
func (k *keyResult) expect(running okr.KeyResult) {
	k.status.ExpectedPercent = pointer(int32(k.pace.ExpectedPercent(k.now)))
	if change, found := running.NextChange(0, k.now, k.now.Add(k.ahead)); found {
		k.next = append(k.next, change)
	}
}

// cancelled reports whether the key result, or its objective, was given up, and what to say about it.
func (k *keyResult) cancelled() (bool, string) {
	if k.in.KeyResult.Spec.State == v1alpha1.KeyResultCancelled {
		return true, cancellation(k.in.KeyResult.Spec.Cancelled)
	}
	if o := k.in.Objective; o != nil && o.Spec.State == v1alpha1.ObjectiveCancelled {
		return true, "the objective: " + cancellation(o.Spec.Cancelled)
	}
	return false, ""
}

func cancellation(c *v1alpha1.Cancellation) string {
	if c == nil {
		return "cancelled"
	}
	return fmt.Sprintf("cancelled on %s: %s", c.Date, oneLine(c.Reason))
}

// prepare reads the references and the dates. A missing source is not in the way: the last good value stands
// until it is stale.
func (k *keyResult) prepare() *problem {
	spec := &k.in.KeyResult.Spec
	if k.in.Objective == nil {
		return missing(fmt.Sprintf("Objective %s not found in namespace %s: a key result lives in the namespace of its objective",
			spec.ObjectiveRef.Name, k.in.KeyResult.Namespace))
	}
	k.ambition = ambitionOf(k.in.Objective)
	var bad *problem
	if k.days, bad = calendarOf(k.in.Objective); bad != nil {
		return &problem{reason: bad.reason, message: "Objective " + spec.ObjectiveRef.Name + ": " + bad.message, heals: true}
	}
	if k.pace, bad = k.days.pace(k.in.KeyResult, k.ambition); bad != nil {
		return bad
	}
	if bad := k.findSource(); bad != nil {
		return bad
	}
	shape := k.shapeOf()
	if bad := shape.problem(); bad != nil {
		return bad
	}
	k.shape = shape
	return nil
}

// blame says whose the problem of a metric is: that of the KPI where one measures the key result.
func (k *keyResult) blame(p *problem) *problem {
	ref := k.in.KeyResult.Spec.KPIRef
	if p == nil || ref == nil {
		return p
	}
	return &problem{reason: p.reason, message: "KPI " + kpiName(*ref, k.in.KeyResult.Namespace) + ": " + p.message, heals: true}
}

func kpiName(ref v1alpha1.KPIReference, own string) string {
	return nameFrom(own, ref.Namespace, ref.Name)
}

// live evaluates a key result whose end is still to come.
func (k *keyResult) live() {
	k.next = append(k.next, k.pace.Start, k.pace.End)
	begun := !k.now.Before(k.pace.Start)
	value := k.measureLive()
	defer k.keepHistory(value) // as it was measured, and behind the question for it
	k.measureGuard()
	if in := k.shape.resolve(begun); begun && in != nil {
		value.usable = false
		if value.status == metav1.ConditionTrue {
			value.status, value.reason, value.message = in.status, in.reason, in.message
		}
	}
	k.guarded(&value)
	draft := k.in.Objective.Spec.State == v1alpha1.ObjectiveDraft
	k.hold(value)
	k.show(value)
	if b, counts := k.shape.(*budget); counts && begun && !draft {
		b.doubt(&value)
	}
	k.measuredIs(value.status, value.reason, value.message)
	k.known = value
	switch {
	case draft:
		k.status.Frozen.PendingHealth = nil
		k.pending(v1alpha1.ReasonDraft, "a draft is not judged")
	case !begun:
		k.pending(v1alpha1.ReasonPending, "begins on "+k.pace.Start.Format(time.DateOnly))
	default:
		k.judge(value)
	}
	if k.asksLive() {
		k.watch(sample.Watch{
			Question: k.in.Metric.live(k.pace.Span), Seen: value.seen, Scale: k.shape.scale(), Bounds: k.bounds(value, begun && !draft),
			Awaited: k.awaited(), Stretched: value.stretched,
		})
	}
	k.watchGuard(value, begun && !draft)
	if b, counts := k.shape.(*budget); counts && b.tail.Question.Step > 0 {
		k.watch(b.tail) // behind the live value, which is what others read
	}
}

// measuredIs sets Measured. A query that the server refuses stalls as well.
func (k *keyResult) measuredIs(status metav1.ConditionStatus, reason, message string) {
	if reason == v1alpha1.ReasonInvalidQuery {
		k.problem = k.refused(reason, message)
	}
	k.conditions.set(v1alpha1.MeasuredCondition, status, reason, message)
}

// watch has a question asked from now on, if the source may be.
func (k *keyResult) watch(w sample.Watch) {
	if k.in.Metric.asked() {
		k.watches = append(k.watches, w)
	}
}

// asksLive reports whether the present value is asked for.
func (k *keyResult) asksLive() bool { return k.kept == nil && k.spans == nil && k.counts(*k.in.Metric) }

func (k *keyResult) measureLive() measured {
	if k.kept != nil {
		value := k.kept.present()
		k.next = append(k.next, value.staleAt)
		k.status.Frozen.LastGood = nil // the entries stand in the spec
		if value.value != nil {
			k.status.Measurement = k.measurementOf(*value.value, value.time)
		}
		return value
	}
	metric := *k.in.Metric
	q := metric.live(k.pace.Span)
	key := metric.key(q)
	remembered := memory{k.status.Frozen.LastGood, k.saidOfValue(), k.current(), k.judged()}
	if k.spans != nil {
		return k.measureSpan(remembered)
	}
	if !k.asksLive() {
		return k.uncounted()
	}
	value := measure(metric, key, q, metric.held(k.samples, q), remembered, keyResultStaleAfter, k.now)
	k.next = append(k.next, value.staleAt)
	k.status.Frozen.LastGood = value.frozen(key, k.status.Frozen.LastGood)
	k.status.Measurement = value.measurement(metric, k.status.Measurement)
	return value
}

// current reports whether the status before is about the present spec.
func (k *keyResult) current() bool { return k.before.ObservedGeneration == k.in.KeyResult.Generation }

// judged reports whether the live value gave a verdict before.
func (k *keyResult) judged() bool {
	switch k.before.Health {
	case v1alpha1.HealthOnTrack, v1alpha1.HealthAtRisk, v1alpha1.HealthOffTrack:
		return true
	default:
		return false
	}
}

// judge gives the verdict of a key result that is running.
func (k *keyResult) judge(value measured) {
	stand, known := k.stand(k.shown, k.guardValue())
	newest, _ := k.stand(value.value, k.guardValue())
	if !value.usable || !known {
		k.expect(okr.KeyResult{Pace: k.pace, Gaps: gapsOf(k.in.Objective)})
		k.verdict(okr.Unknown, value.reason, value.message)
		return
	}
	k.status.ExpectedPercent = pointer(int32(k.pace.ExpectedPercent(k.now)))
	verdict, message := k.verdictBy(stand, newest)
	k.lookAtChangeOf(stand)
	k.recall(value, stand, newest)
	k.forecast(value)
	k.verdict(k.doubted(verdict.Health, verdict.Reason, message+k.moves()))
}

// stand is how the key result stands by a value and its guard's; false while it has not begun, or something of it is
// not known.
func (k *keyResult) stand(value, guard *float64) (running, bool) {
	if value == nil || k.now.Before(k.pace.Start) {
		return nil, false
	}
	stand, known := k.shape.stand(*value)
	if !known || k.guard == nil {
		return stand, known
	}
	return k.guard.limit(stand, guard)
}

// lookAtChangeOf has the key result looked at when it stands otherwise.
func (k *keyResult) lookAtChangeOf(stand running) {
	if change, found := stand.NextChange(k.now, k.now.Add(k.ahead)); found {
		k.next = append(k.next, change)
	}
}

// remembered are the value and the guard's in the status before, which a restart would go by; nil if there is none. A
// value that people keep is not forgotten.
func (k *keyResult) remembered(present measured) (value, guard *float64) {
	if k.kept != nil {
		value = present.value
	}
	if k.before.Frozen == nil {
		return value, nil
	}
	if k.kept == nil {
		value = numberOf(k.before.Frozen.LastGood)
	}
	return value, numberOf(k.before.Frozen.Guard)
}

// bounds are the values at which the verdict changes; none while there is none to be changed.
func (k *keyResult) bounds(value measured, judged bool) []float64 {
	if !judged || value.value == nil {
		return nil
	}
	return append(k.shape.bounds(*value.value), k.guardBounds()...)
}

func (k *keyResult) verdict(health okr.Health, reason, message string) {
	k.status.Health = v1alpha1.Health(health)
	k.conditions.onTrack(health, reason, message)
}
