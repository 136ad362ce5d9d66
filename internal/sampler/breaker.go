package sampler

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"okr.dev/controller/internal/sample"
)

const (
	// suspicious is how many failures in a row, of how many different questions, raise the suspicion that the source
	// itself fails.
	suspicious, differing = 5, 3
	// fineFor is how long after an answer a source counts as one that answers. The ping is asked once a minute.
	fineFor = 2 * time.Minute
)

// breaker keeps traffic from a source that fails. Failures of questions only raise a suspicion; the ping decides. A
// query that is too expensive, or wrong, fails while the ping is answered, and so never opens it.
type breaker struct {
	// open: nothing but the ping is sent, and what is due is answered with failure, the ping's.
	open    bool
	failure sample.Sample
	// failures are in a row, suspects the fingerprints of different questions among them.
	failures int
	suspects []uint64
	// probe is the ping under way, probeAt when to ask the next; never if none is wanted.
	probe   *entry
	probeAt instant
	// probes counts the pings that failed in a row.
	probes int
}

func newBreaker() breaker { return breaker{probeAt: never} }

// note draws the conclusions from an answer, and reports whether the breaker has opened or closed.
func (src *source) note(r request, answer sample.Sample, now instant) bool {
	b := &src.breaker
	// A source that a tenant may not use says nothing about itself.
	failed := !answer.Reason.Answered() && answer.Reason != sample.SourceDenied
	switch {
	case r.entry == b.probe:
		return src.decide(failed || b.open && !answer.Reason.Answered(), answer, now)
	case b.open:
	case answer.Reason.Answered():
		*b = breaker{probe: b.probe, probeAt: never}
	case failed:
		b.failures++
		if suspect := r.entry.fingerprint; len(b.suspects) < differing && !slices.Contains(b.suspects, suspect) {
			b.suspects = append(b.suspects, suspect)
		}
		if b.probe == nil && b.failures >= suspicious && len(b.suspects) >= differing {
			b.probeAt = now
		}
	}
	return false
}

// decide takes the outcome of the ping.
func (src *source) decide(failed bool, answer sample.Sample, now instant) (changed bool) {
	b := &src.breaker
	changed = b.open != failed
	if !failed {
		*b = newBreaker()
		if changed {
			src.recover(now)
		}
		return changed
	}
	b.probe, b.open, b.failure = nil, true, answer
	b.probes++
	b.probeAt = now.add(backoff(answer.Reason, b.probes))
	if changed {
		// Whoever might not ask more may be answered here.
		for _, g := range src.groups {
			src.seat(g, now)
		}
	}
	return changed
}

// recover asks soon what failed while the source did, at random instants over the time that it takes within the
// limits, lest all come at once.
func (src *source) recover(now instant) {
	var failed []*entry
	for _, e := range src.entries {
		if e.index >= 0 && !e.denied && e.last.Reason != "" && !e.last.Reason.Answered() {
			failed = append(failed, e)
		}
	}
	within := float64(len(failed)) / src.capacity() * float64(time.Second)
	soon := time.Duration(min(max(within, float64(time.Second)), float64(longestSlow)))
	for _, e := range failed {
		e.failures = 0
		e.setHanging(false)
		e.due = min(e.due, now.add(rand.N(soon)))
	}
	for _, g := range src.groups {
		heap.Init(&g.waiting)
		src.seat(g, now)
	}
}

// ping returns the entry to probe with: the one that a cluster-scoped owner asks, else any, else one of nobody.
func (src *source) ping() *entry {
	for _, e := range src.pings {
		if e.group.namespace == "" {
			return e
		}
	}
	for _, e := range src.pings {
		if !e.denied {
			return e
		}
	}
	q := sample.Question{Source: src.name, Query: sample.Ping}
	return &entry{turn: turn{index: -1}, question: q, fingerprint: fingerprint(q), source: src, group: src.groupOf("")}
}

// answerHere answers the entry of the source that is due with why the source is not asked, and plans it as if it had
// been. What only an edit mends stays known.
func (s *Sampler) answerHere(src *source, now instant) []sample.Owner {
	src.rouse(now)
	g := src.line[0]
	e := g.waiting[0]
	at := e.aim(now)
	due := now.add(spread(longestRetry))
	if e.question.Live() {
		due = e.next(now)
	}
	g.waiting.set(e, due)
	src.seat(g, now)
	if e.last.Reason == sample.InvalidQuery {
		return nil
	}
	answer := src.breaker.failure
	answer.Time = at.time()
	return s.keep(e, answer, at, now)
}

// State is how a source stands.
type State struct {
	// Open says that the source is not asked, because it fails.
	Open bool
	// Stretch is the factor by which all intervals are longer than asked for; 1 if the source copes, 0 while that is
	// not known yet. If it is more than 1, Demand and Limit are why: how many queries per second were asked for when it
	// last changed, and how many the limits admitted, in 2 significant digits.
	Stretch, Demand, Limit float64
}

// State returns how the source called name stands; the zero State if there is none.
func (s *Sampler) State(name string) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	src, ok := s.sources[name]
	if !ok {
		return State{}
	}
	state := State{Open: src.breaker.open, Stretch: src.stretch}
	if src.stretch > 1 {
		state.Demand, state.Limit = significant(src.shownDemand), significant(src.shownLimit)
	}
	return state
}

// significant rounds to 2 significant digits.
func significant(v float64) float64 {
	if v <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	if unit < 1 {
		// Dividing by a whole number keeps 0.1 what people write.
		whole := math.Round(1 / unit)
		return math.Round(v*whole) / whole
	}
	return math.Round(v/unit) * unit
}
