package sampler

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestHungSourceDoesNotHoldAHealthyOne(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		two := func(s *Source) { s.MaxConcurrent = 2 }
		hung, healthy := r.source("hung", two), r.source("healthy", two)
		hung.says(hang)
		for _, q := range many(10, time.Minute) {
			q.Source = "hung"
			r.Register(sample.Owner{Kind: "Hung", Name: q.Query}, watch(q))
			q.Source = "healthy"
			r.Register(named(q.Query), watch(q))
		}
		r.pass(time.Hour)
		if n := len(hung.seen()); n != 2 {
			t.Errorf("hung source: %d requests, want MaxConcurrent", n)
		}
		if n := len(healthy.seen()); n != 610 {
			t.Errorf("healthy source: %d requests, want 610", n)
		}
		r.check()
	})
}

func TestBusySourceServesInDueOrder(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MaxConcurrent = 1 })
		source.says(func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			time.Sleep(10 * time.Second)
			return sample.Good(1, at)
		})
		for _, q := range many(5, time.Hour) {
			r.Register(named(q.Query), watch(q))
			r.pass(time.Second)
		}
		r.pass(time.Minute)
		for i, q := range many(5, time.Hour) {
			if got := source.seen()[i]; got.Query != q.Query {
				t.Errorf("request %d is %s, want %s: who waits longest is next", i, got.Query, q.Query)
			}
		}
	})
}

func TestRateLimit(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		slow := r.source("main", func(s *Source) { s.QueriesPerSecond = 2 })
		other := r.source("other")
		r.registerEach(many(500, time.Hour))
		r.Register(named("other"), watch(sample.Question{Source: "other", Query: "up", Interval: time.Second}))
		r.pass(10*time.Second + time.Millisecond)
		if n := len(slow.seen()); n != 21 {
			t.Errorf("at two per second: %d requests in ten seconds, want 21", n)
		}
		if n := len(other.seen()); n != 11 {
			t.Errorf("a source without such a limit: %d requests, want 11", n)
		}
		r.SetSource("main", roomy(slow, func(s *Source) { s.QueriesPerSecond = 20 }))
		before := len(slow.seen())
		r.pass(10 * time.Second)
		if n := len(slow.seen()) - before; n < 200 || n > 202 {
			t.Errorf("raised to twenty per second: %d requests in ten seconds, want 200", n)
		}
	})
}

func TestConcurrencyEdit(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		limit := func(n int) func(*Source) { return func(s *Source) { s.MaxConcurrent = n } }
		source := r.source("main", limit(2))
		source.says(hang)
		r.registerEach(many(10, time.Hour))
		r.pass(time.Minute)
		r.SetSource("main", roomy(source, limit(5)))
		r.pass(time.Minute)
		if n := len(source.seen()); n != 5 {
			t.Errorf("raised from 2 to 5: %d requests under way, want 5", n)
		}
		r.SetSource("main", roomy(source, limit(1)))
		r.pass(time.Minute)
		if n := len(source.seen()); n != 5 {
			t.Errorf("lowered to 1: %d requests, want no new one", n)
		}
		r.check()
	})
}

func TestSameSourceAgainChangesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		r.registerEach(many(10, time.Hour))
		r.pass(0)
		for range 5 {
			r.SetSource("main", roomy(source))
			r.pass(time.Millisecond)
		}
		r.SetSource("main", roomy(source, func(s *Source) { s.MaxConcurrent = 3 }))
		r.pass(time.Millisecond)
		if n := len(source.seen()); n != 10 {
			t.Errorf("%d requests, want 10: neither the same settings nor other limits ask again", n)
		}
	})
}

func TestReplacedAskerIsAskedAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		old := r.source("main", func(s *Source) { s.MaxConcurrent = 1 })
		q, answered, unanswered := live("up", time.Hour), past(-time.Hour, 0), past(-2*time.Hour, 0)
		r.Register(named("answered"), watch(answered))
		r.pass(0)
		old.says(reason(sample.HistoryUnavailable))
		r.Register(named("unanswered"), watch(unanswered))
		r.pass(0)
		var ended atomic.Bool
		old.says(func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
			hang(ctx, q, at)
			ended.Store(true)
			return sample.Good(13, at)
		})
		r.Register(named("a"), watch(q))
		r.pass(0)

		replaced := r.source("main")
		replaced.says(value(7))
		r.pass(0)
		asked := map[string]int{}
		for _, a := range replaced.seen() {
			asked[a.Query+a.About.String()]++
		}
		if len(replaced.seen()) != 2 || len(asked) != 2 {
			t.Errorf("the new one was asked %v, want the live question and that without a number", asked)
		}
		if got := r.last(q); got.Value != 7 || !ended.Load() {
			t.Errorf("held %v, want the new one's 7, and the old one told to give up", got)
		}
		if got := r.last(answered); got.Value != 1 {
			t.Errorf("number about a past instant: held %v, want 1 as before", got)
		}
		r.check()
	})
}

func TestReplacedAskerThatIgnoresItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		old := r.source("main", func(s *Source) { s.MaxConcurrent = 1 })
		old.says(func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			time.Sleep(time.Minute)
			return sample.Good(13, at)
		})
		q := live("up", time.Hour)
		r.Register(named("a"), watch(q))
		r.pass(time.Second)
		replaced := r.source("main", func(s *Source) { s.MaxConcurrent = 1 })
		replaced.says(value(7))
		r.pass(time.Second)
		if got := r.last(q); got.Value != 7 {
			t.Errorf("held %v, want 7: the old one's workers are not the new one's", got)
		}
		r.pass(2 * time.Minute)
		if got := r.last(q); got.Value != 7 {
			t.Errorf("held %v, want 7: the old one's late answer is not wanted", got)
		}
		r.check()
	})
}

// TestReplacedJustAsTheAnswerCame replaces the source after its answer came and before it is taken.
func TestReplacedJustAsTheAnswerCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *rig
		r = newRig(t, Config{Observe: func(string, sample.Sample, time.Duration) {
			r.SetSource("main", roomy(&script{answer: hang}))
			time.Sleep(time.Second)
		}})
		stop := r.start()
		r.source("main")
		q := live("up", time.Hour)
		r.Register(named("a"), watch(q))
		r.pass(time.Minute)
		if got := r.last(q); got.Reason != "" {
			t.Errorf("held %v, want nothing: the new one has not answered yet", got)
		}
		r.check()
		stop()
	})
}

func TestReplacedAskerClearsBackoff(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main").says(reason(sample.SourceUnavailable))
		q := live("up", time.Hour)
		r.Register(named("a"), watch(q))
		r.pass(2 * time.Hour)
		r.source("main")
		r.pass(0)
		if got := r.last(q); !got.OK() {
			t.Errorf("held %v, want a value at once", got)
		}
	})
}

// function is an Asker whose values cannot be compared.
type function func(context.Context, sample.Question, time.Time) sample.Sample

func (f function) Ask(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	return f(ctx, q, at)
}

func TestAskerThatCannotBeCompared(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		q := live("up", time.Hour)
		r.Register(named("a"), watch(q))
		for v := range 3 {
			r.SetSource("main", roomy(function(value(float64(v)))))
			r.pass(0)
			if got := r.last(q); got.Value != float64(v) {
				t.Errorf("held %v, want %d", got, v)
			}
		}
	})
}

func TestRemovedSourceIsAskedNoMore(t *testing.T) {
	for name, remove := range map[string]func(*rig){
		"RemoveSource": func(r *rig) { r.RemoveSource("main") },
		"NoAsker":      func(r *rig) { r.SetSource("main", Source{}) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				q := live("up", time.Minute)
				r.Register(named("a"), watch(q))
				r.pass(0)
				before := r.last(q)
				remove(r)
				remove(r)
				r.pass(time.Hour)
				if n := len(source.seen()); n != 1 || r.last(q) != before {
					t.Errorf("away: %d requests and %v held, want 1 and %v", n, r.last(q), before)
				}
				r.SetSource("main", roomy(source))
				r.pass(0)
				if n := len(source.seen()); n != 2 || !r.last(q).Time.After(before.Time) {
					t.Errorf("back: %d requests and %v held, want a second and newer one", n, r.last(q))
				}
				r.check()
			})
		})
	}
}

func TestBeforeStartEverythingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{})
		source := r.source("main")
		r.registerEach(many(10, time.Hour))
		r.pass(time.Hour)
		if n := len(source.seen()); n != 0 {
			t.Errorf("before Start: %d requests, want 0", n)
		}
		stop := r.start()
		r.pass(0)
		if n := len(source.seen()); n != 10 {
			t.Errorf("after Start: %d requests, want 10", n)
		}
		if err := r.Start(context.Background()); err == nil {
			t.Error("a second Start returned nil, want an error")
		}
		stop()
	})
}

func TestStopTakesNoAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		observed := 0
		r := newRig(t, Config{Observe: func(string, sample.Sample, time.Duration) { observed++ }})
		r.source("main").says(hang)
		stop := r.start()
		q := live("up", time.Hour)
		r.Register(named("a"), watch(q))
		r.pass(time.Minute)
		stop()
		if got := r.last(q); got != (sample.Sample{}) || observed != 0 || r.wakes(named("a")) != 0 {
			t.Errorf("a request cut short by stopping: %v is held, want nothing held, observed or woken", got)
		}
	})
}
