package evaluate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// severity is how bad a verdict is; below 0 it is none.
func severity(health v1alpha1.Health) int {
	switch health {
	case v1alpha1.HealthOnTrack, v1alpha1.HealthAchieved:
		return 0
	case v1alpha1.HealthAtRisk:
		return 1
	case v1alpha1.HealthOffTrack, v1alpha1.HealthMissed:
		return 2
	default:
		return -1
	}
}

// TestWorseValueIsNeverBetter holds that progress is within 0 to 100 and monotone in the value in the direction of the
// target, and that a worse value, or none, never gives a better verdict: at once, and when holdFor has passed.
func TestWorseValueIsNeverBetter(t *testing.T) {
	for seed := range uint64(2000) {
		d := dice{rand.New(rand.NewPCG(seed, 7))}
		shape := pick(d, "Given", "Change", "Measured", "Elapsed", "Maintain", "Budget", "Guarded", "HeldInIt", "SpentInIt")
		in, _ := d.goal(shape, quarter)
		in.KeyResult.Spec.Final = nil
		now := begin.Add(time.Duration(d.Int64N(int64(100 * 24 * time.Hour)))).Truncate(time.Second)
		worse, better := 250+d.Float64()*700, 250+d.Float64()*700 // the way leads down, or a bound lies above
		if worse < better {
			worse, better = better, worse
		}
		if up := in.KeyResult.Spec.Reach; up != nil && (up.Change != "" && up.Change != "-20%" || shape == "Elapsed") {
			worse, better = better, worse
		}
		inside := ranges(now, func(t time.Time) float64 { return 500 + 500*float64(t.Unix()/3600%3/2) })
		guard := good(300+d.Float64()*700, now)
		look := func(value float64, hold bool) v1alpha1.KeyResultStatus {
			object := *in.KeyResult
			copied := in
			copied.KeyResult = &object
			a := answers{live: good(value, now), start: good(900, begin), guard: guard, count: inside}
			if hold { // after another value, for as long as any holdFor here
				before := a
				before.live = good(250+d.Float64()*700, now)
				visit(copied, before, now)
				visit(copied, a, now)
				a.live = good(value, now.Add(7*time.Hour))
			}
			at := now
			if hold {
				at = now.Add(7 * time.Hour)
			}
			return visit(copied, a, at).Status
		}
		for _, hold := range []bool{false, true} {
			bad, fine := look(worse, hold), look(better, hold)
			says := fmt.Sprintf("seed %d, %s at %v, held %t: %v gives %s (%v), %v gives %s (%v)", seed, shape, now, hold,
				worse, bad.Health, bad.ProgressPercent, better, fine.Health, fine.ProgressPercent)
			if severity(bad.Health) >= 0 && severity(bad.Health) < severity(fine.Health) {
				t.Error(says)
			}
			if a, b := bad.ProgressPercent, fine.ProgressPercent; (a == nil) != (b == nil) || a != nil && (*a < 0 || *a > *b || *b > 100) {
				t.Error(says)
			}
		}
		none := in
		none.KeyResult = pointer(*in.KeyResult)
		a := answers{live: bad(pick(d, noNumber...), now), start: good(900, begin), guard: guard, count: inside}
		if got := visit(none, a, now).Status; severity(got.Health) >= 0 && got.Final == nil { // a count may score it
			t.Errorf("seed %d, %s at %v: %s by no number", seed, shape, now, got.Health)
		}
	}
}

// crowd is an objective with random members of either kind.
func (d dice) crowd() evaluate.ObjectiveInput {
	in := evaluate.ObjectiveInput{Objective: newObjective(func(o *v1alpha1.Objective) {
		o.Spec.RollUp = pick(d, v1alpha1.RollUpKeyResults, v1alpha1.RollUpChildren)
		o.Spec.Ambition = pick(d, v1alpha1.AmbitionCommitted, v1alpha1.AmbitionAspirational)
	})}
	healths := []v1alpha1.Health{"OnTrack", "OnTrack", "AtRisk", "OffTrack", "Achieved", "Missed"}
	for i := range 1 + d.IntN(6) {
		kr := member(fmt.Sprintf("m%d", i), pick(d, healths...), d.Int32N(101), d.Int32N(101))
		kr.Spec.Weight = pointer(pick(d, int32(0), 1, 1, 3, 1000))
		in.KeyResults = append(in.KeyResults, kr)
		period := pick(d, "2026-10", "2026-10-15/2026-11-20", "2026-12", quarter, "2026-10-01/2026-12-30")
		o := child(fmt.Sprintf("c%d", i), period, pick(d, healths...), d.Int32N(101), d.Int32N(101), inZone(pick(d, people...)))
		o.Spec.ParentRef.Weight = kr.Spec.Weight
		in.Children = append(in.Children, o)
	}
	return in
}

