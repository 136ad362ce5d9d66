package sampler

import (
	"context"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestOnlyMaterialChangeWakes(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		bounds []float64
		scale  sample.Scale
		before float64
		then   func(context.Context, sample.Question, time.Time) sample.Sample
		want   int
	}{
		"Same":      {reason: "the same number is no news", before: 5, then: value(5), want: 0},
		"TooLittle": {reason: "not even the display changes", before: 99.951, then: value(99.95101), want: 0},
		"Display":   {reason: "the display changes", before: 5, then: value(6), want: 1},
		"Bound":     {reason: "a bound was crossed, though the display is the same", bounds: []float64{99.9511}, before: 99.951, then: value(99.9512), want: 1},
		"Percent":   {reason: "a percent was passed, though the display is the same", scale: sample.Scale{To: 0.1}, before: 123.4512, then: value(123.4523), want: 1},
		"Reason":    {reason: "no data is news", before: 5, then: reason(sample.NoData), want: 1},
		"Failure":   {reason: "no answer is news", before: 5, then: reason(sample.Timeout), want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				source.says(value(tc.before))
				q, o := live("up", time.Minute), named("a")
				r.Register(o, watch(q))
				r.pass(0)
				if n := r.wakes(o); n != 1 {
					t.Errorf("first sample: %d wakes, want 1", n)
				}
				r.Register(o, []sample.Watch{{Question: q, Seen: r.last(q), Bounds: tc.bounds, Scale: tc.scale}})
				source.says(tc.then)
				r.pass(rhythmOf(fingerprint(q), time.Minute).after(r.now()).sub(r.now()))
				if n := r.wakes(o); n != tc.want {
					t.Errorf("%s: %d wakes, want %d", tc.reason, n, tc.want)
				}
				if len(source.seen()) != 2 {
					t.Errorf("%d requests, want 2", len(source.seen()))
				}
			})
		})
	}
}

func TestSharedEntryWakesOnlyThoseItMattersTo(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		source.says(value(99.951))
		q := live("up", time.Minute)
		r.Register(named("strict"), watch(q))
		r.Register(named("lax"), watch(q))
		r.pass(0)
		seen := r.last(q)
		r.Register(named("strict"), []sample.Watch{{Question: q, Seen: seen, Bounds: []float64{99.9511}}})
		r.Register(named("lax"), []sample.Watch{{Question: q, Seen: seen, Bounds: []float64{99}}})
		r.wakes(named("strict"))
		r.wakes(named("lax"))
		source.says(value(99.9512))
		r.pass(time.Minute)
		if strict, lax := r.wakes(named("strict")), r.wakes(named("lax")); strict != 1 || lax != 0 {
			t.Errorf("wakes: strict %d, lax %d, want 1 and 0", strict, lax)
		}
		r.Register(named("late"), watch(q))
		if n := r.wakes(named("late")); n != 1 {
			t.Errorf("an owner that has seen nothing, of an entry with a sample: %d wakes, want 1", n)
		}
		if n := len(source.seen()); n != 2 {
			t.Errorf("%d requests, want 2: the late owner needs none", n)
		}
	})
}

func TestNoWakeUpIsLostBetweenHeldAndRegister(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q, o := live("up", time.Minute), named("a")
		r.Register(o, watch(q))
		r.pass(0)
		// The owner reads 1. While it evaluates, 2 comes, which it had registered as seen: no wake.
		read := r.last(q)
		r.Register(o, []sample.Watch{{Question: q, Seen: sample.Good(2, time.Now())}})
		r.wakes(o)
		source.says(value(2))
		r.pass(time.Minute)
		if n := r.wakes(o); n != 0 {
			t.Errorf("%d wakes by what is shown already, want 0", n)
		}
		r.Register(o, []sample.Watch{{Question: q, Seen: read}})
		if n := r.wakes(o); n != 1 {
			t.Errorf("registered with an older sample than is held: %d wakes, want 1", n)
		}
	})
}

func TestNobodyIsWokenTwiceForOneSample(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main")
		q, o := live("up", time.Minute), named("a")
		r.Register(o, watch(q))
		r.pass(0)
		for range 10 {
			r.Register(o, watch(q))
		}
		if n := r.wakes(o); n != 1 {
			t.Errorf("an owner that never takes the sample into account: %d wakes, want 1", n)
		}
		r.pass(time.Minute)
		if n := r.wakes(o); n != 1 {
			t.Errorf("the next sample: %d wakes, want 1", n)
		}
	})
}

func TestOwnerOfTwoQuestionsIsWokenOnceForEach(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main")
		a, b, o := live("a", time.Hour), live("b", time.Hour), named("o")
		both := append(watch(a), watch(b)...)
		r.Register(o, both)
		r.pass(0)
		for range 10 {
			r.Register(o, both)
		}
		if n := r.wakes(o); n != 2 {
			t.Errorf("%d wakes, want 2: one for each sample", n)
		}
	})
}

