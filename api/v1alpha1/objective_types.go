package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Ambition says what a passing score is.
//
// +kubebuilder:validation:Enum=Committed;Aspirational
type Ambition string

// The ambitions.
const (
	// AmbitionCommitted is a promise: passing is 1.00, and pace leads to 100
	// percent.
	AmbitionCommitted Ambition = "Committed"
	// AmbitionAspirational is a stretch: passing is 0.70, and pace leads to 70
	// percent.
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
// +kubebuilder:validation:XValidation:rule="self.atRiskGap <= self.offTrackGap",message="a goal is at risk before it is off track: write an atRiskGap (10 when absent) that is not above offTrackGap (25 when absent)"
type ObjectivePace struct {
	// atRiskGap is how many percentage points behind the expected progress is
	// still on track, 0 to 100. More is at risk. It shrinks to nothing over the
	// last quarter of the time. Default: 10.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	AtRiskGap *int32 `json:"atRiskGap,omitempty"`

	// offTrackGap is how many percentage points behind the expected progress is
	// still at risk, 0 to 100. More is off track. It shrinks to nothing over the
	// last quarter of the time. Default: 25.
	// +optional
	// +kubebuilder:default=25
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	OffTrackGap *int32 `json:"offTrackGap,omitempty"`
}

// ObjectiveSpec is what a team wants to achieve in a period.
//
// +kubebuilder:validation:XValidation:rule="!has(self.cancelled) || self.state == 'Cancelled'",fieldPath=".cancelled",message="cancelled says when and why an objective was given up: set state: Cancelled too, or remove cancelled"
// +kubebuilder:validation:XValidation:rule="!has(self.startOn) || !self.period.matches('^(19[7-9][0-9]|2[0-9]{3})(-H[12]|-Q[1-4]|-(0[1-9]|1[0-2])(-[0-3][0-9]/[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9])?)?$') || (self.period.size() == 21 && self.period.substring(0, 10) > self.period.substring(11)) || !self.startOn.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$') || self.startOn.substring(0, 10) <= (self.period.size() == 21 ? self.period.substring(11) : self.period.size() == 4 ? self.period + '-12-31' : self.period.endsWith('-Q1') ? self.period.substring(0, 4) + '-03-31' : self.period.endsWith('-Q2') || self.period.endsWith('-H1') ? self.period.substring(0, 4) + '-06-30' : self.period.endsWith('-Q3') ? self.period.substring(0, 4) + '-09-30' : self.period.endsWith('-Q4') || self.period.endsWith('-H2') ? self.period.substring(0, 4) + '-12-31' : self.period + '-31')",fieldPath=".startOn",message="startOn is after the period: write a day inside the period"
// +kubebuilder:validation:XValidation:rule="!has(self.checkIns) || !self.period.matches('^(19[7-9][0-9]|2[0-9]{3})(-H[12]|-Q[1-4]|-(0[1-9]|1[0-2])(-[0-3][0-9]/[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9])?)?$') || (self.period.size() == 21 && self.period.substring(0, 10) > self.period.substring(11)) || [[self.period.size() == 21 ? self.period.substring(0, 10) : self.period.size() == 4 ? self.period + '-01-01' : self.period.endsWith('-Q1') || self.period.endsWith('-H1') ? self.period.substring(0, 4) + '-01-01' : self.period.endsWith('-Q2') ? self.period.substring(0, 4) + '-04-01' : self.period.endsWith('-Q3') || self.period.endsWith('-H2') ? self.period.substring(0, 4) + '-07-01' : self.period.endsWith('-Q4') ? self.period.substring(0, 4) + '-10-01' : self.period + '-01', self.period.size() == 21 ? self.period.substring(11) : self.period.size() == 4 ? self.period + '-12-31' : self.period.endsWith('-Q1') ? self.period.substring(0, 4) + '-03-31' : self.period.endsWith('-Q2') || self.period.endsWith('-H1') ? self.period.substring(0, 4) + '-06-30' : self.period.endsWith('-Q3') ? self.period.substring(0, 4) + '-09-30' : self.period.endsWith('-Q4') || self.period.endsWith('-H2') ? self.period.substring(0, 4) + '-12-31' : self.period + '-31']].all(period, self.checkIns.all(c, !c.date.matches('^[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])(T00:00:00Z)?$') || (period[0] <= c.date.substring(0, 10) && c.date.substring(0, 10) <= period[1])))",fieldPath=".checkIns",message="a check-in is dated outside the period: write a day inside it; what is said afterwards belongs into review"
type ObjectiveSpec struct {
	// title is the goal in words that inspire: qualitative, without numbers. The
	// numbers are its key results.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// description says why it matters now.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Description string `json:"description,omitempty"`

	// rationale says what was seen and analysed before this goal was chosen.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Rationale string `json:"rationale,omitempty"`

	// owner says who answers for the objective: at least one of team, person and
	// contact. Its key results inherit it.
	// +optional
	Owner *Owner `json:"owner,omitempty"`

	// level is how high up in the organisation the objective stands.
	// +optional
	Level Level `json:"level,omitempty"`

	// period is the time in which the objective is to be achieved: a year "2026"
	// (quoted, for YAML reads a bare 2026 as a number), a half 2026-H2, a quarter
	// 2026-Q4, a month 2026-10, or two dates 2026-10-01/2026-12-15, the last day
	// included.
	// +required
	Period Period `json:"period,omitempty"`

	// cycle is a free label for organisations with a fiscal calendar, such as
	// FY27-Q1. It decides nothing: period does. Absent, the period stands in.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Cycle string `json:"cycle,omitempty"`

	// startOn is the day on which work, and pace, begins, such as 2026-11-10.
	// Absent: the first day of the period. Set it for an objective that is written
	// when its period has already begun: otherwise it is behind from birth.
	// +optional
	StartOn Date `json:"startOn,omitempty"`

	// timeZone is where this objective's and its key results' days begin and end:
	// an IANA name such as Europe/Berlin. Default: UTC.
	// +optional
	// +kubebuilder:default=UTC
	TimeZone TimeZone `json:"timeZone,omitempty"`

	// ambition is Committed (a promise: passes at 100 percent, and pace leads
	// there) or Aspirational (a stretch: passes at 70 percent, and pace leads
	// there). Default: Committed.
	// +optional
	// +kubebuilder:default=Committed
	Ambition Ambition `json:"ambition,omitempty"`

	// state is what people have decided: Draft (shown, not judged), Active, or
	// Cancelled (given up, its key results too). Default: Active.
	// +optional
	// +kubebuilder:default=Active
	State ObjectiveState `json:"state,omitempty"`

	// cancelled says when and why the objective was given up. It goes with state:
	// Cancelled.
	// +optional
	Cancelled *Cancellation `json:"cancelled,omitempty"`

	// kpiRefs are the KPIs that this objective is meant to move, up to 16. A KPI
	// that an active objective names is Aligned.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	KPIRefs []KPIReference `json:"kpiRefs,omitempty"`

	// parentRef names the objective that this one serves, such as {name:
	// customers-love-us, namespace: company}. That of another namespace must allow
	// this one in its allowedNamespaces.
	// +optional
	ParentRef *ParentReference `json:"parentRef,omitempty"`

	// rollUp says what progress is made of: KeyResults, or Children (the
	// objectives that name this one as their parent). Absent: key results if there
	// are any, else children.
	// +optional
	RollUp RollUp `json:"rollUp,omitempty"`

	// actions are what the team does to get there, up to 32. They are shown, and
	// not counted: doing is not achieving.
	// +optional
	// +listType=map
	// +listMapKey=title
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Actions []Action `json:"actions,omitempty"`

	// checkInEvery is how often the team means to check in, such as 7d. Absent: no
	// check-in is missed.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9][0-9]*[ywd]') || !self.matches('^([0-9]+[a-z]+)+$')",message="too often: check-ins have a date, so write a day or longer, such as 7d"
	CheckInEvery Duration `json:"checkInEvery,omitempty"`

	// checkIns are what the team said, up to 100: confidence, a note, and values
	// of key results that are kept by hand. Their dates lie in the period.
	// +optional
	// +listType=map
	// +listMapKey=date
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	CheckIns []CheckIn `json:"checkIns,omitempty"`

	// review is what people say when the objective is over.
	// +optional
	Review *Review `json:"review,omitempty"`

	// pace says how far behind the expected progress the objective and its key
	// results may fall before they are at risk (absent: more than 10 points) and
	// off track (absent: more than 25).
	// +optional
	Pace *ObjectivePace `json:"pace,omitempty"`

	// allowedNamespaces says which namespaces' objectives may name this one as
	// their parent. Absent: only its own.
	// +optional
	AllowedNamespaces *AllowedNamespaces `json:"allowedNamespaces,omitempty"`
}

// KeyResultSummary counts an objective's key results.
type KeyResultSummary struct {
	// total is how many active key results of a weight above 0 the objective has.
	// +optional
	Total *int32 `json:"total,omitempty"`
	// measured is how many of them have ever been measured.
	// +optional
	Measured *int32 `json:"measured,omitempty"`
	// summary is "measured/total", such as 3/4. Absent where there are none and
	// children are rolled up.
	// +optional
	Summary string `json:"summary,omitempty"`
}

// Final is the result of a goal that is over. It is frozen: later answers and edits do not change it.
type Final struct {
	// value is the final number of a key result, with up to 12 significant digits.
	// +optional
	Value string `json:"value,omitempty"`
	// time is the instant the value belongs to; for an objective, the end of its
	// period.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
	// progressPercent is the final progress in whole percent, 0 to 100, rounded
	// down.
	// +optional
	ProgressPercent *int32 `json:"progressPercent,omitempty"`
	// score is between 0.00 and 1.00, two decimals, rounded down.
	// +optional
	Score string `json:"score,omitempty"`
	// grade is Green, Amber or Red. Committed: Green at 1.00, Amber from 0.70.
	// Aspirational: Green from 0.70, Amber from 0.40.
	// +optional
	Grade Grade `json:"grade,omitempty"`
}

// MemberScore is what a key result, or a child, contributed to an objective's final score.
type MemberScore struct {
	// name of the key result; or of the child, with its namespace in front where
	// that is another one: shop/checkout.
	// +required
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name,omitempty"`
	// weight it had; for a child, times its days inside the objective's time.
	// +optional
	Weight int32 `json:"weight,omitempty"`
	// score it had.
	// +optional
	Score string `json:"score,omitempty"`
}

// ObjectiveFrozen is what the controller remembers of an objective.
type ObjectiveFrozen struct {
	// final is the result, once every key result, or every child, has one.
	// +optional
	Final *Final `json:"final,omitempty"`
	// members are the key results, or the children, behind the final score.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=256
	Members []MemberScore `json:"members,omitempty"`
	// key identifies what decided the final: the ambition, the dates, and the
	// members with their weights.
	// +optional
	Key string `json:"key,omitempty"`
	// kpis are the values of the KPIs at start and end.
	// +optional
	// +listType=map
	// +listMapKey=kpi
	// +kubebuilder:validation:MaxItems=16
	KPIs []FrozenKPI `json:"kpis,omitempty"`
}

// ObjectiveStatus is how the objective stands.
type ObjectiveStatus struct {
	// observedGeneration is the generation of the spec that this status is about;
	// -1 before the first visit.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Ready, ResolvedRefs, OnTrack, CheckedIn, Reviewed and
	// WellFormed, of which True is good, and Stalled and Reopened, of which False
	// is good. All are set from the first visit on.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=16
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// health is the verdict: Pending, OnTrack, AtRisk, OffTrack; over: Achieved,
	// Missed; Cancelled; Unknown.
	// +optional
	Health Health `json:"health,omitempty"`

	// progressPercent is the weighted mean of the key results' progress, in whole
	// percent, 0 to 100, rounded down. Absent while nothing has been measured. Of
	// children it is the mean, times the share of the time that they plan.
	// +optional
	ProgressPercent *int32 `json:"progressPercent,omitempty"`

	// expectedPercent is where progress should be now to be on pace, in whole
	// percent, rounded down.
	// +optional
	ExpectedPercent *int32 `json:"expectedPercent,omitempty"`

	// keyResults counts the key results.
	// +optional
	KeyResults *KeyResultSummary `json:"keyResults,omitempty"`

	// children counts the children, where progress is made of them.
	// +optional
	Children *ChildSummary `json:"children,omitempty"`

	// kpiImpact is how the KPIs of spec.kpiRefs have moved in the objective's
	// time.
	// +optional
	// +listType=map
	// +listMapKey=kpi
	// +kubebuilder:validation:MaxItems=16
	KPIImpact []KPIImpact `json:"kpiImpact,omitempty"`

	// final is the result once the objective is over and every key result, or
	// every child, has one.
	// +optional
	Final *Final `json:"final,omitempty"`

	// frozen is the controller's memory: what it does not ask or decide twice.
	// +optional
	Frozen *ObjectiveFrozen `json:"frozen,omitempty"`
}

// Objective is a qualitative goal for one period, owned by a team and proved
// by 2 to 5 KeyResults.
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
// +kubebuilder:printcolumn:name="Children",type=string,JSONPath=`.status.children.summary`,priority=1,description="measured/total"
// +kubebuilder:printcolumn:name="Parent",type=string,JSONPath=`.spec.parentRef.name`,priority=1
// +kubebuilder:printcolumn:name="Well-Formed",type=string,JSONPath=`.status.conditions[?(@.type=="WellFormed")].status`,priority=1
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="OnTrack")].reason`,priority=1
// +kubebuilder:printcolumn:name="Message",type=string,JSONPath=`.status.conditions[?(@.type=="OnTrack")].message`,priority=1
type Objective struct {
	metav1.TypeMeta `json:",inline"`
	// metadata is the standard metadata of objects.
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// spec is the goal.
	// +required
	Spec ObjectiveSpec `json:"spec,omitzero"`

	// status is how it stands. Written by the controller only.
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

	// items are the objectives.
	Items []Objective `json:"items"`
}
