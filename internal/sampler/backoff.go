package sampler

import (
	"math/rand/v2"
	"time"

	"okr.dev/controller/internal/sample"
)

const (
	// firstRetry and longestRetry bound the wait after a request that nothing was learned from.
	firstRetry   = 5 * time.Second
	longestRetry = 5 * time.Minute

	// longestSlow bounds the wait of a query that alone takes too long or answers too much, unless its interval is
	// longer.
	longestSlow = time.Hour
	// unanswered bounds the interval from which such a range is slowed while it has never been answered: there is no
	// verdict without it, and its interval is how far its points lie apart.
	unanswered = time.Minute
	// hopeless is how long, at least, a query that the source cannot parse is left alone: only an edit mends
	// it, or a server that learns a new function.
	hopeless = 10 * time.Minute
	// lateData is how long after an answer without a number a question about a past instant is asked again: data
	// may arrive late.
	lateData = time.Hour
)

// backoff returns how long to wait after so many failures in a row (at least 1) for the given reason: 5 s to
// 5 min. Only people mend credentials, so those are tried slowly from the first failure on.
func backoff(reason sample.Reason, failures int) time.Duration {
	if reason == sample.AuthenticationFailed {
		return spread(longestRetry)
	}
	return spread(doubled(firstRetry, failures, longestRetry))
}

// doubled returns first, doubled so many times, but at most longest.
func doubled(first time.Duration, times int, longest time.Duration) time.Duration {
	for ; times > 0 && first < longest; times-- {
		first *= 2
	}
	return min(first, longest)
}

// spread returns a random time in the upper half of limit, so that those that failed together do not come back
// together.
func spread(limit time.Duration) time.Duration {
	return limit/2 + rand.N(limit/2+1) // Spreads load; nobody gains by guessing it.
}