// TestRollUpLiesBetweenItsMembers holds that progress is not below the smallest member and not above the largest, the
// time that a parent's children leave open being a member at 0.
func TestRollUpLiesBetweenItsMembers(t *testing.T) {
	for seed := range uint64(3000) {
		d := dice{rand.New(rand.NewPCG(seed, 8))}
		in := d.crowd()
		got := visitObjective(in, begin.Add(time.Duration(d.Int64N(int64(91*24*time.Hour))))).Status
		low, high, last := int32(100), int32(0), okr.Date{}
		add := func(progress, weight *int32) {
			if *weight > 0 {
				low, high = min(low, *progress), max(high, *progress)
			}
		}
		for _, kr := range in.KeyResults {
			if in.Objective.Spec.RollUp == v1alpha1.RollUpKeyResults {
				add(kr.Status.ProgressPercent, kr.Spec.Weight)
			}
		}
		for _, o := range in.Children {
			if in.Objective.Spec.RollUp == v1alpha1.RollUpChildren {
				add(o.Status.ProgressPercent, o.Spec.ParentRef.Weight)
				if days, err := okr.ParsePeriod(string(o.Spec.Period)); err == nil && *o.Spec.ParentRef.Weight > 0 && last.Before(days.Last) {
					last = days.Last
				}
			}
		}
		if in.Objective.Spec.RollUp == v1alpha1.RollUpChildren && last.Before(okr.Date{Year: 2026, Month: 12, Day: 31}) {
			low = 0
		}
		if p := got.ProgressPercent; p != nil && (*p < low || *p > high) {
			t.Errorf("seed %d: %d is not between %d and %d", seed, *p, low, high)
		}
	}
}

// TestWorseMemberIsNeverBetter holds that an objective's verdict does not get better because a member gets worse, is
// missed, or has no value.
func TestWorseMemberIsNeverBetter(t *testing.T) {
	for seed := range uint64(5000) {
		d := dice{rand.New(rand.NewPCG(seed, 9))}
		in := d.crowd()
		now := begin.Add(time.Duration(d.Int64N(int64(91 * 24 * time.Hour))))
		before := visitObjective(in, now).Status
		i, what := d.IntN(len(in.KeyResults)), ""
		worsen := func(health *v1alpha1.Health, progress **int32) {
			was := *health
			switch what = pick(d, "Worse", "Missed", "Lower", "NoValue", "NeverMeasured"); what {
			case "Worse":
				*health, *progress = pick(d, v1alpha1.HealthAtRisk, v1alpha1.HealthOffTrack), pointer(d.Int32N(1+**progress))
				if severity(*health) < severity(was) {
					*health = was
				}
			case "Missed":
				*health = v1alpha1.HealthMissed
			case "Lower":
				*progress = pointer(d.Int32N(1 + **progress))
			case "NoValue":
				*health = v1alpha1.HealthUnknown
			case "NeverMeasured":
				*health, *progress = v1alpha1.HealthUnknown, nil
			}
			what = fmt.Sprintf("%s: %s becomes %s", what, was, *health)
		}
		s, c := &in.KeyResults[i].Status, &in.Children[i].Status
		if in.Objective.Spec.RollUp == v1alpha1.RollUpKeyResults {
			worsen(&s.Health, &s.ProgressPercent)
		} else {
			worsen(&c.Health, &c.ProgressPercent)
		}
		after := visitObjective(in, now).Status
		unknown := severity(after.Health) < 0
		switch {
		case unknown: // says nothing
		case severity(after.Health) == 1 && (s.Health == v1alpha1.HealthUnknown || c.Health == v1alpha1.HealthUnknown): // at least
			if severity(before.Health) < 0 {
				t.Errorf("seed %d: %s; %s becomes %s", seed, what, before.Health, after.Health)
			}
		case severity(after.Health) < severity(before.Health):
			t.Errorf("seed %d: %s; %s becomes %s", seed, what, before.Health, after.Health)
		}
	}
}

// TestOrderDecidesNothing holds that no verdict hangs on the order in which key results, children, check-ins, milestones,
// readings and references are written.
func TestOrderDecidesNothing(t *testing.T) {
	for seed := range uint64(1000) {
		d := dice{rand.New(rand.NewPCG(seed, 10))}
		in, _ := d.goal(pick(d, "Milestones", "ByHand", "HeldByHand", "Readings", "GuardedByHand", "Given"), quarter)
		now := begin.Add(time.Duration(d.Int64N(int64(100 * 24 * time.Hour))))
		a := answers{live: good(500, now), guard: good(500, now)}
		before := visit(in, a, now).Status
		in.KeyResult.Status = v1alpha1.KeyResultStatus{ObservedGeneration: -1}
		shuffle(d, in.Objective.Spec.CheckIns)
		shuffle(d, in.KeyResult.Spec.Milestones)
		if in.KPI != nil {
			shuffle(d, in.KPI.Spec.Readings)
		}
		if after := visit(in, a, now).Status; !spokenBy(after).equals(spokenBy(before)) || after.Value != before.Value {
			t.Errorf("seed %d: %v becomes %v", seed, spokenBy(before), spokenBy(after))
		}

		crowd := d.crowd()
		crowd.Objective.Spec.CheckIns = in.Objective.Spec.CheckIns
		was := visitObjective(crowd, now).Status
		crowd.Objective.Status = v1alpha1.ObjectiveStatus{ObservedGeneration: -1}
		shuffle(d, crowd.KeyResults)
		shuffle(d, crowd.Children)
		shuffle(d, crowd.Objective.Spec.CheckIns)
		same(t, fmt.Sprint("seed ", seed), was, visitObjective(crowd, now).Status)
	}
}

func shuffle[T any](d dice, all []T) {
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
}
