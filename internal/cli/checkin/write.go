package checkin

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/edit"
)

// The usual order of fields, for those that are new.
var (
	ofObjective = []string{"title", "description", "rationale", "owner", "level", "period", "cycle", "startOn", "timeZone", "ambition", "state", "cancelled",
		"parentRef", "rollUp", "kpiRefs", "actions", "pace", "checkInEvery", "checkIns", "review", "allowedNamespaces"}
	ofCheckIn   = []string{"date", "confidence", "note", "keyResults"}
	ofKeyResult = []string{"name", "value", "confidence"}
	ofMilestone = []string{"title", "weight", "dueOn", "doneOn"}
)

// write puts what was said into the files.
func write(s *subject, a *answers) error {
	for _, m := range s.members {
		if said := a.keyResults[m.Name]; said != nil {
			if err := m.done(said.done, a); err != nil {
				return err
			}
		}
	}
	if a.confidence == nil && a.note == "" && len(spoken(s, a)) == 0 {
		return nil // milestones alone
	}
	if s.today >= 0 {
		return amend(s, a)
	}
	return s.objective.File.Insert(s.objective.Document, edit.At("spec", "checkIns"), s.place(), entry(s, a), ofObjective...)
}

// spoken are the key results that the check-in says something of, in their order.
func spoken(s *subject, a *answers) []*member {
	var of []*member
	for _, m := range s.members {
		if said := a.keyResults[m.Name]; said != nil && (said.value != nil || said.confidence != nil) {
			of = append(of, m)
		}
	}
	return of
}

// entry is a check-in as it is written.
func entry(s *subject, a *answers) edit.Map {
	e := edit.Map{{Key: "date", Value: s.day(edit.At("spec", "checkIns"), "date", a.date.String())}}
	if a.confidence != nil {
		e = append(e, edit.Field{Key: "confidence", Value: integer(*a.confidence)})
	}
	if a.note != "" {
		e = append(e, edit.Field{Key: "note", Value: edit.Text(a.note)})
	}
	var list edit.List
	for _, m := range spoken(s, a) {
		list = append(list, a.keyResults[m.Name].entry(m.Name))
	}
	if list != nil {
		e = append(e, edit.Field{Key: "keyResults", Value: list})
	}
	return e
}

func (k *keyResultAnswer) entry(name string) edit.Map {
	e := edit.Map{{Key: "name", Value: edit.Text(name)}}
	if k.value != nil {
		e = append(e, edit.Field{Key: "value", Value: edit.Decimal(string(*k.value))})
	}
	if k.confidence != nil {
		e = append(e, edit.Field{Key: "confidence", Value: integer(*k.confidence)})
	}
	return e
}

func integer(n int32) edit.Integer { return edit.Integer(strconv.FormatInt(int64(n), 10)) }

// day is a date, quoted unless those that stand there are not.
func (s *subject) day(list edit.Path, key, date string) edit.Value {
	return dayLike(s.objective.File, s.objective.Document, list, key, date)
}

func dayLike(f *edit.File, document int, list edit.Path, key, date string) edit.Value {
	d := f.Documents()[document]
	keys := make([]string, 0, len(list))
	for _, step := range list {
		keys = append(keys, step.(string))
	}
	node := d.Find(keys...)
	if node == nil || node.Kind != yaml.SequenceNode {
		return edit.Quoted(date)
	}
	for i := len(node.Content) - 1; i >= 0; i-- {
		item := node.Content[i]
		for j := 0; j+1 < len(item.Content); j += 2 {
			if item.Content[j].Value == key && item.Content[j+1].Kind == yaml.ScalarNode {
				if item.Content[j+1].Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 {
					return edit.Plain(date)
				}
				return edit.Quoted(date)
			}
		}
	}
	return edit.Quoted(date)
}

// place is where a new check-in stands: in the order of days, whichever way the list has it.
func (s *subject) place() int {
	list := s.objective.Object.Spec.CheckIns
	date := s.date.String()
	if n := len(list); n > 1 && list[n-1].Date.String() < list[0].Date.String() { // the newest first
		for i, c := range list {
			if c.Date.String() < date {
				return i
			}
		}
		return n
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Date.String() < date {
			return i + 1
		}
	}
	return 0
}

// amend changes what the check-in of the day says, as far as something else is said now.
func amend(s *subject, a *answers) error {
	file, document := s.objective.File, s.objective.Document
	before := s.objective.Object.Spec.CheckIns[s.today]
	at := func(steps ...any) edit.Path { return append(edit.At("spec", "checkIns", s.today), steps...) }
	if a.confidence != nil && (before.Confidence == nil || *before.Confidence != *a.confidence) {
		if err := file.Set(document, at("confidence"), integer(*a.confidence), ofCheckIn...); err != nil {
			return err
		}
	}
	if a.note != "" && a.note != before.Note {
		if err := file.Set(document, at("note"), edit.Text(a.note), ofCheckIn...); err != nil {
			return err
		}
	}
	for _, m := range spoken(s, a) {
		said, index := a.keyResults[m.Name], -1
		for i, k := range before.KeyResults {
			if k.Name == m.Name {
				index = i
			}
		}
		if index < 0 {
			if err := file.Insert(document, at("keyResults"), maxKeyResults, said.entry(m.Name), ofCheckIn...); err != nil {
				return err
			}
			continue
		}
		if v := before.KeyResults[index].Value; said.value != nil && (v == nil || *v != *said.value) {
			if err := file.Set(document, at("keyResults", index, "value"), edit.Decimal(string(*said.value)), ofKeyResult...); err != nil {
				return err
			}
		}
		if c := before.KeyResults[index].Confidence; said.confidence != nil && (c == nil || *c != *said.confidence) {
			if err := file.Set(document, at("keyResults", index, "confidence"), integer(*said.confidence), ofKeyResult...); err != nil {
				return err
			}
		}
	}
	return nil
}

// done writes down that milestones are done.
func (m *member) done(titles []string, a *answers) error {
	for _, title := range titles {
		for i, milestone := range m.Spec.Milestones {
			if milestone.Title != title || milestone.DoneOn == v1alpha1.Date(a.date.String()) {
				continue
			}
			day := dayLike(m.file.File, m.file.Document, edit.At("spec", "milestones"), "dueOn", a.date.String())
			if err := m.file.File.Set(m.file.Document, edit.At("spec", "milestones", i, "doneOn"), day, ofMilestone...); err != nil {
				return err
			}
		}
	}
	return nil
}
