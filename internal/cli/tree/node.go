package tree

import (
	"cmp"
	"slices"

	"okr.dev/controller/internal/okr"
)

// Node is an objective, a KPI or a key result in a tree. Its fields are what -o json prints.
type Node struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	// Selected says that it was asked for: the others stand above or below one that was.
	Selected bool   `json:"selected,omitempty"`
	Level    string `json:"level,omitempty"`
	Owner    string `json:"owner,omitempty"`
	Period   string `json:"period,omitempty"`
	Cycle    string `json:"cycle,omitempty"`
	// Health is a verdict of the API, or NotEvaluated where the controller has not looked yet.
	Health string `json:"health"`
	// Outdated says that it was edited since the controller looked at it last: what is shown is of before.
	Outdated bool `json:"outdated,omitempty"`
	// Progress and Expected are in percent; nil where they are not known.
	Progress *int32 `json:"progressPercent,omitempty"`
	Expected *int32 `json:"expectedPercent,omitempty"`
	// Value, Target and Trend are of KPIs and key results, as people read them.
	Value  string `json:"value,omitempty"`
	Target string `json:"target,omitempty"`
	Trend  string `json:"trend,omitempty"`
	// Need is True, False or Unknown: whether a KPI needs an objective. Objectives is how many look after it.
	Need       string `json:"needsObjective,omitempty"`
	Objectives *int32 `json:"objectives,omitempty"`
	// Ring are the members of the cycle of parents that it is on, from child to parent, as namespace/name.
	Ring []string `json:"parentCycle,omitempty"`
	// Parent is what it names as its parent where that is not drawn above it, and why not.
	Parent *Elsewhere `json:"parentNotShown,omitempty"`
	// Deeper counts what stands below it and is not drawn: no more than so many levels are.
	Deeper     int     `json:"deeper,omitempty"`
	KeyResults []*Node `json:"keyResults,omitempty"`
	Children   []*Node `json:"children,omitempty"`

	period okr.Period
	above  *Node
}

// Elsewhere is a parent that is not drawn.
type Elsewhere struct {
	Name   string `json:"name"`
	Reason string `json:"reason"` // Missing, Refused or Withheld
}

// NotEvaluated is the health of what the controller has not looked at yet.
const NotEvaluated = "NotEvaluated"

// outdated reports whether an object was edited since it was looked at. What was never looked at has nothing that could be old.
func outdated(health string, generation, observed int64) bool {
	return health != "" && observed < generation
}

// inOrder sorts nodes by when their period begins, the longer first, then by namespace and name. What has no period that can
// be read comes last.
func inOrder(nodes []*Node) { slices.SortFunc(nodes, compare) }

func compare(a, b *Node) int {
	return cmp.Or(
		comparePeriods(a.period, b.period),
		cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
}

func comparePeriods(a, b okr.Period) int {
	none := okr.Period{}
	switch {
	case a == b:
		return 0
	case a == none:
		return 1
	case b == none:
		return -1
	case a.First != b.First:
		return before(a.First, b.First)
	default:
		return before(b.Last, a.Last)
	}
}

// before is -1 if day a comes first, else 1: they are not the same.
func before(a, b okr.Date) int {
	if a.Before(b) {
		return -1
	}
	return 1
}
