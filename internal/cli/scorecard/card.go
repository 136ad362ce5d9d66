package scorecard

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/okr"
)

// Standing is what a KPI asks of people: the first comes first.
type Standing string

// The standings, in order. A KPI has one of them.
const (
	NeedsObjective Standing = "NeedsObjective"
	Unhealthy      Standing = "Unhealthy" // and looked after, or accepted, or not for long
	Warning        Standing = "Warning"
	Unknown        Standing = "Unknown"
	Healthy        Standing = "Healthy"
)

var standings = []Standing{NeedsObjective, Unhealthy, Warning, Unknown, Healthy}

// Card is one KPI of a scorecard. Its fields are what -o json prints.
type Card struct {
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Level     string   `json:"level,omitempty"`
	Owner     string   `json:"owner,omitempty"`
	Standing  Standing `json:"standing"`
	Health    string   `json:"health"`
	// Outdated says that it was edited since the controller looked at it last: what is shown is of before.
	Outdated bool `json:"outdated,omitempty"`
	// Message says in words why health is what it is.
	Message string `json:"message"`
	// Value is the last good value. Measured is True while it is fresh; where it is not, MeasuredAt says how old it is.
	Value      string       `json:"value,omitempty"`
	Measured   string       `json:"measured"`
	MeasuredAt *metav1.Time `json:"measuredAt,omitempty"`
	// Target is the band, and Stretch what is aspired to beyond it.
	Target  string                  `json:"target,omitempty"`
	Stretch *Stretch                `json:"stretch,omitempty"`
	Trend   *v1alpha1.Trend         `json:"trend,omitempty"`
	History []v1alpha1.HistoryPoint `json:"history,omitempty"`
	// Aligned and Need are True, False or Unknown: whether an objective looks after it, and whether it needs one.
	Aligned string `json:"aligned"`
	Need    string `json:"needsObjective"`
	// UnhealthySince is present where that is what it needs one for.
	UnhealthySince *metav1.Time `json:"unhealthySince,omitempty"`
	// NeedReason says why, in words.
	NeedReason string `json:"needReason,omitempty"`
	// Accepted is until when, and why, people live with it.
	Accepted *v1alpha1.Acceptance `json:"accepted,omitempty"`
	// Objectives look after it: up to 10, as namespace/name. ObjectiveCount is how many do.
	Objectives     []string `json:"objectives"`
	ObjectiveCount int      `json:"objectiveCount"`
}

// Stretch is an ambition beyond the band.
type Stretch struct {
	Target string `json:"target"`
	// Reached is nil where it is not known.
	Reached *bool `json:"reached,omitempty"`
}

// Scorecard is a number of KPIs, those that ask most of people first.
type Scorecard struct {
	Total  int              `json:"total"`
	Counts map[Standing]int `json:"counts"`
	Cards  []Card           `json:"items"`
	// Withheld is what may not be read, where it may decide what is on the scorecard.
	Withheld []string `json:"withheld,omitempty"`
}

// Filter says which KPIs are on a scorecard. What is empty does not limit.
type Filter struct {
	Namespace string
	Level     string
	// Owner is a team, a person or a contact; upper and lower case are the same.
	Owner string
	// Cycle is the spec.cycle, or the period, of objectives that look after a KPI.
	Cycle  string
	Labels labels.Selector
}

// New makes the scorecard of the KPIs that a filter leaves.
func New(set *goals.Set, filter Filter) Scorecard {
	s := Scorecard{Counts: map[Standing]int{}, Cards: []Card{}}
	for _, standing := range standings {
		s.Counts[standing] = 0
	}
	cared := map[string]bool{}
	if filter.Cycle != "" {
		cared = inCycle(set, filter.Cycle)
		s.Withheld = set.Withheld
	}
	for _, kpi := range set.KPIs {
		if !filter.admits(kpi) || filter.Cycle != "" && !cared[kpi.Namespace+"/"+kpi.Name] {
			continue
		}
		card := newCard(kpi)
		s.Cards = append(s.Cards, card)
		s.Counts[card.Standing]++
		s.Total++
	}
	slices.SortStableFunc(s.Cards, func(a, b Card) int {
		return cmp.Compare(slices.Index(standings, a.Standing), slices.Index(standings, b.Standing))
	})
	return s
}

func (f Filter) admits(k *v1alpha1.KPI) bool {
	return (f.Namespace == "" || k.Namespace == f.Namespace) && (f.Level == "" || string(k.Spec.Level) == f.Level) &&
		(f.Labels == nil || f.Labels.Matches(labels.Set(k.Labels))) && (f.Owner == "" || goals.OwnedBy(k.Spec.Owner, f.Owner))
}

