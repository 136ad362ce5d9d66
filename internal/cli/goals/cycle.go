package goals

import (
	"cmp"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
)

// CycleOf is what an objective's cycle is called: its label, else its period.
func CycleOf(o *v1alpha1.Objective) string { return cmp.Or(o.Spec.Cycle, string(o.Spec.Period)) }

// InCycle reports whether an objective belongs to a cycle that somebody names: by its label, or by its period, however either is
// written.
func InCycle(o *v1alpha1.Objective, cycle string) bool {
	return SameCycle(o.Spec.Cycle, cycle) || SameCycle(string(o.Spec.Period), cycle)
}

// SameCycle reports whether two texts name one cycle: 2026-q4 is 2026-Q4, and that is 2026-10-01/2026-12-31.
func SameCycle(a, b string) bool {
	if strings.EqualFold(a, b) {
		return a != ""
	}
	p, err := okr.ParsePeriod(strings.ToUpper(a))
	if err != nil {
		return false
	}
	q, err := okr.ParsePeriod(strings.ToUpper(b))
	return err == nil && p == q
}
