package explain

import (
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// summary says in plain words how it stands and why.
func (k *keyResultParts) summary() string {
	on := conditionOf(k.status.Conditions, v1alpha1.OnTrackCondition)
	switch k.e.Phase {
	case evaluate.PhaseScored:
		return k.overSummary()
	case evaluate.PhaseClosing:
		return "Its time is over, and it is not scored yet. " + sentence(strings.TrimPrefix(on.Message, "over: "))
	case evaluate.PhaseCancelled:
		return "It was given up, so nothing is measured or judged. " + sentence(on.Message)
	case evaluate.PhaseDraft:
		return "Its objective is a draft: it is shown, and judged only once that is decided."
	case evaluate.PhasePending:
		return fmt.Sprintf("Its time has not begun: it runs from %s to %s. Until then nothing is expected of it.", k.e.Calendar.First, k.e.Calendar.Last)
	case evaluate.PhaseBlocked:
		return "It is not evaluated, for something must be put in order first. " + sentence(on.Message)
	}
	if k.e.Shown == nil || !k.e.Value.Usable {
		return "How it stands is not known, which is neither good nor bad news. " + sentence(on.Message) + k.lastKnown()
	}
	text := k.stands()
	if n := k.e.Newest; n.Percent < n.Unguarded {
		text += fmt.Sprintf(" But its guard stands at %s, so that only %d %% counts.", k.status.Guard, okr.Whole(n.Percent))
	}
	return text + " " + k.because()
}

func (k *keyResultParts) lastKnown() string {
	if k.e.Value.Value == nil {
		return ""
	}
	return fmt.Sprintf(" The last number that was known is %s, of %s.", k.status.Value, k.when(k.e.Value.Time))
}

func (k *keyResultParts) overSummary() string {
	final := k.status.Frozen.Final
	text := fmt.Sprintf("It is over, since %s. ", k.instant(k.e.Calendar.End))
	if !k.e.Dated {
		text = "It is over. "
	}
	if final.Value != "" && k.status.Value != "" {
		text += fmt.Sprintf("It ended with %s, and the aim was %s. ", k.status.Value, k.status.Target)
	}
	verdict := "which passes"
	if final.Grade != v1alpha1.GradeGreen {
		verdict = "which does not pass: it is Missed"
	}
	return text + fmt.Sprintf("That scores %s (%s), %s.", final.Score, final.Grade, verdict)
}

// stands says where it is on its way.
func (k *keyResultParts) stands() string {
	share := fmt.Sprintf("%d %% of the time has passed", okr.Whole(100*k.e.Pace.Elapsed(k.now)))
	switch {
	case len(k.e.Milestones) > 0:
		return fmt.Sprintf("%s, which is %d %% of the work. %s, and %d %% was to be done by now.", sentenceStart(k.status.Value),
			okr.Whole(k.e.Newest.Percent), sentenceStart(share), k.e.Newest.Verdict.ExpectedPercent)
	case k.e.Maintain != nil && k.e.Maintain.Budget != nil:
		b := k.e.Maintain.Budget
		return fmt.Sprintf("The number is %s, and should stay %s. It was outside for %s %% of the whole time so far, and %s %% are allowed; %s.",
			k.status.Value, bandWords(k.e.Maintain.Band, k.unit()), points(100*b.Spent.Outside), points(100*b.Allowed), share)
	case k.e.Maintain != nil:
		return fmt.Sprintf("The number is %s, and should stay %s until %s.", k.status.Value, bandWords(k.e.Maintain.Band, k.unit()), k.e.Calendar.Last)
	default:
		return fmt.Sprintf("The number is %s; it started at %s and is to get to %s by %s. That is %d %% of the way. %s, and %d %% was expected by now.",
			k.status.Value, k.status.Baseline, quantity(*k.e.Reach.Target, k.unit()), k.e.Calendar.Last, okr.Whole(k.e.Newest.Unguarded),
			sentenceStart(share), k.e.Newest.Verdict.ExpectedPercent)
	}
}

func sentenceStart(text string) string { return strings.TrimSuffix(sentence(text), ".") }

// because says what makes the verdict.
func (k *keyResultParts) because() string {
	st := k.e.Shown
	var text string
	switch st.Verdict.Reason {
	case okr.TargetReached:
		text = "The target is reached, so it is on track."
	case okr.Regressing:
		text = fmt.Sprintf("It has moved away from its target since the start, so it is %s.", inWords(st.Verdict.Health))
	case okr.GuardNotMet:
		text = fmt.Sprintf("By that it is %s.", inWords(st.Verdict.Health))
	case okr.OutsideBand:
		text = fmt.Sprintf("It is outside now, so it is %s.", inWords(st.Verdict.Health))
	case okr.BudgetSpent:
		text = fmt.Sprintf("More than is allowed is spent, so it is %s.", inWords(st.Verdict.Health))
	case okr.SpendingFast:
		text = "What is allowed is being spent faster than the time passes, so it is at risk."
	default:
		text = k.byGap(st)
	}
	if p := k.status.Frozen.PendingHealth; p != nil {
		text += fmt.Sprintf(" The newest number would make it %s; the verdict follows once that has lasted for %s.", inWords(okr.Health(p.Health)), k.kr.Spec.HoldFor)
	}
	if c := k.e.Confidence; c != nil && c.Lowers {
		text = strings.Replace(text, "so it is on track", "which alone would be on track", 1)
		text += fmt.Sprintf(" Those who do the work believe in it with %d of 10 only, which makes it at risk.", c.Of10)
	}
	return text
}

func (k *keyResultParts) byGap(st *evaluate.Stand) string {
	if k.e.Tolerances == nil {
		if k.e.Maintain.Budget != nil {
			return fmt.Sprintf("It is inside now, so it is %s.", inWords(st.Verdict.Health))
		}
		return fmt.Sprintf("It is inside, so it is %s.", inWords(st.Verdict.Health))
	}
	tol := k.e.Tolerances
	gap := float64(st.Verdict.ExpectedPercent) - st.Percent
	where := behindText(gap)
	switch {
	case st.Verdict.Health == okr.OnTrack && gap <= 0:
		return fmt.Sprintf("It is %s, so it is on track.", where)
	case st.Verdict.Health == okr.OnTrack:
		return fmt.Sprintf("It is %s, and up to %s is on track.", where, points(tol.AtRisk))
	case st.Verdict.Health == okr.AtRisk:
		return fmt.Sprintf("It is %s, and more than %s is at risk.%s", where, points(tol.AtRisk), k.wanted())
	default:
		return fmt.Sprintf("It is %s, and more than %s is off track.%s", where, points(tol.OffTrack), k.wanted())
	}
}

// wanted says what number would be on track now.
func (k *keyResultParts) wanted() string {
	r := k.e.Reach
	if r == nil || k.e.Guard != nil {
		return ""
	}
	p := min(100, float64(k.e.Shown.Verdict.ExpectedPercent)-k.e.Tolerances.AtRisk)
	return fmt.Sprintf(" To be on track today it would have to be at %s.", quantity(*r.Baseline+p/100*(*r.Target-*r.Baseline), k.unit()))
}

func inWords(h okr.Health) string {
	switch h {
	case okr.OnTrack:
		return "on track"
	case okr.AtRisk:
		return "at risk"
	case okr.OffTrack:
		return "off track"
	default:
		return string(h)
	}
}
