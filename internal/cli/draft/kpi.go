package draft

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// condition of a KPI; an empty one if it has none of that type.
func condition(k *v1alpha1.KPI, kind string) metav1.Condition {
	for _, c := range k.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return metav1.Condition{}
}

// rationaleOf says how a KPI stands: what is known, in sentences that can be read next quarter as well.
func rationaleOf(k *v1alpha1.KPI, zone *time.Location) string {
	var said []string
	say := func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }
	status := &k.Status
	title := fmt.Sprintf("%q", k.Spec.Title)
	switch health := status.Health; {
	case health == "":
		say("The KPI %s has not been looked at yet.", title)
	case health == v1alpha1.KPIUnknown:
		why := condition(k, v1alpha1.HealthyCondition)
		say("How the KPI %s stands is not known: %s.", title, cmp.Or(why.Message, why.Reason, "there is no value"))
		if status.Value != "" {
			say("Its last value was %s; it should be %s.", status.Value, cmp.Or(status.Target, "somewhere, but has no target"))
		}
	case status.Target == "":
		say("The KPI %s is at %s, and has no target.", title, status.Value)
	case health == v1alpha1.KPIUnhealthy:
		say("The KPI %s is at %s, outside its band of %s%s.", title, status.Value, status.Target, since(k, zone))
	case health == v1alpha1.KPIWarning:
		say("The KPI %s is at %s, close to the edge of its band of %s.", title, status.Value, status.Target)
	default:
		say("The KPI %s is at %s, inside its band of %s.", title, status.Value, status.Target)
	}
	if t := status.Trend; t != nil && t.ChangePercent != "" && k.Spec.CompareTo != "" {
		change, less := strings.CutPrefix(t.ChangePercent, "-")
		way := "more"
		if less {
			way = "less"
		}
		say("That is %s %% %s than %s before.", change, way, inWords(k.Spec.CompareTo))
	}
	if health, ok := short(k); ok {
		say("%s", health)
	}
	return strings.Join(said, " ")
}

// short says that a KPI falls short of its ambition; false if it does not, or that is not known.
func short(k *v1alpha1.KPI) (string, bool) {
	v, known := valueOf(k)
	stretch, band := k.Spec.StretchTarget, k.Spec.Target
	if !known || stretch == nil || band == nil || k.Status.Health == v1alpha1.KPIUnhealthy {
		return "", false
	}
	if band.AtLeast != nil && v < stretch.Float64() || band.AtLeast == nil && v > stretch.Float64() {
		return "Its ambition is " + with(string(*stretch), k.Spec.Unit) + ".", true
	}
	return "", false
}

func since(k *v1alpha1.KPI, zone *time.Location) string {
	if f := k.Status.Frozen; f != nil && f.UnhealthySince != nil {
		return ", since " + string(dateIn(f.UnhealthySince.Time, zone))
	}
	return ""
}

// inWords is a length of time as it is said: 30d is 30 days.
func inWords(d v1alpha1.Duration) string {
	if days := d.Duration() / (24 * time.Hour); days > 1 && d.Duration()%(24*time.Hour) == 0 {
		return strconv.Itoa(int(days)) + " days"
	}
	return string(d)
}

// with is a number with its unit, where there is one.
func with(value, unit string) string { return strings.TrimSpace(value + " " + unit) }

