package evaluate_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// explainedKeyResult explains a key result, and finds out whether the parts make what the status says.
func explainedKeyResult(in evaluate.KeyResultInput, a answers, now time.Time) (any, string) {
	e := evaluate.ExplainKeyResult(in, a.samples, now)
	status := e.Result.Status
	if e.Phase != evaluate.PhaseRunning {
		if e.Newest != nil || e.Tolerances != nil {
			return status, fmt.Sprintf("%s, and judged", e.Phase)
		}
		return status, ""
	}
	lowered := e.Confidence != nil && e.Confidence.Lowers
	switch judged := e.Shown != nil && e.Value.Usable; {
	case judged && !lowered && status.Health != v1alpha1.Health(e.Shown.Verdict.Health):
		return status, fmt.Sprintf("%s is explained as %s", status.Health, e.Shown.Verdict.Health)
	case lowered && (status.Health != v1alpha1.HealthAtRisk || e.Confidence.Of10 >= 4):
		return status, fmt.Sprintf("%s is lowered by a confidence of %d", status.Health, e.Confidence.Of10)
	case !judged && status.Health != v1alpha1.HealthUnknown:
		return status, fmt.Sprintf("%s is not explained", status.Health)
	case judged && e.Tolerances != nil:
		gap := float64(e.Shown.Verdict.ExpectedPercent) - e.Shown.Percent
		if within := gap <= e.Tolerances.AtRisk+1e-9; within != (e.Shown.Verdict.Health == okr.OnTrack) && e.Shown.Verdict.Reason == okr.Behind {
			return status, fmt.Sprintf("a gap of %v with tolerances of %+v is %s", gap, e.Tolerances, e.Shown.Verdict.Health)
		}
	}
	if p := status.AttainmentPercent; p != nil && e.Newest != nil && e.Shown != nil {
		if *p != okr.Whole(e.Newest.Percent) && *p != okr.Whole(e.Shown.Percent) {
			return status, fmt.Sprintf("attainment %d is explained as %v", *p, e.Newest.Percent)
		}
	}
	return status, ""
}

// explainedObjective does the same for an objective.
func explainedObjective(in evaluate.ObjectiveInput, a answers, now time.Time) (any, string) {
	e := evaluate.ExplainObjective(in, a.samples, now)
	status := e.Result.Status
	switch {
	case e.Phase != evaluate.PhaseRunning:
		return status, ""
	case status.Health != v1alpha1.Health(e.Sum.Health):
		return status, fmt.Sprintf("%s is explained as %s", status.Health, e.Sum.Health)
	case e.Account.Worst == e.Account.Best && len(e.Members) > 0 && e.Sum.Health != okr.Pending && e.Account.Best.Health != e.Sum.Health:
		return status, fmt.Sprintf("%s, and its account says %s", e.Sum.Health, e.Account.Best.Health)
	default:
		return status, ""
	}
}

// explainedKPI does the same for a KPI.
func explainedKPI(in evaluate.KPIInput, a answers, now time.Time) (any, string) {
	e := evaluate.ExplainKPI(in, a.samples, now)
	status := e.Result.Status
	waits := status.Frozen != nil && status.Frozen.PendingHealth != nil
	switch {
	case e.Newest != "" && !waits && status.Health != v1alpha1.KPIHealth(e.Newest):
		return status, fmt.Sprintf("%s is explained as %s", status.Health, e.Newest)
	case says(status.Conditions, "Aligned") != fmt.Sprintf("%s %s", e.Alignment.Status, e.Alignment.Reason):
		return status, "Aligned is explained as " + string(e.Alignment.Reason)
	case says(status.Conditions, "NeedsObjective") != fmt.Sprintf("%s %s", e.Need.Status, e.Need.Reason):
		return status, "NeedsObjective is explained as " + string(e.Need.Reason)
	default:
		return status, ""
	}
}

func TestExplainKeyResult(t *testing.T) {
	half := pointer(v1alpha1.Decimal("100"))
	cases := []struct {
		reason  string
		edit    func(*v1alpha1.KeyResult)
		value   float64
		guard   float64
		percent float64 // of the newest value
		alone   float64 // without the guard
		verdict okr.Verdict
	}{
		{"a way: 125 of 500 covered", nil, 675, 0, 25, 25, okr.Verdict{Health: okr.AtRisk, Reason: okr.Behind, ExpectedPercent: 50}},
		{"a guard that is half met", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Guard = &v1alpha1.Guard{Query: guardQuery, AtLeast: half}
		}, 400, 50, 50, 80, okr.Verdict{Health: okr.OnTrack, Reason: okr.OnPace, ExpectedPercent: 50}},
		{"a guard that takes the verdict down", func(kr *v1alpha1.KeyResult) {
			kr.Spec.Guard = &v1alpha1.Guard{Query: guardQuery, AtLeast: half}
		}, 400, 20, 20, 80, okr.Verdict{Health: okr.OffTrack, Reason: okr.GuardNotMet, ExpectedPercent: 50}},
		{"a band that is left", atMost("500", ""), 501, 0, 0, 0, okr.Verdict{Health: okr.OffTrack, Reason: okr.OutsideBand, ExpectedPercent: 50}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			kr := newKeyResult()
			if c.edit != nil {
				c.edit(kr)
			}
			e := evaluate.ExplainKeyResult(inputOf(kr, newObjective()), answers{live: good(c.value, middle), guard: good(c.guard, middle)}.samples, middle)
			if e.Phase != evaluate.PhaseRunning || e.Newest == nil {
				t.Fatalf("%s, %+v", e.Phase, e.Newest)
			}
			if math.Abs(e.Newest.Percent-c.percent) > 1e-9 || math.Abs(e.Newest.Unguarded-c.alone) > 1e-9 || e.Newest.Verdict != c.verdict {
				t.Errorf("got %+v", *e.Newest)
			}
			if len(e.Questions) == 0 || e.Questions[0].Purpose != evaluate.ForValue || !e.Questions[0].May() {
				t.Errorf("questions %+v", e.Questions)
			}
		})
	}
}

