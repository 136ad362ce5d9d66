package okr_test

import (
	"math"
	"testing"
	"time"

	"okr.dev/controller/internal/okr"
)

func TestMaintain(t *testing.T) {
	pace := okr.Pace{Span: span(t, "2026-10-01", "2026-12-31"), Pass: 70}
	half := instant(t, "2026-11-16T00:00:00Z")
	for _, c := range []struct {
		reason  string
		inside  bool
		at      time.Time
		percent float64
		want    okr.Verdict
	}{
		{"inside: on track, as far as the time", true, half, 50, okr.Verdict{okr.OnTrack, okr.OnPace, 35}},
		{"outside: off track, and nothing is proved", false, half, 0, okr.Verdict{okr.OffTrack, okr.OutsideBand, 35}},
		{"at the start", true, pace.Start, 0, okr.Verdict{okr.OnTrack, okr.OnPace, 0}},
		{"at the end", true, pace.End, 100, okr.Verdict{okr.OnTrack, okr.OnPace, 70}},
	} {
		m := okr.Maintain{Pace: pace, Inside: c.inside}
		if p, v := m.Percent(c.at), m.Verdict(c.at); p != c.percent || v != c.want {
			t.Errorf("%s: %v %+v, want %v %+v", c.reason, p, v, c.percent, c.want)
		}
	}
}

// A budget of 1 percent of a quarter, of which half is over unless a case says otherwise.
func TestBudgetVerdict(t *testing.T) {
	quarter := span(t, "2026-10-01", "2026-12-31")
	for _, c := range []struct {
		reason           string
		pass, spent      float64
		missing, elapsed float64
		outside          bool
		progress         float64
		health           okr.Health
		because          okr.Reason
	}{
		{"never outside", 100, 0, 0, 0.5, false, 50, okr.OnTrack, okr.OnPace},
		{"half of it at half time is on pace", 100, 0.5, 0, 0.5, false, 50, okr.OnTrack, okr.OnPace},
		{"more than that spends fast", 100, 0.51, 0, 0.5, false, 50, okr.AtRisk, okr.SpendingFast},
		{"outside now, whatever is left", 100, 0.01, 0, 0.5, true, 50, okr.AtRisk, okr.OutsideBand},
		{"in the first days a quarter of it may be spent", 100, 0.25, 0, 0.01, false, 1, okr.OnTrack, okr.OnPace},
		{"but not more", 100, 0.26, 0, 0.01, false, 1, okr.AtRisk, okr.SpendingFast},
		{"all of it, to the bound, at the end", 100, 1, 0, 1, false, 100, okr.OnTrack, okr.OnPace},
		{"committed: more than all is off track", 100, 1.01, 0, 0.5, false, 49.5, okr.OffTrack, okr.BudgetSpent},
		{"aspirational: up to 1.3 times is at risk", 70, 1.3, 0, 0.5, false, 35, okr.AtRisk, okr.BudgetSpent},
		{"aspirational: beyond is off track", 70, 1.31, 0, 0.5, false, 34.5, okr.OffTrack, okr.BudgetSpent},
		{"twice as much scores nothing", 100, 2, 0, 0.5, false, 0, okr.OffTrack, okr.BudgetSpent},
		{"and it is never less than nothing", 100, 50, 0, 0.5, true, 0, okr.OffTrack, okr.BudgetSpent},
		{"missing points that cannot decide", 100, 0.2, 0.2, 0.5, false, 50, okr.OnTrack, okr.OnPace},
		{"missing points that would spend fast", 100, 0.2, 0.4, 0.5, false, 50, okr.Unknown, okr.PartialHistory},
		{"missing points that would spend it", 100, 0.2, 0.81, 0.9, false, 90, okr.Unknown, okr.PartialHistory},
		{"at risk or worse either way is at risk", 100, 0.2, 0.81, 0.9, true, 90, okr.AtRisk, okr.OutsideBand},
		{"spent, whatever is missing", 100, 1.5, 5, 0.5, false, 25, okr.OffTrack, okr.BudgetSpent},
	} {
		b := okr.Budget{
			Pace: okr.Pace{Span: quarter, Pass: c.pass}, Allowed: 0.01, Outside: c.spent / 100, Missing: c.missing / 100, Inside: !c.outside,
		}
		at := quarter.Start.Add(time.Duration(c.elapsed * float64(quarter.End.Sub(quarter.Start))))
		verdict, progress := b.Verdict(at), b.Percent(at)
		if verdict.Health != c.health || verdict.Reason != c.because || math.Abs(progress-c.progress) > 1e-9 {
			t.Errorf("%s: %s %s %v, want %s %s %v", c.reason, verdict.Health, verdict.Reason, progress, c.health, c.because, c.progress)
		}
	}
}

