package checkin

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/cli/terminal"
)

// errGivenUp is the end of the input before all was said.
var errGivenUp = errors.New("given up: nothing is written (--yes writes without asking)")

// lines are what people type.
type lines struct{ reader *bufio.Reader }

func newLines(in io.Reader) lines { return lines{bufio.NewReader(in)} }

// next is the next line. Input that ends inside a line, or before it, is given up.
func (l lines) next() (string, error) {
	line, err := l.reader.ReadString('\n')
	if err != nil {
		return "", errGivenUp
	}
	return strings.TrimSpace(line), nil
}

// interview asks for a check-in, line by line.
type interview struct {
	env   *command.Environment
	lines lines
}

func (v *interview) say(format string, values ...any) {
	fmt.Fprintln(v.env.Out, v.env.Screen.Text(fmt.Sprintf(format, values...)))
}

// text shows what is not ours, in lines that fit.
func (v *interview) text(indent, text string) {
	for _, line := range terminal.Wrap(v.env.Screen.Line(text), v.env.Screen.Width-len(indent)) {
		fmt.Fprintln(v.env.Out, indent+line)
	}
}

// ask asks until take understands the answer. Enter is the hint, where there is one; "-" leaves it out.
func (v *interview) ask(question, hint string, take func(text string) error) error {
	for {
		fmt.Fprint(v.env.Out, v.env.Screen.Text(fmt.Sprintf("%s [%s]: ", question, v.env.Screen.Shorten(orDash(hint), max(20, v.env.Screen.Width-len(question)-6)))))
		answer, err := v.lines.next()
		if err != nil {
			fmt.Fprintln(v.env.Out)
			return err
		}
		v.echo(answer)
		if answer == "" {
			answer = hint
		}
		if answer == "" || answer == "-" {
			return nil
		}
		if err := take(answer); err != nil {
			v.say("%s  %s", indentOf(question), err)
			continue
		}
		return nil
	}
}

// echo repeats an answer where nobody has seen it being typed.
func (v *interview) echo(answer string) {
	if !v.env.Screen.Interactive {
		v.say("%s", answer)
	}
}

func indentOf(text string) string { return text[:len(text)-len(strings.TrimLeft(text, " "))] }

func orDash(hint string) string {
	if hint == "" {
		return "-"
	}
	return hint
}

// about asks for all of it.
func (v *interview) about(s *subject, said *answers) error {
	o := s.objective.Object
	v.text("", o.Spec.Title)
	total, gone := s.days.Days(), 0
	for d := s.days.First; d.Before(s.date) && gone < total; d = d.AddDays(1) {
		gone++
	}
	v.say("%s, %s: day %d of %d, %s", s.files.Name(o), o.Spec.Period, gone+1, total, s.date)
	before := s.before()
	if before != nil {
		last := "last check-in " + before.Date.String()
		if s.today >= 0 {
			last = "today's check-in, which is amended"
		}
		if before.Confidence != nil {
			last += fmt.Sprintf(", confidence %d", *before.Confidence)
		}
		v.text("", strings.TrimSuffix(last+": "+before.Note, ": "))
	}
	v.text("", "Enter takes what stands in [brackets], - leaves it out, the end of the input (Ctrl-D) writes nothing.")
	asked := slices.DeleteFunc(slices.Clone(s.members), func(m *member) bool { return m.Spec.State == v1alpha1.KeyResultCancelled })
	for i, m := range asked {
		v.say("")
		v.text("", fmt.Sprintf("%d of %d  %s: %s", i+1, len(asked), m.Name, m.Spec.Title))
		if err := v.member(s, m, said); err != nil {
			return err
		}
	}
	v.say("")
	hint := ""
	if before != nil && before.Confidence != nil {
		hint = number(before.Confidence)
	}
	if err := v.ask("Confidence that the objective will be achieved, 0 to 10", hint, func(text string) (err error) {
		said.confidence, err = confidence(text)
		return err
	}); err != nil {
		return err
	}
	note := ""
	if s.today >= 0 {
		note = before.Note
	}
	err := v.ask("Note: what happened, what hinders, what is next", note, func(text string) error {
		if n := utf8.RuneCountInString(text); n > maxNote {
			return fmt.Errorf("it has %d characters: write at most %d", n, maxNote)
		}
		said.note = text
		return nil
	})
	v.say("")
	return err
}

// before is the check-in of the day, or else the newest one before it.
func (s *subject) before() *v1alpha1.CheckIn {
	list := s.objective.Object.Spec.CheckIns
	if s.today >= 0 {
		return &list[s.today]
	}
	var newest *v1alpha1.CheckIn
	for i := range list {
		if day := list[i].Date.String(); day < s.date.String() && (newest == nil || newest.Date.String() < day) {
			newest = &list[i]
		}
	}
	return newest
}

