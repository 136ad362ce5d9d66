package evaluate

import (
	"fmt"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// KeyResultInput is a key result and what it depends on.
type KeyResultInput struct {
	// KeyResult with the status that was written last.
	KeyResult *v1alpha1.KeyResult
	// Objective that it belongs to; nil if there is none of that name.
	Objective *v1alpha1.Objective
	// Metric that measures it; nil if its kpiRef does not resolve.
	Metric *Metric
}

// keyResultStaleAfter is how long a key result's last good value stands by default.
const keyResultStaleAfter = 24 * time.Hour

// KeyResult evaluates a key result at now.
func KeyResult(in KeyResultInput, samples Samples, now time.Time) Result[v1alpha1.KeyResultStatus] {
	before := in.KeyResult.Status.DeepCopy()
	k := &keyResult{
		in: in, samples: samples, now: now, before: *before,
		status:     *before.DeepCopy(),
		conditions: newConditions(before.Conditions, in.KeyResult.Generation, now),
	}
	if k.status.Frozen == nil {
		k.status.Frozen = &v1alpha1.KeyResultFrozen{}
	}
	k.status.ObservedGeneration = in.KeyResult.Generation
	k.evaluate()
	return k.result()
}

// keyResult is one evaluation under way.
type keyResult struct {
	in         KeyResultInput
	samples    Samples
	now        time.Time
	before     v1alpha1.KeyResultStatus
	status     v1alpha1.KeyResultStatus
	conditions *conditions

	ambition okr.Ambition
	pace     okr.Pace
	// baseline and target are nil while they are not known.
	baseline, target *float64

	watches []sample.Watch
	next    []time.Time
}

func (k *keyResult) evaluate() {
	k.conditions.reopened(meta.IsStatusConditionTrue(k.before.Conditions, v1alpha1.ReopenedCondition))
	if cancelled, message := k.cancelled(); cancelled {
		k.conditions.readiness(nil)
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionUnknown, v1alpha1.ReasonCancelled, "not measured any more")
		k.verdict(okr.Cancelled, v1alpha1.ReasonCancelled, message)
		return
	}
	if bad := k.prepare(); bad != nil {
		k.conditions.readiness(bad)
		if k.status.Frozen.Final != nil {
			k.showFinal()
			return
		}
		k.conditions.set(v1alpha1.MeasuredCondition, metav1.ConditionUnknown, bad.reason, bad.message)
		k.verdict(okr.Unknown, bad.reason, bad.message)
		return
	}
	k.conditions.readiness(k.in.Metric.problem())
	if k.now.Before(k.pace.End) {
		k.live()
		return
	}
	k.over()
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
	return fmt.Sprintf("cancelled on %s: %s", c.On, c.Reason)
}

// prepare reads the references and the dates. A missing source is not in the way: the last good value stands
// until it is stale.
func (k *keyResult) prepare() *problem {
	spec := &k.in.KeyResult.Spec
	if k.in.Objective == nil {
		return missing("Objective " + spec.ObjectiveRef.Name + " not found")
	}
	k.ambition = ambitionOf(k.in.Objective)
	days, bad := calendarOf(k.in.Objective)
	if bad != nil {
		return &problem{reason: bad.reason, message: "Objective " + spec.ObjectiveRef.Name + ": " + bad.message, heals: true}
	}
	if k.pace, bad = days.pace(k.in.KeyResult, k.ambition); bad != nil {
		return bad
	}
	if k.in.Metric == nil {
		return missing(notFound("KPI", kpiName(*spec.KPIRef, k.in.KeyResult.Namespace)))
	}
	if !k.in.Metric.invalid() {
		return nil
	}
	return k.blame(k.in.Metric.problem())
}

// blame says whose the problem of a metric is: that of the KPI where one measures the key result.
func (k *keyResult) blame(p *problem) *problem {
	ref := k.in.KeyResult.Spec.KPIRef
	if ref == nil {
		return p
	}
	return &problem{reason: p.reason, message: "KPI " + kpiName(*ref, k.in.KeyResult.Namespace) + ": " + p.message, heals: true}
}

