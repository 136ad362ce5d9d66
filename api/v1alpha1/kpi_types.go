package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Band is where a number should stay. Its bounds belong to it.
//
// +kubebuilder:validation:XValidation:rule="has(self.atLeast) || has(self.atMost)",message="an empty band holds every number: write atLeast, atMost or both"
// +kubebuilder:validation:XValidation:rule="!has(self.atLeast) || !has(self.atMost) || [self.atLeast, self.atMost].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || double(self.atLeast) <= double(self.atMost)",message="no number lies in this band: write an atLeast that is not above atMost"
type Band struct {
	// atLeast is the lower bound, itself inside the band: an integer such as 300,
	// or a quoted fraction such as "99.9". Absent: no lower bound.
	// +optional
	AtLeast *Decimal `json:"atLeast,omitempty"`

	// atMost is the upper bound, itself inside the band: an integer such as 300,
	// or a quoted fraction such as "0.5". Absent: no upper bound.
	// +optional
	AtMost *Decimal `json:"atMost,omitempty"`
}

// KPISpec is a number that should stay inside a band.
//
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || has(self.target)",fieldPath=".warning",message="warning is a narrower band inside target: write target too"
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || !has(self.target) || (has(self.warning.atLeast) && has(self.target.atLeast)) || (has(self.warning.atMost) && has(self.target.atMost)) || (!has(self.warning.atLeast) && !has(self.warning.atMost)) || (!has(self.target.atLeast) && !has(self.target.atMost))",fieldPath=".warning",message="warning bounds another side than target: write warning.atLeast where target has atLeast, and warning.atMost where it has atMost"
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || !has(self.target) || !has(self.target.atLeast) || [self.target.atLeast, self.warning.?atLeast.orValue(self.target.atLeast), self.warning.?atMost.orValue(self.target.atLeast)].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || [self.target.atLeast, self.warning.?atLeast.orValue(self.target.atLeast), self.warning.?atMost.orValue(self.target.atLeast)].all(d, double(d) >= double(self.target.atLeast))",fieldPath=".warning",message="warning must lie inside target: write bounds in warning that are not below target.atLeast"
// +kubebuilder:validation:XValidation:rule="!has(self.warning) || !has(self.target) || !has(self.target.atMost) || [self.target.atMost, self.warning.?atLeast.orValue(self.target.atMost), self.warning.?atMost.orValue(self.target.atMost)].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || [self.target.atMost, self.warning.?atLeast.orValue(self.target.atMost), self.warning.?atMost.orValue(self.target.atMost)].all(d, double(d) <= double(self.target.atMost))",fieldPath=".warning",message="warning must lie inside target: write bounds in warning that are not above target.atMost"
// +kubebuilder:validation:XValidation:rule="has(self.metric) != has(self.readings)",message="say where the number comes from: write exactly one of metric (a query) and readings (kept by hand)"
// +kubebuilder:validation:XValidation:rule="!has(self.readEvery) || has(self.readings) || !has(self.metric)",fieldPath=".readEvery",message="readEvery is the rhythm of readings: write readings, or remove readEvery"
// +kubebuilder:validation:XValidation:rule="!has(self.calendarWindow) || has(self.metric) || !has(self.readings)",fieldPath=".calendarWindow",message="calendarWindow goes with metric: readings have dates of their own"
// +kubebuilder:validation:XValidation:rule="!has(self.metric) || !self.metric.query.contains('$__window') || has(self.metric.window) || has(self.calendarWindow)",fieldPath=".metric.window",message="the query has $__window: write metric.window too, such as 7d"
// +kubebuilder:validation:XValidation:rule="!has(self.calendarWindow) || !has(self.metric) || !has(self.metric.window) || !self.metric.query.contains('$__window')",fieldPath=".metric.window",message="calendarWindow says how long $__window is: remove metric.window, or calendarWindow"
// +kubebuilder:validation:XValidation:rule="!has(self.calendarWindow) || !has(self.metric) || !has(self.metric.interval)",fieldPath=".metric.interval",message="with calendarWindow the query is asked once for each span: remove metric.interval"
// +kubebuilder:validation:XValidation:rule="!has(self.stretchTarget) || (has(self.target) && !(has(self.target.atLeast) && has(self.target.atMost)))",fieldPath=".stretchTarget",message="stretchTarget lies beyond a target with one bound: write target with atLeast or with atMost, not both"
// +kubebuilder:validation:XValidation:rule="!has(self.stretchTarget) || !has(self.target) || has(self.target.atLeast) == has(self.target.atMost) || [self.stretchTarget, self.target.?atLeast.orValue(self.stretchTarget), self.target.?atMost.orValue(self.stretchTarget)].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || (has(self.target.atLeast) ? double(self.stretchTarget) > double(self.target.atLeast) : double(self.stretchTarget) < double(self.target.atMost))",fieldPath=".stretchTarget",message="stretchTarget is an ambition beyond target: write a number above target.atLeast, or below target.atMost"
// +kubebuilder:validation:XValidation:rule="!has(self.holdFor) || has(self.target)",fieldPath=".holdFor",message="without a target there is no verdict to hold: write target too, or remove holdFor"
// +kubebuilder:validation:XValidation:rule="!has(self.holdFor) || (!has(self.readings) && !has(self.calendarWindow))",fieldPath=".holdFor",message="holdFor is for values that come all the time: a reading, and the value of a calendar span, is judged at once; remove holdFor"
// +kubebuilder:validation:XValidation:rule="!has(self.metric) || !self.metric.query.contains('$__elapsed')",fieldPath=".metric.query",message="$__elapsed is for key results, which have a start: write $__window in the query, with metric.window"
type KPISpec struct {
	// title names the number, such as "Checkout availability".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// description says what the number tells, and why it matters.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Description string `json:"description,omitempty"`

	// owner says who answers for the number: at least one of team, person and
	// contact.
	// +optional
	Owner *Owner `json:"owner,omitempty"`

	// level is how high up in the organisation the number stands.
	// +optional
	Level Level `json:"level,omitempty"`

	// unit is shown behind values, such as ms, "%", $ or customers. Quote "%".
	// Nothing is converted: target, warning and the query speak in this unit.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	Unit string `json:"unit,omitempty"`

	// timeZone is where this KPI's days begin and end: an IANA name such as
	// Europe/Berlin. Default: UTC.
	// +optional
	// +kubebuilder:default=UTC
	TimeZone TimeZone `json:"timeZone,omitempty"`

	// metric says where the number comes from: a PromQL query, and the
	// MetricSource that answers it. Exactly one of metric and readings.
	// +optional
	Metric *Metric `json:"metric,omitempty"`

	// readings are the number as it is kept by hand, up to 100. The newest whose
	// day has begun is the value; one that is still to come waits for its day.
	// Exactly one of metric and readings.
	// +optional
	// +listType=map
	// +listMapKey=date
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	Readings []Reading `json:"readings,omitempty"`

	// readEvery is how often a reading is meant to be taken, such as 31d. The
	// newest stands for twice that, from the start of its day; then the KPI's
	// health is Unknown until there is another. Absent: 7d, so it stands for 14
	// days.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9][0-9]*[ywd]') || !self.matches('^([0-9]+[a-z]+)+$')",message="too often: readings have a date, so write a day or longer, such as 31d"
	ReadEvery Duration `json:"readEvery,omitempty"`

	// calendarWindow makes the number that of the last complete Week (from
	// Monday), Month, Quarter or Year in timeZone, for board figures: the query is
	// asked about the end of it, once, and $__window is its length, so
	// metric.window is left out. The value stands until that of the next span is
	// there. Absent: the number is that of now.
	// +optional
	CalendarWindow CalendarWindow `json:"calendarWindow,omitempty"`

	// compareTo is how long before the value the one lies that trend compares it
	// with, such as 7d. With readings it counts from the newest one's day, in
	// whole days; with calendarWindow it is as many whole spans as come nearest,
	// and at least one. Absent: there is no trend.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9]') || !self.matches('^([0-9]+[a-z]+)+$')",message="compareTo must be longer than 0: write a length of time such as 7d"
	CompareTo Duration `json:"compareTo,omitempty"`

	// target is the band in which the number should stay: outside it the KPI is
	// Unhealthy. Absent, the number is shown and not judged.
	// +optional
	Target *Band `json:"target,omitempty"`

	// warning is a narrower band inside target: outside it, but inside target,
	// health is Warning and the condition Healthy still True. A side that warning
	// leaves out is target's.
	// +optional
	Warning *Band `json:"warning,omitempty"`

	// holdFor is how long the number must have been worse than what health says
	// before health follows, such as 10m: every value of that time must have been
	// worse, and health then becomes the mildest of them. The same holds for the
	// way back. It keeps one bad minute from being shown. Unknown, and the first
	// verdict after it or after an edit, are shown at once. Absent: so is every
	// verdict.
	// +optional
	HoldFor Duration `json:"holdFor,omitempty"`

	// objectiveAfter is how long the KPI may be unhealthy before that is a matter
	// for an objective rather than for an incident, such as 24h or 7d. After that,
	// with no objective looking after the KPI, the condition NeedsObjective turns
	// True. Default: 24h.
	// +optional
	// +kubebuilder:default="24h"
	ObjectiveAfter Duration `json:"objectiveAfter,omitempty"`

	// stretchTarget is an ambition beyond a one-sided target, such as "99.99" with
	// target {atLeast: "99.9"}. Short of it the KPI is not unhealthy, but with no
	// objective looking after it NeedsObjective turns True, ShortOfStretch, at
	// once.
	// +optional
	StretchTarget *Decimal `json:"stretchTarget,omitempty"`

	// accepted says that people live with it for a while: until the end of that
	// day in timeZone no objective is asked for. Health stays what it is.
	// +optional
	Accepted *Acceptance `json:"accepted,omitempty"`

	// parentRef names the KPI that this one drives, in the tree of KPIs. That of
	// another namespace must allow this one in its allowedNamespaces.
	// +optional
	ParentRef *KPIReference `json:"parentRef,omitempty"`

	// runbook is a link to what to do when the number leaves its band. It begins
	// with https:// or http://.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^[:space:][:cntrl:]]+$')",message="write a link that begins with https:// or http://"
	Runbook string `json:"runbook,omitempty"`

	// allowedNamespaces says which namespaces' objectives, key results and KPIs
	// may refer to this KPI. Absent: only its own.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`
}

