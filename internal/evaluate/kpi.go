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

// DefaultGrace is how long before and after its period an objective looks after a KPI, where nothing else is said.
const DefaultGrace = 21 * day

// KPIInput is a KPI and what it depends on.
type KPIInput struct {
	// KPI with the status that was written last.
	KPI *v1alpha1.KPI
	// Metric that measures it; nil where it is kept by hand.
	Metric *Metric
	// ParentMissing says that the KPI of its parentRef does not exist, or is not shared with its namespace.
	ParentMissing bool
	// Cycle are the KPIs that are each other's ancestors, and this one among them, as namespace/name; none if it is not
	// its own ancestor.
	Cycle []string
	// Objectives that name it or have an active key result measured by it, in any order; one may occur twice.
	Objectives []*v1alpha1.Objective
	// Grace is how long before and after its period an objective counts: DefaultGrace unless the controller was told otherwise.
	Grace time.Duration
	// Thresholds are those of the rules of practice; zero: the defaults.
	Thresholds practice.Thresholds
	// Ahead is how far ahead the next look lies at most; zero: an hour.
	Ahead time.Duration
}

// kpiStaleAfter is how long a KPI's last good value stands by default.
const kpiStaleAfter = 15 * time.Minute

// KPI evaluates a KPI at now.
func KPI(in KPIInput, samples Samples, now time.Time) Result[v1alpha1.KPIStatus] {
	return judgeKPI(in, samples, now).result()
}

func judgeKPI(in KPIInput, samples Samples, now time.Time) *kpi {
	k := &kpi{in: in, samples: samples, now: whole(now), ahead: cmp.Or(in.Ahead, horizon), before: &in.KPI.Status, status: *in.KPI.Status.DeepCopy()}
	k.conditions = &conditions{list: k.status.Conditions, generation: in.KPI.Generation, now: k.now}
	if k.status.Frozen == nil {
		k.status.Frozen = &v1alpha1.KPIFrozen{}
	}
	k.status.ObservedGeneration = in.KPI.Generation
	k.evaluate()
	k.wellFormed()
	return k
}

// kpi is one evaluation under way.
type kpi struct {
	in         KPIInput
	samples    Samples
	now        time.Time
	ahead      time.Duration
	zone       *time.Location
	before     *v1alpha1.KPIStatus // read only
	status     v1alpha1.KPIStatus
	conditions *conditions
	// spans is nil where the number is not one of a span of the calendar.
	spans *spans
	// shown is the span of the calendar that the value is of; nil if it is of none.
	shown *okr.Period
	// moved says that the remembered value has another verdict than the newest one.
	moved bool
	// known is what Measured says of the value, newest the verdict on it apart from holdFor, and then the value that it is
	// compared with; nil if that is not known.
	known  measured
	newest okr.KPIHealth
	then   *float64
	// alignment, care and need are what Aligned and NeedsObjective come from.
	alignment okr.Alignment
	care      okr.Care
	need      okr.Need
	watches   []sample.Watch
	next      []time.Time
}

func (k *kpi) evaluate() {
	bad := k.prepare()
	k.status.Target = targetText(&k.in.KPI.Spec)
	value := k.measure(bad)
	if value.reason == v1alpha1.ReasonInvalidQuery && bad == nil {
		bad = stalled(v1alpha1.ReasonInvalidQuery, "spec.metric.query: "+value.message)
	}
	if cycle := k.references(); cycle != nil && (bad == nil || bad.heals) {
		bad = cycle // which is in nobody's way but the reader's: the number is measured and judged
	}
	k.conditions.readiness(bad)
	k.conditions.set(v1alpha1.MeasuredCondition, value.status, value.reason, value.message)
	k.known = value
	k.judge(value)
	k.trend(value)
	k.align(value)
	k.keepHistory(value)
}

// prepare finds what keeps the KPI from being evaluated, and its zone.
func (k *kpi) prepare() *problem {
	spec := &k.in.KPI.Spec
	location, bad := zone(spec.TimeZone)
	if k.zone = location; bad != nil {
		return bad
	}
	if spec.AllowedNamespaces != nil {
		if bad := sharing(spec.AllowedNamespaces.Selector); bad != nil {
			return bad
		}
	}
	if k.in.Metric == nil {
		return nil
	}
	if k.spans, bad = spansOf(k.in.KPI, k.in.Metric); bad != nil {
		return bad
	}
	return k.in.Metric.problem()
}

