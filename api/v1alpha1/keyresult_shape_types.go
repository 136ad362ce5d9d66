package v1alpha1

import (
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Percentage is a share above 0 and up to 100 percent, such as "1%" or "0.5%".
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=16
// +kubebuilder:validation:XValidation:rule="self.matches('^[0-9]{1,3}([.][0-9]{1,9})?%$') && self.matches('[1-9]') && double(self.substring(0, self.size() - 1)) <= 100.0",message="not a share above 0 and up to 100 percent: write a number with a percent sign, such as \"1%\" or \"0.5%\""
type Percentage string

// Percent is the share in percent. It is 0 for text that is none, which the schema does not admit, and for none at all.
func (p Percentage) Percent() float64 {
	v, err := strconv.ParseFloat(strings.TrimSuffix(string(p), "%"), 64)
	if err != nil || v-v != 0 { // NaN and infinity are no shares
		return 0
	}
	return v
}

// Replan says that a target was moved on purpose, and why.
type Replan struct {
	// date is the day of the decision, such as 2026-11-12.
	// +required
	Date Date `json:"date,omitempty"`

	// from is the target before: an integer such as 250, or a quoted fraction.
	// +required
	From *Decimal `json:"from,omitempty"`

	// to is the target since: an integer such as 300, or a quoted fraction.
	// +required
	To *Decimal `json:"to,omitempty"`

	// reason is why, in a sentence for those who come after.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Reason string `json:"reason,omitempty"`
}

// Maintain is a band in which the number should stay until the end.
//
// +kubebuilder:validation:XValidation:rule="has(self.atLeast) || has(self.atMost)",message="an empty band holds every number: write atLeast, atMost or both"
// +kubebuilder:validation:XValidation:rule="!has(self.atLeast) || !has(self.atMost) || [self.atLeast, self.atMost].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || double(self.atLeast) <= double(self.atMost)",message="no number lies in this band: write an atLeast that is not above atMost"
type Maintain struct {
	// atLeast is the lower bound, itself inside the band: an integer such as 300,
	// or a quoted fraction such as "99.9". Absent: no lower bound.
	// +optional
	AtLeast *Decimal `json:"atLeast,omitempty"`

	// atMost is the upper bound, itself inside the band: an integer such as 300,
	// or a quoted fraction such as "0.5". Absent: no upper bound.
	// +optional
	AtMost *Decimal `json:"atMost,omitempty"`

	// allowedBreach is the share of the key result's whole time that the number
	// may spend outside the band, such as "1%": an error budget for a goal. The
	// score is 1 up to that share and falls to 0 at twice that share. Absent: the
	// number must be inside at the end, and the verdict is that of the present
	// value.
	// +optional
	AllowedBreach Percentage `json:"allowedBreach,omitempty"`
}

// Milestone is a step of work that is done or not.
type Milestone struct {
	// title names the step, such as "Research published".
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// weight is how much the step counts, relative to the others, 1 to 1000.
	// Absent: 1.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	Weight *int32 `json:"weight,omitempty"`

	// dueOn is the last day on which it should be done, such as 2026-10-15; its
	// end counts. Absent: the end of the key result.
	// +optional
	DueOn Date `json:"dueOn,omitempty"`

	// doneOn is the day on which it was done. Absent: it is not. A day that is
	// still to come waits for its date.
	// +optional
	DoneOn Date `json:"doneOn,omitempty"`
}

// Guard is a number that must reach a bound for the key result to count in full: a rating of 8 of 10 says little with
// three answers.
//
// +kubebuilder:validation:XValidation:rule="!self.query.contains('$__window') || has(self.window)",fieldPath=".window",message="the query has $__window: write guard.window too, such as 7d"
// +kubebuilder:validation:XValidation:rule="self.query.contains('$__window') || !has(self.window)",fieldPath=".window",message="the query does not use window: write [$__window] in guard.query where the window belongs, or remove guard.window"
type Guard struct {
	// sourceRef names the MetricSource to ask. Absent: that of the key result's
	// own metric, or the one named "default". The guard is asked as often as the
	// own metric, and its last good value stands as long.
	// +optional
	SourceRef *SourceReference `json:"sourceRef,omitempty"`

	// query is a PromQL expression that gives exactly one number, such as
	// sum(increase(answers_total[$__elapsed])). Placeholders are those of
	// metric.query.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Query string `json:"query,omitempty"`

	// window replaces $__window in the query: a length of time such as 7d.
	// +optional
	// +kubebuilder:validation:XValidation:rule="self.matches('[1-9]') || !self.matches('^([0-9]+[a-z]+)+$')",message="a window must be longer than 0: write a length of time such as 7d"
	Window Duration `json:"window,omitempty"`

	// atLeast is the bound, above 0: with half of it, progress is at most 50
	// percent.
	// +required
	// +kubebuilder:validation:XValidation:rule="!string(self).matches('^-?[0-9]+([.][0-9]+)?$') || double(self) > 0.0",message="a guard needs a bound above 0: write how many there must be at least, such as 100"
	AtLeast *Decimal `json:"atLeast,omitempty"`
}

// FinalRecord is the result of a key result that is over, as a record in Git: it outlives the data that it was
// measured by.
//
// +kubebuilder:validation:XValidation:rule="has(self.value) || has(self.score)",message="an empty record: write score, value or both"
type FinalRecord struct {
	// value is the final number: an integer such as 310, or a quoted fraction.
	// +optional
	Value *Decimal `json:"value,omitempty"`

	// date is the last day that the result is about, such as 2026-12-31.
	// +required
	Date Date `json:"date,omitempty"`

	// score is between 0 and 1 with up to two decimals, quoted: "0.98". Where it
	// is written it wins over what follows from value.
	// +optional
	Score *Score `json:"score,omitempty"`
}

// Score is a result between 0 and 1 with up to two decimals, quoted: "0.7", "0.98", "1.00".
//
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=16
// +kubebuilder:validation:XValidation:rule="self.matches('^(0([.][0-9]{1,2})?|1([.]0{1,2})?)$')",message="not a score: write a number from 0 to 1 with up to two decimals, quoted, such as \"0.7\""
type Score string

// Breach is how long a number that is to be maintained has been outside its band.
type Breach struct {
	// BreachCount is all that has been counted. Without a newer answer it stands.
	BreachCount `json:",inline"`
	// settled is the part of it that is not asked for again: whole days.
	// +optional
	Settled *BreachCount `json:"settled,omitempty"`
	// key identifies the expression, the source, the tenant, the start, the step
	// and the band. Another key counts anew.
	// +optional
	Key string `json:"key,omitempty"`
}

// BreachCount is what came of counting points, which lie on a fixed step from the start.
type BreachCount struct {
	// outside is how many of the points that were counted lie outside the band.
	// +optional
	Outside *int32 `json:"outside,omitempty"`
	// missing is how many of the points that were counted have no number.
	// +optional
	Missing *int32 `json:"missing,omitempty"`
	// countedUntil is the instant of the last point that was counted.
	// +optional
	CountedUntil metav1.Time `json:"countedUntil,omitempty,omitzero"`
}

// Commitment is what was promised at the first look after the start. It is never written again: moved goalposts are
// seen against it.
type Commitment struct {
	// target is the target as it was written and as people read it, such as "800 →
	// 300 ms", or "→ 300 ms" where the baseline was not written.
	// +optional
	Target string `json:"target,omitempty"`
	// baseline is where the way of a reach begins, as written. Absent where it is
	// measured, which is no promise: it is in frozen.baseline.
	// +optional
	Baseline string `json:"baseline,omitempty"`
	// goal is the number to arrive at, or the change, as written.
	// +optional
	Goal string `json:"goal,omitempty"`
	// band is the band of a maintain.
	// +optional
	Band *Band `json:"band,omitempty"`
	// allowedBreach is that of a maintain.
	// +optional
	AllowedBreach Percentage `json:"allowedBreach,omitempty"`
	// startOn is the first day of its time.
	// +optional
	StartOn Date `json:"startOn,omitempty"`
	// dueOn is the last day of its time, included.
	// +optional
	DueOn Date `json:"dueOn,omitempty"`
	// weight in the objective.
	// +optional
	Weight *int32 `json:"weight,omitempty"`
	// checkpoints of the pace.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Checkpoints []Checkpoint `json:"checkpoints,omitempty"`
	// guard is the bound of the guard.
	// +optional
	Guard *Decimal `json:"guard,omitempty"`
	// milestones are the titles of the milestones.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MaxLength=253
	Milestones []string `json:"milestones,omitempty"`
}

// PendingGoalHealth is a verdict on a goal that has not lasted for holdFor.
type PendingGoalHealth struct {
	// health is what will be shown if it lasts.
	// +optional
	Health Health `json:"health,omitempty"`
	// since is the instant of the first value of which every later one was on the
	// same side of what is shown.
	// +optional
	Since metav1.Time `json:"since,omitempty,omitzero"`
	// value is the one of these values that is nearest to what is shown: the
	// verdict will be given by it.
	// +optional
	Value string `json:"value,omitempty"`
	// shownValue is the value that the verdict is given by until then.
	// +optional
	ShownValue string `json:"shownValue,omitempty"`
}

// Forecast is where a straight line from the baseline through the present value leads. It is recomputed only with a
// new value, and there is none before a tenth of the time has passed.
type Forecast struct {
	// value at the end as people read it, such as "412 ms".
	// +optional
	Value string `json:"value,omitempty"`
	// progressPercent at the end in whole percent, not limited, rounded down.
	// +optional
	ProgressPercent *int64 `json:"progressPercent,omitempty"`
	// reachesTargetOn is the day on which the line reaches the target, such as
	// 2027-01-20; it may lie after the end. Absent: never, or not within ten times
	// the key result's time.
	// +optional
	ReachesTargetOn Date `json:"reachesTargetOn,omitempty"`
}

// HistoryPoint is a value of the past.
type HistoryPoint struct {
	// time is the instant the value belongs to.
	// +optional
	Time metav1.Time `json:"time,omitempty,omitzero"`
	// value is the number, with up to 4 significant digits.
	// +required
	// +kubebuilder:validation:MinLength=1
	Value string `json:"value,omitempty"`
}
