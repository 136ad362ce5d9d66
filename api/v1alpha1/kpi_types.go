package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Band is where a number should stay. Its bounds belong to it.
//
// +kubebuilder:validation:XValidation:rule="has(self.atLeast) || has(self.atMost)",message="an empty band holds every number: write atLeast, atMost or both"
// +kubebuilder:validation:XValidation:rule="!has(self.atLeast) || !has(self.atMost) || double(self.atLeast) <= double(self.atMost)",message="no number lies in this band: atLeast must not exceed atMost"
type Band struct {
	// AtLeast is the lower bound.
	// +optional
	AtLeast *Decimal `json:"atLeast,omitempty"`

	// AtMost is the upper bound.
	// +optional
	AtMost *Decimal `json:"atMost,omitempty"`
}

// KPISpec is a number that should stay inside a band.
//
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || has(self.target)",message="warning is a narrower band inside target: write target too"
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || !has(self.target) || !has(self.target.atLeast) || (has(self.warning.atLeast) ? double(self.warning.atLeast) >= double(self.target.atLeast) : (has(self.warning.atMost) && double(self.warning.atMost) >= double(self.target.atLeast)))",message="warning must lie inside target: write a warning.atLeast that is not below target.atLeast"
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || !has(self.target) || !has(self.target.atMost) || (has(self.warning.atMost) ? double(self.warning.atMost) <= double(self.target.atMost) : (has(self.warning.atLeast) && double(self.warning.atLeast) <= double(self.target.atMost)))",message="warning must lie inside target: write a warning.atMost that is not above target.atMost"
// +kubebuilder:validation:XValidation:rule="!self.metric.query.contains('$__elapsed')",message="$__elapsed is for key results, which have a start: use $__window with metric.window"
type KPISpec struct {
	// Title names the number, such as "Checkout availability".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// Description says what the number tells and what to do when it leaves its band.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Description string `json:"description,omitempty"`

	// Owner answers for the number.
	// +optional
	Owner *Owner `json:"owner,omitempty"`

	// Level is how high up the number stands: Company, Department, Team or Individual.
	// +optional
	Level Level `json:"level,omitempty"`

	// Unit is shown behind values: ms, %, $, customers.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Unit string `json:"unit,omitempty"`

	// TimeZone is where this KPI's days begin and end; absent, UTC.
	// +optional
	// +kubebuilder:default=UTC
	TimeZone TimeZone `json:"timeZone,omitempty"`

	// Metric is the query that gives the value.
	// +required
	Metric Metric `json:"metric,omitempty,omitzero"`

	// Target is the band: outside it the KPI is Unhealthy. Absent, the number is shown and not judged.
	// +optional
	Target *Band `json:"target,omitempty"`

	// Warning is a narrower band inside target: outside it, but inside target, the KPI is in Warning.
	// +optional
	Warning *Band `json:"warning,omitempty"`

	// ObjectiveAfter is how long the KPI may be unhealthy before that is a matter for an objective rather than
	// for an incident; then, with no objective looking after it, NeedsObjective turns True.
	// +optional
	// +kubebuilder:default="24h"
	ObjectiveAfter Duration `json:"objectiveAfter,omitempty"`

	// Runbook is a link to what to do when the number leaves its band.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^ ]+$')",message="write a link that begins with https:// or http://"
	Runbook string `json:"runbook,omitempty"`

	// AllowedNamespaces says which namespaces' objectives and key results may refer to this KPI; absent, only
	// its own.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`
}

// AlignedObjectives are the objectives that look after a KPI.
type AlignedObjectives struct {
	// Count is how many there are.
	// +optional
	Count *int32 `json:"count,omitempty"`
	// Names are up to 10 of them as namespace/name, sorted.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=10
	Names []string `json:"names,omitempty"`
}

// KPIFrozen is what the controller remembers of a KPI.
type KPIFrozen struct {
	// LastGood is the newest good value.
	// +optional
	LastGood *FrozenValue `json:"lastGood,omitempty"`
	// UnhealthySince is when the KPI became unhealthy. Kept while its health is Unknown.
	// +optional
	UnhealthySince *metav1.Time `json:"unhealthySince,omitempty"`
}

// KPIStatus is how the KPI stands.
type KPIStatus struct {
	// ObservedGeneration is the generation of the spec that this status is about; -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions: Ready, Stalled, Measured, Healthy, Aligned, NeedsObjective.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Health is the verdict: Healthy, Warning, Unhealthy or Unknown.
	// +optional
	Health KPIHealth `json:"health,omitempty"`

	// Value is the last good value as people read it, such as "99.95 %".
	// +optional
	Value string `json:"value,omitempty"`

	// Target is the band as people read it, such as "≥ 99.9 %".
	// +optional
	Target string `json:"target,omitempty"`

	// Measurement is the newest good value and where it came from.
	// +optional
	Measurement *Measurement `json:"measurement,omitempty"`

	// AlignedObjectives are the objectives that look after this KPI.
	// +optional
	AlignedObjectives *AlignedObjectives `json:"alignedObjectives,omitempty"`

	// Frozen is the controller's memory.
	// +optional
	Frozen *KPIFrozen `json:"frozen,omitempty"`
}

// KPI is a number that is watched for ever and should stay inside a band.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=kpis,singular=kpi,shortName=kpi,categories=okr
// +kubebuilder:selectablefield:JSONPath=`.status.health`
// +kubebuilder:printcolumn:name="Health",type=string,JSONPath=`.status.health`
// +kubebuilder:printcolumn:name="Value",type=string,JSONPath=`.status.value`
// +kubebuilder:printcolumn:name="Target",type=string,JSONPath=`.status.target`
// +kubebuilder:printcolumn:name="Aligned",type=string,JSONPath=`.status.conditions[?(@.type=="Aligned")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Title",type=string,JSONPath=`.spec.title`,priority=1
// +kubebuilder:printcolumn:name="Objectives",type=string,JSONPath=`.status.alignedObjectives.names`,priority=1
// +kubebuilder:printcolumn:name="Needs-Objective",type=string,JSONPath=`.status.conditions[?(@.type=="NeedsObjective")].status`,priority=1
// +kubebuilder:printcolumn:name="Owner",type=string,JSONPath=`.spec.owner.team`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Healthy")].message`,priority=1
type KPI struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the number and its band.
	// +required
	Spec KPISpec `json:"spec,omitzero"`

	// Status is how it stands. Written by the controller only.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status KPIStatus `json:"status,omitzero"`
}

// KPIList is a list of KPIs.
//
// +kubebuilder:object:root=true
type KPIList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// Items are the KPIs.
	Items []KPI `json:"items"`
}
