package okr

// almost is the most that progress can be while a guard is not met: it is rounded down to 99, whatever is missing.
const almost = 100 - 1e-9

// GuardLimit is how far a guard lets progress come, in percent: its value's share of the bound atLeast, which is above
// 0. It is not negative, and below 100 as long as the guard is not met; once it is, met is true and there is no limit.
// It is NaN, and not met, where the value is not finite.
func GuardLimit(value, atLeast float64) (limit float64, met bool) {
	if finite(value) && value >= atLeast {
		return 100, true
	}
	p := Percent(0, atLeast, value)
	if !finite(p) {
		return p, false
	}
	return max(0, min(almost, p)), false
}
