package evaluate_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/sample"
)

// dice makes random worlds, the same ones for the same seed.
type dice struct{ *rand.Rand }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

func (d dice) objective() *v1alpha1.Objective {
	return newObjective(func(o *v1alpha1.Objective) {
		o.Spec.Period = pick(d, v1alpha1.Period(quarter), "2026-10", "2026-10-01/2026-10-02")
		o.Spec.TimeZone = pick(d, v1alpha1.TimeZone(""), "Europe/Berlin", "America/Santiago", "Mars/Olympus")
		o.Spec.Ambition = pick(d, v1alpha1.AmbitionCommitted, v1alpha1.AmbitionAspirational)
		if d.chance(30) {
			o.Spec.Pace = &v1alpha1.ObjectivePace{AtRiskGap: pointer(d.Int32N(20)), OffTrackGap: pointer(20 + d.Int32N(20))}
		}
		if d.chance(10) {
			draft(o)
		}
		o.Spec.CheckInEvery = pick(d, v1alpha1.Duration(""), "1d", "7d")
		for range d.IntN(6) {
			o.Spec.CheckIns = append(o.Spec.CheckIns, d.checkIn())
		}
	})
}

// day is one of the quarter, or shortly before or after it.
func (d dice) day() v1alpha1.Date {
	return v1alpha1.Date(begin.AddDate(0, 0, d.IntN(105)-5).Format(time.DateOnly))
}

// checkIn is about the key result, with a value from 800 to 300, or the objective, or both.
func (d dice) checkIn() v1alpha1.CheckIn {
	c := v1alpha1.CheckIn{Date: d.day()}
	if d.chance(50) {
		c.Confidence = pointer(d.Int32N(11))
	}
	if d.chance(70) {
		said := v1alpha1.KeyResultCheckIn{Name: "latency", Value: pointer(v1alpha1.Decimal(strconv.Itoa(250 + d.IntN(600))))}
		if d.chance(30) {
			said.Confidence = pointer(d.Int32N(11))
		}
		c.KeyResults = append(c.KeyResults, said)
	}
	return c
}

func (d dice) keyResult() *v1alpha1.KeyResult {
	return newKeyResult(func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric.Interval = pick(d, v1alpha1.Duration(""), "5m", "1h")
		kr.Spec.Metric.StaleAfter = pick(d, v1alpha1.Duration(""), "1h", "90s")
		kr.Spec.HoldFor = pick(d, v1alpha1.Duration(""), "0s", "30m", "6h", "40h")
		switch d.IntN(6) {
		case 0:
			measuredBaseline(kr)
		case 1:
			kr.Spec.Reach = &v1alpha1.Reach{Change: pick(d, v1alpha1.Change("-20%"), "+15")}
		case 2:
			kr.Spec.Metric.Query = "increase(sold[$__elapsed])"
			kr.Spec.Reach = &v1alpha1.Reach{Target: pointer(v1alpha1.Decimal("1000"))}
		case 3:
			atMost(pick(d, v1alpha1.Decimal("500"), "700"), "")(kr)
		case 4:
			atMost(pick(d, v1alpha1.Decimal("500"), "700"), pick(d, v1alpha1.Percentage("1%"), "20%", "60%"))(kr)
		}
		if d.chance(30) {
			kr.Spec.DueOn = pick(d, v1alpha1.Date("2026-10-01"), "2026-10-20", "2027-03-01")
		}
		if d.chance(20) {
			kr.Spec.Guard = &v1alpha1.Guard{Query: guardQuery, AtLeast: pointer(v1alpha1.Decimal("600"))}
		}
		switch d.IntN(5) {
		case 0: // kept by hand
			kr.Spec.Metric, kr.Spec.Reach = nil, newKeyResult().Spec.Reach
		case 1:
			kr.Spec.Metric, kr.Spec.Reach, kr.Spec.Guard = nil, nil, nil
			for i := range 1 + d.IntN(4) {
				kr.Spec.Milestones = append(kr.Spec.Milestones, v1alpha1.Milestone{
					Title: fmt.Sprint("step ", i), Weight: pointer(1 + d.Int32N(3)), DueOn: pick(d, v1alpha1.Date(""), d.day()), DoneOn: pick(d, v1alpha1.Date(""), d.day()),
				})
			}
			return
		}
		if d.chance(30) {
			kr.Spec.Pace = &v1alpha1.KeyResultPace{Checkpoints: []v1alpha1.Checkpoint{{Date: "2026-10-01", Percent: pointer(d.Int32N(100))}}}
		}
		if d.chance(20) {
			record(pick(d, "", "310"), pick(d, "2026-10-01", "2026-10-20", "2026-12-31"), pick(d, "0.5", "1"))(kr)
		}
	})
}

