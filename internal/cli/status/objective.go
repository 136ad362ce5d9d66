package status

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
)

// objectiveOf is how an objective of a set stands. It is pure: it reads what was read, and no clock.
func objectiveOf(set *goals.Set, o *v1alpha1.Objective, now time.Time) *Objective {
	v := &Objective{
		Kind: "ObjectiveStatus", AsOf: now.UTC(), Namespace: o.Namespace, Name: o.Name, Title: o.Spec.Title, Owner: ownerOf(o.Spec.Owner),
		Level: string(o.Spec.Level), Ambition: cmp.Or(string(o.Spec.Ambition), string(v1alpha1.AmbitionCommitted)),
		State: cmp.Or(string(o.Spec.State), string(v1alpha1.ObjectiveActive)),
		Time:  timeOf(o, now), Verdict: verdictOfObjective(o),
		Next: []Step{}, KeyResults: []KeyResult{}, KPIs: []KPI{}, Children: []Relative{}, Goalposts: []Goalpost{}, Advice: []Advice{}, NotKnown: []string{},
	}
	keyResults := set.KeyResultsOf(o)
	for _, kr := range keyResults {
		v.KeyResults = append(v.KeyResults, keyResultOf(kr, v.Time))
	}
	v.KPIs = append(v.KPIs, kpisOf(set, o, keyResults)...)
	v.Parent, v.Children = parentOf(set, o), append(v.Children, childrenOf(set, o)...)
	v.Actions = actionsOf(o, v.Time, now)
	v.CheckIns = checkInsOf(o, v.Time, now)
	v.Result = resultOf(o, v.Time)
	v.Goalposts = append(v.Goalposts, goalpostsOf(o, keyResults)...)
	v.Advice = append(v.Advice, adviceOf(o, keyResults)...)
	v.NotKnown = append(v.NotKnown, withheld(set)...)
	v.Next = append(v.Next, nextOf(o, keyResults, v, now)...)
	return v
}

// withheld is what may not be read and would be shown. Sources are not shown, and the labels of namespaces decide only
// where they are asked for by a selector, which is then believed.
func withheld(set *goals.Set) []string {
	return slices.DeleteFunc(slices.Clone(set.Withheld), func(what string) bool { return what == "metricsources" || what == "namespaces" })
}

func ownerOf(o *v1alpha1.Owner) Owner {
	if o == nil {
		return Owner{}
	}
	return Owner{Team: o.Team, Person: o.Person, Contact: o.Contact}
}

// text is an owner in a line.
func (o Owner) text() string {
	name := cmp.Or(o.Team, o.Person, o.Contact)
	if o.Team != "" && o.Person != "" {
		name += ", " + o.Person
	}
	if o.Contact != "" && o.Contact != name {
		name += " (" + o.Contact + ")"
	}
	return name
}

// nameIn is an object's name as seen from a namespace.
func nameIn(own, namespace, name string) string {
	if namespace == own {
		return name
	}
	return namespace + "/" + name
}

// lost is what is said of what a reference does not lead to: refused reads like missing, and what may not be read is not
// known.
func lost(resolution goals.Resolution) string {
	if resolution == goals.Withheld {
		return "you may not read it, or not whether it is shared"
	}
	return "not found, or not shared with this namespace"
}

// kpisOf are the KPIs that an objective names, then those that its key results alone are measured by.
func kpisOf(set *goals.Set, o *v1alpha1.Objective, keyResults []*v1alpha1.KeyResult) []KPI {
	var kpis []KPI
	place := map[string]int{}
	add := func(ref v1alpha1.KPIReference, object *v1alpha1.KPI, resolution goals.Resolution) int {
		key := gather.KPIKey(ref, o.Namespace)
		name := nameIn(o.Namespace, key.Namespace, key.Name)
		if i, known := place[name]; known {
			return i
		}
		k := KPI{Name: name}
		if object != nil {
			verdict := verdictOfKPI(object)
			k.Title, k.Health, k.Value, k.Target, k.Message = object.Spec.Title, verdict.Health, object.Status.Value, object.Status.Target, verdict.Message
			k.NotMeasured = notMeasured(object.Status.Conditions)
			if object.Status.Trend != nil {
				k.Trend = object.Status.Trend.Summary
			}
		} else {
			k.Lost = lost(resolution)
		}
		place[name] = len(kpis)
		kpis = append(kpis, k)
		return len(kpis) - 1
	}
	for _, ref := range o.Spec.KPIRefs {
		object, resolution := set.Named(o, ref)
		add(ref, object, resolution)
	}
	for _, kr := range keyResults {
		if kr.Spec.KPIRef != nil {
			object, resolution := set.MeasuredBy(kr)
			i := add(*kr.Spec.KPIRef, object, resolution)
			kpis[i].Measures = append(kpis[i].Measures, kr.Name)
		}
	}
	for _, impact := range o.Status.KPIImpact {
		if i, known := place[impact.KPI]; known {
			kpis[i].AtStart, kpis[i].AtEnd, kpis[i].Change = impact.AtStart, impact.AtEnd, impact.Change
		}
	}
	return kpis
}

func parentOf(set *goals.Set, o *v1alpha1.Objective) *Relative {
	key, named := gather.ParentKey(o)
	if !named {
		return nil
	}
	r := &Relative{Name: nameIn(o.Namespace, key.Namespace, key.Name)}
	parent, resolution := set.Parent(o)
	if parent == nil {
		r.Lost = lost(resolution)
		return r
	}
	r.Title, r.Verdict = parent.Spec.Title, verdictOfObjective(parent)
	return r
}

