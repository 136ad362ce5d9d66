package okr_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

func period(t testing.TB, text string) okr.Period {
	t.Helper()
	p, err := okr.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		reason, child, parent string
		want                  int
	}{
		{"a quarter of a year", "2026-Q1", "2026", 90},
		{"a leap day counts", "2028-Q1", "2028", 91},
		{"the same time", "2026-H1", "2026-H1", 181},
		{"it began before: the days inside count", "2026-Q1", "2026-02-01/2026-12-31", 59},
		{"one day", "2026-01-01/2026-02-01", "2026-02-01/2026-12-31", 1},
		{"it is over when the parent begins", "2026-Q1", "2026-Q2", 0},
		{"it begins when the parent is over", "2026-Q3", "2026-Q2", 0},
		{"it is longer on both sides", "2026", "2026-Q2", 91},
	} {
		if got := period(t, c.child).Overlap(period(t, c.parent)); got != c.want {
			t.Errorf("%s: %s inside %s is %d days, want %d", c.reason, c.child, c.parent, got, c.want)
		}
	}
}

func TestPlanOf(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reason, parent string
		last           okr.Date
		want           okr.Plan
	}{
		{"one quarter of four", "2026", okr.Date{Year: 2026, Month: 3, Day: 31}, okr.Plan{Open: 275.0 / 365, Until: instant(t, "2026-03-31T22:00:00Z")}},
		{"all of it", "2026", okr.Date{Year: 2026, Month: 12, Day: 31}, okr.Plan{}},
		{"all but a day", "2026", okr.Date{Year: 2026, Month: 12, Day: 30}, okr.Plan{Open: 1.0 / 365, Until: instant(t, "2026-12-30T23:00:00Z")}},
		{"more than all of it", "2026", okr.Date{Year: 2027, Month: 3, Day: 31}, okr.Plan{}},
		{"the parent's first day", "2026", okr.Date{Year: 2026, Month: 1, Day: 1}, okr.Plan{Open: 364.0 / 365, Until: instant(t, "2026-01-01T23:00:00Z")}},
		{"none of it", "2026", okr.Date{Year: 2025, Month: 11, Day: 30}, okr.Plan{Open: 1, Until: instant(t, "2025-11-30T23:00:00Z")}},
	} {
		got := okr.PlanOf(period(t, c.parent), c.last, berlin)
		got.Until = got.Until.UTC()
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

// A year of quarters. Days of 2026: 90, 91, 92, 92.
func TestRollUpOfChildren(t *testing.T) {
	year, gaps := span(t, "2026-01-01", "2026-12-31"), okr.Gaps{AtRisk: 10, OffTrack: 25}
	march, june := okr.Date{Year: 2026, Month: 3, Day: 31}, okr.Date{Year: 2026, Month: 6, Day: 30}
	q1, q2 := weighing(90, member("q1", okr.Achieved, 100, 100)), weighing(91, unmeasured("q2", okr.Pending, 0))
	for _, c := range []struct {
		reason, at string
		last       okr.Date
		children   []okr.Member
		want       okr.RollUp
	}{
		{"half of the first quarter", "2026-02-15T00:00:00Z", march, []okr.Member{weighing(90, member("q1", okr.OnTrack, 50, 50))},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(12.328767123), Expected: 12.328767123, Total: 1, Measured: 1}},
		{"the last second of it", "2026-03-31T23:59:59Z", march, []okr.Member{q1},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(24.657534247), Expected: 24.657534247, Total: 1, Measured: 1}},
		{"published: achieved, and nothing planned on 1 April", "2026-04-01T00:00:00Z", march, []okr.Member{q1},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.Unplanned, Progress: pointer(24.657534247), Expected: 24.657534247, Total: 1, Measured: 1}},
		{"the next quarter is planned", "2026-04-01T00:00:00Z", june, []okr.Member{q1, q2},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(24.657534247), Expected: 24.657534247, Total: 2, Measured: 1}},
		{"a missed quarter is at risk by itself, planned or not", "2026-04-01T00:00:00Z", march, []okr.Member{weighing(90, member("q1", okr.Missed, 80, 100))},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(19.726027397), Expected: 24.657534247, Total: 1, Measured: 1, Worst: "q1"}},
		{"missed by 20 points, which are 4.9 of the year", "2026-04-01T00:00:00Z", june,
			[]okr.Member{weighing(90, member("q1", okr.Missed, 80, 100)), q2},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(19.726027397), Expected: 24.657534247, Total: 2, Measured: 1, Worst: "q1"}},
		{"nothing planned and a quarter that is not closed yet: at risk whichever way it ends", "2026-04-01T00:00:00Z", march,
			[]okr.Member{weighing(90, member("q1", okr.Unknown, 90, 100))},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(22.191780822), Expected: 24.657534247, Total: 1, Measured: 1}},
		{"planned: it depends on it", "2026-04-01T00:00:00Z", june, []okr.Member{weighing(90, member("q1", okr.Unknown, 90, 100)), q2},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Progress: pointer(22.191780822), Expected: 24.657534247, Total: 2, Measured: 1}},
		{"no children", "2026-04-01T00:00:00Z", march, nil, okr.RollUp{Health: okr.Unknown, Reason: okr.NoKeyResults}},
	} {
		o := okr.Objective{Span: year, Gaps: gaps, Plan: okr.PlanOf(period(t, "2026"), c.last, time.UTC)}
		if diff := cmp.Diff(c.want, o.RollUp(c.children, instant(t, c.at))); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

func TestPlanEndsAtAnAnnouncedInstant(t *testing.T) {
	o := okr.Objective{
		Span: span(t, "2026-01-01", "2026-12-31"), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25},
		Plan: okr.PlanOf(period(t, "2026"), okr.Date{Year: 2026, Month: 3, Day: 31}, time.UTC),
	}
	children := []okr.Member{weighing(90, member("q1", okr.Achieved, 100, 100))}
	got, ok := o.NextChange(children, instant(t, "2026-03-01T00:00:00Z"), instant(t, "2026-12-31T00:00:00Z"))
	if want := instant(t, "2026-04-01T00:00:00Z"); !ok || !got.Equal(want) {
		t.Errorf("next change %s %t, want %s", got, ok, want)
	}
	if got, ok := o.NextChange(children, got, instant(t, "2026-12-31T00:00:00Z")); ok {
		t.Errorf("and another one %s", got)
	}
}

