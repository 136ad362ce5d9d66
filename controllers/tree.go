package controllers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// mostAncestors bounds a walk up the tree of KPIs. Nobody reads a tree as deep as that.
const mostAncestors = 32

// ancestry walks up the tree of KPIs from one, as far as its ancestors consent: whether its parent is missing, and the KPIs
// of the cycle, if it is its own ancestor.
func (w world) ancestry(ctx context.Context, kpi *v1alpha1.KPI) (missing bool, cycle []string, err error) {
	own := client.ObjectKeyFromObject(kpi)
	seen := []string{own.String()}
	for at := kpi; at.Spec.ParentRef != nil && len(seen) <= mostAncestors; seen = append(seen, client.ObjectKeyFromObject(at).String()) {
		parent, err := w.kpi(ctx, *at.Spec.ParentRef, at.Namespace)
		if err != nil || parent == nil {
			return at == kpi, nil, err
		}
		if client.ObjectKeyFromObject(parent) == own {
			return false, seen, nil
		}
		at = parent
	}
	return false, nil, nil
}

// ancestors are the KPIs that one names as its parent, its parent's parent and so on, whether they consent or not.
func (w world) ancestors(ctx context.Context, kpi *v1alpha1.KPI) ([]client.ObjectKey, error) {
	var found []client.ObjectKey
	for at := kpi; at.Spec.ParentRef != nil && len(found) < mostAncestors; {
		key := kpiKey(*at.Spec.ParentRef, at.Namespace)
		found = append(found, key)
		if key == client.ObjectKeyFromObject(kpi) {
			break
		}
		at = &v1alpha1.KPI{}
		if exists, err := w.get(ctx, key, at); !exists || err != nil {
			return found, err
		}
	}
	return found, nil
}
