package report

import (
	"cmp"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
)

// objective is the section of one objective.
func (b *builder) objective(p placed, found findings) Objective {
	o, t := p.Objective, timeOf(p.Objective)
	spec := &o.Spec
	ref := practice.Ref{Kind: "Objective", Namespace: o.Namespace, Name: o.Name}
	section := Objective{
		Goal:  goalOf(&o.ObjectMeta, spec.Title, o.Status.Conditions, o.Status.Health, o.Status.ObservedGeneration, o.Status.Final),
		Depth: p.depth, Level: line(string(spec.Level)), Period: line(string(spec.Period)), Description: prose(spec.Description), Rationale: prose(spec.Rationale),
		Ambition: cmp.Or(line(string(spec.Ambition)), string(v1alpha1.AmbitionCommitted)), State: cmp.Or(line(string(spec.State)), string(v1alpha1.ObjectiveActive)),
		KeyResults: []KeyResult{},
	}
	section.Owner = ownerOf(spec.Owner)
	section.Progress, section.Expected = o.Status.ProgressPercent, o.Status.ExpectedPercent
	section.Moved = objectiveMoves(o, found.moved[ref])
	zone := time.UTC
	if t != nil {
		zone = t.Zone
		section.First, section.Last = t.Start.In(zone).Format(time.DateOnly), t.Last.String()
		section.Over = !b.now.Before(t.End)
	}
	b.family(o, &section)
	for _, kr := range b.KeyResultsOf(o) {
		section.KeyResults = append(section.KeyResults, b.keyResult(kr, o, found))
	}
	section.Impact = b.impact(o, section.Over)
	for _, a := range spec.Actions {
		section.Actions = append(section.Actions, Action{
			Title: line(a.Title), Owner: line(a.Owner), URL: link(a.URL), DueOn: dayOf(a.DueOn), DoneOn: dayOf(a.DoneOn),
			Done: begun(a.DoneOn, zone, b.now), Late: !begun(a.DoneOn, zone, b.now) && ended(a.DueOn, zone, b.now),
		})
	}
	section.CheckIns = checkInsOf(o, b.KeyResultsOf(o), zone, b.now)
	if r := spec.Review; r != nil {
		section.Review = &Review{Outcome: prose(r.Outcome), Learned: prose(r.Learned)}
		if r.Score != nil {
			section.Review.Score = line(string(*r.Score))
		}
	}
	return section
}

// goalOf is what objectives and key results have in common.
func goalOf(m *metav1.ObjectMeta, title string, conditions []metav1.Condition, health v1alpha1.Health, observed int64, final *v1alpha1.Final) Goal {
	g := Goal{
		Namespace: m.Namespace, Name: m.Name, Title: cmp.Or(line(title), m.Name), Health: line(string(health)),
		Why: line(condition(conditions, v1alpha1.OnTrackCondition).Message), Practice: practiceOf(conditions),
		Outdated: health != "" && observed != m.Generation,
	}
	if health == "" {
		g.Health, g.Why = string(v1alpha1.HealthUnknown), "the controller has not looked at it yet"
	}
	if final != nil {
		g.Score, g.Grade = line(final.Score), line(string(final.Grade))
	}
	return g
}

// family fills in what an objective serves and is served by.
func (b *builder) family(o *v1alpha1.Objective, section *Objective) {
	if ref := o.Spec.ParentRef; ref != nil {
		if parent, resolution := b.Parent(o); parent != nil {
			named := nameOf(parent)
			section.Serves = &named
		} else {
			section.ServesNote = lost(resolution, "Objective", cmp.Or(line(ref.Namespace), o.Namespace), line(ref.Name), o.Namespace)
		}
	}
	for _, child := range b.children(o) {
		section.ServedBy = append(section.ServedBy, nameOf(child))
	}
}

func nameOf(o *v1alpha1.Objective) Named {
	g := goalOf(&o.ObjectMeta, o.Spec.Title, nil, o.Status.Health, o.Generation, o.Status.Final)
	return Named{
		Namespace: o.Namespace, Name: o.Name, Title: g.Title, Health: g.Health, Progress: o.Status.ProgressPercent, Score: g.Score,
		Period: line(string(o.Spec.Period)),
	}
}