// inCycle are the KPIs, as namespace/name, that objectives of a cycle name, or have a key result measured by.
func inCycle(set *goals.Set, cycle string) map[string]bool {
	cared := map[string]bool{}
	for _, o := range set.Objectives {
		if !goals.InCycle(o, cycle) {
			continue
		}
		for _, ref := range o.Spec.KPIRefs {
			if kpi, _ := set.Named(o, ref); kpi != nil {
				cared[kpi.Namespace+"/"+kpi.Name] = true
			}
		}
		for _, kr := range set.KeyResultsOf(o) {
			if kpi, _ := set.MeasuredBy(kr); kpi != nil && kr.Spec.State != v1alpha1.KeyResultCancelled {
				cared[kpi.Namespace+"/"+kpi.Name] = true
			}
		}
	}
	return cared
}

// cycles are those that the objectives of a set have: spec.cycle, else the period.
func cycles(set *goals.Set) []string {
	var all []string
	for _, o := range set.Objectives {
		all = append(all, goals.CycleOf(o))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func newCard(k *v1alpha1.KPI) Card {
	c := Card{
		Namespace: k.Namespace, Name: k.Name, Title: k.Spec.Title, Level: string(k.Spec.Level), Owner: owner(k.Spec.Owner),
		Health: cmp.Or(string(k.Status.Health), string(Unknown)), Message: "the controller has not evaluated it yet",
		Value: k.Status.Value, Trend: k.Status.Trend, History: k.Status.History,
		Measured: string(okr.Neither), Aligned: string(okr.Neither), Need: string(okr.Neither), Objectives: []string{},
	}
	c.Outdated = k.Status.Health != "" && k.Status.ObservedGeneration < k.Generation
	c.Target, _, _ = strings.Cut(k.Status.Target, " (stretch ")
	if m := k.Status.Measurement; m != nil {
		c.MeasuredAt = &m.Time
	}
	if condition := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.HealthyCondition); condition != nil {
		c.Message = condition.Message
	}
	if condition := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.MeasuredCondition); condition != nil {
		c.Measured = string(condition.Status)
	}
	if condition := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.AlignedCondition); condition != nil {
		c.Aligned = string(condition.Status)
	}
	if condition := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.NeedsObjectiveCondition); condition != nil {
		c.Need, c.NeedReason = string(condition.Status), condition.Message
		if frozen := k.Status.Frozen; condition.Reason == v1alpha1.ReasonUnhealthy && frozen != nil {
			c.UnhealthySince = frozen.UnhealthySince
		}
		if condition.Reason == v1alpha1.ReasonAccepted {
			c.Accepted = k.Spec.Accepted
		}
	}
	if aligned := k.Status.AlignedObjectives; aligned != nil {
		c.Objectives = append(c.Objectives, aligned.Names...)
		c.ObjectiveCount = len(aligned.Names)
		if aligned.Count != nil {
			c.ObjectiveCount = int(*aligned.Count)
		}
	}
	c.Stretch = stretchOf(k)
	c.Standing = c.standing()
	return c
}

func (c Card) standing() Standing {
	if c.Need == string(okr.True) {
		return NeedsObjective
	}
	switch v1alpha1.KPIHealth(c.Health) {
	case v1alpha1.KPIUnhealthy:
		return Unhealthy
	case v1alpha1.KPIWarning:
		return Warning
	case v1alpha1.KPIHealthy:
		return Healthy
	default:
		return Unknown
	}
}

// stretchOf is what a KPI aspires to, and whether the number is there; nil if it aspires to nothing.
func stretchOf(k *v1alpha1.KPI) *Stretch {
	if k.Spec.StretchTarget == nil || k.Spec.Target == nil {
		return nil
	}
	s := &Stretch{Target: strings.TrimSpace(string(*k.Spec.StretchTarget) + " " + k.Spec.Unit)}
	if m := k.Status.Measurement; m != nil && meta.IsStatusConditionTrue(k.Status.Conditions, v1alpha1.MeasuredCondition) {
		if v, err := strconv.ParseFloat(m.Value, 64); err == nil {
			reached := !band(k.Spec.Target).Short(v, k.Spec.StretchTarget.Float64())
			s.Reached = &reached
		}
	}
	return s
}

func band(b *v1alpha1.Band) okr.Band {
	var result okr.Band
	if b.AtLeast != nil {
		v := b.AtLeast.Float64()
		result.AtLeast = &v
	}
	if b.AtMost != nil {
		v := b.AtMost.Float64()
		result.AtMost = &v
	}
	return result
}

// owner is who answers for something, as it is shown: the team, else the person, else where to reach them.
func owner(o *v1alpha1.Owner) string {
	if o == nil {
		return ""
	}
	return cmp.Or(o.Team, o.Person, o.Contact)
}

// line are the values of a history for a line of at most so many characters: each the mean of as many neighbours as it takes.
// A value that is no number is a gap.
func line(history []v1alpha1.HistoryPoint, most int) []float64 {
	each := max(1, (len(history)+most-1)/most)
	var values []float64
	for points := range slices.Chunk(history, each) {
		sum, count := 0.0, 0
		for _, p := range points {
			if v, err := strconv.ParseFloat(p.Value, 64); err == nil && v-v == 0 {
				sum, count = sum+v, count+1
			}
		}
		mean := math.NaN()
		if count > 0 {
			mean = sum / float64(count)
		}
		values = append(values, mean)
	}
	return values
}
