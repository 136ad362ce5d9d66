package sampler

import (
	"math/rand/v2"
	"time"
)

const (
	// firstRetry and longestRetry bound the wait after a request that nothing was learned from.
	firstRetry   = 5 * time.Second
	longestRetry = 5 * time.Minute

	// hopeless is how long, at least, a query that the source cannot parse is left alone: only an edit mends
	// it, or a server that learns a new function.
	hopeless = 10 * time.Minute
	// lateData is how long after an answer without a number a question about a past instant is asked again: data
	// may arrive late.
	lateData = time.Hour
)

// backoff returns how long to wait after so many failures in a row (at least 1): a random time in the upper
// half of a limit that doubles from 10 s to 5 min. So a wait is never shorter than 5 s nor longer than 5 min,
// and entries that failed together do not come back together.
func backoff(failures int) time.Duration {
	limit := longestRetry
	if doublings := min(failures, 6); firstRetry<<doublings < longestRetry {
		limit = firstRetry << doublings
	}
	return limit/2 + rand.N(limit/2+1) // Spreads load; nobody gains by guessing it.
}
