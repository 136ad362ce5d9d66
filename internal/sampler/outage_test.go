package sampler

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"okr.dev/controller/internal/sample"
)

// ping is the question by which the controller finds out whether the source answers.
var ping = live(sample.Ping, time.Minute)

// registerPing registers the ping as the controller does: for the cluster-scoped source.
func (r *rig) registerPing() {
	r.Register(sample.Owner{Kind: "MetricSource", Name: "main"}, watch(ping))
}

// fails answers the ping with pinged and everything else with asked.
func fails(pinged, asked sample.Reason) func(context.Context, sample.Question, time.Time) sample.Sample {
	return func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
		why := asked
		if q.Query == sample.Ping {
			why = pinged
		}
		if why == sample.Sampled {
			return sample.Good(1, at)
		}
		return reason(why)(ctx, q, at)
	}
}

func count(askings []asking, match func(asking) bool) (n int) {
	for _, a := range askings {
		if match(a) {
			n++
		}
	}
	return n
}

func isPing(a asking) bool { return a.Query == sample.Ping }

// changes counts how often a source's State changed.
func changes(t *testing.T, test func(t *testing.T, r *rig, changed *atomic.Int32)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var changed atomic.Int32
		r := newRig(t, Config{Changed: func(string) { changed.Add(1) }})
		defer r.start()()
		test(t, r, &changed)
		r.check()
	})
}

// docs/faults.md: Prometheus down, refused, DNS failure.
func TestPrometheusDown(t *testing.T) {
	for name, tc := range map[string]struct {
		reason     string
		why        sample.Reason
		registered bool
	}{
		"Refused":      {"nothing answers", sample.SourceUnavailable, true},
		"NoRegistered": {"without a registered ping the sampler makes one", sample.SourceUnavailable, false},
		"Unauthorized": {"credentials are wrong for everybody", sample.AuthenticationFailed, true},
	} {
		t.Run(name, func(t *testing.T) {
			changes(t, func(t *testing.T, r *rig, changed *atomic.Int32) {
				source := r.source("main", func(s *Source) { s.MaxConcurrent = 4 })
				questions := many(200, time.Minute)
				r.registerEach(questions)
				end := past(2*time.Minute, 0)
				r.Register(named("end"), watch(end))
				if tc.registered {
					r.registerPing()
				}
				r.pass(90 * time.Second)
				changed.Store(0)
				for i := range questions {
					r.wakes(named(fmt.Sprint(i)))
				}
				source.says(reason(tc.why))
				before := len(source.seen())
				r.pass(time.Minute + time.Second)
				if state := r.State("main"); !state.Open || changed.Load() != 1 {
					t.Errorf("%s: after a minute %+v, changed %d times, want open and told once", tc.reason, state, changed.Load())
				}
				for i, q := range questions {
					got := r.last(q)
					if got.Reason != tc.why || got.Message != "because" || r.now().sub(instantOf(got.Time)) > time.Minute {
						t.Fatalf("%s: question %d holds %v, want the failure at once", tc.reason, i, got)
					}
					if r.wakes(named(fmt.Sprint(i))) == 0 {
						t.Fatalf("%s: owner %d was not told", tc.reason, i)
					}
					r.Register(named(fmt.Sprint(i)), []sample.Watch{{Question: q, Seen: got}})
				}
				r.pass(time.Hour)
				down := source.seen()[before:]
				// Five failures, at most the four under way beside the last of them, and the ping: 5 s to 5 min doubling.
				if asked := len(down) - count(down, isPing); asked > 10 {
					t.Errorf("%s: %d requests while it was down, want at most 10 and pings", tc.reason, asked)
				}
				if n := count(down, isPing); n > 32 {
					t.Errorf("%s: %d pings in an hour, want at most 32", tc.reason, n)
				}
				pings := slices.DeleteFunc(slices.Clone(down), func(a asking) bool { return !isPing(a) })
				for i := 3; i < len(pings); i++ {
					if wait := pings[i].When.Sub(pings[i-1].When); wait < firstRetry || wait > longestRetry {
						t.Errorf("%s: ping %d after %s, want 5 s to 5 min", tc.reason, i, wait)
					}
				}
				for i := range questions {
					if n := r.wakes(named(fmt.Sprint(i))); n != 0 {
						t.Fatalf("%s: owner %d was woken %d times while nothing changed", tc.reason, i, n)
					}
				}
				if got := r.last(end); got.Reason != tc.why || got.Time.Unix() != end.At {
					t.Errorf("%s: the past instant holds %v, want the failure about it", tc.reason, got)
				}
				source.says(value(2))
				back := len(source.seen())
				r.pass(longestRetry + time.Minute)
				if state := r.State("main"); state.Open || changed.Load() != 2 {
					t.Errorf("%s: back for five minutes: %+v, changed %d times", tc.reason, state, changed.Load())
				}
				for i, q := range append(questions, end) {
					if got := r.last(q); got.Value != 2 {
						t.Fatalf("%s: back: question %d holds %v, want a new value", tc.reason, i, got)
					}
				}
				perInstant := map[time.Time]int{}
				for _, a := range source.seen()[back:] {
					perInstant[a.When]++
				}
				for when, n := range perInstant {
					if n > 20 {
						t.Errorf("%s: %d of 200 came back at %s, want them spread", tc.reason, n, when)
					}
				}
			})
		})
	}
}

