package explain

import (
	"fmt"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// kpiParts are a KPI, and how its evaluation came about.
type kpiParts struct {
	*explaining
	k      *v1alpha1.KPI
	in     evaluate.KPIInput
	e      evaluate.KPIExplanation
	status *v1alpha1.KPIStatus
}

func (x *explaining) kpi(k *v1alpha1.KPI) error {
	x.Title = k.Spec.Title
	in, err := x.reader.world().KPI(x.ctx, k)
	if err != nil {
		return err
	}
	in.Grace = x.grace
	e := evaluate.ExplainKPI(in, none, x.now)
	p := &kpiParts{explaining: x, k: k, in: in, e: e, status: &e.Result.Status}
	x.zone = e.Zone
	x.compare(&k.ObjectMeta, &k.Status, &e.Result.Status, e.Result.Change)
	if x.untrusted(e.Result.Change) {
		p.status = &k.Status
		x.verdict(string(k.Status.Health), k.Status.Conditions, v1alpha1.HealthyCondition)
		x.Summary = x.unreadSummary()
		x.put(p.shown())
		x.put(p.remembered())
		return nil
	}
	x.verdict(string(e.Result.Status.Health), e.Result.Status.Conditions, v1alpha1.HealthyCondition)
	x.Summary = p.summary()
	for _, part := range []*Section{p.value(), p.judgement(), p.trend(), p.alignment(), p.need(), p.remembered()} {
		x.put(part)
	}
	x.Next = p.next()
	return nil
}

func (p *kpiParts) unit() string { return p.k.Spec.Unit }

// value tells where the value comes from.
func (p *kpiParts) value() *Section {
	s := &Section{Name: "value", Title: "The value"}
	v := p.e.Value
	p.query(s, asked(p.e.Questions, evaluate.ForValue), v.Time)
	if p.k.Spec.Metric == nil {
		every := p.k.Spec.ReadEvery
		if every == "" {
			every = "7d"
		}
		s.add("kept", "by hand, in spec.readings: a reading is expected every %s, and stands for twice that", every)
	}
	if v.Value == nil {
		s.add("value", "none is known")
	} else {
		text := exactly(*v.Value, p.unit()) + ", at " + p.when(v.Time)
		switch {
		case p.k.Spec.Metric == nil:
			text = exactly(*v.Value, p.unit()) + ", the reading of " + v.Time.In(p.zone).Format("2006-01-02")
		case p.e.CalendarSpan != "":
			text = fmt.Sprintf("%s, that of %s, the last whole %s: asked for once, at its end", exactly(*v.Value, p.unit()), p.e.CalendarSpan,
				strings.ToLower(string(p.k.Spec.CalendarWindow)))
		default:
			text += "; newer ones that read the same are not written down"
		}
		s.add("value", "%s", text).is(*v.Value, p.unit()).of(v.Time)
	}
	if v.Status != "" {
		s.add("measured", "Measured is %s, %s: %s", v.Status, v.Reason, v.Message)
	}
	switch a := asked(p.e.Questions, evaluate.ForValue); {
	case v.Value == nil || !v.Usable:
	case p.k.Spec.Metric == nil && !v.StaleAt.IsZero():
		s.add("stands", "until %s, if there is no newer one; then health is Unknown", p.when(v.StaleAt)).of(v.StaleAt)
	case a != nil && p.e.CalendarSpan == "" && v.Status == "True":
		s.add("stands", "for %s after the last answer; then health is Unknown", prometheusDuration(a.StaleAfter(true)))
	case a != nil && p.e.CalendarSpan == "":
		s.add("stands", "no answer comes; it stands in for %s after the last one, and then health is Unknown", prometheusDuration(a.StaleAfter(true)))
	}
	return s
}

// judgement tells where the value lies.
func (p *kpiParts) judgement() *Section {
	s := &Section{Name: "verdict", Title: "The verdict"}
	spec := &p.k.Spec
	healthy := conditionOf(p.status.Conditions, v1alpha1.HealthyCondition)
	if spec.Target != nil {
		s.add("target", "%s: outside it is Unhealthy; the bounds belong to it", bandText(p.e.Target, p.unit()))
		if spec.Warning != nil {
			s.add("warning", "%s: inside the target and outside this it is Warning", bandText(p.e.Warning, p.unit()))
		}
		if v := p.e.Value.Value; v != nil && p.e.Newest != "" {
			s.add("position", "%s is %s", exactly(*v, p.unit()), p.position(*v)).is(*v, p.unit())
		}
	}
	if spec.HoldFor != "" && spec.Target != nil {
		p.hold(s)
	}
	p.ready(s, p.status.Conditions)
	s.add("verdict", "%s", p.said(p.status.Health, healthy))
	return s
}

// position says by how much the value is inside or outside.
func (p *kpiParts) position(v float64) string {
	target := p.e.Target
	switch {
	case target.AtLeast != nil && v < *target.AtLeast:
		return fmt.Sprintf("outside, by %s: Unhealthy", exactly(*target.AtLeast-v, p.unit()))
	case target.AtMost != nil && v > *target.AtMost:
		return fmt.Sprintf("outside, by %s: Unhealthy", exactly(v-*target.AtMost, p.unit()))
	case !p.e.Warning.Contains(v):
		return "inside the target, and outside the warning band: Warning"
	default:
		return "inside: Healthy"
	}
}

func (p *kpiParts) hold(s *Section) {
	pending := p.status.Frozen
	if pending == nil || pending.PendingHealth == nil {
		s.add("hold", "spec.holdFor %s: another verdict would wait for that long; none waits", p.k.Spec.HoldFor)
		return
	}
	h := pending.PendingHealth
	until := h.Since.Add(p.k.Spec.HoldFor.Duration())
	s.add("hold", "%s waits since %s: by spec.holdFor it is shown once every value for %s says so, which is %s", h.Health, p.instant(h.Since.Time),
		p.k.Spec.HoldFor, p.when(until)).of(until)
}

// trend tells what the value is compared with.
func (p *kpiParts) trend() *Section {
	s := &Section{Name: "trend", Title: "The trend"}
	if p.k.Spec.CompareTo == "" {
		return s
	}
	t := p.status.Trend
	if p.e.Then != nil {
		s.add("then", "%s, %s before", exactly(*p.e.Then, p.unit()), p.k.Spec.CompareTo).is(*p.e.Then, p.unit())
	}
	if t == nil {
		s.add("trend", "none: the value of %s before is not known", p.k.Spec.CompareTo)
		return s
	}
	text := t.Summary + ", compared with " + string(p.k.Spec.CompareTo) + " before"
	if p.e.Then == nil {
		text += ", as the controller found; the value then is not remembered"
	}
	step := s.add("trend", "%s", text)
	if v, ok := float(t.ChangePercent); ok {
		step.is(v, "%")
	}
	return s
}

// alignment tells who looks after it.
func (p *kpiParts) alignment() *Section {
	s := &Section{Name: "alignment", Title: "Who looks after it"}
	aligned := conditionOf(p.status.Conditions, v1alpha1.AlignedCondition)
	if len(p.e.Claims) > 0 {
		table := s.add("objectives", "those that name it, or have an active key result measured by it; each counts from %s before its period to %s after it",
			prometheusDuration(p.grace), prometheusDuration(p.grace))
		table.Columns = []string{"OBJECTIVE", "FROM", "TO", "COUNTS"}
		seen := map[string]bool{}
		for _, c := range p.e.Claims {
			if seen[c.Objective] {
				continue
			}
			seen[c.Objective] = true
			first, last := c.Span.Start, c.Span.End.Add(-1) // in the objective's own zone
			table.Rows = append(table.Rows, []string{c.Objective, first.Format(time.DateOnly), last.Format(time.DateOnly), p.counts(c)})
		}
	}
	s.add("aligned", "%s, %s: %s", aligned.Status, aligned.Reason, aligned.Message)
	return s
}

// counts says whether an objective counts.
func (p *kpiParts) counts(c okr.Claim) string {
	opens, closes := c.Span.Start.Add(-p.grace), c.Span.End.Add(p.grace)
	switch {
	case c.Draft:
		return "no: a draft"
	case p.now.Before(opens):
		return "no: only from " + p.day(opens)
	case !p.now.Before(closes):
		return "no: over for longer"
	case p.now.Before(c.Span.Start):
		return "yes: planned"
	case p.now.Before(c.Span.End):
		return "yes: now"
	default:
		return "yes: until " + p.day(closes)
	}
}

// need tells whether it needs an objective.
func (p *kpiParts) need() *Section {
	s := &Section{Name: "need", Title: "Does it need an objective?"}
	c, spec := p.e.Care, &p.k.Spec
	if c.Health == okr.KPIUnhealthy && !c.Since.IsZero() {
		s.add("unhealthy", "since %s", p.when(c.Since)).of(c.Since)
		at := c.Since.Add(c.After)
		s.add("after", "%s of that make it a matter for an objective (spec.objectiveAfter): from %s", prometheusDuration(c.After), p.when(at)).of(at)
	}
	if spec.StretchTarget != nil {
		where := "reached"
		if c.Short {
			where = "not reached: that alone asks for an objective"
		}
		s.add("stretch", "%s: %s", withUnit(string(*spec.StretchTarget), p.unit()), where)
	}
	if a := spec.Accepted; a != nil {
		if p.now.Before(c.Accepted) {
			s.add("accepted", "until the end of %s: %s", a.Until, terminal.OneLine(a.Reason)).of(c.Accepted)
		} else {
			s.add("accepted", "until the end of %s, which is over: it accepts nothing any more", a.Until).of(c.Accepted)
		}
	}
	need := conditionOf(p.status.Conditions, v1alpha1.NeedsObjectiveCondition)
	s.add("needed", "%s, %s: %s", need.Status, need.Reason, need.Message)
	return s
}

// remembered tells what is frozen, and why.
func (p *kpiParts) remembered() *Section {
	s := &Section{Name: "frozen", Title: "What is remembered, and why"}
	frozen := p.status.Frozen
	if frozen == nil {
		return s
	}
	if v := frozen.LastGood; v != nil {
		s.add("lastGood", "%s, at %s: stands in while no answer comes, and after a restart", withUnit(v.Value, p.unit()), p.instant(v.Time.Time)).of(v.Time.Time)
	}
	if t := frozen.UnhealthySince; t != nil {
		s.add("unhealthySince", "%s: spec.objectiveAfter counts from it, also while health is Unknown", p.instant(t.Time)).of(t.Time)
	}
	if h := frozen.PendingHealth; h != nil {
		s.add("pendingHealth", "%s since %s: waits until it has lasted for %s", h.Health, p.instant(h.Since.Time), p.k.Spec.HoldFor).of(h.Since.Time)
	}
	return s
}

// shown is what the status says, where nothing is computed.
func (p *kpiParts) shown() *Section {
	s := &Section{Name: "status", Title: "What the status says"}
	st := p.status
	texts(s, "value", st.Value, "target", st.Target)
	if st.Trend != nil {
		texts(s, "trend", st.Trend.Summary)
	}
	if st.AlignedObjectives != nil {
		texts(s, "objectives", strings.Join(st.AlignedObjectives.Names, ", "))
	}
	if st.Measurement != nil {
		p.measurement(s, st.Measurement)
	}
	p.conditions(s, st.Conditions)
	return s
}
