package draft

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/draft/spreadsheet"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
)

// conversion makes goals of what a sheet says.
type conversion struct {
	// source is the sheet's name, for comments.
	source, namespace string
	zone              v1alpha1.TimeZone
	now               time.Time
	objectives        map[*spreadsheet.Objective]string
	keyResults        names
	// notes are what somebody should look at.
	notes []string
}

// convert makes goals of a sheet, and says what somebody should look at.
func convert(sheet *spreadsheet.Sheet, c conversion) ([]*goal, []string) {
	c.objectives, c.keyResults = map[*spreadsheet.Objective]string{}, names{}
	taken := names{}
	for _, o := range sheet.Objectives {
		c.objectives[o] = taken.take(o.Title, "objective-"+strconv.Itoa(o.Row))
	}
	var goals []*goal
	for _, o := range sheet.Objectives {
		goals = append(goals, c.goal(o))
	}
	return goals, c.notes
}

func (c *conversion) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// fitting writes a text in the field of an object; what is too long for it is cut, and stays whole in a comment.
type fitting struct {
	*conversion
	goal *goal
	row  int
}

func (f fitting) fit(o metav1.Object, field, text string, limit int) string {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	f.note("row %d: %s has room for %d characters: the rest is in a comment", f.row, field, limit)
	f.goal.remarks.add(o, field, "In full: "+text)
	letters := []rune(text)[:limit-1]
	return strings.TrimSpace(string(letters)) + "…"
}

func (c *conversion) goal(from *spreadsheet.Objective) *goal {
	g := newGoal()
	o := g.objective
	o.Name, o.Namespace = c.objectives[from], c.namespace
	f := fitting{c, g, from.Row}
	g.remarks.add(o, "", fmt.Sprintf("From row %d of %s.", from.Row, c.source))
	for _, s := range from.Said {
		g.remarks.add(o, "", fmt.Sprintf("%s: %s", s.Column, s.Text))
	}
	o.Spec = v1alpha1.ObjectiveSpec{
		Title: f.fit(o, "spec.title", from.Title, 253), Description: f.fit(o, "spec.description", from.Description, 2048),
		Rationale: f.fit(o, "spec.rationale", from.Rationale, 2048), Level: v1alpha1.Level(from.Level),
		Period: v1alpha1.Period(from.Period), TimeZone: c.zone,
		Ambition: v1alpha1.Ambition(from.Ambition), State: v1alpha1.ObjectiveState(from.State),
	}
	if from.Team+from.Person+from.Contact != "" {
		o.Spec.Owner = &v1alpha1.Owner{Team: f.fit(o, "spec.owner", from.Team, 63), Person: f.fit(o, "spec.owner", from.Person, 63), Contact: f.fit(o, "spec.owner", from.Contact, 253)}
	}
	c.start(g, from)
	c.relate(g, from)
	seen := map[string]bool{}
	for _, title := range from.Actions {
		if title = f.fit(o, "spec.actions", title, 253); !seen[title] && len(seen) < 32 {
			o.Spec.Actions = append(o.Spec.Actions, v1alpha1.Action{Title: title})
		} else if !seen[title] {
			g.remarks.add(o, "spec.actions", "There is room for 32. Another one: "+title)
		}
		seen[title] = true
	}
	for _, k := range from.KeyResults {
		c.keyResult(g, k)
	}
	c.checkIn(g, from)
	return g
}

// start says from which day on progress is expected. What is written long after its period began has to say so (OKR019).
func (c *conversion) start(g *goal, from *spreadsheet.Objective) {
	spec := &g.objective.Spec
	period, err := okr.ParsePeriod(from.Period)
	if err != nil {
		return
	}
	if start, err := okr.ParseDate(from.Start); err == nil {
		if period.Last.Before(start) {
			c.note("row %d: it starts on %s, after its period %s: kept as a comment", from.Row, from.Start, from.Period)
			g.remarks.add(g.objective, "spec.startOn", "The sheet has it start on "+from.Start+".")
		} else {
			spec.StartOn = v1alpha1.Date(from.Start)
		}
		return
	}
	zone := evaluate.Zone(c.zone)
	if c.now.After(period.First.Start(zone).Add(practice.Defaults().LateStart)) && c.now.Before(period.Last.End(zone)) {
		spec.StartOn = v1alpha1.Date(period.First.String())
		g.remarks.add(g.objective, "spec.startOn", "If work began later, write that day: progress is expected from then on.")
	}
}

