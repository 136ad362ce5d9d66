package status

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/near"
)

// find is the objective of a name in a namespace, or in any. Its error says what there is instead.
func find(set *goals.Set, namespace, name string) (*v1alpha1.Objective, error) {
	var found []*v1alpha1.Objective
	for _, o := range set.Objectives {
		if o.Name == name && (namespace == "" || o.Namespace == namespace) {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, missing(set, namespace, name)
	}
	return nil, fmt.Errorf("objective %q is in several namespaces: write one of %s", name, strings.Join(full(found), ", "))
}

// missing says that there is no such objective, and what may have been meant.
func missing(set *goals.Set, namespace, name string) error {
	where := "in any namespace"
	if namespace != "" {
		where = "in namespace " + namespace
	}
	text := fmt.Sprintf("there is no objective %q %s", name, where)
	var own, elsewhere []*v1alpha1.Objective
	for _, o := range set.Objectives {
		switch {
		case namespace == "" || o.Namespace == namespace:
			own = append(own, o)
		case o.Name == name:
			elsewhere = append(elsewhere, o)
		}
	}
	if kr := set.KeyResult(namespace, name); kr != nil {
		return fmt.Errorf("%s, but a key result: its objective is %s; kubectl okr explain keyresult/%s -n %s explains it", text, kr.Spec.ObjectiveRef.Name, name, namespace)
	}
	if kpi := set.KPI(namespace, name); kpi != nil {
		return fmt.Errorf("%s, but a KPI: kubectl okr explain kpi/%s -n %s explains it", text, name, namespace)
	}
	switch meant := likely(own, name, namespace == ""); {
	case len(elsewhere) > 0:
		return fmt.Errorf("%s, but in %s: write -n %s", text, strings.Join(full(elsewhere), ", "), elsewhere[0].Namespace)
	case len(meant) > 0:
		return fmt.Errorf("%s; did you mean %s?", text, strings.Join(meant, ", "))
	case len(own) == 0 && namespace != "":
		return fmt.Errorf("%s, nor any other: kubectl okr status -A shows those of all namespaces", text)
	case namespace == "":
		return fmt.Errorf("%s: kubectl okr status -A lists them", text)
	default:
		return fmt.Errorf("%s: kubectl okr status -n %s lists them", text, namespace)
	}
}

func full(objectives []*v1alpha1.Objective) []string {
	names := make([]string, 0, len(objectives))
	for _, o := range objectives {
		names = append(names, o.Namespace+"/"+o.Name)
	}
	return names
}

// mostNear is how many near names are suggested.
const mostNear = 3

// likely are the names that are most like one.
func likely(objectives []*v1alpha1.Objective, name string, qualified bool) []string {
	called := map[string][]string{}
	for _, o := range objectives {
		shown := o.Name
		if qualified {
			shown = o.Namespace + "/" + o.Name
		}
		called[o.Name] = append(called[o.Name], shown)
	}
	var names []string
	for _, name := range near.Names(name, slices.Sorted(maps.Keys(called)), mostNear) {
		names = append(names, called[name]...)
	}
	return names[:min(mostNear, len(names))]
}