func childrenOf(set *goals.Set, o *v1alpha1.Objective) []Relative {
	var children []Relative
	for _, child := range set.ChildrenOf(o) {
		if parent, _ := set.Parent(child); parent == o {
			name := nameIn(o.Namespace, child.Namespace, child.Name)
			children = append(children, Relative{Name: name, Title: child.Spec.Title, Verdict: verdictOfObjective(child)})
		}
	}
	return children
}

// actionsOf counts what is done. An action of a goal that is over or given up is not overdue any more.
func actionsOf(o *v1alpha1.Objective, t Time, now time.Time) Actions {
	a := Actions{Total: len(o.Spec.Actions), Open: []Action{}}
	today := okr.DayOf(now, t.zone)
	for _, action := range o.Spec.Actions {
		if done, written := read(action.DoneOn); written && !today.Before(done) {
			a.Done++
			continue
		}
		open := Action{Title: action.Title, Owner: action.Owner, DueOn: action.DueOn.String()}
		due, written := read(action.DueOn)
		open.Overdue = written && due.Before(today) && t.Phase != Over && active(o)
		a.Open = append(a.Open, open)
	}
	slices.SortStableFunc(a.Open, func(x, y Action) int {
		return cmp.Or(cmp.Compare(cmp.Or(x.DueOn, "9999"), cmp.Or(y.DueOn, "9999")), cmp.Compare(x.Title, y.Title))
	})
	return a
}

// checkInsOf finds the newest check-in of today or before: one that is still to come waits for its date.
func checkInsOf(o *v1alpha1.Objective, t Time, now time.Time) CheckIns {
	var c CheckIns
	today := okr.DayOf(now, t.zone)
	said := slices.Clone(o.Spec.CheckIns)
	slices.SortFunc(said, func(a, b v1alpha1.CheckIn) int { return cmp.Compare(a.Date.String(), b.Date.String()) })
	since := t.days.First
	for _, checkIn := range said {
		day, written := read(checkIn.Date)
		if !written || today.Before(day) {
			continue
		}
		c.Count++
		c.Last = &CheckIn{Date: day.String(), Confidence: checkIn.Confidence, Note: checkIn.Note}
		if checkIn.Confidence != nil {
			c.Confidences = append(c.Confidences, *checkIn.Confidence)
		}
		if since.Before(day) {
			since = day
		}
	}
	every := o.Spec.CheckInEvery.Duration()
	if every > 0 && t.Phase == Running && active(o) && o.Status.Final == nil {
		due := okr.CheckInDue(since, every)
		if t.days.Last.Before(due) { // it is over by then, and nothing is asked any more
			return c
		}
		c.DueOn, c.Overdue = due.String(), due.Before(today)
	}
	return c
}

// passesAt are the scores at which objectives are Achieved.
func passesAt(o *v1alpha1.Objective) string {
	if o.Spec.Ambition == v1alpha1.AmbitionAspirational {
		return "0.70"
	}
	return "1.00"
}

func resultOf(o *v1alpha1.Objective, t Time) *Result {
	final, review := o.Status.Final, o.Spec.Review
	if final == nil && (t.Phase != Over || !active(o)) {
		return nil
	}
	r := &Result{PassesAt: passesAt(o)}
	if final != nil {
		r.Score, r.Grade = final.Score, string(final.Grade)
	}
	if review != nil {
		r.Outcome, r.Learned = review.Outcome, review.Learned
		if review.Score != nil {
			r.OwnScore = string(*review.Score)
		}
	}
	return r
}

// goalpostsOf are the targets that were moved, by what was promised and by what the team wrote about it.
func goalpostsOf(o *v1alpha1.Objective, keyResults []*v1alpha1.KeyResult) []Goalpost {
	var moved []Goalpost
	for _, kr := range keyResults {
		var g Goalpost
		if promised := kr.Status.OriginalTarget; promised != "" {
			g.What = "promised " + promised + ", now " + kr.Status.Target
		}
		if reach := kr.Spec.Reach; reach != nil && len(reach.Replanned) > 0 {
			newest := reach.Replanned[len(reach.Replanned)-1] // the API has them in order
			g.On, g.Why = newest.Date.String(), newest.Reason
			if g.What == "" && newest.From != nil && newest.To != nil {
				g.What = fmt.Sprintf("target moved from %s to %s", *newest.From, *newest.To)
			}
		}
		if g.What != "" {
			g.KeyResult = kr.Name
			moved = append(moved, g)
		}
	}
	if isTrue(o.Status.Conditions, v1alpha1.ReopenedCondition) {
		moved = append(moved, Goalpost{What: messageOf(o.Status.Conditions, v1alpha1.ReopenedCondition)})
	}
	return moved
}

// nothingBroken is what WellFormed says where there is nothing to say.
var nothingBroken = practice.Report{}.Summary()

func adviceOf(o *v1alpha1.Objective, keyResults []*v1alpha1.KeyResult) []Advice {
	var advice []Advice
	text := messageOf(o.Status.Conditions, v1alpha1.WellFormedCondition)
	if text != "" && text != nothingBroken {
		advice = append(advice, Advice{Text: text, WellFormed: !isFalse(o.Status.Conditions, v1alpha1.WellFormedCondition)})
	}
	for _, kr := range keyResults {
		text := messageOf(kr.Status.Conditions, v1alpha1.WellFormedCondition)
		if text != "" && text != nothingBroken {
			advice = append(advice, Advice{Object: kr.Name, Text: text, WellFormed: !isFalse(kr.Status.Conditions, v1alpha1.WellFormedCondition)})
		}
	}
	return advice
}
