package explain

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// add adds a step to a section.
func (s *Section) add(name, format string, args ...any) *Step {
	s.Steps = append(s.Steps, Step{Name: name, Text: fmt.Sprintf(format, args...)})
	return &s.Steps[len(s.Steps)-1]
}

// is gives a step its number.
func (s *Step) is(v float64, unit string) *Step {
	s.Value, s.Unit = &v, unit
	return s
}

// of gives a step its instant.
func (s *Step) of(t time.Time) *Step {
	if !t.IsZero() {
		t = t.UTC()
		s.Time = &t
	}
	return s
}

// put adds a section unless it is empty.
func (x *explaining) put(s *Section) {
	if len(s.Steps) > 0 {
		x.Sections = append(x.Sections, *s)
	}
}

// exact is a number with up to 7 significant digits, for arithmetic that is repeated by hand; a whole one with all of them.
func exact(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v+0, 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 7, 64), 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', 7, 64)
	}
	if a := math.Abs(short); a < 1e-6 || a >= 1e15 {
		return strconv.FormatFloat(short, 'g', -1, 64)
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// points is a percentage, or a difference of two, with two decimals; with all it has where these would make a whole one of
// one that is not: 99.9999 is not 100, nor is 10.001 within 10.
func points(v float64) string {
	short := math.Round(v*100) / 100
	if short == math.Trunc(short) && short != v {
		short = v
	}
	return strconv.FormatFloat(short+0, 'f', -1, 64)
}

// pointsText is a difference in points.
func pointsText(v float64) string {
	if text := points(v); text != "1" {
		return text + " points"
	}
	return "1 point"
}

// minus is a subtrahend: in brackets where it is negative.
func minus(text string) string {
	if strings.HasPrefix(text, "-") {
		return "(" + text + ")"
	}
	return text
}

func quantity(v float64, unit string) string { return withUnit(sample.Display(v), unit) }

func exactly(v float64, unit string) string { return withUnit(exact(v), unit) }

func withUnit(text, unit string) string {
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// instant is an instant in the goal's zone.
func (x *explaining) instant(t time.Time) string {
	zone := x.zone
	if zone == nil {
		zone = time.UTC
	}
	layout := "2006-01-02 15:04 MST"
	if t.Second() != 0 {
		layout = "2006-01-02 15:04:05 MST"
	}
	return t.In(zone).Format(layout)
}

// when is an instant, and how far away it is.
func (x *explaining) when(t time.Time) string { return x.instant(t) + " (" + x.away(t) + ")" }

func (x *explaining) away(t time.Time) string {
	switch d := t.Sub(x.now); {
	case d > 0:
		return "in " + duration.HumanDuration(d)
	case d > -time.Second:
		return "now"
	default:
		return duration.HumanDuration(-d) + " ago"
	}
}

// days is a length of time in days, with two decimals.
func days(d time.Duration) string { return points(d.Hours() / 24) }

// lasts is a length of time as people say it.
func lasts(d time.Duration) string { return duration.HumanDuration(d) }

func bandText(b okr.Band, unit string) string {
	switch {
	case b.AtLeast != nil && b.AtMost != nil:
		return exact(*b.AtLeast) + "–" + exactly(*b.AtMost, unit)
	case b.AtLeast != nil:
		return "≥ " + exactly(*b.AtLeast, unit)
	case b.AtMost != nil:
		return "≤ " + exactly(*b.AtMost, unit)
	default:
		return "any number"
	}
}

// bandWords is a band in plain words.
func bandWords(b okr.Band, unit string) string {
	switch {
	case b.AtLeast != nil && b.AtMost != nil:
		return "between " + exact(*b.AtLeast) + " and " + exactly(*b.AtMost, unit)
	case b.AtLeast != nil:
		return "at " + exactly(*b.AtLeast, unit) + " or more"
	case b.AtMost != nil:
		return "at " + exactly(*b.AtMost, unit) + " or less"
	default:
		return "anywhere"
	}
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	first := strings.ToUpper(text[:1])
	if text[0] >= 'a' && text[0] <= 'z' {
		text = first + text[1:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "!") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

func plural(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}
