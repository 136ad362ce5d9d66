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

// Checkpoint is how far a key result should have come by the end of a day.
type Checkpoint struct {
	// date is the day, such as 2026-11-15; its end counts.
	// +required
	Date Date `json:"date,omitempty"`

	// percent is how much of the way should be done by then, 0 to 100. The start
	// (0) and the end (100) are implied.
	// +required
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Percent *int32 `json:"percent,omitempty"`
}

// KeyResultPace bends the line that progress is expected to follow.
type KeyResultPace struct {
	// checkpoints replace the straight line from start to end, for work that lands
	// late, such as {date: 2026-11-15, percent: 20}. Up to 32. Dates rise, and
	// percent never falls.
	// +required
	// +listType=map
	// +listMapKey=date
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:XValidation:rule="self.exists(c, !c.date.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00Z)?$')) || self.map(c, int(c.date.substring(0,4)) * 10000 + int(c.date.substring(5,7)) * 100 + int(c.date.substring(8,10))).isSorted()",message="checkpoints are out of order: write them with rising dates"
	// +kubebuilder:validation:XValidation:rule="self.map(c, c.percent).isSorted()",message="a later checkpoint has a lower percent: write percentages that never fall"
	Checkpoints []Checkpoint `json:"checkpoints,omitempty"`
}

