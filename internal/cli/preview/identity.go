package preview

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
)

// id names an object.
type id struct{ Kind, Namespace, Name string }

func (i id) String() string {
	if i.Namespace == "" {
		return i.Name
	}
	return i.Namespace + "/" + i.Name
}

// order is that of everything that is listed: objectives, key results, KPIs, each by namespace and name.
func (i id) order(other id) int {
	rank := func(kind string) int { return slices.Index([]string{"Objective", "KeyResult", "KPI"}, kind) }
	return cmp.Or(cmp.Compare(rank(i.Kind), rank(other.Kind)), strings.Compare(i.Namespace, other.Namespace), strings.Compare(i.Name, other.Name))
}

func idOf(o client.Object) id {
	kind := ""
	switch o.(type) {
	case *v1alpha1.Objective:
		kind = "Objective"
	case *v1alpha1.KeyResult:
		kind = "KeyResult"
	case *v1alpha1.KPI:
		kind = "KPI"
	case *v1alpha1.MetricSource:
		kind = "MetricSource"
	default: // only their metadata is known
		kind = "Namespace"
	}
	return id{kind, o.GetNamespace(), o.GetName()}
}

// isGoal reports whether an object has a verdict.
func (i id) isGoal() bool { return i.Kind == "Objective" || i.Kind == "KeyResult" || i.Kind == "KPI" }

// find is the goal of a set; nil if it is not there.
func find(set *goals.Set, i id) client.Object {
	switch i.Kind {
	case "Objective":
		if o := set.Objective(i.Namespace, i.Name); o != nil {
			return o
		}
	case "KeyResult":
		if kr := set.KeyResult(i.Namespace, i.Name); kr != nil {
			return kr
		}
	case "KPI":
		if k := set.KPI(i.Namespace, i.Name); k != nil {
			return k
		}
	}
	return nil
}

// all are the objects of a set.
func all(set *goals.Set) []client.Object {
	var objects []client.Object
	for _, o := range set.Objectives {
		objects = append(objects, o)
	}
	for _, kr := range set.KeyResults {
		objects = append(objects, kr)
	}
	for _, k := range set.KPIs {
		objects = append(objects, k)
	}
	for _, s := range set.Sources {
		objects = append(objects, s)
	}
	for _, n := range set.Namespaces {
		objects = append(objects, n)
	}
	return objects
}

// specOf is what people have decided in an object.
func specOf(o client.Object) any {
	switch o := o.(type) {
	case *v1alpha1.Objective:
		return o.Spec
	case *v1alpha1.KeyResult:
		return o.Spec
	case *v1alpha1.KPI:
		return o.Spec
	case *v1alpha1.MetricSource:
		return o.Spec
	default:
		return nil
	}
}

func titleOf(o client.Object) string {
	switch o := o.(type) {
	case *v1alpha1.Objective:
		return o.Spec.Title
	case *v1alpha1.KeyResult:
		return o.Spec.Title
	case *v1alpha1.KPI:
		return o.Spec.Title
	default:
		return ""
	}
}