func TestBudgetFinal(t *testing.T) {
	for _, c := range []struct {
		reason          string
		spent, missing  float64
		want            int64
		open            bool
		allowedHundreds float64
	}{
		{"published: half of what is allowed", 0.5, 0, 100, false, 1},
		{"published: twice of what is allowed", 2, 0, 0, false, 1},
		{"to the bound", 1, 0, 100, false, 1},
		{"half as much again", 1.5, 0, 50, false, 1},
		{"a little more rounds down", 1.001, 0, 99, false, 1},
		{"missing points that cannot decide", 0.4, 0.5, 100, false, 1},
		{"to the bound even if all of them were outside", 0.4, 0.6, 100, false, 1},
		{"missing points that could decide", 0.4, 0.61, 0, true, 1},
		{"missing points that could decide between two scores that do not pass", 1.5, 0.1, 0, true, 1},
		{"nothing to lose any more", 3, 50, 0, false, 1},
		{"all of the time is allowed", 100, 0, 100, false, 100},
	} {
		b := okr.Budget{Allowed: c.allowedHundreds / 100, Outside: c.spent / 100, Missing: c.missing / 100}
		p, known := b.Final()
		if known == c.open || known && okr.Hundredths(p) != c.want {
			t.Errorf("%s: %v %t, want %d %t", c.reason, p, known, c.want, !c.open)
		}
	}
}

func TestBudgetNextChangeIsExact(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	type look struct {
		okr.Verdict
		percent int64
	}
	found := 0
	for range 300 * *rounds {
		pace := randomPace(r)
		now := randomMoment(r, pace, time.Hour)
		allowed := 0.001 + r.Float64()*0.2
		b := okr.Budget{
			Pace: pace, Allowed: allowed, Outside: r.Float64() * 1.5 * allowed, Missing: max(0, r.Float64()-0.5) * allowed, Inside: r.IntN(4) > 0,
		}
		if r.IntN(2) == 0 { // about to be on pace again
			b.Outside = allowed * pace.Elapsed(now.Add(time.Duration(r.IntN(3600))*time.Second))
		}
		until := now.Add(time.Duration(1+r.IntN(3600)) * time.Second)
		for kind, m := range map[string]interface {
			Percent(time.Time) float64
			Verdict(time.Time) okr.Verdict
			NextChange(now, until time.Time) (time.Time, bool)
		}{"budget": b, "band": okr.Maintain{Pace: pace, Inside: b.Inside}} {
			want, changes := firstDifference(now, until, 1, func(at time.Time) look { return look{m.Verdict(at), okr.Whole(m.Percent(at))} })
			got, ok := m.NextChange(now, until)
			if ok != changes || !got.Equal(want) {
				t.Fatalf("%s %+v from %s to %s: next change %s %t, want %s %t", kind, m, now, until, got, ok, want, changes)
			}
			if ok {
				found++
			}
		}
	}
	if found < 50**rounds {
		t.Errorf("only %d changes were found", found)
	}
}

// TestWorseNeverJudgedBetter: more time outside, more missing points, or being outside now, never better a verdict or the
// progress.
func TestWorseNeverJudgedBetter(t *testing.T) {
	r := seeded(t)
	rank := map[okr.Health]int{okr.OnTrack: 0, okr.Unknown: 1, okr.AtRisk: 1, okr.OffTrack: 2}
	for range 5000 * *rounds {
		pace := randomPace(r)
		now := randomMoment(r, pace, time.Hour)
		better := okr.Budget{Pace: pace, Allowed: 0.001 + r.Float64()*0.2, Outside: r.Float64() * 0.3, Missing: max(0, r.Float64()-0.5) * 0.2, Inside: r.IntN(2) > 0}
		worse := better
		switch r.IntN(3) {
		case 0:
			worse.Outside += r.Float64() * 0.1
		case 1:
			worse.Missing += r.Float64() * 0.1
		case 2:
			worse.Inside = false
		}
		if rank[worse.Verdict(now).Health] < rank[better.Verdict(now).Health] || worse.Percent(now) > better.Percent(now) {
			t.Fatalf("%+v is %+v, but the worse %+v is %+v", better, better.Verdict(now), worse, worse.Verdict(now))
		}
	}
}

