package evaluate

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
)

// Shared reports whether an object in namespace own, which allows the given namespaces (nil: its own), may be
// referred to from namespace from, whose labels are asked for only if they matter.
func Shared(allowed *v1alpha1.AllowedNamespaces, own, from string, labelsOf func(namespace string) (labels.Set, bool)) bool {
	if own == from {
		return true
	}
	if allowed == nil {
		return false
	}
	return matches(allowed.From, allowed.Selector, from, labelsOf)
}

// SourceShared reports whether a source may be used from a namespace.
func SourceShared(allowed v1alpha1.SourceNamespaces, from string, labelsOf func(namespace string) (labels.Set, bool)) bool {
	return matches(allowed.From, allowed.Selector, from, labelsOf)
}

func matches(mode v1alpha1.NamespacesFrom, selector *metav1.LabelSelector, from string, labelsOf func(string) (labels.Set, bool)) bool {
	switch mode {
	case v1alpha1.NamespacesFromAll:
		return true
	case v1alpha1.NamespacesFromSelector:
		parsed, err := metav1.LabelSelectorAsSelector(selector)
		if err != nil {
			return false
		}
		// A namespace that is not known (yet) has not been let in: "without that label" would match it.
		set, known := labelsOf(from)
		return known && parsed.Matches(set)
	default:
		return false
	}
}

// sharing is the problem of a selector that does not parse; nil if it does.
func sharing(selector *metav1.LabelSelector) *problem {
	if _, err := metav1.LabelSelectorAsSelector(selector); err != nil {
		return stalled(v1alpha1.ReasonInvalidSelector, fmt.Sprintf("spec.allowedNamespaces.selector: %v", err))
	}
	return nil
}
