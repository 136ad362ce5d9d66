package okr

import "math"

// Direction says whether a number moves towards what is wanted of it. The texts are those of the API.
type Direction string

// The directions.
const (
	Improving Direction = "Improving"
	Worsening Direction = "Worsening"
	Flat      Direction = "Flat"
)

// flatBelow is the change, in percent, below which a number is Flat.
const flatBelow = 0.5

// Trend is how a number compares with an earlier one.
type Trend struct {
	// Change is by how many percent of the earlier number's size it is higher, rounded to 1e-9; NaN where that was 0.
	Change float64
	// Moved is -1 where the number is lower, 1 where it is higher, and 0 where it changed by less than half a percent.
	Moved int
	// Direction is empty without a target, for then nobody knows what is wanted.
	Direction Direction
}

// Compare compares a number with an earlier one. Another verdict than then decides the direction. With the same verdict,
// less than half a percent is Flat, and else it goes by the target: upwards is Improving where it has a lower bound, downwards
// where it has an upper one, and closer to it where it has both. Inside both bounds there is no better or worse: Flat.
func Compare(now, then float64, target, warning Band) Trend {
	trend := Trend{Change: math.NaN(), Moved: sign(now - then)}
	if then != 0 {
		trend.Change = round9(100 * (now - then) / math.Abs(then))
	}
	small := now == then || math.Abs(trend.Change) < flatBelow
	if small {
		trend.Moved = 0
	}
	if target == (Band{}) || !finite(now) || !finite(then) {
		return trend
	}
	better := severity(JudgeKPI(then, target, warning)) - severity(JudgeKPI(now, target, warning))
	if better == 0 && !small {
		better = target.towards(now, then)
	}
	switch {
	case better > 0:
		trend.Direction = Improving
	case better < 0:
		trend.Direction = Worsening
	default:
		trend.Direction = Flat
	}
	return trend
}

// towards is 1 where now is better placed than then with respect to a band, -1 where it is worse placed, else 0.
func (b Band) towards(now, then float64) int {
	switch {
	case b.AtMost == nil:
		return sign(now - then)
	case b.AtLeast == nil:
		return sign(then - now)
	default:
		return sign(b.distance(then) - b.distance(now))
	}
}

// distance is how far outside the band v lies.
func (b Band) distance(v float64) float64 { return max(*b.AtLeast-v, v-*b.AtMost, 0) }

func sign(x float64) int {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	default:
		return 0
	}
}
