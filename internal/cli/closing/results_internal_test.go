package closing

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/repository"
)

// TestResultsOfWhatIsNotTheSame asks for results that the cluster has, of something else than what stands in the file.
func TestResultsOfWhatIsNotTheSame(t *testing.T) {
	decimal := func(text string) *v1alpha1.Decimal { d := v1alpha1.Decimal(text); return &d }
	checkIn := func(value string) v1alpha1.CheckIn {
		return v1alpha1.CheckIn{Date: "2026-12-30", KeyResults: []v1alpha1.KeyResultCheckIn{{Name: "k", Value: decimal(value)}}}
	}
	for name, tc := range map[string]struct {
		reason string
		change func(o *v1alpha1.Objective, kr *v1alpha1.KeyResult)
		want   string
	}{
		"Same": {"nothing differs", func(*v1alpha1.Objective, *v1alpha1.KeyResult) {}, ""},
		"Written": {"the same value, written otherwise", func(o *v1alpha1.Objective, _ *v1alpha1.KeyResult) {
			o.Spec.CheckIns = []v1alpha1.CheckIn{checkIn("7.0")}
		}, ""},
		"CheckIns":   {"the last check-in was not applied", func(o *v1alpha1.Objective, _ *v1alpha1.KeyResult) { o.Spec.CheckIns = nil }, "apply the file first"},
		"Other":      {"it was applied with another value", func(o *v1alpha1.Objective, _ *v1alpha1.KeyResult) { o.Spec.CheckIns = []v1alpha1.CheckIn{checkIn("8")} }, "apply the file first"},
		"Generation": {"the status is about an older spec", func(_ *v1alpha1.Objective, kr *v1alpha1.KeyResult) { kr.Generation = 3 }, "has not looked at it since"},
		"Objective":  {"or about that of an older objective", func(o *v1alpha1.Objective, _ *v1alpha1.KeyResult) { o.Generation = 3 }, "has not looked at it since"},
		"Reopened": {"the score is of what it was at the end", func(_ *v1alpha1.Objective, kr *v1alpha1.KeyResult) {
			kr.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReopenedCondition, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonEditedAfterEnd}}
		}, "it was edited after its end, and the score 0.70"},
	} {
		t.Run(name, func(t *testing.T) {
			o := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: "2026-Q4", CheckIns: []v1alpha1.CheckIn{checkIn("7")}}}
			kr := &v1alpha1.KeyResult{ObjectMeta: metav1.ObjectMeta{Name: "k"}, Spec: v1alpha1.KeyResultSpec{Reach: &v1alpha1.Reach{Baseline: decimal("0"), Target: decimal("10")}}}
			liveObjective, live := o.DeepCopy(), kr.DeepCopy()
			liveObjective.Generation, liveObjective.Status.ObservedGeneration = 2, 2
			live.Generation, live.Status.ObservedGeneration = 2, 2
			live.Status.Final = &v1alpha1.Final{Value: "7", Score: "0.70"}
			tc.change(liveObjective, live)
			days, err := repository.DaysOf(o)
			if err != nil {
				t.Fatal(err)
			}
			got := resultOf(o, liveObjective, kr, live, days, time.Date(2027, 1, 20, 0, 0, 0, 0, time.UTC))
			if (got.record != nil) != (tc.want == "") || !strings.Contains(got.why, tc.want) {
				t.Errorf("%s: record %v, why %q, want %q", tc.reason, got.record, got.why, tc.want)
			}
		})
	}
}

// TestRolloverAsksForTheSameGoal looks at scores and values of the cluster that are of something else.
func TestRolloverAsksForTheSameGoal(t *testing.T) {
	decimal := func(text string) *v1alpha1.Decimal { d := v1alpha1.Decimal(text); return &d }
	metric := &v1alpha1.Metric{Query: "up"}
	for name, tc := range map[string]struct {
		reason       string
		change       func(kr *v1alpha1.KeyResult)
		score, value bool
	}{
		"Same":       {"nothing differs", func(*v1alpha1.KeyResult) {}, true, true},
		"Target":     {"another target", func(kr *v1alpha1.KeyResult) { kr.Spec.Reach.Target = decimal("5") }, false, true},
		"Query":      {"another query", func(kr *v1alpha1.KeyResult) { kr.Spec.Metric.Query = "down" }, false, false},
		"Generation": {"the status is about an older spec", func(kr *v1alpha1.KeyResult) { kr.Generation = 3 }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: "2026-Q4"}}
			kr := &v1alpha1.KeyResult{Spec: v1alpha1.KeyResultSpec{Reach: &v1alpha1.Reach{Baseline: decimal("0"), Target: decimal("10")}, Metric: metric}}
			live := kr.DeepCopy()
			live.Generation, live.Status.ObservedGeneration = 2, 2
			live.Status.Final = &v1alpha1.Final{Value: "10", Score: "1.00"}
			tc.change(live)
			days, err := repository.DaysOf(o)
			if err != nil {
				t.Fatal(err)
			}
			k := known{objective: o, liveObjective: o.DeepCopy(), keyResult: kr, liveKeyResult: live, days: days, now: time.Date(2027, 1, 20, 0, 0, 0, 0, time.UTC)}
			if score, _ := k.score(); (score != "") != tc.score || k.present().known != tc.value {
				t.Errorf("%s: score %q, value %+v", tc.reason, score, k.present())
			}
		})
	}
}
