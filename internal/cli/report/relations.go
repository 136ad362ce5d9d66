package report

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
)

// relations are those between goals, as far as the upper one of two consents: nobody is shown as a part of a goal that
// does not know of it.
type relations struct{ *goals.Set }

// shared reports whether an object may be referred to from a namespace. Where the labels of namespaces may not be read, a
// selector is taken to match: it is not known that it does not.
func (r relations) shared(allowed *v1alpha1.AllowedNamespaces, own, from string) bool {
	if allowed != nil && allowed.From == v1alpha1.NamespacesFromSelector && slices.Contains(r.Withheld, "namespaces") {
		return true
	}
	return evaluate.Shared(allowed, own, from, func(name string) (labels.Set, bool) {
		for _, n := range r.Namespaces {
			if n.Name == name {
				return n.Labels, true
			}
		}
		return nil, false
	})
}

// parent is the objective that another one serves; nil if there is none, or it does not consent.
func (r relations) parent(o *v1alpha1.Objective) *v1alpha1.Objective {
	parent := r.ParentOf(o)
	if parent == nil || !r.shared(parent.Spec.AllowedNamespaces, parent.Namespace, o.Namespace) {
		return nil
	}
	return parent
}

func (r relations) children(o *v1alpha1.Objective) []*v1alpha1.Objective {
	var children []*v1alpha1.Objective
	for _, child := range r.ChildrenOf(o) {
		if r.shared(o.Spec.AllowedNamespaces, o.Namespace, child.Namespace) {
			children = append(children, child)
		}
	}
	return children
}

// kpi is what a reference names; nil if there is none, or it does not consent.
func (r relations) kpi(ref v1alpha1.KPIReference, from string) *v1alpha1.KPI {
	key := gather.KPIKey(ref, from)
	kpi := r.KPI(key.Namespace, key.Name)
	if kpi == nil || !r.shared(kpi.Spec.AllowedNamespaces, kpi.Namespace, from) {
		return nil
	}
	return kpi
}

// kpis are those that an objective names, then those that its key results are measured by, other than given up ones.
func (r relations) kpis(o *v1alpha1.Objective) []*v1alpha1.KPI {
	var kpis []*v1alpha1.KPI
	add := func(ref v1alpha1.KPIReference) {
		if kpi := r.kpi(ref, o.Namespace); kpi != nil && !slices.Contains(kpis, kpi) {
			kpis = append(kpis, kpi)
		}
	}
	for _, ref := range o.Spec.KPIRefs {
		add(ref)
	}
	for _, kr := range r.KeyResultsOf(o) {
		if kr.Spec.KPIRef != nil && kr.Spec.State != v1alpha1.KeyResultCancelled {
			add(*kr.Spec.KPIRef)
		}
	}
	return kpis
}

// lost says why something that is referred to is not there.
func (r relations) lost(kind, namespace, name, from string) string {
	object := kind + " " + namespace + "/" + name
	withheld := slices.ContainsFunc(r.Withheld, func(what string) bool { return what == object })
	if withheld || namespace != from && slices.Contains(r.Withheld, "goals in other namespaces") && r.missing(kind, namespace, name) {
		return object + " may not be read by you: it is not known"
	}
	return object + " is not found, or not shared with namespace " + from
}

func (r relations) missing(kind, namespace, name string) bool {
	if kind == "KPI" {
		return r.KPI(namespace, name) == nil
	}
	return r.Objective(namespace, name) == nil
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
