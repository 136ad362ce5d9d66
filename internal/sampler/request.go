package sampler

import (
	"errors"
	"runtime/debug"

	"okr.dev/controller/internal/sample"
)

// panicked is what people read of a question whose Asker panicked.
const panicked = "the controller itself failed while asking; its log says where"

// request is one question on its way.
type request struct {
	entry    *entry
	crew     *crew
	source   *source
	group    *group
	question sample.Question
	// at is the instant that it is about, began when it was sent.
	at, began instant
}

// run asks, and passes the answer on.
func (s *Sampler) run(r request) {
	began := s.config.Clock.Now()
	answer := s.ask(r)
	if r.crew.ctx.Err() != nil {
		// Cut short by us: it says nothing about the source.
		return
	}
	s.config.Observe(r.question.Source, answer, s.config.Clock.Now().Sub(began))
	s.tell(s.complete(r, answer))
}

// ask survives a panic of the Asker: that question has failed, all others go on.
func (s *Sampler) ask(r request) (answer sample.Sample) {
	defer func() {
		if recover() == nil {
			return
		}
		s.config.Log.Error(errors.New("panic while asking"), "A question failed",
			"source", r.question.Source, "stack", string(debug.Stack()))
		answer = sample.Sample{
			Time: r.at.time(), Reason: sample.QueryFailed, Message: panicked,
		}
	}()
	return r.crew.asker.Ask(r.crew.ctx, r.question, r.at.time())
}

// complete keeps the answer, plans the next request, and returns what is new.
func (s *Sampler) complete(r request, answer sample.Sample) (out news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	src, e := r.source, r.entry
	if src.crew != r.crew {
		// Replaced meanwhile: it says nothing about the new one.
		return out
	}
	defer s.reorder(src)
	src.crew.busy--
	r.group.busy--
	src.heed(r, answer, now)
	answer.RetryAfter = 0
	if src.learn(r, answer, now) {
		out.sources = append(out.sources, src.name)
	}
	src.seat(r.group, now)
	if e.asking != r.crew || len(e.watchers) == 0 {
		// Dropped meanwhile, or a ping of nobody's.
		return out
	}
	e.asking = nil
	out.owners = s.keep(e, answer, r.at, now)
	if due := e.plan(answer.Reason, now); due != never {
		e.group.waiting.set(e, due)
	}
	src.seat(e.group, now)
	return out
}

// keep holds answer, which is about the instant at, as e's newest, and returns whom to wake.
func (s *Sampler) keep(e *entry, answer sample.Sample, at, now instant) (wake []sample.Owner) {
	if !e.take(answer, at, now) {
		return nil
	}
	s.samples++
	e.number = s.samples
	for _, w := range e.watchers {
		if w.news() {
			wake = append(wake, w.owner.name)
		}
	}
	return wake
}

// news is what the surroundings are to be told once no lock is held.
type news struct {
	owners  []sample.Owner
	sources []string
}

func (s *Sampler) tell(n news) {
	for _, owner := range n.owners {
		s.config.Wake(owner)
	}
	for _, source := range n.sources {
		s.config.Changed(source)
	}
}