// next is what is held after another while: a good value, none, or a controller that has just started.
func (d dice) next(h sample.Held, now time.Time, lo, hi float64) sample.Held {
	switch roll := d.IntN(100); {
	case roll < 45:
		return good(lo+d.Float64()*(hi-lo), now.Add(-time.Duration(d.IntN(90))*time.Second))
	case roll < 60:
		return then(h, pick(d, noNumber...), now)
	case roll < 80:
		return then(h, pick(d, noAnswer...), now)
	case roll < 90:
		return sample.Held{}
	default:
		return h
	}
}

// counts answers questions about ranges: as of now, or not at all.
func (d dice) counts(now time.Time, lo, hi float64) func(sample.Question) sample.Held {
	if d.chance(30) {
		held := d.next(sample.Held{}, now, lo, hi)
		if held.Last.OK() {
			return nil
		}
		return func(sample.Question) sample.Held { return held }
	}
	seed, missing := d.Uint64(), d.IntN(3)
	return ranges(now, func(t time.Time) float64 {
		roll := (seed ^ uint64(t.Unix())) * 0x9e3779b97f4a7c15 >> 32
		if int(roll%100) < missing*10 {
			return math.NaN()
		}
		return lo + float64(roll%1009)/1009*(hi-lo)
	})
}

// subject is one object of any kind under test: evaluate gives its status from the present one, keep replaces it.
type subject struct {
	evaluate func(a answers, now time.Time) (status any, change evaluate.Change, next time.Time)
	// explain gives the same status, explained, and what is wrong with the explanation; empty if nothing is.
	explain func(a answers, now time.Time) (status any, wrong string)
	keep    func(status any)
	// reload reads the object back as the API server would return it.
	reload func()
	health func() string
	// disturb changes the world around it.
	disturb func(d dice)
	// heard reports whether answers count: those of a source that is not shared, or refused, do not.
	heard func() bool
	// guarded reports the same of a guard; nil without one.
	guarded func() bool
	lo, hi  float64
}

func mayBeAsked(m evaluate.Metric) bool { return m.SourceFound && m.Refusal == evaluate.Refusal{} }

func (d dice) keyResultSubject() subject {
	return keyResultSubject(inputOf(d.keyResult(), d.objective()))
}

func keyResultSubject(in evaluate.KeyResultInput) subject {
	objective, kr := in.Objective, in.KeyResult
	return subject{
		evaluate: func(a answers, now time.Time) (any, evaluate.Change, time.Time) {
			result := evaluate.KeyResult(in, a.samples, now)
			return result.Status, result.Change, result.Next
		},
		explain: func(a answers, now time.Time) (any, string) { return explainedKeyResult(in, a, now) },
		keep:    func(s any) { kr.Status = s.(v1alpha1.KeyResultStatus) },
		reload:  func() { reload(kr) },
		health:  func() string { return string(kr.Status.Health) },
		heard:   func() bool { return in.Metric != nil && mayBeAsked(*in.Metric) },
		guarded: func() bool { return in.Guard != nil && mayBeAsked(*in.Guard) },
		lo:      200, hi: 900,
		disturb: func(d dice) {
			metric := in.Metric
			if in.Guard != nil && (metric == nil || d.chance(50)) {
				metric = in.Guard
			}
			switch n := d.IntN(11); {
			case n == 8:
				objective.Spec.State = pick(d, v1alpha1.ObjectiveActive, v1alpha1.ObjectiveActive, v1alpha1.ObjectiveDraft, v1alpha1.ObjectiveCancelled)
				objective.Generation++
			case n == 9:
				kr.Spec.DueOn, kr.Spec.StartOn = pick(d, "", d.day()), pick(d, "", "", d.day())
				kr.Generation++
			case n == 10:
				kr.Spec.HoldFor = pick(d, v1alpha1.Duration(""), "30m", "40h")
				kr.Generation++
			case n == 6:
				objective.Spec.CheckIns = append(objective.Spec.CheckIns, d.checkIn())
				objective.Generation++
			case n == 7 && len(kr.Spec.Milestones) > 0:
				kr.Spec.Milestones[0].DoneOn = pick(d, v1alpha1.Date(""), d.day())
				kr.Generation++
			case metric == nil:
			case n == 0:
				metric.SourceFound = !metric.SourceFound
			case n == 1:
				in.Objective = pick(d, objective, nil)
			case n == 2:
				kr.Generation++
				metric.Expression.Canonical = pick(d, "a", "b")
			case n == 3:
				metric.Expression.Problem = pick(d, "", "", "it does not parse")
			case n == 4:
				kr.Spec.State = pick(d, v1alpha1.KeyResultActive, v1alpha1.KeyResultActive, v1alpha1.KeyResultCancelled)
				kr.Generation++
			case n == 5:
				metric.Refusal = pick(d, denied, unknown, evaluate.Refusal{})
				metric.Tenant.LabelValue = pick(d, "one", "two")
			}
		},
	}
}

