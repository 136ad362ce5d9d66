package evaluate_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// The points of the quarter of these tests lie 15 minutes apart: 8,832 in all, 88.32 to the percent.
const point = 15 * time.Minute

// outsideFor is a value that is outside a band of at most 500 in so many of the quarter's first points, and missing in so
// many that follow.
func outsideFor(points, missing int) func(time.Time) float64 {
	return func(t time.Time) float64 {
		switch i := int(t.Sub(begin) / point); {
		case i < points:
			return 600
		case i < points+missing:
			return math.NaN()
		default:
			return 400
		}
	}
}

func TestBudgetVerdict(t *testing.T) {
	const sampled, allowed = "True Sampled", "of the whole time so far, and 1 % are allowed"
	for _, c := range []struct {
		reason           string
		outside, missing int
		value            float64
		want             shown
		says             string
	}{
		{"never outside", 0, 0, 400, shown{"OnTrack", 50, 50, 50, "True OnPace", sampled},
			"400 ms is inside the band of ≤ 500 ms; outside for 0 % " + allowed},
		{"half of the budget at half time", 44, 0, 400, shown{"OnTrack", 50, 50, 50, "True OnPace", sampled},
			"400 ms is inside the band of ≤ 500 ms; outside for 0.4982 % " + allowed},
		{"a little more", 45, 0, 400, shown{"AtRisk", 50, 50, 50, "False SpendingFast", sampled},
			"400 ms is inside the band of ≤ 500 ms; outside for 0.5095 % " + allowed},
		{"outside now", 0, 0, 600, shown{"AtRisk", 50, 50, 50, "False OutsideBand", sampled},
			"600 ms is outside the band of ≤ 500 ms; outside for 0 % " + allowed},
		{"all of it and a point more", 89, 0, 400, shown{"OffTrack", 49, 49, 50, "False BudgetSpent", sampled},
			"400 ms is inside the band of ≤ 500 ms; outside for 1.008 % " + allowed},
		{"missing points that cannot decide", 20, 20, 400, shown{"OnTrack", 50, 50, 50, "True OnPace", sampled},
			"400 ms is inside the band of ≤ 500 ms; outside for 0.2264 % " + allowed + "; for 0.2264 % there is no number"},
		{"missing points that could decide", 20, 30, 400, shown{"Unknown", 50, 50, 50, "Unknown PartialHistory", "False PartialHistory"},
			"outside for 0.2264 % " + allowed + "; for 0.3397 % there is no number, which could decide"},
		{"at risk either way", 20, 80, 600, shown{"AtRisk", 50, 50, 50, "False OutsideBand", sampled},
			"600 ms is outside the band of ≤ 500 ms; outside for 0.2264 % " + allowed + "; for 0.9058 % there is no number"},
		{"spent, whatever is missing", 133, 2000, 400, shown{"OffTrack", 24, 24, 50, "False BudgetSpent", sampled},
			"400 ms is inside the band of ≤ 500 ms; outside for 1.506 % " + allowed + "; for 22.64 % there is no number"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(atMost("500", "1%")), newObjective())
			got := visit(in, answers{live: good(c.value, middle), count: ranges(middle, outsideFor(c.outside, c.missing))}, middle)
			same(t, c.reason, c.want, shownOf(got.Status))
			same(t, "message", c.says, message(got.Status.Conditions, "OnTrack"))
			same(t, "the live value is asked first", []time.Duration{0, point},
				[]time.Duration{got.Watches[0].Question.Step, got.Watches[1].Question.Step})
			same(t, "the count is remembered", pointer(int32(c.outside)), got.Status.Frozen.Breach.Outside)
			same(t, "up to the newest point", middle, got.Status.Frozen.Breach.CountedUntil.UTC())
			again := visit(in, answers{}, middle)
			same(t, "a restart changes nothing", evaluate.Unchanged, again.Change)
		})
	}
}

