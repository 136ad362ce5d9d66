package status

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/okr"
)

// objective draws one screen about an objective.
func (d *drawing) objective(v *Objective) {
	d.head(v)
	d.line("")
	d.verdict(v)
	d.result(v)
	d.next(v)
	d.keyResults(v)
	d.kpis(v)
	d.family(v)
	d.work(v)
	d.remarks(v)
}

func (d *drawing) head(v *Objective) {
	dot := d.Or(" · ", " | ")
	for _, part := range terminal.Wrap(d.marked("", d.text(v.Title)), d.Width) {
		d.line(d.Paint(terminal.Bold, part))
	}
	parts := []string{v.Namespace + "/" + v.Name}
	for _, part := range []string{d.text(v.Owner.text()), v.Level, v.Ambition} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if v.State != string(v1alpha1.ObjectiveActive) {
		parts = append(parts, v.State)
	}
	for _, part := range terminal.Wrap(strings.Join(parts, dot), d.Width) {
		d.line(d.Paint(terminal.Dim, part))
	}
	for _, part := range terminal.Wrap(d.text(d.time(v.Time)), d.Width) {
		d.line(d.Paint(terminal.Dim, part))
	}
}

// time is an objective's time in a line.
func (d *drawing) time(t Time) string {
	dot := d.Or(" · ", " | ")
	if t.From == "" {
		return t.Period + dot + t.TimeZone
	}
	text := t.From + " to " + t.To
	if !strings.Contains(t.Period, "/") {
		text = t.Period + dot + text
	}
	if t.Cycle != "" {
		text = t.Cycle + dot + text
	}
	today := okr.DayOf(d.now, t.zone)
	switch t.Phase {
	case Before:
		return text + dot + "begins " + far(today, t.days.First)
	case Over:
		return text + dot + "ended " + far(today, t.days.Last)
	default:
		return text + dot + "ends " + far(today, t.days.Last)
	}
}

func (d *drawing) verdict(v *Objective) {
	head := d.Health(v.Verdict.Health)
	if p := v.Verdict.ProgressPercent; p != nil {
		head = terminal.Pad(head, labelWidth, false) + d.Bar(p, v.Verdict.ExpectedPercent, min(40, d.Width/3), terminal.StyleOf(v.Verdict.Health)) +
			fmt.Sprintf("   %d %%", *p)
		switch e := v.Verdict.ExpectedPercent; {
		case v.Result != nil:
			head += " at the end"
		case e != nil:
			head += fmt.Sprintf(", %d %% expected by now", *e)
		}
	}
	d.line(head)
	if r := v.Result; r != nil && r.Score != "" {
		d.field("Why", d.text(v.Verdict.Because)+" with a score of "+r.Score+"; it passes at "+r.PassesAt)
	} else {
		d.field("Why", d.text(v.Verdict.Because)+d.since(v.Verdict))
		if told := v.Verdict.told(v.CheckIns.Last); told != "" && v.Verdict.Reason != v1alpha1.ReasonDraft && !v.asks(told) {
			d.field("", d.text(told))
		}
	}
	for i := range v.KeyResults {
		kr := &v.KeyResults[i]
		if kr.Weight == 0 {
			continue
		}
		switch kr.Verdict.Health {
		case "AtRisk", "OffTrack":
			d.field("", d.Health(kr.Verdict.Health)+" "+kr.Name+": "+d.text(kr.Verdict.Because))
		case "Missed":
			d.field("", d.Health(kr.Verdict.Health)+" "+kr.Name+": score "+kr.Score)
		}
	}
}

// asks reports whether a sentence stands among what is to be done now: it is not said twice.
func (v *Objective) asks(sentence string) bool {
	return slices.ContainsFunc(v.Next, func(s Step) bool { return s.When == Now && s.What == sentence })
}

// told is the message of a verdict without the note of the last check-in, which is drawn elsewhere.
func (v Verdict) told(last *CheckIn) string {
	if last == nil || last.Note == "" {
		return v.Message
	}
	text, _, _ := strings.Cut(v.Message, "; "+last.Date+": ")
	return text
}

func (d *drawing) result(v *Objective) {
	r := v.Result
	if r == nil {
		return
	}
	score := "not known yet"
	if r.Score != "" {
		score = r.Score + " " + d.Paint(gradeStyle(r.Grade), r.Grade)
	}
	if r.OwnScore != "" {
		score += "; the team's own: " + d.text(r.OwnScore)
	}
	d.field("Score", score)
	if r.Outcome != "" {
		d.field("Outcome", d.text(r.Outcome))
	}
	if r.Learned != "" {
		d.field("Learned", d.text(r.Learned))
	}
}

