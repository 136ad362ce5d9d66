package evaluate

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// shape is what a key result is to prove: a way from here to there, a band to stay in, steps of work. Each reckons
// progress, verdict and score in its own way; all else about a key result is the same.
type shape interface {
	// problem is what is wrong with the spec beyond what the API server refuses; nil if nothing is.
	problem() *problem
	// resolve finds out what the verdict hangs on besides the present value, such as a measured baseline; begun says
	// that the key result has. It returns why that is not known; nil if it is.
	resolve(begun bool) *obstacle
	// show writes target and baseline as people read them.
	show()
	// stand is how the key result stands by a value; false while that is not known.
	stand(value float64) (running, bool)
	// explain says a verdict in words, and the progress in whole percent that it is given for.
	explain(verdict okr.Verdict, progress int64) string
	// scale is where 0 and 100 percent lie, for those who watch the value; the zero Scale if no value does.
	scale() sample.Scale
	// bounds are the values at which the verdict changes, now or within the horizon.
	bounds(value float64) []float64
	// finalQuestion asks what decides the score.
	finalQuestion() sample.Question
	// final is the progress at the end by the answer to it, in percent, not limited; false if that is not known.
	final(sample.Sample) (float64, bool)
	// decides are the parts of the spec that decide the score.
	decides() []string
}

// running is how a key result stands while it runs, as a function of time.
type running interface {
	// Percent is the progress at t, in percent, not limited.
	Percent(t time.Time) float64
	// Verdict judges it at t.
	Verdict(t time.Time) okr.Verdict
	// NextChange is the first whole second after now, and not after until, at which Verdict or the whole percent of
	// Percent is another; false if there is none.
	NextChange(now, until time.Time) (time.Time, bool)
}

// obstacle is why something that a verdict hangs on is not known, in terms of the Measured condition.
type obstacle struct {
	status          metav1.ConditionStatus
	reason, message string
}

// shapeOf is the shape of a key result whose spec the API server has admitted.
func (k *keyResult) shapeOf() shape {
	if steps, ok := k.kept.(*milestones); ok {
		return steps
	}
	if spec := k.in.KeyResult.Spec.Maintain; spec != nil {
		return maintainOf(k, *spec)
	}
	return &reach{keyResult: k, spec: *k.in.KeyResult.Spec.Reach}
}

// steady is a key result whose progress does not move with time.
type steady struct {
	okr.KeyResult
	percent float64
}

func (s steady) Percent(time.Time) float64       { return s.percent }
func (s steady) Verdict(t time.Time) okr.Verdict { return s.KeyResult.Verdict(s.percent, t) }
func (s steady) NextChange(now, until time.Time) (time.Time, bool) {
	return s.KeyResult.NextChange(s.percent, now, until)
}
