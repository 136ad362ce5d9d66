package explain

import (
	"context"
	"time"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/sample"
)

// Explanation is how a goal came to its verdict.
type Explanation struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	// Time is the instant that it is explained at.
	Time time.Time `json:"time"`
	// Health, Reason and Message are the verdict, as it is computed now, or as the status says where that cannot be done.
	Health  string `json:"health"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Summary says it in plain words.
	Summary string `json:"summary"`
	// Sections are the steps, in the order of the arithmetic.
	Sections []Section `json:"sections"`
	// Next is when the verdict changes if nothing else does.
	Next *Change `json:"next,omitempty"`
	// Written compares with the status on the server.
	Written Written `json:"written"`
	// Withheld are what would decide and may not be read.
	Withheld []string `json:"withheld,omitempty"`
	// zone is where its days begin and end.
	zone *time.Location
}

// Computed reports whether the explanation is computed: otherwise it repeats what the status on the server says.
func (e Explanation) Computed() bool { return e.Written.Same || e.Written.Change != "" }

// Section is one part of the way to the verdict.
type Section struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Steps []Step `json:"steps"`
}

// Step is one step with its numbers.
type Step struct {
	// Name is the same whatever the text says.
	Name string `json:"name"`
	Text string `json:"text"`
	// Value is the number that comes of it, in Unit, where it is one.
	Value *float64 `json:"value,omitempty"`
	Unit  string   `json:"unit,omitempty"`
	// Time is the instant that it is about, where it is about one.
	Time *time.Time `json:"time,omitempty"`
	// Columns and Rows are a table below the text.
	Columns []string   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"`
	// verbatim is not wrapped between words: a query.
	verbatim bool
}

// Options say what the controller was started with.
type Options struct {
	Now   time.Time
	Grace time.Duration
}

// Of explains a goal of a set.
func Of(ctx context.Context, set *goals.Set, kind, namespace, called string, options Options) (Explanation, error) {
	e := Explanation{Kind: kind, Namespace: namespace, Name: called, Time: options.Now.UTC().Truncate(time.Second)}
	x := &explaining{Explanation: &e, ctx: ctx, set: set, reader: newReader(set), now: e.Time, grace: options.Grace}
	var err error
	switch kind {
	case kindObjective:
		if o := set.Objective(namespace, called); o != nil {
			err = x.objective(o)
			return e, err
		}
	case kindKeyResult:
		if kr := set.KeyResult(namespace, called); kr != nil {
			err = x.keyResult(kr)
			return e, err
		}
	case kindKPI:
		if k := set.KPI(namespace, called); k != nil {
			err = x.kpi(k)
			return e, err
		}
	}
	return e, notThere(set, command.Name{Kind: kind, Namespace: namespace, Name: called})
}

// explaining is one explanation under way.
type explaining struct {
	*Explanation
	ctx    context.Context
	set    *goals.Set
	reader *reader
	now    time.Time
	grace  time.Duration
}

// none are the samples of one who asks nobody: the evaluation goes by what the status remembers, as it does when the
// controller has just been started.
func none(sample.Question) (sample.Held, bool) { return sample.Held{}, false }
