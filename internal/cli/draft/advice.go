package draft

import (
	"fmt"
	"io"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/prom"
)

// adviceOn is what the rules of practice find about goals that are new at an instant, beside those of a set, which may be nil.
func adviceOn(drafts []*goal, set *goals.Set, now metav1.Time) []practice.Finding {
	objects := practice.Objects{Zone: evaluate.Zone, Analyze: prom.Analyze}
	if set != nil {
		objects.Objectives, objects.KeyResults, objects.KPIs = set.Objectives, set.KeyResults, set.KPIs
	}
	objects.Objectives, objects.KeyResults = objects.Objectives[:len(objects.Objectives):len(objects.Objectives)], objects.KeyResults[:len(objects.KeyResults):len(objects.KeyResults)]
	ours := map[practice.Ref]bool{}
	for _, g := range drafts {
		o := g.objective.DeepCopy()
		o.CreationTimestamp = now
		ours[practice.Ref{Kind: "Objective", Namespace: o.Namespace, Name: o.Name}] = true
		objects.Objectives = append(objects.Objectives, o)
		for _, kr := range g.keyResults {
			k := kr.DeepCopy()
			k.CreationTimestamp = now
			ours[practice.Ref{Kind: "KeyResult", Namespace: k.Namespace, Name: k.Name}] = true
			objects.KeyResults = append(objects.KeyResults, k)
		}
	}
	var found []practice.Finding
	for _, f := range practice.NewSet(objects).Check(practice.Defaults(), now.Time).Findings {
		if ours[f.Object] {
			found = append(found, f)
		}
	}
	return found
}

// tell prints findings, one a paragraph.
func tell(out io.Writer, s terminal.Screen, findings []practice.Finding) {
	for _, f := range findings {
		style := terminal.Caution
		if f.Severity == practice.Advice {
			style = terminal.Dim
		}
		head := fmt.Sprintf("%s %s", f.Rule, f.Severity)
		text := fmt.Sprintf("%s %s: %s", strings.ToLower(f.Object.Kind), f.Object.Name, f.Message)
		for i, line := range wrap(s.Text(text), max(20, s.Width-len("OKR003 warning  "))) {
			if i > 0 {
				head = ""
			}
			fmt.Fprintf(out, "%s  %s\n", s.Paint(style, terminal.Pad(head, len("OKR003 warning"), false)), line)
		}
	}
}

// about are the findings about a field of an object, and those below it; an empty field is every one.
func about(findings []practice.Finding, kind, name, field string) []practice.Finding {
	var found []practice.Finding
	for _, f := range findings {
		if f.Object.Kind == kind && f.Object.Name == name && (field == "" || f.Field == field || strings.HasPrefix(f.Field, field+".")) {
			found = append(found, f)
		}
	}
	return found
}

// advise is what is found about a goal in the making.
func (d *drafting) advise(g *goal) []practice.Finding {
	return adviceOn([]*goal{g}, d.set, metav1.NewTime(d.now))
}

// adviseTitle is what is found about a title alone.
func (d *drafting) adviseTitle(title string) []practice.Finding {
	g := newGoal()
	g.objective.Name, g.objective.Spec = "title", v1alpha1.ObjectiveSpec{Title: title, Period: v1alpha1.Period(d.presentQuarter())}
	return about(adviceOn([]*goal{g}, nil, metav1.NewTime(d.now)), "Objective", "title", "spec.title")
}
