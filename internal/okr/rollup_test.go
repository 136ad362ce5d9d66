package okr_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

// member is one of weight 1.
func member(name string, health okr.Health, progress, expected float64) okr.Member {
	return okr.Member{Name: name, Weight: 1, Health: health, Progress: &progress, Expected: expected}
}

// unmeasured is a member of weight 1 without progress.
func unmeasured(name string, health okr.Health, expected float64) okr.Member {
	return okr.Member{Name: name, Weight: 1, Health: health, Expected: expected}
}

// doubting is a member that is at risk for those who work on it do not believe in it.
func doubting(m okr.Member) okr.Member {
	m.Health, m.Doubted = okr.AtRisk, true
	return m
}

// weighing gives a member another weight.
func weighing(weight float64, m okr.Member) okr.Member {
	m.Weight = weight
	return m
}

func TestRollUp(t *testing.T) {
	objective := okr.Objective{Span: span(t, hundredStart, hundredLast), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	for _, c := range []struct {
		reason  string
		day     int
		members []okr.Member
		want    okr.RollUp
	}{
		{"no members", 50, nil, okr.RollUp{Health: okr.Unknown, Reason: okr.NoKeyResults}},
		{"no weight", 50, []okr.Member{weighing(0, member("a", okr.OffTrack, 0, 50))},
			okr.RollUp{Health: okr.Unknown, Reason: okr.NoKeyResults}},
		{"one without weight is shown, not counted", 50,
			[]okr.Member{member("a", okr.OnTrack, 50, 50), weighing(0, member("b", okr.OffTrack, 0, 50))},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(50), Expected: 50, Total: 1, Measured: 1}},
		{"all pending", 50, []okr.Member{unmeasured("a", okr.Pending, 0), unmeasured("b", okr.Pending, 0)},
			okr.RollUp{Health: okr.Pending, Reason: okr.NotBegun, Total: 2}},
		{"one pending counts 0 in both", 50, []okr.Member{member("a", okr.OnTrack, 60, 50), unmeasured("b", okr.Pending, 0)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(30), Expected: 25, Total: 2, Measured: 1}},
		{"weights", 50, []okr.Member{weighing(3, member("a", okr.OnTrack, 40, 50)), member("b", okr.OnTrack, 80, 50)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(50), Expected: 50, Total: 2, Measured: 2}},
		{"the gap of the means is inclusive", 50, []okr.Member{member("a", okr.OnTrack, 40, 50), member("b", okr.OnTrack, 40, 50)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(40), Expected: 50, Total: 2, Measured: 2}},
		{"behind by the means alone", 50, []okr.Member{member("a", okr.AtRisk, 39, 50), member("b", okr.AtRisk, 40, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.Behind, Progress: pointer(39.5), Expected: 50, Total: 2, Measured: 2, Worst: "a"}},
		{"all are at risk, whose verdicts are held", 50, []okr.Member{member("a", okr.AtRisk, 41, 50), member("b", okr.AtRisk, 45, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(43), Expected: 50, Total: 2, Measured: 2, Worst: "a"}},
		{"one of them is not", 50, []okr.Member{member("a", okr.AtRisk, 41, 50), member("b", okr.OnTrack, 45, 50)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(43), Expected: 50, Total: 2, Measured: 2, Worst: "a"}},
		{"one that has not begun is not at risk", 50, []okr.Member{member("a", okr.AtRisk, 41, 50), unmeasured("b", okr.Pending, 0)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(20.5), Expected: 25, Total: 2, Measured: 1, Worst: "a"}},
		{"all at risk, but for one that nobody knows", 50, []okr.Member{weighing(9, member("a", okr.AtRisk, 45, 50)), unmeasured("b", okr.Unknown, 50)},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Progress: pointer(45), Expected: 50, Total: 2, Measured: 1, Worst: "a"}},
		{"one of three off track, made up for by the others", 50,
			[]okr.Member{member("a", okr.OnTrack, 90, 50), member("b", okr.OffTrack, 0, 50), member("c", okr.OnTrack, 90, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(60), Expected: 50, Total: 3, Measured: 3, Worst: "b"}},
		{"half off track, but the means are not behind", 50,
			[]okr.Member{member("a", okr.OnTrack, 100, 50), member("b", okr.OffTrack, 0, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(50), Expected: 50, Total: 2, Measured: 2, Worst: "b"}},
		{"half off track, the means behind by the tolerance", 50,
			[]okr.Member{member("a", okr.OnTrack, 60, 50), member("b", okr.OffTrack, 20, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(40), Expected: 50, Total: 2, Measured: 2, Worst: "b"}},
		{"half off track, the means behind by more", 50,
			[]okr.Member{member("a", okr.OnTrack, 59, 50), member("b", okr.OffTrack, 20, 50)},
			okr.RollUp{Health: okr.OffTrack, Reason: okr.MembersBehind, Progress: pointer(39.5), Expected: 50, Total: 2, Measured: 2, Worst: "b"}},
		{"half of all weight, pending ones included", 50,
			[]okr.Member{weighing(2, member("a", okr.OffTrack, 0, 50)), unmeasured("b", okr.Pending, 0), unmeasured("c", okr.Pending, 0)},
			okr.RollUp{Health: okr.OffTrack, Reason: okr.MembersBehind, Progress: pointer(0), Expected: 25, Total: 3, Measured: 1, Worst: "a"}},
		{"less than half", 50,
			[]okr.Member{member("a", okr.OffTrack, 0, 50), unmeasured("b", okr.Pending, 0), unmeasured("c", okr.Pending, 0)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.Behind, Progress: pointer(0), Expected: 16.666666667, Total: 3, Measured: 1, Worst: "a"}},
		{"missed counts as off track", 50, []okr.Member{member("a", okr.OnTrack, 50, 50), member("b", okr.Missed, 90, 100)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.MembersBehind, Progress: pointer(70), Expected: 75, Total: 2, Measured: 2, Worst: "b"}},
		{"achieved counts as on track", 50, []okr.Member{member("a", okr.OnTrack, 50, 50), member("b", okr.Achieved, 100, 100)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(75), Expected: 75, Total: 2, Measured: 2}},
		{"one unknown, the other on track", 50, []okr.Member{member("a", okr.OnTrack, 50, 50), unmeasured("b", okr.Unknown, 50)},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Progress: pointer(50), Expected: 50, Total: 2, Measured: 1}},
		{"one unknown, the other off track", 50, []okr.Member{member("a", okr.OffTrack, 0, 50), unmeasured("b", okr.Unknown, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.Behind, Progress: pointer(0), Expected: 50, Total: 2, Measured: 1, Worst: "a"}},
		{"the last good value stands in for the means, not for the verdict", 50,
			[]okr.Member{member("a", okr.OnTrack, 50, 50), member("b", okr.Unknown, 40, 50)},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Progress: pointer(45), Expected: 50, Total: 2, Measured: 2}},
		{"one unknown that does not matter", 50,
			[]okr.Member{weighing(9, member("a", okr.OnTrack, 90, 50)), weighing(0, member("b", okr.Unknown, 0, 50))},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(90), Expected: 50, Total: 1, Measured: 1}},
		{"off track whichever way", 90, []okr.Member{weighing(9, member("a", okr.OffTrack, 10, 90)), unmeasured("b", okr.Unknown, 90)},
			okr.RollUp{Health: okr.OffTrack, Reason: okr.Behind, Progress: pointer(10), Expected: 90, Total: 2, Measured: 1, Worst: "a"}},
		{"nothing has been measured", 50, []okr.Member{unmeasured("a", okr.Unknown, 50), unmeasured("b", okr.Pending, 0)},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Total: 2}},
		{"not seen yet is unknown, not green", 50, []okr.Member{member("a", okr.OnTrack, 50, 50), unmeasured("b", "", 0)},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Progress: pointer(50), Expected: 50, Total: 2, Measured: 1}},
		{"a verdict without a value is unknown", 50, []okr.Member{unmeasured("a", okr.OnTrack, 50)},
			okr.RollUp{Health: okr.Unknown, Reason: okr.MembersUnknown, Total: 1}},
		{"half of the weight is not believed in", 50, []okr.Member{doubting(member("a", okr.OnTrack, 60, 50)), member("b", okr.OnTrack, 60, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.LowConfidence, Progress: pointer(60), Expected: 50, Total: 2, Measured: 2, Worst: "a"}},
		{"less than half of it", 50, []okr.Member{doubting(member("a", okr.OnTrack, 60, 50)), weighing(1.1, member("b", okr.OnTrack, 60, 50))},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(60), Expected: 50, Total: 2, Measured: 2, Worst: "a"}},
		{"pending ones are part of the whole", 50, []okr.Member{doubting(member("a", okr.OnTrack, 60, 50)), weighing(1.1, unmeasured("b", okr.Pending, 0))},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(28.571428571), Expected: 23.80952381, Total: 2, Measured: 1, Worst: "a"}},
		{"doubt makes no red one better", 50, []okr.Member{doubting(member("a", okr.OnTrack, 0, 50)), member("b", okr.OffTrack, 0, 50)},
			okr.RollUp{Health: okr.OffTrack, Reason: okr.Behind, Progress: pointer(0), Expected: 50, Total: 2, Measured: 2, Worst: "b"}},
		{"nor says it why, where the numbers do", 50, []okr.Member{doubting(member("a", okr.OnTrack, 40, 50)), member("b", okr.AtRisk, 30, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.Behind, Progress: pointer(35), Expected: 50, Total: 2, Measured: 2, Worst: "b"}},
		{"never below a point", 99, []okr.Member{member("a", okr.OnTrack, 98, 99)},
			okr.RollUp{Health: okr.OnTrack, Reason: okr.OnPace, Progress: pointer(98), Expected: 99, Total: 1, Measured: 1}},
		{"but little more", 99, []okr.Member{member("a", okr.AtRisk, 97, 99)},
			okr.RollUp{Health: okr.OffTrack, Reason: okr.Behind, Progress: pointer(97), Expected: 99, Total: 1, Measured: 1, Worst: "a"}},
		{"among equals the widest gap, then the first name, is the worst", 50,
			[]okr.Member{member("c", okr.AtRisk, 30, 50), member("b", okr.AtRisk, 30, 50), member("a", okr.AtRisk, 35, 50)},
			okr.RollUp{Health: okr.AtRisk, Reason: okr.Behind, Progress: pointer(31.666666667), Expected: 50, Total: 3, Measured: 3, Worst: "b"}},
	} {
		moment := objective.Span.Start.Add(time.Duration(c.day) * 24 * time.Hour)
		if diff := cmp.Diff(c.want, objective.RollUp(c.members, moment)); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

// TestRollUpOfNothing puts what is no number everywhere: neither green nor red comes of it.
func TestRollUpOfNothing(t *testing.T) {
	s := span(t, hundredStart, hundredLast)
	for _, x := range notFinite {
		good := member("a", okr.OnTrack, 50, 50)
		gaps := okr.Gaps{AtRisk: 10, OffTrack: 25}
		for reason, c := range map[string]struct {
			gaps okr.Gaps
			odd  okr.Member
		}{
			"progress": {gaps, member("b", okr.OnTrack, x, 50)},
			"expected": {gaps, member("b", okr.OnTrack, 50, x)},
			"weight":   {gaps, weighing(x, good)},
			"atRisk":   {okr.Gaps{AtRisk: x, OffTrack: 25}, good},
			"offTrack": {okr.Gaps{AtRisk: 10, OffTrack: x}, good},
		} {
			if reason == "weight" && math.IsInf(x, -1) {
				continue // below 0: not counted
			}
			got := okr.Objective{Span: s, Gaps: c.gaps}.RollUp([]okr.Member{good, c.odd}, s.Start.Add(50*24*time.Hour))
			if got.Health != okr.Unknown || (got.Progress != nil && !okr.Known(*got.Progress)) {
				t.Errorf("%s is %v: %+v", reason, x, got)
			}
		}
	}
}

func TestRollUpAgainstRationals(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	counts := map[okr.Health]int{}
	for range 1000 * *rounds {
		o := randomObjective(r)
		members := randomMembers(r, 6)
		moment := randomMoment(r, okr.Pace{Span: o.Span}, time.Hour)
		want := exactHealth(o, members, moment)
		got := o.RollUp(members, moment)
		counts[want]++
		if got.Health != want {
			t.Fatalf("%+v %s at %s: %s %s, want %s", o, cmp.Diff(nil, members), moment, got.Health, got.Reason, want)
		}
	}
	for _, h := range []okr.Health{okr.OnTrack, okr.AtRisk, okr.OffTrack, okr.Unknown, okr.Pending} {
		if counts[h] < 20 {
			t.Errorf("only %d of the random verdicts were %s", counts[h], h)
		}
	}
}

func TestRollUpProperties(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	for range 3000 * *rounds {
		o := randomObjective(r)
		members := randomMembers(r, 6)
		moment := randomMoment(r, okr.Pace{Span: o.Span}, time.Hour)
		before := o.RollUp(members, moment)

		smallest, largest := 100.0, 0.0
		if o.Plan.Open > 0 { // unplanned time counts as a member at 0
			smallest = 0
		}
		for _, m := range members {
			if m.Weight > 0 && m.Health == okr.Pending {
				smallest = 0
			}
			if m.Weight > 0 && m.Progress != nil {
				smallest, largest = min(smallest, *m.Progress), max(largest, *m.Progress)
			}
		}
		if p := before.Progress; p != nil && (*p < smallest-1e-9 || *p > largest+1e-9) {
			t.Fatalf("%+v: the mean %v lies outside %v to %v", members, *p, smallest, largest)
		}

		shuffled := append([]okr.Member(nil), members...)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(before, o.RollUp(shuffled, moment)); diff != "" {
			t.Fatalf("%+v in another order: %s", members, diff)
		}
		if len(members) == 0 {
			continue
		}

		i := r.IntN(len(members))
		if members[i].Health == okr.Pending || members[i].Health == okr.Unknown {
			continue
		}
		lower, missed, unknown := copied(members), copied(members), copied(members)
		lower[i].Progress = pointer(*members[i].Progress * r.Float64())
		missed[i].Health = okr.Missed
		unknown[i].Health = okr.Unknown
		for reason, worse := range map[string][]okr.Member{"a lower value": lower, "a missed member": missed} {
			if after := o.RollUp(worse, moment); rank(after.Health) < rank(before.Health) {
				t.Fatalf("%s improves %s to %s: %+v", reason, before.Health, after.Health, worse)
			}
		}
		if after := o.RollUp(unknown, moment); after.Health == okr.OnTrack && before.Health != okr.OnTrack {
			t.Fatalf("an unknown member turns %s into %s: %+v", before.Health, after.Health, unknown)
		}
	}
}

func copied(members []okr.Member) []okr.Member { return append([]okr.Member(nil), members...) }

// TestRollUpOfOddWeights holds that halves are halves in any order, where 0.1 + 0.2 is not 0.3.
func TestRollUpOfOddWeights(t *testing.T) {
	o := okr.Objective{Span: span(t, hundredStart, hundredLast), Gaps: okr.Gaps{AtRisk: 10, OffTrack: 25}}
	a := weighing(0.1, member("a", okr.OnTrack, 50, 50))
	b := weighing(0.2, member("b", okr.OnTrack, 50, 50))
	c := weighing(0.3, member("c", okr.OffTrack, 20, 50))
	for _, members := range [][]okr.Member{{a, b, c}, {c, b, a}, {b, c, a}, {a, c, b}} {
		if got := o.RollUp(members, o.Span.Start.Add(50*24*time.Hour)); got.Health != okr.OffTrack {
			t.Errorf("%+v: %s, want OffTrack", members, got.Health)
		}
	}
}

// TestStraightMembersAreNeverRed rolls up key results that do exactly what is expected, as published: rounded
// down, and an interval of up to a point old.
func TestStraightMembersAreNeverRed(t *testing.T) {
	r := seeded(t)
	for range 1000 * *rounds {
		s := randomSpan(r)
		o := okr.Objective{Span: s, Gaps: randomGaps(r)}
		moment := s.Start.Add(time.Duration(r.Float64() * float64(s.End.Sub(s.Start)))).Truncate(time.Second)
		interval := s.End.Sub(s.Start) / 101
		var members []okr.Member
		for range 1 + r.IntN(5) {
			pace := okr.Pace{Span: s, Pass: 100}
			measured := moment.Add(-time.Duration(r.Int64N(int64(interval))))
			progress := float64(pace.ExpectedPercent(measured))
			members = append(members, okr.Member{Weight: 1, Health: okr.OnTrack, Progress: &progress, Expected: float64(pace.ExpectedPercent(moment))})
		}
		if got := o.RollUp(members, moment); got.Health != okr.OnTrack {
			t.Fatalf("%+v at %s: %+v", o, moment, got)
		}
	}
}
