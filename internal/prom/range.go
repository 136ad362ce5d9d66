package prom

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"okr.dev/controller/internal/sample"
)

// maxRange bounds the points of a question about a range; Prometheus itself refuses 11,000.
const maxRange = 10000

// askRange asks about all points of a range up to the instant at, in one request. The probe of a past instant is part
// of the query: at each point it looks for the data that the value there rests on, so that what was forgotten, and a gap
// of scrapes, is no number.
func (c *Client) askRange(ctx context.Context, q sample.Question, at time.Time) sample.Sample {
	if strings.Contains(q.Query, elapsedPlaceholder) {
		return failure(sample.InvalidQuery, at, "a query with $__elapsed counts from a start, and cannot be asked about a "+
			"range: write one with a fixed range, such as [5m]")
	}
	text, failed := rendered(q, at)
	if failed.Reason != "" {
		return failed
	}
	expr, err := parse(text)
	if err != nil {
		return failure(sample.InvalidQuery, at, "%s", problem(err))
	}
	if pinned(expr) {
		return failure(sample.InvalidQuery, at, "a query with the @ modifier cannot be asked about a range: write an "+
			"offset instead")
	}
	series, since := sample.Series{From: q.From, Step: q.Step}, at.Sub(time.Unix(q.From, 0))
	if since < 0 {
		return sample.Sample{Time: series.At(-1), Reason: sample.Sampled, Series: &series}
	}
	count := int64(since/q.Step) + 1
	if count > maxRange {
		return failure(sample.InvalidQuery, at, "a range of more than %d points is not asked for: choose a longer step", maxRange)
	}
	series.Values = slices.Repeat([]float64{math.NaN()}, int(count))
	seen := &exchange{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, exchangeKey{}, seen), c.timeout)
	defer cancel()
	value, warnings, _, err := c.api.QueryRange(ctx, guarded(expr, newProbe(expr, at, true)),
		v1.Range{Start: series.At(0), End: series.At(int(count) - 1), Step: q.Step}, c.giveUp())
	return decodeSeries(answer{seen, value, warnings, err}, series)
}

// pinned reports whether a query has an @ modifier: it reads the same data at each point of a range, or at none.
func pinned(expr parser.Expr) bool {
	return anchored(expr) || slices.ContainsFunc(readings(expr, span{}), func(r reading) bool { return r.span.to.fixed })
}

// decodeSeries turns the answer to a range query into the values of series, which has room for them.
func decodeSeries(a answer, series sample.Series) sample.Sample {
	last := series.At(len(series.Values) - 1)
	frame, failed := admit(a, last)
	if failed.Reason != "" {
		return failed
	}
	matrix, ok := a.value.(model.Matrix)
	if !ok || !wellFormed(frame.Data) || slices.Contains(matrix, nil) {
		return notPrometheus(a.seen.status, last)
	}
	taken, onGrid := make([]bool, len(series.Values)), true
	take := func(t model.Time, v float64) {
		since, step := int64(t)-1000*series.From, series.Step.Milliseconds()
		i := since / step
		if since < 0 || since%step != 0 || i >= int64(len(taken)) {
			onGrid = false
			return
		}
		if taken[i] || math.IsInf(v, 0) {
			v = math.NaN() // which of several counts is not known
		}
		taken[i], series.Values[i] = true, sample.Round(v)
	}
	for _, one := range matrix {
		for _, point := range one.Values {
			take(point.Timestamp, float64(point.Value))
		}
		for _, point := range one.Histograms {
			take(point.Timestamp, math.NaN())
		}
	}
	if !onGrid {
		return failure(sample.QueryFailed, last, "the source answered for other times than it was asked for: it, or a proxy "+
			"before it, moves the start or the step of a range")
	}
	return sample.Sample{Time: last, Reason: sample.Sampled, Series: &series}
}
