package explain

import (
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// impact tells what became of its KPIs.
func (p *objectiveParts) impact() *Section {
	s := &Section{Name: "kpis", Title: "The KPIs that it is to move"}
	for _, k := range p.status.KPIImpact {
		parts := []string{orUnknown(k.AtStart) + " at the start"}
		if k.AtEnd != "" {
			parts = append(parts, k.AtEnd+" at the end")
		}
		if k.Change != "" {
			parts = append(parts, k.Change)
		}
		s.add("kpi", "%s: %s", k.KPI, strings.Join(parts, ", "))
	}
	for _, a := range p.e.Questions {
		s.add("asked", "%s for its value at %s", a.About, p.instant(unix(a.Question.At)))
	}
	if len(s.Steps) > 0 {
		s.add("verdict", "not decided by these: they are shown beside it")
	}
	return s
}

func orUnknown(text string) string {
	if text == "" {
		return "not known"
	}
	return text
}

// remembered tells what is frozen, and why.
func (p *objectiveParts) remembered() *Section {
	s := &Section{Name: "frozen", Title: "What is remembered, and why"}
	frozen := p.status.Frozen
	if frozen == nil {
		return s
	}
	if f := frozen.Final; f != nil {
		s.add("final", "score %s (%s), and the members behind it: what a quarter ended with must not change when files are edited", f.Score, f.Grade)
		if conditionOf(p.status.Conditions, v1alpha1.ReopenedCondition).Status == "True" {
			s.add("reopened", "what decides the score was edited after the end; the score stays")
		}
	}
	for _, k := range frozen.KPIs {
		var parts []string
		if k.AtStart != nil {
			parts = append(parts, orUnknown(k.AtStart.Value)+" at the start")
		}
		if k.AtEnd != nil {
			parts = append(parts, orUnknown(k.AtEnd.Value)+" at the end")
		}
		s.add("kpi", "%s, %s: asked for once, for the source forgets it", k.KPI, strings.Join(parts, ", "))
	}
	return s
}

// shown is what the status says, where nothing is computed.
func (p *objectiveParts) shown() *Section {
	s := &Section{Name: "status", Title: "What the status says"}
	st := p.status
	percents(s, st.ProgressPercent, st.ExpectedPercent)
	if st.KeyResults != nil {
		texts(s, "keyResults", st.KeyResults.Summary)
	}
	if st.Children != nil {
		texts(s, "children", st.Children.Summary)
	}
	p.conditions(s, st.Conditions)
	return s
}

// summary says in plain words how it stands and why.
func (p *objectiveParts) summary() string {
	on := conditionOf(p.status.Conditions, v1alpha1.OnTrackCondition)
	switch p.e.Phase {
	case evaluate.PhaseScored:
		final := p.status.Frozen.Final
		verdict := "which passes"
		if final.Grade != v1alpha1.GradeGreen {
			verdict = "which does not pass: it is Missed"
		}
		return fmt.Sprintf("It is over, since %s. Its %s score %s together (%s), %s.", p.instant(final.Time.Time), p.several(), final.Score, final.Grade, verdict)
	case evaluate.PhaseClosing:
		return "Its time is over, and it is not scored yet. " + sentence(strings.TrimPrefix(strings.TrimPrefix(on.Message, "over; "), "over, "))
	case evaluate.PhaseCancelled:
		return "It was given up, so it is not judged. " + sentence(on.Message)
	case evaluate.PhaseDraft:
		return "It is a draft: it is shown, and judged only once it is decided (spec.state: Active)."
	case evaluate.PhasePending:
		return fmt.Sprintf("Its time has not begun: it runs from %s to %s. Until then nothing is expected of it.", p.e.Calendar.First, p.e.Calendar.Last)
	case evaluate.PhaseBlocked:
		return "It is not evaluated, for something must be put in order first. " + sentence(on.Message)
	}
	if p.status.Health == v1alpha1.HealthUnknown || p.e.Sum.Progress == nil {
		return "How it stands is not known, which is neither good nor bad news. " + sentence(on.Message)
	}
	return p.standing() + " " + p.because()
}

func (p *objectiveParts) several() string {
	_, several := p.words()
	return several
}

func (p *objectiveParts) standing() string {
	text := fmt.Sprintf("%d %% of it is done, and %d %% was expected by now, as its %s say", orZero(p.status.ProgressPercent),
		orZero(p.status.ExpectedPercent), p.several())
	groups := map[okr.Health][]string{}
	for _, m := range p.e.Members {
		groups[m.Health] = append(groups[m.Health], m.Name)
	}
	var parts []string
	for _, h := range []okr.Health{okr.OffTrack, okr.Missed, okr.AtRisk, okr.Unknown, okr.Pending, okr.OnTrack, okr.Achieved} {
		names := groups[h]
		switch {
		case len(names) == 0:
		case len(names) <= 3 && h != okr.OnTrack && h != okr.Achieved:
			parts = append(parts, fmt.Sprintf("%d %s (%s)", len(names), inWords(h), strings.Join(names, ", ")))
		default:
			parts = append(parts, fmt.Sprintf("%d %s", len(names), inWords(h)))
		}
	}
	return text + ": of " + fmt.Sprint(len(p.e.Members)) + ", " + strings.Join(parts, ", ") + "."
}

// because says what makes the verdict.
func (p *objectiveParts) because() string {
	on := conditionOf(p.status.Conditions, v1alpha1.OnTrackCondition)
	health, c := inWords(okr.Health(p.status.Health)), p.e.Account.Best
	if p.e.Account.Worst != c {
		return fmt.Sprintf("Whatever the ones without a verdict turn out to be, it is %s.", health)
	}
	switch okr.Reason(on.Reason) {
	case okr.OnPace:
		if c.Behind <= 0 {
			return "It keeps its pace, so it is on track."
		}
		return fmt.Sprintf("It is %s, and up to %s is on track.", behindText(c.Behind), points(c.Tolerances.AtRisk))
	case okr.MembersBehind:
		if c.Off > 0 {
			return fmt.Sprintf("The means alone would not say so, but one that is off track or missed makes the whole at least at risk: it is %s.", health)
		}
		return "None of them is on track, which makes the whole at least at risk."
	case okr.LowConfidence:
		return "The pace is kept, but those who do the work believe in less than half of it, which makes it at risk."
	case okr.Unplanned:
		return fmt.Sprintf("Its last child ended on %s, and nothing is planned for the rest of its time, which makes it at risk.", p.e.Through)
	default:
		tolerated := c.Tolerances.AtRisk
		if p.status.Health == v1alpha1.HealthOffTrack {
			tolerated = c.Tolerances.OffTrack
		}
		return fmt.Sprintf("It is %s, and more than %s is %s.", behindText(c.Behind), points(tolerated), health)
	}
}