// valueOf is a KPI's last good value; false if there is none, or what its health rests on is not known.
func valueOf(k *v1alpha1.KPI) (float64, bool) {
	m := k.Status.Measurement
	if m == nil || k.Status.Health == v1alpha1.KPIUnknown {
		return 0, false
	}
	v, err := strconv.ParseFloat(m.Value, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// titleFrom is a working title for an objective that answers a KPI.
func titleFrom(k *v1alpha1.KPI) string {
	name, _, _ := strings.Cut(k.Spec.Title, ",")
	letters := []rune(strings.TrimSpace(name))
	if len(letters) > 1 && unicode.IsLower(letters[1]) { // API stays API
		letters[0] = unicode.ToLower(letters[0])
	}
	return turn(k) + string(letters)
}

// turn is what a working title says is to be done about a KPI.
func turn(k *v1alpha1.KPI) string {
	if k.Status.Health == v1alpha1.KPIUnhealthy {
		return "Turn the tide on "
	}
	return "Raise the bar on "
}

// consents decides who may refer to what, by the labels of namespaces as far as they were read.
type consents struct{ set *goals.Set }

func (c consents) labelsOf(namespace string) (labels.Set, bool) {
	for _, n := range c.set.Namespaces {
		if n.Name == namespace {
			return n.Labels, true
		}
	}
	return nil, false
}

// shared reports whether an object of namespace own may be referred to from another one.
func (c consents) shared(allowed *v1alpha1.AllowedNamespaces, own, from string) bool {
	return evaluate.Shared(allowed, own, from, c.labelsOf)
}

// leversOf are key results that somebody may want who wants to move a KPI: the numbers that drive it, by the tree of KPIs, those
// first that are worst. untold are the drivers that may not be referred to from the namespace.
func leversOf(k *v1alpha1.KPI, set *goals.Set, namespace string) (levers []lever, untold []string) {
	for _, driver := range set.DriversOf(k) {
		if !(consents{set}).shared(driver.Spec.AllowedNamespaces, driver.Namespace, namespace) {
			untold = append(untold, driver.Namespace+"/"+driver.Name)
			continue
		}
		levers = append(levers, leverOf(driver, namespace))
	}
	slices.SortStableFunc(levers, func(a, b lever) int { return cmp.Compare(rank(a.kpi), rank(b.kpi)) })
	return levers, untold
}

func rank(k *v1alpha1.KPI) int {
	return slices.Index([]v1alpha1.KPIHealth{v1alpha1.KPIUnhealthy, v1alpha1.KPIWarning, v1alpha1.KPIUnknown, v1alpha1.KPIHealthy}, k.Status.Health)
}

// lever is a KPI that drives another one, as a key result.
type lever struct {
	kpi *v1alpha1.KPI
	measure
	// why says how it stands and what target is proposed.
	why string
}

func leverOf(k *v1alpha1.KPI, namespace string) lever {
	name := k.Name
	if k.Namespace != namespace {
		name = k.Namespace + "/" + k.Name
	}
	title, _, _ := strings.Cut(k.Spec.Title, ",")
	l := lever{kpi: k, measure: measure{title: strings.TrimSpace(title), unit: k.Spec.Unit, source: "kpi:" + name}}
	l.why = fmt.Sprintf("%q drives it, and is at %s; its band is %s.", k.Spec.Title, cmp.Or(k.Status.Value, "a value that is not known"), cmp.Or(k.Status.Target, "not set"))
	target, why := within(k)
	l.why += " " + why
	l.target = target
	return l
}

// within proposes a target for a KPI that is to move: one that it has an ambition for, or that it has reached before. Its
// band's bound is none: the KPI says that already (OKR007).
func within(k *v1alpha1.KPI) (target, why string) {
	band := k.Spec.Target
	v, known := valueOf(k)
	if band == nil || band.AtLeast != nil && band.AtMost != nil || !known {
		return "", "Choose where it should be at the end."
	}
	sign, at := 1.0, ">="
	edge := band.AtLeast
	if edge == nil {
		sign, at, edge = -1, "<=", band.AtMost
	}
	better := func(a, b float64) bool { return sign*a > sign*b }
	if s := k.Spec.StretchTarget; s != nil && better(s.Float64(), v) {
		return at + string(*s), "The target is its ambition."
	}
	best := v
	for _, p := range k.Status.History {
		if past := v1alpha1.Decimal(p.Value).Float64(); better(past, best) {
			best = past
		}
	}
	if better(best, v) && best != edge.Float64() && better(best, edge.Float64()) && text(best) != text(v) {
		return at + text(best), "The target is the best that it has been lately."
	}
	return "", "It is as good as it has been lately: choose where it should be at the end."
}

// levels from the top.
var levels = []v1alpha1.Level{v1alpha1.LevelCompany, v1alpha1.LevelDepartment, v1alpha1.LevelTeam, v1alpha1.LevelIndividual}

// parentsFor are the objectives that one of a namespace, a level and a period may serve: active ones of the next level above
// that has any, which are shared with the namespace and last as long.
func parentsFor(set *goals.Set, namespace string, level v1alpha1.Level, period okr.Period, now time.Time) []*v1alpha1.Objective {
	for above := slices.Index(levels, level) - 1; above >= 0; above-- {
		var found []*v1alpha1.Objective
		for _, o := range set.Objectives {
			if o.Spec.Level == levels[above] && candidate(o, period, now) && (consents{set}).shared(o.Spec.AllowedNamespaces, o.Namespace, namespace) {
				found = append(found, o)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// candidate reports whether an objective is active, and that a period lies inside its own.
func candidate(o *v1alpha1.Objective, period okr.Period, now time.Time) bool {
	own, err := okr.ParsePeriod(string(o.Spec.Period))
	zone := evaluate.Zone(o.Spec.TimeZone)
	if err != nil || zone == nil || o.Spec.State == v1alpha1.ObjectiveDraft || o.Spec.State == v1alpha1.ObjectiveCancelled {
		return false
	}
	return now.Before(own.Last.End(zone)) && own.Contains(period.First) && own.Contains(period.Last)
}
