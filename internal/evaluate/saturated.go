package evaluate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// SourceLoad is what is asked of a source, compared with its limits.
type SourceLoad struct {
	// Stretch is the factor by which all intervals are longer than asked for; 1 if none is, 0 while that is not known.
	Stretch float64
	// Demand and Limit are the queries per second that were asked for and admitted when Stretch became what it is. They
	// count while Stretch is more than 1.
	Demand, Limit float64
}

// saturated sets Saturated. Before the load is known, what was said before stands, if it was about the present spec.
func (c *conditions) saturated(load SourceLoad, bad *problem) {
	before := meta.FindStatusCondition(c.list, v1alpha1.SaturatedCondition)
	switch {
	case load.Stretch > 1:
		c.set(v1alpha1.SaturatedCondition, metav1.ConditionTrue, v1alpha1.ReasonDemandAboveLimits, fmt.Sprintf(
			"%s queries per second are asked for and the limits admit %s: every interval is %s times as long as asked for; "+
				"raise limits.queriesPerSecond or limits.maxConcurrent, or ask less often (limits.minInterval, metric.interval)",
			sample.Display(load.Demand), sample.Display(load.Limit), sample.Display(load.Stretch)))
	case load.Stretch == 1:
		c.set(v1alpha1.SaturatedCondition, metav1.ConditionFalse, v1alpha1.ReasonAsExpected, "the limits admit all that is asked for")
	case bad != nil:
		c.set(v1alpha1.SaturatedCondition, metav1.ConditionUnknown, bad.reason, bad.message)
	case before == nil || before.ObservedGeneration != c.generation || before.Status == metav1.ConditionUnknown:
		c.set(v1alpha1.SaturatedCondition, metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for a minute of questions")
	}
}
