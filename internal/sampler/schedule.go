package sampler

import (
	"container/heap"
	"context"
	"errors"
	"time"

	"okr.dev/controller/internal/sample"
)

// longestSleep is how long the scheduler sleeps at most. Timers stand still while a machine is suspended and do
// not know that a clock was set; after a minute it is noticed.
const longestSleep = time.Minute

// batch is how many steps are taken before others get the lock: when a source fails, everything that is due is
// answered at once.
const batch = 1000

// Start asks what is due until ctx ends, then waits for the requests under way, whose answers are not taken any
// more, and returns nil. A Sampler runs once: a second Start returns an error.
func (s *Sampler) Start(ctx context.Context) error {
	s.mu.Lock()
	again := s.started
	s.started = true
	s.mu.Unlock()
	if again {
		return errors.New("start sampler: it was started before")
	}
	defer s.workers.Wait()
	for {
		wait, out := s.dispatch(ctx)
		s.tell(out)
		if wait < 0 && ctx.Err() == nil {
			continue
		}
		var alarm <-chan time.Time
		if wait > 0 {
			alarm = s.config.Clock.After(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.nudge:
		case <-alarm:
		}
	}
}

// dispatch starts all requests that may start now, and returns how long to sleep, 0 until nudged and less if there is
// more to do, and what is new.
func (s *Sampler) dispatch(ctx context.Context) (sleep time.Duration, out news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.mindClock(now)
	for steps := 0; s.ready.next() <= now && ctx.Err() == nil; steps++ {
		if steps == batch {
			return -1, out
		}
		src := s.ready[0]
		out.owners = append(out.owners, s.step(ctx, src, now)...)
		s.reorder(src)
	}
	s.sleepsUntil = s.ready.next()
	if s.sleepsUntil == never {
		return 0, out
	}
	return min(s.sleepsUntil.sub(now), longestSleep), out
}

// step does what is next at src: ping it, answer in its place, or ask for the namespace whose turn it is.
func (s *Sampler) step(ctx context.Context, src *source, now instant) (wake []sample.Owner) {
	switch {
	case src.pingStart() <= now:
		if src.token(now) {
			s.probe(ctx, src, now)
		}
	case src.breaker.open:
		return s.answerHere(src, now)
	case src.token(now):
		src.rouse(now)
		s.begin(ctx, heap.Pop(&src.line[0].waiting).(*entry), now) // Nothing else waits.
	}
	return nil
}

// probe asks the ping, unless it is being asked: then that answer decides.
func (s *Sampler) probe(ctx context.Context, src *source, now instant) {
	e := src.ping()
	src.breaker.probe, src.breaker.probeAt = e, never
	if e.asking == nil {
		e.group.waiting.remove(e)
		s.begin(ctx, e, now)
	}
}

// begin asks e, which does not wait any more.
func (s *Sampler) begin(ctx context.Context, e *entry, now instant) {
	src, g := e.source, e.group
	c := src.crew
	if c.ctx == nil {
		c.ctx, c.cancel = context.WithCancel(ctx)
	}
	c.busy++
	e.asking = c
	src.served++
	g.busy, g.served = g.busy+1, src.served
	src.seat(g, now)
	r := request{entry: e, crew: c, source: src, group: g, question: e.question, at: e.aim(now), began: now}
	s.workers.Go(func() { s.run(r) })
}

// reorder moves src to where it belongs among the ready sources after something about it has changed, and wakes
// the scheduler if that is sooner than it would look.
func (s *Sampler) reorder(src *source) {
	due := src.start()
	if due == never {
		s.ready.remove(src)
		return
	}
	s.ready.set(src, due)
	if due < s.sleepsUntil {
		s.sleepsUntil = due
		select {
		case s.nudge <- struct{}{}:
		default:
		}
	}
}

// mindClock plans everything anew if the clock was set back: what was due in a minute would else be due in a
// minute and the step. A clock set forward makes things due, which needs no care.
func (s *Sampler) mindClock(now instant) {
	if now < s.looked.add(-longestSleep) {
		for _, src := range s.sources {
			src.turnBack(now)
			src.replan(now)
			s.reorder(src)
		}
	}
	s.looked = now
}