// AlignedObjectives are the objectives that look after a KPI.
type AlignedObjectives struct {
	// count is how many there are.
	// +optional
	Count *int32 `json:"count,omitempty"`
	// names are up to 10 of them as namespace/name, sorted.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=10
	Names []string `json:"names,omitempty"`
}

// KPIFrozen is what the controller remembers of a KPI.
type KPIFrozen struct {
	// lastGood is the newest good value.
	// +optional
	LastGood *FrozenValue `json:"lastGood,omitempty"`
	// unhealthySince is when the KPI became unhealthy. Kept while its health is
	// Unknown.
	// +optional
	UnhealthySince *metav1.Time `json:"unhealthySince,omitempty"`
	// pendingHealth is a verdict that has not lasted for holdFor. Absent while
	// there is none.
	// +optional
	PendingHealth *PendingHealth `json:"pendingHealth,omitempty"`
}

// PendingHealth is a verdict on a KPI that has not lasted for holdFor.
type PendingHealth struct {
	// health is what will be shown if it lasts: of the verdicts since then, the
	// nearest to the one that is shown.
	// +optional
	Health KPIHealth `json:"health,omitempty"`
	// since is the instant of the first value of which every later one was on the
	// same side of what is shown.
	// +optional
	Since metav1.Time `json:"since,omitempty,omitzero"`
}

