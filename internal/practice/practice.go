// Package practice holds the rules of good OKR practice. Each is a pure function of facts about one goal and what it
// is directly related to, or about a whole set of goals; the controller and the command look through the same eyes.
// None of them refuses anything: they say what to write instead.
package practice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severity is how much a broken rule matters.
type Severity string

const (
	// Error: the object cannot be evaluated.
	Error Severity = "E"
	// Warning: it can, and will most likely mislead.
	Warning Severity = "W"
	// Advice: it could be better. A goal that breaks only advice is well-formed.
	Advice Severity = "I"
)

// String is the severity in words.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	default:
		return "advice"
	}
}

// Thresholds are the numbers in the rules. The zero Thresholds are the defaults.
type Thresholds struct {
	// KeyResultsMin and KeyResultsMax are how many key results an objective has: 2 to 5 (OKR001).
	KeyResultsMin, KeyResultsMax int
	// ObjectivesMax is how many active objectives a team has at most in a period: 5 (OKR002).
	ObjectivesMax int
	// ScoreHigh and ScoreLow are the scores, in hundredths, beyond which aspirational objectives were not ambitious or
	// not realistic: 90 and 30 (OKR012).
	ScoreHigh, ScoreLow int64
	// LateStart is how far into its period a goal may be first seen: 14 d (OKR019).
	LateStart time.Duration
	// RawRange is how far a query that is asked often may look back over raw data: 7 d (PQL003).
	RawRange time.Duration
	// ShortestValue is how far a key result's value must look back: 24 h (PQL004).
	ShortestValue time.Duration
}

const day = 24 * time.Hour

// Defaults are the thresholds that the rules name.
func Defaults() Thresholds {
	return Thresholds{
		KeyResultsMin: 2, KeyResultsMax: 5, ObjectivesMax: 5, ScoreHigh: 90, ScoreLow: 30,
		LateStart: 14 * day, RawRange: 7 * day, ShortestValue: day,
	}
}

// Rule is one rule, with what the documentation says of it.
type Rule struct {
	// ID is stable: lint-ignore names it.
	ID       string
	Severity Severity
	// Title is the rule in one sentence.
	Title string
	// Why says what goes wrong without it, Example shows what breaks it, and Fix says what to write instead.
	Why, Example, Fix string
	// SetWide says that the rule needs a whole set of goals: it belongs to the command, not to WellFormed.
	SetWide bool

	// stages are the times in a goal's life at which objective and keyResult are looked at.
	stages    stage
	objective func(*Objective, look) outcome
	keyResult func(*KeyResult, look) outcome
	kpi       func(*KPI, look) outcome
	set       func(*Set, look) []located
}

// look is what a rule goes by besides the facts.
type look struct {
	Thresholds
	now   time.Time
	stage stage
}

// outcome is what a rule finds: what is broken, and when it may find something else although no fact has changed.
type outcome struct {
	breaches []breach
	// next is that instant; zero if there is none.
	next time.Time
}

type breach struct{ field, message string }

func broken(field, format string, args ...any) outcome {
	return outcome{breaches: []breach{{field, fmt.Sprintf(format, args...)}}}
}

func (o outcome) and(other outcome) outcome {
	o.breaches = append(o.breaches, other.breaches...)
	return o
}

// located is a breach of a rule over a set, and whose it is.
type located struct {
	subject
	breach
}

// Ref names an object.
type Ref struct{ Kind, Namespace, Name string }

// Finding is a rule that an object breaks.
type Finding struct {
	Object   Ref
	Rule     string
	Severity Severity
	// Field is the path of what to edit, such as spec.title.
	Field string
	// Message says in one line what is wrong and what to write instead; at most 300 bytes, without relative times.
	Message string
	// Silenced is the reason that the object gives for not minding; empty if it gives none.
	Silenced string
}

// Report is what was found. Findings are sorted.
type Report struct {
	Findings []Finding
	// Next is the first instant after now at which a rule may find something else although no fact has changed; zero
	// if there is none.
	Next time.Time
}

// WellFormed reports whether nothing is broken that matters: neither an error nor a warning, other than silenced ones.
func (r Report) WellFormed() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity != Advice && f.Silenced == "" })
}

// Rules are all rules, by id.
func Rules() []Rule { return slices.Clone(registry) }

