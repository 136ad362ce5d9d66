package report

import (
	"cmp"
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
)

// relations are those between goals, as far as the upper one of two consents: nobody is shown as a part of a goal that
// does not know of it.
type relations struct{ *goals.Set }

// parent is the objective that another one serves; nil if there is none, or it does not consent.
func (r relations) parent(o *v1alpha1.Objective) *v1alpha1.Objective {
	parent, _ := r.Parent(o)
	return parent
}

func (r relations) children(o *v1alpha1.Objective) []*v1alpha1.Objective {
	var children []*v1alpha1.Objective
	for _, child := range r.ChildrenOf(o) {
		if r.parent(child) == o {
			children = append(children, child)
		}
	}
	return children
}

// kpis are those that an objective names, then those that its key results are measured by, other than given up ones.
func (r relations) kpis(o *v1alpha1.Objective) []*v1alpha1.KPI {
	var kpis []*v1alpha1.KPI
	add := func(kpi *v1alpha1.KPI, _ goals.Resolution) {
		if kpi != nil && !slices.Contains(kpis, kpi) {
			kpis = append(kpis, kpi)
		}
	}
	for _, ref := range o.Spec.KPIRefs {
		add(r.Named(o, ref))
	}
	for _, kr := range r.KeyResultsOf(o) {
		if kr.Spec.State != v1alpha1.KeyResultCancelled {
			add(r.MeasuredBy(kr))
		}
	}
	return kpis
}

// lost says why what a reference from a namespace leads to is not there.
func lost(resolution goals.Resolution, kind, namespace, name, from string) string {
	object := kind + " " + namespace + "/" + name
	if resolution == goals.Withheld {
		return object + " may not be read by you, or not whether it is shared: it is not known"
	}
	return object + " is not found, or not shared with namespace " + from
}

// level is how far from the top an objective stands.
func level(o *v1alpha1.Objective) int {
	order := []v1alpha1.Level{v1alpha1.LevelCompany, v1alpha1.LevelDepartment, v1alpha1.LevelTeam, v1alpha1.LevelIndividual}
	if i := slices.Index(order, o.Spec.Level); i >= 0 {
		return i
	}
	return 2 // most goals are those of teams
}

// placed is an objective in the cascade.
type placed struct {
	*v1alpha1.Objective
	depth int
}

// cascade sorts objectives from the company down: each stands after the one that it serves, siblings by level and name.
func (r relations) cascade(objectives []*v1alpha1.Objective) []placed {
	sorted := slices.Clone(objectives)
	slices.SortStableFunc(sorted, func(a, b *v1alpha1.Objective) int {
		return cmp.Or(cmp.Compare(level(a), level(b)), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	here := map[*v1alpha1.Objective]bool{}
	for _, o := range sorted {
		here[o] = true
	}
	below := map[*v1alpha1.Objective][]*v1alpha1.Objective{}
	var tops []*v1alpha1.Objective
	for _, o := range sorted {
		if parent := r.parent(o); parent != nil && parent != o && here[parent] {
			below[parent] = append(below[parent], o)
		} else {
			tops = append(tops, o)
		}
	}
	var order []placed
	seen := map[*v1alpha1.Objective]bool{}
	var visit func(o *v1alpha1.Objective, depth int)
	visit = func(o *v1alpha1.Objective, depth int) {
		if seen[o] {
			return
		}
		seen[o] = true
		order = append(order, placed{o, depth})
		for _, child := range below[o] {
			visit(child, depth+1)
		}
	}
	for _, o := range tops {
		visit(o, 0)
	}
	for _, o := range sorted { // those on a circle of parents are below nobody
		visit(o, 0)
	}
	return order
}
