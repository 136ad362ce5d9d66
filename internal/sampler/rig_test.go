package sampler

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"okr.dev/controller/internal/sample"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asking is one request as the scripted source saw it.
type asking struct {
	Query string
	// When it came, and which instant it was About.
	When, About time.Time
}

// script is a source that answers as it is told and remembers what it was asked.
type script struct {
	mu     sync.Mutex
	asked  []asking
	answer func(ctx context.Context, q sample.Question, at time.Time) sample.Sample
}

func (s *script) Ask(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	s.mu.Lock()
	s.asked = append(s.asked, asking{Query: q.Query, When: time.Now().UTC(), About: at})
	answer := s.answer
	s.mu.Unlock()
	return answer(ctx, q, at)
}

func (s *script) says(answer func(context.Context, sample.Question, time.Time) sample.Sample) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// seen returns what it was asked so far.
func (s *script) seen() []asking {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func value(v float64) func(context.Context, sample.Question, time.Time) sample.Sample {
	return func(_ context.Context, _ sample.Question, at time.Time) sample.Sample { return sample.Good(v, at) }
}

func reason(r sample.Reason) func(context.Context, sample.Question, time.Time) sample.Sample {
	return func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
		return sample.Sample{Time: at, Reason: r, Message: "because"}
	}
}

// hang answers when its caller gives up.
func hang(ctx context.Context, _ sample.Question, at time.Time) sample.Sample {
	<-ctx.Done()
	return sample.Sample{Time: at, Reason: sample.Timeout}
}

// rig is a running sampler inside a synctest bubble, whose clock stands at 2000-01-01 when a test begins.
type rig struct {
	*Sampler
	t *testing.T

	mu    sync.Mutex
	woken map[sample.Owner]int
}

// bubble runs test with a started sampler, and stops it: no goroutine may be left.
func bubble(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{})
		defer r.start()()
		test(t, r)
	})
}

func newRig(t *testing.T, config Config) *rig {
	t.Helper()
	r := &rig{t: t, woken: map[sample.Owner]int{}}
	config.Wake = func(o sample.Owner) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.woken[o]++
	}
	r.Sampler = New(config)
	return r
}

func (r *rig) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- r.Start(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			r.t.Errorf("Start: %v", err)
		}
	}
}

// pass lets d go by, and everything that happens in it.
func (r *rig) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// wakes returns how often o was woken since it was last asked about.
func (r *rig) wakes(o sample.Owner) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.woken[o]
	delete(r.woken, o)
	return n
}

// last returns the newest sample held.
func (r *rig) last(q sample.Question) sample.Sample {
	held, ok := r.Held(q)
	if !ok {
		r.t.Errorf("Held(%s): nobody registered it", q.Query)
	}
	return held.Last
}

// source adds a source with room for everything, that answers 1.
func (r *rig) source(name string, edit ...func(*Source)) *script {
	s := &script{answer: value(1)}
	r.SetSource(name, roomy(s, edit...))
	return s
}

func roomy(a Asker, edit ...func(*Source)) Source {
	source := Source{Asker: a, MaxConcurrent: 10000, QueriesPerSecond: 1e6}
	for _, e := range edit {
		e(&source)
	}
	return source
}

func live(query string, interval time.Duration) sample.Question {
	return sample.Question{Source: "main", Query: query, Interval: interval}
}

func named(name string) sample.Owner { return sample.Owner{Kind: "KPI", Namespace: "shop", Name: name} }

func watch(q sample.Question) []sample.Watch { return []sample.Watch{{Question: q}} }

// many returns n questions that differ.
func many(n int, interval time.Duration) []sample.Question {
	questions := make([]sample.Question, n)
	for i := range questions {
		questions[i] = live(fmt.Sprintf("up{job=%q}", fmt.Sprint(i)), interval)
	}
	return questions
}

// registerEach lets owner i ask question i.
func (r *rig) registerEach(questions []sample.Question) {
	for i, q := range questions {
		r.Register(named(fmt.Sprint(i)), watch(q))
	}
}

