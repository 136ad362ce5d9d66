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
	question sample.Question
	// at is the instant that it is about.
	at instant
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
	for _, owner := range s.complete(r, answer) {
		s.config.Wake(owner)
	}
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

// complete keeps the answer, plans the next request, and returns whom to wake.
func (s *Sampler) complete(r request, answer sample.Sample) (wake []sample.Owner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	r.crew.busy--
	defer s.reorder(r.source)
	e := r.entry
	if e.asking != r.crew {
		// Dropped meanwhile, or its source was replaced.
		return nil
	}
	e.asking = nil
	taken := e.take(answer, r.at, now)
	if due := e.plan(answer.Reason, now); due != never {
		r.source.waiting.set(e, due)
	}
	if !taken {
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
