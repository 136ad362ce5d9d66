package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// KeyResultState is what people have decided about a key result.
//
// +kubebuilder:validation:Enum=Active;Cancelled
type KeyResultState string

// The states of a key result.
const (
	KeyResultActive    KeyResultState = "Active"
	KeyResultCancelled KeyResultState = "Cancelled"
)

// Direction says which way a number should move.
//
// +kubebuilder:validation:Enum=Increase;Decrease
type Direction string

// The directions.
const (
	DirectionIncrease Direction = "Increase"
	DirectionDecrease Direction = "Decrease"
)

// Change is how far a number should move from its baseline, always signed: "+20%", "-15%", "+15" or "-0.5".
// A percentage is of the baseline's size: -20% of -50 is -60.
//
// +kubebuilder:validation:MinLength=2
// +kubebuilder:validation:MaxLength=27
// +kubebuilder:validation:XValidation:rule="self.matches('^[+-][0-9]{1,15}([.][0-9]{1,9})?%?$')",message="write a signed change, such as \"+20%\", \"-15%\" or \"+15\""
// +kubebuilder:validation:XValidation:rule="!self.matches('^[+-]0+([.]0+)?%?$')",message="a change of 0 is no movement: write how far the number should move, such as \"+20%\""
type Change string

// Reach is a movement from a baseline to a target. Progress is the share of the way covered:
// 100·(value − baseline)/(target − baseline), up or down alike.
//
// +kubebuilder:validation:XValidation:rule="has(self.target) != has(self.change)",message="write exactly one of target (the number to arrive at) and change (how far to move, such as \"+20%\")"
// +kubebuilder:validation:XValidation:rule="!has(self.direction) || (!has(self.change) && !has(self.baseline))",message="remove direction: a change carries its sign, and a given baseline and target say which way"
// +kubebuilder:validation:XValidation:rule="!has(self.baseline) || !has(self.target) || double(self.baseline) != double(self.target)",message="baseline and target are the same number: write a target that differs from the baseline"
// +kubebuilder:validation:XValidation:rule="!has(self.baseline) || !has(self.change) || !self.change.endsWith('%') || double(self.baseline) != 0.0",message="a percentage of a baseline of 0 is 0: write target, or an absolute change such as \"+15\""
type Reach struct {
	// Baseline is the number at the start. Absent, it is measured at the start of the key result and frozen;
	// then say with direction (or the sign of change) which way to go. A query with $__elapsed counts from 0
	// and takes none.
	// +optional
	Baseline *Decimal `json:"baseline,omitempty"`

	// Target is the number to arrive at.
	// +optional
	Target *Decimal `json:"target,omitempty"`

	// Change is how far to move from the baseline, in place of target: "+20%", "-15%" or "+15".
	// +optional
	Change Change `json:"change,omitempty"`

	// Direction says which way target lies from a baseline that is measured: Increase or Decrease.
	// +optional
	Direction Direction `json:"direction,omitempty"`
}

// Checkpoint is how far a key result should have come by the end of a day.
type Checkpoint struct {
	// On is the day; its end counts.
	// +required
	On Date `json:"on,omitempty"`

	// Percent is how much of the way should be done by then, 0 to 100. The start (0) and the end (100) are
	// implied.
	// +required
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Percent *int32 `json:"percent,omitempty"`
}

// KeyResultPace bends the line that progress is expected to follow.
type KeyResultPace struct {
	// Checkpoints replace the straight line from start to end, for work that lands late. Dates rise, percent
	// never falls.
	// +required
	// +listType=map
	// +listMapKey=on
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:XValidation:rule="self.map(c, int(c.on.substring(0,4)) * 10000 + int(c.on.substring(5,7)) * 100 + int(c.on.substring(8,10))).isSorted()",message="checkpoints are out of order: write them with rising dates"
	// +kubebuilder:validation:XValidation:rule="self.map(c, c.percent).isSorted()",message="a later checkpoint has a lower percent: write percentages that never fall"
	Checkpoints []Checkpoint `json:"checkpoints,omitempty"`
}

