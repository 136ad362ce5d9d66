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