// relate names the KPIs that it is to move, and the objective that it serves.
func (c *conversion) relate(g *goal, from *spreadsheet.Objective) {
	spec := &g.objective.Spec
	for _, kpi := range from.KPIs {
		if !label.MatchString(kpi) || len(spec.KPIRefs) == 16 {
			c.note("row %d: %q is no name of a KPI, such as checkout-latency: kept as a comment", from.Row, kpi)
			g.remarks.add(g.objective, "spec.kpiRefs", "KPI: "+kpi)
			continue
		}
		namespace, name := reference(kpi, c.namespace)
		spec.KPIRefs = append(spec.KPIRefs, v1alpha1.KPIReference{Namespace: namespace, Name: name})
	}
	switch {
	case from.Parent == "":
	case from.Serves != nil:
		spec.ParentRef = &v1alpha1.ParentReference{Name: c.objectives[from.Serves]}
	case label.MatchString(from.Parent) && strings.ContainsAny(from.Parent, "-/"):
		namespace, name := reference(from.Parent, c.namespace)
		spec.ParentRef = &v1alpha1.ParentReference{Namespace: namespace, Name: name}
	default:
		c.note("row %d: its parent %q is no objective of the sheet, and no name of another: kept as a comment", from.Row, from.Parent)
		g.remarks.add(g.objective, "spec.parentRef", "Parent: "+from.Parent)
	}
}

func (c *conversion) keyResult(g *goal, from *spreadsheet.KeyResult) {
	kr := &v1alpha1.KeyResult{}
	kr.Name, kr.Namespace = c.keyResults.take(from.Title, g.objective.Name+"-"+strconv.Itoa(from.Row)), c.namespace
	f := fitting{c, g, from.Row}
	for _, s := range from.Said {
		g.remarks.add(kr, "", fmt.Sprintf("%s: %s", s.Column, s.Text))
	}
	kr.Spec = v1alpha1.KeyResultSpec{
		ObjectiveRef: v1alpha1.ObjectiveReference{Name: g.objective.Name},
		Title:        f.fit(kr, "spec.title", from.Title, 253), Unit: f.fit(kr, "spec.unit", from.Unit, 32),
		State: v1alpha1.KeyResultState(from.State),
	}
	if from.Owner != "" {
		owner := f.fit(kr, "spec.owner", from.Owner, 63)
		if kr.Spec.Owner = (&v1alpha1.Owner{Person: owner}); from.Team {
			kr.Spec.Owner = &v1alpha1.Owner{Team: owner}
		} else if g.objective.Spec.Owner != nil {
			kr.Spec.Owner.Team = g.objective.Spec.Owner.Team
		}
	}
	if weight, err := strconv.ParseInt(from.Weight, 10, 32); err == nil {
		w := int32(weight)
		kr.Spec.Weight = &w
	}
	c.dates(g, kr, from)
	if from.Step {
		step := v1alpha1.Milestone{Title: kr.Spec.Title}
		if from.Done {
			step.DoneOn = dateIn(c.now, evaluate.Zone(c.zone))
			g.remarks.add(kr, "spec.milestones", "The sheet says that it is done, and not on which day.")
		}
		kr.Spec.Unit, kr.Spec.Milestones = "", []v1alpha1.Milestone{step}
		g.remarks.add(kr, "spec.milestones", "A step, which is done or not. If a number shows that it helped, write reach: {baseline: …, target: …} instead.")
	} else {
		c.reach(g, kr, from)
	}
	g.keyResults = append(g.keyResults, kr)
}

// dates are those of a key result that differ from its objective's. One outside the period is kept as a comment.
func (c *conversion) dates(g *goal, kr *v1alpha1.KeyResult, from *spreadsheet.KeyResult) {
	period, err := okr.ParsePeriod(string(g.objective.Spec.Period))
	if err != nil {
		return
	}
	due, err := okr.ParseDate(from.Due)
	if err == nil && due != period.Last {
		if period.Contains(due) {
			kr.Spec.DueOn = v1alpha1.Date(from.Due)
		} else {
			c.note("row %d: due on %s, outside the period %s: kept as a comment", from.Row, from.Due, g.objective.Spec.Period)
			g.remarks.add(kr, "spec.dueOn", "The sheet has it due on "+from.Due+".")
		}
	}
	start, err := okr.ParseDate(from.Start)
	if err == nil && start != period.First {
		if period.Contains(start) && (kr.Spec.DueOn == "" || !due.Before(start)) {
			kr.Spec.StartOn = v1alpha1.Date(from.Start)
		} else {
			c.note("row %d: it starts on %s, outside its time: kept as a comment", from.Row, from.Start)
			g.remarks.add(kr, "spec.startOn", "The sheet has it start on "+from.Start+".")
		}
	}
}

