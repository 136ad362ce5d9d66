package evaluate

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// KPIInput is a KPI and what it depends on.
type KPIInput struct {
	// KPI with the status that was written last.
	KPI *v1alpha1.KPI
	// Metric that measures it.
	Metric Metric
	// Objectives that name it or have an active key result measured by it, in any order; one may occur twice.
	Objectives []*v1alpha1.Objective
	// Grace is how long before and after its period an objective counts.
	Grace time.Duration
}

// kpiStaleAfter is how long a KPI's last good value stands by default.
const kpiStaleAfter = 15 * time.Minute

// KPI evaluates a KPI at now.
func KPI(in KPIInput, samples Samples, now time.Time) Result[v1alpha1.KPIStatus] {
	k := &kpi{in: in, samples: samples, now: whole(now), before: &in.KPI.Status, status: *in.KPI.Status.DeepCopy()}
	k.conditions = &conditions{list: k.status.Conditions, generation: in.KPI.Generation, now: k.now}
	if k.status.Frozen == nil {
		k.status.Frozen = &v1alpha1.KPIFrozen{}
	}
	k.status.ObservedGeneration = in.KPI.Generation
	k.evaluate()
	return k.result()
}

// kpi is one evaluation under way.
type kpi struct {
	in         KPIInput
	samples    Samples
	now        time.Time
	before     *v1alpha1.KPIStatus // read only
	status     v1alpha1.KPIStatus
	conditions *conditions
	// moved says that the remembered value has another verdict than the newest one.
	moved   bool
	watches []sample.Watch
	next    []time.Time
}

func (k *kpi) evaluate() {
	spec := &k.in.KPI.Spec
	_, bad := zone(spec.TimeZone)
	if bad == nil && spec.AllowedNamespaces != nil {
		bad = sharing(spec.AllowedNamespaces.Selector)
	}
	if bad == nil {
		bad = k.in.Metric.problem()
	}
	k.status.Target = bandText(spec.Target, spec.Unit)
	var value measured
	if bad != nil && !bad.heals {
		value = measured{status: metav1.ConditionUnknown, reason: bad.reason, message: bad.message}
	} else {
		value = k.measure()
	}
	if value.reason == v1alpha1.ReasonInvalidQuery && bad == nil {
		bad = stalled(v1alpha1.ReasonInvalidQuery, "spec.metric.query: "+value.message)
	}
	k.conditions.readiness(bad)
	k.conditions.set(v1alpha1.MeasuredCondition, value.status, value.reason, value.message)
	k.judge(value)
	k.align()
	k.keepHistory(value)
}