// impact is what became of the KPIs that an objective names.
func (b *builder) impact(o *v1alpha1.Objective, over bool) []Impact {
	var impacts []Impact
	seen := map[string]bool{}
	for _, ref := range o.Spec.KPIRefs {
		namespace, name := cmp.Or(line(ref.Namespace), o.Namespace), line(ref.Name)
		key, shown := namespace+"/"+name, name
		if namespace != o.Namespace {
			shown = key
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		i := Impact{Named: Named{Namespace: namespace, Name: name, Title: shown}}
		if at := slices.IndexFunc(o.Status.KPIImpact, func(k v1alpha1.KPIImpact) bool { return k.KPI == shown }); at >= 0 {
			k := o.Status.KPIImpact[at]
			i.AtStart, i.AtEnd, i.Change = line(k.AtStart), line(k.AtEnd), line(k.Change)
		}
		kpi, resolution := b.Named(o, ref)
		if kpi == nil {
			i.Note = lost(resolution, "KPI", namespace, name, o.Namespace)
		} else {
			i.Title = cmp.Or(line(kpi.Spec.Title), name)
			i.Health = cmp.Or(line(string(kpi.Status.Health)), string(v1alpha1.KPIUnknown))
			if !over {
				i.Now = line(kpi.Status.Value)
			}
			i.Note = unknownImpact(o, key, &i, over)
		}
		impacts = append(impacts, i)
	}
	return impacts
}

// unknownImpact says why a value at the start or the end is not there; empty if all is.
func unknownImpact(o *v1alpha1.Objective, key string, i *Impact, over bool) string {
	var frozen v1alpha1.FrozenKPI
	if f := o.Status.Frozen; f != nil {
		if at := slices.IndexFunc(f.KPIs, func(k v1alpha1.FrozenKPI) bool { return k.KPI == key }); at >= 0 {
			frozen = f.KPIs[at]
		}
	}
	notHad := func(v *v1alpha1.FrozenValue) bool { return v != nil && v.Value == "" }
	switch {
	case o.Status.Health == v1alpha1.HealthCancelled && i.Change == "":
		return "the objective was given up"
	case o.Status.Health == v1alpha1.HealthPending:
		return "the objective has not begun"
	case i.AtStart == "" && notHad(frozen.AtStart):
		return "there was no value at the start"
	case i.AtStart == "":
		return "the value at the start is not known"
	case over && i.AtEnd == "" && notHad(frozen.AtEnd):
		return "there was no value at the end"
	case over && i.AtEnd == "":
		return "the value at the end is not known yet"
	default:
		return ""
	}
}

// checkInsOf is the log of check-ins whose day has begun, the oldest first.
func checkInsOf(o *v1alpha1.Objective, members []*v1alpha1.KeyResult, zone *time.Location, now time.Time) []CheckIn {
	units := map[string]string{}
	for _, kr := range members {
		units[kr.Name] = line(kr.Spec.Unit)
	}
	var log []CheckIn
	for _, c := range o.Spec.CheckIns {
		if !begun(c.Date, zone, now) {
			continue
		}
		entry := CheckIn{Date: dayOf(c.Date), Confidence: c.Confidence, Note: prose(c.Note)}
		for _, said := range c.KeyResults {
			s := KeyResultSaying{Name: line(said.Name), Confidence: said.Confidence}
			if said.Value != nil {
				s.Value = withUnit(decimal(said.Value), units[said.Name])
			}
			entry.KeyResults = append(entry.KeyResults, s)
		}
		log = append(log, entry)
	}
	slices.SortStableFunc(log, func(a, b CheckIn) int { return cmp.Compare(a.Date, b.Date) })
	var before *int32
	for i := range log {
		if c := log[i].Confidence; c != nil {
			if before != nil {
				change := *c - *before
				log[i].Change = &change
			}
			before = c
		}
	}
	return log
}

// paceOf is the line that a key result should follow; false if its time is not known.
func paceOf(kr *v1alpha1.KeyResult, o *v1alpha1.Objective, t *practice.Time) (okr.Pace, bool) {
	if t == nil {
		return okr.Pace{}, false
	}
	pace := okr.Pace{Span: t.Span, Pass: 100}
	if o.Spec.Ambition == v1alpha1.AmbitionAspirational {
		pace.Pass = 70
	}
	if kr.Spec.Pace != nil {
		for _, c := range kr.Spec.Pace.Checkpoints {
			if date, ok := dateOf(c.Date); ok && c.Percent != nil {
				pace.Checkpoints = append(pace.Checkpoints, okr.Checkpoint{At: date.End(t.Zone), Percent: float64(*c.Percent)})
			}
		}
	}
	return pace, true
}
