// Package sampler decides when to ask a source, and whom to wake for the answer.
//
// Objects register their questions and read what is held; neither does any I/O, so that a source that hangs
// never holds a reconciler. However many objects ask a question, it has one entry and is asked once.
//
// One goroutine schedules. It takes the entries that are due, source by source and in a source namespace by
// namespace, and starts one goroutine per request, never more at once than the source allows. All state is behind
// one mutex, which is held only for steps that cost O(log n) of the entries of one source; asking, observing and
// waking happen outside it. Steps that cost O(n) are rare: an edit of a source, a clock that is set back, the end of
// an outage, a change of the stretch.
package sampler

import (
	"context"
	"sync"
	"time"

	"github.com/go-logr/logr"

	"okr.dev/controller/internal/sample"
)

// Asker asks one source one question, about the given instant. It keeps its own deadline and returns soon after
// ctx ends. A panic counts as a failed question. *prom.Client is one.
type Asker interface {
	Ask(ctx context.Context, q sample.Question, at time.Time) sample.Sample
}

// Clock tells the time and waits. The clocks of k8s.io/utils/clock are such clocks.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Config is what a Sampler needs of its surroundings. The zero Config works, and tells nobody.
type Config struct {
	// Clock is the system's clock if nil.
	Clock Clock
	// Wake is called with an owner for whom something has changed, at most once per owner and sample. It must
	// only take note (add to a work queue): it is called by whoever brought the news, without locks held.
	Wake func(sample.Owner)
	// Observe is called after each request with the answer and how long it took, without locks held. Requests
	// that were cut short because the sampler stops, or their source was replaced, are not reported.
	Observe func(source string, answer sample.Sample, took time.Duration)
	// Changed is called with the name of a source whose State has changed, without locks held. It must only take note.
	Changed func(source string)
	// Log receives the stack of a panic in an Asker, but not its value, which may hold what others sent.
	Log logr.Logger
}

// Sampler asks registered questions, each in its own rhythm, and holds the answers. All methods may be called at
// any time from any goroutine, before Start too, and return without waiting for a source.
type Sampler struct {
	config Config
	// nudge holds at most one token: look again, something is due sooner than the scheduler thinks.
	nudge chan struct{}
	// workers are the requests under way.
	workers sync.WaitGroup

	mu      sync.Mutex
	started bool
	entries map[sample.Question]*entry
	owners  map[sample.Owner]*owner
	sources map[string]*source
	// ready holds the sources that could start a request, by the instant of the next one.
	ready queue[*source]
	// looked is when the scheduler last looked, sleepsUntil when it means to look next.
	looked, sleepsUntil instant
	// samples counts the samples taken, arrivals the entries made; the count names one.
	samples, arrivals uint64
}

// New returns a Sampler that asks nothing before Start.
func New(config Config) *Sampler {
	if config.Clock == nil {
		config.Clock = systemClock{}
	}
	if config.Wake == nil {
		config.Wake = func(sample.Owner) {}
	}
	if config.Observe == nil {
		config.Observe = func(string, sample.Sample, time.Duration) {}
	}
	if config.Changed == nil {
		config.Changed = func(string) {}
	}
	return &Sampler{
		config:  config,
		nudge:   make(chan struct{}, 1),
		entries: map[sample.Question]*entry{},
		owners:  map[sample.Owner]*owner{},
		sources: map[string]*source{},
	}
}

// Held returns what is known of q's answer; false if no owner has registered q.
func (s *Sampler) Held(q sample.Question) (sample.Held, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[q]
	if !ok {
		return sample.Held{}, false
	}
	return e.held(), true
}

// Live returns what is known of the answer to o's question about the present value of a query; false if o has registered
// none.
func (s *Sampler) Live(o sample.Owner, query string) (sample.Held, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.owners[o]
	if known == nil {
		return sample.Held{}, false
	}
	for _, w := range known.watchers {
		if q := w.entry.question; q.Live() && q.Query == query && q.Offset == 0 && q.Step == 0 {
			return w.entry.held(), true
		}
	}
	return sample.Held{}, false
}

// Entries returns the number of distinct questions that owners have registered.
func (s *Sampler) Entries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries)
}

func (s *Sampler) now() instant { return instantOf(s.config.Clock.Now()) }

// systemClock is the clock of the machine.
type systemClock struct{}

// Now is time.Now.
func (systemClock) Now() time.Time { return time.Now() }

// After is time.After.
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
