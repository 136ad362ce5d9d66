package report

import "time"

// Schema names the structure of the JSON that report writes. It changes when a field changes its meaning or goes away.
const Schema = "goals.okr.dev/report/v1"

// Document is the review of a cycle. Its texts are one line each and without control characters, other than those of Prose.
// What is not known is absent, and a text beside it says why.
type Document struct {
	Schema string `json:"schema"`
	Cycle  string `json:"cycle"`
	// First and Last are the days that the cycle's objectives span: 2026-10-01.
	First string `json:"first,omitempty"`
	Last  string `json:"last,omitempty"`
	// ReadAt is when the cluster was read.
	ReadAt time.Time `json:"readAt"`
	// Namespace, Owner and Selector say what the document is limited to.
	Namespace string `json:"namespace,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Selector  string `json:"selector,omitempty"`

	Summary Summary `json:"summary"`
	// Objectives of the cycle, each after the one that it serves.
	Objectives []Objective `json:"objectives"`
	// KPIs that the cycle's objectives name, or are measured by.
	KPIs []KPI `json:"kpis"`
	// Unattended are the other KPIs of the namespace that are not healthy.
	Unattended []KPI `json:"unattendedKPIs"`
	// Advice are the rules of good practice that are broken by several goals together.
	Advice []Advice `json:"advice"`
	// NotRead says what the reader may not see. It is not known; it is not missing.
	NotRead []string `json:"notRead"`
}

// Summary counts.
type Summary struct {
	Objectives Count `json:"objectives"`
	KeyResults Count `json:"keyResults"`
	// MeanScore of the objectives that have one, rounded down to two decimals; empty if none has.
	MeanScore string `json:"meanScore,omitempty"`
	Scored    int    `json:"scored"`
	// CheckIns whose day has begun, of all objectives, and how many objectives have any.
	CheckIns  int `json:"checkIns"`
	CheckedIn int `json:"objectivesCheckedIn"`
	// ToReview are objectives that are over and have no review.
	ToReview int `json:"objectivesToReview"`
	// Moved are the goals whose goalposts were moved.
	Moved int `json:"goalpostsMoved"`
}

// Count counts goals by their health.
type Count struct {
	Total     int `json:"total"`
	Achieved  int `json:"achieved"`
	Missed    int `json:"missed"`
	OnTrack   int `json:"onTrack"`
	AtRisk    int `json:"atRisk"`
	OffTrack  int `json:"offTrack"`
	Pending   int `json:"pending"`
	Cancelled int `json:"cancelled"`
	Unknown   int `json:"unknown"`
}

// Running are those with a verdict that is not final.
func (c Count) Running() int { return c.OnTrack + c.AtRisk + c.OffTrack }

// Named is an object in a few words.
type Named struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title,omitempty"`
	Health    string `json:"health,omitempty"`
	// Progress in whole percent; absent while it is not known.
	Progress *int32 `json:"progressPercent,omitempty"`
	// Score is the final one.
	Score string `json:"score,omitempty"`
	// Period of an objective.
	Period string `json:"period,omitempty"`
}

// Goal is what objectives and key results have in common.
type Goal struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	Owner     Owner  `json:"owner,omitzero"`
	// Health is Pending, OnTrack, AtRisk, OffTrack, Achieved, Missed, Cancelled or Unknown; Why says why.
	Health string `json:"health"`
	Why    string `json:"why,omitempty"`
	// Progress and Expected are in whole percent; absent while they are not known.
	Progress *int32 `json:"progressPercent,omitempty"`
	Expected *int32 `json:"expectedPercent,omitempty"`
	// Score, 0.00 to 1.00, and Grade, Green, Amber or Red, are final; empty until then.
	Score string `json:"score,omitempty"`
	Grade string `json:"grade,omitempty"`
	// Outdated: it was edited since the controller looked at it last; the status is that of before.
	Outdated bool `json:"outdated,omitempty"`
	// Moved are its goalposts that were moved.
	Moved []Move `json:"moved,omitempty"`
	// Practice is what the rules of good practice say of it; empty if there is nothing to say.
	Practice string `json:"practice,omitempty"`
}

