package sampler

import (
	"context"
	"sync"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

// docs/faults.md: 429, 503.
func TestRetryAfterPausesAndNarrows(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MaxConcurrent = 8 })
		var mutex sync.Mutex
		busy, most := 0, 0
		add := func(n int) {
			mutex.Lock()
			defer mutex.Unlock()
			busy += n
			most = max(most, busy)
		}
		// peak is the most requests at once since it was last asked.
		peak := func() int {
			mutex.Lock()
			defer mutex.Unlock()
			n := most
			most = 0
			return n
		}
		work := func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			add(1)
			defer add(-1)
			time.Sleep(time.Second)
			return sample.Good(1, at)
		}
		source.says(work)
		r.registerEach(many(600, time.Minute))
		r.pass(2 * time.Minute)
		if n := peak(); n != 8 {
			t.Fatalf("%d requests at once, want 8", n)
		}
		source.says(func(context.Context, sample.Question, time.Time) sample.Sample {
			time.Sleep(time.Second)
			return sample.Sample{Time: time.Now(), Reason: sample.SourceUnavailable, RetryAfter: 2 * time.Minute}
		})
		r.pass(2 * time.Second)
		before := len(source.seen())
		source.says(work)
		r.pass(time.Minute + 55*time.Second)
		if n := len(source.seen()) - before; n != 0 {
			t.Errorf("%d requests before the time the source asked for, want 0", n)
		}
		peak()
		for len(source.seen()) == before {
			r.pass(100 * time.Millisecond)
		}
		r.pass(500 * time.Millisecond)
		if n := peak(); n != 4 {
			t.Errorf("%d requests at once after it, want half", n)
		}
		r.pass(2 * time.Minute)
		if n := peak(); n != 8 {
			t.Errorf("%d requests at once after many answers, want 8 again", n)
		}
		for _, q := range many(600, time.Minute) {
			if r.last(q).RetryAfter != 0 {
				t.Fatalf("%v is kept with what is not the asker's business", r.last(q))
			}
		}
		if r.State("main").Open {
			t.Error("the breaker is open")
		}
		r.check()
	})
}
