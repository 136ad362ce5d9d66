package evaluate_test

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/evaluate"
	"okr.dev/controller/internal/practice"
	"okr.dev/controller/internal/sample"
)

// exemplary are an objective and its key results that break no rule.
func exemplary() evaluate.ObjectiveInput {
	o := newObjective(func(o *v1alpha1.Objective) {
		o.Spec.Owner = &v1alpha1.Owner{Team: "checkout", Contact: "#checkout"}
		o.Spec.KPIRefs = []v1alpha1.KPIReference{{Name: "availability"}}
		o.Spec.Actions = []v1alpha1.Action{{Title: "Cache the price lookup"}}
	})
	return evaluate.ObjectiveInput{
		Objective:  o,
		KeyResults: []*v1alpha1.KeyResult{newKeyResult(), newKeyResult(func(kr *v1alpha1.KeyResult) { kr.Name = "score" })},
		KPIs:       []evaluate.NamedKPI{{KPI: newKPI()}},
	}
}

func TestObjectiveIsWellFormed(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(*evaluate.ObjectiveInput)
		now    time.Time
		want   string
		says   string
	}{
		"exemplary":      {"nothing is broken", func(*evaluate.ObjectiveInput) {}, middle, "True WellFormed", "no rule of good practice is broken"},
		"no plan":        {"the period has begun", func(in *evaluate.ObjectiveInput) { in.Objective.Spec.Actions = nil }, begin, "False PracticeRulesBroken", "OKR009: "},
		"no plan yet":    {"it has not", func(in *evaluate.ObjectiveInput) { in.Objective.Spec.Actions = nil }, begin.Add(-time.Second), "True WellFormed", "no rule"},
		"an amount":      {"advice does not matter", func(in *evaluate.ObjectiveInput) { in.Objective.Spec.Title = "Win 500 customers" }, middle, "True WellFormed", "advice: OKR003: "},
		"over":           {"a review is wanted", func(*evaluate.ObjectiveInput) {}, end, "False PracticeRulesBroken", "OKR011: "},
		"an ill KPI":     {"and no rationale", func(in *evaluate.ObjectiveInput) { in.KPIs[0].KPI.Status.Health = v1alpha1.KPIUnhealthy }, middle, "False PracticeRulesBroken", "OKR017: the KPI availability"},
		"a missing KPI":  {"nothing is moved", func(in *evaluate.ObjectiveInput) { in.MissingKPIs = in.Objective.Spec.KPIRefs }, middle, "False PracticeRulesBroken", "REF001: KPI availability not found"},
		"one key result": {"too few", func(in *evaluate.ObjectiveInput) { in.KeyResults = in.KeyResults[:1] }, middle, "False PracticeRulesBroken", "OKR001: 1 key result"},
		"another minimum": {"the administrator says so", func(in *evaluate.ObjectiveInput) {
			in.Thresholds = practice.Defaults()
			in.Thresholds.KeyResultsMin = 3
		}, middle, "False PracticeRulesBroken", "OKR001: 2 key results, write 3 to 5"},
		"no such zone": {"it stalls, and rules about time are silent", func(in *evaluate.ObjectiveInput) { in.Objective.Spec.TimeZone = "Mars/Olympus" }, end, "True WellFormed", "no rule"},
		"silenced": {"visibly", func(in *evaluate.ObjectiveInput) {
			in.Objective.Spec.Actions = nil
			in.Objective.Annotations = map[string]string{practice.IgnoreAnnotation: "OKR009=in the tracker"}
		}, middle, "True WellFormed", "silenced: OKR009 (in the tracker)"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := exemplary()
			tc.edit(&in)
			status := evaluate.Objective(in, answers{}.samples, tc.now).Status
			got, text := says(status.Conditions, v1alpha1.WellFormedCondition), message(status.Conditions, v1alpha1.WellFormedCondition)
			if got != tc.want || !strings.HasPrefix(text, tc.says) {
				t.Errorf("%s: %s: %q, want %s: %q…", tc.reason, got, text, tc.want, tc.says)
			}
		})
	}
}