func (d dice) objectiveSubject() subject {
	kpi := newKPI()
	metric := newMetric(*kpi.Spec.Metric)
	in := evaluate.ObjectiveInput{Objective: d.objective(), KPIs: []evaluate.NamedKPI{{KPI: kpi, Metric: &metric}}}
	in.Objective.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: kpi.Name}}
	checkedIn(pick(d, "", "1d", "7d", "30d"), "2026-10-02", "2026-10-30", "2026-09-29")(in.Objective)
	roll := func(d dice) {
		metric.Refusal = pick(d, denied, unknown, evaluate.Refusal{}, evaluate.Refusal{})
		metric.Expression.Canonical = pick(d, "a", "a", "a", "b")
		in.Objective.Spec.State = pick(d, in.Objective.Spec.State, v1alpha1.ObjectiveActive, v1alpha1.ObjectiveCancelled)
		in.KeyResults = nil
		for i := range d.IntN(4) {
			health := pick(d, v1alpha1.HealthOnTrack, "AtRisk", "OffTrack", "Unknown", "Pending", "Achieved", "Missed", "")
			kr := member(fmt.Sprintf("m%d", i), health, d.Int32N(102)-1, d.Int32N(101))
			if d.chance(40) {
				kr.Status.Final = &v1alpha1.Final{Score: pick(d, "0.00", "0.70", "1.00")}
			}
			in.KeyResults = append(in.KeyResults, kr)
		}
		in.Children, in.Cycle = nil, pick(d, nil, nil, nil, []string{"b", "a"})
		in.Objective.Spec.RollUp = pick(d, "", v1alpha1.RollUpKeyResults, v1alpha1.RollUpChildren)
		for i := range d.IntN(4) {
			health := pick(d, v1alpha1.HealthOnTrack, "AtRisk", "OffTrack", "Unknown", "Pending", "Achieved", "Missed", "")
			o := child(fmt.Sprintf("c%d", i), pick(d, "2026-10", "2026-10-01/2026-11-20", "2026-12", quarter, "2027"), health, d.Int32N(102)-1, d.Int32N(101))
			if d.chance(40) {
				o.Status.Final = &v1alpha1.Final{Score: pick(d, "0.00", "0.70", "1.00")}
			}
			in.Children = append(in.Children, o)
		}
	}
	roll(d)
	return subject{
		evaluate: func(a answers, now time.Time) (any, evaluate.Change, time.Time) {
			result := evaluate.Objective(in, a.samples, now)
			return result.Status, result.Change, result.Next
		},
		explain: func(a answers, now time.Time) (any, string) { return explainedObjective(in, a, now) },
		keep:    func(s any) { in.Objective.Status = s.(v1alpha1.ObjectiveStatus) },
		reload:  func() { reload(in.Objective) },
		heard:   func() bool { return false },
		disturb: roll,
	}
}

func reload[T any](object *T) {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	*object = *new(T)
	if err := json.Unmarshal(text, object); err != nil {
		panic(err)
	}
}

var histories = flag.Int("histories", 30, "how many random histories each kind is led through")