// check holds the sampler's bookkeeping against itself.
func (r *rig) check() {
	r.t.Helper()
	r.Sampler.mu.Lock()
	defer r.Sampler.mu.Unlock()
	known := 0
	for _, src := range r.sources {
		known += len(src.entries)
		r.checkSource(src)
	}
	if known != len(r.entries) {
		r.t.Errorf("sources know %d entries, the sampler %d", known, len(r.entries))
	}
	for q, e := range r.entries {
		if len(e.watchers) == 0 || !slices.Contains(e.watchers, e.anchor) || e.anchor.owner.name.Namespace != e.group.namespace {
			r.t.Errorf("entry %s has %d watchers and belongs to nobody among them", q.Query, len(e.watchers))
		}
		if e.index < 0 && !e.settled && e.asking == nil {
			r.t.Errorf("entry %s is neither waiting, asked nor settled", q.Query)
		}
	}
}

// checkSource counts anew what the source keeps count of.
func (r *rig) checkSource(src *source) {
	r.t.Helper()
	if due := src.start(); (due == never) != (src.index < 0) || (due != never && due != src.due) {
		r.t.Errorf("source %s: ready at %d, could start at %d", src.name, src.due, due)
	}
	var demand int64
	pings, busy := 0, 0
	entries, hanging := map[*group]int{}, map[*group]int{}
	for _, e := range src.entries {
		if src.groups[e.group.namespace] != e.group || e.source != src {
			r.t.Errorf("source %s: entry %s is in no group of it", src.name, e.question.Query)
		}
		entries[e.group]++
		if e.hanging {
			hanging[e.group]++
		}
		if !e.denied {
			demand += e.load()
		}
		if e.question.Live() && e.question.Query == sample.Ping {
			pings++
		}
	}
	for namespace, g := range src.groups {
		busy += g.busy
		if g.namespace != namespace || g.entries != entries[g] || g.hanging != hanging[g] || g.entries == 0 && g.busy == 0 {
			r.t.Errorf("source %s: group %q counts %d entries, %d hanging, of %d and %d", src.name, namespace,
				g.entries, g.hanging, entries[g], hanging[g])
		}
		if limit := src.settings.EntriesPerNamespace; limit > 0 && namespace != "" &&
			(g.entries-len(g.outside) > limit || len(g.outside) > 0 && g.entries-len(g.outside) < limit) {
			r.t.Errorf("source %s: group %q asks %d and keeps %d out, with a limit of %d", src.name, namespace,
				g.entries-len(g.outside), len(g.outside), limit)
		}
		r.checkHeap(src, g.waiting, false)
		r.checkHeap(src, g.outside, true)
		r.checkSeat(src, g)
	}
	if src.crew != nil {
		busy -= src.crew.busy
	}
	if busy != 0 || demand != src.demand || pings != len(src.pings) {
		r.t.Errorf("source %s: groups have %d more under way than the crew; demand %d and %d pings, want %d and %d", src.name,
			busy, src.demand, len(src.pings), demand, pings)
	}
}

func (r *rig) checkHeap(src *source, q queue[*entry], denied bool) {
	r.t.Helper()
	for i, e := range q {
		if e.index != i || e.source != src || e.denied != denied || !denied && (e.settled || e.asking != nil) {
			r.t.Errorf("source %s: waiting entry %s is misplaced", src.name, e.question.Query)
		}
		if i > 0 && e.due < q[(i-1)/2].due {
			r.t.Errorf("source %s: waiting entries are out of order", src.name)
		}
	}
}

// checkSeat looks whether the group is where its first entry belongs.
func (r *rig) checkSeat(src *source, g *group) {
	r.t.Helper()
	due := g.waiting.next()
	switch {
	case due == never || src.full(g):
		if g.in != nil || g.index >= 0 {
			r.t.Errorf("source %s: group %q waits for nothing", src.name, g.namespace)
		}
	case g.in == &src.line:
		if g.due != g.rank() || src.line[g.index] != g || due > r.now() {
			r.t.Errorf("source %s: group %q is misplaced in line", src.name, g.namespace)
		}
	case g.in == &src.resting:
		if g.due != due || src.resting[g.index] != g {
			r.t.Errorf("source %s: group %q rests until %d, want %d", src.name, g.namespace, g.due, due)
		}
	default:
		r.t.Errorf("source %s: group %q has something due and is nowhere", src.name, g.namespace)
	}
}
