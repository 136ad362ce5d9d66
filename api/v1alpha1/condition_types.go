package v1alpha1

// Condition types. All of a kind's conditions are present from the first visit on.
const (
	// ReadyCondition (all kinds, normal-true) says that the spec is accepted, the
	// required references resolve and the object is being evaluated. It is never
	// the business verdict and is untouched by a source that is down, because
	// GitOps tools block on it.
	ReadyCondition = "Ready"

	// StalledCondition (all kinds, abnormal-true) says that only an edit of this
	// object can mend it.
	StalledCondition = "Stalled"

	// ResolvedRefsCondition (Objective, normal-true) says that the optional
	// references (kpiRefs) exist and are shared with this namespace. False leaves
	// Ready alone.
	ResolvedRefsCondition = "ResolvedRefs"

	// MeasuredCondition (KeyResult, KPI, normal-true) says that a fresh, single,
	// finite number is held.
	MeasuredCondition = "Measured"

	// OnTrackCondition (Objective, KeyResult, normal-true) says that the pace is
	// kept; once over, that the goal was achieved. Unknown while there is no
	// verdict.
	OnTrackCondition = "OnTrack"

	// ReopenedCondition (Objective, KeyResult, abnormal-true) says that what
	// decides the final score was edited after the end. The frozen score stays.
	ReopenedCondition = "Reopened"

	// HealthyCondition (KPI, normal-true) says that the value is inside its target
	// band.
	HealthyCondition = "Healthy"

	// AlignedCondition (KPI, normal-true) says that an active objective looks
	// after the KPI.
	AlignedCondition = "Aligned"

	// NeedsObjectiveCondition (KPI, abnormal-true) says that the KPI has been
	// unhealthy for spec.objectiveAfter and no objective looks after it.
	NeedsObjectiveCondition = "NeedsObjective"

	// ReachableCondition (MetricSource, normal-true) says that the source answers.
	ReachableCondition = "Reachable"

	// SaturatedCondition (MetricSource, abnormal-true) says that more is asked of
	// the source than its limits admit, so that all its intervals are stretched.
	SaturatedCondition = "Saturated"
)

