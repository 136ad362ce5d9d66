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

	// ResolvedRefsCondition (Objective, KPI, normal-true) says that the optional
	// references (kpiRefs, parentRef) exist and are shared with this namespace.
	// False leaves Ready alone.
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

	// WellFormedCondition (Objective, KeyResult, KPI, normal-true) says that no rule
	// of good practice over the object and its direct relations is broken, other
	// than advice and what is silenced by the annotation goals.okr.dev/lint-ignore.
	// It changes neither Ready nor the health.
	WellFormedCondition = "WellFormed"

	// CheckedInCondition (Objective, normal-true) says that the newest check-in is
	// not older than spec.checkInEvery. Unknown outside the objective's time.
	CheckedInCondition = "CheckedIn"

	// ReviewedCondition (Objective, normal-true) says that the objective is over
	// and people have said what came of it. Unknown before.
	ReviewedCondition = "Reviewed"

	// HealthyCondition (KPI, normal-true) says that the value is inside its target
	// band.
	HealthyCondition = "Healthy"

	// AlignedCondition (KPI, normal-true) says that an active objective looks
	// after the KPI.
	AlignedCondition = "Aligned"

	// NeedsObjectiveCondition (KPI, abnormal-true) says that the KPI has been
	// unhealthy for spec.objectiveAfter, or is short of spec.stretchTarget, and
	// that no objective looks after it, and it is not accepted.
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

	// ReasonReferenceCycle: Stalled, parentRef leads back to the object itself, or
	// to more levels than are followed.
	ReasonReferenceCycle = "ReferenceCycle"

	// ReasonPending: not begun, or nothing asked yet.
	ReasonPending = "Pending"
	// ReasonStale: the last good value is older than metric.staleAfter, or the
	// newest one that is kept by hand than twice its rhythm.
	ReasonStale = "Stale"
	// ReasonNoReading: kept by hand, and there is no reading of a day that has
	// begun.
	ReasonNoReading = "NoReading"
	// ReasonBaselineZero: a change in percent of a baseline of 0 has no target.
	ReasonBaselineZero = "BaselineZero"
	// ReasonAlreadyMet: the measured baseline is already at or beyond the target.
	ReasonAlreadyMet = "AlreadyMet"

	// ReasonNoBaseline: Stalled, a value that is kept by hand has no baseline.
	ReasonNoBaseline = "NoBaseline"
	// ReasonNoCheckIn: no check-in of the objective gives the value.
	ReasonNoCheckIn = "NoCheckIn"
	// ReasonMilestones: Measured is True, for milestones need no value.
	ReasonMilestones = "Milestones"
	// ReasonGuardNotMet: Measured is True and the guard has not reached its bound;
	// or OnTrack is False for that.
	ReasonGuardNotMet = "GuardNotMet"
	// ReasonLowConfidence: OnTrack is False because the newest confidence in a
	// check-in is below 4.
	ReasonLowConfidence = "LowConfidence"
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

	// ReasonOver: the time of the objective is over, and no check-in is expected.
	ReasonOver = "Over"
	// ReasonRecorded: over, and the result stands in spec.final.
	ReasonRecorded = "Recorded"

	// ReasonNotRequired: spec.checkInEvery is absent, and no check-in is missed.
	ReasonNotRequired = "NotRequired"
	// ReasonCheckedIn: no check-in is overdue.
	ReasonCheckedIn = "CheckedIn"
	// ReasonCheckInOverdue: the newest check-in is older than spec.checkInEvery.
	ReasonCheckInOverdue = "CheckInOverdue"
	// ReasonReviewed: spec.review is written.
	ReasonReviewed = "Reviewed"
	// ReasonNoReview: over, and spec.review is not written.
	ReasonNoReview = "NoReview"

	// ReasonNoKeyResults: an objective without active key results of a weight has
	// no verdict.
	ReasonNoKeyResults = "NoKeyResults"
	// ReasonNoChildren: an objective that rolls its children up, without active
	// ones of a weight inside its period, has no verdict.
	ReasonNoChildren = "NoChildren"
	// ReasonUnplanned: the last child of an objective is over, and the objective is
	// not.
	ReasonUnplanned = "Unplanned"
	// ReasonMembersUnknown: the verdict depends on key results, or children, that
	// have none.
	ReasonMembersUnknown = "MembersUnknown"

	// ReasonInsideBand and the others tell where a KPI's value lies.
	ReasonInsideBand     = "InsideBand"
	ReasonOutsideWarning = "OutsideWarning"
	ReasonOutsideTarget  = "OutsideTarget"
	ReasonNoTarget       = "NoTarget"
	ReasonUnhealthy      = "Unhealthy"
	// ReasonShortOfStretch: NeedsObjective, the value is short of stretchTarget.
	ReasonShortOfStretch = "ShortOfStretch"
	// ReasonAccepted: no objective is asked for, because people live with it.
	ReasonAccepted         = "Accepted"
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

	// ReasonWellFormed: WellFormed is True.
	ReasonWellFormed = "WellFormed"
	// ReasonPracticeRulesBroken: WellFormed is False; the message lists the ids of
	// docs/practice.md.
	ReasonPracticeRulesBroken = "PracticeRulesBroken"

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
