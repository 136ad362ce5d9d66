package practice

import (
	"cmp"
	"slices"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// Set is a whole set of goals, related to each other: a folder, a repository, a cluster. Its objects are sorted.
type Set struct {
	Objectives []*Objective
	KeyResults []*KeyResult
	KPIs       []*KPI
}

// Objects are the goals of a set as they are written.
type Objects struct {
	Objectives []*v1alpha1.Objective
	KeyResults []*v1alpha1.KeyResult
	KPIs       []*v1alpha1.KPI
	// Complete says that there are no others: a reference that leads out of the set then leads nowhere.
	Complete bool
	// Zone is the time zone of a name; nil if there is none.
	Zone func(v1alpha1.TimeZone) *time.Location
	// Analyze reads a query template; window is what $__window becomes.
	Analyze func(template string, window time.Duration) sample.Expression
}

// linking is a set while its relations are filled in.
type linking struct {
	objects    Objects
	set        *Set
	objectives map[Ref]*Objective
	kpis       map[Ref]*KPI
}

// NewSet relates the objects to each other. MetricSources are no goals: what a sourceRef names is not looked for.
func NewSet(objects Objects) *Set {
	l := &linking{objects: objects, set: &Set{}, objectives: map[Ref]*Objective{}, kpis: map[Ref]*KPI{}}
	for _, k := range objects.KPIs {
		kpi := &KPI{Object: k, Objectives: []*Objective{}, Query: l.query(k.Spec.Metric, k.Namespace, windowOf(k))}
		l.kpis[Ref{"KPI", k.Namespace, k.Name}] = kpi
		l.set.KPIs = append(l.set.KPIs, kpi)
	}
	for _, o := range objects.Objectives {
		objective := NewObjective(o, objects.Zone(o.Spec.TimeZone))
		objective.KeyResults, objective.Children, objective.KPIs = []*KeyResult{}, []*Objective{}, []*KPI{}
		l.objectives[Ref{"Objective", o.Namespace, o.Name}] = objective
		l.set.Objectives = append(l.set.Objectives, objective)
	}
	l.set.sort()
	for _, k := range l.set.KPIs {
		l.linkKPI(k)
	}
	for _, o := range l.set.Objectives {
		l.linkObjective(o)
	}
	for _, kr := range objects.KeyResults {
		l.linkKeyResult(kr)
	}
	l.set.sort()
	circles(l.set.Objectives, func(o *Objective) *Objective { return o.Parent }, func(o *Objective, names []string) { o.Cycle = names },
		func(o *Objective) string { return o.Object.Namespace + "/" + o.Object.Name })
	circles(l.set.KPIs, func(k *KPI) *KPI { return k.Parent }, func(k *KPI, names []string) { k.Cycle = names },
		func(k *KPI) string { return k.Object.Namespace + "/" + k.Object.Name })
	return l.set
}

// sort makes everything that follows independent of the order in which the objects were read.
func (s *Set) sort() {
	byName := func(a, b Ref) int { return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name)) }
	slices.SortFunc(s.Objectives, func(a, b *Objective) int { return byName(a.subject().ref, b.subject().ref) })
	slices.SortFunc(s.KeyResults, func(a, b *KeyResult) int { return byName(a.subject().ref, b.subject().ref) })
	slices.SortFunc(s.KPIs, func(a, b *KPI) int { return byName(a.subject().ref, b.subject().ref) })
}

func (l *linking) query(m *v1alpha1.Metric, namespace string, window time.Duration) *Query {
	if m == nil {
		return nil
	}
	return &Query{Metric: *m, Namespace: namespace, Expression: l.objects.Analyze(m.Query, window)}
}

// windowOf is what $__window becomes in a KPI's query. Spans of the calendar have each their own length: any will do to
// read the query.
func windowOf(k *v1alpha1.KPI) time.Duration {
	switch {
	case k.Spec.CalendarWindow != "":
		return 30 * day
	case k.Spec.Metric != nil:
		return k.Spec.Metric.Window.Duration()
	default:
		return 0
	}
}

// lost is a reference out of the set; it leads nowhere if the set is all there is.
func (l *linking) lost(field, kind, namespace, name string) []Missing {
	if !l.objects.Complete {
		return nil
	}
	return []Missing{{field, kind + " " + brief(namespace+"/"+name, 2*maxQuoted) + " not found, or not shared with this namespace"}}
}

