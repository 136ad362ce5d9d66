package explain

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/prom"
)

// question is one of a purpose; nil if there is none.
func (k *keyResultParts) question(purpose string) *evaluate.Asked {
	return asked(k.e.Questions, purpose)
}

func asked(all []evaluate.Asked, purpose string) *evaluate.Asked {
	for i := range all {
		if all[i].Purpose == purpose {
			return &all[i]
		}
	}
	return nil
}

// questions tells of the question of a purpose, if there is one.
func (k *keyResultParts) questions(s *Section, purpose string) {
	at := k.e.Value.Time
	if g := k.e.Guard; g != nil && purpose == evaluate.ForGuard {
		at = g.Time
	}
	k.query(s, asked(k.e.Questions, purpose), at)
}

// query tells what is sent where, and how often. A live question is shown as it was sent for the instant at, or is sent now
// where there is none.
func (x *explaining) query(s *Section, a *evaluate.Asked, at time.Time) {
	if a == nil {
		return
	}
	q := a.Question
	switch {
	case !q.Live():
		at = time.Unix(q.At, 0)
	case at.IsZero():
		at = x.now.Add(-a.Metric.QueryOffset)
	}
	text, err := prom.Sent(q, at)
	switch {
	case errors.Is(err, prom.ErrTooEarly):
		s.add("query", "%s", q.Query).verbatim = true
		s.add("sent", "not before 5 minutes have passed since the start")
	case err != nil:
		s.add("query", "%s", q.Query).verbatim = true
		s.add("sent", "never: %v", err)
	default:
		s.add("query", "%s", text).verbatim = true
		if text != q.Query {
			s.add("written", "%s", q.Query).verbatim = true
		}
	}
	if !a.May() {
		s.add("source", "is not asked: %s", a.WhyNot())
		return
	}
	source := "MetricSource " + q.Source
	switch {
	case slices.Contains(x.reader.missed, "MetricSource "+q.Source):
		source += ", which you may not read: what it adds to the query, and how often it may be asked, is not known"
	case !q.Live():
		source += ", once, with time=" + at.UTC().Format(time.RFC3339)
	default:
		source += ", every " + prometheusDuration(a.Rhythm())
	}
	if a.Metric.MinInterval > q.Interval && q.Live() {
		source += " (its limits.minInterval; the metric asks for " + prometheusDuration(q.Interval) + ")"
	}
	if a.Metric.QueryOffset > 0 {
		source += ", about " + prometheusDuration(a.Metric.QueryOffset) + " earlier (its queryOffset)"
	}
	if t := q.Tenant; t.Label != "" {
		source += fmt.Sprintf("; confined to %s=%q in every selector", t.Label, t.LabelValue)
	}
	if t := q.Tenant; t.Header != "" {
		source += fmt.Sprintf("; with the header %s: %s", t.Header, t.HeaderValue)
	}
	s.add("source", "%s", source)
}

// prometheusDuration is a length of time as it is written in a spec.
func prometheusDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 { // and not 3w
		return strconv.Itoa(int(d/day)) + "d"
	}
	return model.Duration(d).String()
}

func roundSeconds(seconds float64) time.Duration { return time.Duration(seconds) * time.Second }

// conditionOf is a condition; an empty one if it is not set.
func conditionOf(conditions []metav1.Condition, kind string) metav1.Condition {
	if c := meta.FindStatusCondition(conditions, kind); c != nil {
		return *c
	}
	return metav1.Condition{}
}

func (x *explaining) verdict(health string, conditions []metav1.Condition, told string) {
	c := conditionOf(conditions, told)
	x.Health, x.Reason, x.Message = health, c.Reason, c.Message
}

// float reads a number of a status.
func float(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && v-v == 0
}

func nameFrom(own, namespace, called string) string {
	if namespace == own {
		return called
	}
	return namespace + "/" + called
}
