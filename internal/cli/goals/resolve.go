package goals

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/gather"
)

// Resolution is where a reference leads, as far as the caller may see.
type Resolution string

// The resolutions.
const (
	// Unnamed: nothing is referred to.
	Unnamed Resolution = ""
	// Resolved: it is there, and shared with whoever refers to it.
	Resolved Resolution = "Resolved"
	// Missing: it is not there.
	Missing Resolution = "Missing"
	// Refused: it is there, and not shared with the namespace that refers to it.
	Refused Resolution = "Refused"
	// Withheld: it may not be read, or not what decides whether it is shared. It is not known where the reference leads.
	Withheld Resolution = "Withheld"
)

// Parent follows an objective's parentRef. The parent is nil unless it is Resolved.
func (s *Set) Parent(o *v1alpha1.Objective) (*v1alpha1.Objective, Resolution) {
	key, named := gather.ParentKey(o)
	if !named {
		return nil, Unnamed
	}
	parent := s.Objective(key.Namespace, key.Name)
	if parent == nil {
		return nil, s.absent("Objective", key)
	}
	switch resolution := s.shared(parent.Spec.AllowedNamespaces, key.Namespace, referrer{o, o.Status.Conditions, v1alpha1.ResolvedRefsCondition}); resolution {
	case Resolved:
		return parent, Resolved
	default:
		return nil, resolution
	}
}

// Driven follows a KPI's parentRef: the KPI that it drives, which is nil unless it is Resolved.
func (s *Set) Driven(k *v1alpha1.KPI) (*v1alpha1.KPI, Resolution) {
	if k.Spec.ParentRef == nil {
		return nil, Unnamed
	}
	return s.kpi(*k.Spec.ParentRef, referrer{k, k.Status.Conditions, v1alpha1.ResolvedRefsCondition})
}

// Named follows one of an objective's kpiRefs. The KPI is nil unless it is Resolved.
func (s *Set) Named(o *v1alpha1.Objective, ref v1alpha1.KPIReference) (*v1alpha1.KPI, Resolution) {
	return s.kpi(ref, referrer{o, o.Status.Conditions, v1alpha1.ResolvedRefsCondition})
}

// MeasuredBy follows a key result's kpiRef. The KPI is nil unless it is Resolved.
func (s *Set) MeasuredBy(kr *v1alpha1.KeyResult) (*v1alpha1.KPI, Resolution) {
	if kr.Spec.KPIRef == nil {
		return nil, Unnamed
	}
	return s.kpi(*kr.Spec.KPIRef, referrer{kr, kr.Status.Conditions, v1alpha1.ReadyCondition})
}

// Source follows a reference to a MetricSource from a namespace.
func (s *Set) Source(name, from string) Resolution {
	source := one[*v1alpha1.MetricSource](s, "", name)
	switch {
	case source == nil && slices.Contains(s.Withheld, "metricsources"):
		return Withheld
	case source == nil:
		return Missing
	case evaluate.SourceShared(source.Spec.AllowedNamespaces, from, s.labelsOf):
		return Resolved
	case s.undecided(source.Spec.AllowedNamespaces.From):
		return Withheld
	default:
		return Refused
	}
}

func (s *Set) kpi(ref v1alpha1.KPIReference, by referrer) (*v1alpha1.KPI, Resolution) {
	key := gather.KPIKey(ref, by.object.GetNamespace())
	kpi := s.KPI(key.Namespace, key.Name)
	if kpi == nil {
		return nil, s.absent("KPI", key)
	}
	if resolution := s.shared(kpi.Spec.AllowedNamespaces, key.Namespace, by); resolution != Resolved {
		return nil, resolution
	}
	return kpi, Resolved
}

// absent is why an object is not in the set.
func (s *Set) absent(kind string, key client.ObjectKey) Resolution {
	if slices.Contains(s.Withheld, kind+" "+key.String()) {
		return Withheld
	}
	return Missing
}

// referrer is who refers to something. Its condition is True where the controller has found all that it refers to.
type referrer struct {
	object     client.Object
	conditions []metav1.Condition
	condition  string
}

// found reports whether the controller has found what the object refers to as it is written now.
func (r referrer) found() bool {
	c := meta.FindStatusCondition(r.conditions, r.condition)
	return c != nil && c.Status == metav1.ConditionTrue && c.ObservedGeneration == r.object.GetGeneration()
}

// shared says whether an object in namespace own, which allows some namespaces, is shared with one that refers to it. Where
// the labels that decide it may not be read, the controller may have said so.
func (s *Set) shared(allowed *v1alpha1.AllowedNamespaces, own string, by referrer) Resolution {
	switch {
	case evaluate.Shared(allowed, own, by.object.GetNamespace(), s.labelsOf):
		return Resolved
	case allowed != nil && s.undecided(allowed.From):
		if by.found() {
			return Resolved
		}
		return Withheld
	default:
		return Refused
	}
}

// undecided reports whether it hangs on labels that may not be read.
func (s *Set) undecided(from v1alpha1.NamespacesFrom) bool {
	return from == v1alpha1.NamespacesFromSelector && slices.Contains(s.Withheld, "namespaces")
}

// labelsOf are the labels of a namespace; false if it is not in the set.
func (s *Set) labelsOf(name string) (labels.Set, bool) {
	namespace := one[*metav1.PartialObjectMetadata](s, "", name)
	if namespace == nil {
		return nil, false
	}
	return namespace.Labels, true
}
