package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Ambition says what a passing score is.
//
// +kubebuilder:validation:Enum=Committed;Aspirational
type Ambition string

// The ambitions.
const (
	// AmbitionCommitted is a promise: passing is 1.00, and pace leads to 100 percent.
	AmbitionCommitted Ambition = "Committed"
	// AmbitionAspirational is a stretch: passing is 0.70, and pace leads to 70 percent.
	AmbitionAspirational Ambition = "Aspirational"
)

// ObjectiveState is what people have decided about an objective.
//
// +kubebuilder:validation:Enum=Draft;Active;Cancelled
type ObjectiveState string

// The states of an objective.
const (
	ObjectiveDraft     ObjectiveState = "Draft"
	ObjectiveActive    ObjectiveState = "Active"
	ObjectiveCancelled ObjectiveState = "Cancelled"
)

// ObjectivePace says how far behind pace a goal may fall.
//
// +kubebuilder:validation:XValidation:rule="self.atRiskGap <= self.offTrackGap",message="atRiskGap must not exceed offTrackGap: a goal is at risk before it is off track"
type ObjectivePace struct {
	// AtRiskGap is how many points behind the expected progress is still on track. More is at risk. It shrinks
	// to nothing over the last quarter of the time.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	AtRiskGap *int32 `json:"atRiskGap,omitempty"`

	// OffTrackGap is how many points behind the expected progress is still at risk. More is off track. It
	// shrinks to nothing over the last quarter of the time.
	// +optional
	// +kubebuilder:default=25
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	OffTrackGap *int32 `json:"offTrackGap,omitempty"`
}

// ObjectiveSpec is what a team wants to achieve in a period.
//
// +kubebuilder:validation:XValidation:rule="!has(self.cancelled) || self.state == 'Cancelled'",message="cancelled says when and why an objective was given up: set state: Cancelled too, or remove cancelled"
type ObjectiveSpec struct {
	// Title is the goal in words that inspire: qualitative, without numbers. The numbers are its key results.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// Description says why it matters now.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Description string `json:"description,omitempty"`

	// Rationale says what was seen and analysed before this goal was chosen.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Rationale string `json:"rationale,omitempty"`

	// Owner answers for the objective; its key results inherit it.
	// +optional
	Owner *Owner `json:"owner,omitempty"`

	// Level is how high up the objective stands: Company, Department, Team or Individual.
	// +optional
	Level Level `json:"level,omitempty"`

	// Period is the time in which the objective is to be achieved, such as 2026-Q4.
	// +required
	Period Period `json:"period,omitempty"`

	// Cycle is a free label for organisations with a fiscal calendar, such as FY27-Q1; absent, the period
	// stands in.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Cycle string `json:"cycle,omitempty"`

	// StartOn is the day on which work, and pace, begins; absent, the first day of the period. Set it for an
	// objective that is written when its period has already begun: otherwise it is behind from birth.
	// +optional
	StartOn Date `json:"startOn,omitempty"`

	// TimeZone is where this objective's and its key results' days begin and end; absent, UTC.
	// +optional
	// +kubebuilder:default=UTC
	TimeZone TimeZone `json:"timeZone,omitempty"`

	// Ambition is Committed (a promise: passes at 100 percent) or Aspirational (a stretch: passes at 70).
	// +optional
	// +kubebuilder:default=Committed
	Ambition Ambition `json:"ambition,omitempty"`

	// State is Draft (shown, not judged), Active, or Cancelled (its key results too).
	// +optional
	// +kubebuilder:default=Active
	State ObjectiveState `json:"state,omitempty"`

	// Cancelled says when and why the objective was given up; goes with state: Cancelled.
	// +optional
	Cancelled *Cancellation `json:"cancelled,omitempty"`

	// KPIRefs are the KPIs that this objective is meant to move. A KPI that an active objective names is
	// Aligned.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	KPIRefs []KPIReference `json:"kpiRefs,omitempty"`

	// Pace says how far behind pace the objective and its key results may fall before they are at risk or off
	// track; absent, 10 and 25 points.
	// +optional
	Pace *ObjectivePace `json:"pace,omitempty"`

	// AllowedNamespaces says which namespaces' objectives may name this one as their parent; absent, only its
	// own.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`
}

// KeyResultSummary counts an objective's key results.
type KeyResultSummary struct {
	// Total is how many active key results of a weight above 0 the objective has.
	// +optional
	Total *int32 `json:"total,omitempty"`
	// Measured is how many of them have ever been measured.
	// +optional
	Measured *int32 `json:"measured,omitempty"`
	// Summary is "measured/total", such as 3/4.
	// +optional
	Summary string `json:"summary,omitempty"`
}

