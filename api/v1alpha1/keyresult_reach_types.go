package v1alpha1

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
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:XValidation:rule="self.matches('^[+-][0-9]{1,15}([.][0-9]{1,9})?%?$')",message="not a signed change: write + or - and a number, in percent or not, such as \"+20%\", \"-15%\" or \"+15\""
// +kubebuilder:validation:XValidation:rule="!self.matches('^[+-]0+([.]0+)?%?$')",message="a change of 0 is no movement: write how far the number should move, such as \"+20%\""
type Change string

// Reach is a movement from a baseline to a target. Progress is the share of the way covered:
// 100·(value − baseline)/(target − baseline), up or down alike.
//
// +kubebuilder:validation:XValidation:rule="has(self.target) != has(self.change)",message="write exactly one of target (the number to arrive at) and change (how far to move, such as \"+20%\")"
// +kubebuilder:validation:XValidation:rule="!has(self.direction) || (!has(self.change) && !has(self.baseline))",fieldPath=".direction",message="remove direction: a change carries its sign, and a given baseline and target say which way"
// +kubebuilder:validation:XValidation:rule="!has(self.baseline) || !has(self.target) || [self.baseline, self.target].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || double(self.baseline) != double(self.target)",message="baseline and target are the same number: write a target that differs from the baseline"
// +kubebuilder:validation:XValidation:rule="!has(self.baseline) || !has(self.change) || !self.change.endsWith('%') || !string(self.baseline).matches('^-?0+([.]0+)?$')",message="a percentage of a baseline of 0 is 0: write target, or an absolute change such as \"+15\""
// +kubebuilder:validation:XValidation:rule="!has(self.replanned) || !has(self.target) || self.replanned.size() == 0 || [self.target, self.replanned[self.replanned.size() - 1].to].exists(d, !string(d).matches('^-?[0-9]+([.][0-9]+)?$')) || double(self.target) == double(self.replanned[self.replanned.size() - 1].to)",fieldPath=".replanned",message="the newest of replanned leads to another target: write its to as target, or add an entry that says why the target moved again"
type Reach struct {
	// baseline is the number at the start: an integer such as 800, or a quoted
	// fraction such as "7.6". Absent, it is measured at the start of the key
	// result and frozen; then direction, or the sign of change, says which way to
	// go. A query with $__elapsed counts from 0 and takes none.
	// +optional
	Baseline *Decimal `json:"baseline,omitempty"`

	// target is the number to arrive at: an integer such as 300, or a quoted
	// fraction such as "99.95". Exactly one of target and change.
	// +optional
	Target *Decimal `json:"target,omitempty"`

	// change is how far to move from the baseline, in place of target: signed and
	// quoted, in percent of the baseline ("+20%", "-15%") or in the value's own
	// unit ("+15"). Exactly one of target and change.
	// +optional
	Change Change `json:"change,omitempty"`

	// direction says which way target lies from a baseline that is measured.
	// Needed with target where baseline is left out, and only there.
	// +optional
	Direction Direction `json:"direction,omitempty"`

	// replanned says when and why the target was moved after the start, up to 16,
	// oldest first, such as {date: 2026-11-12, from: 250, to: 300, reason: …}. The
	// original stays visible beside it.
	// +optional
	// +listType=map
	// +listMapKey=date
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.exists(r, !r.date.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00Z)?$')) || self.map(r, int(r.date.substring(0,4)) * 10000 + int(r.date.substring(5,7)) * 100 + int(r.date.substring(8,10))).isSorted()",message="replanned is out of order: write the oldest first"
	Replanned []Replan `json:"replanned,omitempty"`
}
