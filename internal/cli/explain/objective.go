package explain

import (
	"fmt"
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// objectiveParts are an objective, and how its evaluation came about.
type objectiveParts struct {
	*explaining
	o      *v1alpha1.Objective
	in     evaluate.ObjectiveInput
	e      evaluate.ObjectiveExplanation
	status *v1alpha1.ObjectiveStatus
}

func (x *explaining) objective(o *v1alpha1.Objective) error {
	x.Title = o.Spec.Title
	in, err := x.reader.world().Objective(x.ctx, o)
	if err != nil {
		return err
	}
	e := evaluate.ExplainObjective(in, none, x.now)
	p := &objectiveParts{explaining: x, o: o, in: in, e: e, status: &e.Result.Status}
	x.zone = e.Calendar.Zone
	x.compare(&o.ObjectMeta, &o.Status, &e.Result.Status, e.Result.Change)
	if x.untrusted(e.Result.Change) {
		p.status = &o.Status
		x.verdict(string(o.Status.Health), o.Status.Conditions, v1alpha1.OnTrackCondition)
		x.Summary = x.unreadSummary()
		x.put(p.shown())
		x.put(p.time())
		x.put(p.remembered())
		return nil
	}
	x.verdict(string(e.Result.Status.Health), e.Result.Status.Conditions, v1alpha1.OnTrackCondition)
	x.Summary = p.summary()
	for _, part := range []*Section{p.members(), p.means(), p.time(), p.judgement(), p.impact(), p.remembered()} {
		x.put(part)
	}
	x.Next, err = p.next()
	return err
}

// words are what its members are called: one, and several.
func (p *objectiveParts) words() (one, several string) {
	if p.e.ByChildren {
		return "child", "children"
	}
	return "key result", "key results"
}

// members tells what its progress is made of.
func (p *objectiveParts) members() *Section {
	_, several := p.words()
	s := &Section{Name: "members", Title: "What it is made of: " + several}
	if len(p.e.Members) > 0 {
		table := s.add(strings.ReplaceAll(several, " ", ""), "%s", p.chosen())
		table.Columns = []string{strings.ToUpper(strings.TrimSuffix(several, "s")), "WEIGHT", "HEALTH", "PROGRESS", "EXPECTED", titleBehind}
		if p.e.ByChildren {
			table.Columns[0] = "CHILD"
		}
		if p.e.Phase == evaluate.PhaseScored || p.e.Phase == evaluate.PhaseClosing {
			table.Columns = append(table.Columns[:3], "SCORE")
		}
		for _, m := range p.e.Members {
			table.Rows = append(table.Rows, p.row(m))
		}
	} else if p.e.Phase != evaluate.PhaseScored {
		s.add("none", "there is nothing that counts")
	}
	if names := p.uncounted(); len(names) > 0 {
		s.add("uncounted", "shown and not counted, for they are cancelled or weigh 0: %s", strings.Join(names, ", "))
	}
	if len(p.e.Drafts) > 0 {
		s.add("drafts", "not counted until they are decided: %s", strings.Join(p.e.Drafts, ", "))
	}
	if len(p.e.Outside) > 0 {
		s.add("outside", "left out, for they end after this objective or before it begins: %s", strings.Join(p.e.Outside, ", "))
	}
	return s
}

// chosen says why it is made of these.
func (p *objectiveParts) chosen() string {
	one, several := p.words()
	n := plural(len(p.e.Members), one, several)
	switch {
	case p.o.Spec.RollUp != "":
		return n + ", by spec.rollUp"
	case p.e.ByChildren:
		return n + ", for it has no key results of its own"
	case len(p.in.Children) > 0:
		return n + "; its children do not count, for it has some"
	default:
		return n
	}
}

func (p *objectiveParts) row(m evaluate.MemberParts) []string {
	weight := exact(m.Weight)
	if m.Days > 0 {
		weight = fmt.Sprintf("%s × %d days", exact(m.Weight/float64(m.Days)), m.Days)
	}
	health := string(m.Health)
	if m.Doubted {
		health += " (confidence)"
	}
	row := []string{m.Name, weight, health}
	if p.e.Phase == evaluate.PhaseScored || p.e.Phase == evaluate.PhaseClosing {
		return append(row, orDash(m.Score))
	}
	if m.Health == okr.Pending {
		return append(row, "-", "0 %", "-")
	}
	if m.Progress == nil {
		return append(row, "-", exact(m.Expected)+" %", "-")
	}
	return append(row, exact(*m.Progress)+" %", exact(m.Expected)+" %", exact(m.Expected-*m.Progress))
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// uncounted are key results that do not count.
func (p *objectiveParts) uncounted() []string {
	if p.e.ByChildren {
		return nil
	}
	var names []string
	for _, kr := range p.in.KeyResults {
		if !slices.ContainsFunc(p.e.Members, func(m evaluate.MemberParts) bool { return m.Name == kr.Name }) {
			names = append(names, kr.Name)
		}
	}
	slices.Sort(names)
	return names
}

// means tells how their numbers become the objective's.
func (p *objectiveParts) means() *Section {
	s := &Section{Name: "progress", Title: "Progress, and what is expected by now"}
	if p.e.Phase == evaluate.PhaseScored {
		return p.score(s)
	}
	if p.e.Sum == nil || p.e.Sum.Progress == nil {
		return s
	}
	var weights, reached, wanted []string
	for _, m := range p.e.Members {
		w := exact(m.Weight)
		switch {
		case m.Health == okr.Pending:
			reached, wanted = append(reached, w+"×0"), append(wanted, w+"×0")
		case m.Progress == nil:
			continue
		default:
			reached, wanted = append(reached, w+"×"+exact(*m.Progress)), append(wanted, w+"×"+exact(m.Expected))
		}
		weights = append(weights, w)
	}
	of := func(terms []string) string {
		return fmt.Sprintf("(%s) / (%s)", strings.Join(terms, " + "), strings.Join(weights, " + "))
	}
	times := ""
	if p.e.Plan.Open > 0 {
		covered := p.e.Plan.Covered()
		times = " × " + points(100*covered) + " %"
		s.add("planned", "the children reach until %s: %s %% of this objective's days; the rest counts as if a child stood there at 0",
			p.e.Through, points(100*covered)).is(100*covered, "%")
	}
	s.add("progress", "the mean by weight of what the members publish: %s%s = %s %%", of(reached), times, points(*p.e.Sum.Progress)).is(*p.e.Sum.Progress, "%")
	s.add("expected", "the same of what is expected of them: %s%s = %s %%", of(wanted), times, points(p.e.Sum.Expected)).is(p.e.Sum.Expected, "%")
	if left := p.e.Sum.Total - p.e.Sum.Measured - p.pending(); left > 0 {
		s.add("unmeasured", "%d of %d have never been measured, and are left out of both", left, p.e.Sum.Total)
	}
	s.add("shown", "progressPercent %d, expectedPercent %d: both rounded down", orZero(p.status.ProgressPercent), orZero(p.status.ExpectedPercent))
	return s
}

func (p *objectiveParts) pending() int {
	n := 0
	for _, m := range p.e.Members {
		if m.Health == okr.Pending {
			n++
		}
	}
	return n
}

// score is the final one.
func (p *objectiveParts) score(s *Section) *Section {
	s.Name, s.Title = "score", "The score"
	frozen := p.status.Frozen
	if len(frozen.Members) > 0 {
		var terms, weights []string
		table := s.add("frozen", "what its %s had scored when it was closed", plural(len(frozen.Members), "member", "members"))
		table.Columns = []string{"MEMBER", "WEIGHT", "SCORE"}
		for _, m := range frozen.Members {
			table.Rows = append(table.Rows, []string{m.Name, fmt.Sprint(m.Weight), m.Score})
			terms, weights = append(terms, fmt.Sprintf("%d×%s", m.Weight, m.Score)), append(weights, fmt.Sprint(m.Weight))
		}
		s.add("mean", "(%s) / (%s), rounded down to two decimals", strings.Join(terms, " + "), strings.Join(weights, " + "))
	}
	score, _ := float(frozen.Final.Score)
	s.add("score", "%s", frozen.Final.Score).is(score, "")
	s.add("grade", "%s. %s", frozen.Final.Grade, gradesOf(p.e.Ambition))
	if review := p.o.Spec.Review; review != nil && review.Score != nil {
		s.add("review", "the team gives itself %s, which is shown beside it, and changes nothing", *review.Score)
	}
	return s
}

func (p *objectiveParts) time() *Section {
	s := &Section{Name: "time", Title: "Its time"}
	if p.e.Dated {
		p.calendar(s, p.e.Calendar)
		s.add("ambition", "%s", gradesOf(p.e.Ambition))
	}
	return s
}

// judgement tells how the verdict comes of it.
func (p *objectiveParts) judgement() *Section {
	s := &Section{Name: "verdict", Title: "The verdict"}
	on := conditionOf(p.status.Conditions, v1alpha1.OnTrackCondition)
	if a := p.e.Account; a != nil && len(p.e.Members) > 0 && p.status.Health != v1alpha1.HealthPending {
		if a.Worst == a.Best {
			p.rules(s, a.Best)
		} else {
			p.twice(s, a)
		}
		if p.e.Sum.Worst != "" {
			s.add("furthest", "%s is furthest behind", p.e.Sum.Worst)
		}
	}
	p.ready(s, p.status.Conditions)
	s.add("verdict", "%s", p.said(p.status.Health, on))
	if c := p.e.CheckIn; c != nil {
		text := "the newest is of " + c.Date.String()
		if c.Confidence != nil {
			text += fmt.Sprintf(", with a confidence of %d of 10", *c.Confidence)
		}
		if c.Note != "" {
			text += ": " + terminal.OneLine(c.Note)
		}
		s.add("checkIn", "%s", text)
	}
	return s
}

// rules are those by which members are judged of which none is unknown.
func (p *objectiveParts) rules(s *Section, c okr.Case) {
	s.add("gap", "the means compared: %s", behindText(c.Behind)).is(c.Behind, "points")
	p.tolerances(s, c.Tolerances, p.e.Gaps, "a point, for the members publish whole percentages")
	_, several := p.words()
	if c.Off > 0 {
		text := "any that is off track or missed makes it at least AtRisk"
		if c.Off >= 50 {
			text += "; with half of the weight it is OffTrack once the means are further behind than the first tolerance"
		}
		s.add("off", "%s %% of the weight is in %s that are off track or missed: %s", points(c.Off), several, text).is(c.Off, "%")
	}
	if c.Doubted > 0 {
		s.add("doubted", "%s %% of the weight is in %s that those who do the work do not believe in: half of it makes it at least AtRisk",
			points(c.Doubted), several).is(c.Doubted, "%")
	}
	var rule string
	switch c.Reason {
	case okr.MembersBehind:
		rule = "what the members are themselves makes it " + string(c.Health)
	case okr.LowConfidence:
		rule = "half of the weight is in doubt: AtRisk"
	case okr.Unplanned:
		rule = "the last child is over, and this objective is not: AtRisk"
	default:
		rule = gapRule(c.Health, c.Behind, c.Tolerances)
	}
	s.add("rule", "%s", rule)
}

// twice tells of members that are unknown.
func (p *objectiveParts) twice(s *Section, a *okr.Account) {
	_, several := p.words()
	s.add("unknown", "some %s have no verdict: it is computed with each of them at 0 %% and off track, and at 100 %% and on track", several)
	s.add("atWorst", "%s: %s (%s)", behindText(a.Worst.Behind), a.Worst.Health, a.Worst.Reason).is(a.Worst.Behind, "points")
	s.add("atBest", "%s: %s (%s)", behindText(a.Best.Behind), a.Best.Health, a.Best.Reason).is(a.Best.Behind, "points")
	p.tolerances(s, a.Best.Tolerances, p.e.Gaps, "a point, for the members publish whole percentages")
	s.add("rule", "where both are the same, that stands; where both are AtRisk or worse, AtRisk; else Unknown")
}

func behindText(gap float64) string {
	switch {
	case gap > 0:
		return pointsText(gap) + " behind"
	case gap < 0:
		return pointsText(-gap) + " ahead"
	default:
		return "just where it should be"
	}
}
