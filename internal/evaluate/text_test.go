package evaluate

import (
	"testing"

	"okr.dev/controller/internal/okr"
)

func TestAValueReadsOnTheSideOfABoundOnWhichItIs(t *testing.T) {
	t.Parallel()
	atLeast := func(b float64) func(float64) bool { return okr.Band{AtLeast: &b}.Contains }
	atMost := func(b float64) func(float64) bool { return okr.Band{AtMost: &b}.Contains }
	for _, c := range []struct {
		reason string
		value  float64
		inside []func(float64) bool
		want   string
	}{
		{"rounded where no bound is near", 99.987, []func(float64) bool{atLeast(99.9)}, "99.99 %"},
		{"outside, and would be rounded to the bound", 99.987, []func(float64) bool{atLeast(99.99)}, "99.98 %"},
		{"inside", 99.994, []func(float64) bool{atLeast(99.99)}, "99.99 %"},
		{"the bound itself is inside", 99.99, []func(float64) bool{atLeast(99.99)}, "99.99 %"},
		{"would be rounded to a full hundred", 99.996, []func(float64) bool{atLeast(100)}, "99.99 %"},
		{"above the highest that is allowed", 300.04, []func(float64) bool{atMost(300)}, "300.1 %"},
		{"below it", 299.96, []func(float64) bool{atMost(300)}, "300 %"},
		{"negative", -0.10004, []func(float64) bool{atLeast(-0.1)}, "-0.1001 %"},
		{"between two bounds of which each way crosses one", 99.987, []func(float64) bool{atLeast(99.985), atLeast(99.99)}, "99.987 %"},
		{"nothing", 0, []func(float64) bool{atLeast(0.00001)}, "0 %"},
		{"next to nothing", 0.00004, []func(float64) bool{atMost(0)}, "4e-05 %"},
		{"no bound", 412.26, nil, "412.3 %"},
	} {
		if got := beside(c.value, "%", c.inside...); got != c.want {
			t.Errorf("%v reads %q, want %q: %s", c.value, got, c.want, c.reason)
		}
	}
}
