package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/near"
)

// known are the goals of a kind in a set; of all kinds where none is said.
func known(set *goals.Set, kind string) (found []command.Name) {
	for _, k := range []struct {
		kind string
		of   func() []command.Name
	}{
		{kindObjective, func() []command.Name { return named(kindObjective, set.Objectives) }},
		{kindKeyResult, func() []command.Name { return named(kindKeyResult, set.KeyResults) }},
		{kindKPI, func() []command.Name { return named(kindKPI, set.KPIs) }},
	} {
		if kind == "" || kind == k.kind {
			found = append(found, k.of()...)
		}
	}
	return found
}

func named[O client.Object](kind string, objects []O) (found []command.Name) {
	for _, o := range objects {
		found = append(found, command.Name{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName()})
	}
	return found
}

// settle finds the kind of a goal that was named without one. It is an error if there is no goal of the name in the namespace,
// or one of several kinds.
func settle(set *goals.Set, n command.Name) (command.Name, error) {
	var found []command.Name
	for _, candidate := range known(set, n.Kind) {
		if candidate.Namespace == n.Namespace && candidate.Name == n.Name {
			found = append(found, candidate)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 {
		return n, notThere(set, n)
	}
	return n, fmt.Errorf("%s is %s: write one of these", n.Name, strings.Join(written(found, short), " and "))
}

// short is a goal as explain takes it in its own namespace.
func short(n command.Name) string { return strings.ToLower(n.Kind) + "/" + n.Name }

// long is one of another namespace.
func long(n command.Name) string { return short(n) + " -n " + n.Namespace }

func written(names []command.Name, text func(command.Name) string) (all []string) {
	for _, n := range names {
		all = append(all, text(n))
	}
	return all
}

// mostNamed is how many goals an error names.
const mostNamed = 10

// notThere says that there is no such goal, and which are near, elsewhere, or there at all.
func notThere(set *goals.Set, n command.Name) error {
	what := fmt.Sprintf("there is no %s %q in namespace %s", cmp.Or(command.Spoken[n.Kind], "goal"), n.Name, n.Namespace)
	var own, elsewhere []command.Name
	for _, candidate := range known(set, "") {
		switch {
		case candidate.Name == n.Name: // of another kind, or elsewhere
			elsewhere = append(elsewhere, candidate)
		case candidate.Namespace == n.Namespace && (n.Kind == "" || n.Kind == candidate.Kind):
			own = append(own, candidate)
		}
	}
	// The same name nearby says more than the same kind far away.
	slices.SortStableFunc(elsewhere, func(a, b command.Name) int {
		return distant(a, n) - distant(b, n)
	})
	meant := near.Name(n.Name, written(own, func(n command.Name) string { return n.Name }))
	switch {
	case len(elsewhere) > 0:
		return fmt.Errorf("%s, but %s", what, listed(elsewhere, long))
	case meant != "":
		at := slices.IndexFunc(own, func(n command.Name) bool { return n.Name == meant })
		return fmt.Errorf("%s: did you mean %s?", what, short(own[at]))
	case len(own) > 0:
		return fmt.Errorf("%s: there are %s", what, listed(own, short))
	default:
		return fmt.Errorf("%s, nor any other: write -n NAMESPACE for the goals of another one; kubectl okr status -A shows all", what)
	}
}

func distant(candidate, n command.Name) int {
	if candidate.Namespace == n.Namespace {
		return 0
	}
	return 1
}

func listed(names []command.Name, text func(command.Name) string) string {
	more := ""
	if len(names) > mostNamed {
		more = fmt.Sprintf(" and %d more", len(names)-mostNamed)
		names = names[:mostNamed]
	}
	return strings.Join(written(names, text), ", ") + more
}

// find reads what the goal may depend on: its namespace and what that refers to; and the goals of all namespaces where others
// may refer to it. If it is not there, all namespaces are looked through for it, as far as that is allowed.
func find(ctx context.Context, env *command.Environment, n command.Name) (*goals.Set, command.Name, error) {
	set, err := env.Goals(ctx, goals.Scope{Namespace: n.Namespace})
	if err != nil {
		return nil, n, err
	}
	found, err := settle(set, n)
	if err != nil {
		if all, failed := env.Goals(ctx, goals.Scope{Namespace: n.Namespace, Everything: true}); failed == nil {
			_, err = settle(all, n)
		}
		return nil, n, err
	}
	shared := false
	switch found.Kind {
	case kindObjective:
		shared = set.Objective(found.Namespace, found.Name).Spec.AllowedNamespaces != nil
	case kindKPI:
		shared = set.KPI(found.Namespace, found.Name).Spec.AllowedNamespaces != nil
	}
	if shared {
		set, err = env.Goals(ctx, goals.Scope{Namespace: n.Namespace, Everything: true})
	}
	return set, found, err
}
