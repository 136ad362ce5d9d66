package lint

import (
	"cmp"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/near"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
)

// reference is one object's mention of another.
type reference struct {
	from  *object
	field string
	to    practice.Ref
	// own says that it leads into the object's own namespace because it cannot lead elsewhere.
	own bool
}

// references are all that an object makes.
func (o *object) references() []reference {
	var found []reference
	add := func(field, kind, namespace, name string, own bool) {
		if name != "" {
			found = append(found, reference{o, field, practice.Ref{Kind: kind, Namespace: namespace, Name: name}, own})
		}
	}
	namespace := o.ref().Namespace
	metric := func(field string, m *v1alpha1.Metric) {
		// The default source is the administrators', whose files are elsewhere.
		if m != nil && m.SourceRef.Name != "default" {
			add(field+".sourceRef", "MetricSource", "", m.SourceRef.Name, false)
		}
	}
	switch goal := o.goal.(type) {
	case *v1alpha1.Objective:
		if ref := goal.Spec.ParentRef; ref != nil {
			add("spec.parentRef", "Objective", cmp.Or(ref.Namespace, namespace), ref.Name, false)
		}
		for i, ref := range goal.Spec.KPIRefs {
			add(fmt.Sprintf("spec.kpiRefs[%d]", i), "KPI", cmp.Or(ref.Namespace, namespace), ref.Name, false)
		}
	case *v1alpha1.KeyResult:
		add("spec.objectiveRef", "Objective", namespace, goal.Spec.ObjectiveRef.Name, true)
		if ref := goal.Spec.KPIRef; ref != nil {
			add("spec.kpiRef", "KPI", cmp.Or(ref.Namespace, namespace), ref.Name, false)
		}
		metric("spec.metric", goal.Spec.Metric)
	case *v1alpha1.KPI:
		if ref := goal.Spec.ParentRef; ref != nil {
			add("spec.parentRef", "KPI", cmp.Or(ref.Namespace, namespace), ref.Name, false)
		}
		metric("spec.metric", goal.Spec.Metric)
	}
	return found
}

// checkReferences says which references lead nowhere. One that leads out of the files may lead to a goal of another repository,
// unless the files are complete, or hold a name that is nearly the same, or it cannot lead elsewhere: a key result's objective is
// always in its own namespace, and should be in the files if others of that namespace are.
func (s *set) checkReferences(complete bool) []Finding {
	var found []Finding
	for _, o := range s.goals {
		for _, ref := range o.references() {
			if target := s.named[ref.to]; target != nil {
				if !s.shared(target, ref) {
					found = append(found, o.finding("REF001", practice.Error, ref.field, fmt.Sprintf(
						"%s is not shared with %s: have its owner write spec.allowedNamespaces", shownName(ref.to), s.from(ref))))
				}
				continue
			}
			names := s.names(ref.to.Kind, ref.to.Namespace)
			meant := near.Slip(ref.to.Name, names)
			severity := practice.Warning
			switch {
			case complete:
				severity = practice.Error
			case meant == "" && (!ref.own || len(names) == 0):
				continue
			}
			found = append(found, o.finding("REF001", severity, ref.field, lost(ref, meant, complete)))
		}
	}
	return found
}

// shownName names an object in a message.
func shownName(ref practice.Ref) string {
	if ref.Namespace == "" {
		return ref.Kind + " " + ref.Name
	}
	return ref.Kind + " " + ref.Namespace + "/" + ref.Name
}

func lost(ref reference, meant string, complete bool) string {
	said := shownName(ref.to) + " is not among the files"
	switch {
	case meant != "":
		return said + ": did you mean " + meant + "?"
	case complete:
		return said + ": correct the name, or create it"
	default:
		return said + ", which hold other objectives of its namespace: correct the name, or lint the file that has it too"
	}
}

// from names who asks: a namespace.
func (s *set) from(ref reference) string {
	if namespace := ref.from.ref().Namespace; namespace != "" {
		return "namespace " + namespace
	}
	return "the namespace that this goes to"
}

// shared reports whether a goal may be referred to, as far as files tell: the labels of a namespace that is not among them are not
// known, and forbid nothing.
func (s *set) shared(target *object, ref reference) bool {
	from := ref.from.ref().Namespace
	known := func(selector *metav1.LabelSelector) bool {
		_, there := s.namespaces[from]
		return selector == nil || there
	}
	labelsOf := func(namespace string) (labels.Set, bool) {
		set, there := s.namespaces[namespace]
		return set, there
	}
	var allowed *v1alpha1.AllowedNamespaces
	switch goal := target.goal.(type) {
	case *v1alpha1.Objective:
		allowed = goal.Spec.AllowedNamespaces
	case *v1alpha1.KPI:
		allowed = goal.Spec.AllowedNamespaces
	case *v1alpha1.MetricSource:
		sources := goal.Spec.AllowedNamespaces
		return !known(sources.Selector) || evaluate.SourceShared(sources, from, labelsOf)
	}
	if target.refused || allowed != nil && !known(allowed.Selector) {
		return true
	}
	return evaluate.Shared(allowed, ref.to.Namespace, from, labelsOf)
}
