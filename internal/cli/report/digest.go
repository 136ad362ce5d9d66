package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
)

// DigestSchema names the structure of the JSON that digest writes.
const DigestSchema = "goals.okr.dev/digest/v1"

// Digest is what changed lately, by team.
type Digest struct {
	Schema string `json:"schema"`
	// From and To are the time that is looked back on. The time ahead is as long: up to Until.
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Until time.Time `json:"until"`
	// Namespace, Owner and Selector say what the digest is limited to.
	Namespace string `json:"namespace,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Selector  string `json:"selector,omitempty"`
	// Teams are those that there is something to say of; Quiet are the others.
	Teams []TeamDigest `json:"teams"`
	Quiet []string     `json:"quiet"`
	// NotRead says what the reader may not see.
	NotRead []string `json:"notRead"`
}

// TeamDigest is what there is to say of one team's goals.
type TeamDigest struct {
	Team string `json:"team"`
	// Objectives counts those whose time is now.
	Objectives Count `json:"objectives"`
	// Changed, Late, Said and Coming are sorted: what is worst, or first, comes first.
	Changed []Entry `json:"changed"`
	Late    []Entry `json:"late"`
	Said    []Entry `json:"said"`
	Coming  []Entry `json:"coming"`
}

// Entry is one thing to say about an object.
type Entry struct {
	// Date is its day: 2026-11-24. Empty where it has none.
	Date      string `json:"date,omitempty"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	// Health is its present one.
	Health string `json:"health,omitempty"`
	Text   string `json:"text"`
}

// digester makes a digest.
type digester struct {
	relations
	limits          Limits
	from, to, until time.Time
	teams           map[string]*TeamDigest
}

// BuildDigest looks back from now, and ahead as far.
func BuildDigest(set *goals.Set, limits Limits, from, now time.Time) *Digest {
	g := &digester{
		relations: relations{set}, limits: limits, from: from, to: now, until: now.Add(now.Sub(from)), teams: map[string]*TeamDigest{},
	}
	for _, o := range set.Objectives {
		if limits.admits(o.Namespace, o.Labels, o.Spec.Owner) {
			g.objective(o)
		}
	}
	for _, k := range set.KPIs {
		if limits.admits(k.Namespace, k.Labels, k.Spec.Owner) {
			g.kpi(k)
		}
	}
	second := func(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
	d := &Digest{
		Schema: DigestSchema, From: second(from), To: second(now), Until: second(g.until), Namespace: limits.Namespace, Owner: line(limits.Owner),
		Selector: line(limits.Selector.Text), Teams: []TeamDigest{}, Quiet: []string{}, NotRead: []string{},
	}
	for _, t := range g.teams {
		t.sort()
		if len(t.Changed)+len(t.Late)+len(t.Said)+len(t.Coming) == 0 {
			d.Quiet = append(d.Quiet, t.Team)
			continue
		}
		d.Teams = append(d.Teams, *t)
	}
	slices.Sort(d.Quiet)
	slices.SortFunc(d.Teams, func(a, b TeamDigest) int { return strings.Compare(a.Team, b.Team) })
	for _, what := range set.Withheld {
		d.NotRead = append(d.NotRead, line(what))
	}
	return d
}

func (t *TeamDigest) sort() {
	byName := func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Text, b.Text))
	}
	byDate := func(a, b Entry) int {
		const last = "9999"
		return cmp.Or(strings.Compare(cmp.Or(a.Date, last), cmp.Or(b.Date, last)), byName(a, b))
	}
	slices.SortFunc(t.Changed, func(a, b Entry) int { return cmp.Or(gravity(a.Health)-gravity(b.Health), byDate(a, b)) })
	slices.SortFunc(t.Late, byDate)
	slices.SortFunc(t.Said, byDate)
	slices.SortFunc(t.Coming, byDate)
}

// gravity sorts what is worst first.
func gravity(health string) int {
	return slices.Index([]terminal.Style{terminal.Bad, terminal.Caution, terminal.Unsure, terminal.Good, terminal.Dim}, terminal.StyleOf(health))
}