// TestProperties leads random objects through random histories and holds, at every step:
// evaluating again changes nothing, from memory or as the API server returns it; nor does a restart; there is no
// verdict by an answer without a number; a final result stays; and nothing changes before the next look.
func TestProperties(t *testing.T) {
	kinds := map[string]func(dice) subject{
		"KeyResult": dice.keyResultSubject, "KPI": dice.kpiSubject, "Objective": dice.objectiveSubject,
	}
	for kind, make := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(*histories) {
				d := dice{rand.New(rand.NewPCG(seed, 1))}
				if !lead(t, d, make(d)) {
					t.Fatalf("seed %d", seed)
				}
			}
		})
	}
}

// lead is one history: from before the start to past the closing phase. False if a property is broken.
func lead(t *testing.T, d dice, s subject) bool {
	t.Helper()
	var held answers
	var final *v1alpha1.Final
	now := begin.AddDate(0, 0, -d.IntN(30))
	for range 60 {
		held = answers{
			d.next(held.live, now, s.lo, s.hi), d.next(held.start, now, s.lo, s.hi), d.next(held.end, now, s.lo, s.hi),
			d.next(held.guard, now, s.lo, s.hi), d.next(held.guardEnd, now, s.lo, s.hi), held.count,
		}
		if d.chance(60) {
			held.count = d.counts(now, s.lo, s.hi)
		}
		status, _, next := s.evaluate(held, now)
		s.keep(status)
		if got := finalOf(status); final != nil && !apiequality.Semantic.DeepEqual(final, got) {
			t.Errorf("at %v the final result %v becomes %v", now, final, got)
			return false
		} else if got != nil {
			final = got.DeepCopy()
		}
		if !holds(t, d, s, held, status, now, next) {
			return false
		}
		if d.chance(40) {
			s.disturb(d)
		}
		now = now.Add(pick(d, next.Sub(now), time.Duration(d.Int64N(int64(4*24*time.Hour)))))
	}
	return true
}

func finalOf(status any) *v1alpha1.Final {
	switch s := status.(type) {
	case v1alpha1.KeyResultStatus:
		return s.Final
	case v1alpha1.ObjectiveStatus:
		return s.Final
	default:
		return nil
	}
}

func holds(t *testing.T, d dice, s subject, held answers, status any, now, next time.Time) bool {
	t.Helper()
	unchanged := func(reason string, a answers, at time.Time) bool {
		again, _, _ := s.evaluate(a, at)
		if apiequality.Semantic.DeepEqual(status, again) {
			return true
		}
		t.Errorf("%s at %v (evaluated at %v, next look %v): -before +after\n%s", reason, at, now, next, cmp.Diff(status, again))
		return false
	}
	ok := unchanged("evaluated again", held, now) && unchanged("restarted", answers{}, now)
	if explained, wrong := s.explain(held, now); wrong != "" || !apiequality.Semantic.DeepEqual(status, explained) {
		t.Errorf("explained at %v: %s: -status +explained\n%s", now, wrong, cmp.Diff(status, explained))
		ok = false
	}
	s.reload()
	ok = ok && unchanged("read back", held, now)
	for _, answer := range []struct {
		last  sample.Sample
		heard func() bool
	}{{held.live.Last, s.heard}, {held.guard.Last, s.guarded}} {
		if answer.heard == nil || !answer.heard() || !answer.last.Reason.Answered() || answer.last.OK() {
			continue
		}
		switch s.health() {
		case "OnTrack", "AtRisk", "OffTrack", "Healthy", "Warning", "Unhealthy":
			t.Errorf("%s by an answer of %s", s.health(), answer.last.Reason)
			ok = false
		}
	}
	if !next.After(now) || next.After(now.Add(time.Hour)) {
		t.Errorf("at %v the next look is %v", now, next)
		ok = false
	}
	last := next.Add(-time.Second)
	if d.chance(3) { // every second up to the next look, or every so many
		for at := now; ok && !at.After(last); at = at.Add(time.Duration(1+d.IntN(1+int(last.Sub(now)/(5*time.Minute)))) * time.Second) {
			ok = unchanged("before the next look", held, at)
		}
	}
	return ok && (last.Before(now) || unchanged("before the next look", held, last))
}