// TestOpenTimeIsAMemberAt0 holds that a plan that ends early has the means of one more member without progress.
func TestOpenTimeIsAMemberAt0(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	for range 2000 * *rounds {
		o, members := randomObjective(r), randomMembers(r, 5)
		total := 0.0
		for _, m := range members {
			if m.Progress != nil || m.Health == okr.Pending {
				total += m.Weight
			}
		}
		if o.Plan.Open == 0 || total == 0 {
			continue
		}
		open := weighing(total*o.Plan.Open/(1-o.Plan.Open), unmeasured("open", okr.Pending, 0))
		moment := o.Span.Start
		got, want := o.RollUp(members, moment), okr.Objective{Span: o.Span, Gaps: o.Gaps}.RollUp(append(members, open), moment)
		if (got.Progress == nil) != (want.Progress == nil) {
			t.Fatalf("%+v: %v, want %v", members, got.Progress, want.Progress)
		}
		if got.Progress != nil && (absolute(*got.Progress-*want.Progress) > 2e-9 || absolute(got.Expected-want.Expected) > 2e-9) {
			t.Fatalf("%+v: %v of %v, want %v of %v", members, *got.Progress, got.Expected, *want.Progress, want.Expected)
		}
	}
}

func absolute(x float64) float64 { return max(x, -x) }

// TestAllOnTrackIsOnTrack holds that an objective is not behind for what the verdicts of its members have granted
// them: seldom values, near the end.
func TestAllOnTrackIsOnTrack(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	for range 2000 * *rounds {
		o := okr.Objective{Span: randomSpan(r), Gaps: randomGaps(r)}
		moment := randomMoment(r, okr.Pace{Span: o.Span}, time.Hour)
		var members []okr.Member
		for range 1 + r.IntN(5) {
			k := randomKeyResult(r)
			k.Pace.Span, k.Gaps = o.Span, o.Gaps
			k.Pace.Checkpoints = nil
			p := max(0, min(100, float64(r.IntN(101))))
			v := k.Verdict(p, moment)
			if v.Health == okr.OnTrack {
				members = append(members, weighing(float64(1+r.IntN(3)), member("m", v.Health, p, float64(v.ExpectedPercent))))
			}
		}
		if len(members) == 0 {
			continue
		}
		if got := o.RollUp(members, moment); got.Health != okr.OnTrack {
			t.Fatalf("%+v of %+v at %s: %+v", o, members, moment, got)
		}
	}
}

// TestGrantedTable is about the last twentieth of the time: of the tolerances 2 and 5 points are left, while each
// key result is granted the 7 points that a week brings.
func TestGrantedTable(t *testing.T) {
	o := okr.Objective{Span: span(t, hundredStart, hundredLast), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	moment := o.Span.Start.Add(95 * 24 * time.Hour)
	for _, c := range []struct {
		reason   string
		progress []float64 // of 95 expected; 7 behind is on track, 8 off track
		want     okr.Health
		because  okr.Reason
	}{
		{"all of them a week behind", []float64{88, 88, 88}, okr.OnTrack, okr.OnPace},
		{"one of five off track, by little", []float64{88, 88, 88, 88, 87}, okr.AtRisk, okr.MembersBehind},
		{"one of three off track, by more than is left for the others", []float64{88, 88, 80}, okr.AtRisk, okr.Behind},
		{"one of three off track, by far", []float64{88, 88, 70}, okr.OffTrack, okr.Behind},
		{"those ahead make up for it", []float64{100, 100, 80}, okr.AtRisk, okr.MembersBehind},
	} {
		var members []okr.Member
		for _, p := range c.progress {
			health := okr.OnTrack
			if p < 88 {
				health = okr.OffTrack
			}
			members = append(members, member("m", health, p, 95))
		}
		if got := o.RollUp(members, moment); got.Health != c.want || got.Reason != c.because {
			t.Errorf("%s: %s %s, want %s %s", c.reason, got.Health, got.Reason, c.want, c.because)
		}
	}
}