// measure finds the value, wherever it comes from, and shows it.
func (k *kpi) measure(bad *problem) measured {
	var value measured
	switch {
	case bad != nil && !bad.heals:
		return measured{status: metav1.ConditionUnknown, reason: bad.reason, message: bad.message}
	case k.in.Metric == nil:
		value = k.read()
	case k.spans != nil:
		value = k.measureSpan()
	default:
		value = k.measureLive()
	}
	k.next = append(k.next, value.staleAt)
	if value.value != nil {
		spec := &k.in.KPI.Spec
		k.status.Value = beside(*value.value, spec.Unit, band(spec.Target).Contains, band(spec.Warning).Contains, k.short)
	}
	return value
}

// read takes the newest reading. The spec remembers them all, so nothing else is remembered of them.
func (k *kpi) read() measured {
	all := readingsOf(k.in.KPI, k.zone)
	value, next := all.measure(k.now)
	k.next = append(k.next, next)
	k.status.Frozen.LastGood, k.status.Value, k.status.Measurement = nil, "", nil
	k.status.History = all.history(k.now)
	if value.value != nil {
		k.status.Measurement = &v1alpha1.Measurement{Value: exact(*value.value), Time: second(value.time)}
	}
	return value
}

// measureLive takes the present answer.
func (k *kpi) measureLive() measured {
	metric := *k.in.Metric
	q := metric.live(okr.Span{})
	key := metric.key(q)
	value := measure(metric, key, q, metric.held(k.samples, q), k.memory(), kpiStaleAfter, k.now)
	k.status.Frozen.LastGood = value.frozen(key, k.status.Frozen.LastGood)
	k.status.Measurement = value.measurement(metric, k.status.Measurement)
	if metric.asked() {
		k.watches = []sample.Watch{{Question: q, Seen: value.seen, Bounds: k.bounds(), Stretched: value.stretched}}
	}
	return value
}

// memory is what is remembered of the value.
func (k *kpi) memory() memory {
	judged := k.before.Health != v1alpha1.KPIUnknown && k.before.Health != ""
	measured := meta.FindStatusCondition(k.before.Conditions, v1alpha1.MeasuredCondition)
	return memory{k.status.Frozen.LastGood, measured, k.current(), judged}
}

// current reports whether the status before is about the present spec.
func (k *kpi) current() bool { return k.before.ObservedGeneration == k.in.KPI.Generation }

// bounds are the values at which something that is said of the value changes.
func (k *kpi) bounds() []float64 {
	spec := &k.in.KPI.Spec
	bounds := append(band(spec.Target).Bounds(), band(spec.Warning).Bounds()...)
	if spec.StretchTarget != nil {
		bounds = append(bounds, spec.StretchTarget.Float64())
	}
	return bounds
}

// band is a band in numbers; none is a band without bounds.
func band(b *v1alpha1.Band) okr.Band {
	var result okr.Band
	if b == nil {
		return result
	}
	if b.AtLeast != nil {
		result.AtLeast = pointer(b.AtLeast.Float64())
	}
	if b.AtMost != nil {
		result.AtMost = pointer(b.AtMost.Float64())
	}
	return result
}

