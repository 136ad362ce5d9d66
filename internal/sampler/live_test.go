package sampler

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/sample"
)

func TestSharedEntryIsOneRequest(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q := live("up", time.Minute)
		for _, name := range []string{"a", "b", "c"} {
			r.Register(named(name), watch(q))
		}
		r.pass(0)
		if n := len(source.seen()); n != 1 || r.Entries() != 1 {
			t.Errorf("three owners: %d requests, %d entries, want 1 and 1", n, r.Entries())
		}
		r.pass(10 * time.Minute)
		if n := len(source.seen()); n != 11 {
			t.Errorf("after ten intervals: %d requests, want 11", n)
		}
	})
}

func TestAsksAtAlignedInstants(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		offset time.Duration
	}{
		"NoOffset":    {"the instant asked about is that of the rhythm", 0},
		"QueryOffset": {"the answer is asked for at the rhythm's time, about earlier", 90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main", func(s *Source) { s.QueryOffset = tc.offset })
				q := live("up", time.Minute)
				aligned := rhythmOf(fingerprint(q), time.Minute).latest(r.now()).time()
				r.pass(500 * time.Millisecond)
				registered := time.Now().UTC()
				r.Register(named("a"), watch(q))
				r.pass(2 * time.Minute)
				want := []asking{
					{"up", registered, aligned.Add(-tc.offset)},
					{"up", aligned.Add(time.Minute), aligned.Add(time.Minute - tc.offset)},
					{"up", aligned.Add(2 * time.Minute), aligned.Add(2*time.Minute - tc.offset)},
				}
				if diff := cmp.Diff(want, source.seen()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
				}
			})
		})
	}
}

func TestRestartAsksAboutTheSameInstant(t *testing.T) {
	ask := func() (about time.Time) {
		bubble(t, func(_ *testing.T, r *rig) {
			source := r.source("main")
			r.Register(named("a"), watch(live("up", time.Hour)))
			r.pass(0)
			about = source.seen()[0].About
		})
		return about
	}
	if first, second := ask(), ask(); !first.Equal(second) {
		t.Errorf("asked about %s, after a restart about %s", first, second)
	}
}

func TestMissedInstantsAreAskedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		source.says(func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			time.Sleep(3*time.Minute + 30*time.Second)
			return sample.Good(1, at)
		})
		q := live("up", time.Minute)
		rhythm := rhythmOf(fingerprint(q), time.Minute)
		r.pass(rhythm.phase)
		began := time.Now().UTC()
		r.Register(named("a"), watch(q))
		r.pass(3*time.Minute + 45*time.Second)
		want := []asking{
			{"up", began, began},
			{"up", began.Add(3*time.Minute + 30*time.Second), began.Add(3 * time.Minute)},
		}
		if diff := cmp.Diff(want, source.seen()); diff != "" {
			t.Errorf("only the latest missed instant is asked, at once (-want +got):\n%s", diff)
		}
		source.says(value(1))
		r.pass(time.Hour)
	})
}

func TestMinInterval(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		minute := func(s *Source) { s.MinInterval = time.Minute }
		source := r.source("main", minute)
		r.Register(named("a"), watch(live("short", 10*time.Second)))
		r.pass(time.Hour)
		if n := len(source.seen()); n != 61 {
			t.Errorf("10s raised to 1m: %d requests in an hour, want 61", n)
		}
		r.SetSource("main", roomy(source))
		r.pass(time.Minute)
		if n := len(source.seen()) - 61; n < 6 || n > 7 {
			t.Errorf("limit lifted: %d requests in a minute, want 6 or 7", n)
		}
		before := len(source.seen())
		r.SetSource("main", roomy(source, minute))
		r.pass(time.Hour)
		if n := len(source.seen()) - before; n != 60 {
			t.Errorf("limit set again: %d requests in an hour, want 60", n)
		}
	})
}

func TestIntervalMissingIsASecond(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		r.Register(named("a"), watch(live("up", 0)))
		r.pass(10 * time.Second)
		if n := len(source.seen()); n != 11 {
			t.Errorf("%d requests in ten seconds, want 11", n)
		}
	})
}