func TestKeyResultIsWellFormed(t *testing.T) {
	owned := newObjective(func(o *v1alpha1.Objective) {
		o.Spec.Owner, o.Spec.KPIRefs = &v1alpha1.Owner{Team: "checkout"}, []v1alpha1.KPIReference{{Name: "availability"}}
	})
	visitAt := func(in evaluate.KeyResultInput) (string, string) {
		status := visit(in, answers{live: good(412, middle)}, middle).Status
		return says(status.Conditions, v1alpha1.WellFormedCondition), message(status.Conditions, v1alpha1.WellFormedCondition)
	}
	if got, text := visitAt(inputOf(newKeyResult(), owned)); got != "True WellFormed" {
		t.Errorf("exemplary: %s: %s", got, text)
	}
	if got, text := visitAt(inputOf(newKeyResult(), nil)); got != "False PracticeRulesBroken" || !strings.HasPrefix(text, "REF001: Objective instant not found") {
		t.Errorf("no objective: %s: %s", got, text)
	}
	restating := newKeyResult(func(kr *v1alpha1.KeyResult) {
		kr.Spec.Metric, kr.Spec.KPIRef = nil, &v1alpha1.KPIReference{Name: "availability"}
		kr.Spec.Reach.Baseline, kr.Spec.Reach.Target = pointer(v1alpha1.Decimal("99")), pointer(v1alpha1.Decimal("99.9"))
	})
	kpi := newKPI()
	in := evaluate.KeyResultInput{KeyResult: restating, Objective: owned, KPI: kpi, Metric: pointer(newMetric(*kpi.Spec.Metric))}
	if got, text := visitAt(in); got != "False PracticeRulesBroken" || !strings.HasPrefix(text, "OKR007: 99.9 is the target of the KPI availability") {
		t.Errorf("restating: %s: %s", got, text)
	}
	moved := newKeyResult(func(kr *v1alpha1.KeyResult) {
		kr.Spec.Reach.Target = pointer(v1alpha1.Decimal("400"))
		kr.Status.Frozen = &v1alpha1.KeyResultFrozen{Commitment: &v1alpha1.Commitment{Baseline: "800", Goal: "300"}}
	})
	if got, text := visitAt(inputOf(moved, owned)); got != "False PracticeRulesBroken" || !strings.HasPrefix(text, "OKR013: the target was 300 ms") {
		t.Errorf("moved: %s: %s", got, text)
	}
	many := inputOf(newKeyResult(), owned)
	many.Metric.Expression.Several = true
	if got, text := visitAt(many); got != "False PracticeRulesBroken" || !strings.HasPrefix(text, "PQL002: ") {
		t.Errorf("several series: %s: %s", got, text)
	}
}

// TestKPIIsWellFormedAsLongAsItNeedsNoObjective: the rule turns with the condition, at the instant that is announced.
func TestKPIIsWellFormedAsLongAsItNeedsNoObjective(t *testing.T) {
	kpi := newKPI(func(k *v1alpha1.KPI) {
		k.Spec.Owner, k.Spec.Description, k.Spec.ObjectiveAfter = &v1alpha1.Owner{Team: "checkout"}, "call the team", "30m"
	})
	in := evaluate.KPIInput{KPI: kpi, Metric: pointer(newMetric(*kpi.Spec.Metric))}
	bad := answers{live: good(99, middle)}
	visitKPI(in, bad, middle)
	result := visitKPI(in, answers{live: good(99, middle.Add(2*time.Minute))}, middle.Add(2*time.Minute))
	if got := says(kpi.Status.Conditions, v1alpha1.WellFormedCondition); got != "True WellFormed" {
		t.Errorf("an incident: %s", got)
	}
	for result.Next.Before(middle.Add(30 * time.Minute)) {
		at := result.Next
		result = visitKPI(in, answers{live: good(99, at)}, at)
	}
	if got := says(kpi.Status.Conditions, v1alpha1.WellFormedCondition); got != "True WellFormed" || !result.Next.Equal(middle.Add(30*time.Minute)) {
		t.Errorf("before it is long: %s, next look at %s", got, result.Next)
	}
	visitKPI(in, answers{live: good(99, result.Next)}, result.Next)
	text := message(kpi.Status.Conditions, v1alpha1.WellFormedCondition)
	if got := says(kpi.Status.Conditions, v1alpha1.WellFormedCondition); got != "False PracticeRulesBroken" || !strings.HasPrefix(text, "KPI003: unhealthy for long") {
		t.Errorf("for long: %s: %s", got, text)
	}
	in.Metric.SourceFound = false
	visitKPI(in, answers{}, result.Next)
	if text := message(kpi.Status.Conditions, v1alpha1.WellFormedCondition); !strings.Contains(text, "REF001: MetricSource default not found") {
		t.Errorf("no source: %s", text)
	}
	in.Metric = &evaluate.Metric{Spec: *kpi.Spec.Metric, Namespace: "shop", SourceFound: true, Expression: sample.Expression{Problem: "it does not parse"}}
	visitKPI(in, answers{}, result.Next)
	if text := message(kpi.Status.Conditions, v1alpha1.WellFormedCondition); !strings.Contains(text, "PQL001: it does not parse") {
		t.Errorf("no query: %s", text)
	}
}

// TestALateObjectiveIsToldSo: it was created long after its quarter began.
func TestALateObjectiveIsToldSo(t *testing.T) {
	in := exemplary()
	in.Objective.CreationTimestamp = metav1.NewTime(at("2026-11-12"))
	status := evaluate.Objective(in, answers{}.samples, middle).Status
	if text := message(status.Conditions, v1alpha1.WellFormedCondition); !strings.HasPrefix(text, "OKR019: first seen on 2026-11-12") {
		t.Errorf("says %q", text)
	}
}
