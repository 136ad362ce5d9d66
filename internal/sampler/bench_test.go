package sampler

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

// byHand is a clock that somebody sets.
type byHand struct{ now time.Time }

func (c *byHand) Now() time.Time                       { return c.now }
func (c *byHand) After(time.Duration) <-chan time.Time { return nil }

// filled returns a sampler with n entries, each of an owner of its own, in so many namespaces, all answered once.
func filled(b *testing.B, n, namespaces int) (*Sampler, *byHand, []sample.Question) {
	b.Helper()
	clock := &byHand{now: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	s := New(Config{Clock: clock})
	s.SetSource("main", Source{Asker: function(value(1)), MaxConcurrent: 1, QueriesPerSecond: 1e12})
	questions := many(n, time.Minute)
	for i, q := range questions {
		s.Register(of(fmt.Sprint("team-", i%namespaces), fmt.Sprint(i)), watch(q))
	}
	for range n {
		s.cycle(clock)
	}
	return s, clock, questions
}

// cycle asks the entry that is due next.
func (s *Sampler) cycle(clock *byHand) {
	if due := s.ready.next().time(); due.After(clock.now) {
		clock.now = due
	}
	s.dispatch(context.Background())
	s.workers.Wait()
}

// BenchmarkSchedule is one entry among many being due, asked by a goroutine and answered at once; and the same of a
// source that is not asked because it fails.
func BenchmarkSchedule(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, namespaces := range []int{1, 100} {
			s, clock, _ := filled(b, n, namespaces)
			b.Run(fmt.Sprintf("asked/%d/namespaces-%d", n, namespaces), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s.cycle(clock)
				}
			})
			src := s.sources["main"]
			src.breaker.open, src.breaker.failure = true, sample.Sample{Reason: sample.Timeout}
			s.reorder(src)
			b.Run(fmt.Sprintf("down/%d/namespaces-%d", n, namespaces), func(b *testing.B) {
				before := s.samples
				for b.Loop() {
					s.cycle(clock)
				}
				// All that are due in one second are answered together.
				b.ReportMetric(float64(b.Elapsed())/float64(s.samples-before), "ns/answer")
			})
		}
	}
}

// BenchmarkRegister is one owner among many: registering what it asked already, and coming and going.
func BenchmarkRegister(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s, _, questions := filled(b, n, 1)
		runtime.GC()
		runtime.ReadMemStats(&after)
		perEntry := float64(after.HeapAlloc-before.HeapAlloc) / float64(n)
		b.Run(fmt.Sprintf("again/%d", n), func(b *testing.B) {
			o, watches := of("team-0", "7"), watch(questions[7])
			held, _ := s.Held(questions[7])
			watches[0].Seen = held.Last
			b.ReportAllocs()
			for b.Loop() {
				s.Register(o, watches)
			}
			b.ReportMetric(perEntry, "heap-B/entry")
		})
		b.Run(fmt.Sprintf("come-and-go/%d", n), func(b *testing.B) {
			o, watches := of("team-0", "new"), watch(live("new", time.Minute))
			b.ReportAllocs()
			for b.Loop() {
				s.Register(o, watches)
				s.Forget(o)
			}
		})
	}
}

// BenchmarkHeld is a look-up among 100,000 entries.
func BenchmarkHeld(b *testing.B) {
	s, _, questions := filled(b, 100_000, 1)
	b.ReportAllocs()
	for b.Loop() {
		s.Held(questions[7])
	}
}
