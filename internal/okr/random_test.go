package okr_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"okr.dev/controller/internal/okr"
)

// rounds is for hunting: go test ./internal/okr -args -rounds 100.
var rounds = flag.Int("rounds", 1, "how many times as many random cases to try, and other ones from 2 on")

// at is an instant that all random spans lie around.
var at = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// randomSpan lasts a day to a year, and begins and ends on a whole second.
func randomSpan(r *rand.Rand) okr.Span {
	lengths := []time.Duration{24 * time.Hour, 25 * time.Hour, 7 * 24 * time.Hour, 92 * 24 * time.Hour, 365 * 24 * time.Hour}
	length := lengths[r.IntN(len(lengths))]
	if r.IntN(2) == 0 {
		length = time.Duration(24*3600+r.IntN(364*24*3600)) * time.Second
	}
	start := at.Add(time.Duration(r.IntN(48*3600)) * time.Second)
	return okr.Span{Start: start, End: start.Add(length)}
}

// randomPace has up to four checkpoints, on different seconds, with percentages that never fall. Some are steps.
func randomPace(r *rand.Rand) okr.Pace {
	pace := okr.Pace{Span: randomSpan(r), Pass: []float64{100, 70}[r.IntN(2)]}
	if r.IntN(2) == 0 {
		return pace
	}
	pace.Stepped = r.IntN(3) == 0
	length := int(pace.End.Sub(pace.Start) / time.Second)
	var moments, percents []int
	for range 1 + r.IntN(4) {
		moments = append(moments, 1+r.IntN(length-1))
		percents = append(percents, r.IntN(101))
	}
	slices.Sort(moments)
	slices.Sort(percents)
	moments = slices.Compact(moments)
	for i, second := range moments {
		pace.Checkpoints = append(pace.Checkpoints,
			okr.Checkpoint{At: pace.Start.Add(time.Duration(second) * time.Second), Percent: float64(percents[i])})
	}
	return pace
}

// randomBumps is a key result whose tolerances rise and fall while the whole percent of expected stays the same:
// the line climbs in small steps, close together, and hardly anything else is tolerated. It also gives the moment
// about which that happens.
func randomBumps(r *rand.Rand) (okr.KeyResult, time.Time) {
	span := okr.Span{Start: at, End: at.Add(time.Duration(24*3600+r.IntN(9*24*3600)) * time.Second)}
	length := span.End.Sub(span.Start)
	centre := []time.Time{span.Start, span.End.Add(-length / 4), span.End, span.Start.Add(length / 2)}[r.IntN(4)].Truncate(time.Second)
	moments := make([]int, 1+r.IntN(6))
	for i := range moments {
		moments[i] = r.IntN(5400) - 1800
	}
	slices.Sort(moments)
	k := okr.KeyResult{Pace: okr.Pace{Span: span, Pass: 100}, Interval: time.Duration(1+r.IntN(1800)) * time.Second}
	percent := float64(r.IntN(80))
	if centre.Equal(span.End) {
		percent = 99
	} else if centre.After(span.Start) { // level until then
		k.Pace.Checkpoints = append(k.Pace.Checkpoints, okr.Checkpoint{At: span.Start.Add(time.Hour), Percent: percent})
	}
	for _, second := range slices.Compact(moments) {
		percent += float64(r.IntN(2)) * r.Float64() / 3
		moment := centre.Add(time.Duration(second) * time.Second)
		if moment.After(span.Start) && moment.Before(span.End) {
			k.Pace.Checkpoints = append(k.Pace.Checkpoints, okr.Checkpoint{At: moment, Percent: percent})
		}
	}
	k.Gaps.AtRisk = r.Float64() / 2 * float64(r.IntN(2))
	k.Gaps.OffTrack = k.Gaps.AtRisk + r.Float64()/2*float64(r.IntN(2))
	return k, centre
}