func kpiName(ref v1alpha1.KPIReference, own string) string {
	if ref.Namespace == "" || ref.Namespace == own {
		return ref.Name
	}
	return ref.Namespace + "/" + ref.Name
}

// live evaluates a key result whose end is still to come.
func (k *keyResult) live() {
	k.next = append(k.next, k.pace.Start, k.pace.End)
	begun := !k.now.Before(k.pace.Start)
	value := k.measureLive()
	way := k.resolveWay(begun)
	k.show(value)
	if way != nil && value.usable {
		value.status, value.reason, value.message, value.usable = way.status, way.reason, way.message, false
	}
	if value.reason == v1alpha1.ReasonInvalidQuery {
		k.conditions.readiness(k.blame(stalled(v1alpha1.ReasonInvalidQuery, "spec.metric.query: "+value.message)))
	}
	k.conditions.set(v1alpha1.MeasuredCondition, value.status, value.reason, value.message)
	draft := k.in.Objective.Spec.State == v1alpha1.ObjectiveDraft
	switch {
	case draft:
		k.pending(v1alpha1.ReasonDraft, "a draft is not judged")
	case !begun:
		k.pending(v1alpha1.ReasonPending, "begins on "+k.pace.Start.Format(time.DateOnly))
	default:
		k.judge(value)
	}
	if q := k.in.Metric.live(k.pace.Span); k.asksLive() {
		k.watches = append(k.watches, sample.Watch{Question: q, Seen: value.seen, Scale: k.scale(), Bounds: k.bounds(begun && !draft)})
	}
}

// asksLive reports whether the present value is asked for: one that counts from the start is not before it.
func (k *keyResult) asksLive() bool {
	return !k.in.Metric.Expression.Elapsed || !k.now.Before(k.pace.Start.Add(elapsedFrom))
}

func (k *keyResult) measureLive() measured {
	metric := *k.in.Metric
	q := metric.live(k.pace.Span)
	key := metric.key(q)
	if !k.asksLive() {
		k.next = append(k.next, k.pace.Start.Add(elapsedFrom))
		return measured{status: metav1.ConditionUnknown, reason: v1alpha1.ReasonPending,
			message: "a query with $__elapsed is asked from 5 minutes after the start"}
	}
	held, _ := k.samples(q)
	current := k.before.ObservedGeneration == k.in.KeyResult.Generation
	judged := k.before.Health != v1alpha1.HealthUnknown && k.before.Health != ""
	remembered := memoryOf(k.status.Frozen.LastGood, k.before.Conditions, current, judged)
	value := measure(metric, key, held, remembered, metric.staleAfter(keyResultStaleAfter), k.now)
	k.next = append(k.next, value.staleAt)
	k.status.Frozen.LastGood = value.frozen(key, k.status.Frozen.LastGood)
	k.status.Measurement = value.measurement(metric, k.status.Measurement)
	return value
}

// show writes value, target and progress as people read them. Progress is that of the last good value, which
// stands in while there is none.
func (k *keyResult) show(value measured) {
	spec := &k.in.KeyResult.Spec
	if value.value != nil {
		k.status.Value = quantity(*value.value, spec.Unit)
	}
	k.showWay()
	k.status.ProgressPercent, k.status.AttainmentPercent = nil, nil
	if p, known := k.percent(value); known {
		k.status.ProgressPercent = pointer(int32(okr.Whole(okr.Clamp(p))))
		k.status.AttainmentPercent = pointer(okr.Whole(p))
	}
}

func (k *keyResult) showWay() {
	spec := &k.in.KeyResult.Spec
	k.status.Baseline = ""
	if k.baseline != nil {
		k.status.Baseline = quantity(*k.baseline, spec.Unit)
	}
	target := k.target
	if target == nil && spec.Reach.Target != nil {
		target = pointer(spec.Reach.Target.Float64())
	}
	k.status.Target = wayText(k.baseline, target, spec.Reach.Change, spec.Unit)
}

