package sampler

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/sample"
)

// past is a question about d from now on.
func past(d, settle time.Duration) sample.Question {
	return sample.Question{Source: "main", Query: "end", At: time.Now().Add(d).Unix(), Settle: settle}
}

func TestPastQuestionWaitsUntilDataHasArrived(t *testing.T) {
	for name, tc := range map[string]struct {
		reason             string
		at, settle, offset time.Duration
		want               time.Duration
	}{
		"LongAgo":     {"what was missed is asked on return", -24 * time.Hour, 10 * time.Minute, 0, 0},
		"Settle":      {"not before settle has passed", -time.Minute, 10 * time.Minute, 0, 9 * time.Minute},
		"QueryOffset": {"data that always comes late is waited for too, but the instant is that of the question", -time.Minute, 10 * time.Minute, 2 * time.Minute, 11 * time.Minute},
		"Future":      {"a question may be registered before its instant", time.Hour, time.Minute, 0, 61 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main", func(s *Source) { s.QueryOffset = tc.offset })
				q := past(tc.at, tc.settle)
				began := time.Now().UTC()
				r.Register(named("a"), watch(q))
				r.pass(48 * time.Hour)
				want := []asking{{"end", began.Add(tc.want), time.Unix(q.At, 0).UTC()}}
				if diff := cmp.Diff(want, source.seen()); diff != "" {
					t.Errorf("%s; and once answered, never again (-want +got):\n%s", tc.reason, diff)
				}
			})
		})
	}
}

func TestPastQuestionIsRetriedUntilAnswered(t *testing.T) {
	for _, answer := range []sample.Reason{sample.Sampled, sample.NoData, sample.HistoryUnavailable, sample.InvalidQuery} {
		t.Run(string(answer), func(t *testing.T) {
			bubble(t, func(t *testing.T, r *rig) {
				source := r.source("main")
				source.says(reason(sample.SourceUnavailable))
				q := past(-time.Hour, 0)
				r.Register(named("a"), watch(q))
				r.pass(time.Hour)
				failed := source.seen()
				for i := 1; i < len(failed); i++ {
					limit := min(5*time.Second<<i, 5*time.Minute)
					if wait := failed[i].When.Sub(failed[i-1].When); wait < limit/2 || wait > limit {
						t.Errorf("retry %d after %s, want %s to %s", i, wait, limit/2, limit)
					}
				}
				source.says(reason(answer))
				r.pass(24*time.Hour + time.Minute)
				want := 24 // data may arrive late: an answer without a number is asked for again every hour
				if answer == sample.Sampled {
					want = 1
				}
				if n := len(source.seen()) - len(failed); n != want && n != want+1 {
					t.Errorf("answered %s: %d more requests, want %d or one more", answer, n, want)
				}
				if got := r.last(q).Reason; got != answer {
					t.Errorf("a day later %s is held, want %s", got, answer)
				}
			})
		})
	}
}

func TestPastQuestionAnsweredIsThereForOthers(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		source := r.source("main")
		q := past(-time.Hour, 0)
		r.Register(named("a"), watch(q))
		r.pass(time.Hour)
		r.Register(named("b"), watch(q))
		r.pass(time.Hour)
		if n := len(source.seen()); n != 1 || r.wakes(named("b")) != 1 {
			t.Errorf("%d requests, want 1 and the second owner woken once", n)
		}
	})
}