// The first days of a budget: what is asked, what is remembered, and what a failure or a restart makes of it.
func TestBudgetStepByStep(t *testing.T) {
	in := inputOf(newKeyResult(atMost("500", "1%"), func(kr *v1alpha1.KeyResult) { kr.Spec.HoldFor = "0s" }), newObjective())
	after := begin.Add
	counted := func(now time.Time) answers {
		return answers{live: good(400, now), count: ranges(now, outsideFor(30, 0))}
	}
	failing := func(now time.Time, reason sample.Reason) answers {
		held := bad(reason, now)
		return answers{live: good(400, now), count: func(sample.Question) sample.Held { return held }}
	}
	from := func(r evaluate.Result[v1alpha1.KeyResultStatus]) time.Time {
		if len(r.Watches) < 2 {
			return time.Time{}
		}
		return time.Unix(r.Watches[1].Question.From, 0).UTC()
	}
	first := visit(in, counted(begin), begin)
	same(t, "at the start nothing is due", 1, len(first.Watches))
	same(t, "and nothing was outside", shown{"OnTrack", 0, 0, 0, "True OnPace", "True Sampled"}, shownOf(first.Status))
	same(t, "it is asked when all that it is asked about lies in the range", after(point), first.Next)

	hours := visit(in, counted(after(8*time.Hour)), after(8*time.Hour))
	same(t, "all is asked from the start", begin, from(hours))
	same(t, "outside for hours", shown{"AtRisk", 0, 0, 0, "False SpendingFast", "True Sampled"}, shownOf(hours.Status))

	quiet := visit(in, counted(after(9*time.Hour)), after(9*time.Hour))
	same(t, "more of the same is not written", evaluate.Unchanged, quiet.Change)

	late := after(24*time.Hour + 2*point)
	day := visit(in, counted(late), late)
	same(t, "a whole day is settled", evaluate.Memory, day.Change)
	same(t, "up to its last point", after(24*time.Hour-point), day.Status.Frozen.Breach.Settled.CountedUntil.UTC())
	same(t, "with what was outside", pointer(int32(30)), day.Status.Frozen.Breach.Settled.Outside)

	next := visit(in, answers{live: good(400, late)}, late)
	same(t, "only the tail is asked from then on", after(24*time.Hour), from(next))
	same(t, "and until it is answered what was counted stands", evaluate.Unchanged, next.Change)

	later := late.Add(time.Hour)
	down := visit(in, failing(later, sample.Timeout), later)
	same(t, "no answer leaves the verdict, and is said", shown{"AtRisk", 1, 1, 1, "False SpendingFast", "False Timeout"}, shownOf(down.Status))
	same(t, "in words", "time outside: it is Timeout", message(down.Status.Conditions, "Measured"))
	stale := later.Add(25 * time.Hour)
	held := bad(sample.Timeout, later)
	gone := visit(in, answers{live: good(400, stale), count: func(sample.Question) sample.Held { return held }}, stale)
	same(t, "for a day", shown{"Unknown", 2, 2, 2, "Unknown Timeout", "False Timeout"}, shownOf(gone.Status))
	restarted := visit(in, answers{live: good(400, stale)}, stale)
	same(t, "no restart brings it back", v1alpha1.HealthUnknown, restarted.Status.Health)
	back := visit(in, counted(stale), stale)
	same(t, "an answer does", shown{"AtRisk", 2, 2, 2, "False SpendingFast", "True Sampled"}, shownOf(back.Status))
	refused := visit(in, failing(stale, sample.QueryFailed), stale)
	same(t, "a failure again", v1alpha1.HealthAtRisk, refused.Status.Health)
	none := visit(in, failing(stale, sample.NoData), stale)
	same(t, "an answer without numbers ends it at once", "Unknown NoData", says(none.Status.Conditions, "OnTrack"))

	in.Metric.Expression.Canonical = "another"
	in.KeyResult.Generation++
	anew := visit(in, counted(stale), stale)
	same(t, "another query is counted from the start", begin, from(anew))
}

func TestBudgetFinal(t *testing.T) {
	now := end.Add(time.Hour)
	for _, c := range []struct {
		reason           string
		outside, missing int
		health           v1alpha1.Health
		final            *v1alpha1.Final
		says             string
	}{
		{"published: half of what is allowed", 44, 0, "Achieved",
			&v1alpha1.Final{Value: "0.498188405797", ProgressPercent: pointer[int32](100), Score: "1.00", Grade: "Green"},
			"over: score 1.00 (Green), final value 0.4982 % of the time outside"},
		{"published: twice of what is allowed", 177, 0, "Missed",
			&v1alpha1.Final{Value: "2.00407608696", ProgressPercent: pointer[int32](0), Score: "0.00", Grade: "Red"},
			"over: score 0.00 (Red), final value 2.004 % of the time outside"},
		{"missing points that cannot decide", 44, 44, "Achieved",
			&v1alpha1.Final{Value: "0.498188405797", ProgressPercent: pointer[int32](100), Score: "1.00", Grade: "Green"},
			"over: score 1.00 (Green), final value 0.4982 % of the time outside"},
		{"missing points that could decide", 44, 46, "Unknown", nil,
			"over: outside for 0.4982 % of the whole time so far, and 1 % are allowed; for 0.5208 % there is no number, which could decide the score"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			in := inputOf(newKeyResult(atMost("500", "1%")), newObjective())
			got := visit(in, answers{count: ranges(now, outsideFor(c.outside, c.missing))}, now)
			if c.final != nil {
				c.final.Time = metav1.NewTime(end)
			}
			same(t, c.reason, c.health, got.Status.Health)
			same(t, c.reason, c.final, got.Status.Final)
			same(t, c.reason, c.says, message(got.Status.Conditions, "OnTrack"))
			same(t, "one question, about the end", []int64{begin.Unix(), end.Unix()},
				[]int64{got.Watches[0].Question.From, got.Watches[0].Question.At})
			again := visit(in, answers{count: ranges(now, outsideFor(c.outside, c.missing))}, now.Add(time.Minute))
			same(t, "again", evaluate.Unchanged, again.Change)
			if c.final == nil {
				week := visit(in, answers{count: ranges(now, outsideFor(c.outside, c.missing))}, end.AddDate(0, 0, 7))
				same(t, "a week later", "Unknown FinalUnavailable", says(week.Status.Conditions, "OnTrack"))
				return
			}
			in.KeyResult.Spec.Maintain.AllowedBreach = "2%"
			in.KeyResult.Generation++
			same(t, "moved after the end", "True EditedAfterEnd", says(visit(in, answers{}, now).Status.Conditions, "Reopened"))
		})
	}
}