// earlier is what check-ins up to the day say of a key result.
type earlier struct {
	// value is the newest one, and of what day it is.
	value *v1alpha1.Decimal
	of    string
	// confidence is the newest one, and own that of the day itself.
	confidence, own *int32
	said            string
}

func (s *subject) last(name string) (e earlier) {
	for i, c := range s.objective.Object.Spec.CheckIns {
		day := c.Date.String()
		for _, k := range c.KeyResults {
			if k.Name != name || day > s.date.String() {
				continue
			}
			if k.Value != nil && day >= e.of {
				e.value, e.of = k.Value, day
			}
			if k.Confidence != nil && day >= e.said {
				e.confidence, e.said = k.Confidence, day
			}
			if i == s.today {
				e.own = k.Confidence
			}
		}
	}
	return e
}

const indent = "    "

// member asks for one key result.
func (v *interview) member(s *subject, m *member, said *answers) error {
	before := s.last(m.Name)
	if m.status != nil && m.status.Health != "" {
		shown := v.env.Screen.Health(string(m.status.Health))
		if m.status.Value != "" {
			shown += "  " + v.env.Screen.Text(m.status.Value)
		}
		if m.status.Target != "" {
			shown += "  (" + v.env.Screen.Text(m.status.Target) + ")"
		}
		if p := m.status.ProgressPercent; p != nil {
			shown += fmt.Sprintf("  %d %% of the way", *p)
			if e := m.status.ExpectedPercent; e != nil {
				shown += fmt.Sprintf(", %d %% expected", *e)
			}
		}
		fmt.Fprintln(v.env.Out, v.env.Screen.Shorten(indent+shown, v.env.Screen.Width))
	}
	switch {
	case m.Spec.Milestones != nil:
		if err := v.milestones(s, m, said); err != nil {
			return err
		}
	case !repository.ByHand(m.KeyResult):
		v.say("%smeasured: no value is asked for", indent)
	case !m.days.Contains(s.date):
		v.say("%sit runs from %s to %s: a value of today would not count", indent, m.days.First, m.days.Last)
	default:
		if err := v.value(m, before, said); err != nil {
			return err
		}
	}
	question, hint := indent+"Confidence in it alone, 0 to 10", ""
	switch {
	case before.own != nil:
		hint = number(before.own)
	case before.confidence != nil:
		question += fmt.Sprintf(", on %s it was %d", before.said, *before.confidence)
	}
	return v.ask(question, hint, func(text string) error {
		c, err := confidence(text)
		if err == nil {
			said.of(m.Name).confidence = c
		}
		return err
	})
}

func number(n *int32) string { return strconv.Itoa(int(*n)) }

func (v *interview) value(m *member, before earlier, said *answers) error {
	question, hint := indent+"Value", ""
	if m.Spec.Unit != "" {
		question += " in " + m.Spec.Unit
	}
	if last := before.value; last != nil {
		question, hint = fmt.Sprintf("%s, on %s it was %s", question, before.of, *last), string(*last)
	} else if m.Spec.Reach.Baseline != nil {
		question = fmt.Sprintf("%s, at the start it was %s", question, *m.Spec.Reach.Baseline)
	}
	return v.ask(question, hint, func(text string) error {
		d, err := decimal(text)
		if err == nil {
			said.of(m.Name).value = d
		}
		return err
	})
}

// milestones shows what is done, and asks for what is done since.
func (v *interview) milestones(s *subject, m *member, said *answers) error {
	var open []string
	for _, milestone := range m.Spec.Milestones {
		line := milestone.Title
		if milestone.DueOn != "" {
			line += ", due on " + milestone.DueOn.String()
		}
		if milestone.DoneOn != "" {
			v.text(indent, v.env.Screen.Or("✔", "x")+"  "+line+", done on "+milestone.DoneOn.String())
			continue
		}
		open = append(open, milestone.Title)
		v.text(indent, fmt.Sprintf("%d  %s", len(open), line))
	}
	switch {
	case len(open) == 0:
		return nil
	case m.file == nil:
		v.say("%sit is in none of these files, so that no milestone can be marked as done: see --file", indent)
		return nil
	}
	return v.ask(fmt.Sprintf("%sWhich are done, as of %s? Numbers", indent, s.date), "", func(text string) error {
		var titles []string
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
			n, err := strconv.Atoi(word)
			if err != nil || n < 1 || n > len(open) {
				return fmt.Errorf("%q is none of them: write numbers from 1 to %d, such as 1 2", word, len(open))
			}
			titles = append(titles, open[n-1])
		}
		said.of(m.Name).done = titles
		return nil
	})
}

// confirm asks whether to write.
func (v *interview) confirm() error {
	for {
		fmt.Fprint(v.env.Out, "Write this? [Y/n]: ")
		answer, err := v.lines.next()
		if err != nil {
			fmt.Fprintln(v.env.Out)
			return err
		}
		v.echo(answer)
		switch strings.ToLower(answer) {
		case "", "y", "yes":
			return nil
		case "n", "no":
			return errGivenUp
		}
	}
}
