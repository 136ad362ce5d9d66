package status

import (
	"fmt"
	"strconv"

	"okr.dev/controller/internal/cli/terminal"
)

// fact is one thing that is shown of an object, as text.
type fact struct {
	// object is a key of drawing.changed; name is what people call it.
	object, name string
	field, value string
}

// delta is a fact that changed.
type delta struct {
	fact
	before string
}

// key is what an object of a summary is called in drawing.changed.
func key(kind, namespace, name string) string { return kind + " " + namespace + "/" + name }

// deltas are the facts that are not what they were, in the order of the new ones; what is gone comes last.
func deltas(before, after []fact) []delta {
	type id struct{ object, field string }
	old := make(map[id]string, len(before))
	for _, f := range before {
		old[id{f.object, f.field}] = f.value
	}
	var changed []delta
	seen := make(map[id]bool, len(after))
	for _, f := range after {
		seen[id{f.object, f.field}] = true
		if was := old[id{f.object, f.field}]; was != f.value {
			changed = append(changed, delta{f, was})
		}
	}
	for _, f := range before {
		if !seen[id{f.object, f.field}] && f.value != "" {
			gone := f
			gone.value = ""
			changed = append(changed, delta{gone, f.value})
		}
	}
	return changed
}

// text is a change in words: "request-latency: value 520 ms, was 540 ms".
func (c delta) text() string {
	subject := c.field
	if c.name != "" {
		subject = c.name + ": " + c.field
	}
	switch {
	case c.before == "":
		return subject + " " + c.value
	case c.value == "":
		return subject + " was " + c.before
	default:
		return subject + " " + c.value + ", was " + c.before
	}
}

// facts are what of an objective can change.
func (v *Objective) facts() []fact {
	var facts []fact
	add := func(object, name, field, value string) {
		facts = append(facts, fact{object, name, field, value})
	}
	verdict := func(object, name string, v Verdict) {
		add(object, name, "health", v.Health)
		add(object, name, "progress", terminal.Percent(v.ProgressPercent))
		add(object, name, "expected", terminal.Percent(v.ExpectedPercent))
	}
	verdict("", "", v.Verdict)
	add("", "", "reason", v.Verdict.Because)
	add("", "", "title", v.Title)
	add("", "", "state", v.State)
	add("", "", "period", v.Time.From+" to "+v.Time.To)
	if v.Result != nil {
		add("", "", "score", v.Result.Score)
		add("", "", "the team's own score", v.Result.OwnScore)
		add("", "", "outcome", v.Result.Outcome)
	}
	if last := v.CheckIns.Last; last != nil {
		add("", "", "last check-in", last.Date)
		add("", "", "note", last.Note)
		if last.Confidence != nil {
			add("", "", "confidence", strconv.Itoa(int(*last.Confidence))+" of 10")
		}
	}
	add("", "", "actions", fmt.Sprintf("%d of %d done", v.Actions.Done, v.Actions.Total))
	for _, a := range v.Advice {
		add("advice "+a.Object, a.Object, "practice", a.Text)
	}
	for i := range v.KeyResults {
		kr := &v.KeyResults[i]
		object := "keyresult " + kr.Name
		verdict(object, kr.Name, kr.Verdict)
		add(object, kr.Name, "value", kr.Value)
		add(object, kr.Name, "target", kr.Target)
		if kr.NotMeasured != nil {
			add(object, kr.Name, "not measured", kr.NotMeasured.Because)
		}
		add(object, kr.Name, "score", kr.Score)
	}
	for i := range v.KPIs {
		k := &v.KPIs[i]
		object, name := "kpi "+k.Name, "KPI "+k.Name
		add(object, name, "health", k.Health)
		add(object, name, "value", k.Value)
		add(object, name, "target", k.Target)
		if k.NotMeasured != nil {
			add(object, name, "not measured", k.NotMeasured.Because)
		}
		add(object, name, "", k.Lost)
	}
	if v.Parent != nil {
		verdict("objective "+v.Parent.Name, v.Parent.Name, v.Parent.Verdict)
	}
	for i := range v.Children {
		verdict("objective "+v.Children[i].Name, v.Children[i].Name, v.Children[i].Verdict)
	}
	return facts
}

// facts are what of a summary can change.
func (s *Summary) facts() []fact {
	var facts []fact
	for i := range s.Objectives {
		o := &s.Objectives[i]
		object, name := key("Objective", o.Namespace, o.Name), s.named(o.Namespace, o.Name)
		facts = append(facts,
			fact{object, name, "health", o.Verdict.Health}, fact{object, name, "progress", terminal.Percent(o.Verdict.ProgressPercent)},
			fact{object, name, "expected", terminal.Percent(o.Verdict.ExpectedPercent)}, fact{object, name, "reason", o.Verdict.Because},
			fact{object, name, "next check-in due by", o.CheckInDueOn}, fact{object, name, "score", o.Score})
		for _, c := range o.KeyResults {
			facts = append(facts, fact{object, name, c.Health + " key results", strconv.Itoa(c.Count)})
		}
	}
	for i := range s.Attention {
		a := &s.Attention[i]
		if a.Kind == "KPI" {
			facts = append(facts, fact{key("KPI", a.Namespace, a.Name), "KPI " + s.named(a.Namespace, a.Name), "needs attention", string(a.Why)})
		}
	}
	for _, c := range s.KPICounts {
		facts = append(facts, fact{"kpis", "", c.Health + " KPIs", strconv.Itoa(c.Count)})
	}
	return facts
}
