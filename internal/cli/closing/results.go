package closing

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// result is what becomes of a key result when its cycle is closed.
type result struct {
	// recorded says that the file has a result already.
	recorded bool
	// score and value are as people read them; empty if they are not known.
	score, value string
	// record is what is to be written as spec.final; nil if there is nothing to write.
	record edit.Map
	// baseline is what is to be written as spec.reach.baseline; empty if nothing is.
	baseline string
	// why says why it is left alone, or what one should know about it; expected where that is no news.
	why, expected string
}

// resultOf decides what becomes of a key result of the files, by what the cluster says of it. days are those of its
// objective.
func resultOf(o, liveObjective *v1alpha1.Objective, kr, liveKeyResult *v1alpha1.KeyResult, days repository.Days, now time.Time) result {
	if final := kr.Spec.Final; final != nil {
		r := result{recorded: true}
		if final.Score != nil {
			r.score = string(*final.Score)
		}
		if final.Value != nil {
			r.value = quantity(final.Value.Float64(), kr.Spec.Unit)
		}
		if liveKeyResult != nil && liveKeyResult.Status.Final != nil && final.Score != nil && !sameNumber(r.score, liveKeyResult.Status.Final.Score) {
			r.why = fmt.Sprintf("the file has the score %s, the cluster has frozen %s", r.score, liveKeyResult.Status.Final.Score)
		}
		return r
	}
	own, err := days.Of(o, kr)
	switch {
	case err != nil:
		return result{why: err.Error()}
	case kr.Spec.State == v1alpha1.KeyResultCancelled || o.Spec.State == v1alpha1.ObjectiveCancelled:
		return result{expected: "cancelled"}
	case o.Spec.State == v1alpha1.ObjectiveDraft:
		return result{expected: "a draft"}
	case !own.Over(now):
		return result{expected: "runs until " + own.Last.String()}
	case liveKeyResult == nil || liveObjective == nil:
		return result{why: "it is not in the cluster: apply it, and it is scored as far as there is data"}
	}
	if other := sameTime(o, liveObjective); other != "" {
		return result{why: fmt.Sprintf("the objective in the cluster has %s: apply the files first", other)}
	}
	if other := differs(withBaseline(kr, liveKeyResult), liveKeyResult); other != "" {
		return result{why: fmt.Sprintf("the cluster's has another %s than the file's: apply the file first", other)}
	}
	if repository.ByHand(kr) && !maps.Equal(said(o, kr.Name), said(liveObjective, kr.Name)) {
		return result{why: "the check-ins of the objective in the cluster give other values than the file's: apply the file first"}
	}
	if stale(liveKeyResult, liveKeyResult.Status.ObservedGeneration) || stale(liveObjective, liveObjective.Status.ObservedGeneration) {
		return result{why: "the controller has not looked at it since it was last applied: run the command again in a minute"}
	}
	if liveKeyResult.Status.Final == nil {
		return result{why: whyOpen(liveKeyResult, own)}
	}
	if meta.IsStatusConditionTrue(liveKeyResult.Status.Conditions, v1alpha1.ReopenedCondition) {
		return result{why: fmt.Sprintf("it was edited after its end, and the score %s is of what stood there before: put that back, or write spec.final by hand",
			liveKeyResult.Status.Final.Score)}
	}
	return scored(kr, liveKeyResult, own)
}

// said are the values that check-ins give a key result, by day, equal ones written equally.
func said(o *v1alpha1.Objective, name string) map[string]float64 {
	values := map[string]float64{}
	for _, c := range o.Spec.CheckIns {
		for _, k := range c.KeyResults {
			if k.Name == name && k.Value != nil {
				values[c.Date.String()] = k.Value.Float64()
			}
		}
	}
	return values
}

// stale reports whether a status is about what an object was before.
func stale(o client.Object, observed int64) bool { return observed != o.GetGeneration() }

// withBaseline is a key result as it is once its baseline is written down: then it is still the same.
func withBaseline(kr, live *v1alpha1.KeyResult) *v1alpha1.KeyResult {
	reach, measured := kr.Spec.Reach, live.Spec.Reach
	if reach == nil || measured == nil || reach.Baseline == nil || measured.Baseline != nil || live.Status.Frozen == nil || live.Status.Frozen.Baseline == nil {
		return kr
	}
	if text, ok := written(live.Status.Frozen.Baseline.Value); !ok || !sameNumber(text, string(*reach.Baseline)) {
		return kr
	}
	kr = kr.DeepCopy()
	kr.Spec.Reach.Baseline, kr.Spec.Reach.Direction = nil, measured.Direction
	return kr
}

// quantity is a number as people read it.
func quantity(v float64, unit string) string {
	return strings.TrimSpace(sample.Display(v) + " " + unit)
}

func sameNumber(a, b string) bool {
	x, y := v1alpha1.Decimal(a), v1alpha1.Decimal(b)
	return x.Float64() == y.Float64()
}

// whyOpen says why the cluster has no result.
func whyOpen(kr *v1alpha1.KeyResult, own repository.Days) string {
	reason, message := verdict(kr, v1alpha1.OnTrackCondition)
	switch reason {
	case v1alpha1.ReasonClosing:
		return fmt.Sprintf("Closing until %s: %s", own.Last.End(own.Zone).Add(evaluate.Closing).In(own.Zone).Format(time.DateOnly), message)
	case "":
		return "the cluster has not looked at it yet: is the controller running?"
	default:
		return reason + ": " + message
	}
}

// scored is the result that the cluster has frozen.
func scored(kr, live *v1alpha1.KeyResult, own repository.Days) result {
	final := live.Status.Final
	r := result{score: final.Score, value: live.Status.Value}
	// The count of a budget, and of milestones, is no value in the key result's unit.
	counts := kr.Spec.Milestones != nil || kr.Spec.Maintain != nil && kr.Spec.Maintain.AllowedBreach != ""
	if text, ok := written(final.Value); ok && !counts && final.Value != "" {
		r.record = append(r.record, edit.Field{Key: "value", Value: edit.Decimal(text)})
	}
	r.record = append(r.record,
		edit.Field{Key: "date", Value: edit.Quoted(own.Last.String())},
		edit.Field{Key: "score", Value: edit.Quoted(final.Score)})
	reach, frozen := kr.Spec.Reach, live.Status.Frozen
	if reach != nil && reach.Baseline == nil && !fromZero(kr) && frozen != nil && frozen.Baseline != nil {
		if text, ok := written(frozen.Baseline.Value); ok {
			r.baseline = text
		}
	}
	return r
}
