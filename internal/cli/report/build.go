package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
)

// Limits say what a document is about.
type Limits struct {
	// Namespace whose goals are reviewed; empty: those of all.
	Namespace string
	// Owner is a team, a person or a contact; empty: all.
	Owner string
	// Selector of labels.
	Selector command.Selector
	// Cycle is a label, or a period; empty: the one that most objectives of today are in.
	Cycle string
}

// admits reports whether a goal of a namespace, with labels and an owner, is within the limits.
func (l Limits) admits(namespace string, set map[string]string, owner *v1alpha1.Owner) bool {
	switch {
	case l.Namespace != "" && namespace != l.Namespace:
		return false
	case !l.Selector.Admits(set):
		return false
	default:
		return l.Owner == "" || goals.OwnedBy(owner, l.Owner) || strings.EqualFold(teamOf(owner, namespace), l.Owner)
	}
}

// objectives are those within the limits. It fails, saying why, if there are none.
func (l Limits) objectives(set *goals.Set) ([]*v1alpha1.Objective, error) {
	var found []*v1alpha1.Objective
	var teams []string
	here := 0
	for _, o := range set.Objectives {
		if l.Namespace == "" || o.Namespace == l.Namespace {
			here++
			teams = append(teams, teamOf(o.Spec.Owner, o.Namespace))
		}
		if l.admits(o.Namespace, o.Labels, o.Spec.Owner) {
			found = append(found, o)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	where := "in namespace " + l.Namespace
	if l.Namespace == "" {
		where = "in any namespace"
	}
	switch slices.Sort(teams); {
	case here == 0 && l.Namespace != "":
		return nil, fmt.Errorf("there are no objectives %s: name another one with -n, or read all of them with -A", where)
	case here == 0:
		return nil, errors.New("there are no objectives in this cluster")
	case l.Owner != "" && l.Selector.Labels == nil:
		return nil, fmt.Errorf("no objective %s is owned by %q; the teams are: %s", where, l.Owner, strings.Join(slices.Compact(teams), ", "))
	default:
		return nil, fmt.Errorf("none of the %d objectives %s has the labels %q (and the owner, if you named one)", here, where, l.Selector.Text)
	}
}

// known fails if nothing is within the limits: a team that is misspelt would look like one that is quiet.
func (l Limits) known(set *goals.Set) error {
	for _, k := range set.KPIs {
		if l.admits(k.Namespace, k.Labels, k.Spec.Owner) {
			return nil
		}
	}
	_, err := l.objectives(set)
	return err
}

// builder makes a document of a set.
type builder struct {
	relations
	limits Limits
	now    time.Time
	doc    *Document
	// members are the objectives of the document.
	members map[*v1alpha1.Objective]bool
}

// Build makes the review of a cycle. It fails if there is no such cycle, or nothing within the limits.
func Build(set *goals.Set, limits Limits, now time.Time) (*Document, error) {
	objectives, err := limits.objectives(set)
	if err != nil {
		return nil, err
	}
	c, err := choose(cyclesOf(objectives, now), limits.Cycle, now)
	if err != nil {
		return nil, err
	}
	b := &builder{
		relations: relations{set}, limits: limits, now: now, members: map[*v1alpha1.Objective]bool{},
		doc: &Document{
			Schema: Schema, Cycle: c.label, ReadAt: now.UTC().Truncate(time.Second), Namespace: limits.Namespace, Owner: line(limits.Owner),
			Selector: line(limits.Selector.Text), Objectives: []Objective{}, KPIs: []KPI{}, Unattended: []KPI{}, Advice: []Advice{}, NotRead: []string{},
		},
	}
	if c.ok {
		b.doc.First, b.doc.Last = c.first.String(), c.last.String()
	}
	for _, o := range c.objectives {
		b.members[o] = true
	}
	found := b.practice()
	for _, o := range b.cascade(c.objectives) {
		b.doc.Objectives = append(b.doc.Objectives, b.objective(o, found))
	}
	b.kpis()
	b.doc.Advice = append(b.doc.Advice, found.together(b)...)
	for _, what := range set.Withheld {
		b.doc.NotRead = append(b.doc.NotRead, line(what))
	}
	b.doc.Summary = summarize(b.doc.Objectives)
	return b.doc, nil
}

func summarize(objectives []Objective) Summary {
	var s Summary
	var hundredths int
	for i := range objectives {
		o := &objectives[i]
		s.Objectives.add(o.Health)
		s.moved(o.Moved)
		if n, ok := hundredthsOf(o.Score); ok {
			hundredths += n
			s.Scored++
		}
		if len(o.CheckIns) > 0 {
			s.CheckIns += len(o.CheckIns)
			s.CheckedIn++
		}
		if o.lacksReview() {
			s.ToReview++
		}
		for k := range o.KeyResults {
			s.KeyResults.add(o.KeyResults[k].Health)
			s.moved(o.KeyResults[k].Moved)
		}
	}
	if s.Scored > 0 {
		mean := hundredths / s.Scored
		s.MeanScore = fmt.Sprintf("%d.%02d", mean/100, mean%100)
	}
	return s
}

func (s *Summary) moved(moves []Move) {
	if len(moves) > 0 {
		s.Moved++
	}
}

// lacksReview reports whether people still have to say what came of it.
func (o *Objective) lacksReview() bool {
	return o.Over && o.Review == nil && o.State == string(v1alpha1.ObjectiveActive)
}

// hundredthsOf reads a score such as 0.78; false for anything else.
func hundredthsOf(score string) (int, bool) {
	var whole, part int
	if len(score) != len("0.00") {
		return 0, false
	}
	if n, err := fmt.Sscanf(score, "%1d.%2d", &whole, &part); n != 2 || err != nil {
		return 0, false
	}
	return 100*whole + part, true
}

func (c *Count) add(health string) {
	c.Total++
	switch v1alpha1.Health(health) {
	case v1alpha1.HealthAchieved:
		c.Achieved++
	case v1alpha1.HealthMissed:
		c.Missed++
	case v1alpha1.HealthOnTrack:
		c.OnTrack++
	case v1alpha1.HealthAtRisk:
		c.AtRisk++
	case v1alpha1.HealthOffTrack:
		c.OffTrack++
	case v1alpha1.HealthPending:
		c.Pending++
	case v1alpha1.HealthCancelled:
		c.Cancelled++
	default:
		c.Unknown++
	}
}
