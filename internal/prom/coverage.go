package prom

import (
	"sync"
	"time"

	"okr.dev/controller/internal/sample"
)

const (
	maxCovered       = 4096
	minCovered       = time.Hour
	maxCoveredFor    = 24 * time.Hour
	minUncoveredFor  = 5 * time.Minute
	maxUncoveredFor  = time.Hour
	uncoveredAskings = 10
)

// coverage remembers of live questions whether the source holds the data they reach back to, so that a probe does
// not double every asking. It is bounded.
type coverage struct {
	mu      sync.Mutex
	entries map[coverageKey]covered
}

// coverageKey is what decides where a question's ranges begin, apart from the instant asked about.
type coverageKey struct {
	query     string
	window    time.Duration
	namespace string
	tenant    sample.Tenant
	start     int64
}

// covered is the result of one probe.
type covered struct {
	// problem says which range is not covered; empty if all are.
	problem string
	// at is the instant that was looked at, validFor how far another may lie from it.
	at       time.Time
	validFor time.Duration
}

func newCoverage() *coverage { return &coverage{entries: map[coverageKey]covered{}} }

func keyOf(q sample.Question) coverageKey {
	return coverageKey{query: q.Query, window: q.Window, namespace: q.Namespace, tenant: q.Tenant, start: q.Start}
}

// find returns what is known for the instant at.
func (c *coverage) find(key coverageKey, at time.Time) (covered, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[key]
	if !ok || at.Sub(entry.at).Abs() >= entry.validFor {
		return covered{}, false
	}
	return entry, true
}

// keep stores an entry. When the map is full an arbitrary one goes: at worst it is probed again.
func (c *coverage) keep(key coverageKey, entry covered) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok && len(c.entries) >= maxCovered {
		for other := range c.entries {
			delete(c.entries, other)
			break
		}
	}
	c.entries[key] = entry
}

// positiveFor is how long data found at the start of a range of that depth stands for later instants: the start
// moves along with them, and retention drops data behind it. A source that has data a tenth into the range and
// dropped it since is noticed within that tenth, and at least daily.
func positiveFor(depth time.Duration) time.Duration {
	return min(max(depth/10, minCovered), maxCoveredFor)
}

// negativeFor is how long missing data is believed missing: it heals only as history grows.
func negativeFor(interval time.Duration) time.Duration {
	return min(max(uncoveredAskings*interval, minUncoveredFor), maxUncoveredFor)
}