// kpi finds what a reference names, by the KPI's consent.
func (l *linking) kpi(ref v1alpha1.KPIReference, from string) *KPI {
	found := l.kpis[Ref{"KPI", cmp.Or(ref.Namespace, from), ref.Name}]
	if found == nil || !shared(found.Object.Spec.AllowedNamespaces, found.Object.Namespace, from) {
		return nil
	}
	return found
}

// shared reports whether an object may be referred to from a namespace. Labels of namespaces are not known here, so that
// a selector is taken to match.
func shared(allowed *v1alpha1.AllowedNamespaces, own, from string) bool {
	return own == from || allowed != nil && allowed.From != v1alpha1.NamespacesFromSame
}

func (l *linking) linkKPI(k *KPI) {
	ref := k.Object.Spec.ParentRef
	if ref == nil {
		return
	}
	if k.Parent = l.kpi(*ref, k.Object.Namespace); k.Parent == nil {
		k.Missing = append(k.Missing, l.lost("spec.parentRef", "KPI", cmp.Or(ref.Namespace, k.Object.Namespace), ref.Name)...)
		return
	}
	k.Parent.Children = append(k.Parent.Children, k)
}

func (l *linking) linkObjective(o *Objective) {
	own := o.Object.Namespace
	for _, ref := range o.Object.Spec.KPIRefs {
		kpi := l.kpi(ref, own)
		if kpi == nil {
			o.Missing = append(o.Missing, l.lost("spec.kpiRefs", "KPI", cmp.Or(ref.Namespace, own), ref.Name)...)
			continue
		}
		o.KPIs = append(o.KPIs, kpi)
		kpi.Objectives = append(kpi.Objectives, o)
	}
	ref := o.Object.Spec.ParentRef
	if ref == nil {
		return
	}
	parent := l.objectives[Ref{"Objective", cmp.Or(ref.Namespace, own), ref.Name}]
	if parent == nil || !shared(parent.Object.Spec.AllowedNamespaces, parent.Object.Namespace, own) {
		o.Missing = append(o.Missing, l.lost("spec.parentRef", "Objective", cmp.Or(ref.Namespace, own), ref.Name)...)
		return
	}
	o.Parent = parent
	parent.Children = append(parent.Children, o)
}

func (l *linking) linkKeyResult(kr *v1alpha1.KeyResult) {
	objective := l.objectives[Ref{"Objective", kr.Namespace, kr.Spec.ObjectiveRef.Name}]
	k := NewKeyResult(kr, objective)
	k.KPIs = l.set.KPIs
	if objective == nil {
		k.Missing = l.lost("spec.objectiveRef", "Objective", kr.Namespace, kr.Spec.ObjectiveRef.Name)
	} else {
		objective.KeyResults = append(objective.KeyResults, k)
	}
	if metric := kr.Spec.Metric; metric != nil {
		k.Query = l.query(metric, kr.Namespace, metric.Window.Duration())
	}
	if ref := kr.Spec.KPIRef; ref != nil {
		kpi := l.kpi(*ref, kr.Namespace)
		if kpi == nil {
			k.Missing = append(k.Missing, l.lost("spec.kpiRef", "KPI", cmp.Or(ref.Namespace, kr.Namespace), ref.Name)...)
		} else {
			k.Query = kpi.Query
			if objective != nil && kr.Spec.State != v1alpha1.KeyResultCancelled {
				kpi.Objectives = append(kpi.Objectives, objective)
			}
		}
	}
	l.set.KeyResults = append(l.set.KeyResults, k)
}

// circles finds who is their own ancestor, and names all on the circle to each of them.
func circles[T comparable](all []T, parent func(T) T, tell func(T, []string), name func(T) string) {
	var none T
	visited := map[T]int{} // in which walk
	for walk, start := range all {
		at := start
		for ; at != none && visited[at] == 0; at = parent(at) {
			visited[at] = walk + 1
		}
		if at == none || visited[at] != walk+1 {
			continue
		}
		var members []T
		var names []string
		for next := at; len(members) == 0 || next != at; next = parent(next) {
			members, names = append(members, next), append(names, name(next))
		}
		slices.Sort(names)
		for _, member := range members {
			tell(member, names)
		}
	}
}
