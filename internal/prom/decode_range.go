package prom

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"okr.dev/controller/internal/sample"
)

// decodeRange turns the answer to a range query over [start, end] into its last finite value, with that value's
// time; NoData if there is none.
func decodeRange(a answer, start, end time.Time) sample.Sample {
	frame, failed := admit(a, end)
	if failed.Reason != "" {
		return failed
	}
	matrix, ok := a.value.(model.Matrix)
	if !ok || !wellFormed(frame.Data) {
		return notPrometheus(a.seen.status, end)
	}
	last, number, found := model.Earliest, 0.0, false
	for _, series := range matrix {
		if series == nil {
			return notPrometheus(a.seen.status, end)
		}
		for _, point := range series.Values {
			v := float64(point.Value)
			if !math.IsNaN(v) && !math.IsInf(v, 0) && (!found || point.Timestamp > last) {
				last, number, found = point.Timestamp, v, true
			}
		}
	}
	count := seriesAt(matrix, last)
	when := last.Time()
	switch {
	case !found:
		return failure(sample.NoData, end, "the query returned no finite number")
	case count > 1:
		return several(count, end)
	case when.Before(start.Add(-maxDrift)) || when.After(end.Add(maxDrift)):
		return failure(sample.QueryFailed, end, "the source answered for another time than it was asked for")
	}
	return sample.Good(number, when)
}

// seriesAt counts the series that have a point at t, whatever its value.
func seriesAt(matrix model.Matrix, t model.Time) int {
	count := 0
	for _, series := range matrix {
		at := func(point model.SamplePair) bool { return point.Timestamp == t }
		histogramAt := func(point model.SampleHistogramPair) bool { return point.Timestamp == t }
		if slices.ContainsFunc(series.Values, at) || slices.ContainsFunc(series.Histograms, histogramAt) {
			count++
		}
	}
	return count
}
