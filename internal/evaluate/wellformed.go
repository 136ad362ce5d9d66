package evaluate

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/practice"
)

// Zone is the time zone of a name; nil if there is none.
func Zone(name v1alpha1.TimeZone) *time.Location {
	location, _ := zone(name)
	return location
}

// wellFormed sets WellFormed from what the rules of practice have found.
func (c *conditions) wellFormed(r practice.Report) {
	if r.WellFormed() {
		c.set(v1alpha1.WellFormedCondition, metav1.ConditionTrue, v1alpha1.ReasonWellFormed, r.Summary())
		return
	}
	c.set(v1alpha1.WellFormedCondition, metav1.ConditionFalse, v1alpha1.ReasonPracticeRulesBroken, r.Summary())
}

// facts are those of an objective alone; nil for none.
func facts(o *v1alpha1.Objective) *practice.Objective {
	if o == nil {
		return nil
	}
	return practice.NewObjective(o, Zone(o.Spec.TimeZone))
}

// query is a metric as the rules see it; nil for none.
func query(m *Metric) *practice.Query {
	if m == nil {
		return nil
	}
	return &practice.Query{Metric: m.Spec, Namespace: m.Namespace, Expression: m.Expression}
}

// wellFormed judges the objective and what it is directly related to by the rules of practice.
func (o *objective) wellFormed() {
	object := *o.in.Objective
	object.Status = o.status
	f := facts(&object)
	members := make([]practice.KeyResult, len(o.in.KeyResults))
	f.KeyResults = make([]*practice.KeyResult, len(members))
	for i, kr := range o.in.KeyResults { // no rule about the objective asks when they are
		members[i].Object, members[i].Objective = kr, f
		f.KeyResults[i] = &members[i]
	}
	for _, kpi := range o.in.KPIs {
		f.KPIs = append(f.KPIs, &practice.KPI{Object: kpi.KPI})
	}
	f.Parent, f.Cycle, f.Children = facts(o.in.Parent), o.in.Cycle, make([]*practice.Objective, 0, len(o.in.Children))
	for _, child := range o.in.Children {
		f.Children = append(f.Children, &practice.Objective{Object: child})
	}
	if ref := object.Spec.ParentRef; ref != nil && o.in.Parent == nil {
		name := nameFrom(object.Namespace, ref.Namespace, ref.Name)
		f.Missing = append(f.Missing, practice.Missing{Field: "spec.parentRef", What: notFound("Objective", name)})
	}
	for _, ref := range o.in.MissingKPIs {
		f.Missing = append(f.Missing, practice.Missing{Field: "spec.kpiRefs", What: notFound("KPI", kpiName(ref, object.Namespace))})
	}
	report := f.Check(o.in.Thresholds, o.now)
	o.conditions.wellFormed(report)
	o.next = append(o.next, report.Next)
}

// wellFormed judges the key result and what it is directly related to by the rules of practice.
func (k *keyResult) wellFormed() {
	object := *k.in.KeyResult
	object.Status = k.status
	f := practice.NewKeyResult(&object, facts(k.in.Objective))
	f.Query = query(k.in.Metric)
	switch ref := object.Spec.KPIRef; {
	case k.in.KPI != nil:
		f.KPIs = []*practice.KPI{{Object: k.in.KPI, Query: f.Query}}
	case ref != nil && k.in.Metric == nil:
		f.Missing = append(f.Missing, practice.Missing{Field: "spec.kpiRef", What: notFound("KPI", kpiName(*ref, object.Namespace))})
	}
	if k.in.Objective == nil {
		f.Missing = append(f.Missing, practice.Missing{Field: "spec.objectiveRef", What: notFound("Objective", object.Spec.ObjectiveRef.Name)})
	}
	if object.Spec.Metric != nil {
		f.Missing = append(f.Missing, sourceLost(k.in.Metric, "spec.metric.sourceRef")...)
	}
	f.Missing = append(f.Missing, sourceLost(k.in.Guard, "spec.guard.sourceRef")...)
	report := f.Check(k.in.Thresholds, k.now)
	k.conditions.wellFormed(report)
	k.next = append(k.next, report.Next)
}

// wellFormed judges the KPI and what it is directly related to by the rules of practice.
func (k *kpi) wellFormed() {
	object := *k.in.KPI
	object.Status = k.status
	object.Status.Conditions = k.conditions.list
	f := &practice.KPI{Object: &object, Cycle: k.in.Cycle, Objectives: make([]*practice.Objective, 0, len(k.in.Objectives))}
	for _, o := range k.in.Objectives {
		f.Objectives = append(f.Objectives, &practice.Objective{Object: o})
	}
	if object.Spec.Metric != nil {
		f.Query = query(k.in.Metric)
		f.Missing = sourceLost(k.in.Metric, "spec.metric.sourceRef")
	}
	if ref := object.Spec.ParentRef; ref != nil && k.in.ParentMissing {
		f.Missing = append(f.Missing, practice.Missing{Field: "spec.parentRef", What: notFound("KPI", kpiName(*ref, object.Namespace))})
	}
	report := f.Check(k.in.Thresholds, k.now)
	k.conditions.wellFormed(report)
	k.next = append(k.next, report.Next)
}

// sourceLost is a metric's reference to its source, where that leads nowhere.
func sourceLost(m *Metric, field string) []practice.Missing {
	if m == nil || m.SourceFound {
		return nil
	}
	return []practice.Missing{{Field: field, What: m.sourceMissing()}}
}