// KeyResultSpec is a measurable movement that proves an objective.
//
// +kubebuilder:validation:XValidation:rule="has(self.metric) != has(self.kpiRef)",message="say where the value comes from: write exactly one of metric (a query) and kpiRef (a KPI)"
// +kubebuilder:validation:XValidation:rule="!has(self.reach.baseline) || !has(self.metric) || !self.metric.query.contains('$__elapsed')",message="remove reach.baseline: a query with $__elapsed counts from 0"
// +kubebuilder:validation:XValidation:rule="!has(self.reach.target) || has(self.reach.baseline) || has(self.reach.direction) || (has(self.metric) && self.metric.query.contains('$__elapsed'))",message="reach.direction is needed: without reach.baseline, write Increase or Decrease"
// +kubebuilder:validation:XValidation:rule="!has(self.reach.change) || !self.reach.change.endsWith('%') || !has(self.metric) || !self.metric.query.contains('$__elapsed')",message="a query with $__elapsed counts from 0, of which there is no percentage: write reach.target"
// +kubebuilder:validation:XValidation:rule="!has(self.cancelled) || self.state == 'Cancelled'",message="cancelled says when and why a key result was given up: set state: Cancelled too, or remove cancelled"
// +kubebuilder:validation:XValidation:rule="!has(self.startOn) || !has(self.dueOn) || self.startOn <= self.dueOn",message="startOn is after dueOn: write a startOn that is not after dueOn"
type KeyResultSpec struct {
	// ObjectiveRef names the objective that this key result proves, in the same namespace.
	// +required
	ObjectiveRef ObjectiveReference `json:"objectiveRef,omitempty,omitzero"`

	// Title is the movement in words, such as "p99 checkout latency from 800 ms to 300 ms".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// Owner answers for the key result; absent, the objective's.
	// +optional
	Owner *Owner `json:"owner,omitempty"`

	// Unit is shown behind values: ms, %, $, customers.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Unit string `json:"unit,omitempty"`

	// Weight is how much it counts in the objective, relative to the others. 0: shown, not counted.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Weight *int32 `json:"weight,omitempty"`

	// StartOn is the day on which work, and pace, begins; absent, the objective's start.
	// +optional
	StartOn Date `json:"startOn,omitempty"`

	// DueOn is the last day; absent, or after it, the last day of the objective's period.
	// +optional
	DueOn Date `json:"dueOn,omitempty"`

	// Reach says from where to where the number should move.
	// +required
	Reach Reach `json:"reach,omitempty,omitzero"`

	// Metric is the query that gives the value. Exactly one of metric and kpiRef.
	// +optional
	Metric *Metric `json:"metric,omitempty"`

	// KPIRef names the KPI whose metric gives the value. Exactly one of metric and kpiRef.
	// +optional
	KPIRef *KPIReference `json:"kpiRef,omitempty"`

	// Pace bends the line of expected progress; absent, it is straight.
	// +optional
	Pace *KeyResultPace `json:"pace,omitempty"`

	// State is Active or Cancelled.
	// +optional
	// +kubebuilder:default=Active
	State KeyResultState `json:"state,omitempty"`

	// Cancelled says when and why the key result was given up; goes with state: Cancelled.
	// +optional
	Cancelled *Cancellation `json:"cancelled,omitempty"`
}

// FrozenFinal is a final result that is remembered, with what decided it.
type FrozenFinal struct {
	// Final is the result.
	Final `json:",inline"`
	// Key identifies what decided it: the expression, the source, the instant, target, baseline and ambition.
	// +optional
	Key string `json:"key,omitempty"`
}