func TestExplainBudget(t *testing.T) {
	kr := newKeyResult(atMost("500", "10%"))
	in := inputOf(kr, newObjective())
	visit(in, answers{live: good(400, middle), count: ranges(middle, outsideFor(100, 10))}, middle)
	e := evaluate.ExplainKeyResult(in, answers{}.samples, middle)
	if e.Maintain == nil || e.Maintain.Budget == nil {
		t.Fatalf("no budget in %+v", e)
	}
	b := e.Maintain.Budget
	if b.Count.Outside != 100 || b.Count.Missing != 10 || b.Settled.Points == 0 || b.Allowed != 0.1 {
		t.Errorf("after a restart %+v", *b)
	}
	if score := b.Spent.Score(b.Spent.Outside); score != 100 {
		t.Errorf("a score of %v within what is allowed", score)
	}
}

func TestExplainHold(t *testing.T) {
	kr := newKeyResult(holding("6h"))
	in := inputOf(kr, newObjective())
	visit(in, answers{live: good(500, middle)}, middle)
	later := middle.Add(time.Hour)
	visit(in, answers{live: good(680, later)}, later)
	e := evaluate.ExplainKeyResult(in, answers{}.samples, later)
	if e.Newest.Verdict.Health != okr.OffTrack || e.Shown.Verdict.Health != okr.OnTrack || e.Result.Change != evaluate.Unchanged {
		t.Errorf("newest %+v, shown %+v, change %q", *e.Newest, *e.Shown, e.Result.Change)
	}
	// If the number stays as it is, the verdict follows when it has lasted.
	in.Ahead = 100 * 24 * time.Hour
	for _, c := range []struct {
		after time.Duration
		want  v1alpha1.Health
	}{{6*time.Hour - time.Second, v1alpha1.HealthOnTrack}, {6 * time.Hour, v1alpha1.HealthOffTrack}} {
		at := later.Add(c.after)
		if got := evaluate.KeyResult(in, e.Steady(later, at), at).Status.Health; got != c.want {
			t.Errorf("after %v of the same number %s, want %s", c.after, got, c.want)
		}
	}
}

func TestExplainScored(t *testing.T) {
	kr := newKeyResult(measuredBaseline)
	in := inputOf(kr, newObjective())
	visit(in, answers{live: good(500, middle), start: good(800, begin)}, middle)
	over := at("2027-01-01T00:10:00")
	held := answers{live: good(400, over), end: good(400, over)}
	visit(in, held, over)
	e := evaluate.ExplainKeyResult(in, answers{}.samples, over)
	if e.Phase != evaluate.PhaseScored || e.Reach == nil || e.Reach.Baseline == nil || *e.Reach.Baseline != 800 || *e.Reach.Target != 300 {
		t.Errorf("%s from %+v", e.Phase, e.Reach)
	}
	if e.Result.Change != evaluate.Unchanged || len(e.Result.Watches) > 0 {
		t.Errorf("telling it changes %q and asks %v", e.Result.Change, e.Result.Watches)
	}
}

// A look further ahead finds what looks an hour apart would find.
func TestAhead(t *testing.T) {
	in := inputOf(newKeyResult(), newObjective())
	a := answers{live: good(550, middle)}
	visit(in, a, middle)
	hourly, now := in.KeyResult.DeepCopy(), middle
	one := in
	one.KeyResult = hourly
	for hourly.Status.Health == v1alpha1.HealthOnTrack {
		now = evaluate.KeyResult(one, a.samples, now).Next
		hourly.Status = evaluate.KeyResult(one, answers{live: good(550, now)}.samples, now).Status
	}
	far := in
	far.KeyResult, far.Ahead = in.KeyResult.DeepCopy(), 400*24*time.Hour
	at, looks := middle, 0
	for far.KeyResult.Status.Health == v1alpha1.HealthOnTrack {
		at = evaluate.KeyResult(far, a.samples, at).Next
		far.KeyResult.Status = evaluate.KeyResult(far, answers{live: good(550, at)}.samples, at).Status
		looks++
	}
	if !at.Equal(now) || looks > 30 {
		t.Errorf("hour by hour %v, looking ahead %v in %d looks", now, at, looks)
	}
}
