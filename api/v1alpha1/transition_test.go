package v1alpha1_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
)

// A score belongs to the objective that it was reached for: a key result takes none along to another one.
func TestScoredKeyResultStaysWithItsObjective(t *testing.T) {
	s := server(t)
	baseline, target := v1alpha1.Decimal("800"), v1alpha1.Decimal("300")
	kr := &v1alpha1.KeyResult{
		ObjectMeta: metav1.ObjectMeta{Name: "scored", Namespace: "default"},
		Spec: v1alpha1.KeyResultSpec{
			ObjectiveRef: v1alpha1.ObjectiveReference{Name: "last-quarter"}, Title: "p99 from 800 to 300 ms",
			Reach:  &v1alpha1.Reach{Baseline: &baseline, Target: &target},
			Metric: &v1alpha1.Metric{Query: "latency"},
		},
	}
	if err := s.Create(t.Context(), kr); err != nil {
		t.Fatal(err)
	}
	move := func(to string) error {
		before := kr.DeepCopy()
		kr.Spec.ObjectiveRef.Name = to
		return s.Patch(t.Context(), kr, client.MergeFrom(before))
	}
	if err := move("this-quarter"); err != nil {
		t.Errorf("a key result without a score moves: %v", err)
	}
	before := kr.DeepCopy()
	kr.Status.Frozen = &v1alpha1.KeyResultFrozen{Final: &v1alpha1.FrozenFinal{Final: v1alpha1.Final{Score: "1.00"}, Key: "k"}}
	if err := s.Status().Patch(t.Context(), kr, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
	if err := move("next-quarter"); err == nil || !strings.Contains(err.Error(), "write a new key result for another one") {
		t.Errorf("a scored key result moved, or was refused without a word: %v", err)
	}
}
