package repository

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
)

// OfCycle are the objectives of a cycle, in one namespace, or in all where it is empty; sorted by namespace and name. It is
// an error if there are none, or if one of them, or of their key results, is there twice.
func (r *Repository) OfCycle(cycle, namespace string) ([]Goal[*v1alpha1.Objective], error) {
	var found []Goal[*v1alpha1.Objective]
	var others []string
	for _, o := range r.Objectives {
		switch {
		case namespace != "" && r.Namespace(o.Object) != namespace:
		case goals.InCycle(o.Object, cycle):
			found = append(found, o)
		default:
			others = append(others, goals.CycleOf(o.Object))
		}
	}
	slices.SortStableFunc(found, func(a, b Goal[*v1alpha1.Objective]) int {
		return cmp.Or(cmp.Compare(r.Namespace(a.Object), r.Namespace(b.Object)), cmp.Compare(a.Object.Name, b.Object.Name))
	})
	if len(found) > 0 {
		return found, r.once(found)
	}
	message := fmt.Sprintf("the files have no objective of %s", cycle)
	if namespace != "" {
		message += " in namespace " + namespace
	}
	if slices.Sort(others); len(others) > 0 {
		message += ": they are of " + strings.Join(slices.Compact(others), ", ")
	}
	for _, err := range r.Unread {
		message += "\nnot read: " + err.Error()
	}
	return nil, fmt.Errorf("%s", message)
}

// once says which of the objectives, and of their key results, are there twice: which of them is meant cannot be told.
func (r *Repository) once(objectives []Goal[*v1alpha1.Objective]) error {
	places := map[string]string{}
	var twice []error
	check := func(kind, name, where string) {
		if first := places[kind+name]; first != "" {
			twice = append(twice, fmt.Errorf("%s %s is in %s and in %s: remove one, or name the files one by one", kind, name, first, where))
			return
		}
		places[kind+name] = where
	}
	for i, o := range objectives {
		check("the objective", r.Name(o.Object), o.Where())
		if i > 0 && r.Name(objectives[i-1].Object) == r.Name(o.Object) {
			continue // with the same key results
		}
		for _, kr := range r.KeyResultsOf(o.Object) {
			check("the key result", r.Name(kr.Object), kr.Where())
		}
	}
	return errors.Join(twice...)
}