// judge says where the value lies.
func (k *kpi) judge(value measured) {
	spec := &k.in.KPI.Spec
	k.status.Frozen.PendingHealth = nil
	switch {
	case spec.Target == nil && value.status == metav1.ConditionTrue:
		k.healthy(okr.KPIUnknown, metav1.ConditionUnknown, v1alpha1.ReasonNoTarget, "no band to judge by: write spec.target")
		return
	case spec.Target == nil || !value.usable:
		k.healthy(okr.KPIUnknown, metav1.ConditionUnknown, value.reason, value.message)
		return
	}
	newest := okr.JudgeKPI(*value.value, band(spec.Target), band(spec.Warning))
	k.newest = newest
	if old := k.before.Frozen; old != nil && old.LastGood != nil {
		v, ok := number(old.LastGood.Value)
		k.moved = ok && (okr.JudgeKPI(v, band(spec.Target), band(spec.Warning)) != newest || k.short(v) != k.short(*value.value))
	}
	health, text := k.hold(newest, second(value.time).Time), k.position(newest)
	if health != newest {
		text += fmt.Sprintf("; %s until every value for %s says otherwise", health, spec.HoldFor)
	}
	switch health {
	case okr.KPIUnhealthy:
		if k.status.Frozen.UnhealthySince == nil {
			k.status.Frozen.UnhealthySince = pointer(second(value.time))
		}
		k.healthy(health, metav1.ConditionFalse, v1alpha1.ReasonOutsideTarget, text)
		return
	case okr.KPIWarning:
		k.healthy(health, metav1.ConditionTrue, v1alpha1.ReasonOutsideWarning, text)
	default:
		k.healthy(health, metav1.ConditionTrue, v1alpha1.ReasonInsideBand, text)
	}
	k.status.Frozen.UnhealthySince = nil
}

// position says in words where the value lies.
func (k *kpi) position(newest okr.KPIHealth) string {
	spec := &k.in.KPI.Spec
	target := bandText(spec.Target, spec.Unit)
	switch newest {
	case okr.KPIUnhealthy:
		return fmt.Sprintf("%s is outside the target of %s", k.status.Value, target)
	case okr.KPIWarning:
		return fmt.Sprintf("%s is inside the target of %s, but outside %s", k.status.Value, target, bandText(spec.Warning, spec.Unit))
	default:
		return fmt.Sprintf("%s is inside the target of %s", k.status.Value, target)
	}
}

// hold is what is shown once a value of an instant has been judged: at once after an edit, else when holdFor admits it.
// What waits is remembered, and the value that may decide it is awaited.
func (k *kpi) hold(newest okr.KPIHealth, at time.Time) okr.KPIHealth {
	holdFor := k.in.KPI.Spec.HoldFor.Duration()
	shown := okr.KPIUnknown
	if k.current() {
		shown = okr.KPIHealth(k.before.Health)
	}
	var waiting okr.Hold
	if old := k.before.Frozen; old != nil && old.PendingHealth != nil {
		waiting = okr.Hold{Health: okr.KPIHealth(old.PendingHealth.Health), Since: old.PendingHealth.Since.Time}
	}
	health, waiting := okr.HoldKPI(shown, newest, at, holdFor, waiting)
	if waiting != (okr.Hold{}) {
		k.status.Frozen.PendingHealth = &v1alpha1.PendingHealth{Health: v1alpha1.KPIHealth(waiting.Health), Since: second(waiting.Since)}
		for i := range k.watches {
			k.watches[i].Awaited = whole(waiting.Since.Add(holdFor + time.Second - 1))
		}
	}
	return health
}

func (k *kpi) healthy(health okr.KPIHealth, status metav1.ConditionStatus, reason, message string) {
	k.status.Health = v1alpha1.KPIHealth(health)
	k.conditions.set(v1alpha1.HealthyCondition, status, reason, message)
}

// result is what has come of the evaluation. Times and last digits of a value are taken over only together with
// something that a person reads, or where the verdict hangs on them: a restart and an edit go by what is remembered.
func (k *kpi) result() Result[v1alpha1.KPIStatus] {
	k.status.Conditions = k.conditions.list
	result := Result[v1alpha1.KPIStatus]{Status: k.status, Watches: k.watches, Next: nextLook(k.now, k.ahead, k.next...)}
	if *k.status.Frozen == (v1alpha1.KPIFrozen{}) {
		result.Status.Frozen = nil
	} else if old := k.before.Frozen; old != nil && k.in.Metric != nil && !k.moved && sameKey(old.LastGood, k.status.Frozen.LastGood) {
		quiet, frozen := k.status, *k.status.Frozen
		frozen.LastGood = old.LastGood
		quiet.Frozen, quiet.Measurement = &frozen, k.before.Measurement
		if unchanged(&quiet, k.before) {
			result.Status = *k.before
			return result
		}
	}
	result.Change = changeOf(k.before, &result.Status, k.standing(k.before), k.standing(&result.Status))
	return result
}
