package prom

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"

	"okr.dev/controller/internal/sample"
)

func constant(v float64) func(int64) float64 { return func(int64) float64 { return v } }

// seed writes the series that TestRealPrometheus asks about. now is on a whole minute.
func seed(t *testing.T, url string, now int64) {
	const minute, days = 60, 86400
	write(t, url,
		// grows by 1 a minute for 20 days
		written{"orders_total", "a", now - 20*days, now, 5 * minute, func(at int64) float64 { return float64(at-now+20*days) / 60 }},
		// two series
		written{"queue", "a", now - 600, now, minute, constant(3)},
		written{"queue", "b", now - 600, now, minute, constant(4)},
		written{"bad", "nan", now - 600, now, minute, constant(math.NaN())},
		written{"bad", "inf", now - 600, now, minute, constant(math.Inf(1))},
		// ended 3 hours before the instant 2 days ago, by a gap
		written{"gap", "a", now - 4*days, now - 2*days - 3*3600, minute, constant(7)},
		// a stale marker a minute ago
		written{"gone", "a", now - 600, now - 120, minute, constant(1)},
		written{"gone", "a", now - 60, now - 60, minute, constant(math.Float64frombits(value.StaleNaN))},
	)
	send(t, url, prompb.TimeSeries{Labels: labelsOf("native", "a"), Histograms: []prompb.Histogram{{
		Count: &prompb.Histogram_CountInt{CountInt: 3}, Sum: 3, Schema: 0, ZeroThreshold: 1e-128,
		ZeroCount:     &prompb.Histogram_ZeroCountInt{ZeroCountInt: 0},
		PositiveSpans: []prompb.BucketSpan{{Offset: 0, Length: 1}}, PositiveDeltas: []int64{3}, Timestamp: (now - 30) * 1000,
	}}})
}

