package report

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
)

// movedRule is the rule about goalposts that were moved without a word.
const movedRule = "OKR013"

// findings are what the rules of practice find that the statuses do not tell one by one.
type findings struct {
	// together are those of rules about a whole set.
	set []practice.Finding
	// moved are those of movedRule, by object.
	moved map[practice.Ref][]practice.Finding
}

// practice looks at all goals that were read: a team's goals may lie in several namespaces. The rules about single goals
// are the controller's to apply, with its thresholds; they stand in WellFormed.
func (b *builder) practice() findings {
	set := practice.NewSet(practice.Objects{
		Objectives: b.Objectives, KeyResults: b.KeyResults, KPIs: b.KPIs, Zone: evaluate.Zone, Analyze: prom.Analyze,
	})
	together := map[string]bool{}
	for _, rule := range practice.Rules() {
		together[rule.ID] = rule.SetWide
	}
	f := findings{moved: map[practice.Ref][]practice.Finding{}}
	for _, finding := range set.Check(practice.Thresholds{}, b.now).Findings {
		switch {
		case together[finding.Rule]:
			f.set = append(f.set, finding)
		case finding.Rule == movedRule:
			f.moved[finding.Object] = append(f.moved[finding.Object], finding)
		}
	}
	return f
}

// together are the findings about the objects of the document, other than those about single objects.
func (f findings) together(b *builder) []Advice {
	here := map[practice.Ref]bool{}
	for i := range b.doc.Objectives {
		o := &b.doc.Objectives[i]
		here[practice.Ref{Kind: "Objective", Namespace: o.Namespace, Name: o.Name}] = true
		for k := range o.KeyResults {
			here[practice.Ref{Kind: "KeyResult", Namespace: o.Namespace, Name: o.KeyResults[k].Name}] = true
		}
	}
	for _, kpis := range [][]KPI{b.doc.KPIs, b.doc.Unattended} {
		for i := range kpis {
			here[practice.Ref{Kind: "KPI", Namespace: kpis[i].Namespace, Name: kpis[i].Name}] = true
		}
	}
	var advice []Advice
	for _, finding := range f.set {
		if here[finding.Object] {
			advice = append(advice, Advice{
				Rule: finding.Rule, Severity: finding.Severity.String(), Message: line(finding.Message), Silenced: line(finding.Silenced),
				Object: finding.Object.Kind + " " + finding.Object.Namespace + "/" + finding.Object.Name,
			})
		}
	}
	return advice
}

// wellFormed is what is said where no rule is broken.
var wellFormed = practice.Report{}.Summary()

// practiceOf is what WellFormed has to say; empty where no rule is broken.
func practiceOf(conditions []metav1.Condition) string {
	if message := condition(conditions, v1alpha1.WellFormedCondition).Message; message != wellFormed {
		return line(message)
	}
	return ""
}
