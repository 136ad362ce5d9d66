package evaluate

import (
	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// maxYear is the last year of a date that the API admits.
const maxYear = 2999

// forecast draws the line from the baseline through the newest good value. One that reads the same as the one that the
// line was drawn through before does not draw another: nothing is written because time passes.
func (k *keyResult) forecast(value measured) {
	reach, ok := k.shape.(interface {
		way() (baseline, target float64, known bool)
	})
	if !ok || value.value == nil {
		return
	}
	baseline, target, known := reach.way()
	if !known {
		return
	}
	through, at := *value.value, second(value.time).Time
	if k.before.Frozen != nil && k.before.Frozen.Forecast != nil {
		drawn := k.before.Frozen.Forecast
		if v, ok := number(drawn.Value); ok && sample.Display(v) == sample.Display(through) {
			through, at = v, drawn.Time.Time
		}
	}
	line, found := k.pace.Forecast(baseline, target, through, at)
	if !found {
		return
	}
	k.status.Frozen.Forecast = &v1alpha1.FrozenValue{Value: exact(through), Time: second(at)}
	k.status.Forecast = &v1alpha1.Forecast{Value: k.quantity(line.Value), ProgressPercent: pointer(okr.Whole(line.Percent))}
	if day := okr.DayUpTo(line.Reaches, k.days.zone); !line.Reaches.IsZero() && day.Year <= maxYear {
		k.status.Forecast.ReachesTargetOn = v1alpha1.Date(day.String())
	}
}
