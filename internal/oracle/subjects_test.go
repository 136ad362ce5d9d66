package oracle_test

import (
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

func length(d time.Duration) v1alpha1.Duration {
	return v1alpha1.Duration(strconv.Itoa(int(d/time.Second)) + "s")
}

// metricOf is a metric of a source that exists, parsed.
func metricOf(spec v1alpha1.Metric, minInterval, offset time.Duration) evaluate.Metric {
	return evaluate.Metric{
		Spec: spec, Namespace: "shop", SourceFound: true, MinInterval: minInterval, QueryOffset: offset,
		Expression: sample.Expression{Canonical: strings.TrimSpace(spec.Query)},
	}
}

// staleness is the rule for it: at least three of the intervals in force, now and when the number came, and older for
// answers that are meant to be.
func staleness(after, inForce, offset time.Duration) func(time.Duration) time.Duration {
	return func(then time.Duration) time.Duration { return offset + max(after, 3*max(inForce, then)) }
}

// rememberedOf is what a status holds of the last number.
func rememberedOf(v *v1alpha1.FrozenValue) *answer {
	if v == nil {
		return nil
	}
	number, err := strconv.ParseFloat(v.Value, 64)
	if err != nil {
		panic(err)
	}
	return &answer{at: v.Time.Time, reason: "Sampled", value: number}
}

// kpiSubject is a KPI that should be at most limit.
type kpiSubject struct {
	kpi                           *v1alpha1.KPI
	limit                         int
	interval, staleAfter, holdFor time.Duration
	limits                        evaluate.Metric
}

func newKPI(d dice) *kpiSubject {
	k := &kpiSubject{
		kpi: &v1alpha1.KPI{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "it", Generation: 1}}, limit: 200,
		interval: pick(d, 15*time.Second, time.Minute, 2*time.Minute), staleAfter: 15 * time.Minute,
	}
	if d.chance(60) {
		k.holdFor = pick(d, time.Second, time.Minute, 10*time.Minute)
	}
	k.kpi.Spec.Metric = &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}, Query: "latency", Interval: length(k.interval)}
	k.write()
	return k
}

func (k *kpiSubject) write() {
	spec := &k.kpi.Spec
	spec.Target = &v1alpha1.Band{AtMost: new(v1alpha1.Decimal(strconv.Itoa(k.limit)))}
	spec.Warning = &v1alpha1.Band{AtMost: new(v1alpha1.Decimal(strconv.Itoa(k.limit / 2)))}
	spec.HoldFor = length(k.holdFor)
	if k.staleAfter != 15*time.Minute {
		spec.Metric.StaleAfter = length(k.staleAfter)
	}
}

func (k *kpiSubject) evaluate(status any, samples evaluate.Samples, now time.Time) outcome {
	object := *k.kpi
	if status != nil {
		object.Status = status.(v1alpha1.KPIStatus)
	}
	limits := k.limits
	in := evaluate.KPIInput{KPI: &object, Metric: &limits, Grace: time.Hour}
	in.Metric.Spec = *object.Spec.Metric
	in.Metric.Expression.Canonical = strings.TrimSpace(object.Spec.Metric.Query)
	r := evaluate.KPI(in, samples, now)
	result := outcome{status: r.Status, change: r.Change, watches: r.Watches, next: r.Next, health: string(r.Status.Health)}
	if r.Status.Frozen != nil {
		result.remembered = rememberedOf(r.Status.Frozen.LastGood)
	}
	return result
}

func (k *kpiSubject) rules(minInterval, offset time.Duration) rules {
	limit := float64(k.limit)
	k.limits = metricOf(*k.kpi.Spec.Metric, minInterval, offset)
	return rules{
		staleAfter: staleness(k.staleAfter, max(k.interval, minInterval), offset), holdFor: k.holdFor,
		judge: func(v float64, _ time.Time) string { return band(v, limit) },
	}
}

func (k *kpiSubject) edit(d dice) what {
	k.kpi.Generation++
	metric := k.kpi.Spec.Metric
	happened := edited
	switch d.IntN(6) {
	case 0:
		k.limit = pick(d, 100, 200, 400)
	case 1:
		k.holdFor = pick(d, time.Second, time.Minute, 10*time.Minute)
	case 2:
		k.staleAfter = pick(d, 5*time.Minute, 20*time.Minute)
	case 3:
		k.kpi.Spec.Title += "!"
	case 4:
		metric.Query += " " // another question about the same
		happened = started
	case 5:
		metric.Query += "x"
		happened = replaced
	}
	k.write()
	return happened
}