// KeyResultFrozen is what the controller remembers of a key result.
type KeyResultFrozen struct {
	// Baseline is the value measured at the start. It is asked for once and stays.
	// +optional
	Baseline *FrozenValue `json:"baseline,omitempty"`
	// LastGood is the newest good value.
	// +optional
	LastGood *FrozenValue `json:"lastGood,omitempty"`
	// Final is the result, once over.
	// +optional
	Final *FrozenFinal `json:"final,omitempty"`
}

// KeyResultStatus is how the key result stands.
type KeyResultStatus struct {
	// ObservedGeneration is the generation of the spec that this status is about; -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// Conditions: Ready, Stalled, Measured, OnTrack, Reopened.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Health is the verdict: Pending, OnTrack, AtRisk, OffTrack; over: Achieved, Missed; Cancelled; Unknown.
	// +optional
	Health Health `json:"health,omitempty"`

	// ProgressPercent is the share of the way covered in whole percent, 0 to 100, rounded down: 99.6 is not
	// 100. Absent while nothing has been measured.
	// +optional
	ProgressPercent *int32 `json:"progressPercent,omitempty"`

	// AttainmentPercent is progress without the limits: 137 is beyond the target, -20 the wrong way.
	// +optional
	AttainmentPercent *int64 `json:"attainmentPercent,omitempty"`

	// ExpectedPercent is where progress should be now to be on pace, in whole percent, rounded down.
	// +optional
	ExpectedPercent *int32 `json:"expectedPercent,omitempty"`

	// Value is the last good value as people read it, such as "412 ms".
	// +optional
	Value string `json:"value,omitempty"`

	// Target is the way to go as people read it, such as "800 → 300 ms".
	// +optional
	Target string `json:"target,omitempty"`

	// Baseline is where the way begins as people read it, such as "800 ms".
	// +optional
	Baseline string `json:"baseline,omitempty"`

	// Measurement is the newest good value and where it came from.
	// +optional
	Measurement *Measurement `json:"measurement,omitempty"`

	// Final is the result once the key result is over.
	// +optional
	Final *Final `json:"final,omitempty"`

	// Frozen is the controller's memory.
	// +optional
	Frozen *KeyResultFrozen `json:"frozen,omitempty"`
}

// KeyResult is a measurable movement that proves an Objective: from a baseline to a target, by a date.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=kr,categories=okr
// +kubebuilder:selectablefield:JSONPath=`.spec.objectiveRef.name`
// +kubebuilder:selectablefield:JSONPath=`.status.health`
// +kubebuilder:printcolumn:name="Health",type=string,JSONPath=`.status.health`
// +kubebuilder:printcolumn:name="Progress",type=integer,JSONPath=`.status.progressPercent`,description="in percent"
// +kubebuilder:printcolumn:name="Value",type=string,JSONPath=`.status.value`
// +kubebuilder:printcolumn:name="Target",type=string,JSONPath=`.status.target`
// +kubebuilder:printcolumn:name="Objective",type=string,JSONPath=`.spec.objectiveRef.name`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Title",type=string,JSONPath=`.spec.title`,priority=1
// +kubebuilder:printcolumn:name="Baseline",type=string,JSONPath=`.status.baseline`,priority=1
// +kubebuilder:printcolumn:name="Expected",type=integer,JSONPath=`.status.expectedPercent`,description="in percent",priority=1
// +kubebuilder:printcolumn:name="Score",type=string,JSONPath=`.status.final.score`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="OnTrack")].message`,priority=1
type KeyResult struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the movement.
	// +required
	Spec KeyResultSpec `json:"spec,omitzero"`

	// Status is how it stands. Written by the controller only.
	// +optional
	// +kubebuilder:default={"observedGeneration":-1}
	Status KeyResultStatus `json:"status,omitzero"`
}

// KeyResultList is a list of KeyResults.
//
// +kubebuilder:object:root=true
type KeyResultList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	// Items are the key results.
	Items []KeyResult `json:"items"`
}
