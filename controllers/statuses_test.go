package controllers

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// allStatuses are the statuses of all goals and sources of this rig, by kind and name.
func (r *rig) allStatuses() map[string]any {
	r.Helper()
	found := map[string]any{}
	for _, list := range r.lists() {
		each(list, func(kind string, o client.Object) {
			name := kind + " " + o.GetName()
			switch o := o.(type) {
			case *v1alpha1.Objective:
				found[name] = o.Status
			case *v1alpha1.KeyResult:
				found[name] = o.Status
			case *v1alpha1.KPI:
				found[name] = o.Status
			case *v1alpha1.MetricSource:
				found[name] = o.Status
			}
		})
	}
	return found
}

// lists reads all goals and sources of this rig.
func (r *rig) lists() []client.ObjectList {
	r.Helper()
	lists := []client.ObjectList{&v1alpha1.ObjectiveList{}, &v1alpha1.KeyResultList{}, &v1alpha1.KPIList{}, &v1alpha1.MetricSourceList{}}
	for _, list := range lists {
		options := []client.ListOption{client.InNamespace(r.namespace)}
		if _, cluster := list.(*v1alpha1.MetricSourceList); cluster {
			options = []client.ListOption{client.MatchingLabels{rigLabel: r.namespace}}
		}
		if err := admin.List(r.Context(), list, options...); err != nil {
			r.Fatal(err)
		}
	}
	return lists
}
