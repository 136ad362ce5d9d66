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
	// Trouble is why no client can be made; nil if there is one.
	Trouble *SourceTrouble
	// Server is what the server tells of itself; nil if it has not been asked since the controller started or the
	// source was edited.
	Server *v1alpha1.SourceServerStatus
	// Skewed says that the server's clock and ours differ too much.
	Skewed bool
	// Load is what is asked of the source.
	Load SourceLoad
}

// SourceTrouble is why no client can be made for a source.
type SourceTrouble struct {
	// Reason and Message are those of the condition.
	Reason, Message string
	// Heals says that the spec is fine: what it refers to is missing, or cannot be used.
	Heals bool
}

// Ping is the question whose answer says whether a source answers.
func Ping(source *v1alpha1.MetricSource) sample.Question {
	return sample.Question{Source: source.Name, Query: sample.Ping, Tenant: ownTenant(source), Interval: probeInterval}
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
	if t := in.Trouble; t != nil {
		bad = &problem{reason: t.Reason, message: t.Message, heals: t.Heals}
	}
	c.readiness(bad)
	q := Ping(in.Source)
	held, _ := samples(q)
	if in.Trouble != nil { // what is held was said to another client, and nothing is sent now
		held, in.Load = sample.Held{}, SourceLoad{}
	}
	c.reachable(held.Last, bad, in.Skewed)
	c.saturated(in.Load, bad)
	status.Conditions = c.list
	if in.Server != nil || in.Source.Status.ObservedGeneration != in.Source.Generation {
		status.Server = in.Server
	}
	before := &in.Source.Status
	result := Result[v1alpha1.MetricSourceStatus]{Status: status, Next: nextLook(now, horizon), Change: changeOf(before, &status,
		standing{conditions: before.Conditions, decided: before.ObservedGeneration},
		standing{conditions: status.Conditions, decided: status.ObservedGeneration})}
	if in.Trouble == nil {
		result.Watches = []sample.Watch{{Question: q, Seen: held.Last, Stretched: held.Stretched}}
	}
	return result
}

// skewed is said of a source that answers.
const skewed = "the source answers queries, but its clock and the controller's differ by more than 30 s: values are asked " +
	"for another time than the data's own; set the clocks"

// reachable sets Reachable from the newest answer to the probe. Before there is one, what was said before
// stands, if it was an answer to the present spec.
func (c *conditions) reachable(last sample.Sample, bad *problem, apart bool) {
	before := meta.FindStatusCondition(c.list, v1alpha1.ReachableCondition)
	switch {
	case last.OK() && apart:
		c.set(v1alpha1.ReachableCondition, metav1.ConditionTrue, v1alpha1.ReasonAnswers, skewed)
	case last.OK():
		c.set(v1alpha1.ReachableCondition, metav1.ConditionTrue, v1alpha1.ReasonAnswers, "the source answers queries")
	case last.Reason != "":
		c.set(v1alpha1.ReachableCondition, metav1.ConditionFalse, string(last.Reason), last.Message)
	case bad != nil:
		c.set(v1alpha1.ReachableCondition, metav1.ConditionUnknown, bad.reason, bad.message)
	case before == nil || before.ObservedGeneration != c.generation || before.Status == metav1.ConditionUnknown:
		c.set(v1alpha1.ReachableCondition, metav1.ConditionUnknown, v1alpha1.ReasonPending, "waiting for the first answer")
	}
}

// Limits are a source's limits in numbers.
type Limits struct {
	Timeout, MinInterval time.Duration
	MaxConcurrent        int
	QueriesPerSecond     float64
	MaxResponseBytes     int64
	EntriesPerNamespace  int
}

// LimitsOf are a source's limits, with the defaults of the API where they are not written.
func LimitsOf(source *v1alpha1.MetricSource) Limits {
	limits := Limits{
		Timeout: 10 * time.Second, MinInterval: 30 * time.Second,
		MaxConcurrent: 4, QueriesPerSecond: 50, MaxResponseBytes: 1 << 20, EntriesPerNamespace: 500,
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
	if written.EntriesPerNamespace != nil {
		limits.EntriesPerNamespace = int(*written.EntriesPerNamespace)
	}
	return limits
}
