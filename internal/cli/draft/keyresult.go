package draft

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

// measure is a key result as somebody says it.
type measure struct {
	title, unit, baseline, target string
	// source is a query, or "kpi:" and the name of a KPI; empty: the number is kept by hand.
	source string
}

const keyResultForm = `"title|unit|baseline|target|query"`

// parseMeasure reads a key result in one line: its parts lie between bars, of which the last, a query, may hold some itself.
func parseMeasure(text string) (measure, error) {
	parts := strings.SplitN(text, "|", 5)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) < 4 {
		return measure{}, fmt.Errorf("%q is not a key result: write %s, such as \"First reply to a prospect within hours|h|26|4\"", text, keyResultForm)
	}
	m := measure{title: parts[0], unit: parts[1], baseline: parts[2], target: parts[3]}
	if len(parts) == 5 {
		m.source = parts[4]
	}
	return m, nil
}

// fromTo finds where a number goes in a title, such as "p99 latency from 800 ms to 300 ms".
var fromTo = regexp.MustCompile(`(?i)(?:\bfrom\s+|:\s*|\s)\$?(-?\d+(?:\.\d+)?)\s?(%|\pL{1,12})?\s*(?:\bto\b|→|->|–>)\s*\$?(-?\d+(?:\.\d+)?)\s?(%|\pL{1,12})?\s*$`)

// guess fills in what the title says: a baseline, a target and a unit.
func (m measure) guess() measure {
	if found := fromTo.FindStringSubmatch(m.title); found != nil {
		m.baseline, m.target = cmp.Or(m.baseline, found[1]), cmp.Or(m.target, found[3])
		m.unit = cmp.Or(m.unit, found[4], found[2])
	}
	return m
}

// kpi is the KPI that gives the value.
func (m measure) kpi() (v1alpha1.KPIReference, bool) {
	name, named := strings.CutPrefix(m.source, "kpi:")
	if !named {
		return v1alpha1.KPIReference{}, false
	}
	ref := v1alpha1.KPIReference{Name: strings.TrimSpace(name)}
	if namespace, own, parted := strings.Cut(ref.Name, "/"); parted {
		ref = v1alpha1.KPIReference{Namespace: namespace, Name: own}
	}
	return ref, true
}

// metric is the query that gives the value; nil if there is none.
func (m measure) metric() *v1alpha1.Metric {
	if _, byKPI := m.kpi(); byKPI || m.source == "" {
		return nil
	}
	metric := &v1alpha1.Metric{Query: m.source}
	if strings.Contains(m.source, "$__window") {
		metric.Window = "7d"
	}
	return metric
}

// aim is where a number is to go.
type aim struct {
	target, change string
	// direction is how the target lies to a baseline that is not known: said by ≥ or ≤.
	direction v1alpha1.Direction
	// keep says that the number should stay there instead of arriving.
	keep bool
}

var (
	number = regexp.MustCompile(`^-?[0-9]{1,15}([.][0-9]{1,9})?$`)
	change = regexp.MustCompile(`^[+-][0-9]{1,15}([.][0-9]{1,9})?%?$`)
	bound  = regexp.MustCompile(`^(keep\s*)?(>=|≥|<=|≤)?\s*(.*)$`)
)

const targetForms = `write 50 (the number to arrive at), >=50 or <=50 (where the baseline is to be measured), "+20%" or "-15" (a change), or "keep >=99.9" (a number to be held)`

// parseAim reads a target.
func parseAim(text, unit string) (aim, error) {
	if change.MatchString(text) {
		return aim{change: text}, nil
	}
	found := bound.FindStringSubmatch(text)
	a := aim{keep: found[1] != ""}
	switch found[2] {
	case ">=", "≥":
		a.direction = v1alpha1.DirectionIncrease
	case "<=", "≤":
		a.direction = v1alpha1.DirectionDecrease
	}
	a.target = bare(found[3], unit)
	if !number.MatchString(a.target) || a.keep && a.direction == "" {
		return aim{}, fmt.Errorf("target %q: %s", text, targetForms)
	}
	return a, nil
}

// bare is a number without its unit.
func bare(text, unit string) string {
	text = strings.TrimSpace(text)
	if unit != "" {
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(text, unit), unit))
	}
	return text
}

// present is what a number is now.
type present struct {
	value float64
	// known is false where there is no number; why says why not.
	known bool
	why   string
	// from says where it comes from, for a comment.
	from string
}

// keyResult makes a key result of what was said. begun says that its time has begun, so that the present value is where it
// starts from; now gives that value, and is asked only if it is needed.
func (m measure) keyResult(begun bool, now func(measure) present) (*v1alpha1.KeyResult, string, error) {
	m = m.guess()
	kr := &v1alpha1.KeyResult{Spec: v1alpha1.KeyResultSpec{Title: m.title, Unit: m.unit, Metric: m.metric()}}
	if ref, byKPI := m.kpi(); byKPI {
		kr.Spec.KPIRef = &ref
	}
	if m.title == "" {
		return nil, "", errors.New("a key result needs a title")
	}
	if err := cmp.Or(atMost(253)(m.title), atMost(32)(m.unit)); err != nil {
		return nil, "", fmt.Errorf("title or unit of key result %q: %w", m.title, err)
	}
	remark, err := m.shape(kr, begun, now)
	if err != nil {
		return nil, "", fmt.Errorf("key result %q: %w", m.title, err)
	}
	return kr, remark, nil
}