// Owner says who answers.
type Owner struct {
	Team    string `json:"team,omitempty"`
	Person  string `json:"person,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// Objective is an objective in the review.
type Objective struct {
	Goal
	// Depth in the cascade: 0 where it serves no other objective of the document.
	Depth    int    `json:"depth"`
	Level    string `json:"level,omitempty"`
	Ambition string `json:"ambition"`
	Period   string `json:"period"`
	// First and Last are its days, from the start of work.
	First string `json:"first,omitempty"`
	Last  string `json:"last,omitempty"`
	Over  bool   `json:"over"`
	State string `json:"state"`
	// Description and Rationale are Prose.
	Description string `json:"description,omitempty"`
	Rationale   string `json:"rationale,omitempty"`
	// Serves is its parent; ServesNote says why that is not known.
	Serves     *Named `json:"serves,omitempty"`
	ServesNote string `json:"servesNote,omitempty"`
	// ServedBy are the objectives that name it as their parent, by its consent.
	ServedBy   []Named     `json:"servedBy,omitempty"`
	KeyResults []KeyResult `json:"keyResults"`
	Impact     []Impact    `json:"kpiImpact,omitempty"`
	Actions    []Action    `json:"actions,omitempty"`
	CheckIns   []CheckIn   `json:"checkIns,omitempty"`
	// Review is what the team says; nil if it has said nothing.
	Review *Review `json:"review,omitempty"`
}

// KeyResult is a key result in the review.
type KeyResult struct {
	Goal
	Unit   string `json:"unit,omitempty"`
	Weight int32  `json:"weight"`
	// Baseline, Value and Target are as people read them: "800 ms", "520 ms", "300 ms".
	Baseline string `json:"baseline,omitempty"`
	Value    string `json:"value,omitempty"`
	Target   string `json:"target,omitempty"`
	Guard    string `json:"guard,omitempty"`
	Forecast string `json:"forecast,omitempty"`
	// Milestones are the steps of work that it is made of.
	Milestones []Action `json:"milestones,omitempty"`
	Trend      Trend    `json:"trend,omitzero"`
}

// Trend is a number over time.
type Trend struct {
	// Start and End are the time of the goal; zero for a KPI.
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
	// Points are the values that are known, the oldest first.
	Points []Point `json:"points,omitempty"`
	// Expected is the line that the number should follow.
	Expected []Point `json:"expected,omitempty"`
	// Target of a key result that should move there.
	Target *float64 `json:"target,omitempty"`
	// AtLeast and AtMost are the band that the number should stay in.
	AtLeast *float64 `json:"atLeast,omitempty"`
	AtMost  *float64 `json:"atMost,omitempty"`
}

// Point is a value at an instant.
type Point struct {
	Time  time.Time `json:"time"`
	Value float64   `json:"value"`
}

// Move is a goalpost that was moved after the start.
type Move struct {
	// Kind is Replanned, Target, Unexplained, Cancelled or Reopened.
	Kind string `json:"kind"`
	// Date of the decision, where it is known.
	Date string `json:"date,omitempty"`
	// From and To are what was promised and what is aimed at now, as people read them.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Reason that people gave, or what the rule says where they gave none.
	Reason string `json:"reason,omitempty"`
}

// Impact is what became of a KPI that an objective is meant to move.
type Impact struct {
	Named
	AtStart string `json:"atStart,omitempty"`
	// Now is its present value, while the objective is not over.
	Now    string `json:"now,omitempty"`
	AtEnd  string `json:"atEnd,omitempty"`
	Change string `json:"change,omitempty"`
	// Note says why something is not known.
	Note string `json:"note,omitempty"`
}

// Action is a piece of work, or a milestone.
type Action struct {
	Title  string `json:"title"`
	Owner  string `json:"owner,omitempty"`
	DueOn  string `json:"dueOn,omitempty"`
	DoneOn string `json:"doneOn,omitempty"`
	// URL is empty unless it is one of http or https.
	URL string `json:"url,omitempty"`
	// Done: its day has come. Late: it was due and is not done.
	Done bool `json:"done"`
	Late bool `json:"late,omitempty"`
}

// CheckIn is what a team said on a day.
type CheckIn struct {
	Date       string `json:"date"`
	Confidence *int32 `json:"confidence,omitempty"`
	// Change of the confidence against the check-in before.
	Change *int32 `json:"confidenceChange,omitempty"`
	// Note is Prose.
	Note       string            `json:"note,omitempty"`
	KeyResults []KeyResultSaying `json:"keyResults,omitempty"`
}

// KeyResultSaying is what a check-in says of a key result.
type KeyResultSaying struct {
	Name       string `json:"name"`
	Value      string `json:"value,omitempty"`
	Confidence *int32 `json:"confidence,omitempty"`
}

// Review is what people said when an objective was over.
type Review struct {
	// Outcome and Learned are Prose.
	Outcome string `json:"outcome,omitempty"`
	Learned string `json:"learned,omitempty"`
	// Score that the team gives itself. It stands beside the measured one, never in its place.
	Score string `json:"score,omitempty"`
}

// KPI is a number that is watched.
type KPI struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	Owner     Owner  `json:"owner,omitzero"`
	// Health is Healthy, Warning, Unhealthy or Unknown; Why says why.
	Health string `json:"health"`
	Why    string `json:"why,omitempty"`
	Value  string `json:"value,omitempty"`
	Target string `json:"target,omitempty"`
	// Change is against an earlier value: "↓ 3.8 % Improving".
	Change string `json:"change,omitempty"`
	// Need says why it needs an objective, or why none is asked for; empty if it is healthy.
	Need string `json:"need,omitempty"`
	// Objectives of the document that look after it, as namespace/name.
	Objectives []string `json:"objectives,omitempty"`
	Practice   string   `json:"practice,omitempty"`
	Trend      Trend    `json:"trend,omitzero"`
}

// Advice is a rule of good practice that goals break together.
type Advice struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	// Object is Kind namespace/name.
	Object  string `json:"object"`
	Message string `json:"message"`
	// Silenced is the reason given for not minding.
	Silenced string `json:"silenced,omitempty"`
}
