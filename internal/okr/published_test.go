package okr_test

import (
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

// These are results published in guides to OKRs, which the arithmetic agrees with.

func TestPublishedMeans(t *testing.T) {
	objective := okr.Objective{Span: span(t, "2026-10-01", "2026-12-31"), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	for _, c := range []struct {
		reason   string
		progress []float64
		want     int64
	}{
		{"five key results", []float64{100, 90, 100, 100, 100}, 98},
		{"a flat mean", []float64{27, 18, 73}, 39},
	} {
		var members []okr.Member
		var scores []okr.MemberScore
		for _, p := range c.progress {
			members = append(members, member("", okr.OnTrack, p, 50))
			scores = append(scores, okr.MemberScore{Weight: 1, Hundredths: okr.Hundredths(p)})
		}
		running := okr.Whole(*objective.RollUp(members, objective.Span.Start).Progress)
		over, _ := okr.ObjectiveScore(scores)
		if running != c.want || over != c.want {
			t.Errorf("%s: %v gives %d running and %d over, want %d", c.reason, c.progress, running, over, c.want)
		}
	}
}

func TestPublishedProgress(t *testing.T) {
	for _, c := range []struct {
		reason                  string
		baseline, target, value float64
		attainment, progress    int64
	}{
		{"more than the target", 0, 100, 125, 125, 100},
		{"a decrease", 100, 20, 60, 50, 50},
	} {
		p := okr.Percent(c.baseline, c.target, c.value)
		if okr.Whole(p) != c.attainment || okr.Whole(okr.Clamp(p)) != c.progress {
			t.Errorf("%s: attainment %d, progress %d; want %d, %d", c.reason, okr.Whole(p), okr.Whole(okr.Clamp(p)), c.attainment, c.progress)
		}
	}
}

func TestPublishedVerdicts(t *testing.T) {
	s := span(t, "2026-10-01", "2026-12-31")
	half := s.Start.Add(s.End.Sub(s.Start) / 2)
	committed := okr.KeyResult{Pace: okr.Pace{Span: s, Pass: okr.Committed.Pass}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}, Interval: 5 * time.Minute}
	aspirational := committed
	aspirational.Pace.Pass = okr.Aspirational.Pass
	for _, c := range []struct {
		reason   string
		kr       okr.KeyResult
		progress float64
		at       time.Time
		expected int64
		want     okr.Health
	}{
		{"committed, half time: a gap of 10", committed, 40, half, 50, okr.OnTrack},
		{"committed, half time: 39", committed, 39, half, 50, okr.AtRisk},
		{"committed, half time: 25", committed, 25, half, 50, okr.AtRisk},
		{"committed, half time: 24", committed, 24, half, 50, okr.OffTrack},
		{"aspirational, half time", aspirational, 35, half, 35, okr.OnTrack},
		{"committed at 90.5 in the last hour", committed, 90.5, s.End.Add(-30 * time.Minute), 99, okr.OffTrack},
	} {
		if got := c.kr.Verdict(c.progress, c.at); got.Health != c.want || got.ExpectedPercent != c.expected {
			t.Errorf("%s: %+v, want %s with %d expected", c.reason, got, c.want, c.expected)
		}
	}
	if s := okr.Hundredths(90.5); okr.Committed.Verdict(s) != okr.Missed || okr.Committed.Grade(s) != okr.Amber {
		t.Errorf("committed at 90.5 ends as %s, %s", okr.Committed.Verdict(s), okr.Committed.Grade(s))
	}
}

func TestPublishedStraightLine(t *testing.T) {
	s := span(t, "2026-10-01", "2026-12-31")
	kr := okr.KeyResult{Pace: okr.Pace{Span: s, Pass: okr.Aspirational.Pass}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	for at := s.Start; at.Before(s.End); at = at.Add(time.Hour) {
		p := okr.Percent(0, 1, 0.70*s.Elapsed(at))
		if got := kr.Verdict(p, at); got.Health != okr.OnTrack {
			t.Fatalf("a straight line to 0.70 is %s with %v at %s", got.Health, p, at)
		}
	}
	score := okr.Hundredths(okr.Percent(0, 1, 0.70))
	if okr.Aspirational.Verdict(score) != okr.Achieved || okr.Aspirational.Grade(score) != okr.Green {
		t.Errorf("a straight line to 0.70 ends as %s", okr.Aspirational.Verdict(score))
	}
}

func TestPublishedRegression(t *testing.T) {
	s := span(t, "2026-10-01", "2026-12-31")
	kr := okr.KeyResult{Pace: okr.Pace{Span: s, Pass: 100}, Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}, Interval: 5 * time.Minute}
	p := okr.Percent(800, 300, 1200)
	if got := kr.Verdict(p, s.Start.AddDate(0, 0, 7)); got.Health != okr.OffTrack || got.Reason != okr.Regressing {
		t.Errorf("800 → 300 at 1,200 on day 7: %+v", got)
	}
	for at := s.Start; at.Before(s.End); at = at.Add(time.Hour) {
		if kr.Verdict(p, at).Health == okr.OnTrack {
			t.Fatalf("800 → 300 at 1,200 is green at %s", at)
		}
	}
}

func TestPublishedUnknownMember(t *testing.T) {
	o := okr.Objective{Span: span(t, hundredStart, hundredLast), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	half := o.Span.Start.Add(50 * 24 * time.Hour)
	unknown := unmeasured("b", okr.Unknown, 50)
	for _, c := range []struct {
		reason string
		other  okr.Member
		want   okr.Health
	}{
		{"the other off track", member("a", okr.OffTrack, 20, 50), okr.AtRisk},
		{"the other on track", member("a", okr.OnTrack, 50, 50), okr.Unknown},
	} {
		if got := o.RollUp([]okr.Member{c.other, unknown}, half); got.Health != c.want {
			t.Errorf("%s: %s, want %s", c.reason, got.Health, c.want)
		}
	}
}