func TestBackSoonIsWithinRateAndConcurrency(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.QueriesPerSecond, s.MaxConcurrent = 10, 2 })
		r.registerPing()
		r.registerEach(many(300, time.Hour))
		r.pass(time.Hour)
		source.says(reason(sample.SourceUnavailable))
		r.pass(time.Hour)
		if !r.State("main").Open {
			t.Fatal("the breaker is closed after an hour of failures")
		}
		before := len(source.seen())
		source.says(value(2))
		r.pass(longestRetry)
		closed := source.seen()[before:]
		began := closed[0].When
		if last := closed[len(closed)-1].When; len(closed) < 301 || count(closed, func(a asking) bool { return a.When.Sub(began) < time.Second }) > 20 {
			t.Errorf("%d requests from %s to %s, want all 300 soon, at 10 per second", len(closed), began, last)
		}
		r.check()
	})
}

// docs/faults.md: what does not open the breaker.
func TestOnlyAFailingPingOpensTheBreaker(t *testing.T) {
	for name, tc := range map[string]struct {
		reason    string
		questions int
		answer    func(context.Context, sample.Question, time.Time) sample.Sample
		open      bool
		pinged    bool
	}{
		"PingAnswers":     {"all queries fail, the source does not", 20, fails(sample.Sampled, sample.QueryFailed), false, true},
		"TwoQuestions":    {"two that fail are two that are wrong", 2, reason(sample.SourceUnavailable), false, false},
		"ThreeQuestions":  {"three are enough", 3, reason(sample.SourceUnavailable), true, true},
		"Denied":          {"a tenant that may not ask says nothing about the source", 20, reason(sample.SourceDenied), false, false},
		"BadData":         {"refusing a query is an answer", 20, fails(sample.SourceUnavailable, sample.InvalidQuery), false, false},
		"OnlyPingFails":   {"the queries are answered", 20, fails(sample.Timeout, sample.Sampled), false, false},
		"TooManyRequests": {"429 alone pauses", 20, retryAfter(sample.Sampled), false, true},
		"Overwhelmed":     {"429 for the ping too", 20, retryAfter(sample.QueryFailed), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main", func(s *Source) { s.MaxConcurrent = 4 })
				source.says(tc.answer)
				r.registerEach(many(tc.questions, 20*time.Second))
				r.pass(20 * time.Minute)
				if got := r.State("main").Open; got != tc.open {
					t.Errorf("%s: open is %t, want %t", tc.reason, got, tc.open)
				}
				if got := count(source.seen(), isPing) > 0; got != tc.pinged {
					t.Errorf("%s: pinged is %t, want %t", tc.reason, got, tc.pinged)
				}
				r.check()
			})
		})
	}
}

// retryAfter asks to be left alone for 30 s, but answers the ping as told.
func retryAfter(pinged sample.Reason) func(context.Context, sample.Question, time.Time) sample.Sample {
	return func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
		answer := fails(pinged, sample.QueryFailed)(ctx, q, at)
		if !answer.OK() {
			answer.RetryAfter = 30 * time.Second
		}
		return answer
	}
}

func TestPingIsTheOneOfTheSource(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		tenant := sample.Tenant{Header: "X-Scope-OrgID", HeaderValue: "ops"}
		own := ping
		own.Tenant = tenant
		var mutex sync.Mutex
		var pinged []sample.Tenant
		r.source("main").says(func(_ context.Context, q sample.Question, at time.Time) sample.Sample {
			mutex.Lock()
			defer mutex.Unlock()
			if q.Query == sample.Ping {
				pinged = append(pinged, q.Tenant)
			}
			return sample.Sample{Time: at, Reason: sample.SourceUnavailable}
		})
		theirs := live(sample.Ping, time.Hour)
		r.Register(named("theirs"), watch(theirs))
		r.Register(sample.Owner{Kind: "MetricSource", Name: "main"}, watch(own))
		r.pass(0)
		pinged = nil
		r.registerEach(many(10, time.Minute))
		r.pass(10 * time.Minute)
		if len(pinged) == 0 || slices.ContainsFunc(pinged[1:], func(t sample.Tenant) bool { return t != tenant }) {
			t.Errorf("pinged as %v, want as the source's own tenant", pinged)
		}
		if held, _ := r.Held(own); held.Last.Reason != sample.SourceUnavailable {
			t.Errorf("the ping holds %v: Reachable would not follow", held.Last)
		}
		r.check()
	})
}