// Condition reasons. The reasons of Measured that describe a query's answer are those of package sample.
const (
	// ReasonReady: Ready is True.
	ReasonReady = "Ready"
	// ReasonStalled: Ready is False because Stalled is True; its message is
	// repeated.
	ReasonStalled = "Stalled"
	// ReasonReferenceNotFound: a reference is missing, or not shared with this
	// namespace. Heals by itself.
	ReasonReferenceNotFound = "ReferenceNotFound"
	// ReasonResolved: all references resolve.
	ReasonResolved = "Resolved"
	// ReasonAsExpected: an abnormal-true condition is False.
	ReasonAsExpected = "AsExpected"

	// ReasonInvalidQuery: Stalled, the query does not parse or the server refuses
	// it as bad data.
	ReasonInvalidQuery = "InvalidQuery"
	// ReasonInvalidTimeZone: Stalled, there is no such time zone.
	ReasonInvalidTimeZone = "InvalidTimeZone"
	// ReasonInvalidDates: Stalled, dates that contradict each other or the period.
	ReasonInvalidDates = "InvalidDates"
	// ReasonInvalidURL: Stalled, the source's address cannot be used.
	ReasonInvalidURL = "InvalidURL"
	// ReasonInvalidCredentials (MetricSource): Stalled, what the spec says to
	// authenticate with is refused; or Ready is False because what a Secret or
	// ConfigMap holds cannot be used, which heals when that is mended.
	ReasonInvalidCredentials = "InvalidCredentials"
	// ReasonInvalidSelector: Stalled, a label selector that does not parse.
	ReasonInvalidSelector = "InvalidSelector"

	// ReasonPending: not begun, or nothing asked yet.
	ReasonPending = "Pending"
	// ReasonStale: the last good value is older than metric.staleAfter.
	ReasonStale = "Stale"
	// ReasonBaselineZero: a change in percent of a baseline of 0 has no target.
	ReasonBaselineZero = "BaselineZero"
	// ReasonAlreadyMet: the measured baseline is already at or beyond the target.
	ReasonAlreadyMet = "AlreadyMet"

	// ReasonPartialHistory: numbers are missing that could decide how long a value
	// was outside its band.
	ReasonPartialHistory = "PartialHistory"

	// ReasonDraft: a draft is not judged.
	ReasonDraft = "Draft"
	// ReasonCancelled: given up.
	ReasonCancelled = "Cancelled"
	// ReasonClosing: over, the final value is being asked for.
	ReasonClosing = "Closing"
	// ReasonFinalUnavailable: over, and the final value could not be had.
	ReasonFinalUnavailable = "FinalUnavailable"

	// ReasonNoKeyResults: an objective without active key results of a weight has
	// no verdict.
	ReasonNoKeyResults = "NoKeyResults"
	// ReasonMembersUnknown: the verdict depends on key results that have none.
	ReasonMembersUnknown = "MembersUnknown"

	// ReasonInsideBand and the others tell where a KPI's value lies.
	ReasonInsideBand       = "InsideBand"
	ReasonOutsideWarning   = "OutsideWarning"
	ReasonOutsideTarget    = "OutsideTarget"
	ReasonNoTarget         = "NoTarget"
	ReasonUnhealthy        = "Unhealthy"
	ReasonObjectiveActive  = "ObjectiveActive"
	ReasonObjectivePlanned = "ObjectivePlanned"
	// ReasonBetweenPeriods: the objective's period is over for less than the
	// alignment grace.
	ReasonBetweenPeriods = "BetweenPeriods"
	// ReasonSettling: no objective yet, and too soon to say so.
	ReasonSettling = "Settling"
	// ReasonNoAlignedObjective: no active objective names the KPI or measures a
	// key result by it.
	ReasonNoAlignedObjective = "NoAlignedObjective"

	// ReasonHealthUnknown: NeedsObjective is Unknown because the KPI's health is.
	ReasonHealthUnknown = "HealthUnknown"
	// ReasonEditedAfterEnd: Reopened, what decides the score was edited after the
	// end.
	ReasonEditedAfterEnd = "EditedAfterEnd"

	// ReasonAnswers: Reachable, the source answers.
	ReasonAnswers = "Answers"
	// ReasonDemandAboveLimits: Saturated, the questions of all namespaces together
	// are more than the limits admit.
	ReasonDemandAboveLimits = "DemandAboveLimits"
)

// Health is the verdict on an Objective or a KeyResult.
//
// +kubebuilder:validation:Enum=Pending;OnTrack;AtRisk;OffTrack;Achieved;Missed;Cancelled;Unknown
type Health string

// The verdicts on goals.
const (
	// HealthPending: not begun, or a draft.
	HealthPending Health = "Pending"
	// HealthOnTrack: the pace is kept.
	HealthOnTrack Health = "OnTrack"
	// HealthAtRisk: behind pace by more than atRiskGap.
	HealthAtRisk Health = "AtRisk"
	// HealthOffTrack: behind pace by more than offTrackGap.
	HealthOffTrack Health = "OffTrack"
	// HealthAchieved: over, with a score that passes.
	HealthAchieved Health = "Achieved"
	// HealthMissed: over, with a score that does not pass.
	HealthMissed Health = "Missed"
	// HealthCancelled: given up.
	HealthCancelled Health = "Cancelled"
	// HealthUnknown: there is no basis for a verdict; the conditions say why.
	HealthUnknown Health = "Unknown"
)

// KPIHealth is the verdict on a KPI.
//
// +kubebuilder:validation:Enum=Healthy;Warning;Unhealthy;Unknown
type KPIHealth string

// The verdicts on KPIs.
const (
	// KPIHealthy: inside the target band, and inside the warning band if there is
	// one.
	KPIHealthy KPIHealth = "Healthy"
	// KPIWarning: inside the target band, outside the warning band.
	KPIWarning KPIHealth = "Warning"
	// KPIUnhealthy: outside the target band.
	KPIUnhealthy KPIHealth = "Unhealthy"
	// KPIUnknown: there is no basis for a verdict; the conditions say why.
	KPIUnknown KPIHealth = "Unknown"
)

// Grade is the colour of a final score.
//
// +kubebuilder:validation:Enum=Green;Amber;Red
type Grade string

// The grades.
const (
	GradeGreen Grade = "Green"
	GradeAmber Grade = "Amber"
	GradeRed   Grade = "Red"
)