// percent is the share of the way covered; false while value, baseline or target is not known.
func (k *keyResult) percent(value measured) (float64, bool) {
	if value.value == nil || k.baseline == nil || k.target == nil || k.now.Before(k.pace.Start) {
		return 0, false
	}
	return okr.Percent(*k.baseline, *k.target, *value.value), true
}

func (k *keyResult) pending(reason, message string) {
	k.status.ProgressPercent, k.status.AttainmentPercent = nil, nil
	k.status.ExpectedPercent = pointer[int32](0)
	k.verdict(okr.Pending, reason, message)
}

// judge gives the verdict of a key result that is running.
func (k *keyResult) judge(value measured) {
	running := k.running()
	p, known := k.percent(value)
	verdict := running.Verdict(p, k.now)
	k.status.ExpectedPercent = pointer(int32(verdict.ExpectedPercent))
	if change, found := running.NextChange(p, k.now, k.now.Add(horizon)); found {
		k.next = append(k.next, change)
	}
	if !value.usable || !known {
		k.verdict(okr.Unknown, value.reason, value.message)
		return
	}
	k.verdict(verdict.Health, string(verdict.Reason), fmt.Sprintf("%s is %s of the way %s; %s is expected by now",
		k.status.Value, percent(*k.status.AttainmentPercent), k.status.Target, percent(*k.status.ExpectedPercent)))
}

func (k *keyResult) running() okr.KeyResult {
	return okr.KeyResult{Pace: k.pace, Gaps: gapsOf(k.in.Objective), Interval: k.in.Metric.interval(k.pace.Span)}
}

func (k *keyResult) scale() sample.Scale {
	if k.baseline == nil || k.target == nil {
		return sample.Scale{}
	}
	return sample.Scale{From: *k.baseline, To: *k.target}
}

// bounds are the values at which the verdict changes now.
func (k *keyResult) bounds(judged bool) []float64 {
	if !judged || k.baseline == nil || k.target == nil {
		return nil
	}
	thresholds := k.running().Thresholds(k.now)
	for i, p := range thresholds {
		thresholds[i] = *k.baseline + p/100*(*k.target-*k.baseline)
	}
	return thresholds
}

func (k *keyResult) verdict(health okr.Health, reason, message string) {
	k.status.Health = v1alpha1.Health(health)
	k.conditions.onTrack(health, reason, message)
}

// result is what has come of the evaluation. Times and last digits of a value are taken over only together with
// something that a person reads.
func (k *keyResult) result() Result[v1alpha1.KeyResultStatus] {
	k.status.Conditions = k.conditions.list
	next := nextLook(k.now, k.next...)
	quiet := *k.status.DeepCopy()
	if old, fresh := k.before.Frozen, quiet.Frozen; old != nil && sameKey(old.LastGood, fresh.LastGood) {
		fresh.LastGood, quiet.Measurement = old.LastGood, k.before.Measurement
		if unchanged(quiet, k.before) {
			return Result[v1alpha1.KeyResultStatus]{k.before, k.watches, next}
		}
	}
	return Result[v1alpha1.KeyResultStatus]{k.status, k.watches, next}
}

func sameKey(a, b *v1alpha1.FrozenValue) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Key == b.Key)
}

// finalKey identifies what decides the final score.
func (k *keyResult) finalKey(q sample.Question) string {
	reach := k.in.KeyResult.Spec.Reach
	decimal := func(d *v1alpha1.Decimal) string {
		if d == nil {
			return ""
		}
		return exact(d.Float64())
	}
	return digest(k.in.Metric.key(q), decimal(reach.Baseline), decimal(reach.Target), string(reach.Change),
		string(reach.Direction), strconv.FormatInt(k.pace.Start.Unix(), 10), exact(k.ambition.Pass))
}
