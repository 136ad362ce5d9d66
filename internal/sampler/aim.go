package sampler

import (
	"time"

	"okr.dev/controller/internal/sample"
)

// Aim is what the sampler would do about a question of a source that has not too much to answer, if nothing of it were
// known at now: at is the instant that it would ask about, and interval the distance between two askings that is in force,
// zero for a past instant. It is not due while the data about a past instant has not arrived.
func Aim(q sample.Question, settings Source, now time.Time) (at time.Time, interval time.Duration, due bool) {
	e := &entry{question: q, fingerprint: fingerprint(q), source: &source{settings: settings, stretch: 1}}
	if !q.Live() {
		return e.about(instantOf(now)).time(), 0, e.first(instantOf(now)) <= instantOf(now)
	}
	return e.about(instantOf(now)).time(), e.interval(), true
}