// TestNoPointIsCountedTwiceOrLost leads budgets through a quarter of answers that come, fail, come late or in another
// order, of restarts, old statuses and clocks that were ahead: whenever there is an answer the count is that of one who
// has counted all points up to it, and so is the score.
func TestNoPointIsCountedTwiceOrLost(t *testing.T) {
	for seed := range uint64(40) {
		d := dice{rand.New(rand.NewPCG(seed, 9))}
		kinds := make([]float64, 8832)
		for i := range kinds {
			kinds[i] = pick(d, 400.0, 400, 400, 400, 400, 400, 600, math.NaN())
		}
		value := func(t time.Time) float64 {
			if i := int(t.Sub(begin) / point); i >= 0 && i < len(kinds) {
				return kinds[i]
			}
			return 600
		}
		want := func(until time.Time) (outside, missing int32) {
			for i := range kinds[:min(len(kinds), 1+int(until.Sub(begin)/point))] {
				switch {
				case math.IsNaN(kinds[i]):
					missing++
				case kinds[i] > 500:
					outside++
				}
			}
			return outside, missing
		}
		in := inputOf(newKeyResult(atMost("500", "30%")), newObjective())
		in.Metric.QueryOffset = pick(d, 0, 3*time.Minute)
		now, older := begin, in.KeyResult.Status
		for now.Before(end) {
			about := now.Add(-in.Metric.QueryOffset - time.Duration(d.IntN(15*60))*time.Second)
			a := answers{live: good(400, now), count: ranges(about, value)}
			answered := d.chance(70)
			if !answered {
				a.count = nil
			}
			before := in.KeyResult.Status
			if d.chance(10) { // an old cache, whose write would be refused
				in.KeyResult.Status = older
				evaluate.KeyResult(in, a.samples, now)
				in.KeyResult.Status = before
			}
			if d.chance(5) { // a clock that is ahead for a moment
				visit(in, answers{live: a.live, count: ranges(now.AddDate(0, 0, 3), value)}, now.AddDate(0, 0, 3))
			}
			result := evaluate.KeyResult(in, a.samples, now)
			if !about.Before(begin) && answered && result.Change != evaluate.Unchanged && now.Sub(begin) > time.Hour {
				outside, missing := want(about)
				breach := result.Status.Frozen.Breach
				if until := breach.CountedUntil.Time; until.After(about) || about.Sub(until) > point {
					outside, missing = want(until)
				}
				same(t, "outside", outside, *breach.Outside)
				same(t, "missing", missing, *breach.Missing)
			}
			if result.Change != evaluate.Value || d.chance(50) {
				older = before
				in.KeyResult.Status = *result.Status.DeepCopy()
			}
			if t.Failed() {
				t.Fatalf("seed %d at %s", seed, now)
			}
			now = now.Add(time.Duration(d.IntN(pick(d, 3600, 48*3600))+1) * time.Second)
		}
		got := visit(in, answers{count: ranges(end, value)}, end.Add(time.Hour))
		outside, _ := want(end)
		if final := got.Status.Final; final == nil || final.Value != exact(float64(outside)/88.32) {
			t.Fatalf("seed %d: %+v of %d outside", seed, got.Status.Final, outside)
		}
	}
}

// exact is a number as it is written in a final result.
func exact(v float64) string { return strconv.FormatFloat(sample.Round(v), 'g', -1, 64) }

// TestBudgetNextLookIsExact leads a budget through weeks, and looks at every minute whether anything has changed that was
// not announced.
func TestBudgetNextLookIsExact(t *testing.T) {
	in := inputOf(newKeyResult(atMost("500", "1%")), newObjective())
	for _, spent := range []int{0, 23, 40, 100} {
		in.KeyResult.Status = newKeyResult().Status
		a := func() answers {
			return answers{live: good(400, begin.AddDate(0, 0, 30)), count: ranges(begin.AddDate(0, 0, 30), outsideFor(spent, 0))}
		}
		now := begin.AddDate(0, 0, 30)
		verdicts := map[v1alpha1.Health]bool{}
		for now.Before(begin.AddDate(0, 0, 31)) {
			result := visit(in, a(), now)
			verdicts[result.Status.Health] = true
			for at := now; at.Before(result.Next); at = at.Add(time.Minute) {
				if again := evaluate.KeyResult(in, a().samples, at); again.Change != evaluate.Unchanged {
					t.Fatalf("%d spent: at %s something changed that was not announced at %s for %s", spent, at, now, result.Next)
				}
			}
			now = result.Next
		}
		if spent == 40 && !verdicts["AtRisk"] || spent == 0 && !verdicts["OnTrack"] {
			t.Errorf("%d spent: %v", spent, verdicts)
		}
	}
}