func gradeStyle(grade string) terminal.Style {
	switch v1alpha1.Grade(grade) {
	case v1alpha1.GradeGreen:
		return terminal.Good
	case v1alpha1.GradeAmber:
		return terminal.Caution
	default:
		return terminal.Bad
	}
}

// mostLater is how many of the steps that come by themselves, or are due one day, are drawn.
const mostLater = 4

func (d *drawing) next(v *Objective) {
	var now, later []string
	for _, step := range v.Next {
		if step.When == Now {
			now = append(now, d.text(step.What))
		} else {
			later = append(later, d.text(step.What))
		}
	}
	if more := len(later) - mostLater; more > 0 {
		later = append(later[:mostLater], fmt.Sprintf("and %d more, later", more))
	}
	if len(v.Next) == 0 {
		later = []string{"nothing is left to do"}
	}
	label := "Next"
	if len(now) > 0 {
		d.points(label, d.Paint(terminal.Bold, "! "), now)
		label = ""
	}
	d.list(label, later)
}

// mostOpen is how many open actions are drawn.
const mostOpen = 5

// work draws the check-ins and the actions.
func (d *drawing) work(v *Objective) {
	d.line("")
	c := v.CheckIns
	if c.Last != nil {
		text := c.Last.Date
		if day, err := okr.ParseDate(c.Last.Date); err == nil {
			text += " (" + far(okr.DayOf(d.now, v.Time.zone), day) + ")"
		}
		if c.Last.Confidence != nil {
			text += fmt.Sprintf(", confidence %d of 10", *c.Last.Confidence)
			if before := c.Confidences[:len(c.Confidences)-1]; len(before) > 0 {
				text += ", before: " + join(before[max(0, len(before)-3):])
			}
		}
		if c.Last.Note != "" {
			text += ": " + d.text(c.Last.Note)
		}
		d.field("Check-in", text)
	} else {
		d.field("Check-in", "none yet")
	}
	switch {
	case c.Overdue:
		d.field("", d.Paint(terminal.Caution, "overdue: the next one was due by "+c.DueOn))
	case c.DueOn != "":
		d.field("", "the next one is due by "+c.DueOn)
	}
	d.actions(v.Actions)
}

func (d *drawing) actions(a Actions) {
	if a.Total == 0 {
		d.field("Actions", "none are planned")
		return
	}
	overdue := 0
	for _, action := range a.Open {
		if action.Overdue {
			overdue++
		}
	}
	text := fmt.Sprintf("%d of %d done", a.Done, a.Total)
	if overdue > 0 {
		text += ", " + d.Paint(terminal.Caution, fmt.Sprintf("%d overdue", overdue))
	}
	d.field("Actions", text)
	for i, action := range a.Open {
		if i == mostOpen {
			d.item(labelWidth, fmt.Sprintf("and %d more", len(a.Open)-mostOpen))
			break
		}
		line := d.text(action.Title)
		if action.Owner != "" {
			line += " (" + d.text(action.Owner) + ")"
		}
		switch {
		case action.Overdue:
			line += ", " + d.Paint(terminal.Caution, "overdue since "+action.DueOn)
		case action.DueOn != "":
			line += ", due by " + action.DueOn
		}
		d.item(labelWidth, line)
	}
}

// remarks draws moved goalposts, advice, and what is not known.
func (d *drawing) remarks(v *Objective) {
	var moved, advice []string
	for _, g := range v.Goalposts {
		text := prefixed(g.KeyResult, g.What)
		if g.Why != "" {
			text += " (" + g.On + ": " + g.Why + ")"
		}
		moved = append(moved, d.text(text))
	}
	for _, a := range v.Advice {
		advice = append(advice, d.text(prefixed(a.Object, a.Text)))
	}
	d.list("Goalposts", moved)
	d.list("Practice", advice)
	d.list("Not known", d.all(v.NotKnown))
}

func (d *drawing) all(texts []string) []string {
	shown := make([]string, 0, len(texts))
	for _, text := range texts {
		shown = append(shown, d.text(text))
	}
	return shown
}

func prefixed(object, text string) string {
	if object == "" {
		return text
	}
	return object + ": " + text
}

func join(numbers []int32) string {
	texts := make([]string, 0, len(numbers))
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(int(n)))
	}
	return strings.Join(texts, ", ")
}
