package scorecard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/okr"
)

// Problem is why something belongs to nothing.
type Problem string

// The problems, in the order in which they are shown.
const (
	// NoObjective: no objective looks after a KPI.
	NoObjective Problem = "KPIWithoutObjective"
	// AcceptedKPI: nor after this one, and people have accepted that.
	AcceptedKPI Problem = "AcceptedKPI"
	// ServesNothing: an objective below the company's level has neither a parent nor a KPI.
	ServesNothing Problem = "ObjectiveServesNothing"
	// ProvesNothing: the objective of a key result is not there.
	ProvesNothing Problem = "KeyResultWithoutObjective"
	// LeadsNowhere: a reference to something that is not there, or not shared.
	LeadsNowhere Problem = "ReferenceLeadsNowhere"
)

// Orphan is what belongs to nothing, or a reference that leads nowhere. Its fields are what -o json prints.
type Orphan struct {
	Problem   Problem `json:"problem"`
	Kind      string  `json:"kind"`
	Namespace string  `json:"namespace"`
	Name      string  `json:"name"`
	Health    string  `json:"health,omitempty"`
	// Field is the reference that leads nowhere, and To where it would lead.
	Field string `json:"field,omitempty"`
	To    string `json:"to,omitempty"`
	// Write says in a line what to write, and where.
	Write string `json:"write"`

	// short is that where the heading above says the rest. why says of a reference why it leads nowhere.
	short, why string
}

// Orphans is what belongs to nothing.
type Orphans struct {
	Found []Orphan `json:"items"`
	// Goals counts what was looked at.
	Goals int `json:"goals"`
	// NotKnown are references to what may not be read, and KPIs of which it is too soon to say: each in a line.
	NotKnown []string `json:"notKnown,omitempty"`
}

// FindOrphans looks for them among the goals of a namespace; empty: of all. Goals that are over or given up are left in peace.
func FindOrphans(set *goals.Set, namespace string, now time.Time) Orphans {
	s := &search{set: set, now: now, found: Orphans{Found: []Orphan{}}}
	in := func(o client.Object) bool { return namespace == "" || o.GetNamespace() == namespace }
	for _, kpi := range set.KPIs {
		if in(kpi) {
			s.found.Goals++
			s.kpi(kpi)
		}
	}
	for _, o := range set.Objectives {
		if !in(o) {
			continue
		}
		s.found.Goals++
		if s.matters(o) {
			s.objective(o)
		}
	}
	for _, kr := range set.KeyResults {
		if in(kr) {
			s.found.Goals++
			s.keyResult(kr)
		}
	}
	order := []Problem{NoObjective, AcceptedKPI, ServesNothing, ProvesNothing, LeadsNowhere}
	slices.SortStableFunc(s.found.Found, func(a, b Orphan) int {
		return slices.Index(order, a.Problem) - slices.Index(order, b.Problem)
	})
	return s.found
}

type search struct {
	set   *goals.Set
	now   time.Time
	found Orphans
	// later are the objectives that will look after a KPI, by its namespace/name: found when first asked for.
	later map[string][]string
}

func (s *search) add(o client.Object, kind string, orphan Orphan) {
	orphan.Kind, orphan.Namespace, orphan.Name = kind, o.GetNamespace(), o.GetName()
	s.found.Found = append(s.found.Found, orphan)
}

// matters reports whether an objective is neither given up nor over.
func (s *search) matters(o *v1alpha1.Objective) bool {
	period, err := okr.ParsePeriod(string(o.Spec.Period))
	over := err == nil && !s.now.Before(period.Last.End(zone(o.Spec.TimeZone)))
	return !over && o.Spec.State != v1alpha1.ObjectiveCancelled
}

// zone of a name; UTC for one that cannot be loaded, of which the object's condition Stalled speaks.
func zone(name v1alpha1.TimeZone) *time.Location {
	if location := evaluate.Zone(name); location != nil {
		return location
	}
	return time.UTC
}

func (s *search) kpi(k *v1alpha1.KPI) {
	s.aligned(k)
	if driven, resolution := s.set.Driven(k); driven == nil {
		s.reference(k, "KPI", reference{"spec.parentRef", "KPI", key(k.Spec.ParentRef, k.Namespace), resolution})
	}
	if k.Spec.Metric != nil {
		s.source(k, "KPI", "spec.metric.sourceRef", k.Spec.Metric.SourceRef)
	}
}

