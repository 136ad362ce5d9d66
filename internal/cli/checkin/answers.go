package checkin

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/near"
	"okr.dev/controller/internal/cli/repository"
	"okr.dev/controller/internal/okr"
)

// The limits of the API.
const (
	maxCheckIns   = 100
	maxKeyResults = 16
	maxNote       = 2048
)

// answers are what people say. What is not said is nil, or empty.
type answers struct {
	date       okr.Date
	confidence *int32
	note       string
	keyResults map[string]*keyResultAnswer
}

type keyResultAnswer struct {
	value      *v1alpha1.Decimal
	confidence *int32
	// done are the titles of milestones.
	done []string
}

func (a *answers) of(name string) *keyResultAnswer {
	if a.keyResults[name] == nil {
		a.keyResults[name] = &keyResultAnswer{}
	}
	return a.keyResults[name]
}

func (a *answers) fromFlags(o *options) error {
	var failed error
	if o.confidence != "" {
		c, err := confidence(o.confidence)
		a.confidence, failed = c, errors.Join(failed, prefixed("--confidence", err))
	}
	a.note = strings.TrimSpace(o.note)
	pairs := func(flag string, texts []string, take func(of *keyResultAnswer, text string) error) {
		for _, text := range texts {
			name, value, found := strings.Cut(text, "=")
			if !found {
				failed = errors.Join(failed, fmt.Errorf("--%s %s: write the key result's name in front: NAME=%s", flag, text, text))
				continue
			}
			failed = errors.Join(failed, prefixed("--"+flag+" "+text, take(a.of(name), value)))
		}
	}
	pairs("value", o.values, func(of *keyResultAnswer, text string) (err error) {
		of.value, err = decimal(text)
		return err
	})
	pairs("key-result-confidence", o.confidences, func(of *keyResultAnswer, text string) (err error) {
		of.confidence, err = confidence(text)
		return err
	})
	pairs("done", o.done, func(of *keyResultAnswer, text string) error {
		of.done = append(of.done, text)
		return nil
	})
	return failed
}

func prefixed(with string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", with, err)
}

var decimals = regexp.MustCompile(`^-?[0-9]{1,15}([.][0-9]{1,9})?$`)

// decimal reads a number as the API wants it.
func decimal(text string) (*v1alpha1.Decimal, error) {
	text = strings.TrimSpace(text)
	if !decimals.MatchString(text) {
		if point := strings.Replace(text, ",", ".", 1); decimals.MatchString(point) {
			return nil, fmt.Errorf("%q has a comma: write a point, %s, and nothing between thousands", text, point)
		}
		return nil, fmt.Errorf("%q is not a number: write up to 15 digits, and up to 9 after a point, such as 300 or 7.6", text)
	}
	d := v1alpha1.Decimal(text)
	return &d, nil
}

func confidence(text string) (*int32, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil || n < 0 || n > 10 {
		return nil, fmt.Errorf("%q is no confidence: write a whole number from 0 (it will not be achieved) to 10 (it will)", text)
	}
	c := int32(n)
	return &c, nil
}

// check says what the API would refuse, or what would not count.
func (a *answers) check(s *subject) []error {
	var found []error
	complain := func(format string, values ...any) { found = append(found, fmt.Errorf(format, values...)) }
	names := make([]string, 0, len(s.members))
	for _, m := range s.members {
		names = append(names, m.Name)
	}
	spoken, done := 0, 0
	for _, name := range slices.Sorted(maps.Keys(a.keyResults)) {
		said := a.keyResults[name]
		i := slices.Index(names, name)
		if i < 0 {
			complain("%s", unknown(name, s, names))
			continue
		}
		found = append(found, s.members[i].check(said, a.date)...)
		done += len(said.done)
		if said.value != nil || said.confidence != nil {
			spoken++
		}
	}
	if n := utf8.RuneCountInString(a.note); n > maxNote {
		complain("the note has %d characters: write at most %d", n, maxNote)
	}
	if !utf8.ValidString(a.note) {
		complain("the note is not UTF-8")
	}
	if s.today >= 0 { // what it says of others stays
		for _, k := range s.objective.Object.Spec.CheckIns[s.today].KeyResults {
			if said := a.keyResults[k.Name]; said == nil || said.value == nil && said.confidence == nil {
				spoken++
			}
		}
	}
	if spoken > maxKeyResults {
		complain("the check-in speaks of %d key results: at most %d can be in one", spoken, maxKeyResults)
	}
	if a.confidence == nil && a.note == "" && spoken == 0 && done == 0 && len(found) == 0 {
		complain("an empty check-in: give --confidence, --note, --value, --key-result-confidence or --done")
	}
	if s.today < 0 && len(s.objective.Object.Spec.CheckIns) >= maxCheckIns {
		complain("%s: the objective has %d check-ins, and there is room for no more: remove the oldest, Git remembers them", s.objective.Where(), maxCheckIns)
	}
	return found
}

func unknown(name string, s *subject, names []string) string {
	message := fmt.Sprintf("%s has no key result %q", s.files.Name(s.objective.Object), name)
	if meant := near.Name(name, names); meant != "" {
		return message + fmt.Sprintf(": did you mean %q?", meant)
	}
	if len(names) == 0 {
		return message + ", nor any other in these files: say where they are with --file"
	}
	return message + ": it has " + strings.Join(names, ", ")
}

func (m *member) check(said *keyResultAnswer, date okr.Date) []error {
	var found []error
	complain := func(format string, values ...any) {
		found = append(found, fmt.Errorf("key result %q "+format, append([]any{m.Name}, values...)...))
	}
	if m.Spec.State == v1alpha1.KeyResultCancelled {
		complain("is cancelled: nothing is said of it any more")
		return found
	}
	switch {
	case said.value == nil:
	case m.Spec.Milestones != nil:
		complain("has milestones, and no value: say which are done with --done %s=TITLE", m.Name)
	case !repository.ByHand(m.KeyResult):
		complain("is measured: a value in a check-in would not be used; leave --value out, and say what you know of it in --note")
	case !m.days.Contains(date):
		complain("runs from %s to %s: a value of %s would not count", m.days.First, m.days.Last, date)
	}
	for _, title := range said.done {
		titles := make([]string, 0, len(m.Spec.Milestones))
		for _, milestone := range m.Spec.Milestones {
			titles = append(titles, milestone.Title)
		}
		i := slices.Index(titles, title)
		switch {
		case len(titles) == 0:
			complain("has no milestones")
		case i < 0 && near.Name(title, titles) != "":
			complain("has no milestone %q: did you mean %q?", title, near.Name(title, titles))
		case i < 0:
			complain("has no milestone %q: it has %s", title, strings.Join(titles, ", "))
		case m.Spec.Milestones[i].DoneOn != "" && m.Spec.Milestones[i].DoneOn.String() != date.String():
			complain("has the milestone %q done on %s already", title, m.Spec.Milestones[i].DoneOn)
		case m.file == nil:
			complain("is in none of these files: say where it is with --file")
		}
	}
	return found
}

func metaOf(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}
