package okr_test

import (
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

func TestTolerancesAreThoseOfTheVerdict(t *testing.T) {
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	span := okr.Span{Start: start, End: start.Add(100 * 24 * time.Hour)}
	k := okr.KeyResult{Pace: okr.Pace{Span: span, Pass: 100}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}, Interval: time.Minute}
	cases := []struct {
		reason string
		days   int
		share  float64
		gaps   okr.Gaps
	}{
		{"whole until three quarters have passed", 50, 1, okr.Gaps{AtRisk: 10, OffTrack: 25}},
		{"half of it half way through the last quarter", 87, 0.52, okr.Gaps{AtRisk: 5.2, OffTrack: 13}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			now := start.Add(time.Duration(c.days) * 24 * time.Hour)
			got := k.Tolerances(now)
			if got.Gaps != c.gaps || !near(got.Share, c.share) || !got.ShrinkFrom.Equal(start.Add(75*24*time.Hour)) {
				t.Errorf("got %+v, want %v of %v", got, c.share, c.gaps)
			}
			// Exactly at the tolerance a goal is still what it was; a hair below it is not.
			at := float64(c.days) - got.AtRisk
			if on, off := k.Verdict(at, now).Health, k.Verdict(at-1e-6, now).Health; on != okr.OnTrack || off != okr.AtRisk {
				t.Errorf("at the tolerance %s, below it %s", on, off)
			}
		})
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

func TestAccountIsThatOfTheRollUp(t *testing.T) {
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	o := okr.Objective{Span: okr.Span{Start: start, End: start.Add(100 * 24 * time.Hour)}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	now := start.Add(50 * 24 * time.Hour)
	twenty, fifty := 20.0, 50.0
	member := func(name string, health okr.Health, progress *float64) okr.Member {
		return okr.Member{Name: name, Weight: 1, Health: health, Progress: progress, Expected: 50}
	}
	cases := []struct {
		reason      string
		members     []okr.Member
		worst, best okr.Health
		behind, off float64
	}{
		{"no unknown: both cases are the verdict", []okr.Member{member("a", okr.OffTrack, &twenty), member("b", okr.OnTrack, &fifty)},
			okr.OffTrack, okr.OffTrack, 15, 50},
		{"an unknown one at its worst, and at its best", []okr.Member{member("a", okr.OnTrack, &fifty), member("b", okr.Unknown, nil)},
			okr.OffTrack, okr.OnTrack, -25, 0},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got := o.Account(c.members, now)
			if got.Worst.Health != c.worst || got.Best.Health != c.best || got.Best.Behind != c.behind || got.Best.Off != c.off {
				t.Errorf("got %+v", got)
			}
			if sum := o.RollUp(c.members, now); c.worst == c.best && sum.Health != c.best {
				t.Errorf("the roll-up says %s", sum.Health)
			}
		})
	}
}
