package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// member is a key result as its objective sees it, or a child as its parent does: by what it has published.
type member struct {
	// name of it, with its namespace in front where that is another one.
	name string
	// weight of it; for a child, times its days inside the parent's time.
	weight int32
	// days are those; 0 of a key result.
	days    int
	created time.Time
	// health is Unknown for one that was never visited.
	health             v1alpha1.Health
	progress, expected *int32
	measured           bool
	final              *v1alpha1.Final
	conditions         []metav1.Condition
}

func (m *member) published(health v1alpha1.Health, observed int64) {
	m.health = health
	if health == "" || observed < 0 {
		m.health = v1alpha1.HealthUnknown
	}
}

// byName are key results in the order of their names.
func byName(all []*v1alpha1.KeyResult) []*v1alpha1.KeyResult {
	return slices.SortedFunc(slices.Values(all), func(a, b *v1alpha1.KeyResult) int { return strings.Compare(a.Name, b.Name) })
}

// activeKeyResults are the key results that count: active, of a weight above 0, by name.
func activeKeyResults(all []*v1alpha1.KeyResult) []member {
	members := make([]member, 0, len(all))
	for _, kr := range byName(all) {
		given := kr.Spec.State == v1alpha1.KeyResultCancelled && kr.Status.Final == nil // a known score is not cancelled away
		if given || orOne(kr.Spec.Weight) <= 0 {
			continue
		}
		s := &kr.Status
		m := member{
			name: kr.Name, weight: orOne(kr.Spec.Weight), created: kr.CreationTimestamp.Time,
			progress: s.ProgressPercent, expected: s.ExpectedPercent, measured: s.ProgressPercent != nil || s.Measurement != nil,
			final: s.Final, conditions: s.Conditions,
		}
		m.published(s.Health, s.ObservedGeneration)
		members = append(members, m)
	}
	return members
}

func orOne(weight *int32) int32 {
	if weight == nil {
		return 1
	}
	return *weight
}

// children are an objective's children: those that count, and the names of those that do not although their weight
// says so.
type children struct {
	members []member
	// drafts are not decided yet; outside are those that end after the parent, or before it begins.
	drafts, outside []string
	// last is the last day of the last of the members.
	last okr.Date
}

// maxDays is how many days of a child count at most: times the largest weight it is a number of the API.
const maxDays = math.MaxInt32 / 1000

// activeChildren are the children that count: active, of a weight above 0, with days inside the parent's own time and
// none after it. Days are civil ones, in whatever zones.
func activeChildren(parent *v1alpha1.Objective, all []*v1alpha1.Objective) children {
	var c children
	whole, known := ownDays(parent)
	for _, child := range all {
		weight, name := orOne(child.Spec.ParentRef.Weight), nameFrom(parent.Namespace, child.Namespace, child.Name)
		if weight <= 0 || child.Spec.State == v1alpha1.ObjectiveCancelled && child.Status.Final == nil {
			continue
		}
		if child.Spec.State == v1alpha1.ObjectiveDraft && child.Status.Final == nil {
			c.drafts = append(c.drafts, name)
			continue
		}
		own, read := ownDays(child)
		days := min(own.Overlap(whole), maxDays)
		if !known || !read || days == 0 || whole.Last.Before(own.Last) {
			c.outside = append(c.outside, name)
			continue
		}
		if c.last.Before(own.Last) {
			c.last = own.Last
		}
		s := &child.Status
		m := member{
			name: name, weight: weight * int32(days), days: days, created: child.CreationTimestamp.Time,
			progress: s.ProgressPercent, expected: s.ExpectedPercent, measured: s.ProgressPercent != nil,
			final: s.Final, conditions: s.Conditions,
		}
		m.published(s.Health, s.ObservedGeneration)
		c.members = append(c.members, m)
	}
	slices.SortFunc(c.members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	slices.Sort(c.drafts)
	slices.Sort(c.outside)
	return c
}

// ownDays are the civil days of an objective's own time; false if its period cannot be read. A start that is outside
// the period stalls the objective itself: it counts with its whole period.
func ownDays(o *v1alpha1.Objective) (okr.Period, bool) {
	days, err := okr.ParsePeriod(string(o.Spec.Period))
	if err != nil {
		return okr.Period{}, false
	}
	if start, err := okr.ParseDate(o.Spec.StartOn.String()); err == nil && days.Contains(start) {
		days.First = start
	}
	return days, true
}

// rollsUpChildren reports whether progress is made of children: where that is said, or where there is nothing else.
func (o *objective) rollsUpChildren() bool {
	switch o.in.Objective.Spec.RollUp {
	case v1alpha1.RollUpChildren:
		return true
	case v1alpha1.RollUpKeyResults:
		return false
	default:
		return len(o.members) == 0 && len(o.in.Children) > 0
	}
}

// maxNamed is how many members of a cycle are named.
const maxNamed = 10

// cycle is the problem of a parentRef that leads back to the objective itself; nil if it does not. All members of a
// cycle say the same, beginning with the first name.
func (o *objective) cycle() *problem {
	if o.in.TooDeep {
		return stalled(v1alpha1.ReasonReferenceCycle,
			"spec.parentRef: there are more levels above this objective than are followed, or a cycle: name a parent that is nearer to the top")
	}
	if len(o.in.Cycle) == 0 {
		return nil
	}
	first := 0
	for i, name := range o.in.Cycle {
		if name < o.in.Cycle[first] {
			first = i
		}
	}
	names := append(slices.Clone(o.in.Cycle[first:]), o.in.Cycle[:first]...)
	names = append(names, names[0])
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed-1], fmt.Sprintf("(%d more)", more), names[0])
	}
	return stalled(v1alpha1.ReasonReferenceCycle,
		"spec.parentRef leads back to where it began: "+strings.Join(names, " → ")+": name another parent in one of them, or none")
}

// aside says in words what else belongs to a verdict on children.
func (o *objective) aside() string {
	var b strings.Builder
	if o.plan.Open > 0 {
		b.WriteString("; nothing is planned after " + o.children.last.String())
	}
	if len(o.children.drafts) > 0 {
		b.WriteString("; drafts, which do not count: " + enumerate(o.children.drafts))
	}
	if len(o.children.outside) > 0 {
		b.WriteString("; left out, for they end after this objective or before it begins: " + enumerate(o.children.outside))
	}
	return b.String()
}
