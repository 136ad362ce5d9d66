package evaluate

import (
	"math"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/okr"
	"okr.dev/controller/internal/sample"
)

// longestChange is the change, in percent, from which on it says nothing.
const longestChange = 1e5

// trend compares the value with that of compareTo ago. It is shown only while both are known. What was said before stands
// until the source has been asked again since the controller started.
func (k *kpi) trend(value measured) {
	k.status.Trend = nil
	spec := &k.in.KPI.Spec
	if spec.CompareTo == "" || value.status == metav1.ConditionUnknown {
		return
	}
	var then *float64
	var pending bool
	switch {
	case k.in.Metric == nil:
		then = k.readThen(value)
	case spec.CalendarWindow != "":
		then, pending = k.spanThen()
	default:
		then, pending = k.askThen()
	}
	k.then = then
	switch {
	case value.status != metav1.ConditionTrue:
	case then != nil:
		k.status.Trend = trendOf(okr.Compare(*value.value, *then, band(spec.Target), band(spec.Warning)))
	case pending && k.current():
		k.status.Trend = k.before.Trend
	}
}

// askThen asks for the value of compareTo ago: less often than for the present one where that is long ago.
func (k *kpi) askThen() (then *float64, pending bool) {
	metric := *k.in.Metric
	if !metric.asked() {
		return nil, false
	}
	q := metric.live(okr.Span{})
	q.Offset = k.in.KPI.Spec.CompareTo.Duration()
	q.Interval = max(q.Interval, min(time.Hour, q.Offset/500).Truncate(time.Second))
	held := metric.held(k.samples, q)
	k.watches = append(k.watches, sample.Watch{Question: q, Seen: held.Last, Bounds: k.bounds(), Stretched: held.Stretched})
	if held.Last.OK() {
		return &held.Last.Value, false
	}
	return nil, held.Last.Reason == ""
}

// spanThen is the value of the span with which the shown one is compared. It is asked for once; what the controller
// remembers need not be asked for.
func (k *kpi) spanThen() (then *float64, pending bool) {
	old := k.before.Frozen
	switch {
	case k.shown == nil:
		return nil, false
	case k.before.Trend != nil && k.current() && old != nil && sameKey(old.LastGood, k.status.Frozen.LastGood):
		return nil, true // of the same two values
	}
	metric, window := k.spans.metric, k.spans.window
	q, key := k.spans.question(window.Back(*k.shown, window.Spans(k.in.KPI.Spec.CompareTo.Duration())))
	if old != nil && old.LastGood != nil && old.LastGood.Key == key {
		if v, ok := number(old.LastGood.Value); ok {
			return &v, false
		}
	}
	if !metric.asked() {
		return nil, false
	}
	held := metric.held(k.samples, q)
	k.watches = append(k.watches, sample.Watch{Question: q, Seen: held.Last})
	if held.Last.OK() {
		return &held.Last.Value, false
	}
	return nil, false
}

// readThen is the reading that stood compareTo before the day of the newest one, in whole days.
func (k *kpi) readThen(value measured) *float64 {
	if value.value == nil {
		return nil
	}
	all := readingsOf(k.in.KPI, k.zone)
	newest, _ := all.newest(k.now)
	days := int((k.in.KPI.Spec.CompareTo.Duration() + day - 1) / day)
	then, found := all.at(newest.day.AddDays(-days).Start(k.zone))
	if !found {
		return nil
	}
	return &then.value
}

// trendOf is a trend as it is shown.
func trendOf(t okr.Trend) *v1alpha1.Trend {
	shown := v1alpha1.Trend{Direction: v1alpha1.TrendDirection(t.Direction), Summary: "→"}
	switch {
	case t.Moved > 0:
		shown.Summary = "↑"
	case t.Moved < 0:
		shown.Summary = "↓"
	}
	if math.Abs(t.Change) < longestChange { // and is a number
		rounded := math.Round(t.Change*10) / 10
		shown.ChangePercent = strconv.FormatFloat(rounded+0, 'f', 1, 64) // + 0: never -0.0
		shown.Summary += " " + strconv.FormatFloat(math.Abs(rounded), 'f', 1, 64) + " %"
	}
	if shown.Direction != "" {
		shown.Summary += " " + string(shown.Direction)
	}
	return &shown
}