// Final is the result of a goal that is over. It is frozen: later answers and edits do not change it.
type Final struct {
	// Value is the final number of a key result, with up to 12 significant digits.
	// +optional
	Value string `json:"value,omitempty"`
	// Time is the instant the value belongs to; for an objective, the end of its period.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
	// ProgressPercent is the final progress in whole percent, 0 to 100, rounded down.
	// +optional
	ProgressPercent *int32 `json:"progressPercent,omitempty"`
	// Score is between 0.00 and 1.00, two decimals, rounded down.
	// +optional
	Score string `json:"score,omitempty"`
	// Grade is Green, Amber or Red. Committed: Green at 1.00, Amber from 0.70. Aspirational: Green from 0.70,
	// Amber from 0.40.
	// +optional
	Grade Grade `json:"grade,omitempty"`
}

// MemberScore is what a key result contributed to an objective's final score.
type MemberScore struct {
	// Name of the key result.
	// +required
	Name string `json:"name,omitempty"`
	// Weight it had.
	// +optional
	Weight int32 `json:"weight,omitempty"`
	// Score it had.
	// +optional
	Score string `json:"score,omitempty"`
}

// ObjectiveFrozen is what the controller remembers of an objective.
type ObjectiveFrozen struct {
	// Final is the result, once every key result has one.
	// +optional
	Final *Final `json:"final,omitempty"`
	// Members are the key results behind the final score.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=256
	Members []MemberScore `json:"members,omitempty"`
	// Key identifies what decided the final: the ambition.
	// +optional
	Key string `json:"key,omitempty"`
}

// ObjectiveStatus is how the objective stands.
type ObjectiveStatus struct {
	// ObservedGeneration is the generation of the spec that this status is about; -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions: Ready, Stalled, ResolvedRefs, OnTrack, Reopened.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Health is the verdict: Pending, OnTrack, AtRisk, OffTrack; over: Achieved, Missed; Cancelled; Unknown.
	// +optional
	Health Health `json:"health,omitempty"`

	// ProgressPercent is the weighted mean of the key results' progress, in whole percent, 0 to 100, rounded
	// down. Absent while nothing has been measured.
	// +optional
	ProgressPercent *int32 `json:"progressPercent,omitempty"`

	// ExpectedPercent is where progress should be now to be on pace, in whole percent, rounded down.
	// +optional
	ExpectedPercent *int32 `json:"expectedPercent,omitempty"`

	// KeyResults counts the key results.
	// +optional
	KeyResults *KeyResultSummary `json:"keyResults,omitempty"`

	// Final is the result once the objective is over and every key result has one.
	// +optional
	Final *Final `json:"final,omitempty"`

	// Frozen is the controller's memory.
	// +optional
	Frozen *ObjectiveFrozen `json:"frozen,omitempty"`
}

// Objective is a qualitative goal for one period, owned by a team and proved by 2 to 5 KeyResults.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=obj,categories=okr
// +kubebuilder:selectablefield:JSONPath=`.spec.cycle`
// +kubebuilder:selectablefield:JSONPath=`.spec.period`
// +kubebuilder:selectablefield:JSONPath=`.status.health`
// +kubebuilder:printcolumn:name="Health",type=string,JSONPath=`.status.health`
// +kubebuilder:printcolumn:name="Progress",type=integer,JSONPath=`.status.progressPercent`,description="in percent"
// +kubebuilder:printcolumn:name="Expected",type=integer,JSONPath=`.status.expectedPercent`,description="in percent"
// +kubebuilder:printcolumn:name="KeyResults",type=string,JSONPath=`.status.keyResults.summary`,description="measured/total"
// +kubebuilder:printcolumn:name="Period",type=string,JSONPath=`.spec.period`
// +kubebuilder:printcolumn:name="Owner",type=string,JSONPath=`.spec.owner.team`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Title",type=string,JSONPath=`.spec.title`,priority=1
// +kubebuilder:printcolumn:name="Score",type=string,JSONPath=`.status.final.score`,priority=1
// +kubebuilder:printcolumn:name="Grade",type=string,JSONPath=`.status.final.grade`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="OnTrack")].message`,priority=1
type Objective struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the goal.
	// +required
	Spec ObjectiveSpec `json:"spec,omitzero"`

	// Status is how it stands. Written by the controller only.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status ObjectiveStatus `json:"status,omitzero"`
}

// ObjectiveList is a list of Objectives.
//
// +kubebuilder:object:root=true
type ObjectiveList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// Items are the objectives.
	Items []Objective `json:"items"`
}