func TestGrid(t *testing.T) {
	for _, c := range []struct {
		reason      string
		first, last string
		step        time.Duration
		points      int
	}{
		{"a day", "2026-10-01", "2026-10-01", time.Minute, 1440},
		{"six days are just few enough minutes", "2026-10-01", "2026-10-06", time.Minute, 8640},
		{"a week is not", "2026-10-01", "2026-10-07", 5 * time.Minute, 2016},
		{"a month", "2026-10-01", "2026-10-31", 5 * time.Minute, 8928},
		{"a quarter", "2026-10-01", "2026-12-31", 15 * time.Minute, 8832},
		{"a year", "2026-01-01", "2026-12-31", time.Hour, 8760},
		{"five years", "2026-01-01", "2030-12-31", 6 * time.Hour, 7304},
		{"a century: no more points than a source answers", "2026-01-01", "2125-12-31", 90 * time.Hour, 9740},
	} {
		grid := okr.GridOf(span(t, c.first, c.last))
		if grid.Step != c.step || grid.Points != c.points {
			t.Errorf("%s: %d points of %s, want %d of %s", c.reason, grid.Points, grid.Step, c.points, c.step)
		}
		last := grid.At(grid.Points - 1)
		if i, found := grid.Index(last); !found || i != grid.Points-1 || !last.Before(span(t, c.first, c.last).End) {
			t.Errorf("%s: the last point is %s, %d %t", c.reason, last, i, found)
		}
		for _, none := range []time.Time{grid.At(-1), grid.At(grid.Points), grid.Start.Add(time.Second)} {
			if i, found := grid.Index(none); found {
				t.Errorf("%s: %s is point %d", c.reason, none, i)
			}
		}
	}
	// Clocks change inside a quarter in Berlin: the step is of real time, and the hour more is counted.
	berlin := zone(t, "Europe/Berlin")
	grid := okr.GridOf(okr.Span{Start: day(t, "2026-10-01").Start(berlin), End: day(t, "2026-12-31").End(berlin)})
	if grid.Points != 8832+4 {
		t.Errorf("%d points", grid.Points)
	}
}

func TestCount(t *testing.T) {
	band := okr.Band{AtLeast: pointer(99.9)}
	count := okr.Count{}.Add(band, []float64{100, 99.9, 99.8, math.NaN()}).Add(band, []float64{math.Inf(1), 0})
	if want := (okr.Count{Points: 6, Outside: 2, Missing: 2}); count != want {
		t.Errorf("%+v, want %+v", count, want)
	}
}

// Numbers come every minute: N, R and F are their verdicts. What is shown follows after 3 minutes.
func TestHoldGoal(t *testing.T) {
	letters := map[rune]okr.Health{'N': okr.OnTrack, 'R': okr.AtRisk, 'F': okr.OffTrack, '?': okr.Unknown, 'P': okr.Pending}
	names := map[okr.Health]string{okr.OnTrack: "N", okr.AtRisk: "R", okr.OffTrack: "F", okr.Unknown: "?", okr.Pending: "P"}
	for _, c := range []struct{ reason, numbers, shown string }{
		{"the first verdict is shown at once", "F", "F"},
		{"to and from Unknown at once", "NFF?FN", "NNN?FF"},
		{"what is not running is no verdict", "PFN", "PFF"},
		{"a single bad number is not shown", "NFNNNN", "NNNNNN"},
		{"worse for 3 minutes, to the mildest seen", "NFRFF", "NNNNR"},
		{"better for 3 minutes, to the least good seen", "FNRNN", "FFFFR"},
	} {
		var shown okr.Health
		var waiting okr.Waiting[okr.Health]
		now, got := at, ""
		for _, letter := range c.numbers {
			shown, waiting = okr.HoldGoal(shown, letters[letter], now, 3*time.Minute, waiting)
			got += names[shown]
			now = now.Add(time.Minute)
		}
		if got != c.shown {
			t.Errorf("%s: %s gives %s, want %s", c.reason, c.numbers, got, c.shown)
		}
	}
	// Time has made what is shown as bad as what waited: nothing waits for it any more.
	shown, waiting := okr.HoldGoal(okr.AtRisk, okr.OffTrack, at, time.Hour, okr.Waiting[okr.Health]{okr.AtRisk, at.Add(-2 * time.Hour)})
	if want := (okr.Waiting[okr.Health]{okr.OffTrack, at}); shown != okr.AtRisk || waiting != want {
		t.Errorf("%s %v", shown, waiting)
	}
}
