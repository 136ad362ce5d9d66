package explain

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// summary says in plain words how it stands and why.
func (p *kpiParts) summary() string {
	healthy := conditionOf(p.status.Conditions, v1alpha1.HealthyCondition)
	var text string
	switch p.status.Health {
	case v1alpha1.KPIUnhealthy:
		text = fmt.Sprintf("The number is %s and should be %s: it is unhealthy.", p.status.Value, bandWords(p.e.Target, p.unit()))
	case v1alpha1.KPIWarning:
		text = fmt.Sprintf("The number is %s. That is where it should be, %s, but close to the edge: it is a warning unless it is %s.", p.status.Value,
			bandWords(p.e.Target, p.unit()), bandWords(p.e.Warning, p.unit()))
	case v1alpha1.KPIHealthy:
		text = fmt.Sprintf("The number is %s and should be %s: it is healthy.", p.status.Value, bandWords(p.e.Target, p.unit()))
	default:
		text = "How it stands is not known, which is neither good nor bad news. " + sentence(healthy.Message)
	}
	if f := p.status.Frozen; f != nil && f.PendingHealth != nil {
		text += fmt.Sprintf(" The newest number says %s; health follows once that has lasted for %s.", f.PendingHealth.Health, p.k.Spec.HoldFor)
	}
	return text + " " + p.care()
}

// care says who looks after it, and whether somebody should.
func (p *kpiParts) care() string {
	need := conditionOf(p.status.Conditions, v1alpha1.NeedsObjectiveCondition)
	by := p.e.Alignment.By
	switch {
	case okr.Reason(need.Reason) == okr.Accepted:
		return "People live with it for now. " + sentence(need.Message)
	case need.Status == metav1.ConditionTrue:
		return "No objective looks after it, and it needs one. " + sentence(need.Message)
	case len(by) == 1:
		return fmt.Sprintf("The objective %s looks after it.", by[0])
	case len(by) > 1:
		return fmt.Sprintf("%d objectives look after it.", len(by))
	case !p.e.Need.At.IsZero():
		return fmt.Sprintf("No objective looks after it. That is an incident so far, and a matter for an objective from %s.", p.when(p.e.Need.At))
	case p.status.Health == v1alpha1.KPIUnknown:
		return "No objective looks after it."
	default:
		return "No objective looks after it, and none needs to."
	}
}

// day is the day of an instant in the KPI's zone.
func (x *explaining) day(t time.Time) string {
	zone := x.zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(time.DateOnly)
}

// told are the conditions of a KPI that say something of it as time goes on.
var told = []string{v1alpha1.HealthyCondition, v1alpha1.AlignedCondition, v1alpha1.NeedsObjectiveCondition}

// next finds when its health, its alignment or its need changes if the number does not.
func (p *kpiParts) next() *Change {
	c := &Change{Assuming: "the number stays as it is", Until: p.now.Add(ahead)}
	switch {
	case p.k.Spec.Metric == nil:
		c.Assuming = "no further reading is written"
	case p.e.Value.Value == nil:
		c.Assuming = "no number comes"
	}
	in := p.in
	in.KPI, in.Ahead = p.in.KPI.DeepCopy(), ahead
	in.KPI.Status = *p.status.DeepCopy()
	due := p.now
	for range most {
		result := evaluate.KPI(in, p.e.Steady(p.now, due), due)
		in.KPI.Status = result.Status
		if due.After(p.now) {
			if which := turned(p.status, &in.KPI.Status); which != "" {
				health := ""
				if which == v1alpha1.HealthyCondition {
					health = string(in.KPI.Status.Health)
				}
				c.is(due, health, which, in.KPI.Status.Conditions)
				return c
			}
		}
		next := result.Next
		for _, w := range result.Watches {
			next = earliest(due, next, w.Awaited, asksAt(w.Question))
		}
		if due = next; !due.Before(c.Until) {
			return c
		}
	}
	c.Until = due
	return c
}

// turned is the condition that says something else; empty if none does.
func turned(before, after *v1alpha1.KPIStatus) string {
	if before.Health != after.Health {
		return v1alpha1.HealthyCondition
	}
	for _, kind := range told {
		was, is := conditionOf(before.Conditions, kind), conditionOf(after.Conditions, kind)
		if was.Status != is.Status || was.Reason != is.Reason {
			return kind
		}
	}
	return ""
}
