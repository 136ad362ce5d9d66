package okr_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

const grace = 21 * 24 * time.Hour

func TestAlign(t *testing.T) {
	q4 := okr.Claim{Objective: "shop/q4", Span: span(t, "2026-10-01", "2026-12-31")}
	next := okr.Claim{Objective: "shop/next", Span: span(t, "2027-01-01", "2027-03-31")}
	draft := okr.Claim{Objective: "shop/draft", Span: q4.Span, Draft: true}
	both := []okr.Claim{next, q4}
	by := func(names ...string) []string { return names }
	for _, c := range []struct {
		reason       string
		claims       []okr.Claim
		before       okr.Ternary
		beforeReason okr.Reason
		since, now   string
		want         okr.Alignment
	}{
		{"during the period", []okr.Claim{q4}, okr.Neither, "", "", "2026-11-01T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.ObjectiveActive, By: by("shop/q4"), Next: q4.Span.End}},
		{"its first instant", []okr.Claim{q4}, okr.True, okr.ObjectivePlanned, "", "2026-10-01T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.ObjectiveActive, By: by("shop/q4"), Next: q4.Span.End}},
		{"21 days before", []okr.Claim{q4}, okr.False, okr.NoAlignedObjective, "2026-01-01T00:00:00Z", "2026-09-10T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.ObjectivePlanned, By: by("shop/q4"), Next: q4.Span.Start}},
		{"a second earlier", []okr.Claim{q4}, okr.False, okr.NoAlignedObjective, "2026-01-01T00:00:00Z", "2026-09-09T23:59:59Z",
			okr.Alignment{Status: okr.False, Reason: okr.NoAlignedObjective, Later: by("shop/q4"), Next: q4.Span.Start.Add(-grace)}},
		{"between periods", []okr.Claim{q4}, okr.True, okr.ObjectiveActive, "", "2027-01-01T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.BetweenPeriods, By: by("shop/q4"), Next: q4.Span.End.Add(grace)}},
		{"until 21 days after", []okr.Claim{q4}, okr.True, okr.BetweenPeriods, "", "2027-01-21T23:59:59Z",
			okr.Alignment{Status: okr.True, Reason: okr.BetweenPeriods, By: by("shop/q4"), Next: q4.Span.End.Add(grace)}},
		{"and then settling", []okr.Claim{q4}, okr.True, okr.BetweenPeriods, "2026-12-31T00:00:00Z", "2027-01-22T00:00:00Z",
			okr.Alignment{Status: okr.Neither, Reason: okr.Settling, Next: instant(t, "2027-01-22T00:01:00Z")}},
		{"an active one says more than a planned one", both, okr.True, okr.ObjectiveActive, "", "2026-12-20T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.ObjectiveActive, By: by("shop/next", "shop/q4"), Next: q4.Span.End}},
		{"and than one that is over", both, okr.True, okr.ObjectiveActive, "", "2027-01-02T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.ObjectiveActive, By: by("shop/next", "shop/q4"), Next: q4.Span.End.Add(grace)}},
		{"a draft does not count, but is named", []okr.Claim{draft}, okr.False, okr.NoAlignedObjective, "2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z",
			okr.Alignment{Status: okr.False, Reason: okr.NoAlignedObjective, Later: by("shop/draft")}},
		{"one objective with two claims is one", []okr.Claim{q4, q4, draft, draft}, okr.True, okr.ObjectiveActive, "", "2026-11-01T00:00:00Z",
			okr.Alignment{Status: okr.True, Reason: okr.ObjectiveActive, By: by("shop/q4"), Later: by("shop/draft"), Next: q4.Span.End}},
		{"none, seen for the first time", nil, "", "", "", "2026-11-01T00:00:00Z",
			okr.Alignment{Status: okr.Neither, Reason: okr.Settling, Next: instant(t, "2026-11-01T00:01:00Z")}},
		{"none for 59 seconds", nil, okr.Neither, okr.Settling, "2026-11-01T00:00:00Z", "2026-11-01T00:00:59Z",
			okr.Alignment{Status: okr.Neither, Reason: okr.Settling, Next: instant(t, "2026-11-01T00:01:00Z")}},
		{"none for 60 seconds", nil, okr.Neither, okr.Settling, "2026-11-01T00:00:00Z", "2026-11-01T00:01:00Z",
			okr.Alignment{Status: okr.False, Reason: okr.NoAlignedObjective}},
		{"none, and said so", nil, okr.False, okr.NoAlignedObjective, "2026-11-01T00:00:00Z", "2026-11-01T00:00:01Z",
			okr.Alignment{Status: okr.False, Reason: okr.NoAlignedObjective}},
		{"unknown for another reason settles first", nil, okr.Neither, "ReferenceNotFound", "2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z",
			okr.Alignment{Status: okr.Neither, Reason: okr.Settling, Next: instant(t, "2026-11-01T00:01:00Z")}},
		{"settling since nobody knows when", nil, okr.Neither, okr.Settling, "", "2026-11-01T00:00:00Z",
			okr.Alignment{Status: okr.Neither, Reason: okr.Settling, Next: instant(t, "2026-11-01T00:01:00Z")}},
	} {
		var since time.Time
		if c.since != "" {
			since = instant(t, c.since)
		}
		got := okr.Align(c.claims, grace, c.before, c.beforeReason, since, instant(t, c.now))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

// TestAlignmentHoldsUntilNext follows random objectives: between one announced instant and the next the answer
// is the same, and Settling lasts a minute and no more.
func TestAlignmentHoldsUntilNext(t *testing.T) {
	r := seeded(t)
	for range 100 * *rounds {
		var claims []okr.Claim
		for i := range r.IntN(4) {
			claims = append(claims, okr.Claim{Objective: fmt.Sprint("shop/", i), Span: randomSpan(r), Draft: r.IntN(5) == 0})
		}
		now := at.Add(-time.Duration(r.IntN(60*24*3600)) * time.Second)
		said, since := okr.Alignment{}, time.Time{}
		for range 12 {
			got := okr.Align(claims, grace, said.Status, said.Reason, since, now)
			if got.Status != said.Status || got.Reason != said.Reason {
				since = now
			}
			said = got
			next := got.Next
			if next.IsZero() {
				next = now.Add(1000 * 24 * time.Hour)
			}
			if !next.After(now) || (got.Reason == okr.Settling && next.Sub(now) > okr.Settle) {
				t.Fatalf("%+v: at %s the next look is %s", claims, now, next)
			}
			for range 5 {
				between := now.Add(time.Duration(r.Int64N(int64(next.Sub(now)))))
				if diff := cmp.Diff(got, okr.Align(claims, grace, said.Status, said.Reason, since, between)); diff != "" {
					t.Fatalf("%+v: changes at %s, before %s: %s", claims, between, next, diff)
				}
			}
			now = next
		}
	}
}
