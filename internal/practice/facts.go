package practice

import (
	"iter"
	"time"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// Objective is what is known of an objective and of what it is directly related to. What is nil is not known, or is not
// there; a relation without members is empty, not nil.
type Objective struct {
	Object *v1alpha1.Objective
	// Time is when it is; nil if its zone, period or start cannot be read.
	Time *Time
	// KeyResults refer to it.
	KeyResults []*KeyResult
	// Children name it as their parent.
	Children []*Objective
	// Parent is the objective that it serves.
	Parent *Objective
	// KPIs are those of spec.kpiRefs that there are.
	KPIs []*KPI
	// Cycle names the objectives on the circle of parents that it is part of.
	Cycle []string
	// Missing are its references that lead nowhere.
	Missing []Missing
}

// KeyResult is what is known of a key result and of what it is directly related to.
type KeyResult struct {
	Object *v1alpha1.KeyResult
	// Time is when it is, inside its objective's; nil if that is not known.
	Time *Time
	// Objective is the one that it proves.
	Objective *Objective
	// KPIs are those that it might restate: that of its kpiRef, and others that ask the same.
	KPIs []*KPI
	// Query measures it: its own, or that of its KPI.
	Query *Query
	// Missing are its references that lead nowhere.
	Missing []Missing
}

// KPI is what is known of a KPI and of what it is directly related to.
type KPI struct {
	Object *v1alpha1.KPI
	// Query measures it; nil if it is kept by hand.
	Query *Query
	// Objectives name it, or have an active key result measured by it.
	Objectives []*Objective
	// Parent is the KPI that it drives, Children drive it.
	Parent   *KPI
	Children []*KPI
	// Cycle names the KPIs on the circle of parents that it is part of.
	Cycle []string
	// Missing are its references that lead nowhere.
	Missing []Missing
}

// Query is a metric, where it is written, and what is known of it without asking anybody.
type Query struct {
	Metric v1alpha1.Metric
	// Namespace is where it is written.
	Namespace  string
	Expression sample.Expression
}

// Missing is a reference that leads nowhere: what it names is not there, or is not shared.
type Missing struct{ Field, What string }

// Time is a goal's time: whole days in a zone.
type Time struct {
	Zone *time.Location
	// First and Last are the days of an objective's period; of a key result, its own.
	First, Last okr.Date
	// Span is from the start of work to the end.
	okr.Span
}

// timeOfObjective reads its period and start; nil if they cannot be read, or zone is nil, which is not known.
func timeOfObjective(o *v1alpha1.Objective, zone *time.Location) *Time {
	period, err := okr.ParsePeriod(string(o.Spec.Period))
	if err != nil || zone == nil {
		return nil
	}
	begins := period.First
	if o.Spec.StartOn != "" {
		start, err := okr.ParseDate(o.Spec.StartOn.String())
		if err != nil || !period.Contains(start) {
			return nil
		}
		begins = start
	}
	return &Time{
		Zone: zone, First: period.First, Last: period.Last,
		Span: okr.Span{Start: begins.Start(zone), End: period.Last.End(zone)},
	}
}

// timeOf is a key result's time inside that of its objective; nil if either cannot be read.
func timeOf(kr *v1alpha1.KeyResult, objective *Objective) *Time {
	if objective == nil || objective.Time == nil {
		return nil
	}
	t := *objective.Time
	if start := objective.Object.Spec.StartOn; start != "" {
		t.First, _ = okr.ParseDate(start.String())
	}
	if kr.Spec.StartOn != "" {
		start, err := okr.ParseDate(kr.Spec.StartOn.String())
		if err != nil {
			return nil
		}
		t.First = start
	}
	if kr.Spec.DueOn != "" {
		due, err := okr.ParseDate(kr.Spec.DueOn.String())
		if err != nil {
			return nil
		}
		if due.Before(t.Last) {
			t.Last = due
		}
	}
	if t.Last.Before(t.First) {
		return nil
	}
	t.Span = okr.Span{Start: t.First.Start(t.Zone), End: t.Last.End(t.Zone)}
	return &t
}

// NewObjective are the facts of an objective alone; zone is its time zone, nil if there is none of that name. The
// relations are the caller's to fill in.
func NewObjective(o *v1alpha1.Objective, zone *time.Location) *Objective {
	return &Objective{Object: o, Time: timeOfObjective(o, zone)}
}

// NewKeyResult are the facts of a key result and its objective, which may be nil. The other relations are the caller's
// to fill in.
func NewKeyResult(kr *v1alpha1.KeyResult, objective *Objective) *KeyResult {
	return &KeyResult{Object: kr, Objective: objective, Time: timeOf(kr, objective)}
}

// subject is the object that a rule looks at.
type subject struct {
	ref         Ref
	annotations map[string]string
}

func (o *Objective) subject() subject {
	return subject{Ref{"Objective", o.Object.Namespace, o.Object.Name}, o.Object.Annotations}
}

func (k *KeyResult) subject() subject {
	return subject{Ref{"KeyResult", k.Object.Namespace, k.Object.Name}, k.Object.Annotations}
}

func (k *KPI) subject() subject {
	return subject{Ref{"KPI", k.Object.Namespace, k.Object.Name}, k.Object.Annotations}
}

// stage is a time in the life of a goal. Rules are looked at in some of them only: a draft may lack what it still has
// to be given, and a goal that is over is not nagged.
type stage uint8

const (
	draft stage = 1 << iota
	planned
	running
	over
	cancelled
	// past: over, and never active or given up: there is nothing to say any more.
	past

	// committed: people mean it, and it is not over.
	committed = planned | running
	// written: it is worth getting the words and the queries right.
	written = draft | committed
)

func (o *Objective) stage(now time.Time) stage {
	state := o.Object.Spec.State
	return stageAt(now, o.Time, state == v1alpha1.ObjectiveDraft, state == v1alpha1.ObjectiveCancelled)
}

func (k *KeyResult) stage(now time.Time) stage {
	given := k.Object.Spec.State == v1alpha1.KeyResultCancelled
	if k.Objective == nil {
		return stageAt(now, k.Time, false, given)
	}
	state := k.Objective.Object.Spec.State
	return stageAt(now, k.Time, state == v1alpha1.ObjectiveDraft, given || state == v1alpha1.ObjectiveCancelled)
}

// stageAt is the stage at now. A goal whose time is not known is taken for running.
func stageAt(now time.Time, t *Time, isDraft, isCancelled bool) stage {
	ended := t != nil && !now.Before(t.End)
	switch {
	case ended && (isDraft || isCancelled):
		return past
	case isCancelled:
		return cancelled
	case isDraft:
		return draft
	case ended:
		return over
	case t != nil && now.Before(t.Start):
		return planned
	default:
		return running
	}
}

// counted are the key results that are not given up.
func (o *Objective) counted() iter.Seq[*KeyResult] {
	return func(yield func(*KeyResult) bool) {
		for _, k := range o.KeyResults {
			if k.Object.Spec.State != v1alpha1.KeyResultCancelled && !yield(k) {
				return
			}
		}
	}
}

// count is how many these are.
func (o *Objective) count() int {
	var n int
	for range o.counted() {
		n++
	}
	return n
}

// measured reports whether a query, its own or a KPI's, gives a key result's value.
func (k *KeyResult) measured() bool {
	return k.Object.Spec.Metric != nil || k.Object.Spec.KPIRef != nil
}

// same reports whether two queries ask the same.
func (q *Query) same(other *Query) bool {
	if q == nil || other == nil || q.Expression.Canonical == "" || q.Expression.Canonical != other.Expression.Canonical {
		return false
	}
	return q.Metric.SourceRef == other.Metric.SourceRef &&
		(!q.Expression.Namespaced || q.Namespace == other.Namespace)
}
