package prom

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"okr.dev/controller/internal/sample"
)

const (
	windowPlaceholder    = "$__window"
	elapsedPlaceholder   = "$__elapsed"
	namespacePlaceholder = "$__namespace"

	// minElapsed is how long after its start a query with $__elapsed is first asked: over less, increase() and
	// rate() extrapolate from a handful of points.
	minElapsed = 5 * time.Minute
)

// ErrTooEarly is returned by Render while $__elapsed would be shorter than 5 minutes.
var ErrTooEarly = errors.New("not asked before 5m have passed")

// dnsLabel is what the name of a namespace may be. Anything else could end the string that it is put into.
var dnsLabel = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// Render returns the text of q's query as it is sent for the instant at: $__window and $__namespace replaced by
// q's, $__elapsed by the time from q.Start to at, floored to whole minutes. It returns ErrTooEarly (wrapped)
// where that is less than 5 minutes, and an error that says what to write instead where a placeholder is
// unknown, misplaced or has no value. It does not parse the query: Analyze does.
func Render(q sample.Question, at time.Time) (string, error) {
	if !strings.Contains(q.Query, "$") {
		return q.Query, nil
	}
	elapsed := at.Sub(time.Unix(q.Start, 0)).Truncate(time.Minute)
	e, err := expand(q.Query, func(name string) (string, error) {
		switch name {
		case windowPlaceholder:
			return windowText(q.Window)
		case elapsedPlaceholder:
			if elapsed < minElapsed {
				return "", ErrTooEarly
			}
			return model.Duration(elapsed).String(), nil
		default:
			if !dnsLabel.MatchString(q.Namespace) {
				return "", fmt.Errorf("%s has no value here: %q is not the name of a namespace", namespacePlaceholder, q.Namespace)
			}
			return q.Namespace, nil
		}
	})
	if err != nil {
		return "", err
	}
	return e.text, nil
}

// windowText prints a window as PromQL writes durations.
func windowText(window time.Duration) (string, error) {
	if window < time.Millisecond {
		return "", fmt.Errorf("%s is used but there is no window: write metric.window (for example 7d)", windowPlaceholder)
	}
	return model.Duration(window).String(), nil
}

// expansion is a template with its placeholders replaced.
type expansion struct {
	text string
	// used holds the placeholders that occur.
	used map[string]bool
	// spots maps positions in text back to the template.
	spots []spot
}

// spot is one replaced placeholder: where it ends in the text, where it begins and ends in the template.
type spot struct{ start, end, from, to int }

// origin returns the position in the template that the position pos of the text comes from.
func (e expansion) origin(pos int) int {
	shift := 0
	for _, s := range e.spots {
		if pos < s.start {
			break
		}
		if pos < s.end {
			return s.from
		}
		shift = s.to - s.end
	}
	return pos + shift
}

// expand replaces every placeholder of template by what value returns for it. Only the text outside quotes takes
// durations and only the text inside quotes takes the namespace, so it follows PromQL's quotes and comments.
func expand(template string, value func(name string) (string, error)) (expansion, error) {
	e := expansion{used: map[string]bool{}}
	var out strings.Builder
	var quote byte
	for i := 0; i < len(template); {
		next := i + 1
		switch c := template[i]; {
		case c == '$':
			name := placeholderAt(template, i, quote != 0)
			if name == "" {
				break // a dollar inside a string: the end of a regular expression
			}
			if err := checkPlace(name, quote != 0); err != nil {
				return e, fmt.Errorf("at %s: %w", position(template, i), err)
			}
			text, err := value(name)
			if err != nil {
				return e, err
			}
			e.used[name] = true
			next = i + len(name)
			e.spots = append(e.spots, spot{start: out.Len(), end: out.Len() + len(text), from: i, to: next})
			out.WriteString(text)
			i = next
			continue
		case quote == 0 && c == '#':
			next = i + lineEnd(template[i:])
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote = c
		case c == quote:
			quote = 0
		case c == '\\' && quote != 0 && quote != '`' && next < len(template):
			next++
		}
		out.WriteString(template[i:next])
		i = next
	}
	e.text = out.String()
	return e, nil
}

// lineEnd returns the length of the first line of s, without its line break.
func lineEnd(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// placeholderAt returns the name that begins with the dollar at i. Inside a string only $__… is one, for a
// regular expression may end with a dollar; outside, PromQL knows no dollar at all.
func placeholderAt(template string, i int, quoted bool) string {
	end := i + 1
	for end < len(template) && isNameByte(template[end]) {
		end++
	}
	if quoted && !strings.HasPrefix(template[i:end], "$__") {
		return ""
	}
	return template[i:end]
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// checkPlace says what is wrong with the placeholder name at a place inside or outside quotes.
func checkPlace(name string, quoted bool) error {
	switch name {
	case windowPlaceholder, elapsedPlaceholder:
		if quoted {
			return fmt.Errorf("%s is a duration and cannot stand in quotes: write it as a range, [%s]", name, name)
		}
	case namespacePlaceholder:
		if !quoted {
			return fmt.Errorf(`%s is a text: write it in quotes, as in {namespace="%s"}`, name, name)
		}
	default:
		return fmt.Errorf("unknown placeholder %q: there are %s, %s and %s", brief(name, 40), windowPlaceholder,
			elapsedPlaceholder, namespacePlaceholder)
	}
	return nil
}

// position prints a byte position of text as a person counts it: line and column, from 1.
func position(text string, at int) string {
	before := text[:min(max(at, 0), len(text))]
	line := strings.Count(before, "\n") + 1
	return fmt.Sprintf("line %d, column %d", line, len(before)-strings.LastIndexByte(before, '\n'))
}
