package status

import (
	"slices"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/okr"
)

// justOver is how many days after its end an objective that is not scored and reviewed still belongs to the present.
const justOver = 30

// summaryOf is how the goals of a namespace stand, or of all. It is pure: it reads what was read, and no clock.
func summaryOf(set *goals.Set, namespace string, selected command.Selector, now time.Time) *Summary {
	s := &Summary{
		Kind: "StatusSummary", AsOf: now.UTC(), Namespace: namespace, Selector: selected.Text, Counts: []Count{}, KPICounts: []Count{}, Attention: []Attention{},
		Changes: []Turn{}, Objectives: []Row{}, NotKnown: append([]string{}, withheld(set)...), Missing: absent(set, namespace),
	}
	var shown []*v1alpha1.Objective
	var healths, kpiHealths []string
	for _, o := range set.Objectives {
		if !mine(o.Namespace, namespace) || !selected.Admits(o.Labels) {
			continue
		}
		t := timeOf(o, now)
		if !present(o, t, now) {
			if t.Phase == Over || o.Spec.State != v1alpha1.ObjectiveCancelled { // what is given up is not still to come
				s.Elsewhere.add(t)
			}
			continue
		}
		shown = append(shown, o)
		row := rowOf(set, o, t, now)
		healths = append(healths, row.Verdict.Health)
		s.Objectives = append(s.Objectives, row)
	}
	var kpis []*v1alpha1.KPI
	for _, k := range set.KPIs {
		if mine(k.Namespace, namespace) && selected.Admits(k.Labels) {
			kpis = append(kpis, k)
			kpiHealths = append(kpiHealths, verdictOfKPI(k).Health)
		}
	}
	s.Counts, s.KPICounts = counted(healths, goalHealths), counted(kpiHealths, kpiHealthsInOrder)
	s.Attention = append(s.Attention, attentionOf(set, shown, kpis, now)...)
	turns, fresh := turnsOf(set, shown, kpis, now)
	s.Changes, s.New = append(s.Changes, turns...), fresh
	return s
}

// mine reports whether a namespace is the one that is asked for, or all are. Parents and KPIs of others are read too.
func mine(namespace, asked string) bool { return asked == "" || namespace == asked }

// absent reports that a namespace is not there, where that can be known.
func absent(set *goals.Set, namespace string) bool {
	if namespace == "" || slices.Contains(set.Withheld, "namespaces") {
		return false
	}
	for _, n := range set.Namespaces {
		if n.Name == namespace {
			return false
		}
	}
	return true
}

// present reports whether an objective belongs to the present cycle: its period contains today, or ended lately and it is
// not scored and reviewed. One whose period cannot be read belongs to it, lest it is overlooked.
func present(o *v1alpha1.Objective, t Time, now time.Time) bool {
	switch t.Phase {
	case Before:
		// startOn may lie ahead in a period that has begun.
		begun := timeOf(&v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: o.Spec.Period, TimeZone: o.Spec.TimeZone}}, now)
		return begun.Phase == Running
	case Over:
		settled := o.Status.Final != nil && o.Spec.Review != nil || !active(o)
		return !settled && t.days.Last.DaysUntil(okr.DayOf(now, t.zone)) <= justOver
	default:
		return true
	}
}

func (e *Elsewhere) add(t Time) {
	if t.Phase == Over {
		e.Over++
		return
	}
	e.Before++
	if e.NextBegins == "" || t.From < e.NextBegins {
		e.NextBegins = t.From
	}
}

// The healths, from the worst to the best.
var (
	goalHealths       = []string{"OffTrack", "Missed", "AtRisk", "Unknown", "OnTrack", "Achieved", "Pending", "Cancelled"}
	kpiHealthsInOrder = []string{"Unhealthy", "Warning", "Unknown", "Healthy"}
)

// counted counts healths in an order; one that does not occur is left out.
func counted(healths, order []string) []Count {
	counts := []Count{}
	for _, health := range order {
		n := 0
		for _, h := range healths {
			if h == health {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, Count{health, n})
		}
	}
	return counts
}

func rowOf(set *goals.Set, o *v1alpha1.Objective, t Time, now time.Time) Row {
	checkIns := checkInsOf(o, t, now)
	row := Row{
		Namespace: o.Namespace, Name: o.Name, Title: o.Spec.Title, Owner: ownerOf(o.Spec.Owner), Time: t, Verdict: verdictOfObjective(o),
		CheckInDueOn: checkIns.DueOn, CheckInOverdue: checkIns.Overdue,
	}
	var healths []string
	for _, kr := range set.KeyResultsOf(o) {
		healths = append(healths, verdictOfKeyResult(kr).Health)
	}
	row.KeyResults = counted(healths, goalHealths)
	if o.Status.Final != nil {
		row.Score, row.Grade = o.Status.Final.Score, string(o.Status.Final.Grade)
	}
	return row
}
