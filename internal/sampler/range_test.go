package sampler

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/sample"
)

// points answers a range with as many points as there are.
func points(_ context.Context, q sample.Question, at time.Time) sample.Sample {
	series := &sample.Series{From: q.From, Step: q.Step, Values: make([]float64, at.Sub(time.Unix(q.From, 0))/q.Step+1)}
	return sample.Sample{Time: series.At(len(series.Values) - 1), Reason: sample.Sampled, Series: series}
}

func TestOffsetIsAskedAboutEarlier(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main", func(s *Source) { s.QueryOffset = 90 * time.Second })
		q := live("up", time.Minute)
		q.Offset = 7 * 24 * time.Hour
		registered := time.Now().UTC()
		aligned := rhythmOf(fingerprint(q), time.Minute).latest(r.now()).time()
		r.Register(named("a"), watch(q))
		r.pass(time.Minute)
		was := aligned.Add(-90*time.Second - q.Offset)
		want := []asking{{"up", registered, was}, {"up", aligned.Add(time.Minute), was.Add(time.Minute)}}
		if diff := cmp.Diff(want, source.seen()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if held, _ := r.Held(q); !held.Good.Time.Equal(was.Add(time.Minute)) || held.Interval != time.Minute {
			t.Errorf("held is %+v, want the value of the instant asked about", held)
		}
	})
}

func TestLiveRange(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		source.says(points)
		q := live("up", time.Minute)
		q.Step, q.From = 10*time.Minute, time.Now().Add(-time.Hour).Unix()
		r.pass(rhythmOf(fingerprint(q), time.Minute).phase)
		r.Register(named("a"), watch(q))
		r.pass(0)
		if n := r.wakes(named("a")); n != 1 {
			t.Errorf("woken %d times for the first answer, want once", n)
		}
		first := r.last(q)
		r.Register(named("a"), []sample.Watch{{Question: q, Seen: first}})
		r.pass(8 * time.Minute)
		if asked, n := len(source.seen()), r.wakes(named("a")); asked != 9 || n != 0 {
			t.Errorf("asked %d times and woken %d times before the next point, want 9 and 0", asked, n)
		}
		r.pass(2 * time.Minute)
		if n := r.wakes(named("a")); n == 0 {
			t.Error("nobody was told of the next point")
		}
		source.says(reason(sample.Timeout))
		r.pass(time.Minute)
		held, _ := r.Held(q)
		if held.Last.Reason != sample.Timeout || held.Good.Series == nil || len(held.Good.Series.Values) != len(first.Series.Values)+1 {
			t.Errorf("held is %+v, want the last complete answer behind the failure", held)
		}
	})
}

// TestFirstRangeIsNotWaitedForLong: there is no verdict before the first answer, though later ones may come hours apart.
// Once there has been one, a range that takes too long is left alone for its whole interval.
func TestFirstRangeIsNotWaitedForLong(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		var slow atomic.Bool
		slow.Store(true)
		source.says(func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
			switch {
			case q.Step == 0:
				return sample.Good(1, at)
			case slow.Load():
				return sample.Sample{Time: at, Reason: sample.Timeout}
			default:
				return points(ctx, q, at)
			}
		})
		q, other := live("slow", time.Hour), live("other", 30*time.Second)
		q.Step, q.From = time.Hour, time.Now().Add(-24*time.Hour).Unix()
		r.Register(named("other"), watch(other))
		r.pass(time.Minute)
		asked := func() (n int) {
			for _, a := range source.seen() {
				if a.Query == q.Query {
					n++
				}
			}
			return n
		}
		r.Register(named("slow"), watch(q))
		if r.pass(2 * time.Minute); asked() != 2 {
			t.Errorf("asked %d times within two minutes, want twice", asked())
		}
		if r.pass(6 * time.Hour); asked() < 8 || asked() > 20 {
			t.Errorf("asked %d times within six hours, want ever less often", asked())
		}
		slow.Store(false)
		r.pass(2 * time.Hour)
		slow.Store(true)
		r.pass(time.Hour)
		before := asked()
		if r.pass(6 * time.Hour); asked()-before > 6 {
			t.Errorf("asked %d times within six of its intervals, want no more than as often", asked()-before)
		}
		r.check()
	})
}

func TestPastRangeIsAskedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		source.says(points)
		q := past(-time.Minute, 10*time.Minute)
		q.Step, q.From = time.Hour, time.Now().Add(-24*time.Hour).Unix()
		r.Register(named("a"), watch(q))
		r.pass(9 * time.Minute)
		r.Register(named("b"), watch(q))
		r.pass(48 * time.Hour)
		r.Register(named("a"), watch(q))
		r.pass(48 * time.Hour)
		if n := len(source.seen()); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.woken) != 2 || !r.last(q).OK() {
			t.Errorf("%d owners were told, want both", len(r.woken))
		}
	})
}

// TestRangeIsNotKeptByThoseWhoSawIt: an owner that is not woken for hours would else keep the points it saw.
func TestRangeIsNotKeptByThoseWhoSawIt(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main").says(points)
		q := live("up", time.Minute)
		q.Step, q.From = time.Hour, time.Now().Add(-time.Hour).Unix()
		r.Register(named("a"), watch(q))
		r.pass(0)
		r.Register(named("a"), []sample.Watch{{Question: q, Seen: r.last(q)}})
		r.Sampler.mu.Lock()
		defer r.Sampler.mu.Unlock()
		if seen := r.owners[named("a")].watchers[0].seen; seen.Series != nil || seen.Time.IsZero() {
			t.Errorf("seen is %+v, want its instant alone", seen)
		}
	})
}

func TestLiveIsThePresentValue(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		r.source("main").says(func(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
			if q.Step > 0 {
				return points(ctx, q, at)
			}
			return sample.Good(q.Offset.Hours(), at)
		})
		before, series, now := live("up", time.Minute), live("up", time.Minute), live("up", time.Minute)
		before.Offset, series.Step, series.From = time.Hour, time.Minute, time.Now().Unix()
		r.Register(named("a"), []sample.Watch{{Question: before}, {Question: series}, {Question: now}})
		r.pass(time.Minute)
		if held, found := r.Live(named("a"), "up"); !found || !held.Good.OK() || held.Good.Value != 0 || held.Good.Series != nil {
			t.Errorf("live is %+v", held)
		}
	})
}
