package evaluate

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/sample"
)

func pointsAt(from time.Time, step time.Duration, values ...string) []v1alpha1.HistoryPoint {
	var points []v1alpha1.HistoryPoint
	for i, v := range values {
		points = append(points, v1alpha1.HistoryPoint{Time: second(from.Add(time.Duration(i) * step)), Value: v})
	}
	return points
}

func TestAppendHistory(t *testing.T) {
	began := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	full := pointsAt(began.Add(-historyLength*day), day, make([]string, historyLength)...)
	cases := []struct {
		reason  string
		history []v1alpha1.HistoryPoint
		at      time.Time
		want    []v1alpha1.HistoryPoint
	}{
		{"the first ever", nil, began.Add(time.Hour), pointsAt(began.Add(time.Hour), day, "1.235")},
		{"the first of the day, in whole seconds", pointsAt(began.Add(-time.Second), 0, "7"), began.Add(time.Minute + 1),
			append(pointsAt(began.Add(-time.Second), 0, "7"), pointsAt(began.Add(time.Minute), 0, "1.235")...)},
		{"what was known when it began is of its beginning", pointsAt(began.Add(-day), day, "7"), began.Add(-time.Minute),
			pointsAt(began.Add(-day), day, "7", "1.235")},
		{"one a day", pointsAt(began, day, "7"), began.Add(time.Hour), pointsAt(began, day, "7")},
		{"none behind one that a clock which was ahead has left", pointsAt(began.Add(9*day), day, "7"), began, pointsAt(began.Add(9*day), day, "7")},
		{"the oldest goes", full, began, append(full[1:len(full):len(full)], pointsAt(began, 0, "1.235")...)},
	}
	for _, c := range cases {
		before := append([]v1alpha1.HistoryPoint(nil), c.history...)
		got := appendHistory(c.history, began, c.at, 1.23456)
		if diff := cmp.Diff(c.want, got) + cmp.Diff(before, c.history); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.reason, diff)
		}
	}
}

func TestHistoryOf(t *testing.T) {
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	nan := math.NaN()
	long := &sample.Series{From: from.Unix(), Step: day, Values: make([]float64, historyLength+1)}
	cases := []struct {
		reason string
		series *sample.Series
		want   []v1alpha1.HistoryPoint
	}{
		{"none asked", nil, nil},
		{"none to come by", &sample.Series{From: from.Unix(), Step: day, Values: []float64{nan, nan}}, nil},
		{"what is not known is left out", &sample.Series{From: from.Unix(), Step: day, Values: []float64{1, nan, 3.00049}},
			append(pointsAt(from, day, "1"), pointsAt(from.Add(2*day), day, "3")...)},
		{"the newest of too many", long, historyOf(&sample.Series{From: from.Add(day).Unix(), Step: day, Values: make([]float64, historyLength)})},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, historyOf(c.series)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.reason, diff)
		}
	}
}

func TestHistoryOfNumbersThatAreNotOfNow(t *testing.T) {
	first := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	window := &kpi{in: KPIInput{KPI: &v1alpha1.KPI{Spec: v1alpha1.KPISpec{
		Metric: &v1alpha1.Metric{}, CalendarWindow: v1alpha1.CalendarMonth,
	}}}, before: &v1alpha1.KPIStatus{}}
	readings := &kpi{in: KPIInput{KPI: &v1alpha1.KPI{Spec: v1alpha1.KPISpec{Readings: []v1alpha1.Reading{{}}}}}, before: &v1alpha1.KPIStatus{}}
	hand := &keyResult{before: &v1alpha1.KeyResultStatus{}}
	hand.pace.Start, hand.kept = first, &byHand{keyResult: hand}
	for _, look := range []struct {
		now, at time.Time
		value   float64
	}{{first.Add(day), first, 7}, {first.Add(9 * day), first, 7}, {first.Add(40 * day), first.Add(30 * day), 8}} {
		window.now, readings.now, hand.now = look.now, look.now, look.now
		for _, keep := range []func(measured){window.keepHistory, readings.keepHistory, hand.keepHistory} {
			keep(measured{usable: true, value: &look.value, time: look.at})
			keep(measured{})
		}
	}
	want := pointsAt(first, 30*day, "7", "8")
	for reason, diff := range map[string]string{
		"one point for each calendar window":                    cmp.Diff(want, window.status.History),
		"one for each value that is kept by hand":               cmp.Diff(want, hand.status.History),
		"readings are in the spec, and their history is theirs": cmp.Diff([]v1alpha1.HistoryPoint(nil), readings.status.History),
	} {
		if diff != "" {
			t.Errorf("%s: -want +got:\n%s", reason, diff)
		}
	}
	if n := len(window.watches) + len(readings.watches) + len(hand.watches); n > 0 {
		t.Errorf("%d questions are asked", n)
	}
}