func TestFailureWithoutAnAnswerBacksOff(t *testing.T) {
	for _, why := range []sample.Reason{
		sample.SourceUnavailable, sample.Timeout, sample.PartialResponse, sample.ResponseTooLarge,
	} {
		t.Run(string(why), func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				source.says(reason(why))
				q := live("up", 30*time.Second)
				r.Register(named("a"), watch(q))
				r.pass(time.Hour)
				askings := source.seen()
				for i := 1; i < len(askings); i++ {
					limit := min(5*time.Second<<i, 5*time.Minute)
					if wait := askings[i].When.Sub(askings[i-1].When); wait < limit/2 || wait > limit {
						t.Errorf("retry %d after %s, want %s to %s", i, wait, limit/2, limit)
					}
				}
				if last := askings[len(askings)-1]; last.When.Sub(last.About) >= 30*time.Second || last.About.After(last.When) {
					t.Errorf("a retry at %s is about %s, want the latest aligned instant", last.When, last.About)
				}
				source.says(value(1))
				r.pass(5 * time.Minute)
				before := len(source.seen())
				r.pass(5 * time.Minute)
				if n := len(source.seen()) - before; n != 10 {
					t.Errorf("after a success: %d requests in ten intervals, want the rhythm again", n)
				}
			})
		})
	}
}

func TestAnswersKeepTheRhythm(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		answer sample.Reason
		want   int
	}{
		"NoData":       {"it is an answer", sample.NoData, 61},
		"NotANumber":   {"it is an answer", sample.NotANumber, 61},
		"Many":         {"it is an answer", sample.MultipleSeries, 61},
		"InvalidQuery": {"only an edit mends it: every ten minutes", sample.InvalidQuery, 7},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				source.says(reason(tc.answer))
				q := live("up", time.Minute)
				r.pass(rhythmOf(fingerprint(q), time.Minute).phase)
				r.Register(named("a"), watch(q))
				r.pass(time.Hour)
				if n := len(source.seen()); n != tc.want {
					t.Errorf("%s: %d requests in an hour, want %d", tc.reason, n, tc.want)
				}
			})
		})
	}
}

// stepping is a wall clock that can be set.
type stepping struct{ step atomic.Int64 }

func (c *stepping) Now() time.Time                         { return time.Now().Round(0).Add(time.Duration(c.step.Load())) }
func (c *stepping) After(d time.Duration) <-chan time.Time { return time.After(d) }

func TestClockSteps(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		step   time.Duration
	}{
		"Back":    {"what was due is due on the new clock, and its samples are not older than those of the wrong one", -6 * time.Hour},
		"Forward": {"a machine that was suspended asks soon after", 6 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := &stepping{}
				r := newRig(t, Config{Clock: clock})
				stop := r.start()
				defer stop()
				source := r.source("main")
				q := live("up", 5*time.Minute)
				r.Register(named("a"), watch(q))
				r.pass(time.Hour)
				clock.step.Store(int64(tc.step))
				r.pass(6 * time.Minute)
				before := len(source.seen())
				r.pass(time.Hour)
				if n := len(source.seen()) - before; n != 12 {
					t.Errorf("%s: %d requests in twelve intervals after the step, want 12", tc.reason, n)
				}
				if age := clock.Now().Sub(r.last(q).Time); age < 0 || age > 5*time.Minute {
					t.Errorf("%s: the newest sample is %s old", tc.reason, age)
				}
			})
		})
	}
}

func TestClockStepIsNoticedWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &stepping{}
		r := newRig(t, Config{Clock: clock})
		stop := r.start()
		defer stop()
		source := r.source("main")
		r.Register(named("a"), watch(live("up", 24*time.Hour)))
		r.pass(0)
		clock.step.Store(int64(24 * time.Hour))
		r.pass(time.Minute)
		if n := len(source.seen()); n != 2 {
			t.Errorf("a daily question, a day slept: %d requests after a minute, want 2", n)
		}
	})
}
