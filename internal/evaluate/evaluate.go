// Package evaluate turns what was frozen, the specs, the samples and the time into questions, a status and the
// next look. It is pure: no I/O, no clock; the same input gives the same answer, here and in a command.
package evaluate

import (
	"time"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// Samples looks up what is held for a question; false if nobody has asked it yet.
type Samples func(sample.Question) (sample.Held, bool)

// Result is the outcome of one evaluation.
type Result[Status any] struct {
	// Status is the whole new status. It equals the old one unless something has changed that a person reads, or that a
	// later evaluation needs.
	Status Status
	// Change is what of it differs from the old one.
	Change Change
	// Watches are the questions that the object wants asked from now on.
	Watches []sample.Watch
	// Next is when to look again if nothing happens before: at most an hour ahead.
	Next time.Time
}

// whole is an instant in whole seconds, as times are written in a status: what is computed from a time that was
// written then agrees with what was computed before.
func whole(now time.Time) time.Time { return now.UTC().Truncate(time.Second) }

// horizon is how far ahead the next look lies at most: a suspended machine or a stepped clock is caught up
// with in that time.
const horizon = time.Hour

// The lengths of time that people count in. A day of the calendar may be an hour shorter or longer.
const (
	day  = 24 * time.Hour
	week = 7 * day
)

// maxMessage is the size limit of a condition's message, in bytes.
const maxMessage = 1024

// conditions collects the conditions of one evaluation on top of the ones before, which it changes.
type conditions struct {
	list       []metav1.Condition
	generation int64
	now        time.Time
}

func (c *conditions) set(kind string, status metav1.ConditionStatus, reason, message string) {
	if len(message) > maxMessage {
		message = truncate(message, maxMessage)
	}
	meta.SetStatusCondition(&c.list, metav1.Condition{
		Type: kind, Status: status, Reason: reason, Message: message,
		ObservedGeneration: c.generation, LastTransitionTime: second(c.now),
	})
}

// problem is what keeps an object from being evaluated.
type problem struct {
	reason, message string
	// heals says that the object itself is fine: what it refers to is missing, or is broken.
	heals bool
}

func stalled(reason, message string) *problem { return &problem{reason: reason, message: message} }

func missing(message string) *problem {
	return &problem{reason: v1alpha1.ReasonReferenceNotFound, message: message, heals: true}
}

// notFound is the text for a reference that is missing or refused: the two must not be told apart.
func notFound(kind, name string) string {
	return kind + " " + name + " not found, or not shared with this namespace"
}

// readiness sets Ready and Stalled from the first thing that is in the way, if anything is.
func (c *conditions) readiness(p *problem) {
	switch {
	case p == nil:
		c.set(v1alpha1.ReadyCondition, metav1.ConditionTrue, v1alpha1.ReasonReady, "the spec is accepted and is being evaluated")
		c.set(v1alpha1.StalledCondition, metav1.ConditionFalse, v1alpha1.ReasonAsExpected, "nothing to mend")
	case p.heals:
		c.set(v1alpha1.ReadyCondition, metav1.ConditionFalse, p.reason, p.message)
		c.set(v1alpha1.StalledCondition, metav1.ConditionFalse, v1alpha1.ReasonAsExpected, "nothing to mend")
	default:
		c.set(v1alpha1.ReadyCondition, metav1.ConditionFalse, v1alpha1.ReasonStalled, p.message)
		c.set(v1alpha1.StalledCondition, metav1.ConditionTrue, p.reason, p.message)
	}
}

// reopened sets Reopened: whether what decides a final result was edited after it was frozen.
func (c *conditions) reopened(edited bool) {
	if edited {
		c.set(v1alpha1.ReopenedCondition, metav1.ConditionTrue, v1alpha1.ReasonEditedAfterEnd,
			"what decides the score was edited after the end; the score stays as it was")
		return
	}
	c.set(v1alpha1.ReopenedCondition, metav1.ConditionFalse, v1alpha1.ReasonAsExpected, "not edited after the end")
}

// onTrack sets OnTrack from a verdict.
func (c *conditions) onTrack(health okr.Health, reason, message string) {
	status := metav1.ConditionUnknown
	switch health {
	case okr.OnTrack, okr.Achieved:
		status = metav1.ConditionTrue
	case okr.AtRisk, okr.OffTrack, okr.Missed:
		status = metav1.ConditionFalse
	}
	c.set(v1alpha1.OnTrackCondition, status, reason, message)
}

// unchanged reports whether two statuses are equal.
func unchanged(a, b any) bool { return apiequality.Semantic.DeepEqual(a, b) }

// nextLook is the earliest of the candidates that lies after now, as a whole second, and at most so far ahead.
func nextLook(now time.Time, ahead time.Duration, candidates ...time.Time) time.Time {
	next := now.Add(ahead)
	for _, c := range candidates {
		if c.IsZero() {
			continue
		}
		if whole := c.Truncate(time.Second); whole.Before(c) {
			c = whole.Add(time.Second)
		}
		if c.After(now) && c.Before(next) {
			next = c
		}
	}
	return next
}

func truncate(s string, size int) string {
	const ellipsis = "…"
	cut := size - len(ellipsis)
	for cut > 0 && s[cut]&0xC0 == 0x80 { // not inside a character
		cut--
	}
	return s[:cut] + ellipsis
}

func pointer[T any](v T) *T { return &v }
