package sampler

import (
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
				if in != held.Last.OK() || !in && (held.Last.Reason != sample.SourceDenied || !strings.Contains(held.Last.Message, "limits.entriesPerNamespace")) {
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