func (c *conversion) reach(g *goal, kr *v1alpha1.KeyResult, from *spreadsheet.KeyResult) {
	baseline, target := v1alpha1.Decimal(from.Baseline), v1alpha1.Decimal(from.Target)
	kr.Spec.Reach = &v1alpha1.Reach{Baseline: &baseline, Target: &target}
	if from.Assumed != "" {
		g.remarks.add(kr, "spec.reach", "The sheet has no baseline: "+from.Assumed+".")
	}
	if from.Query == "" {
		return
	}
	if err := checkSource(from.Query); err != nil {
		c.note("row %d: its query cannot be used: %v; kept as a comment", from.Row, err)
		g.remarks.add(kr, "spec.reach", "Query: "+from.Query)
		return
	}
	said := measure{source: from.Query}
	if ref, byKPI := said.kpi(); byKPI {
		kr.Spec.KPIRef = &ref
		return
	}
	kr.Spec.Metric = said.metric()
	if prom.Analyze(from.Query, kr.Spec.Metric.Window.Duration()).Elapsed {
		kr.Spec.Reach.Baseline = nil
		if from.Assumed == "" && target.Float64() != 0 {
			g.remarks.add(kr, "spec.reach", "The query counts from 0; the sheet's baseline is "+from.Baseline+".")
		}
	}
	if from.Current != "" {
		g.remarks.add(kr, "spec.metric", "The sheet has it at "+from.Current+"; the query says where it is.")
	}
}

// checkIn makes today's check-in of the values, the confidence and the notes of an objective.
func (c *conversion) checkIn(g *goal, from *spreadsheet.Objective) {
	var said []v1alpha1.KeyResultCheckIn
	for i, k := range from.KeyResults {
		kr := g.keyResults[i]
		entry := v1alpha1.KeyResultCheckIn{Name: kr.Name, Confidence: k.Confidence}
		if k.Current != "" && kr.Spec.Metric == nil && kr.Spec.KPIRef == nil && !k.Step {
			value := v1alpha1.Decimal(k.Current)
			entry.Value = &value
		}
		if entry.Value != nil || entry.Confidence != nil {
			said = append(said, entry)
		}
	}
	note := strings.Join(slices.Compact(slices.Clone(from.Notes)), "\n")
	if len(said) == 0 && note == "" && from.Confidence == nil {
		return
	}
	zone := evaluate.Zone(c.zone)
	today, _ := okr.ParseDate(string(dateIn(c.now, zone)))
	period, err := okr.ParsePeriod(from.Period)
	if err != nil || !period.Contains(today) || len(said) > 16 || utf8.RuneCountInString(note) > 2048 {
		c.instead(g, from, today, period, note, said)
		return
	}
	g.objective.Spec.CheckIns = []v1alpha1.CheckIn{{Date: v1alpha1.Date(today.String()), Confidence: from.Confidence, Note: note, KeyResults: said}}
}

// instead keeps in comments what no check-in can hold: today is not in the period, or there is too much of it.
func (c *conversion) instead(g *goal, from *spreadsheet.Objective, today okr.Date, period okr.Period, note string, said []v1alpha1.KeyResultCheckIn) {
	why := "it is more than a check-in holds"
	if !period.Contains(today) {
		why = fmt.Sprintf("today, %s, is not in the period %s", today, from.Period)
	}
	c.note("row %d: values, confidence and notes are no check-in, because %s: kept as comments", from.Row, why)
	if from.Confidence != nil {
		g.remarks.add(g.objective, "", fmt.Sprintf("Confidence: %d", *from.Confidence))
	}
	g.remarks.add(g.objective, "", note)
	for _, s := range said {
		for _, kr := range g.keyResults {
			if kr.Name == s.Name && s.Value != nil {
				g.remarks.add(kr, "", "Current value: "+string(*s.Value))
			}
			if kr.Name == s.Name && s.Confidence != nil {
				g.remarks.add(kr, "", fmt.Sprintf("Confidence: %d", *s.Confidence))
			}
		}
	}
}
