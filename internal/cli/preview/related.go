package preview

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
)

// related are the goals whose status may differ where others have been edited: the key results of objectives, what they
// roll up into, the KPIs that they look after or are measured by, and whatever asks a source or lives in a namespace.
func related(ctx context.Context, set *goals.Set, edited map[id]bool) (map[id]bool, error) {
	r := relating{set: set, found: map[id]bool{}}
	for i := range edited {
		if i.isGoal() {
			r.found[i] = true
		}
		var err error
		switch o := find(set, i).(type) {
		case *v1alpha1.Objective:
			for _, kr := range set.KeyResultsOf(o) {
				r.found[idOf(kr)] = true
			}
			for _, k := range set.KPIsOf(o) {
				r.found[idOf(k)] = true
			}
			r.up(set.ParentOf(o))
		case *v1alpha1.KeyResult:
			r.keyResult(o)
		case *v1alpha1.KPI:
			err = r.kpi(ctx, o)
		case nil:
			err = r.surroundings(ctx, i)
		}
		if err != nil {
			return nil, err
		}
	}
	return r.found, nil
}

// relating is a search under way.
type relating struct {
	set   *goals.Set
	found map[id]bool
}

// up adds an objective and all above it.
func (r relating) up(o *v1alpha1.Objective) {
	for ; o != nil && !r.found[idOf(o)]; o = r.set.ParentOf(o) {
		r.found[idOf(o)] = true
	}
}

// keyResult adds a key result, its objective and its KPI.
func (r relating) keyResult(kr *v1alpha1.KeyResult) {
	r.found[idOf(kr)] = true
	r.up(r.set.Objective(kr.Namespace, kr.Spec.ObjectiveRef.Name))
	if ref := kr.Spec.KPIRef; ref != nil {
		key := gather.KPIKey(*ref, kr.Namespace)
		r.found[id{"KPI", key.Namespace, key.Name}] = true
	}
}

// kpi adds a KPI and the goals that name it.
func (r relating) kpi(ctx context.Context, k *v1alpha1.KPI) error {
	r.found[idOf(k)] = true
	by := client.MatchingFields{gather.IndexKPI: client.ObjectKeyFromObject(k).String()}
	objectives, err := r.set.World().ObjectivesMatching(ctx, by)
	if err != nil {
		return err
	}
	for _, key := range objectives {
		r.up(r.set.Objective(key.Namespace, key.Name))
	}
	return r.keyResultsBy(ctx, by)
}

func (r relating) keyResultsBy(ctx context.Context, by client.ListOption) error {
	keyResults, err := r.set.World().KeyResultsMatching(ctx, by)
	if err != nil {
		return err
	}
	for _, key := range keyResults {
		r.keyResult(r.set.KeyResult(key.Namespace, key.Name))
	}
	return nil
}

// surroundings adds the goals that ask a source, or live in a namespace.
func (r relating) surroundings(ctx context.Context, i id) error {
	var by client.ListOption
	switch i.Kind {
	case "MetricSource":
		by = client.MatchingFields{gather.IndexSource: i.Name}
	case "Namespace":
		by = client.InNamespace(i.Name)
		for _, o := range r.set.Objectives {
			if o.Namespace == i.Name {
				r.up(o)
			}
		}
	default:
		return nil
	}
	kpis, err := r.set.World().KPIsMatching(ctx, by)
	if err != nil {
		return err
	}
	for _, key := range kpis {
		if err := r.kpi(ctx, r.set.KPI(key.Namespace, key.Name)); err != nil {
			return err
		}
	}
	return r.keyResultsBy(ctx, by)
}
