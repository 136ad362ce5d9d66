package okr_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/okr"
)

func TestJudgeKPI(t *testing.T) {
	atLeast := okr.Band{AtLeast: pointer(99.9)}
	atMost := okr.Band{AtMost: pointer(300)}
	within := okr.Band{AtLeast: pointer(70), AtMost: pointer(85)}
	for _, c := range []struct {
		reason          string
		value           float64
		target, warning okr.Band
		want            okr.KPIHealth
	}{
		{"at least, inside", 99.95, atLeast, okr.Band{}, okr.KPIHealthy},
		{"at least, on the bound", 99.9, atLeast, okr.Band{}, okr.KPIHealthy},
		{"at least, below", 99.89, atLeast, okr.Band{}, okr.KPIUnhealthy},
		{"at most, on the bound", 300, atMost, okr.Band{}, okr.KPIHealthy},
		{"at most, above", 300.1, atMost, okr.Band{}, okr.KPIUnhealthy},
		{"more than the ambition is no bad news", 17, okr.Band{AtLeast: pointer(10)}, okr.Band{AtLeast: pointer(15)}, okr.KPIHealthy},
		{"a range, inside", 80, within, okr.Band{}, okr.KPIHealthy},
		{"a range, below", 69, within, okr.Band{}, okr.KPIUnhealthy},
		{"a range, above", 86, within, okr.Band{}, okr.KPIUnhealthy},
		{"inside the target, outside the warning", 99.92, atLeast, okr.Band{AtLeast: pointer(99.95)}, okr.KPIWarning},
		{"on the warning's bound", 99.95, atLeast, okr.Band{AtLeast: pointer(99.95)}, okr.KPIHealthy},
		{"outside both", 99, atLeast, okr.Band{AtLeast: pointer(99.95)}, okr.KPIUnhealthy},
		{"a warning on one side of a range", 84, within, okr.Band{AtMost: pointer(83)}, okr.KPIWarning},
		{"not a number", math.NaN(), atLeast, okr.Band{}, okr.KPIUnknown},
		{"not a number, no bounds", math.NaN(), okr.Band{}, okr.Band{}, okr.KPIUnknown},
		{"infinite", math.Inf(1), atLeast, okr.Band{}, okr.KPIUnknown},
		{"infinite downward", math.Inf(-1), atMost, okr.Band{}, okr.KPIUnknown},
	} {
		if got := okr.JudgeKPI(c.value, c.target, c.warning); got != c.want {
			t.Errorf("%s: %v is %s, want %s", c.reason, c.value, got, c.want)
		}
	}
	if diff := cmp.Diff([]float64{70, 85}, within.Bounds()); diff != "" {
		t.Error(diff)
	}
}

func TestNeedsObjective(t *testing.T) {
	const after = 24 * time.Hour
	since := instant(t, "2026-11-01T00:00:00Z")
	due := since.Add(after)
	for _, c := range []struct {
		reason  string
		health  okr.KPIHealth
		since   time.Time
		aligned okr.Ternary
		now     time.Time
		want    okr.Need
	}{
		{"healthy", okr.KPIHealthy, time.Time{}, okr.False, due, okr.Need{Status: okr.False}},
		{"a warning is not unhealthy", okr.KPIWarning, time.Time{}, okr.False, due, okr.Need{Status: okr.False}},
		{"unknown", okr.KPIUnknown, since, okr.False, due, okr.Need{Status: okr.Neither}},
		{"unknown, though aligned", okr.KPIUnknown, since, okr.True, due, okr.Need{Status: okr.Neither}},
		{"unhealthy for a while", okr.KPIUnhealthy, since, okr.False, due.Add(-time.Second), okr.Need{Status: okr.False, At: due}},
		{"unhealthy for as long as allowed", okr.KPIUnhealthy, since, okr.False, due, okr.Need{Status: okr.True}},
		{"an objective looks after it", okr.KPIUnhealthy, since, okr.True, due, okr.Need{Status: okr.False}},
		{"an objective looks after it, early: nothing will change", okr.KPIUnhealthy, since, okr.True, since, okr.Need{Status: okr.False}},
		{"alignment is settling", okr.KPIUnhealthy, since, okr.Neither, due, okr.Need{Status: okr.Neither}},
		{"alignment is settling, early", okr.KPIUnhealthy, since, okr.Neither, since, okr.Need{Status: okr.False, At: due}},
		{"unhealthy since nobody knows when is since now", okr.KPIUnhealthy, time.Time{}, okr.False, since, okr.Need{Status: okr.False, At: due}},
	} {
		if diff := cmp.Diff(c.want, okr.NeedsObjective(c.health, c.since, after, c.aligned, c.now)); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}
