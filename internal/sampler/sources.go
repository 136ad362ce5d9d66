package sampler

import (
	"container/heap"
	"context"
	"math"
	"reflect"
	"time"

	"golang.org/x/time/rate"
)

// Source is how one MetricSource is to be asked.
type Source struct {
	// Asker asks it. Compared with ==; values that cannot be compared always differ.
	Asker Asker
	// QueryOffset is how much earlier than now the instants are that live questions ask about, and how much
	// longer than its Settle a past question waits; 0 or more.
	QueryOffset time.Duration
	// MaxConcurrent is the number of requests at once; less than 1 counts as 1.
	MaxConcurrent int
	// QueriesPerSecond limits the requests that begin; not more than 0 counts as 1.
	QueriesPerSecond float64
	// MinInterval is what shorter intervals of live questions are raised to; at least 1 s.
	MinInterval time.Duration
}

// source is a Source by name with its entries. It exists also while only entries know its name.
type source struct {
	// turn is when it could start its next request, and the place among the sources that wait for that.
	turn
	name     string
	settings Source
	// crew asks it; nil while the source is not known.
	crew    *crew
	limiter *rate.Limiter
	// free is when the limiter admits a request, if it did not when it was last asked.
	free instant
	// entries are all, waiting those of them that are to be asked, by when.
	entries []*entry
	waiting queue[*entry]
}

// crew is the requests under way with one Asker. A replaced crew's answers are not wanted any more.
type crew struct {
	asker Asker
	busy  int
	// ctx ends when the crew is replaced or the sampler stops. Made with the first request: before Start there
	// is nothing to derive it from.
	ctx    context.Context // The lifetime of several requests, not of one call.
	cancel context.CancelFunc
}

// SetSource adds or replaces the source called name. Limits take effect at once, without asking anything again;
// the same settings change nothing. After another Asker was given, or the source was away, its entries are
// asked at once, apart from numbers about past instants. Without an Asker it is RemoveSource.
func (s *Sampler) SetSource(name string, settings Source) {
	if settings.Asker == nil {
		s.RemoveSource(name)
		return
	}
	settings.MaxConcurrent = max(settings.MaxConcurrent, 1)
	if !(settings.QueriesPerSecond > 0) {
		settings.QueriesPerSecond = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.sourceOf(name)
	sameAsker := src.crew != nil && same(src.settings.Asker, settings.Asker)
	if sameAsker && sameLimits(src.settings, settings) {
		return
	}
	now := s.now()
	src.settings = settings
	src.limit(now)
	if !sameAsker {
		src.retire()
		src.crew = &crew{asker: settings.Asker}
	}
	src.replan(now)
	s.reorder(src)
}

// RemoveSource stops asking the source called name. Its entries keep what they hold.
func (s *Sampler) RemoveSource(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	src, ok := s.sources[name]
	if !ok {
		return
	}
	src.retire()
	src.settings = Source{}
	src.replan(s.now())
	s.reorder(src)
	s.tidy(src)
}

func (s *Sampler) sourceOf(name string) *source {
	if src, ok := s.sources[name]; ok {
		return src
	}
	src := &source{turn: turn{index: -1}, name: name}
	s.sources[name] = src
	return src
}

// tidy drops a source that nobody knows any more.
func (s *Sampler) tidy(src *source) {
	if src.crew == nil && len(src.entries) == 0 {
		delete(s.sources, src.name)
	}
}

func same(a, b Asker) bool {
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

func sameLimits(a, b Source) bool {
	a.Asker, b.Asker = nil, nil
	return a == b
}

// retire ends the crew, and lets every entry begin anew with the next one.
func (src *source) retire() {
	if src.crew != nil && src.crew.cancel != nil {
		src.crew.cancel()
	}
	src.crew = nil
	for _, e := range src.entries {
		e.restart()
	}
}

// replan puts all entries that are to be asked in order again.
func (src *source) replan(now instant) {
	clear(src.waiting)
	src.waiting = src.waiting[:0]
	for _, e := range src.entries {
		e.index = -1
		if e.settled || e.asking != nil {
			continue
		}
		e.due, e.index = e.replan(now), len(src.waiting)
		src.waiting = append(src.waiting, e)
	}
	heap.Init(&src.waiting)
}

// limit applies the settings' rate. A limiter that is there already is kept: an edit is no right to a new burst.
func (src *source) limit(now instant) {
	perSecond := src.settings.QueriesPerSecond
	// A tenth of a second's worth may begin at once, so that a scheduler that wakes late loses nothing.
	burst := int(math.Ceil(min(perSecond, math.MaxInt32) / 10))
	src.free = 0
	if src.limiter == nil {
		src.limiter = rate.NewLimiter(rate.Limit(perSecond), burst)
		return
	}
	src.limiter.SetLimitAt(now.time(), rate.Limit(perSecond))
	src.limiter.SetBurstAt(now.time(), burst)
}

// admit takes a token for one request from the limiter, or notes when there will be one.
func (src *source) admit(now instant) bool {
	if src.limiter.AllowN(now.time(), 1) {
		return true
	}
	missing := 1 - src.limiter.TokensAt(now.time())
	wait := missing / src.settings.QueriesPerSecond * float64(time.Second)
	// At least a nanosecond, and rounded up: too early would be asked in vain.
	src.free = now.add(time.Duration(min(wait, float64(time.Hour)))) + 1
	return false
}

// start is when the source could begin its next request.
func (src *source) start() instant {
	if src.crew == nil || src.crew.busy >= src.settings.MaxConcurrent {
		return never
	}
	if first := src.waiting.next(); first != never {
		return max(first, src.free)
	}
	return never
}

func (src *source) add(e *entry) {
	e.slot = len(src.entries)
	src.entries = append(src.entries, e)
}

func (src *source) remove(e *entry) {
	src.waiting.remove(e)
	last := len(src.entries) - 1
	src.entries[e.slot] = src.entries[last]
	src.entries[e.slot].slot = e.slot
	src.entries[last] = nil
	src.entries = src.entries[:last]
}
