package sampler

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestEntriesPerNamespace(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		limit := func(n int) func(*Source) { return func(s *Source) { s.EntriesPerNamespace = n } }
		source := r.source("main", limit(3))
		questions := many(6, time.Minute)
		r.registerPing()
		for i, q := range questions {
			r.Register(of("greedy", fmt.Sprint(i)), watch(q))
		}
		other := live("other", time.Minute)
		r.Register(of("modest", "other"), watch(other))
		admitted := func(why string, want ...int) {
			t.Helper()
			for i, q := range questions {
				held, ok := r.Held(q)
				if !ok {
					continue
				}
				var in bool
				for _, n := range want {
					in = in || n == i
				}
				if in != held.Last.OK() || !in && (held.Last.Reason != sample.SourceDenied || !strings.Contains(held.Last.Message, "limits.entriesPerNamespace of MetricSource ")) {
					t.Errorf("%s: question %d holds %v, admitted should be %v", why, i, held.Last, want)
				}
			}
			r.check()
		}
		if n := r.wakes(of("greedy", "5")); n != 1 {
			t.Errorf("an owner beyond the limit was woken %d times, want once", n)
		}
		r.pass(5 * time.Minute)
		admitted("who came first", 0, 1, 2)
		if n := count(source.seen(), func(a asking) bool { return a.Query == questions[4].Query }); n != 0 {
			t.Errorf("a question beyond the limit was asked %d times", n)
		}
		if got := r.last(other); !got.OK() {
			t.Errorf("another namespace holds %v", got)
		}
		r.Register(of("greedy", "3"), watch(questions[3]))
		r.pass(time.Minute)
		admitted("registering again gains nothing", 0, 1, 2)
		r.Forget(of("greedy", "1"))
		r.pass(0)
		admitted("the next has room at once", 0, 2, 3)
		// Shared with another namespace, it goes on there when the first one asks no more.
		r.Register(of("modest", "shared"), watch(questions[0]))
		r.Forget(of("greedy", "0"))
		r.pass(0)
		admitted("what has moved away makes room", 0, 2, 3, 4)
		r.SetSource("main", roomy(source, limit(1)))
		r.pass(0)
		admitted("lowered: who came first stays", 0, 2)
		if got := r.last(other); got.Reason != sample.SourceDenied {
			t.Errorf("the later one of two in a namespace for one holds %v", got)
		}
		r.SetSource("main", roomy(source))
		r.pass(0)
		admitted("lifted", 0, 2, 3, 4, 5)
	})
}

func TestSharedEntryThatMovesToAFullNamespaceIsToldSo(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main", func(s *Source) { s.EntriesPerNamespace = 1 })
		shared, own := live("shared", time.Minute), live("own", time.Minute)
		r.Register(of("a", "first"), watch(shared))
		r.Register(of("b", "own"), watch(own))
		r.Register(of("b", "second"), watch(shared))
		r.pass(0)
		if got := r.last(shared); !got.OK() {
			t.Errorf("held %v, want a value: it is the first namespace's", got)
		}
		r.wakes(of("b", "second"))
		r.Forget(of("a", "first"))
		if got := r.last(shared); got.Reason != sample.SourceDenied || r.wakes(of("b", "second")) != 1 {
			t.Errorf("held %v, want that there is no room, and its owner told", got)
		}
		r.check()
	})
}

func TestAnswerAboutThePastIsAskedForAgainOnceThereIsRoom(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main", func(s *Source) { s.EntriesPerNamespace = 1 })
		q := past(-time.Hour, 0)
		r.Register(of("full", "first"), watch(live("first", time.Minute)))
		r.Register(of("other", "a"), watch(q))
		r.Register(of("full", "b"), watch(q))
		r.pass(time.Second)
		if got := r.last(q); !got.OK() {
			t.Fatalf("before, it holds %v", got)
		}
		r.Forget(of("other", "a"))
		r.pass(time.Second)
		if got := r.last(q); got.Reason != sample.SourceDenied {
			t.Errorf("in a namespace that is full, it holds %v", got)
		}
		r.Forget(of("full", "first"))
		r.pass(time.Second)
		if got := r.last(q); !got.OK() {
			t.Errorf("with room again, it holds %v", got)
		}
		r.check()
	})
}

func TestWhoAsksTooMuchDeniesOthersNothing(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main", func(s *Source) { s.EntriesPerNamespace = 1 })
		shared, other := live("shared", time.Minute), live("other", time.Minute)
		r.Register(of("greedy", "a"), watch(live("first", time.Minute)))
		r.Register(of("greedy", "b"), watch(shared))
		r.pass(time.Second)
		if got := r.last(shared); got.Reason != sample.SourceDenied {
			t.Fatalf("beyond the limit, it holds %v", got)
		}
		r.Register(of("modest", "a"), watch(shared))
		r.pass(time.Second)
		if got := r.last(shared); !got.OK() {
			t.Errorf("asked by a namespace that has room too, it holds %v", got)
		}
		if n := r.wakes(of("modest", "a")) + r.wakes(of("greedy", "b")); n < 2 {
			t.Errorf("owners were woken %d times for the answer", n)
		}
		r.check()
		r.Forget(of("modest", "a"))
		r.pass(time.Second)
		if got := r.last(shared); got.Reason != sample.SourceDenied {
			t.Errorf("asked by the greedy one alone, it holds %v", got)
		}
		// Room that is found later is taken when the owner is looked at next.
		r.Register(of("modest", "b"), watch(other))
		r.Register(of("modest", "a"), watch(shared))
		r.pass(time.Second)
		r.check()
		r.Forget(of("modest", "b"))
		r.Register(of("modest", "a"), watch(shared))
		r.pass(time.Second)
		if got := r.last(shared); !got.OK() {
			t.Errorf("once there is room, it holds %v", got)
		}
		r.check()
	})
}

func TestPingOfAdministratorsWaitsWithNobodysQuestions(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MaxConcurrent = 1 })
		source.says(func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
			if q.Query == sample.Ping {
				return sample.Good(1, at)
			}
			return deadline(10*time.Second)(ctx, q, at)
		})
		ping := live(sample.Ping, time.Minute)
		r.Register(of("hostile", "ping"), watch(ping))
		for i := range 20 {
			r.Register(of("hostile", fmt.Sprint(i)), watch(live(fmt.Sprint("hangs ", i), time.Minute)))
		}
		r.pass(time.Minute)
		r.registerPing()
		r.check()
		latest := time.Now()
		for range 3600 {
			r.pass(time.Second)
			if got := r.last(ping); got.Time.After(latest) {
				latest = got.Time
			}
			if late := time.Since(latest); late > 90*time.Second {
				t.Fatalf("the newest answer to the ping is %s old", late)
			}
		}
		r.check()
	})
}
