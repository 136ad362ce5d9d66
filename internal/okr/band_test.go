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
	later := due.AddDate(0, 2, 0)
	fine, settling, unknown := okr.Need{Status: okr.False, Reason: okr.AsExpected}, okr.Need{Status: okr.Neither, Reason: okr.Settling},
		okr.Need{Status: okr.Neither, Reason: okr.HealthUnknown}
	soon := okr.Need{Status: okr.False, Reason: okr.AsExpected, At: due}
	short := okr.Need{Status: okr.True, Reason: okr.ShortOfStretch}
	accepted := okr.Need{Status: okr.False, Reason: okr.Accepted, At: later}
	sick := okr.Care{Health: okr.KPIUnhealthy, Since: since, Aligned: okr.False}
	with := func(c okr.Care, edit func(*okr.Care)) okr.Care { edit(&c); return c }
	aligned := func(c *okr.Care) { c.Aligned = okr.True }
	settles := func(c *okr.Care) { c.Aligned = okr.Neither }
	stretch := func(c *okr.Care) { c.Short = true }
	accept := func(c *okr.Care) { c.Accepted = later }
	for _, c := range []struct {
		reason string
		care   okr.Care
		now    time.Time
		want   okr.Need
	}{
		{"healthy", okr.Care{Health: okr.KPIHealthy, Aligned: okr.False}, due, fine},
		{"a warning is not unhealthy", okr.Care{Health: okr.KPIWarning, Aligned: okr.False}, due, fine},
		{"unknown", okr.Care{Health: okr.KPIUnknown, Since: since, Aligned: okr.False}, due, unknown},
		{"unknown, though aligned", okr.Care{Health: okr.KPIUnknown, Since: since, Aligned: okr.True}, due, unknown},
		{"unhealthy for a while", sick, due.Add(-time.Second), soon},
		{"unhealthy for as long as allowed", sick, due, okr.Need{Status: okr.True, Reason: okr.Unhealthy}},
		{"an objective looks after it", with(sick, aligned), due, fine},
		{"an objective looks after it, early: nothing will change", with(sick, aligned), since, fine},
		{"alignment is settling", with(sick, settles), due, settling},
		{"alignment is settling, early", with(sick, settles), since, soon},
		{"unhealthy since nobody knows when is since now", okr.Care{Health: okr.KPIUnhealthy, Aligned: okr.False}, since, soon},
		{"short of stretch: at once", okr.Care{Health: okr.KPIHealthy, Short: true, Aligned: okr.False}, since, short},
		{"short of stretch with a warning", okr.Care{Health: okr.KPIWarning, Short: true, Aligned: okr.False}, since, short},
		{"short of stretch, and an objective looks after it", okr.Care{Health: okr.KPIHealthy, Short: true, Aligned: okr.True}, since, fine},
		{"short of stretch, and alignment is settling", okr.Care{Health: okr.KPIHealthy, Short: true, Aligned: okr.Neither}, since, settling},
		{"falling further does not take the need back", with(sick, stretch), since,
			okr.Need{Status: okr.True, Reason: okr.ShortOfStretch, At: due}},
		{"being unhealthy for long is the weightier reason", with(sick, stretch), due, okr.Need{Status: okr.True, Reason: okr.Unhealthy}},
		{"settling hides when, for it may not be needed then", with(with(sick, stretch), settles), since, settling},
		{"accepted", with(sick, accept), due, accepted},
		{"accepted, the last second", with(with(sick, stretch), accept), later.Add(-time.Second), accepted},
		{"not accepted any more", with(sick, accept), later, okr.Need{Status: okr.True, Reason: okr.Unhealthy}},
		{"accepted whatever the health is", okr.Care{Health: okr.KPIUnknown, Aligned: okr.False, Accepted: later}, due, accepted},
	} {
		care := c.care
		care.After = after
		if diff := cmp.Diff(c.want, okr.NeedsObjective(care, c.now)); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}
