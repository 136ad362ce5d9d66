package company

import "math"

// path is a line through values at known days: constant before the first, straight between two, constant after
// the last. The days are relative to the start of the demo.
type path []point

type point struct{ day, value float64 }

// The days on which the third and the fourth quarter begin, where today is the day that the samples are written for.
const (
	thirdQuarter  = -137
	fourthQuarter = -45
)

// course is a path through the values at the beginning of the third quarter, of the fourth, and now. It has been level
// for a day, and before the third quarter it is level too: a window that ends there sees the first value only.
func course(third, fourth, now float64) path {
	return path{{thirdQuarter, third}, {fourthQuarter, fourth}, {-1, now}, {0, now}}
}

// steady is a path that stays where it is.
func steady(value float64) path { return path{{0, value}} }

// at is the value on a day.
func (p path) at(day float64) float64 {
	if day <= p[0].day {
		return p[0].value
	}
	for i := 1; i < len(p); i++ {
		if day <= p[i].day {
			from, to := p[i-1], p[i]
			return from.value + (to.value-from.value)*(day-from.day)/(to.day-from.day)
		}
	}
	return p[len(p)-1].value
}

// The day on which counters began at 0. It lies before all written history.
const counterBegan = -250

// total is what has come together by a day, where the path is the growth per day: the area under it.
func (p path) total(day float64) float64 {
	sum, from := 0.0, point{counterBegan, p.at(counterBegan)}
	for _, corner := range p {
		if corner.day >= day {
			break
		}
		sum += (from.value + corner.value) / 2 * (corner.day - from.day)
		from = corner
	}
	return sum + (from.value+p.at(day))/2*(day-from.day)
}

// swing is a mild, smooth unrest between about -1 and 1. It is 0 at every whole day since the start, so that the
// numbers of the table in README.md are exact.
func swing(day float64) float64 {
	return 0.5*math.Sin(2*math.Pi*day) + 0.3*math.Sin(2*math.Pi*3*day) + 0.2*math.Sin(2*math.Pi*7*day)
}

// dip is a time during which a number is at another value: an incident.
type dip struct{ day, hours, to float64 }

func (d dip) covers(day float64) bool { return day >= d.day && day < d.day+d.hours/24 }
