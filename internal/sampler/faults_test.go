package sampler

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr/funcr"

	"okr.dev/controller/internal/sample"
)

func TestPanicAffectsItsEntryOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		r := newRig(t, Config{Log: funcr.New(func(_, args string) { log = append(log, args) }, funcr.Options{})})
		stop := r.start()
		r.source("main", func(s *Source) { s.MaxConcurrent = 1 }).says(
			func(_ context.Context, q sample.Question, at time.Time) sample.Sample {
				if q.Query == "bad" {
					panic("canary")
				}
				return sample.Good(1, at)
			})
		bad, good := live("bad", time.Minute), live("good", time.Minute)
		r.Register(named("bad"), watch(bad))
		r.Register(named("good"), watch(good))
		r.pass(time.Hour)
		if got := r.last(bad); got.Reason != sample.QueryFailed || got.Message != panicked || got.Time.IsZero() {
			t.Errorf("held %v, want QueryFailed with a stable message", got)
		}
		if got := r.last(good); !got.OK() || time.Since(got.Time) > time.Minute {
			t.Errorf("the other question: held %v, want a fresh number", got)
		}
		all := strings.Join(log, "\n")
		if !strings.Contains(all, "faults_test.go") || strings.Contains(all, "canary") {
			t.Errorf("the log is %q, want the stack and not the value", all)
		}
		stop()
		r.check()
	})
}

func TestForgetDropsEntries(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		shared, alone := live("shared", time.Minute), live("alone", time.Minute)
		r.Register(named("a"), append(watch(shared), watch(alone)...))
		r.Register(named("b"), watch(shared))
		r.pass(0)
		r.Forget(named("a"))
		r.Forget(named("a"))
		r.Forget(named("nobody"))
		if _, ok := r.Held(alone); ok || r.Entries() != 1 {
			t.Errorf("%d entries, want the shared one", r.Entries())
		}
		r.wakes(named("a"))
		r.pass(time.Hour)
		if n := len(source.seen()); n != 62 || r.wakes(named("a")) != 0 {
			t.Errorf("%d requests, want 62 and no wake of who was forgotten", n)
		}
		r.Register(named("b"), watch(alone))
		if _, ok := r.Held(shared); ok || r.Entries() != 1 {
			t.Errorf("another question instead: %d entries, want 1", r.Entries())
		}
		if held, _ := r.Held(alone); held.Last.Reason != "" {
			t.Errorf("an entry that was dropped holds %v, want nothing", held)
		}
		r.check()
	})
}

func TestForgottenWhileAsked(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MaxConcurrent = 1 })
		source.says(func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			time.Sleep(10 * time.Second)
			return sample.Good(1, at)
		})
		q, o := live("up", time.Hour), named("a")
		r.Register(o, watch(q))
		r.pass(time.Second)
		r.Forget(o)
		r.Register(o, watch(q))
		r.pass(10 * time.Second)
		if r.last(q).Reason != "" || r.wakes(o) != 0 {
			t.Errorf("held %v, want nothing: the answer was for who is gone", r.last(q))
		}
		r.pass(10 * time.Second)
		if n := len(source.seen()); n != 2 || r.wakes(o) != 1 {
			t.Errorf("%d requests, want 2 and one wake", n)
		}
		r.check()
	})
}

// TestRandomUse does everything at once from several goroutines, and then holds the bookkeeping against itself.
func TestRandomUse(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				var users sync.WaitGroup
				for user := range uint64(4) {
					users.Go(func() { r.use(rand.New(rand.NewPCG(seed, user))) })
				}
				users.Wait()
				synctest.Wait()
				r.check()
				for i := range 20 {
					r.Forget(anybody(i))
				}
				r.RemoveSource("main")
				r.RemoveSource("other")
				r.Sampler.mu.Lock()
				defer r.Sampler.mu.Unlock()
				if len(r.entries)+len(r.owners)+len(r.sources)+len(r.ready) != 0 {
					t.Errorf("left: %d entries, %d owners, %d sources, %d ready",
						len(r.entries), len(r.owners), len(r.sources), len(r.ready))
				}
			})
		})
	}
}

// anybody is one of the owners of TestRandomUse, in one of four namespaces.
func anybody(i int) sample.Owner {
	return sample.Owner{Kind: "KPI", Namespace: []string{"", "a", "b", "c"}[i%4], Name: fmt.Sprint(i)}
}

// use calls methods at random for a while.
func (r *rig) use(random *rand.Rand) {
	questions := append(many(20, 7*time.Second), past(-time.Minute, 0), past(time.Minute, time.Second),
		live(sample.Ping, 11*time.Second), live(sample.Ping, 12*time.Second))
	names := []string{"main", "other"}
	for range 300 {
		time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
		name, o := names[random.IntN(2)], anybody(random.IntN(20))
		if random.IntN(20) == 0 {
			r.check()
		}
		switch random.IntN(10) {
		case 0:
			r.Forget(o)
		case 1:
			r.RemoveSource(name)
		case 2, 3:
			s := &script{answer: moody(random.Uint64())}
			r.SetSource(name, Source{
				Asker: s, MaxConcurrent: 1 + random.IntN(4), QueriesPerSecond: 1 + 20*random.Float64(), EntriesPerNamespace: random.IntN(6),
			})
		default:
			var watches []sample.Watch
			for range random.IntN(5) {
				q := questions[random.IntN(len(questions))]
				q.Source = name
				held, _ := r.Held(q)
				watches = append(watches, sample.Watch{Question: q, Seen: held.Last})
			}
			r.Register(o, watches)
		}
	}
}

// moody answers, fails, takes its time or panics; for two minutes of three, some fail always.
func moody(seed uint64) func(context.Context, sample.Question, time.Time) sample.Sample {
	return func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
		if seed%3 != 0 && time.Now().Minute()%3 != 0 {
			return sample.Sample{Time: at, Reason: sample.SourceUnavailable, RetryAfter: time.Duration(seed%5) * time.Second}
		}
		mood := (seed + uint64(at.Unix()) + uint64(len(q.Query))) % 7
		switch mood {
		case 0:
			panic("mood")
		case 1:
			return sample.Sample{Time: at, Reason: sample.Timeout}
		case 2:
			timer := time.NewTimer(5 * time.Second)
			defer timer.Stop()
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		case 3:
			return sample.Sample{Time: at, Reason: sample.InvalidQuery}
		}
		return sample.Good(float64(mood), at)
	}
}
