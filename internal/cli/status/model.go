package status

import (
	"time"

	"okr.dev/controller/internal/okr"
)

// Objective is how one objective stands: what is drawn, and what -o json prints. Fields are added, never renamed.
type Objective struct {
	// Kind is ObjectiveStatus.
	Kind string `json:"kind"`
	// AsOf is when it was read.
	AsOf      time.Time `json:"asOf"`
	Namespace string    `json:"namespace"`
	Name      string    `json:"name"`
	Title     string    `json:"title"`
	Owner     Owner     `json:"owner,omitzero"`
	Level     string    `json:"level,omitempty"`
	Ambition  string    `json:"ambition"`
	State     string    `json:"state"`
	Time      Time      `json:"time"`
	Verdict   Verdict   `json:"verdict"`
	// Next is what comes next, the most urgent first.
	Next       []Step      `json:"next"`
	KeyResults []KeyResult `json:"keyResults"`
	// KPIs are those that it names, and those that its key results are measured by.
	KPIs     []KPI      `json:"kpis"`
	Parent   *Relative  `json:"parent,omitempty"`
	Children []Relative `json:"children"`
	Actions  Actions    `json:"actions"`
	CheckIns CheckIns   `json:"checkIns"`
	// Result is there once the objective is over.
	Result    *Result    `json:"result,omitempty"`
	Goalposts []Goalpost `json:"goalposts"`
	Advice    []Advice   `json:"advice"`
	// NotKnown is what could not be read, or does not say what it should, in sentences.
	NotKnown []string `json:"notKnown"`
}