func TestNewAskerClosesTheBreaker(t *testing.T) {
	changes(t, func(t *testing.T, r *rig, changed *atomic.Int32) {
		r.source("main").says(reason(sample.SourceUnavailable))
		questions := many(10, time.Hour)
		r.registerEach(questions)
		r.pass(time.Minute)
		if !r.State("main").Open {
			t.Fatal("the breaker is closed")
		}
		// Other limits of the same one are no news of it.
		r.SetSource("main", roomy(r.sources["main"].settings.Asker, func(s *Source) { s.MaxConcurrent = 3 }))
		if !r.State("main").Open {
			t.Error("an edit of the limits closed the breaker")
		}
		before := changed.Load()
		r.source("main")
		if r.State("main").Open || changed.Load() != before+1 {
			t.Errorf("open: %t, changed %d times, want closed and told", r.State("main").Open, changed.Load()-before)
		}
		r.pass(0)
		for _, q := range questions {
			if got := r.last(q); !got.OK() {
				t.Errorf("held %v, want a value at once", got)
			}
		}
	})
}

// docs/faults.md: slow, hanging. One of two sources hangs; the other's requests come at the very same instants.
func TestHungSourceBesideAHealthyOneChangesNothingForIt(t *testing.T) {
	ask := func(hung bool) (askings []asking) {
		bubble(t, func(t *testing.T, r *rig) {
			few := func(s *Source) { s.MaxConcurrent, s.QueriesPerSecond = 2, 5 }
			healthy, other := r.source("main", few), r.source("other", few)
			if hung {
				other.says(deadline(10 * time.Second))
			}
			for _, q := range many(100, time.Minute) {
				r.Register(named(q.Query), watch(q))
				q.Source = "other"
				r.Register(sample.Owner{Kind: "Other", Name: q.Query}, watch(q))
			}
			r.pass(time.Hour)
			if hung != r.State("other").Open {
				t.Errorf("hung: %t, open: %t", hung, r.State("other").Open)
			}
			askings = healthy.seen()
			r.check()
		})
		return askings
	}
	byTime := func(a, b asking) int {
		if c := a.When.Compare(b.When); c != 0 {
			return c
		}
		return a.About.Compare(b.About)
	}
	alone, beside := ask(false), ask(true)
	slices.SortStableFunc(alone, byTime)
	slices.SortStableFunc(beside, byTime)
	if len(alone) != len(beside) {
		t.Fatalf("%d requests alone, %d beside a hung source", len(alone), len(beside))
	}
	for i := range alone {
		if !alone[i].When.Equal(beside[i].When) || !alone[i].About.Equal(beside[i].About) {
			t.Fatalf("request %d: at %s about %s alone, at %s about %s beside a hung source", i,
				alone[i].When, alone[i].About, beside[i].When, beside[i].About)
		}
	}
}

// deadline hangs until the deadline of an exchange.
func deadline(d time.Duration) func(context.Context, sample.Question, time.Time) sample.Sample {
	return func(ctx context.Context, _ sample.Question, at time.Time) sample.Sample {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
		return sample.Sample{Time: at, Reason: sample.Timeout, Message: "because"}
	}
}

// docs/faults.md: clock steps and suspended machines, while the source is down or wants to be left alone.
func TestClockStepsDuringAnOutage(t *testing.T) {
	for name, tc := range map[string]struct {
		reason string
		step   time.Duration
		answer func(context.Context, sample.Question, time.Time) sample.Sample
	}{
		"Back":        {"the next ping is planned on the new clock", -6 * time.Hour, reason(sample.SourceUnavailable)},
		"Suspended":   {"a machine that slept pings soon", 6 * time.Hour, reason(sample.SourceUnavailable)},
		"BackPaused":  {"a pause does not become hours", -6 * time.Hour, retryAfter(sample.Sampled)},
		"SleptPaused": {"a pause ends while the machine sleeps", 6 * time.Hour, retryAfter(sample.Sampled)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := &stepping{}
				r := newRig(t, Config{Clock: clock})
				stop := r.start()
				defer stop()
				source := r.source("main")
				questions := many(10, time.Minute)
				r.registerEach(questions)
				source.says(tc.answer)
				r.pass(time.Hour)
				clock.step.Store(int64(tc.step))
				source.says(value(2))
				r.pass(12 * time.Minute)
				for _, q := range questions {
					if got := r.last(q); got.Value != 2 || clock.Now().Sub(got.Time) > time.Minute {
						t.Errorf("%s: held %v at %s, want a fresh value", tc.reason, got, clock.Now())
					}
				}
				r.check()
			})
		})
	}
}
