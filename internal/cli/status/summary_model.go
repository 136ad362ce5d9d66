package status

import "time"

// Summary is how the goals of the present cycle stand: what is drawn, and what -o json prints. Fields are added, never
// renamed.
type Summary struct {
	// Kind is StatusSummary.
	Kind string    `json:"kind"`
	AsOf time.Time `json:"asOf"`
	// Namespace; empty: all.
	Namespace string `json:"namespace,omitempty"`
	// Selector is that of -l; empty: everything.
	Selector string `json:"selector,omitempty"`
	// Counts and KPICounts count by health, from the worst to the best.
	Counts    []Count `json:"counts"`
	KPICounts []Count `json:"kpiCounts"`
	// Attention is what needs somebody, the most urgent first.
	Attention []Attention `json:"attention"`
	// Changes are verdicts that changed within the last week, the newest first.
	Changes []Turn `json:"changes"`
	// New counts what was judged for the first time within the last week.
	New New `json:"new"`
	// Objectives are those of the present cycle.
	Objectives []Row `json:"objectives"`
	// Elsewhere counts the objectives that are not shown.
	Elsewhere Elsewhere `json:"elsewhere"`
	// NotKnown is what could not be read.
	NotKnown []string `json:"notKnown"`
	// Missing says that the namespace itself is not there.
	Missing bool `json:"namespaceMissing,omitempty"`
}

// Count is how many have a health.
type Count struct {
	Health string `json:"health"`
	Count  int    `json:"count"`
}

// Attention is an objective or a KPI that needs somebody.
type Attention struct {
	// Why is the most urgent of its problems.
	Why       Concern `json:"why"`
	Kind      string  `json:"kind"`
	Namespace string  `json:"namespace"`
	Name      string  `json:"name"`
	Health    string  `json:"health"`
	// What are sentences, the most urgent first.
	What []string `json:"what"`
}

// Concern is why something needs somebody.
type Concern string

// The concerns, the most urgent first.
const (
	OffTrack       Concern = "OffTrack"
	NotJudged      Concern = "Unknown"
	AtRisk         Concern = "AtRisk"
	CheckInOverdue Concern = "CheckInOverdue"
	NeedsObjective Concern = "NeedsObjective"
	NoReview       Concern = "NoReview"
)

var concerns = []Concern{OffTrack, NotJudged, AtRisk, CheckInOverdue, NeedsObjective, NoReview}

// Turn is a verdict that changed.
type Turn struct {
	Time      time.Time `json:"time"`
	Kind      string    `json:"kind"`
	Namespace string    `json:"namespace"`
	Name      string    `json:"name"`
	// Health is what it is now.
	Health  string `json:"health"`
	Because string `json:"because,omitempty"`
	Message string `json:"message,omitempty"`
}

// New counts what is new.
type New struct {
	Objectives int `json:"objectives"`
	KeyResults int `json:"keyResults"`
	KPIs       int `json:"kpis"`
}

// Row is an objective in the table.
type Row struct {
	Namespace string  `json:"namespace"`
	Name      string  `json:"name"`
	Title     string  `json:"title"`
	Owner     Owner   `json:"owner,omitzero"`
	Time      Time    `json:"time"`
	Verdict   Verdict `json:"verdict"`
	// KeyResults counts them by health, from the worst to the best.
	KeyResults []Count `json:"keyResults"`
	// CheckInDueOn is the last day for the next check-in; absent where none is missed.
	CheckInDueOn   string `json:"checkInDueOn,omitempty"`
	CheckInOverdue bool   `json:"checkInOverdue,omitempty"`
	Score          string `json:"score,omitempty"`
	Grade          string `json:"grade,omitempty"`
}

// Elsewhere counts the objectives of other cycles.
type Elsewhere struct {
	// Before their period, and over: reviewed, or for longer than a month.
	Before int `json:"before"`
	Over   int `json:"over"`
	// NextBegins is the first day of the first that is to come.
	NextBegins string `json:"nextBegins,omitempty"`
}
