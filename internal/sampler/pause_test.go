package sampler

import (
	"context"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

// FAULTS.md: 429, 503.
func TestRetryAfterPausesAndNarrows(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MaxConcurrent = 8 })
		busy, most := 0, 0
		work := func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			busy++
			most = max(most, busy)
			time.Sleep(time.Second)
			busy--
			return sample.Good(1, at)
		}
		source.says(work)
		r.registerEach(many(600, time.Minute))
		r.pass(2 * time.Minute)
		if most != 8 {
			t.Fatalf("%d requests at once, want 8", most)
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
		for most = 0; most == 0; {
			r.pass(100 * time.Millisecond)
		}
		r.pass(500 * time.Millisecond)
		if most != 4 {
			t.Errorf("%d requests at once after it, want half", most)
		}
		most = 0
		r.pass(2 * time.Minute)
		if most != 8 {
			t.Errorf("%d requests at once after many answers, want 8 again", most)
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