// team is that of a goal, with the empty lists that JSON shows.
func (g *digester) team(name string) *TeamDigest {
	if g.teams[name] == nil {
		g.teams[name] = &TeamDigest{Team: name, Changed: []Entry{}, Late: []Entry{}, Said: []Entry{}, Coming: []Entry{}}
	}
	return g.teams[name]
}

// subject is a goal that there may be something to say of.
type subject struct {
	*digester
	team  *TeamDigest
	entry Entry
	// zone is where its days are; UTC where that is not known.
	zone *time.Location
	// fresh: it was created in the time that is looked back on.
	fresh bool
}

func (g *digester) subject(kind string, m *metav1.ObjectMeta, title, health, team string, zone *time.Location) subject {
	if zone == nil {
		zone = time.UTC
	}
	return subject{
		digester: g, team: g.team(team), zone: zone, fresh: m.CreationTimestamp.After(g.from),
		entry: Entry{Kind: kind, Namespace: m.Namespace, Name: m.Name, Title: cmp.Or(line(title), m.Name), Health: health},
	}
}

// say adds an entry about it.
func (s subject) say(to *[]Entry, date, text string) {
	entry := s.entry
	entry.Date, entry.Text = date, line(text)
	*to = append(*to, entry)
}

// on is the day of an instant.
func (s subject) on(at time.Time) string { return at.In(s.zone).Format(time.DateOnly) }

// past reports whether an instant lies in the time that is looked back on.
func (s subject) past(at time.Time) bool { return at.After(s.from) && !at.After(s.to) }

// lately reports whether any of a day does, of which nothing is still to come that has not begun: what was written late
// in a day must not fall between two digests.
func (s subject) lately(d v1alpha1.Date) bool {
	date, ok := dateOf(d)
	return ok && date.End(s.zone).After(s.from) && !date.Start(s.zone).After(s.to)
}

// ahead reports whether a day ends in the time that lies ahead.
func (s subject) ahead(d okr.Date) bool {
	end := d.End(s.zone)
	return end.After(s.to) && !end.After(s.until)
}

// objective says what there is to say of an objective and its key results.
func (g *digester) objective(o *v1alpha1.Objective) {
	t := timeOf(o)
	health := line(string(cmp.Or(o.Status.Health, v1alpha1.HealthUnknown)))
	s := g.subject("Objective", &o.ObjectMeta, o.Spec.Title, health, teamOf(o.Spec.Owner, o.Namespace), evaluate.Zone(o.Spec.TimeZone))
	running := t != nil && !g.to.Before(t.Start) && g.to.Before(t.End) && isActive(o)
	if running {
		s.team.Objectives.add(health)
	}
	members := g.KeyResultsOf(o)
	s.objectiveChanged(o, t, len(members))
	s.objectiveLate(o, t, running)
	s.said(o)
	s.objectiveComing(o, t, running)
	for _, kr := range members {
		k := g.subject("KeyResult", &kr.ObjectMeta, kr.Spec.Title, line(string(cmp.Or(kr.Status.Health, v1alpha1.HealthUnknown))), s.team.Team, s.zone)
		kt := practice.NewKeyResult(kr, &practice.Objective{Object: o, Time: t}).Time
		k.keyResult(kr, kt, running && kr.Spec.State != v1alpha1.KeyResultCancelled, s.fresh)
	}
}

// isActive reports whether people mean an objective.
func isActive(o *v1alpha1.Objective) bool {
	return o.Spec.State != v1alpha1.ObjectiveDraft && o.Spec.State != v1alpha1.ObjectiveCancelled
}

// said are the check-ins of the time that is looked back on.
func (s subject) said(o *v1alpha1.Objective) {
	for _, c := range checkInsOf(o, s.KeyResultsOf(o), s.zone, s.to) {
		if !s.lately(v1alpha1.Date(c.Date)) {
			continue
		}
		var parts []string
		if c.Confidence != nil {
			parts = append(parts, "confidence "+confidence(c.Confidence, c.Change))
		}
		parts = append(parts, c.Said()...)
		text := strings.Join(parts, "; ")
		if c.Note != "" {
			text = strings.TrimPrefix(text+". "+c.Note, ". ")
		}
		s.say(&s.team.Said, c.Date, cmp.Or(text, "checked in without a word"))
	}
}
