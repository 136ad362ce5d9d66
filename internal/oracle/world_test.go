package oracle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// subject is the object under test: real code between its status and what the sampler holds.
type subject interface {
	// evaluate gives the status that follows from one as the API server returned it; nil: from none.
	evaluate(status any, samples evaluate.Samples, now time.Time) outcome
	// rules are those of its present spec and of its source's limits.
	rules(minInterval, offset time.Duration) rules
	// edit changes its spec, and says what that means.
	edit(d dice) what
	// value is one that its source may give at an instant.
	value(d dice, now time.Time) float64
}

// outcome is what an evaluation says.
type outcome struct {
	status     any
	change     evaluate.Change
	watches    []sample.Watch
	next       time.Time
	health     string
	remembered *answer
}

// dice make random schedules, the same ones for the same seed.
type dice struct{ *rand.Rand }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d dice) between(low, high time.Duration) time.Duration {
	return low + time.Duration(d.Int64N(int64((high-low)/time.Second)+1))*time.Second
}

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// stepped is the clock of a machine that may be set.
type stepped struct {
	mutex sync.Mutex
	ahead time.Duration
}

func (c *stepped) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return time.Now().Add(c.ahead).UTC()
}

func (*stepped) After(d time.Duration) <-chan time.Time { return time.After(d) }

func (c *stepped) step(by time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.ahead += by
}

// world is a source, an API server that holds one status, and a controller. The source and the controller run in
// goroutines of their own.
type world struct {
	subject
	clock *stepped
	bell  chan struct{}
	// stop ends the controller; nil while none runs.
	stop    func()
	sampler *sampler.Sampler

	mutex sync.Mutex
	// history is what has happened, log the same and more for people.
	history []event
	log     []string
	// news has happened to the object, and is noticed by the controller's next visit.
	news []event
	// stored is the status at the API server, older one that a cache might still hold.
	stored, older any
	published     string
	written       int
	remembered    *answer
	minInterval   time.Duration
	offset        time.Duration
	// question is what the controller has asked last.
	question sample.Question
	// answers, visits: randomness that does not depend on who comes first.
	answers, visits dice
	mode            func(d dice, now time.Time) answer
	// late says that answers take their time, busy that the controller does not come round to anything.
	late, busy bool
	// careless: evaluations may come from an old cache, and writes may fail.
	careless bool
	// unsettled: somebody has to look again before what is published counts.
	unsettled bool
}

func newWorld(s subject, seed uint64) *world {
	w := &world{
		subject: s, clock: &stepped{}, bell: make(chan struct{}, 1), published: unknown, minInterval: time.Second,
		answers: dice{rand.New(rand.NewPCG(seed, 2))}, visits: dice{rand.New(rand.NewPCG(seed, 3))},
	}
	return w
}

func (w *world) note(format string, args ...any) {
	w.log = append(w.log, w.clock.Now().Format("02 15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// Ask is the source: it answers as the mode of the hour says, and what it says is history.
func (w *world) Ask(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	w.mutex.Lock()
	a, delay := w.mode(w.answers, at), time.Duration(0)
	if w.late {
		delay = time.Duration(w.answers.IntN(9000)) * time.Millisecond
	}
	w.mutex.Unlock()
	if delay > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(delay):
		}
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	a.at = at
	if ctx.Err() == nil && q == w.question {
		w.history = append(w.history, event{
			what: answered, clock: w.clock.Now(), answer: a, inForce: max(q.Interval, w.minInterval), remembered: w.remembered,
		})
		w.note("answer about %s: %s %v", at.Format("15:04:05"), a.reason, a.value)
	}
	if a.number() {
		return sample.Good(a.value, at)
	}
	return sample.Sample{Time: at, Reason: sample.Reason(a.reason), Message: "it is " + a.reason}
}

// ring has the controller look.
func (w *world) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

func (w *world) source() sampler.Source {
	return sampler.Source{Asker: w, MaxConcurrent: 100, QueriesPerSecond: 1e6, MinInterval: w.minInterval, QueryOffset: w.offset}
}

// start runs a controller, which knows nothing but the status.
func (w *world) start() {
	ctx, cancel := context.WithCancel(context.Background())
	w.sampler = sampler.New(sampler.Config{Clock: w.clock, Wake: func(sample.Owner) { w.ring() }})
	w.sampler.SetSource("default", w.source())
	w.tell(event{what: started, remembered: w.remembered})
	var running sync.WaitGroup
	running.Go(func() { _ = w.sampler.Start(ctx) })
	running.Go(func() { w.control(ctx) })
	w.stop = func() {
		cancel()
		running.Wait()
	}
}

// tell has something happen to the object, of which the controller hears at once.
func (w *world) tell(events ...event) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.news = append(w.news, events...)
	w.unsettled = true
	w.ring()
}

// control is the controller: it looks when it is woken, and when the time has come.
func (w *world) control(ctx context.Context) {
	timer := time.NewTimer(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.bell:
		case <-timer.C:
		}
		timer.Reset(w.visit())
	}
}

