package main

import (
	"regexp"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
)

// asExpected is what the demo waits for.
func asExpected() map[string]shownGoal {
	goals := map[string]shownGoal{}
	for _, e := range expected {
		goals[e.kind+" "+e.namespace+"/"+e.name] = shownGoal{health: e.health}
	}
	for _, e := range said {
		goals[e.kind+" "+e.namespace+"/"+e.name] = shownGoal{health: goals[e.kind+" "+e.namespace+"/"+e.name].health}
	}
	for name, goal := range goals {
		for _, kind := range []string{v1alpha1.ReadyCondition, v1alpha1.WellFormedCondition} {
			goal.conditions = append(goal.conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: "AsItIs"})
		}
		goals[name] = goal
	}
	return goals
}

func TestExpectedSamplesAreThere(t *testing.T) {
	goals := allGoals(t)
	for name := range asExpected() {
		if goals[name] == nil {
			t.Errorf("%s is expected to show something, and is no sample", name)
		}
	}
	for _, name := range serversOwn {
		if goals[name] == nil {
			t.Errorf("%s is no sample", name)
		}
	}
	for _, e := range said {
		if _, err := regexp.Compile(e.text); err != nil {
			t.Errorf("%s/%s: %v", e.namespace, e.name, err)
		}
	}
}

func TestUnexpectedNamesWhatIsMissing(t *testing.T) {
	all := said
	t.Cleanup(func() { said = all })
	said = said[:1]
	first := said[0].kind + " " + said[0].namespace + "/" + said[0].name
	says := func(text string) map[string]shownGoal {
		goals := asExpected()
		status, reason, _ := strings.Cut(text, " ")
		reason, message, _ := strings.Cut(reason, ": ")
		goal := goals[first]
		goal.conditions = append(goal.conditions, metav1.Condition{
			Type: said[0].condition, Status: metav1.ConditionStatus(status), Reason: reason, Message: message,
		})
		goals[first] = goal
		return goals
	}
	fine := func() map[string]shownGoal {
		return says("True OnPace: 99.95 % is inside the band of ≥ 99.9 %; outside for 0.3706 % of the whole time so far, and 1 % are allowed")
	}
	for _, c := range []struct {
		reason string
		goals  map[string]shownGoal
		edit   func(*shownGoal)
		want   string
	}{
		{"all is as it should be", fine(), func(*shownGoal) {}, ""},
		{"not judged yet", says("Unknown Pending: waiting"), func(*shownGoal) {}, "has OnTrack=Unknown Pending: waiting, and should have"},
		{"far too much was spent", says("True OnPace: outside for 3.3 % of the whole time so far, and 1 % are allowed"), func(*shownGoal) {}, "and should have"},
		{"a rule of practice is broken", fine(), func(g *shownGoal) { g.conditions[1].Status, g.conditions[1].Message = "False", "OKR001" },
			first + " has WellFormed=False AsItIs: OKR001"},
		{"something is missing", fine(), func(g *shownGoal) { g.lacks = " has not moved in 30 days" }, first + " has not moved in 30 days"},
	} {
		goal := c.goals[first]
		c.edit(&goal)
		c.goals[first] = goal
		if got := unexpected(c.goals); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
	if got := unexpected(nil); !strings.Contains(got, expected[0].why) {
		t.Errorf("of nothing it says %q, want why the first one is expected", got)
	}
}

func TestLacksImpactAndTrend(t *testing.T) {
	o := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{KPIRefs: []v1alpha1.KPIReference{{Name: "a"}}}}
	for _, c := range []struct {
		reason string
		edit   func()
		want   string
	}{
		{"it runs", func() {}, ""},
		{"it is over", func() { o.Status.Final = &v1alpha1.Final{} }, " knows of 0 of its 1 KPIs what became of them"},
		{"the end is missing", func() { o.Status.KPIImpact = []v1alpha1.KPIImpact{{KPI: "a", AtStart: "1 %"}} }, " does not know how far a has moved"},
		{"all is known", func() { o.Status.KPIImpact[0].Change = "+1 %" }, ""},
	} {
		if c.edit(); lacksImpact(o) != c.want {
			t.Errorf("%s: %q, want %q", c.reason, lacksImpact(o), c.want)
		}
	}
	k := &v1alpha1.KPI{Spec: v1alpha1.KPISpec{CompareTo: "30d"}}
	for _, c := range []struct {
		reason string
		edit   func()
		want   string
	}{
		{"kept by hand", func() {}, ""},
		{"measured", func() { k.Spec.Metric = &v1alpha1.Metric{} }, " has not moved in 30 days"},
		{"level", func() { k.Status.Trend = &v1alpha1.Trend{ChangePercent: "0.0"} }, " has not moved in 30 days"},
		{"moved", func() { k.Status.Trend.ChangePercent = "0.3" }, ""},
	} {
		if c.edit(); lacksTrend(k) != c.want {
			t.Errorf("%s: %q, want %q", c.reason, lacksTrend(k), c.want)
		}
	}
}
