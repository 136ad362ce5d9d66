package evaluate

import (
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// reach is the way from a baseline to a target.
type reach struct {
	*keyResult
	spec v1alpha1.Reach
	// baseline and target are nil while they are not known.
	baseline, target *float64
}

func (r *reach) problem() *problem {
	undirected := r.spec.Target != nil && r.spec.Baseline == nil && r.spec.Direction == "" // it counts from zero
	if undirected && r.in.Metric != nil && !r.in.Metric.Expression.Elapsed {
		return stalled(v1alpha1.ReasonInvalidQuery, "spec.metric.query: $__elapsed stands where it counts nothing, "+
			"in a comment: use it as a range, or remove it there and write spec.reach.baseline or spec.reach.direction")
	}
	return nil
}

// resolve finds baseline and target: as written, or measured at the start.
func (r *reach) resolve(begun bool) *obstacle {
	if in := r.resolveBaseline(begun); in != nil {
		return in
	}
	baseline := *r.baseline
	var target float64
	if r.spec.Target != nil {
		target = r.spec.Target.Float64()
	} else {
		change, err := okr.ParseChange(string(r.spec.Change))
		if err != nil {
			return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonBaselineZero, "spec.reach: " + err.Error()}
		}
		var moved bool
		if target, moved = change.Target(baseline); !moved {
			return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonBaselineZero,
				"a change of " + string(r.spec.Change) + " from a baseline of " + exact(baseline) + " leads nowhere: write reach.target"}
		}
	}
	met := target == baseline
	if r.spec.Direction != "" {
		met = okr.AlreadyMet(baseline, target, r.spec.Direction == v1alpha1.DirectionIncrease)
	}
	if met {
		return &obstacle{metav1.ConditionFalse, v1alpha1.ReasonAlreadyMet,
			"the value at the start, " + r.quantity(baseline) + ", is already at or beyond the target of " + r.quantity(target) +
				": write a more ambitious reach.target, another way to go, or reach.baseline"}
	}
	r.target = &target
	return nil
}

// resolveBaseline takes the baseline as written, counts from 0, or asks for the value at the start: once, for
// the answer is frozen under the key of the question.
func (r *reach) resolveBaseline(begun bool) *obstacle {
	if given := r.spec.Baseline; given != nil {
		r.baseline = pointer(given.Float64())
		return nil
	}
	metric := *r.in.Metric
	if metric.Expression.Elapsed {
		r.baseline = pointer(0.0)
		return nil
	}
	if !begun {
		return &obstacle{metav1.ConditionUnknown, v1alpha1.ReasonPending, "the baseline is measured at the start"}
	}
	q, key := r.questionAt(r.pace.Start, 0)
	if frozen := r.status.Frozen.Baseline; frozen != nil && frozen.Key == key {
		if v, ok := number(frozen.Value); ok {
			r.baseline = &v
			return nil
		}
	}
	held := metric.held(r.samples, q)
	r.watch(sample.Watch{Question: q, Seen: held.Last})
	if held.Last.OK() {
		r.baseline = pointer(held.Last.Value)
		r.status.Frozen.Baseline = &v1alpha1.FrozenValue{Value: exact(held.Last.Value), Time: second(held.Last.Time), Key: key}
		return nil
	}
	return r.noBaseline(held.Last)
}