func TestOwnerWatchingTwiceIsWokenOnce(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q, o := live("up", time.Minute), named("a")
		both := []sample.Watch{{Question: q, Bounds: []float64{1}}, {Question: q, Bounds: []float64{2}}}
		r.Register(o, both)
		r.pass(0)
		if n := r.wakes(o); n != 1 || r.Entries() != 1 {
			t.Errorf("%d wakes and %d entries, want 1 and 1", n, r.Entries())
		}
		r.Forget(o)
		r.pass(time.Hour)
		if n := len(source.seen()); n != 1 || r.Entries() != 0 {
			t.Errorf("forgotten: %d requests and %d entries, want 1 and 0", n, r.Entries())
		}
	})
}

func TestOlderSampleNeverReplacesNewer(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q, o := live("up", time.Minute), named("a")
		r.Register(o, watch(q))
		r.pass(0)
		newest := r.last(q)
		r.Register(o, []sample.Watch{{Question: q, Seen: newest}})
		r.wakes(o)
		source.says(value(7))
		r.SetSource("main", roomy(source, func(s *Source) { s.QueryOffset = 150 * time.Second }))
		r.pass(2 * time.Minute)
		if got := r.last(q); got != newest || r.wakes(o) != 0 {
			t.Errorf("answers about earlier instants: %v is held, want %v and no wake", got, newest)
		}
		r.pass(time.Minute)
		if got := r.last(q); got.Value != 7 || r.wakes(o) != 1 {
			t.Errorf("an answer about a later instant: %v is held, want 7 and one wake", got)
		}
	})
}

func TestFailureAboutALaterInstantOutweighsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q := live("up", time.Minute)
		source.says(reason(sample.SourceUnavailable))
		r.Register(named("a"), watch(q))
		r.pass(0)
		source.says(value(7))
		r.SetSource("main", roomy(source, func(s *Source) { s.QueryOffset = time.Hour }))
		r.pass(time.Minute)
		if got := r.last(q); got.Value != 7 {
			t.Errorf("%v is held, want the number, although it is about an hour before the failure", got)
		}
	})
}

func TestHeld(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		q := live("up", time.Minute)
		if _, ok := r.Held(q); ok {
			t.Error("a question nobody registered is held")
		}
		registered := time.Now().UTC()
		r.Register(named("a"), watch(q))
		r.pass(time.Hour)
		if held, ok := r.Held(q); !ok || held != (sample.Held{Since: registered, Interval: time.Minute}) {
			t.Errorf("before the first sample: %v, want only Since %s and the interval", held, registered)
		}
		source := r.source("main")
		r.pass(time.Minute)
		good := r.last(q)
		if held, _ := r.Held(q); held.Good != good || !held.Since.Equal(good.Time) {
			t.Errorf("after a good sample: %v, want it to be Good and Since its time", held)
		}
		source.says(reason(sample.NoData))
		r.pass(time.Minute)
		if held, _ := r.Held(q); held.Last.Reason != sample.NoData || held.Good != good || !held.Since.Equal(good.Time) {
			t.Errorf("after a bad sample: %v, want it to be Last and %v still Good", held, good)
		}
	})
}

func TestGoodSampleFromBeforeRegisteringCountsSinceRegistering(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main")
		q := past(-24*time.Hour, 0)
		registered := time.Now().UTC()
		r.Register(named("a"), watch(q))
		r.pass(time.Minute)
		if held, _ := r.Held(q); !held.Good.OK() || !held.Since.Equal(registered) {
			t.Errorf("held %v, want Since %s", held, registered)
		}
	})
}

func TestAwaitedSampleWakes(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main")
		q, o := live("up", time.Minute), named("a")
		r.Register(o, watch(q))
		r.pass(0)
		r.wakes(o)
		seen := r.last(q)
		r.Register(o, []sample.Watch{{Question: q, Seen: seen, Awaited: seen.Time.Add(10 * time.Minute)}})
		r.pass(9 * time.Minute)
		if n := r.wakes(o); n != 0 {
			t.Errorf("%d wakes before the awaited sample, want none", n)
		}
		r.pass(time.Hour)
		if n := r.wakes(o); n == 0 {
			t.Error("the awaited sample woke nobody")
		}
	})
}

// NoData and then a Timeout between two looks: the second does not hide the first.
func TestFailureDoesNotHideTheAnswerBeforeIt(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q := live("up", time.Minute)
		r.Register(named("a"), watch(q))
		for _, step := range []struct {
			says           func(context.Context, sample.Question, time.Time) sample.Sample
			last, answered sample.Reason
		}{
			{value(1), sample.Sampled, sample.Sampled},
			{reason(sample.Timeout), sample.Timeout, sample.Sampled},
			{value(1), sample.Sampled, sample.Sampled},
			{reason(sample.NoData), sample.NoData, sample.NoData},
			{reason(sample.Timeout), sample.Timeout, sample.NoData},
		} {
			source.says(step.says)
			r.pass(2 * longestRetry)
			held, _ := r.Held(q)
			if held.Last.Reason != step.last || held.Answered != step.answered {
				t.Errorf("held %s, answered %s, want %s and %s", held.Last.Reason, held.Answered, step.last, step.answered)
			}
		}
	})
}
