package okr_test

import (
	"fmt"
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

// benchmarkKeyResult is a quarter long, with checkpoints, and asked every five minutes.
func benchmarkKeyResult(b *testing.B) okr.KeyResult {
	b.Helper()
	s := span(b, "2026-10-01", "2026-12-31")
	return okr.KeyResult{
		Pace: okr.Pace{Span: s, Pass: 100, Checkpoints: []okr.Checkpoint{
			{At: s.Start.AddDate(0, 0, 30), Percent: 10}, {At: s.Start.AddDate(0, 0, 60), Percent: 50},
		}},
		Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}, Interval: 5 * time.Minute,
	}
}

func benchmarkMembers(n int) []okr.Member {
	members := make([]okr.Member, n)
	for i := range members {
		health := okr.OnTrack
		if i%10 == 0 {
			health = okr.Unknown
		}
		members[i] = member(fmt.Sprint("key-result-", i), health, float64(i%101), 50)
	}
	return members
}

func BenchmarkVerdict(b *testing.B) {
	k := benchmarkKeyResult(b)
	moment := k.Pace.Start.AddDate(0, 0, 80)
	b.ReportAllocs()
	for b.Loop() {
		k.Verdict(70, moment)
	}
}

func BenchmarkNextChange(b *testing.B) {
	k := benchmarkKeyResult(b)
	for reason, moment := range map[string]time.Time{
		"quiet":      k.Pace.Start.AddDate(0, 0, 1),
		"checkpoint": k.Pace.Start.AddDate(0, 0, 60).Add(-30 * time.Minute),
		"end":        k.Pace.End.Add(-30 * time.Minute),
	} {
		b.Run(reason, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.NextChange(70, moment, moment.Add(time.Hour))
			}
		})
	}
}

func BenchmarkRollUp(b *testing.B) {
	o := okr.Objective{Span: span(b, "2026-10-01", "2026-12-31"), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	moment := o.Span.Start.AddDate(0, 0, 80)
	for _, n := range []int{5, 1000} {
		members := benchmarkMembers(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o.RollUp(members, moment)
			}
		})
		b.Run(fmt.Sprint("NextChange-", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o.NextChange(members, moment, moment.Add(time.Hour))
			}
		})
	}
}

func BenchmarkAlign(b *testing.B) {
	for _, n := range []int{2, 100} {
		claims := make([]okr.Claim, n)
		for i := range claims {
			claims[i] = okr.Claim{Objective: fmt.Sprint("shop/objective-", i), Span: span(b, "2026-10-01", "2026-12-31"), Draft: i%10 == 9}
		}
		now := instant(b, "2026-11-01T00:00:00Z")
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				okr.Align(claims, grace, okr.True, okr.ObjectiveActive, now, now)
			}
		})
	}
}

func BenchmarkDateStart(b *testing.B) {
	d, location := day(b, "2026-10-25"), zone(b, "Europe/Berlin")
	b.ReportAllocs()
	for b.Loop() {
		d.Start(location)
	}
}
