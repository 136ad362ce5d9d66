package explain

import (
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// time tells what is expected by now.
func (k *keyResultParts) time() *Section {
	s := &Section{Name: "expected", Title: "What is expected by now"}
	if k.e.Phase != evaluate.PhaseRunning {
		s.Name, s.Title = "time", "Its time"
	}
	if !k.e.Dated {
		return s
	}
	c, pace := k.e.Calendar, k.e.Pace
	share := pace.Elapsed(k.now)
	k.calendar(s, c)
	s.add("ambition", "%s: it passes at %s %%", ambitionName(k.e.Ambition), exact(pace.Pass)).is(pace.Pass, "%")
	if k.now.Before(c.Start) || !k.now.Before(c.End) {
		return s
	}
	expected := pace.Expected(k.now)
	switch {
	case pace.Stepped:
		s.add("expected", "%s %% × the share of the weight that is due by now = %s %%", exact(pace.Pass), points(expected)).is(expected, "%")
	case len(pace.Checkpoints) > 0:
		var marks []string
		for _, mark := range pace.Checkpoints {
			marks = append(marks, fmt.Sprintf("%s %% by the end of %s", exact(mark.Percent), mark.At.In(k.zone).AddDate(0, 0, -1).Format("2006-01-02")))
		}
		s.add("checkpoints", "the line runs through %s", strings.Join(marks, ", "))
		s.add("expected", "%s %% × where that line is now = %s %%", exact(pace.Pass), points(expected)).is(expected, "%")
	default:
		s.add("expected", "%s %% × s = %s × %s %% = %s %%", exact(pace.Pass), exact(pace.Pass/100), points(100*share), points(expected)).is(expected, "%")
	}
	whole := pace.ExpectedPercent(k.now)
	s.add("shown", "expectedPercent %d: rounded down", whole).is(float64(whole), "%")
	return s
}

// calendar tells of a goal's own time.
func (x *explaining) calendar(s *Section, c evaluate.Calendar) {
	whole := c.End.Sub(c.Start)
	s.add("time", "%s to %s, both included, in %s: %s days", c.First, c.Last, c.Zone, days(whole))
	switch {
	case x.now.Before(c.Start):
		s.add("begins", "%s", x.when(c.Start)).of(c.Start)
	case !x.now.Before(c.End):
		s.add("ended", "%s", x.when(c.End)).of(c.End)
	default:
		share := 100 * c.Elapsed(x.now)
		s.add("elapsed", "s = %s of %s days = %s %%", days(x.now.Sub(c.Start)), days(whole), points(share)).is(share, "%")
	}
}

func ambitionName(a okr.Ambition) string {
	if a == okr.Aspirational {
		return "Aspirational"
	}
	return "Committed"
}

// judgement tells how the verdict comes of it.
func (k *keyResultParts) judgement() *Section {
	s := &Section{Name: "verdict", Title: "The verdict"}
	on := conditionOf(k.status.Conditions, v1alpha1.OnTrackCondition)
	if k.e.Phase != evaluate.PhaseRunning {
		k.ready(s, k.status.Conditions)
		s.add("verdict", "%s", k.said(k.status.Health, on))
		return s
	}
	if k.e.Shown != nil && k.e.Value.Usable {
		if k.e.Tolerances != nil {
			k.gap(s)
		} else {
			k.bandRules(s)
		}
		k.held(s)
	} else {
		s.add("unknown", "there is no number that a verdict could be given by: Unknown, which is neither red nor green")
	}
	k.lowered(s)
	k.forecast(s)
	k.ready(s, k.status.Conditions)
	s.add("verdict", "%s", k.said(k.status.Health, on))
	k.counts(s)
	return s
}

// gap compares progress with what is expected.
func (k *keyResultParts) gap(s *Section) {
	st, tol := k.e.Shown, k.e.Tolerances
	expected := float64(st.Verdict.ExpectedPercent)
	gap := expected - st.Percent
	s.add("gap", "expected − progress = %s − %s: %s", exact(expected), minus(points(st.Percent)), behindText(gap)).is(gap, "points")
	k.tolerances(s, *tol, k.e.Gaps, fmt.Sprintf("what is expected to rise in one interval of %s", lasts(k.e.Interval)))
	if r := k.e.Reach; r != nil && r.Baseline != nil && r.Target != nil && k.e.Guard == nil {
		at := func(p float64) string { return quantity(*r.Baseline+p/100*(*r.Target-*r.Baseline), k.unit()) }
		s.add("bounds", "today %s or better would be OnTrack, and %s or better AtRisk", at(min(100, expected-tol.AtRisk)), at(min(100, expected-tol.OffTrack)))
	}
	var rule string
	switch st.Verdict.Reason {
	case okr.TargetReached:
		rule = "progress is 100 % or more: OnTrack on any day"
	case okr.Regressing:
		rule = fmt.Sprintf("progress is below −%s %%, the first tolerance: it regresses, which is never OnTrack", exact(k.e.Gaps.AtRisk))
	case okr.GuardNotMet:
		rule = "what the guard lets count decides"
	default:
		rule = gapRule(st.Verdict.Health, gap, *tol)
	}
	s.add("rule", "%s", rule)
}

// gapRule compares a gap with the tolerances that decide it.
func gapRule(health okr.Health, gap float64, tol okr.Tolerances) string {
	switch health {
	case okr.OnTrack:
		return fmt.Sprintf("%s ≤ %s: OnTrack", points(gap), points(tol.AtRisk))
	case okr.AtRisk:
		return fmt.Sprintf("%s > %s, and ≤ %s: AtRisk", points(gap), points(tol.AtRisk), points(tol.OffTrack))
	default:
		return fmt.Sprintf("%s > %s: OffTrack", points(gap), points(tol.OffTrack))
	}
}

// tolerances tells how far behind a goal may be now.
func (x *explaining) tolerances(s *Section, tol okr.Tolerances, written okr.Gaps, least string) {
	text := fmt.Sprintf("OnTrack up to %s points behind, AtRisk up to %s, else OffTrack", points(tol.AtRisk), points(tol.OffTrack))
	s.add("tolerances", "%s", text).is(tol.AtRisk, "points")
	switch {
	case tol.Share >= 1:
		text = fmt.Sprintf("those are the whole %s and %s; from %s on they shrink, to nothing at the end",
			exact(written.AtRisk), exact(written.OffTrack), x.when(tol.ShrinkFrom))
	default:
		text = fmt.Sprintf("the whole ones are %s and %s; they shrink since %s, and %s %% of them are left",
			exact(written.AtRisk), exact(written.OffTrack), x.instant(tol.ShrinkFrom), points(100*tol.Share))
	}
	if tol.Granted > 0 {
		text += fmt.Sprintf("; %s that members on track have been granted already are added to what is left", pointsText(tol.Granted))
	}
	if tol.AtRisk > written.AtRisk*tol.Share+tol.Granted || tol.OffTrack > written.OffTrack*tol.Share+tol.Granted {
		text += fmt.Sprintf("; never less than %s, which is %s", points(tol.Least), least)
	}
	s.add("shrinking", "%s", text).of(tol.ShrinkFrom)
}

// bandRules tells how a band is judged.
func (k *keyResultParts) bandRules(s *Section) {
	st := k.e.Shown
	b := k.e.Maintain.Budget
	if b == nil {
		rule := "inside is OnTrack, outside is OffTrack, whatever the time"
		s.add("rule", "%s", rule)
		return
	}
	share := k.e.Pace.Elapsed(k.now)
	out, allowed := 100*b.Spent.Outside, 100*b.Allowed
	var rule string
	switch st.Verdict.Reason {
	case okr.BudgetSpent:
		rule = fmt.Sprintf("outside for %s %%, and %s %% are allowed: AtRisk, and OffTrack once the score is below %s", points(out), points(allowed), points(k.e.Pace.Pass/100))
	case okr.OutsideBand:
		rule = "the budget is not spent, but the value is outside now: AtRisk"
	case okr.SpendingFast:
		rule = fmt.Sprintf("%s %% were outside, more than %s %% × s = %s %%, and more than a quarter of the budget: AtRisk", points(out), points(allowed), points(allowed*share))
	case okr.PartialHistory:
		rule = "points without a number could decide: Unknown"
	default:
		rule = fmt.Sprintf("%s %% ≤ %s %% allowed, inside now, and not spent faster than the time passes (%s %% × s = %s %%; up to a quarter of it is free): OnTrack",
			points(out), points(allowed), points(allowed), points(allowed*share))
	}
	s.add("rule", "%s", rule)
}

// held tells of a verdict that waits.
func (k *keyResultParts) held(s *Section) {
	p := k.status.Frozen.PendingHealth
	if p == nil {
		return
	}
	until := p.Since.Add(k.kr.Spec.HoldFor.Duration())
	s.add("hold", "the newest value says %s, since %s; by spec.holdFor the verdict stays that of %s until every value for %s says otherwise, which is %s",
		p.Health, k.instant(p.Since.Time), withUnit(p.ShownValue, k.unit()), k.kr.Spec.HoldFor, k.when(until)).of(until)
}

// lowered tells what those who do the work say.
func (k *keyResultParts) lowered(s *Section) {
	c := k.e.Confidence
	switch {
	case c == nil:
	case c.Lowers:
		s.add("confidence", "%d of 10 in the check-in of %s: below 4 turns OnTrack into AtRisk. People may lower the verdict, never raise it", c.Of10, c.Date).is(float64(c.Of10), "of 10")
	default:
		s.add("confidence", "%d of 10 in the check-in of %s: it changes nothing", c.Of10, c.Date).is(float64(c.Of10), "of 10")
	}
}

// counts tells what it counts in its objective.
func (k *keyResultParts) counts(s *Section) {
	weight := int32(1)
	if w := k.kr.Spec.Weight; w != nil {
		weight = *w
	}
	if weight == 0 {
		s.add("objective", "%s, in which it does not count: its weight is 0", k.kr.Spec.ObjectiveRef.Name)
		return
	}
	s.add("objective", "%s, in which it counts with a weight of %d", k.kr.Spec.ObjectiveRef.Name, weight).is(float64(weight), "")
}

// forecast tells where a straight line leads.
func (k *keyResultParts) forecast(s *Section) {
	f := k.status.Forecast
	if f == nil || f.ProgressPercent == nil {
		return
	}
	text := fmt.Sprintf("a straight line from the baseline through the value leads to %s at the end, which is %d %% of the way", f.Value, *f.ProgressPercent)
	switch {
	case f.ReachesTargetOn == "":
		text += "; it does not reach the target"
	case k.status.ProgressPercent != nil && *k.status.ProgressPercent < 100:
		text += "; it reaches the target on " + f.ReachesTargetOn.String()
	}
	s.add("forecast", "%s. It decides nothing", text).is(float64(*f.ProgressPercent), "%")
}