// Owner is who answers for a goal.
type Owner struct {
	Team    string `json:"team,omitempty"`
	Person  string `json:"person,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// Time is a goal's own time in civil days of its zone; both ends are part of it.
type Time struct {
	Period   string `json:"period"`
	Cycle    string `json:"cycle,omitempty"`
	TimeZone string `json:"timeZone"`
	// From and To are the first and the last day; empty where the period or the zone cannot be read.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Phase is Before, Running or Over; empty where the days are not known.
	Phase Phase `json:"phase,omitempty"`
	// DaysLeft is how many days follow today, 0 on the last. Absent unless it is running.
	DaysLeft *int `json:"daysLeft,omitempty"`

	days okr.Period
	zone *time.Location
}

// Phase is where in its time a goal is.
type Phase string

// The phases.
const (
	Before  Phase = "Before"
	Running Phase = "Running"
	Over    Phase = "Over"
)

// Verdict is a health with its reasons.
type Verdict struct {
	// Health is that of the status; Unknown where the controller has not written one.
	Health string `json:"health"`
	// Reason is that of the condition, such as MembersBehind.
	Reason string `json:"reason,omitempty"`
	// Because is the reason in words, such as "key results are behind".
	Because string `json:"because,omitempty"`
	// Message is that of the condition.
	Message string `json:"message,omitempty"`
	// Since is when the condition last turned; nil where it is not known.
	Since *time.Time `json:"since,omitempty"`
	// ProgressPercent and ExpectedPercent are absent where they are not known.
	ProgressPercent *int32 `json:"progressPercent,omitempty"`
	ExpectedPercent *int32 `json:"expectedPercent,omitempty"`
}

// Step is something that comes next.
type Step struct {
	// When is Now (somebody should do something), Due (by a day) or Later (it comes by itself).
	When Urgency `json:"when"`
	// On is the day; absent where there is none.
	On string `json:"on,omitempty"`
	// What is a plain sentence.
	What string `json:"what"`
}

// Urgency says who must move for a step, and when.
type Urgency string

// The urgencies.
const (
	Now   Urgency = "Now"
	Due   Urgency = "Due"
	Later Urgency = "Later"
)

// KeyResult is how a key result stands.
type KeyResult struct {
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Verdict Verdict `json:"verdict"`
	// Weight in the objective; 0: shown, not counted.
	Weight int32  `json:"weight"`
	Value  string `json:"value,omitempty"`
	Target string `json:"target,omitempty"`
	// OriginalTarget is what was promised, where that is something else.
	OriginalTarget string `json:"originalTarget,omitempty"`
	Guard          string `json:"guard,omitempty"`
	// Forecast is where a straight line leads; absent where there is none.
	Forecast *Forecast `json:"forecast,omitempty"`
	// NotMeasured says why no fresh value is held; absent where one is.
	NotMeasured *NotMeasured `json:"notMeasured,omitempty"`
	// Score and Grade once it is over.
	Score string `json:"score,omitempty"`
	Grade string `json:"grade,omitempty"`

	history []float64
}

// NotMeasured is why no fresh value is held.
type NotMeasured struct {
	// Reason is that of the condition Measured, Because the same in words, Message its message.
	Reason  string `json:"reason"`
	Because string `json:"because"`
	Message string `json:"message"`
}

// Forecast is where a straight line through the present value leads.
type Forecast struct {
	// Value at the end as people read it.
	Value           string `json:"value"`
	ProgressPercent *int64 `json:"progressPercent,omitempty"`
	// ReachesTargetOn is the day; absent: never, or far beyond the end.
	ReachesTargetOn string `json:"reachesTargetOn,omitempty"`
	// DaysLate is how many days after the end that is; 0 or less: in time. Absent without the day.
	DaysLate *int `json:"daysLate,omitempty"`
}

// KPI is how a KPI stands that an objective is to move.
type KPI struct {
	// Name has the namespace in front where that is another one.
	Name   string `json:"name"`
	Title  string `json:"title,omitempty"`
	Health string `json:"health,omitempty"`
	Value  string `json:"value,omitempty"`
	Target string `json:"target,omitempty"`
	Trend  string `json:"trend,omitempty"`
	// AtStart, AtEnd and Change are how it moved in the objective's time.
	AtStart string `json:"atStart,omitempty"`
	AtEnd   string `json:"atEnd,omitempty"`
	Change  string `json:"change,omitempty"`
	// MeasuredBy are the key results that take their value from it.
	Measures []string `json:"measures,omitempty"`
	// NotMeasured says why the value is not fresh; absent where it is.
	NotMeasured *NotMeasured `json:"notMeasured,omitempty"`
	// Lost says why nothing is known of it; empty where something is.
	Lost string `json:"lost,omitempty"`
	// Message is that of the condition Healthy.
	Message string `json:"message,omitempty"`
}

// Relative is a parent or a child.
type Relative struct {
	// Name has the namespace in front where that is another one.
	Name    string  `json:"name"`
	Title   string  `json:"title,omitempty"`
	Verdict Verdict `json:"verdict,omitzero"`
	// Lost says why nothing is known of it; empty where something is.
	Lost string `json:"lost,omitempty"`
}

// Actions are what the team does.
type Actions struct {
	Total int `json:"total"`
	Done  int `json:"done"`
	// Open are those that are not done: first what is overdue, then by the day on which they are due.
	Open []Action `json:"open"`
}

// Action is one that is not done.
type Action struct {
	Title   string `json:"title"`
	Owner   string `json:"owner,omitempty"`
	DueOn   string `json:"dueOn,omitempty"`
	Overdue bool   `json:"overdue,omitempty"`
}

// CheckIns are what the team said.
type CheckIns struct {
	// Count is how many there are that count already.
	Count int `json:"count"`
	// Last is the newest of them.
	Last *CheckIn `json:"last,omitempty"`
	// Confidences are those of the objective, the oldest first.
	Confidences []int32 `json:"confidences,omitempty"`
	// DueOn is the last day for the next one; absent where none is missed.
	DueOn   string `json:"dueOn,omitempty"`
	Overdue bool   `json:"overdue,omitempty"`
}

// CheckIn is what the team said on a day.
type CheckIn struct {
	Date       string `json:"date"`
	Confidence *int32 `json:"confidence,omitempty"`
	Note       string `json:"note,omitempty"`
}

// Result is what came of an objective that is over.
type Result struct {
	// Score between 0.00 and 1.00, and Grade; absent while there is no final.
	Score string `json:"score,omitempty"`
	Grade string `json:"grade,omitempty"`
	// PassesAt is the score at which it would be Achieved.
	PassesAt string `json:"passesAt"`
	// OwnScore, Outcome and Learned are the team's own words.
	OwnScore string `json:"ownScore,omitempty"`
	Outcome  string `json:"outcome,omitempty"`
	Learned  string `json:"learned,omitempty"`
}

// Goalpost is a target that was moved, or a result that was edited after the end.
type Goalpost struct {
	// KeyResult that was moved; empty where it is the objective itself.
	KeyResult string `json:"keyResult,omitempty"`
	What      string `json:"what"`
	// On and Why are what the team wrote; empty where it wrote nothing.
	On  string `json:"on,omitempty"`
	Why string `json:"why,omitempty"`
}

// Advice is what the rules of good practice say.
type Advice struct {
	// Object is the key result; empty where it is the objective itself.
	Object string `json:"object,omitempty"`
	Text   string `json:"text"`
	// WellFormed is false where a rule is broken, true where it is advice, or silenced.
	WellFormed bool `json:"wellFormed"`
}
