package report

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// kpis fills in the KPIs of the cycle, and those that are not healthy and that it does not look after.
func (b *builder) kpis() {
	lookers := map[*v1alpha1.KPI][]string{}
	for i := range b.doc.Objectives {
		o := &b.doc.Objectives[i]
		for _, kpi := range b.relations.kpis(b.Objective(o.Namespace, o.Name)) {
			lookers[kpi] = append(lookers[kpi], o.Namespace+"/"+o.Name)
		}
	}
	for _, k := range b.KPIs {
		names, looked := lookers[k]
		switch {
		case looked:
			slices.Sort(names)
			b.doc.KPIs = append(b.doc.KPIs, kpiOf(k, names))
		case !well(k) && b.limits.admits(k.Namespace, k.Labels, k.Spec.Owner):
			b.doc.Unattended = append(b.doc.Unattended, kpiOf(k, nil))
		}
	}
	worst := func(a, c KPI) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(c)), strings.Compare(a.Namespace, c.Namespace), strings.Compare(a.Name, c.Name))
	}
	slices.SortStableFunc(b.doc.KPIs, worst)
	slices.SortStableFunc(b.doc.Unattended, worst)
}

// well reports whether there is nothing to worry about: it is healthy, or it is only shown and never judged.
func well(k *v1alpha1.KPI) bool {
	return k.Status.Health == v1alpha1.KPIHealthy ||
		condition(k.Status.Conditions, v1alpha1.HealthyCondition).Reason == v1alpha1.ReasonNoTarget
}

// urgency sorts what is worst first. What is not known comes before what is well.
func urgency(k KPI) int {
	return slices.Index([]string{
		string(v1alpha1.KPIUnhealthy), string(v1alpha1.KPIUnknown), string(v1alpha1.KPIWarning), string(v1alpha1.KPIHealthy),
	}, k.Health)
}

func kpiOf(k *v1alpha1.KPI, lookers []string) KPI {
	status := &k.Status
	healthy := condition(status.Conditions, v1alpha1.HealthyCondition)
	part := KPI{
		Namespace: k.Namespace, Name: k.Name, Title: cmp.Or(line(k.Spec.Title), k.Name), Owner: ownerOf(k.Spec.Owner),
		Health: line(string(status.Health)), Why: line(healthy.Message), Value: line(status.Value), Target: line(status.Target),
		Objectives: lookers, Practice: practiceOf(status.Conditions), Trend: Trend{Points: pointsOf(status.History)},
	}
	if status.Health == "" {
		part.Health, part.Why = string(v1alpha1.KPIUnknown), "the controller has not looked at it yet"
	}
	if status.Trend != nil {
		part.Change = line(status.Trend.Summary)
	}
	if need := condition(status.Conditions, v1alpha1.NeedsObjectiveCondition); need.Status == metav1.ConditionTrue || need.Reason == v1alpha1.ReasonAccepted {
		part.Need = line(need.Message)
	}
	if m := status.Measurement; m != nil {
		part.Trend.add(m.Value, m.Time.Time)
	}
	if band := k.Spec.Target; band != nil {
		part.Trend.AtLeast, part.Trend.AtMost = numberOf(band.AtLeast), numberOf(band.AtMost)
	}
	return part
}
