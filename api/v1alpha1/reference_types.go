package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Owner says who answers for something. It is shown, never used to grant anything.
//
// +kubebuilder:validation:XValidation:rule="has(self.team) || has(self.person) || has(self.contact)",message="an empty owner: write at least one of team, person and contact, or leave owner out"
type Owner struct {
	// team is the team that owns it. It is shown in tables.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Team string `json:"team,omitempty"`

	// person is the one to talk to: a name or a handle.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Person string `json:"person,omitempty"`

	// contact is where to reach them: a channel such as "#checkout" (quoted, for #
	// begins a comment in YAML), an address, a page.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Contact string `json:"contact,omitempty"`
}

// Level is how high up in the organisation a goal or a number stands.
//
// +kubebuilder:validation:Enum=Company;Department;Team;Individual
type Level string

// The levels, from the top.
const (
	LevelCompany    Level = "Company"
	LevelDepartment Level = "Department"
	LevelTeam       Level = "Team"
	LevelIndividual Level = "Individual"
)

// ObjectiveReference names an Objective of the same namespace, always.
type ObjectiveReference struct {
	// name of the Objective.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
}

// KPIReference names a KPI.
type KPIReference struct {
	// name of the KPI.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="!self.contains('/')",message="a name has no slash: write the namespace beside it, such as {name: revenue, namespace: company}"
	Name string `json:"name,omitempty"`

	// namespace of the KPI; absent, that of the object which refers to it. A KPI
	// of another namespace must allow this one in its spec.allowedNamespaces; one
	// that does not is treated as missing.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// SourceReference names a MetricSource.
type SourceReference struct {
	// name of the MetricSource.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
}

// AllowedNamespaces says which namespaces may refer to an object. One that may not is told "not found, or not
// shared with this namespace".
//
// +kubebuilder:validation:XValidation:rule="self.from != 'Selector' || has(self.selector)",message="from: Selector needs selector: write which namespaces, such as selector: {matchLabels: {team: checkout}}"
// +kubebuilder:validation:XValidation:rule="self.from == 'Selector' || !has(self.selector)",fieldPath=".selector",message="selector goes with from: Selector only: write from: Selector, or remove selector"
type AllowedNamespaces struct {
	// from is Same (only the object's own namespace), All (every namespace), or
	// Selector (the object's own, and those whose labels match selector).
	// +required
	// +kubebuilder:validation:Enum=Same;All;Selector
	From NamespacesFrom `json:"from,omitempty"`

	// selector matches the labels of Namespaces; goes with from: Selector. An
	// empty selector matches every namespace.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// NamespacesFrom is where references may come from. Which of the values are possible is said where it is used.
type NamespacesFrom string

// Where references may come from.
const (
	NamespacesFromSame     NamespacesFrom = "Same"
	NamespacesFromAll      NamespacesFrom = "All"
	NamespacesFromSelector NamespacesFrom = "Selector"
)

// Cancellation says when and why something was given up.
type Cancellation struct {
	// date is the day of the decision, such as 2026-11-10.
	// +required
	Date Date `json:"date,omitempty"`

	// reason is why, in a sentence for those who come after.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Reason string `json:"reason,omitempty"`
}
