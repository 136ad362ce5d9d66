package draft

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// writer writes goals as YAML for people: in the order in which one thinks of it, with comments.
type writer struct {
	strings.Builder
	// guide says what each field is for, and shows those that are left out.
	guide   bool
	remarks remarks
	object  metav1.Object
}

// document is a goal as YAML: the objective, then its key results, each a document. guide says what each field is for.
func document(g *goal, guide bool) string {
	w := &writer{guide: guide, remarks: g.remarks}
	w.objective(g.objective)
	for _, kr := range g.keyResults {
		w.WriteString("---\n")
		w.keyResult(kr)
	}
	for _, kr := range g.suggested {
		s := &writer{remarks: g.remarks}
		s.keyResult(kr)
		w.WriteString("# ---\n")
		for line := range strings.Lines(s.String()) { // its own comments too: an editor takes a # from every line
			w.WriteString("# " + line)
		}
	}
	for _, aside := range g.asides {
		w.WriteString("#\n" + comment(aside, 0))
	}
	return w.String()
}

// say writes what the guide has to say, and what is remarked, about a field that is to follow.
func (w *writer) say(field string, indent int, guide string) {
	if w.guide && guide != "" {
		w.WriteString(comment(guide, indent))
	}
	for _, remark := range w.remarks[place{w.object, field}] {
		w.WriteString(comment(remark, indent))
	}
}

// hint shows, as a comment, what might be written into the spec.
func (w *writer) hint(text string) {
	if w.guide {
		w.WriteString(comment(text, 2))
	}
}

func (w *writer) line(indent int, format string, args ...any) {
	w.WriteString(strings.Repeat(" ", indent))
	fmt.Fprintf(w, format+"\n", args...)
}

// gap separates what belongs to another thought, where there is a guide.
func (w *writer) gap() {
	if w.guide {
		w.WriteByte('\n')
	}
}

func (w *writer) head(kind string, o metav1.Object) {
	w.object = o
	w.say("", 0, "")
	w.line(0, "apiVersion: %s", v1alpha1.GroupVersion)
	w.line(0, "kind: %s", kind)
	w.line(0, "metadata:")
	w.line(2, "name: %s", scalar(o.GetName()))
	if o.GetNamespace() != "" {
		w.line(2, "namespace: %s", scalar(o.GetNamespace()))
	}
	w.line(0, "spec:")
}

// text writes a field that has one; an empty one is left out.
func (w *writer) text(field, value, guide string) {
	if value == "" {
		w.say("spec."+field, 2, "")
		return
	}
	w.say("spec."+field, 2, guide)
	w.line(2, "%s:%s", field, block(value, 2))
}

// fixed writes a field whose values need no quotes, such as a level.
func (w *writer) fixed(field, value, guide string) {
	if value == "" {
		return
	}
	w.say("spec."+field, 2, guide)
	w.line(2, "%s: %s", field, value)
}

// quoted writes a field that is always in quotes: dates and periods, which YAML takes for something else now and then.
func (w *writer) quoted(field, value, guide string) {
	if value == "" {
		w.say("spec."+field, 2, "")
		return
	}
	w.say("spec."+field, 2, guide)
	w.line(2, "%s: %q", field, value)
}

const (
	sayTitle     = "What will be true at the end, in words that people remember. No numbers: those are the key results."
	sayRationale = "What was seen, and what it comes from. Ask why five times: a cause that you can change makes a better goal than a number that fell."
	sayOwner     = "Who answers for it, and where others reach them."
	sayLevel     = "Company, Department, Team or Individual."
	sayPeriod    = `A quarter; or a month 2026-10, a half 2026-H2, a year "2026", or two dates "2026-10-01/2026-12-15".`
	sayStart     = "Work begins here, in the middle of the period. Progress is expected from this day on."
	sayZone      = "Where its days begin and end."
	sayAmbition  = "Committed: a promise, which passes at 100 percent. Aspirational: a stretch, which passes at 70."
	sayKPIs      = "The KPIs that it is to move. A KPI that an active objective names is looked after."
	sayParent    = "The objective that it serves."
	sayActions   = "What you are going to do. Actions are shown and never counted: doing is not achieving."
	sayRhythm    = "How often you mean to check in; a check-in that is late is told."
)

func (w *writer) objective(o *v1alpha1.Objective) {
	w.head("Objective", o)
	spec := &o.Spec
	w.text("title", spec.Title, sayTitle)
	w.text("description", spec.Description, "Why it matters now.")
	w.gap()
	w.text("rationale", spec.Rationale, sayRationale)
	if spec.Rationale == "" {
		w.hint(sayRationale + "\nrationale: …")
	}
	w.gap()
	w.owner(spec.Owner, sayOwner)
	w.fixed("level", string(spec.Level), sayLevel)
	w.gap()
	w.quoted("period", string(spec.Period), sayPeriod)
	w.text("cycle", spec.Cycle, "")
	w.quoted("startOn", string(spec.StartOn), sayStart)
	w.fixed("timeZone", string(spec.TimeZone), sayZone)
	w.fixed("ambition", string(spec.Ambition), sayAmbition)
	w.fixed("state", string(spec.State), "")
	w.gap()
	w.relations(spec)
	w.gap()
	w.actions(spec.Actions)
	w.fixed("checkInEvery", string(spec.CheckInEvery), sayRhythm)
	w.checkIns(spec.CheckIns)
}

func (w *writer) owner(o *v1alpha1.Owner, guide string) {
	if o == nil {
		w.say("spec.owner", 2, "")
		w.hint(guide + "\nowner: {team: checkout, person: Mei, contact: \"#checkout\"}")
		return
	}
	w.say("spec.owner", 2, guide)
	w.line(2, "owner: %s", flow("team", o.Team, "person", o.Person, "contact", o.Contact))
}

