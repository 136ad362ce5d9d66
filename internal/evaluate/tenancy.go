package evaluate

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

// Refusal says why a metric is not asked although its source is shared, in terms of the Measured condition. The zero
// Refusal lets it be asked.
type Refusal struct {
	Reason, Message string
}

// status is that of Measured: False where something must be mended, Unknown where it is merely not known yet.
func (r Refusal) status() metav1.ConditionStatus {
	if r.Reason == string(sample.SourceDenied) {
		return metav1.ConditionFalse
	}
	return metav1.ConditionUnknown
}

// noTenant begins what is said while it is not known whose series a namespace may read.
const noTenant = "nothing is asked, for the tenant is not known: "

// ofTenant reports whether a condition speaks of that: it does not hold any longer than that is so.
func ofTenant(before *metav1.Condition) bool { return strings.HasPrefix(before.Message, noTenant) }

// TenantOf finds out which tenant a metric of a namespace is asked as, or why that is not known: then nothing may be
// sent. An empty label is a missing one, for it would stand for the series that nobody has labelled.
func TenantOf(source *v1alpha1.MetricSource, namespace string, labelsOf func(namespace string) (labels.Set, bool)) (sample.Tenant, Refusal) {
	var t sample.Tenant
	tenancy := source.Spec.Tenancy
	if tenancy == nil {
		return t, Refusal{}
	}
	var refusal Refusal
	valueOf := func(label string) string {
		set, known := labelsOf(namespace)
		switch {
		case !known:
			refusal = Refusal{v1alpha1.ReasonPending, noTenant + "waiting for the labels of namespace " + namespace}
		case set[label] == "":
			refusal = Refusal{string(sample.SourceDenied), fmt.Sprintf("%snamespace %s has no label %s, by which MetricSource "+
				"%s tells tenants apart: whoever administers namespaces must set it", noTenant, namespace, label, source.Name)}
		}
		return set[label]
	}
	if enforce := tenancy.EnforceLabel; enforce != nil {
		t.Label, t.LabelValue = enforce.Name, namespace
		if enforce.NamespaceLabel != "" {
			t.LabelValue = valueOf(enforce.NamespaceLabel)
		}
	}
	if header := tenancy.TenantHeader; header != nil && refusal == (Refusal{}) {
		t.Header, t.HeaderValue = header.Name, valueOf(header.NamespaceLabel)
	}
	if refusal != (Refusal{}) {
		return sample.Tenant{}, refusal
	}
	return t, refusal
}

// ownTenant is what the controller asks a source as for itself. The query reads no series, so no label is enforced.
func ownTenant(source *v1alpha1.MetricSource) sample.Tenant {
	if t := source.Spec.Tenancy; t != nil && t.TenantHeader != nil {
		return sample.Tenant{Header: t.TenantHeader.Name, HeaderValue: t.TenantHeader.OwnTenant}
	}
	return sample.Tenant{}
}
