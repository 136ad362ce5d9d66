package sampler

import (
	"slices"
	"time"

	"okr.dev/controller/internal/sample"
)

const (
	// judgeEvery is how often, at most, demand is compared with what the source copes with.
	judgeEvery = 10 * time.Second
	// sureAfter is how long a new source is watched before it is said to cope: its askers come one by one.
	sureAfter = time.Minute
	// calmFor is how long demand must have been low before intervals are shortened again, slack by how much lower.
	calmFor = 10 * time.Minute
	slack   = 1.25
	// remembered is over how many answers, about, the mean time of an answer is taken.
	remembered = 32
)

// stretches are the factors by which intervals may be stretched. Few, so that a demand that varies changes neither the
// rhythm nor what is said about it.
var stretches = []float64{1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64}

// load is what e adds to the demand on its source, in 1e-9 queries per second: whole numbers, whose sum does not drift.
func (e *entry) load() int64 {
	if !e.question.Live() {
		return 0
	}
	return int64(time.Second) * int64(time.Second) / int64(e.interval())
}

// capacity is how many queries per second the limits admit, given how long answers take.
func (src *source) capacity() float64 {
	perSecond := src.settings.QueriesPerSecond
	if src.mean > 0 {
		perSecond = min(perSecond, float64(src.slots())/src.mean)
	}
	return perSecond
}

// slots is how many requests may be under way at once just now.
func (src *source) slots() int { return max(1, src.settings.MaxConcurrent-src.lost) }

// heed does what the source asks for that wants to be left alone: nothing for a while, and then half as much at once.
// Every full set of answers gives one slot back.
func (src *source) heed(r request, answer sample.Sample, now instant) {
	switch {
	case answer.RetryAfter > 0:
		src.paused = max(src.paused, now.add(answer.RetryAfter))
		// Those that were under way already say it again, not more.
		if r.began > src.narrowed {
			src.lost = src.settings.MaxConcurrent - max(1, src.slots()/2)
			src.narrowed, src.regained = now, 0
		}
	case src.lost > 0 && answer.Reason.Answered():
		if src.regained++; src.regained >= src.slots() {
			src.lost, src.regained = src.lost-1, 0
		}
	}
}

// learn takes what an answer says about its source, and reports whether the source's State has changed.
func (src *source) learn(r request, answer sample.Sample, now instant) (changed bool) {
	if answer.Reason.Answered() {
		src.answered = now
		src.mean += (max(0, now.sub(r.began).Seconds()) - src.mean) / remembered
	}
	changed = src.note(r, answer, now)
	return src.judge(now) || changed
}

// fine reports whether the source has answered something lately.
func (src *source) fine(now instant) bool { return src.answered > 0 && now.sub(src.answered) < fineFor }

// judge compares demand with capacity from time to time and stretches all intervals, or shortens them again. It
// reports whether it did.
func (src *source) judge(now instant) bool {
	if src.breaker.open || now.sub(src.judged) < judgeEvery {
		return false
	}
	src.judged = now
	demand, limit := float64(src.demand)/float64(time.Second), src.capacity()
	next := src.stretch
	switch need := demand / limit; {
	case need > max(1, src.stretch):
		next = atLeast(need)
	case src.stretch == 0:
		if now.sub(src.calm) >= sureAfter {
			next = 1
		}
	case src.stretch > 1 && atLeast(slack*need) < src.stretch:
		if now.sub(src.calm) >= calmFor {
			next = atLeast(slack * need)
		}
	default:
		src.calm = now
	}
	if next == src.stretch {
		return false
	}
	src.stretch, src.calm = next, now
	src.shownDemand, src.shownLimit = demand, limit
	src.replan(now)
	return true
}

// atLeast returns the smallest stretch that is not below need, or the largest there is.
func atLeast(need float64) float64 {
	i, _ := slices.BinarySearch(stretches, need)
	return stretches[min(i, len(stretches)-1)]
}

// stretched returns interval as it is in force, in whole milliseconds.
func (src *source) stretched(interval time.Duration) time.Duration {
	if src.stretch <= 1 {
		return interval
	}
	return time.Duration(min(float64(interval)*src.stretch, float64(longestInterval))).Truncate(time.Millisecond)
}