var owner = sample.Owner{Kind: "Subject", Namespace: "shop", Name: "it"}

// visit evaluates once, and returns how soon to look again.
func (w *world) visit() time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.busy {
		return time.Hour
	}
	now := w.clock.Now()
	status, careless := w.stored, w.careless && len(w.news) == 0
	stale := careless && w.older != nil && w.visits.chance(10)
	if stale {
		status = w.older
	}
	w.hear(now)
	result := w.evaluate(status, w.sampler.Held, now)
	w.question = result.watches[0].Question
	w.sampler.Register(owner, result.watches)
	switch {
	case stale: // the API server refuses what rests on an old version, and the controller knows its own writes
		w.note("visit from an old cache: %s", result.health)
		w.unsettled = true
		return w.again(200 * time.Millisecond)
	case result.change == evaluate.Unchanged:
	case result.change == evaluate.Value && w.visits.chance(60): // the status interval is not over
		w.note("visit: %s, not written", result.health)
	case careless && w.visits.chance(5):
		w.note("visit: the write fails")
		w.unsettled = true
		return w.again(10 * time.Millisecond)
	default:
		w.note("visit: %s, written for %s", result.health, result.change)
		w.older, w.stored = w.stored, throughJSON(result.status)
		w.published, w.remembered = result.health, result.remembered
		w.written++
	}
	w.history = append(w.history, event{what: passed, clock: now}) // of any other visit nothing is left
	w.unsettled = false
	return max(time.Millisecond, result.next.Sub(now))
}

// again is how soon to look again after a visit that came to nothing: before anything else can happen, where a verdict
// depends on every single answer.
func (w *world) again(after time.Duration) time.Duration {
	if w.held() {
		return 0
	}
	return after
}

// hear makes history of the news.
func (w *world) hear(now time.Time) {
	for _, e := range w.news {
		e.clock, e.rules = now, w.rules(w.minInterval, w.offset)
		w.history = append(w.history, e)
		w.note("%s, stale after %s, held for %s", e.what, e.rules.staleAfter(0), e.rules.holdFor)
	}
	w.news = nil
}

// wipe empties the status.
func (w *world) wipe() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.stored, w.older, w.published, w.remembered = nil, nil, unknown, nil
}

// check holds what is published against the naive evaluator.
func (w *world) check(t *testing.T, seed uint64) bool {
	t.Helper()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	now := w.clock.Now()
	want := health(w.history, now)
	if w.published == want {
		return true
	}
	t.Errorf("seed %d: at %s the health is %s, want %s\n%s", seed, now.Format("02 15:04:05.000"), w.published, want, strings.Join(w.log, "\n"))
	return false
}

// throughJSON is a status as the API server returns it.
func throughJSON(status any) any {
	text, err := json.Marshal(status)
	if err != nil {
		panic(err)
	}
	into := reflect.New(reflect.TypeOf(status))
	if err := json.Unmarshal(text, into.Interface()); err != nil {
		panic(err)
	}
	return into.Elem().Interface()
}