// KeyResultSpec is what proves an objective.
//
// +kubebuilder:validation:XValidation:rule="(has(self.reach) ? 1 : 0) + (has(self.maintain) ? 1 : 0) + (has(self.milestones) ? 1 : 0) == 1",message="say what is to be proved: write exactly one of reach (from here to there), maintain (stay in a band) and milestones (steps of work)"
// +kubebuilder:validation:XValidation:rule="!has(self.metric) || !has(self.kpiRef) || has(self.milestones)",message="the value has two sources: write at most one of metric (a query) and kpiRef (a KPI)"
// +kubebuilder:validation:XValidation:rule="!has(self.maintain) || has(self.reach) || has(self.milestones) || has(self.metric) || has(self.kpiRef)",fieldPath=".maintain",message="what is to be maintained must be measured: write metric (a query) or kpiRef (a KPI)"
// +kubebuilder:validation:XValidation:rule="!has(self.maintain) || has(self.reach) || has(self.milestones) || !has(self.metric) || !self.metric.query.contains('$__elapsed')",fieldPath=".maintain",message="a query with $__elapsed counts from 0 at the start, which is no number to be maintained: write a window such as [$__window] instead of [$__elapsed], or reach instead of maintain"
// +kubebuilder:validation:XValidation:rule="!has(self.milestones) || has(self.reach) || has(self.maintain) || (!has(self.metric) && !has(self.kpiRef) && !has(self.guard))",fieldPath=".milestones",message="milestones are done or not, and nothing is measured: remove metric, kpiRef and guard, or write reach instead of milestones"
// +kubebuilder:validation:XValidation:rule="!has(self.milestones) || has(self.reach) || has(self.maintain) || !has(self.pace)",fieldPath=".pace",message="milestones bend the line by their due dates: write dueOn in the milestones, and remove pace"
// +kubebuilder:validation:XValidation:rule="!has(self.reach) || has(self.maintain) || has(self.milestones) || has(self.metric) || has(self.kpiRef) || has(self.reach.baseline)",fieldPath=".reach.baseline",message="with neither metric nor kpiRef the value comes from the objective's check-ins: write reach.baseline, where the number stands at the start"
// +kubebuilder:validation:XValidation:rule="!has(self.reach) || has(self.maintain) || has(self.milestones) || !has(self.reach.baseline) || !has(self.metric) || !self.metric.query.contains('$__elapsed')",fieldPath=".reach.baseline",message="remove reach.baseline: a query with $__elapsed counts from 0"
// +kubebuilder:validation:XValidation:rule="!has(self.reach) || has(self.maintain) || has(self.milestones) || !has(self.reach.direction) || !has(self.metric) || !self.metric.query.contains('$__elapsed')",fieldPath=".reach.direction",message="remove reach.direction: a query with $__elapsed counts from 0, and its target says which way"
// +kubebuilder:validation:XValidation:rule="!has(self.reach) || has(self.maintain) || has(self.milestones) || !has(self.reach.target) || !has(self.metric) || !self.metric.query.contains('$__elapsed') || !string(self.reach.target).matches('^-?0+([.]0+)?$')",fieldPath=".reach.target",message="a query with $__elapsed counts from 0: write a reach.target other than 0"
// +kubebuilder:validation:XValidation:rule="!has(self.reach) || has(self.maintain) || has(self.milestones) || !has(self.reach.target) || has(self.reach.change) || has(self.reach.baseline) || has(self.reach.direction) || (!has(self.metric) && !has(self.kpiRef)) || (has(self.metric) && self.metric.query.contains('$__elapsed'))",fieldPath=".reach.direction",message="reach.direction is needed where reach.baseline is left out: write Increase or Decrease, or write reach.baseline"
// +kubebuilder:validation:XValidation:rule="!has(self.reach) || has(self.maintain) || has(self.milestones) || !has(self.reach.change) || !self.reach.change.endsWith('%') || !has(self.metric) || !self.metric.query.contains('$__elapsed')",fieldPath=".reach.change",message="a query with $__elapsed counts from 0, of which there is no percentage: write reach.target instead of reach.change"
// +kubebuilder:validation:XValidation:rule="!has(self.metric) || !self.metric.query.contains('$__window') || has(self.metric.window)",fieldPath=".metric.window",message="the query has $__window: write metric.window too, such as 7d"
// +kubebuilder:validation:XValidation:rule="!has(self.cancelled) || self.state == 'Cancelled'",fieldPath=".cancelled",message="cancelled says when and why a key result was given up: set state: Cancelled too, or remove cancelled"
// +kubebuilder:validation:XValidation:rule="!has(self.startOn) || !has(self.dueOn) || [self.startOn, self.dueOn].exists(d, !d.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$')) || self.startOn.substring(0, 10) <= self.dueOn.substring(0, 10)",fieldPath=".startOn",message="startOn is after dueOn: write a startOn that is not after dueOn"
// +kubebuilder:validation:XValidation:rule="!has(self.milestones) || has(self.reach) || has(self.maintain) || !has(self.dueOn) || !self.dueOn.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$') || self.milestones.all(m, !has(m.dueOn) || !m.dueOn.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$') || m.dueOn.substring(0, 10) <= self.dueOn.substring(0, 10))",fieldPath=".milestones",message="a milestone is due after the key result: write a dueOn in the milestone that is not after the key result's"
// +kubebuilder:validation:XValidation:rule="!has(self.final) || has(self.final.score) || (has(self.reach) ? 1 : 0) + (has(self.maintain) ? 1 : 0) + (has(self.milestones) ? 1 : 0) > 1 || (!has(self.milestones) && !has(self.guard) && (!has(self.maintain) || !has(self.maintain.allowedBreach)))",fieldPath=".final.score",message="here the last number alone does not decide the score: write final.score, such as \"0.98\""
// +kubebuilder:validation:XValidation:rule="!has(self.final) || !has(self.startOn) || [self.final.date, self.startOn].exists(d, !d.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$')) || self.startOn.substring(0, 10) <= self.final.date.substring(0, 10)",fieldPath=".final.date",message="final.date is before startOn: write the last day that the result is about"
// +kubebuilder:validation:XValidation:rule="!has(self.final) || !has(self.dueOn) || [self.final.date, self.dueOn].exists(d, !d.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$')) || self.final.date.substring(0, 10) <= self.dueOn.substring(0, 10)",fieldPath=".final.date",message="final.date is after dueOn: write the last day that the result is about"
type KeyResultSpec struct {
	// objectiveRef names the Objective that this key result proves, in the same
	// namespace.
	// +required
	ObjectiveRef ObjectiveReference `json:"objectiveRef,omitempty,omitzero"`

	// title is what is to be reached, in words, such as "p99 checkout latency from
	// 800 ms to 300 ms".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// owner says who answers for the key result: at least one of team, person and
	// contact. Absent: the objective's.
	// +optional
	Owner *Owner `json:"owner,omitempty"`

	// unit is shown behind values, such as ms, "%", $ or customers. Quote "%".
	// Nothing is converted: reach, maintain and the query speak in this unit.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Unit string `json:"unit,omitempty"`

	// weight is how much the key result counts in its objective, relative to the
	// others, 0 to 1000. 0: shown, not counted. Default: 1.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Weight *int32 `json:"weight,omitempty"`

	// startOn is the day on which work, and pace, begins, such as 2026-11-10.
	// Absent: the objective's start.
	// +optional
	StartOn Date `json:"startOn,omitempty"`

	// dueOn is the last day, included, such as 2026-12-15. Absent, or after the
	// objective's period: the period's last day.
	// +optional
	DueOn Date `json:"dueOn,omitempty"`

	// reach says from where to where the number should move: a baseline and a
	// target, or a change from the baseline. Progress is the share of the way
	// covered, up or down alike: 100·(value − baseline)/(target − baseline).
	// Exactly one of reach, maintain and milestones.
	//
	// Examples: {baseline: 800, target: 300}, {change: "+20%"}, {target: 4000,
	// direction: Increase}.
	// +optional
	Reach *Reach `json:"reach,omitempty"`

	// maintain says in which band the number should stay until the end. Exactly
	// one of reach, maintain and milestones.
	//
	// Examples: {atLeast: "99.9", allowedBreach: "1%"}, {atMost: 1}.
	// +optional
	Maintain *Maintain `json:"maintain,omitempty"`

	// milestones are steps of work that are done or not, up to 32. Progress is the
	// weight of those that are done. They take neither metric nor kpiRef. Exactly
	// one of reach, maintain and milestones.
	// +optional
	// +listType=map
	// +listMapKey=title
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Milestones []Milestone `json:"milestones,omitempty"`

	// metric says where the value comes from: a PromQL query, and the MetricSource
	// that answers it. At most one of metric and kpiRef; with neither, a reach is
	// kept by hand, in the check-ins of the objective.
	// +optional
	Metric *Metric `json:"metric,omitempty"`

	// kpiRef names the KPI whose metric, or whose readings, give the value; one
	// with calendarWindow gives that of its spans. A KPI of another namespace must
	// allow this one in its allowedNamespaces. At most one of metric and kpiRef.
	// +optional
	KPIRef *KPIReference `json:"kpiRef,omitempty"`

	// guard is a number that must reach a bound for the key result to count in
	// full. Until then progress is at most the guard's share of its bound, and at
	// the end the key result is Missed.
	//
	// Example: {query: "sum(increase(answers_total[$__elapsed]))", atLeast: 100}.
	// +optional
	Guard *Guard `json:"guard,omitempty"`

	// holdFor is how long values must have said otherwise before the verdict
	// follows them from one of OnTrack, AtRisk and OffTrack to another. A verdict
	// that time alone changes is shown at once. 0s: so is every verdict. Default:
	// 6h.
	// +optional
	// +kubebuilder:default="6h"
	HoldFor Duration `json:"holdFor,omitempty"`

	// pace bends the line that progress is expected to follow. Absent: a straight
	// line from start to end.
	// +optional
	Pace *KeyResultPace `json:"pace,omitempty"`

	// final is the result as a record in Git, written when the key result is over:
	// it is used at once, and nothing is asked any more. It is ignored while the
	// key result is running, and a result that is frozen already stays.
	//
	// Example: {value: 310, date: 2026-12-31, score: "0.98"}.
	// +optional
	Final *FinalRecord `json:"final,omitempty"`

	// state is what people have decided: Active, or Cancelled (given up: shown,
	// not counted). Default: Active.
	// +optional
	// +kubebuilder:default=Active
	State KeyResultState `json:"state,omitempty"`

	// cancelled says when and why the key result was given up. It goes with state:
	// Cancelled.
	// +optional
	Cancelled *Cancellation `json:"cancelled,omitempty"`
}

