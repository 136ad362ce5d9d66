package sampler

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestStretchNeitherFlapsNorLosesTheRhythm(t *testing.T) {
	changes(t, func(t *testing.T, r *rig, changed *atomic.Int32) {
		source := r.source("main", func(s *Source) { s.QueriesPerSecond = 10 })
		questions := many(1300, time.Minute)
		r.registerEach(questions)
		r.pass(time.Hour)
		changed.Store(0)
		// Demand goes up and down around the edge between two factors.
		for range 8 {
			for i := 1000; i < 1300; i++ {
				r.Forget(named(fmt.Sprint(i)))
			}
			r.pass(4 * time.Minute)
			for i := 1000; i < 1300; i++ {
				r.Register(named(fmt.Sprint(i)), watch(questions[i]))
			}
			r.pass(4 * time.Minute)
		}
		if n := changed.Load(); n != 0 {
			t.Errorf("the stretch changed %d times in an hour, want a steady one", n)
		}
		before := len(source.seen())
		r.pass(9 * time.Minute)
		perMinute := make([]int, 9)
		began := source.seen()[before].When
		for _, a := range source.seen()[before:] {
			perMinute[min(8, int(a.When.Sub(began)/time.Minute))]++
		}
		for minute, n := range perMinute {
			if n < 300 || n > 600 {
				t.Errorf("minute %d: %d requests, want about 1300/3: phases stay spread", minute, n)
			}
		}
	})
}

// TestStretchIsToldWithTheNextSample: owners learn that intervals begin or cease to be stretched although the value
// stays what it is, once, and not all at the same time.
func TestStretchIsToldWithTheNextSample(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main", func(s *Source) { s.QueriesPerSecond = 10 })
		questions := many(200, time.Minute)
		r.registerEach(questions)
		owner, q := named("0"), questions[0]
		// settle shows what is held, as an evaluation does, and returns how often it had to.
		settle := func(d time.Duration, stretched bool) (evaluations int) {
			t.Helper()
			for range int(d / time.Second) {
				r.pass(time.Second)
				if r.wakes(owner) > 0 {
					held, _ := r.Held(q)
					r.Register(owner, []sample.Watch{{Question: q, Seen: held.Last, Stretched: held.Stretched}})
					evaluations++
				}
			}
			if held, _ := r.Held(q); held.Stretched != stretched || held.Interval != time.Minute != stretched {
				t.Errorf("an interval of %s is said to be stretched: %t, want %t", held.Interval, held.Stretched, stretched)
			}
			return evaluations
		}
		settle(10*time.Minute, false)
		for _, step := range []struct {
			reason    string
			limit     float64
			stretched bool
			want      int
		}{
			{"the limits are lowered", 1, true, 1},
			{"nothing changes", 1, true, 0},
			{"the limits are raised again", 10, false, 1},
			{"nothing changes", 10, false, 0},
		} {
			r.source("main", func(s *Source) { s.QueriesPerSecond = step.limit })
			if got := settle(time.Hour, step.stretched); got != step.want {
				t.Errorf("%s: %d evaluations, want %d", step.reason, got, step.want)
			}
		}
	})
}

func TestAnIntervalOfALifetimeIsNoHotLoop(t *testing.T) {
	// The longest that the API admits.
	lifetime := (9*365+9999)*24*time.Hour + 999_999_999*time.Second + 999_999_999_999*time.Millisecond
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.QueriesPerSecond = 1 })
		r.registerEach(many(400, time.Minute))
		rare := live("rare", lifetime)
		r.Register(of("hostile", "rare"), watch(rare))
		r.pass(time.Hour)
		if got := r.State("main").Stretch; got < 3 {
			t.Fatalf("the intervals are stretched by %v only: nothing is shown", got)
		}
		if n := count(source.seen(), func(a asking) bool { return a.Query == "rare" }); n != 1 {
			t.Errorf("a query that is to be asked once in a lifetime was asked %d times in an hour", n)
		}
		if held, _ := r.Held(rare); held.Interval < 9*365*24*time.Hour {
			t.Errorf("its interval in force is %s", held.Interval)
		}
		r.check()
	})
}

func TestHeldTellsTheIntervalThatTheValueWasTakenAt(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MinInterval = time.Hour })
		q := live("up", time.Minute)
		r.Register(named("a"), watch(q))
		r.pass(time.Second)
		expect := func(when string, interval, then time.Duration) {
			t.Helper()
			if held, _ := r.Held(q); held.Interval != interval || held.Then != then {
				t.Errorf("%s: %s, and %s when the value was taken; want %s and %s", when, held.Interval, held.Then, interval, then)
			}
		}
		expect("seldom asked", time.Hour, time.Hour)
		source.says(reason(sample.SourceUnavailable))
		r.SetSource("main", roomy(source))
		r.pass(10 * time.Minute)
		expect("asked more often, in vain", time.Minute, time.Hour)
		source.says(value(1))
		r.pass(10 * time.Minute)
		expect("answered", time.Minute, time.Minute)
	})
}
