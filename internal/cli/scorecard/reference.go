package scorecard

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
)

// reference is a field that names something which was not found.
type reference struct {
	field, kind string
	to          client.ObjectKey
	resolution  goals.Resolution
}

// key is what a reference from namespace own names; zero without a reference.
func key[R v1alpha1.KPIReference | v1alpha1.ParentReference](ref *R, own string) client.ObjectKey {
	switch r := any(ref).(type) {
	case *v1alpha1.KPIReference:
		if r != nil {
			return client.ObjectKey{Namespace: cmp.Or(r.Namespace, own), Name: r.Name}
		}
	case *v1alpha1.ParentReference:
		if r != nil {
			return client.ObjectKey{Namespace: cmp.Or(r.Namespace, own), Name: r.Name}
		}
	}
	return client.ObjectKey{}
}

// reference reports one that leads nowhere, or of which it is not known where it leads.
func (s *search) reference(o client.Object, kind string, r reference) {
	orphan := Orphan{Problem: LeadsNowhere, Field: r.field, To: r.kind + " " + strings.TrimPrefix(r.to.String(), "/")}
	switch r.resolution {
	case goals.Missing:
		orphan.why, orphan.Write = "which is not there", "apply it, or name another one"
		if others := s.elsewhere(r); len(others) > 0 {
			orphan.Write = "name the one that there is with namespace: " + strings.Join(others, ", or ")
		}
	case goals.Refused:
		orphan.why, orphan.Write = "which does not allow it", "let spec.allowedNamespaces of "+orphan.To+" allow "+o.GetNamespace()
	case goals.Withheld:
		s.found.NotKnown = append(s.found.NotKnown,
			kind+" "+o.GetNamespace()+"/"+o.GetName()+": "+r.field+" names "+orphan.To+", which you may not read, or not whether it is shared")
		return
	default:
		return
	}
	s.add(o, kind, orphan)
}

// elsewhere are the namespaces that have an object of the name.
func (s *search) elsewhere(r reference) []string {
	var namespaces []string
	for _, o := range s.set.Objectives {
		if r.kind == "Objective" && o.Name == r.to.Name {
			namespaces = append(namespaces, o.Namespace)
		}
	}
	for _, k := range s.set.KPIs {
		if r.kind == "KPI" && k.Name == r.to.Name {
			namespaces = append(namespaces, k.Namespace)
		}
	}
	return slices.Compact(namespaces)
}

// source looks where the source of a metric is.
func (s *search) source(o client.Object, kind, field string, ref v1alpha1.SourceReference) {
	name := ref.Name
	s.reference(o, kind, reference{field, "MetricSource", client.ObjectKey{Name: name}, s.set.Source(name, o.GetNamespace())})
}
