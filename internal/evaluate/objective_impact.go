package evaluate

import (
	"cmp"
	"slices"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// NamedKPI is a KPI that an objective is meant to move, found and shared.
type NamedKPI struct {
	// KPI that the objective names.
	KPI *v1alpha1.KPI
	// Metric that measures it, as in its own namespace; nil where it is kept by hand, or where nothing is asked of it any
	// more (see ImpactKnown).
	Metric *Metric
}

// ImpactKnown reports whether all is known of what became of a KPI in the objective's time, or is known not to be had:
// its metric is not asked any more.
func ImpactKnown(o *v1alpha1.Objective, kpi *v1alpha1.KPI) bool {
	if o.Status.Frozen == nil {
		return false
	}
	frozen := frozenKPI(o.Status.Frozen.KPIs, kpi.Namespace+"/"+kpi.Name)
	return frozen != nil && frozen.AtStart != nil && frozen.AtEnd != nil
}

func frozenKPI(all []v1alpha1.FrozenKPI, name string) *v1alpha1.FrozenKPI {
	i := slices.IndexFunc(all, func(k v1alpha1.FrozenKPI) bool { return k.KPI == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// impact finds out what became of the KPIs that the objective names: their values at its start and, once it is over, at
// its end. What is known stays; what is kept by hand is read again each time.
func (o *objective) impact(days calendar, inOrder bool) {
	var before v1alpha1.ObjectiveFrozen
	if o.status.Frozen != nil {
		before = *o.status.Frozen
	}
	spec := &o.in.Objective.Spec
	if len(spec.KPIRefs) == 0 && before.KPIs == nil {
		o.status.KPIImpact = nil
		return
	}
	asks := inOrder && spec.State != v1alpha1.ObjectiveDraft && spec.State != v1alpha1.ObjectiveCancelled && !o.now.Before(days.span.Start)
	shown := o.status.KPIImpact
	var frozen []v1alpha1.FrozenKPI
	o.status.KPIImpact = nil
	seen := map[string]bool{}
	for _, ref := range spec.KPIRefs {
		key := cmp.Or(ref.Namespace, o.in.Objective.Namespace) + "/" + ref.Name
		if seen[key] {
			continue
		}
		seen[key] = true
		kept := v1alpha1.FrozenKPI{KPI: key}
		if k := frozenKPI(before.KPIs, key); k != nil {
			kept = *k
		}
		name := kpiName(ref, o.in.Objective.Namespace)
		line := v1alpha1.KPIImpact{KPI: name}
		if i := slices.IndexFunc(shown, func(k v1alpha1.KPIImpact) bool { return k.KPI == name }); i >= 0 {
			line = shown[i] // it stands while nothing is asked
		}
		if kpi := o.named(key); kpi != nil && asks {
			atStart, atEnd := o.readings(kpi, days)
			if kpi.KPI.Spec.Metric != nil {
				atStart, atEnd = o.samplesOf(kpi, &kept, days)
			}
			line = impactText(name, kpi.KPI.Spec.Unit, atStart, atEnd)
		}
		if kept.AtStart != nil || kept.AtEnd != nil {
			frozen = append(frozen, kept)
		}
		if line.AtStart != "" || line.AtEnd != "" {
			o.status.KPIImpact = append(o.status.KPIImpact, line)
		}
	}
	if frozen == nil && before.KPIs == nil {
		return
	}
	before.KPIs = frozen
	if o.status.Frozen = &before; frozen == nil && before.Final == nil {
		o.status.Frozen = nil
	}
}

func (o *objective) named(key string) *NamedKPI {
	for i := range o.in.KPIs {
		if kpi := &o.in.KPIs[i]; kpi.KPI.Namespace+"/"+kpi.KPI.Name == key {
			return kpi
		}
	}
	return nil
}

// samplesOf are the values of a KPI that is measured, at the objective's start and end; nil while one is not known.
func (o *objective) samplesOf(kpi *NamedKPI, kept *v1alpha1.FrozenKPI, days calendar) (atStart, atEnd *float64) {
	complete := kept.AtStart != nil && kept.AtEnd != nil
	if !complete && kpi.Metric != nil && !kpi.Metric.invalid() {
		kept.AtStart = o.valueAt(kpi, days.span.Start, 0, days.span, kept.AtStart)
		if !o.now.Before(days.span.End) {
			kept.AtEnd = o.valueAt(kpi, days.span.End, kpi.Metric.settle(), days.span, kept.AtEnd)
		}
	}
	return numberOf(kept.AtStart), numberOf(kept.AtEnd)
}

// questionAt asks for the value at an instant. A KPI that counts by the calendar is asked for the last span that is over
// then, as it asks itself; false if its zone is none.
func (k *NamedKPI) questionAt(instant time.Time, settle time.Duration, span okr.Span) (q sample.Question, key string, known bool) {
	spans, bad := spansOf(k.KPI, k.Metric)
	if spans == nil {
		q = k.Metric.at(instant, settle, span)
		return q, k.Metric.key(q), bad == nil
	}
	q, key = spans.questionAt(instant)
	return q, key, true
}

// valueAt is a KPI's value at an instant as it is to be remembered: the one that is, or else the answer to a question
// about it. Where the source has answered without a number until seven days after the instant, it is remembered that
// there is none, and nothing is asked any more. What another query has found is not kept: a change between the answers to
// two questions would be wrong.
func (o *objective) valueAt(kpi *NamedKPI, instant time.Time, settle time.Duration, span okr.Span, kept *v1alpha1.FrozenValue) *v1alpha1.FrozenValue {
	metric := kpi.Metric
	q, key, known := kpi.questionAt(instant, settle, span)
	if !known || !metric.asked() {
		return kept
	}
	if kept != nil && kept.Key == key {
		return kept
	}
	last := metric.held(o.samples, q).Last
	deadline := instant.Add(Closing)
	switch lost := last.Reason.Answered() && !last.OK() && !o.now.Before(deadline); {
	case last.OK():
		o.watches = append(o.watches, sample.Watch{Question: q, Seen: last})
		return &v1alpha1.FrozenValue{Value: exact(last.Value), Time: second(last.Time), Key: key}
	case lost:
		return &v1alpha1.FrozenValue{Key: key}
	default:
		o.watches = append(o.watches, sample.Watch{Question: q, Seen: last})
		o.next = append(o.next, deadline)
		return nil
	}
}

// readings are the values of a KPI that is kept by hand: those that held at the objective's start and end.
func (o *objective) readings(kpi *NamedKPI, days calendar) (atStart, atEnd *float64) {
	location, bad := zone(kpi.KPI.Spec.TimeZone)
	if bad != nil {
		return nil, nil
	}
	all := readingsOf(kpi.KPI, location)
	value := func(instant time.Time) *float64 {
		if x, found := all.newest(instant); found {
			return &x.value
		}
		return nil
	}
	if atStart = value(days.span.Start); !o.now.Before(days.span.End) {
		atEnd = value(days.span.End)
	}
	return atStart, atEnd
}

// displayed is a value with the digits that people see of it, so that a change is that between what they see.
func displayed(v float64) float64 {
	if shown, ok := number(sample.Display(v)); ok {
		return shown
	}
	return v
}

// impactText says how a KPI has moved.
func impactText(name, unit string, atStart, atEnd *float64) v1alpha1.KPIImpact {
	line := v1alpha1.KPIImpact{KPI: name}
	if atStart != nil {
		line.AtStart = quantity(*atStart, unit)
	}
	if atEnd != nil {
		line.AtEnd = quantity(*atEnd, unit)
	}
	if atStart != nil && atEnd != nil {
		if unit == "%" { // a change in percent would be one relative to the start
			unit = "points"
		}
		change := sample.Round(displayed(*atEnd) - displayed(*atStart))
		if line.Change = quantity(change, unit); change > 0 {
			line.Change = "+" + line.Change
		}
	}
	return line
}
