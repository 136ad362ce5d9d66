package sampler

import (
	"container/heap"
	"context"
	"math"
	"reflect"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"okr.dev/controller/internal/sample"
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
	// EntriesPerNamespace limits the entries that are asked for one namespace, those of cluster-scoped owners apart.
	// The others, who came later, hold SourceDenied until there is room. Less than 1 is no limit.
	EntriesPerNamespace int
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
	// entries are all, pings those of them that are the ping.
	entries, pings []*entry
	// groups are the entries by namespace: in line those that have something due, by whose turn it is, resting
	// those that will, by when.
	groups        map[string]*group
	line, resting queue[*group]
	// served counts the requests.
	served uint64

	breaker breaker
	// answered is when the source last answered anything, mean about how many seconds its answers take.
	answered instant
	mean     float64

	// paused is until when the source wants to be left alone, narrowed when it last said so, lost how many of its
	// slots are not used since, regained how many answers there were towards the next of them.
	paused, narrowed instant
	lost, regained   int

	// demand is the sum of the loads of the live entries that are asked, stretch the State's, judged when the two
	// were last compared, calm when the stretch was last needed, and shown… what was found when it last changed.
	demand                  int64
	stretch                 float64
	judged, calm            instant
	shownDemand, shownLimit float64
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
	s.tell(s.setSource(name, settings))
}

// RemoveSource stops asking the source called name. Its entries keep what they hold.
func (s *Sampler) RemoveSource(name string) { s.tell(s.setSource(name, Source{})) }

func (s *Sampler) setSource(name string, settings Source) (out news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.sources[name]; !known && settings.Asker == nil {
		return out
	}
	src := s.sourceOf(name)
	sameAsker := src.crew != nil && same(src.settings.Asker, settings.Asker)
	if sameAsker && sameLimits(src.settings, settings) {
		return out
	}
	now, before := s.now(), src.settings
	src.settings = settings
	if !sameAsker {
		if src.retire() {
			out.sources = append(out.sources, name)
		}
		if settings.Asker != nil {
			src.crew = &crew{asker: settings.Asker}
		}
	}
	if src.crew != nil {
		src.limit(now)
	}
	src.reconsider(now)
	var denied []*entry
	if before.EntriesPerNamespace != settings.EntriesPerNamespace {
		denied = src.readmit()
	}
	src.replan(now)
	for _, e := range denied {
		out.owners = append(out.owners, s.deny(e, now)...)
	}
	s.reorder(src)
	s.tidy(src)
	return out
}

func (s *Sampler) sourceOf(name string) *source {
	if src, ok := s.sources[name]; ok {
		return src
	}
	src := &source{turn: turn{index: -1}, name: name, groups: map[string]*group{}, breaker: newBreaker()}
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

// retire ends the crew, and lets every entry begin anew with the next one. It reports whether the breaker was open.
func (src *source) retire() (wasOpen bool) {
	if src.crew != nil && src.crew.cancel != nil {
		src.crew.cancel()
	}
	src.crew = nil
	wasOpen = src.breaker.open
	src.breaker = newBreaker()
	src.paused, src.narrowed, src.lost, src.answered, src.mean = 0, 0, 0, 0, 0
	for _, e := range src.entries {
		e.restart()
	}
	for _, g := range src.groups {
		g.busy = 0
	}
	return wasOpen
}

// reconsider has the stretch judged anew, because the settings were edited. That of a source that was not known says
// nothing about this one.
func (src *source) reconsider(now instant) {
	if src.crew == nil {
		src.stretch = 0
	}
	if src.stretch == 0 {
		src.judged, src.calm = now, now
		return
	}
	src.judged, src.calm = 0, 0
}

// replan puts all entries that are to be asked in order again, and counts the demand anew.
func (src *source) replan(now instant) {
	src.demand = 0
	for _, g := range src.groups {
		clear(g.waiting)
		g.waiting = g.waiting[:0]
	}
	for _, e := range src.entries {
		if e.denied {
			continue
		}
		src.demand += e.load()
		e.index = -1
		if e.settled || e.asking != nil {
			continue
		}
		e.due, e.index = e.replan(now), len(e.group.waiting)
		e.group.waiting = append(e.group.waiting, e)
	}
	for _, g := range src.groups {
		heap.Init(&g.waiting)
		src.seat(g, now)
	}
}

// turnBack moves what is planned for the source on a clock that has been set back to now.
func (src *source) turnBack(now instant) {
	src.free, src.narrowed = 0, min(src.narrowed, now)
	src.answered, src.judged, src.calm = min(src.answered, now), min(src.judged, now), min(src.calm, now)
	src.paused = min(src.paused, now.add(longestRetry))
	if src.breaker.probeAt != never {
		src.breaker.probeAt = min(src.breaker.probeAt, now.add(longestRetry))
	}
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

// token takes what one request needs from the limiter, or notes when there will be one.
func (src *source) token(now instant) bool {
	if src.limiter.AllowN(now.time(), 1) {
		return true
	}
	missing := 1 - src.limiter.TokensAt(now.time())
	wait := missing / src.settings.QueriesPerSecond * float64(time.Second)
	// At least a nanosecond, and rounded up: too early would be asked in vain.
	src.free = now.add(time.Duration(min(wait, float64(time.Hour)))) + 1
	return false
}

// start is when the source has something to do next: something that is due and a slot for it, or a ping; while it is
// not asked, what is due needs no slot.
func (src *source) start() instant {
	if src.crew == nil {
		return never
	}
	due := src.resting.next()
	if len(src.line) > 0 {
		due = 0
	}
	if !src.breaker.open {
		due = src.slot(due)
	}
	return min(due, src.pingStart())
}

// pingStart is when to ping the source; never if that is not wanted.
func (src *source) pingStart() instant { return src.slot(src.breaker.probeAt) }

// slot is when a request that is due may begin; never while all slots are taken.
func (src *source) slot(due instant) instant {
	if due == never || src.crew.busy >= src.slots() {
		return never
	}
	return max(due, src.free, src.paused)
}

func (src *source) add(e *entry) {
	e.slot = len(src.entries)
	src.entries = append(src.entries, e)
	if e.question.Live() && e.question.Query == sample.Ping {
		src.pings = append(src.pings, e)
	}
}

func (src *source) remove(e *entry) {
	if i := slices.Index(src.pings, e); i >= 0 {
		src.pings = slices.Delete(src.pings, i, i+1)
	}
	last := len(src.entries) - 1
	src.entries[e.slot] = src.entries[last]
	src.entries[e.slot].slot = e.slot
	src.entries[last] = nil
	src.entries = src.entries[:last]
}
