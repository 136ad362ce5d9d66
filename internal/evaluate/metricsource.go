package evaluate

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// MetricSourceInput is a source and what was found out about it.
type MetricSourceInput struct {
	// Source with the status that was written last.
	Source *v1alpha1.MetricSource
	// InvalidURL says why no client can be made for the address; nil if one can.
	InvalidURL error
}

// probeInterval is how often a source is asked whether it answers.
const probeInterval = time.Minute

// MetricSource evaluates a source at now.
func MetricSource(in MetricSourceInput, samples Samples, now time.Time) Result[v1alpha1.MetricSourceStatus] {
	now = whole(now)
	status := *in.Source.Status.DeepCopy()
	status.ObservedGeneration = in.Source.Generation
	c := &conditions{list: status.Conditions, generation: in.Source.Generation, now: now}
	bad := sharing(in.Source.Spec.AllowedNamespaces.Selector)
	if in.InvalidURL != nil {
		bad = stalled(v1alpha1.ReasonInvalidURL, "spec.prometheus.url: "+in.InvalidURL.Error())
	}
	c.readiness(bad)
	q := sample.Question{Source: in.Source.Name, Query: sample.Ping, Interval: probeInterval}
	held, _ := samples(q)
	c.reachable(held.Last, bad)
	status.Conditions = c.list
	before := &in.Source.Status
	result := Result[v1alpha1.MetricSourceStatus]{Status: status, Next: nextLook(now), Change: changeOf(before, &status,
		standing{conditions: before.Conditions, decided: before.ObservedGeneration},
		standing{conditions: status.Conditions, decided: status.ObservedGeneration})}
	if in.InvalidURL == nil {
		result.Watches = []sample.Watch{{Question: q, Seen: held.Last}}
	}
	return result
}

// reachable sets Reachable from the newest answer to the probe. Before there is one, what was said before
// stands, if it was about the present spec.
func (c *conditions) reachable(last sample.Sample, bad *problem) {
	before := meta.FindStatusCondition(c.list, v1alpha1.ReachableCondition)
	switch {
	case last.OK():
		c.set(v1alpha1.ReachableCondition, metav1.ConditionTrue, v1alpha1.ReasonAnswers, "the source answers queries")
	case last.Reason != "":
		c.set(v1alpha1.ReachableCondition, metav1.ConditionFalse, string(last.Reason), last.Message)
	case bad != nil:
		c.set(v1alpha1.ReachableCondition, metav1.ConditionUnknown, bad.reason, bad.message)
	case before == nil || before.ObservedGeneration != c.generation:
		c.set(v1alpha1.ReachableCondition, metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for the first answer")
	}
}

// Limits are a source's limits in numbers.
type Limits struct {
	Timeout, MinInterval time.Duration
	MaxConcurrent        int
	QueriesPerSecond     float64
	MaxResponseBytes     int64
}

// LimitsOf are a source's limits, with the defaults of the API where they are not written.
func LimitsOf(source *v1alpha1.MetricSource) Limits {
	limits := Limits{
		Timeout: 10 * time.Second, MinInterval: 30 * time.Second,
		MaxConcurrent: 4, QueriesPerSecond: 50, MaxResponseBytes: 1 << 20,
	}
	written := source.Spec.Limits
	if written == nil {
		return limits
	}
	if written.Timeout != "" {
		limits.Timeout = max(time.Millisecond, written.Timeout.Duration())
	}
	if written.MinInterval != "" {
		limits.MinInterval = written.MinInterval.Duration()
	}
	if written.MaxConcurrent != nil {
		limits.MaxConcurrent = int(*written.MaxConcurrent)
	}
	if written.QueriesPerSecond != nil {
		limits.QueriesPerSecond = float64(*written.QueriesPerSecond)
	}
	if written.MaxResponseBytes != nil {
		limits.MaxResponseBytes = *written.MaxResponseBytes
	}
	return limits
}
