package sampler

import (
	"container/heap"
	"context"
	"errors"
	"time"
)

// longestSleep is how long the scheduler sleeps at most. Timers stand still while a machine is suspended and do
// not know that a clock was set; after a minute it is noticed.
const longestSleep = time.Minute

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
		wait := s.dispatch(ctx)
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

// dispatch starts all requests that may start now, and returns how long to sleep; 0 until nudged.
func (s *Sampler) dispatch(ctx context.Context) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.mindClock(now)
	for s.ready.next() <= now && ctx.Err() == nil {
		src := s.ready[0]
		if src.admit(now) {
			s.begin(ctx, src, now)
		}
		s.reorder(src)
	}
	s.sleepsUntil = s.ready.next()
	if s.sleepsUntil == never {
		return 0
	}
	return min(s.sleepsUntil.sub(now), longestSleep)
}

// begin starts the request that src has waited for the longest.
func (s *Sampler) begin(ctx context.Context, src *source, now instant) {
	e := heap.Pop(&src.waiting).(*entry) // Nothing else waits.
	c := src.crew
	if c.ctx == nil {
		c.ctx, c.cancel = context.WithCancel(ctx)
	}
	c.busy++
	e.asking = c
	r := request{entry: e, crew: c, source: src, question: e.question, at: e.aim(now)}
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
			src.free = 0
			src.replan(now)
			s.reorder(src)
		}
	}
	s.looked = now
}
