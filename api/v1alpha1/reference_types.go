package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Owner says who answers for something. It is shown, never used to grant anything.
//
// +kubebuilder:validation:MinProperties=1
type Owner struct {
	// Team is the team that owns it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Team string `json:"team,omitempty"`

	// Person is the one to talk to.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Person string `json:"person,omitempty"`

	// Contact is where to reach them: a channel, an address, a page.
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
	// Name of the Objective.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
}

// KPIReference names a KPI.
type KPIReference struct {
	// Name of the KPI.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// Namespace of the KPI; absent, that of the object which refers to it. A KPI of another namespace must
	// allow this one in its spec.allowedNamespaces; one that does not is treated as missing.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// SourceReference names a MetricSource.
type SourceReference struct {
	// Name of the MetricSource.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
}

// AllowedNamespaces says which namespaces may refer to an object. One that may not is told "not found, or not
// shared with this namespace".
//
// +kubebuilder:validation:XValidation:rule="(self.from == 'Selector') == has(self.selector)",message="selector goes with from: Selector, and only with it"
type AllowedNamespaces struct {
	// From is Same (the object's own namespace), All (every namespace), or Selector (those whose labels match
	// selector).
	// +required
	From NamespacesFrom `json:"from,omitempty"`

	// Selector matches the labels of namespaces. The object's own namespace is always allowed.
	// +optional
	Selector *metav1.LabelSelector `json:"selector,omitempty"`
}

// NamespacesFrom is where references may come from.
//
// +kubebuilder:validation:Enum=Same;All;Selector
type NamespacesFrom string

// Where references may come from.
const (
	NamespacesFromSame     NamespacesFrom = "Same"
	NamespacesFromAll      NamespacesFrom = "All"
	NamespacesFromSelector NamespacesFrom = "Selector"
)

// Cancellation says when and why something was given up.
type Cancellation struct {
	// On is the day of the decision.
	// +required
	On Date `json:"on,omitempty"`

	// Reason is why, in a sentence for those who come after.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Reason string `json:"reason,omitempty"`
}