// registry is filled from where the rules are written.
var registry = sorted(titleRules, objectiveRules, lifeRules, movedRules, keyResultRules, kpiRules, queryRules, setRules, []Rule{ignoreRule})

func sorted(groups ...[]Rule) []Rule {
	rules := slices.Concat(groups...)
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return rules
}

// Check looks at an objective and what it is directly related to. What is not known breaks no rule.
func (o *Objective) Check(t Thresholds, now time.Time) Report {
	c := newCollector(o.subject(), t, now)
	c.stage = o.stage(now)
	for _, rule := range registry {
		if rule.objective != nil && rule.stages&c.stage != 0 {
			c.take(rule, rule.objective(o, c.look))
		}
	}
	return c.report(o.Time)
}

// Check looks at a key result and what it is directly related to. What is not known breaks no rule.
func (k *KeyResult) Check(t Thresholds, now time.Time) Report {
	c := newCollector(k.subject(), t, now)
	c.stage = k.stage(now)
	for _, rule := range registry {
		if rule.keyResult != nil && rule.stages&c.stage != 0 {
			c.take(rule, rule.keyResult(k, c.look))
		}
	}
	return c.report(k.Time)
}

// Check looks at a KPI and what it is directly related to. What is not known breaks no rule.
func (k *KPI) Check(t Thresholds, now time.Time) Report {
	c := newCollector(k.subject(), t, now)
	for _, rule := range registry {
		if rule.kpi != nil {
			c.take(rule, rule.kpi(k, c.look))
		}
	}
	return c.report(nil)
}

// Check looks at every object of a set, and at the set as a whole.
func (s *Set) Check(t Thresholds, now time.Time) Report {
	var all Report
	add := func(r Report) {
		all.Findings = append(all.Findings, r.Findings...)
		all.Next = earliest(now, all.Next, r.Next)
	}
	for _, o := range s.Objectives {
		add(o.Check(t, now))
	}
	for _, k := range s.KeyResults {
		add(k.Check(t, now))
	}
	for _, k := range s.KPIs {
		add(k.Check(t, now))
	}
	for _, rule := range registry {
		if rule.set == nil {
			continue
		}
		c := newCollector(subject{}, t, now)
		for _, found := range rule.set(s, c.look) {
			c.subject = found.subject
			c.ignored, _ = ignores(found.annotations)
			c.take(rule, outcome{breaches: []breach{found.breach}})
		}
		all.Findings = append(all.Findings, c.findings...)
	}
	sortFindings(all.Findings)
	return all
}

// collector gathers what is found about one object.
type collector struct {
	look
	subject
	ignored  map[string]string
	findings []Finding
	next     []time.Time
}

func newCollector(s subject, t Thresholds, now time.Time) *collector {
	if t == (Thresholds{}) {
		t = Defaults()
	}
	ignored, malformed := ignores(s.annotations)
	c := &collector{look: look{Thresholds: t, now: now}, subject: s, ignored: ignored}
	for _, message := range malformed {
		c.take(ignoreRule, broken("metadata.annotations["+IgnoreAnnotation+"]", "%s", message))
	}
	return c
}

// take keeps what a rule has found. A breach that the object does not mind is kept too, with its reason.
func (c *collector) take(rule Rule, found outcome) {
	for _, b := range found.breaches {
		c.findings = append(c.findings, Finding{
			Object: c.ref, Rule: rule.ID, Severity: rule.Severity, Field: b.field, Message: brief(b.message, maxText),
			Silenced: c.ignored[rule.ID],
		})
	}
	c.next = append(c.next, found.next)
}

// report is what was found; a goal's rules change at its start and at its end too.
func (c *collector) report(t *Time) Report {
	if t != nil {
		c.next = append(c.next, t.Start, t.End)
	}
	sortFindings(c.findings)
	return Report{Findings: c.findings, Next: earliest(c.now, c.next...)}
}

// earliest is the first of the instants that lies after now; zero if none does.
func earliest(now time.Time, instants ...time.Time) time.Time {
	var first time.Time
	for _, t := range instants {
		if t.After(now) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

func sortFindings(findings []Finding) {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.Object.Kind, b.Object.Kind), strings.Compare(a.Object.Namespace, b.Object.Namespace),
			strings.Compare(a.Object.Name, b.Object.Name), strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message),
		)
	})
}