func (k *kpi) measure() measured {
	metric := k.in.Metric
	q := metric.live(okr.Span{})
	key := metric.key(q)
	held := metric.held(k.samples, q)
	current := k.before.ObservedGeneration == k.in.KPI.Generation
	judged := k.before.Health != v1alpha1.KPIUnknown && k.before.Health != ""
	remembered := memoryOf(k.status.Frozen.LastGood, k.before.Conditions, current, judged)
	value := measure(metric, key, q, held, remembered, kpiStaleAfter, k.now)
	k.next = append(k.next, value.staleAt)
	k.status.Frozen.LastGood = value.frozen(key, k.status.Frozen.LastGood)
	k.status.Measurement = value.measurement(metric, k.status.Measurement)
	if value.value != nil {
		k.status.Value = quantity(*value.value, k.in.KPI.Spec.Unit)
	}
	if metric.asked() {
		bounds := append(band(k.in.KPI.Spec.Target).Bounds(), band(k.in.KPI.Spec.Warning).Bounds()...)
		k.watches = []sample.Watch{{Question: q, Seen: value.seen, Bounds: bounds, Stretched: value.stretched}}
	}
	return value
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
	if old := k.before.Frozen; old != nil && old.LastGood != nil {
		v, ok := number(old.LastGood.Value)
		k.moved = ok && okr.JudgeKPI(v, band(spec.Target), band(spec.Warning)) != newest
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
	switch newest {
	case okr.KPIUnhealthy:
		return fmt.Sprintf("%s is outside the target of %s", k.status.Value, k.status.Target)
	case okr.KPIWarning:
		return fmt.Sprintf("%s is inside the target of %s, but outside %s", k.status.Value, k.status.Target,
			bandText(k.in.KPI.Spec.Warning, k.in.KPI.Spec.Unit))
	default:
		return fmt.Sprintf("%s is inside the target of %s", k.status.Value, k.status.Target)
	}
}

// hold is what is shown once a value of an instant has been judged: at once after an edit, else when holdFor admits it.
// What waits is remembered, and the value that may decide it is awaited.
func (k *kpi) hold(newest okr.KPIHealth, at time.Time) okr.KPIHealth {
	holdFor := k.in.KPI.Spec.HoldFor.Duration()
	shown := okr.KPIUnknown
	if k.before.ObservedGeneration == k.in.KPI.Generation {
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

// align sets Aligned and NeedsObjective.
func (k *kpi) align() {
	alignment := k.alignment()
	k.next = append(k.next, alignment.Next)
	count := int32(len(alignment.By))
	k.status.AlignedObjectives = &v1alpha1.AlignedObjectives{Count: &count, Names: alignment.By[:min(len(alignment.By), 10)]}
	k.conditions.set(v1alpha1.AlignedCondition, metav1.ConditionStatus(alignment.Status), string(alignment.Reason), alignmentText(alignment))

	var since time.Time
	if k.status.Frozen.UnhealthySince != nil {
		since = k.status.Frozen.UnhealthySince.Time
	}
	after := 24 * time.Hour
	if text := k.in.KPI.Spec.ObjectiveAfter; text != "" {
		after = text.Duration()
	}
	need := okr.NeedsObjective(okr.KPIHealth(k.status.Health), since, after, alignment.Status, k.now)
	k.next = append(k.next, need.At)
	k.needsObjective(need, alignment, since)
}

func (k *kpi) alignment() okr.Alignment {
	claims := make([]okr.Claim, 0, len(k.in.Objectives))
	for _, o := range k.in.Objectives {
		if claim, valid := claimOf(o); valid {
			claims = append(claims, claim)
		}
	}
	var before okr.Ternary
	var reason okr.Reason
	var since time.Time
	if c := meta.FindStatusCondition(k.before.Conditions, v1alpha1.AlignedCondition); c != nil {
		before, reason, since = okr.Ternary(c.Status), okr.Reason(c.Reason), c.LastTransitionTime.Time
	}
	return okr.Align(claims, k.in.Grace, before, reason, since, k.now)
}

// claimOf is an objective's claim to look after a KPI; false if it is cancelled or has no valid period.
func claimOf(o *v1alpha1.Objective) (okr.Claim, bool) {
	days, bad := calendarOf(o)
	if bad != nil || o.Spec.State == v1alpha1.ObjectiveCancelled {
		return okr.Claim{}, false
	}
	return okr.Claim{
		Objective: o.Namespace + "/" + o.Name,
		Span:      okr.Span{Start: days.period.First.Start(days.zone), End: days.span.End},
		Draft:     o.Spec.State == v1alpha1.ObjectiveDraft,
	}, true
}

// alignmentText says in words who looks after the KPI.
func alignmentText(a okr.Alignment) string {
	var text string
	switch {
	case len(a.By) > 0:
		text = "looked after by " + enumerate(a.By)
	case a.Status == okr.Neither:
		text = "no active objective names this KPI or measures a key result by it; waiting a minute before saying so"
	default:
		text = "no active objective names this KPI or measures a key result by it"
	}
	if len(a.Later) > 0 {
		text += "; not counted yet: " + enumerate(a.Later)
	}
	return text
}

func (k *kpi) needsObjective(need okr.Need, alignment okr.Alignment, since time.Time) {
	status := metav1.ConditionStatus(need.Status)
	switch {
	case need.Status == okr.True:
		k.conditions.set(v1alpha1.NeedsObjectiveCondition, status, v1alpha1.ReasonUnhealthy,
			"unhealthy since "+since.UTC().Format(time.RFC3339)+" and no objective looks after it")
	case need.Status == okr.Neither && k.status.Health == v1alpha1.KPIUnknown:
		k.conditions.set(v1alpha1.NeedsObjectiveCondition, status, v1alpha1.ReasonHealthUnknown, "the KPI's health is not known")
	case need.Status == okr.Neither:
		k.conditions.set(v1alpha1.NeedsObjectiveCondition, status, string(alignment.Reason), alignmentText(alignment))
	case !need.At.IsZero():
		k.conditions.set(v1alpha1.NeedsObjectiveCondition, status, v1alpha1.ReasonAsExpected,
			"unhealthy; a matter for an objective from "+need.At.UTC().Format(time.RFC3339))
	case k.status.Health == v1alpha1.KPIUnhealthy:
		k.conditions.set(v1alpha1.NeedsObjectiveCondition, status, v1alpha1.ReasonAsExpected, "unhealthy, and an objective looks after it")
	default:
		k.conditions.set(v1alpha1.NeedsObjectiveCondition, status, v1alpha1.ReasonAsExpected, "not unhealthy")
	}
}

// result is what has come of the evaluation. Times and last digits of a value are taken over only together with
// something that a person reads, or where the verdict hangs on them: a restart and an edit go by what is remembered.
func (k *kpi) result() Result[v1alpha1.KPIStatus] {
	k.status.Conditions = k.conditions.list
	result := Result[v1alpha1.KPIStatus]{Status: k.status, Watches: k.watches, Next: nextLook(k.now, k.next...)}
	if *k.status.Frozen == (v1alpha1.KPIFrozen{}) {
		result.Status.Frozen = nil
	} else if old := k.before.Frozen; old != nil && !k.moved && sameKey(old.LastGood, k.status.Frozen.LastGood) {
		quiet, frozen := k.status, *k.status.Frozen
		frozen.LastGood = old.LastGood
		quiet.Frozen, quiet.Measurement = &frozen, k.before.Measurement
		if unchanged(&quiet, k.before) {
			result.Status = *k.before
		}
	}
	result.Change = changeOf(k.before, &result.Status, k.standing(k.before), k.standing(&result.Status))
	return result
}
