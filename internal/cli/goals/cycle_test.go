package goals_test

import (
	"testing"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
)

func TestInCycle(t *testing.T) {
	for _, c := range []struct {
		reason, period, label, cycle string
		want                         bool
	}{
		{"its period", "2026-Q4", "", "2026-Q4", true},
		{"its period, written otherwise", "2026-10-01/2026-12-31", "", "2026-Q4", true},
		{"in small letters", "2026-10-01/2026-12-31", "", "2026-q4", true},
		{"its label", "2026-Q4", "FY27-Q1", "FY27-Q1", true},
		{"its label, in small letters", "2026-Q4", "FY27-Q1", "fy27-q1", true},
		{"its period, though it has a label", "2026-Q4", "FY27-Q1", "2026-Q4", true},
		{"another period", "2026-Q4", "", "2026-Q3", false},
		{"a longer one around it", "2026-Q4", "", "2026", false},
		{"another label", "2026-Q4", "FY27-Q1", "FY27-Q2", false},
		{"none", "2026-Q4", "", "", false},
	} {
		o := &v1alpha1.Objective{Spec: v1alpha1.ObjectiveSpec{Period: v1alpha1.Period(c.period), Cycle: c.label}}
		if got := goals.InCycle(o, c.cycle); got != c.want {
			t.Errorf("%s: %v", c.reason, got)
		}
	}
}
