package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// GroupVersion is goals.okr.dev/v1alpha1.
	GroupVersion = schema.GroupVersion{Group: "goals.okr.dev", Version: "v1alpha1"}

	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds the four kinds and their lists to a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion,
		&Objective{}, &ObjectiveList{},
		&KeyResult{}, &KeyResultList{},
		&KPI{}, &KPIList{},
		&MetricSource{}, &MetricSourceList{},
	)
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
