package sampler

import (
	"time"

	"okr.dev/controller/internal/sample"
)

// entry is one question, what is known of its answer, and who wants to know.
type entry struct {
	// turn is when to ask next, and the place among those of the source that wait for it. An entry that is
	// being asked or is settled does not wait.
	turn
	question    sample.Question
	fingerprint uint64
	source      *source
	// place in source.entries.
	slot int
	// watchers is never empty: an entry lives as long as somebody watches it.
	watchers []*watcher

	// asking is the crew that is asking just now, else nil.
	asking *crew
	// failures counts the requests in a row from which nothing was learned.
	failures int
	// settled: a past instant that has its answer.
	settled bool
	// aligned is the instant of the rhythm last asked for; 0 before the first.
	aligned instant

	// since is when the first owner registered the question.
	since      instant
	last, good sample.Sample
	// answered is the reason of the newest complete answer.
	answered sample.Reason
	// asked is the instant that last is about, number its place among all samples taken.
	asked  instant
	number uint64
}

// rhythm is the entry's under the limits that its source has now.
func (e *entry) rhythm() rhythm {
	return rhythmOf(e.fingerprint, max(e.question.Interval, e.source.settings.MinInterval, shortestInterval))
}

// aim returns the instant to ask about now, and remembers it. Whatever was missed while the source was busy stays missed: only
// the latest instant is worth a request.
func (e *entry) aim(now instant) instant {
	if !e.question.Live() {
		return instantOf(time.Unix(e.question.At, 0))
	}
	e.aligned = e.rhythm().latest(now)
	return e.aligned.add(-e.source.settings.QueryOffset)
}

// first returns when to ask an entry about which nothing has been learned: at once, but a past instant only
// when the data about it has arrived.
func (e *entry) first(now instant) instant {
	if e.question.Live() {
		return now
	}
	return instantOf(time.Unix(e.question.At, 0)).add(e.question.Settle + e.source.settings.QueryOffset)
}

// next returns when to ask a live entry that was answered.
func (e *entry) next(now instant) instant {
	r := e.rhythm()
	// Later than now is only an instant on a clock that has been set back since.
	asked := min(e.aligned, now)
	if e.last.Reason == sample.InvalidQuery {
		return r.after(asked.add(max(r.interval, hopeless)) - 1)
	}
	return r.after(asked)
}

// plan returns when to ask next after an answer of the given reason.
func (e *entry) plan(reason sample.Reason, now instant) instant {
	if !reason.Answered() {
		e.failures++
		return now.add(backoff(e.failures))
	}
	e.failures = 0
	switch {
	case e.question.Live():
		return e.next(now)
	case reason == sample.Sampled:
		e.settled = true
		return never
	default:
		return now.add(lateData)
	}
}

// replan returns when to ask a waiting entry after its source's limits or the clock have changed.
func (e *entry) replan(now instant) instant {
	switch {
	case e.failures > 0:
		return min(e.due, now.add(longestRetry))
	case !e.question.Live() || e.aligned == 0:
		return e.first(now)
	default:
		return e.next(now)
	}
}

// restart forgets how asking has gone so far, because somebody else will be asked. What is known stays; but any
// answer of the new one counts, about whatever instant. A number about a past instant is not asked for again.
func (e *entry) restart() {
	e.asking = nil
	e.failures, e.aligned, e.asked = 0, 0, 0
	e.settled = e.settled && e.last.OK()
}

// take keeps answer, which is about the instant at, unless a newer one is held.
func (e *entry) take(answer sample.Sample, at, now instant) bool {
	// A held instant that is still to come is from a clock that has been set back since.
	if at < e.asked && e.asked <= now {
		return false
	}
	e.asked, e.last = at, answer
	if answer.OK() {
		e.good = answer
	}
	if answer.Reason.Answered() {
		e.answered = answer.Reason
	}
	return true
}

func (e *entry) held() sample.Held {
	held := sample.Held{Last: e.last, Good: e.good, Answered: e.answered, Since: e.since.time()}
	if e.question.Live() {
		held.Interval = e.rhythm().interval
	}
	if e.good.Time.After(held.Since) {
		held.Since = e.good.Time
	}
	return held
}