func TestRealPrometheus(t *testing.T) {
	url := startPrometheus(t, nil)
	now := time.Now().Add(-2 * time.Minute).Truncate(time.Minute).UTC()
	seed(t, url, now.Unix())
	ago := func(d time.Duration) int64 { return now.Add(-d).Unix() }
	cases := map[string]struct {
		reason string
		q      sample.Question
		value  float64
		want   sample.Reason
		at     time.Time // now if zero
	}{
		"value":             {reason: "one number", q: sample.Question{Query: `sum(queue)`}, value: 7, want: sample.Sampled},
		"scalar":            {reason: "a scalar", q: sample.Question{Query: `scalar(queue{shop="a"})`}, value: 3, want: sample.Sampled},
		"two series":        {reason: "not one", q: sample.Question{Query: `queue`}, want: sample.MultipleSeries},
		"no series":         {reason: "never seen", q: sample.Question{Query: `nothing`}, want: sample.NoData},
		"nothing over 7d":   {reason: "no data now is not about history", q: sample.Question{Query: `sum(increase(nothing[7d]))`}, want: sample.NoData},
		"NaN":               {reason: "NaN", q: sample.Question{Query: `bad{shop="nan"}`}, want: sample.NotANumber},
		"0/0":               {reason: "NaN", q: sample.Question{Query: `vector(0) / vector(0)`}, want: sample.NotANumber},
		"Inf":               {reason: "infinite", q: sample.Question{Query: `bad{shop="inf"}`}, want: sample.Infinite},
		"stale":             {reason: "ended", q: sample.Question{Query: `gone`}, want: sample.NoData},
		"histogram":         {reason: "native", q: sample.Question{Query: `native`}, want: sample.NotAScalar},
		"of a histogram":    {reason: "a number of it", q: sample.Question{Query: `histogram_count(native)`}, value: 3, want: sample.Sampled},
		"info":              {reason: "rate of a gauge earns an info", q: sample.Question{Query: `sum(rate(queue[5m]))`}, value: 0, want: sample.Sampled},
		"warning":           {reason: "a quantile of 2 earns a warning", q: sample.Question{Query: `quantile(2, queue)`}, want: sample.PartialResponse},
		"many to many":      {reason: "422", q: sample.Question{Query: `queue / on () queue`}, want: sample.QueryFailed},
		"refused before":    {reason: "does not parse, so it is not sent", q: sample.Question{Query: `sum(queue) / 0x`}, want: sample.InvalidQuery},
		"covered":           {reason: "7d of 20d are there", q: sample.Question{Query: `sum(increase(orders_total[$__window]))`, Window: week}, value: 7 * 24 * 60, want: sample.Sampled},
		"not covered":       {reason: "28d are not", q: sample.Question{Query: `sum(increase(orders_total[$__window]))`, Window: 28 * day}, want: sample.HistoryUnavailable},
		"or vector(0)":      {reason: "0 over nothing is not measured", q: sample.Question{Query: `sum(increase(nothing[28d])) or vector(0)`}, want: sample.HistoryUnavailable},
		"elapsed":           {reason: "since a start that is there", q: sample.Question{Query: `sum(increase(orders_total[$__elapsed]))`, Start: ago(2 * day)}, value: 2 * 24 * 60, want: sample.Sampled},
		"elapsed too early": {reason: "not asked", q: sample.Question{Query: `sum(increase(orders_total[$__elapsed]))`, Start: ago(time.Minute)}, want: sample.NoData},
		"past":              {reason: "10d ago it was half", q: sample.Question{Query: `sum(orders_total)`, At: ago(10 * day)}, value: 10 * 24 * 60, want: sample.Sampled, at: now.Add(-10 * day)},
		"past, no data":     {reason: "30d ago there was nothing", q: sample.Question{Query: `sum(orders_total) or vector(0)`, At: ago(30 * day)}, want: sample.HistoryUnavailable, at: now.Add(-30 * day)},
		"past, half range":  {reason: "at the instant, not at the start", q: sample.Question{Query: `sum(increase(orders_total[7d]))`, At: ago(15 * day)}, want: sample.HistoryUnavailable, at: now.Add(-15 * day)},
		"past, constant":    {reason: "needs no data", q: sample.Question{Query: `vector(1)`, At: ago(30 * day)}, value: 1, want: sample.Sampled, at: now.Add(-30 * day)},
		"gap":               {reason: "nothing at the instant", q: sample.Question{Query: `sum(gap)`, At: ago(2 * day)}, want: sample.HistoryUnavailable, at: now.Add(-2 * day)},
		"gap, looked back":  {reason: "the last value, with its time", q: sample.Question{Query: `sum(gap) or vector(0)`, At: ago(2 * day), Lookback: 6 * hour}, value: 7, want: sample.Sampled, at: now.Add(-2*day - 3*hour + 5*time.Minute)},
		"gap too wide":      {reason: "no further than allowed", q: sample.Question{Query: `sum(gap) or vector(0)`, At: ago(2 * day), Lookback: 2 * hour}, want: sample.HistoryUnavailable, at: now.Add(-2 * day)},
		"gap, elapsed":      {reason: "elapsed is that of the time found", q: sample.Question{Query: `sum(count_over_time(gap[$__elapsed])) * 0 + $__elapsed`, Start: ago(2*day + 10*hour), At: ago(2 * day), Lookback: 6 * hour}, value: 8*3600 - 60, want: sample.Sampled, at: now.Add(-2*day - 2*hour)},
		"gap, end()":        {reason: "end() is the time found", q: sample.Question{Query: `sum(gap @ end())`, At: ago(2 * day), Lookback: 6 * hour}, want: sample.HistoryUnavailable, at: now.Add(-2 * day)},
	}
	c := newClient(t, Options{URL: url, Timeout: 30 * time.Second})
	if got := c.instant(t.Context(), "sum(", now); got.Reason != sample.InvalidQuery || !strings.Contains(got.Message, "parse error") {
		t.Errorf("a query that the server itself refuses: %+v", got)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.Ask(context.Background(), tc.q, now)
			if tc.at.IsZero() {
				tc.at = now
			}
			if tc.q.Lookback > 0 && got.OK() { // the grid of the look back is 22 s wide
				if d := tc.at.Sub(got.Time); d < 0 || d > time.Minute {
					t.Errorf("%s: time %v, want at most 1m before %v", tc.reason, got.Time, tc.at)
				}
				tc.at = got.Time
			}
			want := sample.Sample{Value: tc.value, Time: tc.at, Reason: tc.want, Message: got.Message}
			near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 0.001*math.Abs(b) })
			if diff := cmp.Diff(want, got, near); diff != "" {
				t.Errorf("%s: -want +got:\n%s\n%s", tc.reason, diff, got.Message)
			}
		})
	}
}
