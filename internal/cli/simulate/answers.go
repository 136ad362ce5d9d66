package simulate

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
	"okr.dev/controller/internal/sampler"
)

// Asker answers questions; *prom.Client is one.
type Asker interface {
	Ask(ctx context.Context, q sample.Question, at time.Time) sample.Sample
}

// Answers are what sources say at one instant. Nothing later than that is asked. Each question is asked once, whoever has
// it. Safe for concurrent use.
type Answers struct {
	at time.Time
	// askers answer for the sources, by name; nobody does for one that is not here.
	askers map[string]Asker

	mu      sync.Mutex
	sources map[string]sampler.Source
	held    map[sample.Question]sample.Held
}

// NewAnswers are answers as of an instant. Of a source without an asker it is known that it cannot be asked.
func NewAnswers(at time.Time, askers map[string]Asker) *Answers {
	return &Answers{at: at.UTC().Truncate(time.Second), askers: askers, sources: map[string]sampler.Source{}, held: map[sample.Question]sample.Held{}}
}

// Held is what is known of a question's answer; false if it has not been asked.
func (a *Answers) Held(q sample.Question) (sample.Held, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	held, known := a.held[q]
	return held, known
}

// Asked is how many questions have been asked.
func (a *Answers) Asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.held)
}

// know takes note of how the sources of a set are asked.
func (a *Answers) know(sources []*v1alpha1.MetricSource) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, source := range sources {
		limits := evaluate.LimitsOf(source)
		a.sources[source.Name] = sampler.Source{
			QueryOffset: source.Spec.QueryOffset.Duration(), MinInterval: limits.MinInterval, MaxConcurrent: limits.MaxConcurrent,
		}
	}
}

// request is a question with the instant that it is asked about.
type request struct {
	question sample.Question
	at       time.Time
	interval time.Duration
}

// ask asks those questions that have not been asked and are due, and returns how many these were. The error is that of the
// context.
func (a *Answers) ask(ctx context.Context, watches []sample.Watch) (int, error) {
	bySource, slots := map[string][]request{}, map[string]int{}
	var count int
	a.mu.Lock()
	for _, w := range watches {
		q := w.Question
		at, interval, due := sampler.Aim(q, a.sources[q.Source], a.at)
		if _, asked := a.held[q]; asked || !due {
			continue
		}
		a.held[q] = sample.Held{} // taken
		bySource[q.Source] = append(bySource[q.Source], request{q, at, interval})
		slots[q.Source] = max(1, a.sources[q.Source].MaxConcurrent)
		count++
	}
	a.mu.Unlock()
	all, ctx := errgroup.WithContext(ctx)
	for name, requests := range bySource {
		all.Go(func() error {
			own, ctx := errgroup.WithContext(ctx)
			own.SetLimit(slots[name])
			for _, r := range requests {
				own.Go(func() error { return a.answer(ctx, r) })
			}
			return own.Wait()
		})
	}
	return count, all.Wait()
}

func (a *Answers) answer(ctx context.Context, r request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	said := sample.Sample{Time: r.at, Reason: sample.SourceUnavailable,
		Message: "nothing is asked of MetricSource " + r.question.Source + ": its address was not given (--prometheus " + r.question.Source + "=URL)"}
	if asker := a.askers[r.question.Source]; asker != nil {
		said = patiently(ctx, asker, r)
	}
	if err := ctx.Err(); err != nil { // cut short by us: it says nothing about the source
		return err
	}
	said.RetryAfter = 0
	held := sample.Held{Last: said, Since: a.at, Interval: r.interval}
	if said.OK() {
		held.Good, held.Then = said, r.interval
	}
	if said.Reason.Answered() {
		held.Answered = said.Reason
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held[r.question] = held
	return nil
}

// attempts is how often a source that is briefly away is asked, and longestPause how long it is waited for each time at most.
const (
	attempts     = 3
	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
)

// patiently asks again where nothing came that is an answer: the controller, which has all day, would too.
func patiently(ctx context.Context, asker Asker, r request) sample.Sample {
	for attempt := 1; ; attempt++ {
		said := safely(ctx, asker, r)
		if said.Reason != sample.SourceUnavailable || attempt == attempts {
			return said
		}
		select {
		case <-ctx.Done():
			return said
		case <-time.After(min(longestPause, max(said.RetryAfter, time.Duration(attempt)*firstPause))):
		}
	}
}

// safely survives a panic over one question, as the controller does: all others go on.
func safely(ctx context.Context, asker Asker, r request) (said sample.Sample) {
	defer func() {
		if problem := recover(); problem != nil {
			said = sample.Sample{Time: r.at, Reason: sample.QueryFailed, Message: "the command itself failed while asking"}
		}
	}()
	return asker.Ask(ctx, r.question, r.at)
}

// keyOf names an object among those of its kind.
func keyOf(o client.Object) client.ObjectKey { return client.ObjectKeyFromObject(o) }
