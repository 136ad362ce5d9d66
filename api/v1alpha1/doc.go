// Package v1alpha1 holds the API of goals as code: Objective, KeyResult, KPI and MetricSource.
// The comments of its fields are the user's manual: `kubectl explain` prints them.
//
// +kubebuilder:object:generate=true
// +groupName=goals.okr.dev
package v1alpha1