// FrozenFinal is a final result that is remembered, with what decided it.
type FrozenFinal struct {
	// Final is the result.
	Final `json:",inline"`
	// key identifies what decided it: the expression, the source, the tenant, the
	// dates, what was to be reached, the guard and the ambition.
	// +optional
	Key string `json:"key,omitempty"`
}

// KeyResultFrozen is what the controller remembers of a key result.
type KeyResultFrozen struct {
	// baseline is the value measured at the start. It is asked for once and stays.
	// +optional
	Baseline *FrozenValue `json:"baseline,omitempty"`
	// lastGood is the newest good value.
	// +optional
	LastGood *FrozenValue `json:"lastGood,omitempty"`
	// guard is the newest good value of the guard.
	// +optional
	Guard *FrozenValue `json:"guard,omitempty"`
	// final is the result, once over.
	// +optional
	Final *FrozenFinal `json:"final,omitempty"`

	// breach is how long the number has been outside the band of a maintain with
	// allowedBreach.
	// +optional
	Breach *Breach `json:"breach,omitempty"`

	// commitment is what was promised at the start.
	// +optional
	Commitment *Commitment `json:"commitment,omitempty"`

	// pendingHealth is a verdict that has not lasted for holdFor. Absent while
	// there is none.
	// +optional
	PendingHealth *PendingGoalHealth `json:"pendingHealth,omitempty"`

	// forecast is the value that the forecast's line is drawn through, with its
	// time. A value that reads the same does not draw another line.
	// +optional
	Forecast *FrozenValue `json:"forecast,omitempty"`

	// closingKey identifies the question about the end that is being asked, or was
	// answered without a number, while there is no final.
	// +optional
	ClosingKey string `json:"closingKey,omitempty"`
}

