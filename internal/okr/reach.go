package okr

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// round9 rounds a percentage to 1e-9. From 2^23 on, neighbouring floats lie further apart than that.
func round9(p float64) float64 {
	if math.Abs(p) >= 1<<23 {
		return p
	}
	return math.Round(p*1e9) / 1e9
}

// finite reports whether x is a number, and not infinite.
func finite(x float64) bool { return x-x == 0 }

// Known reports whether p is a percentage at all: NaN and the infinities are not, and get no verdict, no score
// and no place in a status.
func Known(p float64) bool { return finite(p) }

// Percent is the share of the way from baseline to target that value has covered: 100·(v−b)/(t−b), rounded to
// 1e-9. It is not clamped: 137 is beyond the target, -20 the wrong way. It is NaN, of which Known is false, where
// baseline and target are equal or any of the three is not finite; otherwise it is finite.
func Percent(baseline, target, value float64) float64 {
	if baseline == target || !finite(baseline) || !finite(target) || !finite(value) {
		return math.NaN()
	}
	p := 100 * (value - baseline) / (target - baseline)
	if !finite(p) { // a difference of huge numbers, or a tiny way
		p = 100 * ((value/2 - baseline/2) / (target/2 - baseline/2))
		p = max(-math.MaxFloat64, min(math.MaxFloat64, p))
	}
	return round9(p)
}

// Whole is p in whole percent, rounded down: 99.6 is 99. Beyond ±1e15 it is cut off there. What is not Known
// gives -1e15, on every machine: an absurd number rather than a plausible one.
func Whole(p float64) int64 {
	if !finite(p) {
		return -1e15
	}
	return int64(math.Floor(max(-1e15, min(1e15, round9(p)))))
}

// Clamp limits a percentage to 0..100. What is not Known becomes NaN.
func Clamp(p float64) float64 {
	if !finite(p) {
		return math.NaN()
	}
	return max(0, min(100, p))
}

// Change is a signed movement, absolute or in percent of the baseline's size.
type Change struct {
	Amount  float64
	Percent bool
}

// signed is a change as the API admits it: a sign, and a decimal number.
var signed = regexp.MustCompile(`^[+-][0-9]{1,15}(\.[0-9]{1,9})?$`)

// ParseChange reads "+20%", "-15%", "+15" or "-0.5". The sign is required, and 0 is refused.
func ParseChange(s string) (Change, error) {
	digits, percent := strings.CutSuffix(s, "%")
	amount, err := strconv.ParseFloat(digits, 64)
	if err != nil || !signed.MatchString(digits) {
		return Change{}, fmt.Errorf("change %q: write a signed change, such as +20%%, -15%% or +15", s)
	}
	if amount == 0 {
		return Change{}, fmt.Errorf("change %q is no movement", s)
	}
	return Change{amount, percent}, nil
}

// Target is where the change leads from baseline: b + pct·|b|, or b + x. It is false where that is the
// baseline itself (a percentage of 0, or a change too small for a number of the baseline's size) or not finite.
func (c Change) Target(baseline float64) (float64, bool) {
	target := baseline + c.Amount
	if c.Percent {
		target = baseline + c.Amount*math.Abs(baseline)/100
	}
	return target, target != baseline && finite(target)
}

// AlreadyMet reports whether a measured baseline is at or beyond the target; increase says which way it goes.
func AlreadyMet(baseline, target float64, increase bool) bool {
	if increase {
		return baseline >= target
	}
	return baseline <= target
}