// noBaseline says why the value at the start is not known (yet).
func (r *reach) noBaseline(last sample.Sample) *obstacle {
	const prefix = "baseline: "
	if last.Reason != "" {
		return &obstacle{metav1.ConditionFalse, string(last.Reason), prefix + last.Message}
	}
	before := meta.FindStatusCondition(r.before.Conditions, v1alpha1.MeasuredCondition)
	if r.current() && before != nil && before.Status == metav1.ConditionFalse && strings.HasPrefix(before.Message, prefix) {
		return &obstacle{before.Status, before.Reason, before.Message} // not asked again since the controller started
	}
	return &obstacle{metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for the value at the start"}
}

// show writes baseline and target. A baseline that is to be measured anew is shown until that is done.
func (r *reach) show() {
	baseline, target := r.baseline, r.target
	if frozen := r.status.Frozen.Baseline; baseline == nil && frozen != nil {
		if v, ok := number(frozen.Value); ok {
			baseline = &v
		}
	}
	r.status.Baseline = ""
	if baseline != nil {
		r.status.Baseline = r.quantity(*baseline)
	}
	if target == nil && r.spec.Target != nil {
		target = pointer(r.spec.Target.Float64())
	}
	r.status.Target = wayText(baseline, target, r.spec.Change, r.in.KeyResult.Spec.Unit)
	if r.baseline != nil && r.target == nil { // a way that leads nowhere
		r.status.ProgressPercent, r.status.AttainmentPercent = nil, nil
	}
}

func (r *reach) stand(value float64) (running, bool) {
	p, known := r.percent(value)
	return steady{r.running(), p}, known
}

// percent is the share of the way covered; false while baseline or target is not known.
func (r *reach) percent(value float64) (float64, bool) {
	if r.baseline == nil || r.target == nil {
		return 0, false
	}
	p := okr.Percent(*r.baseline, *r.target, value)
	return p, okr.Known(p)
}

// way is from where to where; false while one of them is not known.
func (r *reach) way() (baseline, target float64, known bool) {
	if r.baseline == nil || r.target == nil {
		return 0, 0, false
	}
	return *r.baseline, *r.target, true
}

func (r *reach) explain(verdict okr.Verdict, progress int64) string {
	message := fmt.Sprintf("%s is %s of the way %s; %s is expected by now",
		r.status.Value, percent(progress), r.status.Target, percent(*r.status.ExpectedPercent))
	if verdict.Reason == okr.Regressing {
		message += "; it moves away from the target"
	}
	return message
}

func (r *reach) scale() sample.Scale {
	if r.baseline == nil || r.target == nil {
		return sample.Scale{}
	}
	return sample.Scale{From: *r.baseline, To: *r.target}
}

func (r *reach) bounds(value float64) []float64 {
	p, known := r.percent(value)
	if !known {
		return nil
	}
	return r.boundsAround(p, value, r.valueAt)
}

// valueAt is the value that has covered p percent of the way.
func (r *reach) valueAt(p float64) float64 { return *r.baseline + p/100*(*r.target-*r.baseline) }

func (r *reach) finalQuestion() sample.Question {
	if r.kept != nil {
		return sample.Question{}
	}
	return r.valueAtEnd()
}

func (r *reach) final(last sample.Sample) (float64, bool) { return r.percent(last.Value) }

// decides are baseline and target as numbers: writing the measured baseline down, as a record in Git, edits nothing.
func (r *reach) decides() []string {
	baseline, target := "", string(r.spec.Change)
	switch frozen := r.status.Frozen.Baseline; {
	case r.spec.Baseline != nil:
		baseline = exact(r.spec.Baseline.Float64())
	case r.in.Metric != nil && r.in.Metric.Expression.Elapsed:
		baseline = "0"
	case frozen != nil:
		baseline = writable(frozen.Value)
	}
	if r.spec.Target != nil {
		target = exact(r.spec.Target.Float64())
	}
	direction := r.spec.Direction
	if from, ok := number(baseline); ok && r.spec.Target != nil && direction == "" { // as the numbers say
		if direction = v1alpha1.DirectionDecrease; from < r.spec.Target.Float64() {
			direction = v1alpha1.DirectionIncrease
		}
	}
	return []string{baseline, target, string(direction)}
}

// writable is a number as a Decimal of the API can hold it, with nine digits behind the point.
func writable(text string) string {
	v, ok := number(text)
	if !ok {
		return text
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 9, 64), 64)
	if err != nil {
		return text
	}
	return exact(short)
}
