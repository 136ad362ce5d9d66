package draft

import (
	"cmp"
	"fmt"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// goal makes an objective with its key results of what was said.
func (d *drafting) goal() (*goal, error) {
	g := newGoal()
	taken := names{}
	if d.set != nil {
		for _, o := range d.set.Objectives {
			if o.Namespace == d.namespace {
				taken["objective "+o.Name] = true
			}
		}
	}
	o := g.objective
	o.Name, o.Namespace = cmp.Or(d.name, d.nameByKPI(), nameOf(d.title), "objective"), d.namespace
	if taken["objective "+o.Name] {
		return nil, fmt.Errorf("there is an objective %s/%s already, which this one would replace: give it another name, as in `kubectl okr new NAME`", d.namespace, o.Name)
	}
	o.Spec = d.spec()
	if err := d.inside(); err != nil {
		return nil, err
	}
	for _, text := range d.actions {
		action, err := parseAction(text)
		if err != nil {
			return nil, err
		}
		o.Spec.Actions = append(o.Spec.Actions, action)
	}
	for _, text := range d.keyResults {
		m, err := parseMeasure(text)
		if err != nil {
			return nil, err
		}
		if _, err := d.add(g, m); err != nil {
			return nil, err
		}
	}
	d.suggest(g)
	return g, nil
}

// add makes a key result of what was said, and names it.
func (d *drafting) add(g *goal, m measure) (*v1alpha1.KeyResult, error) {
	kr, remark, err := m.keyResult(d.begun(), d.presentOf)
	if err != nil {
		return nil, err
	}
	d.called(g, kr)
	field := "spec.reach"
	if kr.Spec.Maintain != nil {
		field = "spec.maintain"
	}
	g.remarks.add(kr, field, remark)
	g.keyResults = append(g.keyResults, kr)
	return kr, nil
}

// called gives a key result its name, which nothing else of the namespace has.
func (d *drafting) called(g *goal, kr *v1alpha1.KeyResult) {
	taken := names{}
	if d.set != nil {
		for _, other := range d.set.KeyResults {
			taken[other.Name] = taken[other.Name] || other.Namespace == d.namespace
		}
	}
	for _, other := range append(g.keyResults, g.suggested...) {
		taken[other.Name] = true
	}
	kr.Name, kr.Namespace = taken.take(kr.Spec.Title, g.objective.Name+"-key-result"), d.namespace
	kr.Spec.ObjectiveRef.Name = g.objective.Name
}

func (d *drafting) spec() v1alpha1.ObjectiveSpec {
	spec := v1alpha1.ObjectiveSpec{
		Title: d.title, Description: d.description, Rationale: d.rationale,
		Level: v1alpha1.Level(d.level), Period: v1alpha1.Period(d.period), Cycle: d.cycle, StartOn: v1alpha1.Date(d.startOn),
		TimeZone: v1alpha1.TimeZone(d.timeZone), Ambition: v1alpha1.Ambition(d.ambition),
	}
	if d.team+d.person+d.contact != "" {
		spec.Owner = &v1alpha1.Owner{Team: d.team, Person: d.person, Contact: d.contact}
	}
	if d.checkInEvery != never {
		spec.CheckInEvery = v1alpha1.Duration(d.checkInEvery)
	}
	if d.parent != "" {
		namespace, name := reference(d.parent, d.namespace)
		spec.ParentRef = &v1alpha1.ParentReference{Namespace: namespace, Name: name}
	}
	for _, kpi := range d.kpis {
		namespace, name := reference(kpi, d.namespace)
		spec.KPIRefs = append(spec.KPIRefs, v1alpha1.KPIReference{Namespace: namespace, Name: name})
	}
	return spec
}

// inside checks what the answers say together.
func (d *drafting) inside() error {
	period, err := okr.ParsePeriod(d.period)
	if err != nil || d.startOn == "" {
		return err
	}
	if start, err := okr.ParseDate(d.startOn); err != nil || period.Last.Before(start) {
		return fmt.Errorf("--start-on %s is after the period %s: write a day inside it", d.startOn, d.period)
	}
	return nil
}

// suggest writes beside a goal what its KPI makes one think of: levers, and objectives that it may serve.
func (d *drafting) suggest(g *goal) {
	if d.kpi == nil {
		if len(g.keyResults) == 0 {
			g.asides = append(g.asides, withoutKeyResults)
		}
		return
	}
	k := d.kpi
	if d.title == titleFrom(k) {
		g.remarks.add(g.objective, "spec.title", "A working title. Say it in your own words.")
	}
	if d.rationale == rationaleOf(k, d.zone()) {
		g.remarks.add(g.objective, "spec.rationale", "This is what the KPI says. Add the cause that you found.")
		if k.Spec.Description != "" {
			g.remarks.add(g.objective, "spec.rationale", "The KPI's owner advises: "+k.Spec.Description)
		}
		if k.Spec.Runbook != "" {
			g.remarks.add(g.objective, "spec.rationale", "Its runbook: "+k.Spec.Runbook)
		}
	}
	if d.parent == "" {
		d.suggestParents(g)
	}
	d.suggestLevers(g)
}

const withoutKeyResults = "Now the 2 to 5 key results that prove it: numbers that move if it comes true. " +
	"`kubectl okr new --key-result " + keyResultForm + "` writes them."

func (d *drafting) suggestParents(g *goal) {
	period, err := okr.ParsePeriod(d.period)
	if err != nil {
		return
	}
	for _, o := range parentsFor(d.set, d.namespace, v1alpha1.Level(d.level), period, d.now) {
		namespace, name := reference(o.Namespace+"/"+o.Name, d.namespace)
		g.remarks.add(g.objective, "spec.parentRef", fmt.Sprintf("Of level %s, %q:\nparentRef: %s", o.Spec.Level, o.Spec.Title, flow("name", name, "namespace", namespace)))
	}
	if len(d.set.Withheld) > 0 {
		g.remarks.add(g.objective, "spec.parentRef", "Not all could be read: "+strings.Join(d.set.Withheld, ", ")+".")
	}
}

// suggestLevers writes the key results that the tree of KPIs suggests, as comments.
func (d *drafting) suggestLevers(g *goal) {
	levers, untold := leversOf(d.kpi, d.set, d.namespace)
	var undecided []string
	for _, l := range levers {
		if measures(g.keyResults, l) {
			continue
		}
		kr, _, err := l.keyResult(d.begun(), d.presentOf)
		if err != nil { // without a target, or without a value
			undecided = append(undecided, "- "+l.why+"\n  --key-result "+fmt.Sprintf("%q", strings.Join([]string{l.title, l.unit, l.baseline, "TARGET", l.source}, "|")))
			continue
		}
		d.called(g, kr)
		g.remarks.add(kr, "", "Suggested. "+l.why)
		g.suggested = append(g.suggested, kr)
	}
	aside := "Which lever moves it? A key result that repeats the KPI's target says nothing new (OKR007): look for what the team can " +
		"move from week to week, and measure that."
	if len(undecided) > 0 {
		aside += " What drives it, by the tree of KPIs:\n" + strings.Join(undecided, "\n")
	}
	if len(untold) > 0 {
		aside += "\n- " + strings.Join(untold, ", ") + " drives it too, and is not shared with namespace " + d.namespace + ": its owner may, with allowedNamespaces, " +
			"or take on an objective of their own."
	}
	if len(g.keyResults) < 2 || len(undecided)+len(untold) > 0 {
		g.asides = append(g.asides, aside)
	}
}

// measures reports whether a key result is measured by a lever already.
func measures(krs []*v1alpha1.KeyResult, l lever) bool {
	ref, _ := l.measure.kpi()
	for _, kr := range krs {
		if kr.Spec.KPIRef != nil && *kr.Spec.KPIRef == ref {
			return true
		}
	}
	return false
}