// flow is a mapping in one line, of keys and texts; empty ones are left out.
func flow(pairs ...string) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			parts = append(parts, pairs[i]+": "+scalar(pairs[i+1]))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (w *writer) relations(spec *v1alpha1.ObjectiveSpec) {
	if len(spec.KPIRefs) > 0 {
		w.say("spec.kpiRefs", 2, sayKPIs)
		w.line(2, "kpiRefs:")
		for _, ref := range spec.KPIRefs {
			w.line(4, "- %s", flow("name", ref.Name, "namespace", ref.Namespace))
		}
	} else {
		w.say("spec.kpiRefs", 2, "")
		w.hint(sayKPIs + "\nkpiRefs:\n  - {name: checkout-latency}")
	}
	if ref := spec.ParentRef; ref != nil {
		w.say("spec.parentRef", 2, sayParent)
		w.line(2, "parentRef: %s", flow("name", ref.Name, "namespace", ref.Namespace))
		return
	}
	w.hint(sayParent)
	w.say("spec.parentRef", 2, "")
	if len(w.remarks[place{w.object, "spec.parentRef"}]) == 0 {
		w.hint("parentRef: {name: customers-love-us, namespace: company}")
	}
}

func (w *writer) actions(actions []v1alpha1.Action) {
	w.say("spec.actions", 2, sayActions)
	if len(actions) == 0 {
		w.hint("actions:\n  - {title: Cache the price lookup, owner: Mei, dueOn: \"2026-10-31\"}")
		return
	}
	w.line(2, "actions:")
	for _, a := range actions {
		w.line(4, "- %s", flow("title", a.Title, "owner", a.Owner, "dueOn", string(a.DueOn), "doneOn", string(a.DoneOn), "url", a.URL))
	}
}

func (w *writer) checkIns(checkIns []v1alpha1.CheckIn) {
	if len(checkIns) == 0 {
		w.hint("One each week: `kubectl okr checkin` writes it.")
		return
	}
	w.say("spec.checkIns", 2, "")
	w.line(2, "checkIns:")
	for _, c := range checkIns {
		w.line(4, "- date: %q", c.Date)
		if c.Confidence != nil {
			w.line(6, "confidence: %d", *c.Confidence)
		}
		if c.Note != "" {
			w.line(6, "note:%s", block(c.Note, 6))
		}
		if len(c.KeyResults) > 0 {
			w.line(6, "keyResults:")
		}
		for _, said := range c.KeyResults {
			parts := []string{"name: " + scalar(said.Name)}
			if said.Value != nil {
				parts = append(parts, "value: "+decimal(string(*said.Value)))
			}
			if said.Confidence != nil {
				parts = append(parts, fmt.Sprintf("confidence: %d", *said.Confidence))
			}
			w.line(8, "- {%s}", strings.Join(parts, ", "))
		}
	}
}

func (w *writer) keyResult(kr *v1alpha1.KeyResult) {
	w.head("KeyResult", kr)
	spec := &kr.Spec
	w.line(2, "objectiveRef: %s", flow("name", spec.ObjectiveRef.Name))
	w.text("title", spec.Title, "")
	if spec.Owner != nil {
		w.owner(spec.Owner, "")
	}
	w.text("unit", spec.Unit, "")
	if spec.Weight != nil {
		w.fixed("weight", fmt.Sprint(*spec.Weight), "")
	}
	w.quoted("startOn", string(spec.StartOn), "")
	w.quoted("dueOn", string(spec.DueOn), "")
	w.fixed("state", string(spec.State), "")
	w.shape(spec)
	w.source(spec)
}

func (w *writer) shape(spec *v1alpha1.KeyResultSpec) {
	pair := func(key string, d *v1alpha1.Decimal) string {
		if d == nil {
			return ""
		}
		return key + ": " + decimal(string(*d))
	}
	list := func(parts ...string) string {
		var kept []string
		for _, part := range parts {
			if part != "" {
				kept = append(kept, part)
			}
		}
		return "{" + strings.Join(kept, ", ") + "}"
	}
	if r := spec.Reach; r != nil {
		w.say("spec.reach", 2, "")
		var change, direction string
		if r.Change != "" {
			change = fmt.Sprintf("change: %q", r.Change)
		}
		if r.Direction != "" {
			direction = "direction: " + string(r.Direction)
		}
		w.line(2, "reach: %s", list(pair("baseline", r.Baseline), pair("target", r.Target), change, direction))
	}
	if m := spec.Maintain; m != nil {
		w.say("spec.maintain", 2, "")
		w.line(2, "maintain: %s", list(pair("atLeast", m.AtLeast), pair("atMost", m.AtMost)))
	}
	if len(spec.Milestones) > 0 {
		w.say("spec.milestones", 2, "")
		w.line(2, "milestones:")
		for _, m := range spec.Milestones {
			w.line(4, "- %s", flow("title", m.Title, "dueOn", string(m.DueOn), "doneOn", string(m.DoneOn)))
		}
	}
}

func (w *writer) source(spec *v1alpha1.KeyResultSpec) {
	switch {
	case spec.KPIRef != nil:
		w.say("spec.kpiRef", 2, "")
		w.line(2, "kpiRef: %s", flow("name", spec.KPIRef.Name, "namespace", spec.KPIRef.Namespace))
	case spec.Metric != nil:
		w.say("spec.metric", 2, "")
		w.line(2, "metric:")
		w.line(4, "query:%s", block(spec.Metric.Query, 4))
		if window := spec.Metric.Window; window != "" {
			w.line(4, "window: %s", window)
		}
	case spec.Reach != nil:
		w.hint("No metric: its value is kept by hand, in the objective's check-ins.")
	}
}
