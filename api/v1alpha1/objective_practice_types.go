package v1alpha1

// RollUp says what an objective's progress is made of.
//
// +kubebuilder:validation:Enum=KeyResults;Children
type RollUp string

// What progress is made of.
const (
	RollUpKeyResults RollUp = "KeyResults"
	RollUpChildren   RollUp = "Children"
)

// ParentReference names the objective that this one serves.
type ParentReference struct {
	// name of the Objective.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="!self.contains('/')",message="a name has no slash: write the namespace beside it, such as {name: customers-love-us, namespace: company}"
	Name string `json:"name,omitempty"`

	// namespace of the Objective; absent, one's own. An objective of another
	// namespace must allow this one in its spec.allowedNamespaces; one that does
	// not is treated as missing.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`

	// weight is how much this objective counts in its parent, relative to its
	// siblings, 0 to 1000, where the parent rolls its children up. Each also
	// counts by its days inside the parent's period. 0: shown, not counted.
	// Default: 1.
	// +optional
	// +kubebuilder:default=1
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Weight *int32 `json:"weight,omitempty"`
}

// ChildSummary counts the children that an objective's progress is made of.
type ChildSummary struct {
	// total is how many active children of a weight above 0, inside the period,
	// the objective has.
	// +optional
	Total *int32 `json:"total,omitempty"`
	// measured is how many of them have ever been measured.
	// +optional
	Measured *int32 `json:"measured,omitempty"`
	// summary is "measured/total", such as 3/4.
	// +optional
	Summary string `json:"summary,omitempty"`
}

// Action is a piece of work that is meant to move the key results.
type Action struct {
	// title says what is to be done.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Title string `json:"title,omitempty"`

	// owner is who does it: a name or a handle.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Owner string `json:"owner,omitempty"`

	// dueOn is the day by which it should be done, such as 2026-10-31.
	// +optional
	DueOn Date `json:"dueOn,omitempty"`

	// doneOn is the day on which it was done. Absent: it is not.
	// +optional
	DoneOn Date `json:"doneOn,omitempty"`

	// url links to the ticket or the document. It begins with https:// or http://.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^https?://[^[:space:][:cntrl:]]+$')",message="write a link that begins with https:// or http://"
	URL string `json:"url,omitempty"`
}

// KeyResultCheckIn is what a check-in says of one key result.
//
// +kubebuilder:validation:XValidation:rule="has(self.value) || has(self.confidence)",message="this says nothing of the key result: write value, confidence or both"
type KeyResultCheckIn struct {
	// name of the key result.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`

	// value is the present number of a key result that has neither metric nor
	// kpiRef: an integer such as 12, or a quoted fraction such as "7.6". It is not
	// used where the number is measured.
	// +optional
	Value *Decimal `json:"value,omitempty"`

	// confidence that this key result will be achieved, 0 to 10. Below 4 turns
	// OnTrack into AtRisk: people may lower the verdict, never raise it.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=10
	Confidence *int32 `json:"confidence,omitempty"`
}

// CheckIn is what a team says on a day: one edit a week for the whole objective.
//
// +kubebuilder:validation:XValidation:rule="has(self.confidence) || has(self.note) || has(self.keyResults)",message="an empty check-in: write confidence, note or keyResults"
type CheckIn struct {
	// date of the check-in, such as 2026-10-12: one a day at most. One that is
	// still to come waits for its date.
	// +required
	Date Date `json:"date,omitempty"`

	// confidence that the objective will be achieved, 0 to 10. It counts for each
	// key result that has none of its own in a check-in.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=10
	Confidence *int32 `json:"confidence,omitempty"`

	// note says what happened, what hinders, what is next.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Note string `json:"note,omitempty"`

	// keyResults are values and confidence of single key results, up to 16.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	KeyResults []KeyResultCheckIn `json:"keyResults,omitempty"`
}

// Review is what people say when the objective is over. It is shown beside the measured score, never instead.
//
// +kubebuilder:validation:XValidation:rule="has(self.outcome) || has(self.learned) || has(self.score)",message="an empty review: write outcome, learned or score"
type Review struct {
	// outcome says what came of it.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Outcome string `json:"outcome,omitempty"`

	// learned says what to do differently.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	Learned string `json:"learned,omitempty"`

	// score that the team gives itself, 0 to 1 with up to two decimals, quoted:
	// "0.8".
	// +optional
	Score *Score `json:"score,omitempty"`
}

// KPIImpact is how a KPI that the objective is meant to move has moved in the objective's time.
type KPIImpact struct {
	// kpi is its name, with its namespace in front where that is another one:
	// store/availability.
	// +required
	// +kubebuilder:validation:MinLength=1
	KPI string `json:"kpi,omitempty"`
	// atStart is its value at the objective's start as people read it, such as
	// "99.2 %".
	// +optional
	AtStart string `json:"atStart,omitempty"`
	// atEnd is its value at the objective's end. Absent until then.
	// +optional
	AtEnd string `json:"atEnd,omitempty"`
	// change from start to end, signed, such as "-330 ms"; in points where the
	// unit is "%": "+0.7 points". Absent until the end.
	// +optional
	Change string `json:"change,omitempty"`
}

// FrozenKPI is what is remembered of a KPI that an objective is meant to move.
type FrozenKPI struct {
	// kpi is its namespace/name.
	// +required
	// +kubebuilder:validation:MinLength=1
	KPI string `json:"kpi,omitempty"`
	// atStart is its value at the objective's start. Without a value: there was
	// none to be had, and it is not asked for again.
	// +optional
	AtStart *FrozenValue `json:"atStart,omitempty"`
	// atEnd is the same at the objective's end.
	// +optional
	AtEnd *FrozenValue `json:"atEnd,omitempty"`
}
