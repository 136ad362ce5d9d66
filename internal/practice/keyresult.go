package practice

import (
	"strings"
	"time"

	"okr.dev/controller/api/v1alpha1"
)

var keyResultRules = []Rule{
	{
		ID: "OKR007", Severity: Warning, stages: written, keyResult: restatesKPI,
		Title: "A key result does not restate a KPI's target",
		Why: "A KPI says what should always be so. A key result with the same number and the same bound only says it again: the team has nothing to " +
			"decide and sees in week twelve whether it came true. What it needs is the lever under it that it can move every week.",
		Example: "`kpiRef: {name: availability}` (or the same query) with `reach: {target: \"99.9\"}`, where the KPI has `target: {atLeast: \"99.9\"}`. " +
			"`maintain` with `allowedBreach` is an error budget for the quarter, which the KPI does not have, and is fine.",
		Fix: "Find what moves the KPI: fewer failed deployments, a faster restore, more trials that begin. Name the KPI in the objective's `spec.kpiRefs`.",
	},
	{
		ID: "OKR021", Severity: Warning, stages: written, keyResult: breachOutlivesOutage,
		Title: "A maintain query does not look back longer than its allowed breach lasts",
		Why: "A query over 28 days remembers an outage for 28 days: it stays outside its band until the outage has left the window, and " +
			"one bad hour spends the breach that the whole quarter is allowed.",
		Example: "`maintain: {atLeast: \"99.9\", allowedBreach: \"1%\"}`, which allows 22 hours of a quarter, with `window: 28d`.",
		Fix:     "Use a short window (`5m`, `1h`), so that time outside the band is time outside the band. The 28 days belong to the KPI.",
	},
	{
		ID: "SMART", Severity: Advice, stages: written, keyResult: smart,
		Title: "A key result is specific, measurable, achievable, relevant and time-bound",
		Why: "Each letter is a question that somebody asks at the end: how much of what (S), says who (M), could it be done (A), what for (R), " +
			"until when (T). Whether it can be achieved is left to people: look at the best value of the history beside the target.",
		Example: "A reach without `unit` (S); an objective that names neither a KPI nor a parent (R); a period that cannot be read (T).",
		Fix:     "Write `spec.unit`, such as ms or customers; `spec.kpiRefs` or `spec.parentRef` in the objective; dates that exist.",
	},
}

func restatesKPI(k *KeyResult, _ look) outcome {
	spec := &k.Object.Spec
	for _, kpi := range k.KPIs {
		target := kpi.Object.Spec.Target
		if target == nil || !k.measuredBy(kpi) {
			continue
		}
		field, bound := "", (*v1alpha1.Decimal)(nil)
		switch {
		case spec.Reach != nil && spec.Reach.Target != nil:
			field, bound = "spec.reach.target", equalTo(spec.Reach.Target, target.AtLeast, target.AtMost)
		case spec.Maintain != nil && spec.Maintain.AllowedBreach == "":
			field, bound = "spec.maintain", equalTo(spec.Maintain.AtLeast, target.AtLeast)
			if bound == nil {
				bound = equalTo(spec.Maintain.AtMost, target.AtMost)
			}
		}
		if bound != nil {
			return broken(field, "%s is the target of the KPI %s, which says it already: find the lever that a team can move every week", *bound, kpi.Object.Name)
		}
	}
	return outcome{}
}

// measuredBy reports whether a KPI's number is the key result's.
func (k *KeyResult) measuredBy(kpi *KPI) bool {
	if ref := k.Object.Spec.KPIRef; ref != nil {
		namespace := ref.Namespace
		if namespace == "" {
			namespace = k.Object.Namespace
		}
		if ref.Name == kpi.Object.Name && namespace == kpi.Object.Namespace {
			return true
		}
	}
	return k.Query.same(kpi.Query)
}

// equalTo is d if it is the same number as one of the bounds; nil if not.
func equalTo(d *v1alpha1.Decimal, bounds ...*v1alpha1.Decimal) *v1alpha1.Decimal {
	for _, b := range bounds {
		if d != nil && b != nil && d.Float64() == b.Float64() {
			return d
		}
	}
	return nil
}

func breachOutlivesOutage(k *KeyResult, _ look) outcome {
	maintain := k.Object.Spec.Maintain
	if maintain == nil || maintain.AllowedBreach == "" || k.Query == nil || k.Time == nil {
		return outcome{}
	}
	allowed := (float64(k.Time.End.Unix()) - float64(k.Time.Start.Unix())) * maintain.AllowedBreach.Percent() / 100
	if looks := k.Query.Expression.LongestRange; looks.Seconds() > allowed {
		return broken(k.queryField(), "the query looks back %s, longer than the allowed breach of %s lasts, so that one outage spends it all: use a shorter window",
			short(looks), maintain.AllowedBreach)
	}
	return outcome{}
}

// queryField is the path of what measures a key result.
func (k *KeyResult) queryField() string {
	if k.Object.Spec.KPIRef != nil {
		return "spec.kpiRef"
	}
	return "spec.metric.query"
}

// Letter is one letter of SMART for a key result.
type Letter struct {
	// Letter is one of S, M, A, R and T.
	Letter byte
	// Missing says what is missing; empty if nothing is.
	Missing string
	// Open says that it is not known, or left to people.
	Open bool
}

// SMART judges a key result by the five letters. Whether it is achievable is left to people.
func SMART(k *KeyResult) []Letter {
	spec := &k.Object.Spec
	letters := []Letter{{Letter: 'S'}, {Letter: 'M'}, {Letter: 'A', Open: true}, {Letter: 'R'}, {Letter: 'T'}}
	specific, measurable, relevant, timed := &letters[0], &letters[1], &letters[3], &letters[4]
	switch {
	case strings.TrimSpace(spec.Title) == "":
		specific.Missing = "write spec.title"
	case spec.Unit == "" && len(spec.Milestones) == 0:
		specific.Missing = "write spec.unit"
	}
	// Milestones are counted, and a reach without a query is kept by hand in the check-ins.
	if len(spec.Milestones) == 0 && !k.measured() && (spec.Reach == nil || spec.Reach.Baseline == nil) {
		measurable.Missing = "write spec.metric or spec.kpiRef"
	}
	if o := k.Objective; o == nil {
		relevant.Open, timed.Open = true, true
	} else {
		if s := &o.Object.Spec; len(s.KPIRefs) == 0 && s.ParentRef == nil && spec.KPIRef == nil {
			relevant.Missing = "write spec.kpiRefs or spec.parentRef in the objective"
		}
		if k.Time == nil {
			timed.Missing = "write dates that exist"
		}
	}
	return letters
}

func smart(k *KeyResult, _ look) outcome {
	var missing []string
	for _, l := range SMART(k) {
		if l.Missing != "" {
			missing = append(missing, string(l.Letter)+" ("+l.Missing+")")
		}
	}
	if len(missing) == 0 {
		return outcome{}
	}
	return broken("spec", "missing: %s", strings.Join(missing, ", "))
}

// short is a length of time in its largest unit that divides it: 28d, 36h, 90s.
func short(d time.Duration) string {
	switch {
	case d >= day && d%day == 0:
		return strings.TrimSuffix((d/24).String(), "h0m0s") + "d"
	default:
		return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
	}
}