// KPIStatus is how the KPI stands.
type KPIStatus struct {
	// observedGeneration is the generation of the spec that this status is about;
	// -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Ready, ResolvedRefs, Measured, Healthy, Aligned and
	// WellFormed, of which True is good, and Stalled and NeedsObjective, of which
	// False is good. All are set from the first visit on.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// health is the verdict: Healthy, Warning, Unhealthy or Unknown.
	// +optional
	Health KPIHealth `json:"health,omitempty"`

	// value is the last good value as people read it, such as "99.95 %".
	// +optional
	Value string `json:"value,omitempty"`

	// target is the band as people read it, such as "≥ 99.9 %", or "≥ 99.9 %
	// (stretch 99.99 %)".
	// +optional
	Target string `json:"target,omitempty"`

	// measurement is the newest good value and where it came from.
	// +optional
	Measurement *Measurement `json:"measurement,omitempty"`

	// trend is how the value compares with that of compareTo ago. Absent while
	// either is not known.
	// +optional
	Trend *Trend `json:"trend,omitempty"`

	// history are values of the past, up to 32, the oldest first: one a day, or
	// one for each span of the calendar with calendarWindow. Of a KPI that is kept
	// by hand they are its readings.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	History []HistoryPoint `json:"history,omitempty"`

	// alignedObjectives are the objectives that look after this KPI.
	// +optional
	AlignedObjectives *AlignedObjectives `json:"alignedObjectives,omitempty"`

	// frozen is the controller's memory: what it does not ask or decide twice.
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
// +kubebuilder:printcolumn:name="Trend",type=string,JSONPath=`.status.trend.summary`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:printcolumn:name="Title",type=string,JSONPath=`.spec.title`,priority=1
// +kubebuilder:printcolumn:name="Objectives",type=string,JSONPath=`.status.alignedObjectives.names`,priority=1
// +kubebuilder:printcolumn:name="Needs-Objective",type=string,JSONPath=`.status.conditions[?(@.type=="NeedsObjective")].status`,priority=1
// +kubebuilder:printcolumn:name="Owner",type=string,JSONPath=`.spec.owner.team`,priority=1
// +kubebuilder:printcolumn:name="Measured",type=string,JSONPath=`.status.conditions[?(@.type=="Measured")].reason`,priority=1
// +kubebuilder:printcolumn:name="Well-Formed",type=string,JSONPath=`.status.conditions[?(@.type=="WellFormed")].status`,priority=1
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Healthy")].reason`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="Healthy")].message`,priority=1
type KPI struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard metadata of objects.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the number and its band.
	// +required
	Spec KPISpec `json:"spec,omitzero"`

	// status is how it stands. Written by the controller only.
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

	// items are the KPIs.
	Items []KPI `json:"items"`
}
