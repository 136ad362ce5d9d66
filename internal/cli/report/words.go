package report

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/okr"
)

// prose is what people wrote, without what could move a cursor or turn the direction in which a line is read. Its lines
// stay.
func prose(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	text = terminal.Screen{Unicode: true}.Text(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.TrimSpace(text)
}

// line is prose on one line.
func line(text string) string { return terminal.OneLine(prose(text)) }

// link is an address that may be followed; empty for what is none of http or https.
func link(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

// condition of a type; an empty one if there is none.
func condition(conditions []metav1.Condition, kind string) metav1.Condition {
	if c := meta.FindStatusCondition(conditions, kind); c != nil {
		return *c
	}
	return metav1.Condition{}
}

// dateOf reads a date; false if it is none.
func dateOf(d v1alpha1.Date) (okr.Date, bool) {
	date, err := okr.ParseDate(d.String())
	return date, err == nil
}

// dayOf is a date as it is written.
func dayOf(d v1alpha1.Date) string { return line(d.String()) }

// begun reports whether a day has begun.
func begun(d v1alpha1.Date, zone *time.Location, now time.Time) bool {
	date, ok := dateOf(d)
	return ok && !date.Start(zone).After(now)
}

// ended reports whether a day is over.
func ended(d v1alpha1.Date, zone *time.Location, now time.Time) bool {
	date, ok := dateOf(d)
	return ok && !date.End(zone).After(now)
}

func ownerOf(o *v1alpha1.Owner) Owner {
	if o == nil {
		return Owner{}
	}
	return Owner{Team: line(o.Team), Person: line(o.Person), Contact: line(o.Contact)}
}

// Text names the owner: team, person and contact as far as they are written.
func (o Owner) Text() string {
	var parts []string
	for _, part := range []string{o.Team, o.Person, o.Contact} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

// teamOf is the team that answers for a goal; its namespace where no team is named.
func teamOf(o *v1alpha1.Owner, namespace string) string {
	if o != nil && line(o.Team) != "" {
		return line(o.Team)
	}
	return "namespace " + namespace
}

// known is a text, or a dash where there is none.
func known(text string) string { return cmp.Or(text, "–") }

// percent is a whole percentage as people read it, or a dash.
func percent(p *int32) string {
	return known(terminal.Percent(p))
}

// plural is a number of things: "1 check-in", "no check-ins".
func plural(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	default:
		return strconv.Itoa(n) + " " + many
	}
}

// signed is a number with its sign: "+1", "−2", "±0".
func signed(n int32) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(int(n))
	case n < 0:
		return "−" + strconv.Itoa(-int(n))
	default:
		return "±0"
	}
}

// confidence is "7 of 10 (+1)".
func confidence(c, change *int32) string {
	if c == nil {
		return "–"
	}
	text := strconv.Itoa(int(*c)) + " of 10"
	if change != nil && *change != 0 {
		text += " (" + signed(*change) + ")"
	}
	return text
}

func withUnit(text, unit string) string {
	if unit == "" || text == "" {
		return text
	}
	return text + " " + unit
}