func randomGaps(r *rand.Rand) okr.Gaps {
	if r.IntN(3) == 0 {
		return okr.Gaps{AtRisk: 10, OffTrack: 25}
	}
	a, b := float64(r.IntN(41)), float64(r.IntN(41))
	return okr.Gaps{AtRisk: min(a, b), OffTrack: max(a, b)}
}

func randomKeyResult(r *rand.Rand) okr.KeyResult {
	intervals := []time.Duration{0, time.Second, 30 * time.Second, 5 * time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	return okr.KeyResult{Pace: randomPace(r), Gaps: randomGaps(r), Interval: intervals[r.IntN(len(intervals))]}
}

// randomMoment lies in or near the span, and often where something happens: close to an edge, a checkpoint, the
// last quarter or the end.
func randomMoment(r *rand.Rand, p okr.Pace, reach time.Duration) time.Time {
	length := p.End.Sub(p.Start)
	moment := p.Start.Add(time.Duration(r.Float64() * float64(length)))
	if r.IntN(2) == 0 {
		edges := []time.Time{p.Start, p.End, p.End.Add(-length / 4), p.End.Add(-length / 100)}
		for _, c := range p.Checkpoints {
			edges = append(edges, c.At)
		}
		moment = edges[r.IntN(len(edges))].Add(-time.Duration(r.Float64() * float64(reach)))
	}
	if r.IntN(2) == 0 {
		moment = moment.Truncate(time.Second)
	}
	return moment
}

// randomProgress lies around the places at which verdicts differ at t.
func randomProgress(r *rand.Rand, k okr.KeyResult, t time.Time) float64 {
	if r.IntN(5) == 0 {
		return r.Float64()*160 - 40
	}
	thresholds := append(k.Thresholds(t), float64(k.Pace.ExpectedPercent(t)))
	p := thresholds[r.IntN(len(thresholds))]
	switch r.IntN(4) {
	case 0:
		return p
	case 1:
		return p + []float64{-1e-9, 1e-9, -1e-3, 1e-3}[r.IntN(4)]
	default:
		return p + (r.Float64()-0.5)*4
	}
}

// randomObjective is, now and then a parent of children that leave a part of its time open.
func randomObjective(r *rand.Rand) okr.Objective {
	o := okr.Objective{Span: randomSpan(r), Gaps: randomGaps(r)}
	if r.IntN(4) == 0 {
		o.Plan.Open = float64(1+r.IntN(365)) / 366
		o.Plan.Until = o.Span.Start.Add(time.Duration((1 - o.Plan.Open) * float64(o.Span.End.Sub(o.Span.Start)))).Truncate(time.Second)
	}
	return o
}

func pointer(x float64) *float64 { return &x }

// randomMembers are up to n members as a controller would publish them.
func randomMembers(r *rand.Rand, n int) []okr.Member {
	all := []okr.Health{okr.OnTrack, okr.OnTrack, okr.AtRisk, okr.OffTrack, okr.Pending, okr.Achieved, okr.Missed, okr.Unknown}
	members := make([]okr.Member, 0, n)
	unknown, expected := 0, r.IntN(101)
	for i := range r.IntN(n + 1) {
		m := okr.Member{Name: fmt.Sprint("member-", i), Weight: float64(r.IntN(4)), Health: all[r.IntN(len(all))]}
		m.Progress, m.Expected = pointer(float64(max(0, min(100, expected+r.IntN(50)-30)))), float64(expected)
		if r.IntN(4) == 0 {
			m.Expected = float64(r.IntN(101))
		}
		m.Doubted = m.Health == okr.AtRisk && r.IntN(2) == 0
		switch m.Health {
		case okr.Pending:
			m.Progress, m.Expected = nil, 0
		case okr.Unknown:
			if unknown++; unknown > 3 { // the oracle tries every combination
				m.Health = okr.OnTrack
			} else if r.IntN(2) == 0 {
				m.Progress = nil
			}
		}
		members = append(members, m)
	}
	return members
}