// aligned says that no objective looks after a KPI, if the controller says so.
func (s *search) aligned(k *v1alpha1.KPI) {
	aligned := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.AlignedCondition)
	switch {
	case aligned == nil || aligned.Status == metav1.ConditionUnknown:
		s.found.NotKnown = append(s.found.NotKnown, "KPI "+k.Namespace+"/"+k.Name+": the controller has not said yet whether an objective looks after it")
		return
	case aligned.Status == metav1.ConditionTrue:
		return
	}
	orphan := Orphan{Problem: NoObjective, Health: string(k.Status.Health), Write: "spec.kpiRefs: [{name: " + k.Name + "}] in an objective"}
	orphan.short = "- name: " + k.Name
	if names := s.planned(k); len(names) > 0 {
		orphan.short, orphan.Write = "", "nothing: "+strings.Join(names, ", ")+" will look after it, once active"
	}
	need := meta.FindStatusCondition(k.Status.Conditions, v1alpha1.NeedsObjectiveCondition)
	switch {
	case need == nil:
	case need.Status == metav1.ConditionTrue:
		orphan.short, orphan.Write = "", "an objective, which it needs: kubectl okr new --from-kpi "+k.Name+" -n "+k.Namespace
	case need.Reason == v1alpha1.ReasonAccepted && k.Spec.Accepted != nil:
		orphan.Problem, orphan.short = AcceptedKPI, ""
		orphan.Write = "nothing until " + k.Spec.Accepted.Until.String() + ", then an objective; accepted: " + k.Spec.Accepted.Reason
	}
	s.add(k, "KPI", orphan)
}

// planned are the objectives that name a KPI and do not count yet: drafts, and those that begin later.
func (s *search) planned(k *v1alpha1.KPI) []string {
	if s.later == nil {
		s.later = map[string][]string{}
		for _, o := range s.set.Objectives {
			period, err := okr.ParsePeriod(string(o.Spec.Period))
			starts := err == nil && s.now.Before(period.First.Start(zone(o.Spec.TimeZone)))
			if !s.matters(o) || o.Spec.State != v1alpha1.ObjectiveDraft && !starts {
				continue
			}
			for _, ref := range o.Spec.KPIRefs {
				if named, _ := s.set.Named(o, ref); named != nil {
					of := named.Namespace + "/" + named.Name
					s.later[of] = append(s.later[of], o.Namespace+"/"+o.Name)
				}
			}
		}
	}
	return s.later[k.Namespace+"/"+k.Name]
}

func (s *search) objective(o *v1alpha1.Objective) {
	if o.Spec.Level != v1alpha1.LevelCompany && o.Spec.State != v1alpha1.ObjectiveDraft && o.Spec.ParentRef == nil && len(o.Spec.KPIRefs) == 0 && !s.measuredByKPI(o) {
		s.add(o, "Objective", Orphan{Problem: ServesNothing, Health: string(o.Status.Health), Write: "spec.parentRef: {name: …, namespace: …}, or spec.kpiRefs: [{name: …}]"})
	}
	if parent, resolution := s.set.Parent(o); parent == nil {
		s.reference(o, "Objective", reference{"spec.parentRef", "Objective", key(o.Spec.ParentRef, o.Namespace), resolution})
	}
	for i := range o.Spec.KPIRefs {
		ref := &o.Spec.KPIRefs[i]
		if kpi, resolution := s.set.Named(o, *ref); kpi == nil {
			s.reference(o, "Objective", reference{fmt.Sprintf("spec.kpiRefs[%d]", i), "KPI", key(ref, o.Namespace), resolution})
		}
	}
}

func (s *search) measuredByKPI(o *v1alpha1.Objective) bool {
	return slices.ContainsFunc(s.set.KeyResultsOf(o), func(kr *v1alpha1.KeyResult) bool {
		return kr.Spec.KPIRef != nil && kr.Spec.State != v1alpha1.KeyResultCancelled
	})
}

func (s *search) keyResult(kr *v1alpha1.KeyResult) {
	objective := s.set.Objective(kr.Namespace, kr.Spec.ObjectiveRef.Name)
	if objective == nil {
		s.add(kr, "KeyResult", Orphan{
			Problem: ProvesNothing, Health: string(kr.Status.Health), Field: "spec.objectiveRef", To: kr.Namespace + "/" + kr.Spec.ObjectiveRef.Name,
			Write: "objective " + kr.Spec.ObjectiveRef.Name + s.objectivesOf(kr.Namespace),
		})
	}
	if kr.Spec.State == v1alpha1.KeyResultCancelled || objective != nil && !s.matters(objective) {
		return
	}
	if kpi, resolution := s.set.MeasuredBy(kr); kpi == nil {
		s.reference(kr, "KeyResult", reference{"spec.kpiRef", "KPI", key(kr.Spec.KPIRef, kr.Namespace), resolution})
	}
	if kr.Spec.Metric != nil {
		s.source(kr, "KeyResult", "spec.metric.sourceRef", kr.Spec.Metric.SourceRef)
	}
	if guard := evaluate.GuardMetric(kr); guard != nil && (kr.Spec.Metric == nil || kr.Spec.Guard.SourceRef != nil) {
		s.source(kr, "KeyResult", "spec.guard.sourceRef", guard.SourceRef)
	}
}

// objectivesOf names up to three objectives of a namespace that a key result could name instead.
func (s *search) objectivesOf(namespace string) string {
	var names []string
	for _, o := range s.set.Objectives {
		if o.Namespace == namespace && s.matters(o) {
			names = append(names, o.Name)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 3:
		names = append(names[:3], "…")
	}
	return ", or in spec.objectiveRef the name of one that is there: " + strings.Join(names, ", ")
}