// KeyResultStatus is how the key result stands.
type KeyResultStatus struct {
	// observedGeneration is the generation of the spec that this status is about;
	// -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Ready, Measured, OnTrack and WellFormed, of which True is
	// good, and Stalled and Reopened, of which False is good. All are set from the
	// first visit on.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// health is the verdict: Pending, OnTrack, AtRisk, OffTrack; over: Achieved,
	// Missed; Cancelled; Unknown.
	// +optional
	Health Health `json:"health,omitempty"`

	// progressPercent is the share of the way covered in whole percent, 0 to 100,
	// rounded down: 99.6 is not 100. Absent while nothing has been measured.
	// +optional
	ProgressPercent *int32 `json:"progressPercent,omitempty"`

	// attainmentPercent is progress without the limits: 137 is beyond the target,
	// -20 the wrong way.
	// +optional
	AttainmentPercent *int64 `json:"attainmentPercent,omitempty"`

	// expectedPercent is where progress should be now to be on pace, in whole
	// percent, rounded down.
	// +optional
	ExpectedPercent *int32 `json:"expectedPercent,omitempty"`

	// value is the last good value as people read it, such as "412 ms"; of
	// milestones how many are done, such as "2 of 3 done".
	// +optional
	Value string `json:"value,omitempty"`

	// target is what is to be reached, as people read it: "800 → 300 ms", "≥ 99.9
	// %" or "3 milestones".
	// +optional
	Target string `json:"target,omitempty"`

	// originalTarget is the target as it was promised at the start, with its dates
	// where those were moved. Present while that is not what is aimed at now.
	// +optional
	OriginalTarget string `json:"originalTarget,omitempty"`

	// baseline is where the way begins as people read it, such as "800 ms".
	// +optional
	Baseline string `json:"baseline,omitempty"`

	// guard is the guard's value and its bound as people read it, such as "87 of
	// at least 100".
	// +optional
	Guard string `json:"guard,omitempty"`

	// measurement is the newest good value and where it came from.
	// +optional
	Measurement *Measurement `json:"measurement,omitempty"`

	// forecast is where a straight line through the present value leads.
	// +optional
	Forecast *Forecast `json:"forecast,omitempty"`

	// history are values of the past, up to 32, the oldest first: one a week, or
	// each one that was written down where the value is kept by hand.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	History []HistoryPoint `json:"history,omitempty"`

	// final is the result once the key result is over.
	// +optional
	Final *Final `json:"final,omitempty"`

	// frozen is the controller's memory: what it does not ask or decide twice.
	// +optional
	Frozen *KeyResultFrozen `json:"frozen,omitempty"`
}

// KeyResult is what proves an Objective, by a date: a number that moves from a
// baseline to a target, one that stays inside a band, or steps of work.
//
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.status) || !has(oldSelf.status.frozen) || !has(oldSelf.status.frozen.final) || self.spec.objectiveRef.name == oldSelf.spec.objectiveRef.name",fieldPath=".spec.objectiveRef",message="this key result has its final score, which belongs to its objective: write a new key result for another one"
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
// +kubebuilder:printcolumn:name="Forecast",type=string,JSONPath=`.status.forecast.value`,priority=1
// +kubebuilder:printcolumn:name="Score",type=string,JSONPath=`.status.final.score`,priority=1
// +kubebuilder:printcolumn:name="Measured",type=string,JSONPath=`.status.conditions[?(@.type=="Measured")].reason`,priority=1
// +kubebuilder:printcolumn:name="Well-Formed",type=string,JSONPath=`.status.conditions[?(@.type=="WellFormed")].status`,priority=1
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="OnTrack")].reason`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="OnTrack")].message`,priority=1
type KeyResult struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard metadata of objects.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is what is to be reached.
	// +required
	Spec KeyResultSpec `json:"spec,omitzero"`

	// status is how it stands. Written by the controller only.
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

	// items are the key results.
	Items []KeyResult `json:"items"`
}
