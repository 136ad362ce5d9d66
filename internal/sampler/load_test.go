package sampler

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"okr.dev/controller/internal/sample"
)

// of names an owner in a namespace.
func of(namespace, name string) sample.Owner {
	return sample.Owner{Kind: "KPI", Namespace: namespace, Name: name}
}

// docs/faults.md: one tenant's expensive queries time out.
func TestExpensiveTenantIsSlowedAlone(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		why    sample.Reason
		slots  int
		late   time.Duration
	}{
		"HangingFourSlots": {"half of the slots are left to the others", sample.Timeout, 4, 10 * time.Second},
		"HangingOneSlot":   {"the only slot is taken in turns", sample.Timeout, 1, 21 * time.Second},
		"TooLarge":         {"what is too large takes no time, but is not asked for more often", sample.ResponseTooLarge, 4, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main", func(s *Source) { s.MaxConcurrent = tc.slots })
				source.says(func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
					switch {
					case !strings.HasPrefix(q.Query, "expensive"):
						return sample.Good(1, at)
					case tc.why == sample.Timeout:
						return deadline(10*time.Second)(ctx, q, at)
					default:
						return sample.Sample{Time: at, Reason: tc.why}
					}
				})
				r.registerPing()
				good := live("good", 30*time.Second)
				r.Register(of("quiet", "good"), watch(good))
				r.pass(0)
				for i := range 100 {
					r.Register(of("hostile", fmt.Sprint(i)), watch(live(fmt.Sprint("expensive ", i), time.Minute)))
				}
				latest := time.Now()
				for range 2 * 3600 {
					r.pass(time.Second)
					if got := r.last(good); got.Time.After(latest) {
						latest = got.Time
					}
					if late := time.Since(latest); late > 30*time.Second+tc.late {
						t.Fatalf("%s: the newest sample of another namespace is %s old", tc.reason, late)
					}
					if r.State("main").Open {
						t.Fatalf("%s: the breaker opened for everybody", tc.reason)
					}
				}
				before := map[string]int{}
				for _, a := range source.seen() {
					before[a.Query]++
				}
				r.pass(4 * time.Hour)
				after := map[string]int{}
				for _, a := range source.seen() {
					after[a.Query]++
				}
				for q, n := range after {
					switch n -= before[q]; {
					case q == "good" && n < 470:
						t.Errorf("%s: another namespace's query was asked %d times in four hours, want 480", tc.reason, n)
					case strings.HasPrefix(q, "expensive") && n > 9:
						t.Errorf("%s: %s was asked %d times in four hours, want once in half an hour to an hour", tc.reason, q, n)
					}
				}
				r.check()
			})
		})
	}
}

func TestSlowedQueryWaitsLongerThanItsIntervalAndComesBack(t *testing.T) {
	for name, tc := range map[string]struct {
		reason            string
		interval          time.Duration
		shortest, longest []time.Duration
	}{
		"Minutes": {"doubling to an hour", 5 * time.Minute,
			[]time.Duration{5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute, 30 * time.Minute},
			[]time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, time.Hour}},
		"Hours": {"never sooner than its interval", 2 * time.Hour,
			[]time.Duration{2 * time.Hour, 2 * time.Hour, 2 * time.Hour}, []time.Duration{2 * time.Hour, 2 * time.Hour, 2 * time.Hour}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				slow := live("slow", tc.interval)
				source.says(func(_ context.Context, q sample.Question, at time.Time) sample.Sample {
					if q == slow {
						return sample.Sample{Time: at, Reason: sample.Timeout}
					}
					return sample.Good(1, at)
				})
				r.registerPing()
				r.pass(0)
				r.Register(named("slow"), watch(slow))
				r.pass(8 * time.Hour)
				var asked []time.Time
				for _, a := range source.seen() {
					if a.Query == "slow" {
						asked = append(asked, a.When)
					}
				}
				for i, shortest := range tc.shortest {
					if wait := asked[i+1].Sub(asked[i]); wait < shortest || wait > tc.longest[i] {
						t.Errorf("%s: retry %d after %s, want %s to %s", tc.reason, i+1, wait, shortest, tc.longest[i])
					}
				}
				source.says(value(1))
				r.pass(max(time.Hour, tc.interval))
				before := len(source.seen())
				r.pass(4 * time.Hour)
				if n := count(source.seen()[before:], func(a asking) bool { return a.Query == "slow" }); n != int(4*time.Hour/tc.interval) {
					t.Errorf("%s: answered again: asked %d times in four hours, want the rhythm", tc.reason, n)
				}
			})
		})
	}
}

// docs/faults.md: 422 and 401, 403.
func TestRefusedQueryIsAskedAtItsIntervalOrSlower(t *testing.T) {
	for name, tc := range map[string]struct {
		reason   string
		why      sample.Reason
		interval time.Duration
		least    int
		most     int
	}{
		"QueryFailed":       {"not more often than its interval", sample.QueryFailed, time.Hour, 9, 10},
		"QueryFailedOften":  {"with backoff", sample.QueryFailed, time.Second, 100, 260},
		"WrongCredentials":  {"slowly", sample.AuthenticationFailed, time.Second, 100, 220},
		"SourceUnavailable": {"what may be over in a moment is tried soon, whatever the interval", sample.SourceUnavailable, 10 * time.Hour, 100, 230},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				q := live("up", tc.interval)
				r.pass(rhythmOf(fingerprint(q), tc.interval).phase)
				source.says(fails(sample.Sampled, tc.why))
				r.registerPing()
				r.Register(named("a"), watch(q))
				r.pass(9*time.Hour - time.Second)
				if n := len(source.seen()) - count(source.seen(), isPing); n < tc.least || n > tc.most {
					t.Errorf("%s: %d requests in nine hours, want %d to %d", tc.reason, n, tc.least, tc.most)
				}
			})
		})
	}
}

