package closing

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// known is all that is known of a key result and its objective when the next cycle is made.
type known struct {
	objective, liveObjective *v1alpha1.Objective
	keyResult, liveKeyResult *v1alpha1.KeyResult
	// kpi of the key result, as far as it is in the files.
	kpi  *v1alpha1.KPI
	days repository.Days
	now  time.Time
}

// reading is the present value of a key result.
type reading struct {
	value float64
	// text is the value as it can be written.
	text  string
	known bool
	// from says where it comes from; where it is not known, why.
	from string
}

func read1(number, from string) reading {
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return reading{from: "it has no number"}
	}
	text := sample.Display(v)
	if !decimals.MatchString(text) {
		var ok bool
		if text, ok = written(number); !ok {
			return reading{from: "it cannot be written: " + number}
		}
	}
	return reading{value: v, text: text, known: true, from: from}
}

// present finds the present value: a record in Git before what people wrote down before what the cluster measured.
func (k known) present() reading {
	kr := k.keyResult
	if final := kr.Spec.Final; final != nil && final.Value != nil {
		return read1(string(*final.Value), "final")
	}
	today := k.days.Today(k.now).String()
	if repository.ByHand(kr) {
		var newest *v1alpha1.Decimal
		var of string
		for _, c := range k.objective.Spec.CheckIns {
			for _, said := range c.KeyResults {
				if day := c.Date.String(); said.Name == kr.Name && said.Value != nil && day <= today && day >= of {
					newest, of = said.Value, day
				}
			}
		}
		if newest == nil {
			return reading{from: "no check-in gives its value"}
		}
		return read1(string(*newest), "the check-in of "+of)
	}
	if k.kpi != nil && len(k.kpi.Spec.Readings) > 0 {
		var newest *v1alpha1.Reading
		for i := range k.kpi.Spec.Readings {
			r := &k.kpi.Spec.Readings[i]
			if r.Date.String() <= today && (newest == nil || newest.Date.String() < r.Date.String()) {
				newest = r
			}
		}
		if newest == nil || newest.Value == nil {
			return reading{from: "its KPI has no reading yet"}
		}
		return read1(string(*newest.Value), "the KPI's reading of "+newest.Date.String())
	}
	return k.measured()
}

// measured is the value that the cluster has measured.
func (k known) measured() reading {
	live := k.liveKeyResult
	switch {
	case live == nil:
		return reading{from: "it is measured, and the cluster does not say"}
	case !sameMeasure(k.keyResult, live):
		return reading{from: "the one in the cluster is measured by something else"}
	case stale(live, live.Status.ObservedGeneration):
		return reading{from: "the controller has not looked at it since it was last applied"}
	case live.Status.Final != nil && live.Status.Final.Value != "":
		return read1(live.Status.Final.Value, "the final value in the cluster")
	}
	if c := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.MeasuredCondition); c == nil || c.Status != "True" || live.Status.Measurement == nil {
		why := "it is not measured now"
		if c != nil {
			why += " (" + c.Reason + ")"
		}
		return reading{from: why}
	}
	return read1(live.Status.Measurement.Value, "the cluster")
}

// finished says whether nothing is left to do for a key result, as far as that is known, and why. What holds a level does so
// until its time is over.
func (k known) finished() (bool, string) {
	kr := k.keyResult
	if kr.Spec.State == v1alpha1.KeyResultCancelled {
		return true, "given up"
	}
	if kr.Spec.Milestones != nil {
		left := slices.ContainsFunc(kr.Spec.Milestones, func(m v1alpha1.Milestone) bool { return m.DoneOn == "" })
		if left {
			return false, ""
		}
		return true, "all milestones are done"
	}
	if score, from := k.score(); score != "" {
		if v1alpha1.Decimal(score).Float64() >= k.pass() {
			return true, fmt.Sprintf("achieved: %s has %s", from, score)
		}
		return false, fmt.Sprintf("%s has %s", from, score)
	}
	if kr.Spec.Maintain != nil {
		return false, ""
	}
	value := k.present()
	if !value.known {
		return false, value.from
	}
	if p, ok := k.progress(value.value); ok && p >= 100 && !k.guarded() {
		return true, "at its target: " + value.from + " has " + quantity(value.value, kr.Spec.Unit)
	}
	return false, ""
}

// guarded reports whether a guard may still hold the key result back.
func (k known) guarded() bool {
	if k.keyResult.Spec.Guard == nil {
		return false
	}
	live := k.liveKeyResult
	return live == nil || live.Status.ProgressPercent == nil || *live.Status.ProgressPercent < 100
}

// score is the result of a key result that is over, and where it stands; empty if there is none.
func (k known) score() (score, from string) {
	if final := k.keyResult.Spec.Final; final != nil && final.Score != nil {
		return string(*final.Score), "final"
	}
	if live := k.liveKeyResult; live != nil && live.Status.Final != nil && k.sameGoal() {
		return live.Status.Final.Score, "the cluster"
	}
	return "", ""
}

// sameGoal reports whether the cluster speaks of what stands in the files.
func (k known) sameGoal() bool {
	live, o := k.liveKeyResult, k.liveObjective
	return o != nil && sameTime(k.objective, o) == "" && differs(withBaseline(k.keyResult, live), live) == "" &&
		!stale(live, live.Status.ObservedGeneration) && !meta.IsStatusConditionTrue(live.Status.Conditions, v1alpha1.ReopenedCondition)
}

// pass is the score that is enough.
func (k known) pass() float64 {
	if k.objective.Spec.Ambition == v1alpha1.AmbitionAspirational {
		return 0.7
	}
	return 1
}

// baseline is where the way began: as written, or as it was measured.
func (k known) baseline() (float64, bool) {
	reach := k.keyResult.Spec.Reach
	switch {
	case reach.Baseline != nil:
		return reach.Baseline.Float64(), true
	case fromZero(k.keyResult):
		return 0, true
	case k.liveKeyResult != nil && k.liveKeyResult.Status.Frozen != nil && k.liveKeyResult.Status.Frozen.Baseline != nil && sameMeasure(k.keyResult, k.liveKeyResult):
		v, err := strconv.ParseFloat(k.liveKeyResult.Status.Frozen.Baseline.Value, 64)
		return v, err == nil
	}
	return 0, false
}

// progress is how much of its way a reach has covered, in percent; false if that is not known.
func (k known) progress(value float64) (float64, bool) {
	reach := k.keyResult.Spec.Reach
	from, ok := k.baseline()
	if reach.Target != nil && !ok { // the direction is enough to know that it has arrived
		to := reach.Target.Float64()
		arrived := reach.Direction == v1alpha1.DirectionIncrease && value >= to || reach.Direction == v1alpha1.DirectionDecrease && value <= to
		return 100, arrived
	}
	if !ok {
		return 0, false
	}
	var to float64
	if reach.Target != nil {
		to = reach.Target.Float64()
	} else {
		change, err := okr.ParseChange(string(reach.Change))
		if err != nil {
			return 0, false
		}
		if to, ok = change.Target(from); !ok {
			return 0, false
		}
	}
	if to == from {
		return 0, false
	}
	return 100 * (value - from) / (to - from), true
}
