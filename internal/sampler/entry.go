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
	// arrival is its place among all entries that there ever were.
	arrival uint64
	// watchers is never empty: an entry lives as long as somebody watches it.
	watchers []*watcher
	// anchor is the watcher for whose namespace it is asked, group that namespace's share of the source.
	anchor *watcher
	group  *group
	// denied: there is no room for it in its group.
	denied bool

	// hanging: the newest request timed out.
	hanging bool
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
	// then is the interval in force when good was taken.
	then time.Duration
	// answered is the reason of the newest complete answer.
	answered sample.Reason
	// asked is the newest instant that there was a complete answer about, number the place of last among all samples
	// taken.
	asked  instant
	number uint64
}

// interval is the distance between two askings that the source's limits admit.
func (e *entry) interval() time.Duration {
	return min(max(e.question.Interval, e.source.settings.MinInterval, shortestInterval), longestInterval)
}

// rhythm is the entry's under the limits and the load that its source has now.
func (e *entry) rhythm() rhythm {
	return rhythmOf(e.fingerprint, e.source.stretched(e.interval()))
}

// stretched reports whether the entry is asked less often because its source has too much to answer.
func (e *entry) stretched() bool { return e.question.Live() && e.source.stretch > 1 }

// aim returns the instant to ask about now, and remembers it. Whatever was missed while the source was busy stays
// missed: only the latest instant is worth a request.
func (e *entry) aim(now instant) instant {
	if e.question.Live() {
		e.aligned = e.rhythm().latest(now)
	}
	return e.about(now)
}

// about is the instant that a request now would ask about.
func (e *entry) about(now instant) instant {
	if !e.question.Live() {
		return instantOf(time.Unix(e.question.At, 0))
	}
	return e.rhythm().latest(now).add(-e.source.settings.QueryOffset - e.question.Offset)
}

// first returns when to ask an entry about which nothing has been learned: at once and before all that have been
// asked, in the order of arrival; but a past instant only when the data about it has arrived.
func (e *entry) first(now instant) instant {
	if e.question.Live() {
		return min(instant(e.arrival), now)
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
	e.setHanging(reason == sample.Timeout)
	if !reason.Answered() {
		e.failures++
		return e.retry(reason, now)
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

// retry returns when to ask again after a request that nothing was learned from. What may be the source's fault is
// tried again soon, even where the interval is longer. What is the query's own is asked less often than its interval:
// one that takes too long, or answers too much, while the source answers others; and one that the source refuses.
func (e *entry) retry(reason sample.Reason, now instant) instant {
	wait := backoff(reason, e.failures)
	switch {
	case costly(reason) && e.source.fine(now):
		interval := firstRetry
		if e.question.Live() {
			interval = e.rhythm().interval
		}
		if e.answered == "" && e.question.Step > 0 {
			interval = min(interval, unanswered)
		}
		return now.add(max(interval, spread(doubled(interval, e.failures, longestSlow))))
	case reason == sample.QueryFailed && e.question.Live():
		return max(e.next(now), now.add(wait))
	default:
		return now.add(wait)
	}
}

// costly reports whether a query that failed so asks for too much.
func costly(r sample.Reason) bool { return r == sample.Timeout || r == sample.ResponseTooLarge }

// setHanging notes whether the newest request timed out.
func (e *entry) setHanging(hanging bool) {
	if e.group != nil && e.hanging != hanging {
		if hanging {
			e.group.hanging++
		} else {
			e.group.hanging--
		}
	}
	e.hanging = hanging
}

// replan returns when to ask a waiting entry after its source's limits, its load or the clock have changed.
func (e *entry) replan(now instant) instant {
	switch {
	case e.failures > 0:
		longest := longestRetry
		if costly(e.last.Reason) {
			longest = max(longestSlow, e.rhythm().interval)
		}
		return min(e.due, max(now.add(longest), e.next(now)))
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
	e.setHanging(false)
	e.failures, e.aligned, e.asked = 0, 0, 0
	e.settled = e.settled && e.last.OK()
}

// take keeps answer, which is about the instant at, unless one about a newer instant is held. A failure says nothing
// about its instant, and outweighs nothing.
func (e *entry) take(answer sample.Sample, at, now instant) bool {
	// A held instant that is still to come is from a clock that has been set back since.
	if at < e.asked && e.asked <= now {
		return false
	}
	e.last = answer
	if answer.OK() {
		e.good = answer
		if e.question.Live() {
			e.then = e.rhythm().interval
		}
	}
	if answer.Reason.Answered() {
		e.asked, e.answered = at, answer.Reason
	}
	return true
}

func (e *entry) held() sample.Held {
	held := sample.Held{Last: e.last, Good: e.good, Answered: e.answered, Since: e.since.time(), Then: e.then}
	if e.question.Live() {
		held.Interval, held.Stretched = e.rhythm().interval, e.stretched()
	}
	if e.good.Time.After(held.Since) {
		held.Since = e.good.Time
	}
	return held
}