func (m measure) shape(kr *v1alpha1.KeyResult, begun bool, now func(measure) present) (string, error) {
	spec := &kr.Spec
	if err := checkSource(m.source); err != nil {
		return "", err
	}
	counts := spec.Metric != nil && prom.Analyze(spec.Metric.Query, spec.Metric.Window.Duration()).Elapsed
	goal, err := parseAim(m.target, m.unit)
	if err != nil {
		return "", err
	}
	if goal.keep {
		return "", m.maintain(spec, goal, counts)
	}
	spec.Reach = &v1alpha1.Reach{Change: v1alpha1.Change(goal.change)}
	if goal.target != "" {
		spec.Reach.Target = (*v1alpha1.Decimal)(&goal.target)
	}
	baseline := bare(m.baseline, m.unit)
	switch {
	case counts && baseline != "" && baseline != "0":
		return "", errors.New("a query with $__elapsed counts from 0: leave the baseline empty")
	case counts:
		return "", nil
	case baseline != "":
		if err := checkNumber(baseline); err != nil {
			return "", fmt.Errorf("baseline: %w", err)
		}
		return "", begin(spec.Reach, goal, baseline)
	case m.source == "":
		return "", errors.New("with neither a query nor a KPI its value is kept by hand: write the baseline, where the number stands today")
	}
	return m.measured(spec.Reach, goal, begun, now)
}

// measured finds the baseline of a number that is measured: its present value, or the one at the start, which the controller
// measures.
func (m measure) measured(reach *v1alpha1.Reach, goal aim, begun bool, now func(measure) present) (string, error) {
	var at present
	if begun {
		if at = now(m); at.known {
			value := text(at.value)
			return "The baseline is " + at.from + ".", begin(reach, goal, value)
		}
	}
	remark := "The baseline is measured at the start."
	switch {
	case goal.change != "":
		return remark, nil
	case goal.direction != "":
		reach.Direction = goal.direction
		return remark, nil
	}
	why := "where it stands is not known"
	if at.why != "" {
		why += " (" + at.why + ")"
	}
	return "", fmt.Errorf("%s: write the baseline, or which way to go: >=%s or <=%s", why, goal.target, goal.target)
}

// begin sets a baseline. One that is already where it should go leads nowhere.
func begin(reach *v1alpha1.Reach, goal aim, baseline string) error {
	reach.Baseline = (*v1alpha1.Decimal)(&baseline)
	if goal.target == "" {
		return nil
	}
	from, to := reach.Baseline.Float64(), reach.Target.Float64()
	if from == to || goal.direction == v1alpha1.DirectionIncrease && from > to || goal.direction == v1alpha1.DirectionDecrease && from < to {
		return fmt.Errorf("it is at %s already, and the target is %s: write a target beyond that", baseline, goal.target)
	}
	return nil
}

func (m measure) maintain(spec *v1alpha1.KeyResultSpec, goal aim, counts bool) error {
	target := v1alpha1.Decimal(goal.target)
	spec.Maintain = &v1alpha1.Maintain{AtLeast: &target}
	if goal.direction == v1alpha1.DirectionDecrease {
		spec.Maintain = &v1alpha1.Maintain{AtMost: &target}
	}
	switch {
	case m.source == "":
		return errors.New("what is to be held must be measured: write a query, or kpi:NAME, as the last part")
	case counts:
		return errors.New("a query with $__elapsed counts from 0, which is no number to be held: write a window instead, such as [$__window]")
	case m.baseline != "":
		return errors.New("what is to be held has no baseline: leave that part empty")
	}
	return nil
}

func checkNumber(text string) error {
	if !number.MatchString(text) {
		return fmt.Errorf("%q is not a number: write 800 or 12.5", text)
	}
	return nil
}

// checkSource says what is wrong with what gives a value: a query that does not parse, a KPI's name that is none.
func checkSource(source string) error {
	m := measure{source: source}
	if metric := m.metric(); metric != nil {
		if problem := prom.Analyze(metric.Query, metric.Window.Duration()).Problem; problem != "" {
			return errors.New(problem)
		}
		return atMost(4096)(source)
	}
	if name, byKPI := strings.CutPrefix(source, "kpi:"); byKPI {
		return checkName(strings.TrimSpace(name))
	}
	return nil
}

// text is a number as people would write it into a file: four significant digits, and never an exponent.
func text(v float64) string {
	shown := sample.Display(v)
	if number.MatchString(shown) {
		return shown
	}
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 9, 64), "0"), ".")
}

// dateIn is the civil date of an instant in a zone.
func dateIn(t time.Time, zone *time.Location) v1alpha1.Date {
	return v1alpha1.Date(t.In(zone).Format(time.DateOnly))
}