// docs/faults.md: more demand than the source's limits.
func TestTenTimesTheLimit(t *testing.T) {
	changes(t, func(t *testing.T, r *rig, changed *atomic.Int32) {
		source := r.source("main", func(s *Source) { s.QueriesPerSecond = 10 })
		r.pass(0)
		if got := r.State("main"); got.Stretch != 0 {
			t.Errorf("before anything was asked: %+v, want nothing known", got)
		}
		r.registerPing()
		one := live("one", time.Minute)
		r.Register(of("small", "one"), watch(one))
		for i, q := range many(6000, time.Minute) {
			r.Register(of("large", fmt.Sprint(i)), watch(q))
		}
		r.pass(30 * time.Minute)
		state := r.State("main")
		if state.Stretch != 12 || state.Demand != 100 || state.Limit != 10 || changed.Load() != 1 {
			t.Errorf("%+v, changed %d times, want 100 per second against 10, stretched by 12 and told once", state, changed.Load())
		}
		if held, _ := r.Held(one); held.Interval != 12*time.Minute {
			t.Errorf("the interval in force is %s, want 12m: staleness follows it", held.Interval)
		}
		before := len(source.seen())
		fresh := live("fresh", time.Minute)
		r.Register(of("large", "fresh"), watch(fresh))
		r.pass(time.Second)
		if got := r.last(fresh); !got.OK() {
			t.Errorf("a new question under overload holds %v after a second, want a value", got)
		}
		r.pass(24*time.Minute - time.Second)
		asked := map[string]int{}
		perSecond := map[int64]int{}
		for _, a := range source.seen()[before:] {
			asked[a.Query]++
			perSecond[a.When.Unix()]++
			if late := a.When.Sub(a.About); late > 12*time.Minute {
				t.Fatalf("a request at %s is about %s", a.When, a.About)
			}
		}
		if asked["one"] != 2 {
			t.Errorf("the small namespace was asked for %d times in two stretched intervals, want 2", asked["one"])
		}
		for _, q := range many(6000, time.Minute) {
			if n := asked[q.Query]; n < 1 || n > 3 {
				t.Fatalf("%s was asked %d times in two stretched intervals, want 2", q.Query, n)
			}
		}
		for second, n := range perSecond {
			if n > 11 {
				t.Errorf("second %d: %d requests with a limit of 10", second, n)
			}
		}
		// Most of them go: the intervals are shortened once that has lasted.
		for i := range 5700 {
			r.Forget(of("large", fmt.Sprint(i)))
		}
		r.pass(5 * time.Minute)
		if got := r.State("main").Stretch; got != 12 {
			t.Errorf("five minutes of calm: stretched by %v, want 12 still", got)
		}
		r.pass(time.Hour)
		if got := r.State("main"); got.Stretch != 1 || got.Demand != 0 {
			t.Errorf("an hour of calm: %+v, want no stretch", got)
		}
		if held, _ := r.Held(one); held.Interval != time.Minute {
			t.Errorf("the interval in force is %s, want 1m again", held.Interval)
		}
	})
}

// docs/faults.md: served round-robin by namespace.
func TestNoNamespaceStarvesAnother(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.QueriesPerSecond = 10 })
		for i, q := range many(10_000, time.Minute) {
			r.Register(of("large", fmt.Sprint(i)), watch(q))
		}
		r.pass(5 * time.Second)
		one := live("one", time.Minute)
		r.Register(of("small", "one"), watch(one))
		r.pass(200 * time.Millisecond)
		if got := r.last(one); !got.OK() {
			t.Errorf("one question beside 10,000 that wait: %v is held, want a value at its turn", got)
		}
		if n := len(source.seen()); n > 60 {
			t.Errorf("%d requests in five seconds, want 10 per second", n)
		}
		r.check()
	})
}

func TestSlowAnswersAreDemandToo(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.MaxConcurrent = 2 })
		source.says(func(_ context.Context, _ sample.Question, at time.Time) sample.Sample {
			time.Sleep(time.Second)
			return sample.Good(1, at)
		})
		r.registerEach(many(300, time.Minute))
		r.pass(time.Hour)
		if got := r.State("main"); got.Stretch != 3 || got.Demand != 5 || got.Limit < 1.9 || got.Limit > 2.5 {
			t.Errorf("two slots, a second each, and 5 per second asked: %+v, want a limit of 2 and a stretch of 3", got)
		}
		r.SetSource("main", roomy(source, func(s *Source) { s.MaxConcurrent = 8 }))
		r.pass(time.Minute)
		if got := r.State("main"); got.Stretch != 1 {
			t.Errorf("a minute after the limit was raised: %+v, want no stretch: an edit is no noise", got)
		}
		r.check()
	})
}

// TestOutageOfALargeSource counts what an outage of a source that many ask costs.
func TestOutageOfALargeSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Config{})
		defer r.start()()
		source := r.source("main")
		for i, q := range many(10_000, 10*time.Minute) {
			r.Register(of(fmt.Sprint("team-", i%500), fmt.Sprint(i)), watch(q))
		}
		r.registerPing()
		r.pass(11 * time.Minute)
		source.says(reason(sample.SourceUnavailable))
		before := len(source.seen())
		r.pass(11 * time.Minute)
		if n := len(source.seen()) - before; n > 400 {
			t.Errorf("%d requests while it was down, want few", n)
		}
		source.says(value(2))
		r.pass(longestRetry + time.Minute)
		for _, q := range many(10_000, 10*time.Minute) {
			if got := r.last(q); got.Value != 2 {
				t.Fatalf("held %v after the outage, want a new value", got)
			}
		}
		r.check()
	})
}
