package preview

import (
	"cmp"
	"slices"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
)

// outside are the goals that those of a set refer to and that are not in it, each as "KPI company/margin", in the order of
// lists.
func outside(set *goals.Set) []string {
	lost := map[id]bool{}
	need := func(kind, namespace, name string) {
		if i := (id{kind, namespace, name}); find(set, i) == nil {
			lost[i] = true
		}
	}
	kpi := func(ref v1alpha1.KPIReference, from string) {
		key := gather.KPIKey(ref, from)
		need("KPI", key.Namespace, key.Name)
	}
	for _, o := range set.Objectives {
		if ref := o.Spec.ParentRef; ref != nil {
			need("Objective", cmp.Or(ref.Namespace, o.Namespace), ref.Name)
		}
		for _, ref := range o.Spec.KPIRefs {
			kpi(ref, o.Namespace)
		}
	}
	for _, kr := range set.KeyResults {
		need("Objective", kr.Namespace, kr.Spec.ObjectiveRef.Name)
		if kr.Spec.KPIRef != nil {
			kpi(*kr.Spec.KPIRef, kr.Namespace)
		}
	}
	for _, k := range set.KPIs {
		if k.Spec.ParentRef != nil {
			kpi(*k.Spec.ParentRef, k.Namespace)
		}
	}
	ids := make([]id, 0, len(lost))
	for i := range lost {
		ids = append(ids, i)
	}
	slices.SortFunc(ids, id.order)
	names := make([]string, 0, len(ids))
	for _, i := range ids {
		names = append(names, spoken(i.Kind)+" "+i.String())
	}
	return names
}