func (k *kpiSubject) value(d dice, _ time.Time) float64 {
	return pick(d, 50, 60.5, 99.99, 100, 100.01, 150, 200, 200.0001, 250, 400, 400.5, float64(d.IntN(500)))
}

// keyResultSubject goes from 0 to 100 in January.
type keyResultSubject struct {
	keyResult *v1alpha1.KeyResult
	objective *v1alpha1.Objective

	interval, staleAfter, holdFor time.Duration
	limits                        evaluate.Metric
}

func newKeyResult(d dice) *keyResultSubject {
	k := &keyResultSubject{
		keyResult: &v1alpha1.KeyResult{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "it", Generation: 1}},
		objective: &v1alpha1.Objective{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "goal", Generation: 1}},
		interval:  pick(d, 10*time.Minute, time.Hour), staleAfter: 24 * time.Hour,
	}
	k.objective.Spec = v1alpha1.ObjectiveSpec{Period: "2000-01", State: v1alpha1.ObjectiveActive}
	k.keyResult.Spec = v1alpha1.KeyResultSpec{
		ObjectiveRef: v1alpha1.ObjectiveReference{Name: "goal"}, State: v1alpha1.KeyResultActive,
		Reach:  &v1alpha1.Reach{Baseline: new(v1alpha1.Decimal("0")), Target: new(v1alpha1.Decimal("100"))},
		Metric: &v1alpha1.Metric{SourceRef: v1alpha1.SourceReference{Name: "default"}, Query: "share", Interval: length(k.interval)},
	}
	if d.chance(60) {
		k.holdFor = pick(d, time.Minute, 30*time.Minute, 6*time.Hour)
	}
	k.keyResult.Spec.HoldFor = length(k.holdFor)
	return k
}

func (k *keyResultSubject) evaluate(status any, samples evaluate.Samples, now time.Time) outcome {
	object := *k.keyResult
	if status != nil {
		object.Status = status.(v1alpha1.KeyResultStatus)
	}
	metric := k.limits
	metric.Spec = *object.Spec.Metric
	metric.Expression.Canonical = strings.TrimSpace(object.Spec.Metric.Query)
	r := evaluate.KeyResult(evaluate.KeyResultInput{KeyResult: &object, Objective: k.objective, Metric: &metric}, samples, now)
	result := outcome{status: r.Status, change: r.Change, watches: r.Watches, next: r.Next, health: string(r.Status.Health)}
	if r.Status.Frozen != nil {
		result.remembered = rememberedOf(r.Status.Frozen.LastGood)
	}
	return result
}

var (
	january  = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	february = january.AddDate(0, 1, 0)
)

func (k *keyResultSubject) rules(minInterval, offset time.Duration) rules {
	interval := k.interval
	k.limits = metricOf(*k.keyResult.Spec.Metric, minInterval, offset)
	return rules{
		staleAfter: staleness(k.staleAfter, max(interval, minInterval), offset), holdFor: k.holdFor,
		judge: func(v float64, now time.Time) string { return pace(v, january, february, now, interval) },
	}
}

func (k *keyResultSubject) edit(d dice) what {
	k.keyResult.Generation++
	metric := k.keyResult.Spec.Metric
	switch d.IntN(5) {
	case 4:
		k.holdFor = pick(d, 0, time.Minute, 30*time.Minute, 6*time.Hour)
		k.keyResult.Spec.HoldFor = length(k.holdFor)
	case 0:
		k.staleAfter = pick(d, time.Hour, 24*time.Hour)
		metric.StaleAfter = length(k.staleAfter)
	case 1:
		k.keyResult.Spec.Title += "!"
	case 2:
		metric.Query += " "
		return started
	case 3:
		metric.Query += "x"
		return replaced
	}
	return edited
}

// value is somewhere around what is expected, never at a bound.
func (k *keyResultSubject) value(d dice, now time.Time) float64 {
	expected := int(100 * now.Sub(january) / february.Sub(january))
	return float64(expected+10-d.IntN(45)) + pick(d, 0.5, 0.25, 0.5000001)
}
