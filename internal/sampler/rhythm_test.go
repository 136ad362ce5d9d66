package sampler

import (
	"testing"
	"time"

	"okr.dev/controller/internal/sample"
)

func TestPhasesSpread(t *testing.T) {
	const questions, seconds = 1000, 60
	perSecond := make([]int, seconds)
	for _, q := range many(questions, time.Minute) {
		r := rhythmOf(fingerprint(q), time.Minute)
		if r.phase%time.Second != 0 || r.phase < 0 || r.phase >= time.Minute {
			t.Fatalf("phase %s is not a whole second inside a minute", r.phase)
		}
		perSecond[r.phase/time.Second]++
	}
	// Chance alone gives 16.7 ± 4 per second; the hash is fixed, so this cannot fail now and then.
	for second, n := range perSecond {
		if n < 4 || n > 33 {
			t.Errorf("second %d: %d of %d questions, want near %d", second, n, questions, questions/seconds)
		}
	}
}

func TestRhythm(t *testing.T) {
	for name, tc := range map[string]struct {
		reason      string
		fingerprint uint64
		interval    time.Duration
		at          int64 // milliseconds
		latest      int64
		after       int64
	}{
		"Between":     {"the last instant is before now", 7, time.Minute, 100_000, 67_000, 127_000},
		"OnTheDot":    {"an instant is not in its own future", 7, time.Minute, 67_000, 67_000, 127_000},
		"JustBefore":  {"a millisecond short is the one before", 7, time.Minute, 66_999, 7_000, 67_000},
		"BeforeFirst": {"rounding goes down before the epoch's first instant too", 7, time.Minute, 3_000, -53_000, 7_000},
		"Wraps":       {"a fingerprint is taken modulo the interval", 67, time.Minute, 100_000, 67_000, 127_000},
		"Fraction":    {"an interval that is not whole seconds has phases in milliseconds", 1700, 1500 * time.Millisecond, 2_000, 1_700, 3_200},
	} {
		t.Run(name, func(t *testing.T) {
			r := rhythmOf(tc.fingerprint, tc.interval)
			at := instantOf(time.UnixMilli(tc.at))
			if got := r.latest(at).time().UnixMilli(); got != tc.latest {
				t.Errorf("%s: latest is %d, want %d", tc.reason, got, tc.latest)
			}
			if got := r.after(at).time().UnixMilli(); got != tc.after {
				t.Errorf("%s: after is %d, want %d", tc.reason, got, tc.after)
			}
		})
	}
}

// TestFingerprintIsStable fails if questions would be asked at other instants than by released versions.
func TestFingerprintIsStable(t *testing.T) {
	q := sample.Question{Source: "default", Query: "up", Window: time.Hour, Namespace: "shop", Start: 3, Interval: time.Minute}
	if got, want := fingerprint(q), uint64(0x643f6df5c606c08b); got != want {
		t.Errorf("fingerprint is %#x, want %#x", got, want)
	}
}

func TestFingerprintTellsFieldsApart(t *testing.T) {
	base := sample.Question{Source: "a", Query: "b", Namespace: "c", Interval: time.Minute}
	seen := map[uint64]string{fingerprint(base): "base"}
	for name, edit := range map[string]func(*sample.Question){
		"Source":    func(q *sample.Question) { q.Source = "x" },
		"Query":     func(q *sample.Question) { q.Query = "x" },
		"Window":    func(q *sample.Question) { q.Window = 1 },
		"Namespace": func(q *sample.Question) { q.Namespace = "x" },
		"Start":     func(q *sample.Question) { q.Start = 1 },
		"Interval":  func(q *sample.Question) { q.Interval++ },
		"At":        func(q *sample.Question) { q.At = 1 },
		"Settle":    func(q *sample.Question) { q.Settle = 1 },
		"Lookback":  func(q *sample.Question) { q.Lookback = 1 },
		"Offset":    func(q *sample.Question) { q.Offset = 1 },
		"Step":      func(q *sample.Question) { q.Step = 1 },
		"Borders":   func(q *sample.Question) { q.Source, q.Query = "ab", "" },
	} {
		q := base
		edit(&q)
		if other, taken := seen[fingerprint(q)]; taken {
			t.Errorf("%s: same fingerprint as %s", name, other)
		}
		seen[fingerprint(q)] = name
	}
}

func TestFingerprintStaysAsARangeBeginsLater(t *testing.T) {
	q := sample.Question{Source: "a", Query: "b", Interval: time.Minute, Step: time.Hour, From: 1}
	later := q
	later.From = 2
	if fingerprint(q) != fingerprint(later) {
		t.Error("a range is asked at other instants after its beginning was taken note of")
	}
}

func TestBackoff(t *testing.T) {
	for name, tc := range map[string]struct {
		reason             string
		why                sample.Reason
		failures           int
		shortest, longestW time.Duration
	}{
		"First":    {"never sooner than 5 s", sample.SourceUnavailable, 1, 5 * time.Second, 10 * time.Second},
		"Second":   {"doubles", sample.SourceUnavailable, 2, 10 * time.Second, 20 * time.Second},
		"Fifth":    {"doubles", sample.SourceUnavailable, 5, 80 * time.Second, 160 * time.Second},
		"Sixth":    {"never later than 5 min", sample.SourceUnavailable, 6, 150 * time.Second, 5 * time.Minute},
		"Hundreds": {"does not overflow", sample.SourceUnavailable, 400, 150 * time.Second, 5 * time.Minute},
		"Refused":  {"credentials are not mended in seconds", sample.AuthenticationFailed, 1, 150 * time.Second, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			waits := map[time.Duration]bool{}
			for range 1000 {
				wait := backoff(tc.why, tc.failures)
				waits[wait] = true
				if wait < tc.shortest || wait > tc.longestW {
					t.Fatalf("%s: wait %s is outside %s to %s", tc.reason, wait, tc.shortest, tc.longestW)
				}
			}
			if len(waits) < 900 {
				t.Errorf("%s: %d different waits of 1000, want jitter", tc.reason, len(waits))
			}
		})
	}
}
