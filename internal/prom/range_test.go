package prom

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"

	"okr.dev/controller/internal/sample"
)

// nan is a point without a value.
var nan = math.NaN()

func TestDecodeSeries(t *testing.T) {
	// The range has four points: 1789999700, …800, …900 and 1790000000.
	q := sample.Question{Query: "up", Interval: time.Minute, Step: 100 * time.Second, From: asked.Unix() - 300}
	matrix := func(series ...string) string { return data("matrix", "["+strings.Join(series, ",")+"]") }
	cases := map[string]struct {
		reason string
		body   string
		values []float64
		want   sample.Reason // Sampled if empty
	}{
		"all":             {reason: "a value each", body: matrix(`{"metric":{},"values":[[1789999700,"1"],[1789999800,"2"],[1789999900,"3"],[1790000000,"4"]]}`), values: []float64{1, 2, 3, 4}},
		"rounded":         {reason: "12 significant digits", body: matrix(`{"metric":{},"values":[[1789999700,"0.30000000000000004"]]}`), values: []float64{0.3, nan, nan, nan}},
		"none":            {reason: "no data is no number, and a complete answer", body: matrix(), values: []float64{nan, nan, nan, nan}},
		"gap":             {reason: "a gap is no number", body: matrix(`{"metric":{},"values":[[1789999700,"1"],[1790000000,"4"]]}`), values: []float64{1, nan, nan, 4}},
		"not finite":      {reason: "no numbers either", body: matrix(`{"metric":{},"values":[[1789999700,"NaN"],[1789999800,"+Inf"],[1789999900,"-Inf"],[1790000000,"4"]]}`), values: []float64{nan, nan, nan, 4}},
		"one after other": {reason: "a series may take over", body: matrix(`{"metric":{"p":"2"},"values":[[1789999900,"2"]]}`, `{"metric":{"p":"1"},"values":[[1789999800,"1"]]}`), values: []float64{nan, 1, 2, nan}},
		"two at once":     {reason: "which one is not known, where both are", body: matrix(`{"metric":{"p":"2"},"values":[[1789999800,"5"],[1789999900,"2"]]}`, `{"metric":{"p":"1"},"values":[[1789999700,"1"],[1789999800,"5"]]}`), values: []float64{1, nan, 2, nan}},
		"three at once":   {reason: "a third makes it no better", body: matrix(`{"metric":{"p":"3"},"values":[[1789999800,"5"]]}`, `{"metric":{"p":"2"},"values":[[1789999800,"5"]]}`, `{"metric":{"p":"1"},"values":[[1789999800,"5"]]}`), values: []float64{nan, nan, nan, nan}},
		"beside NaN":      {reason: "a series that holds NaN is a series", body: matrix(`{"metric":{"p":"2"},"values":[[1789999800,"NaN"]]}`, `{"metric":{"p":"1"},"values":[[1789999800,"5"]]}`), values: []float64{nan, nan, nan, nan}},
		"histogram":       {reason: "a histogram is many numbers", body: matrix(`{"metric":{},"values":[[1789999700,"1"]],"histograms":[[1789999800,` + histogram + `]]}`), values: []float64{1, nan, nan, nan}},
		"beside one":      {reason: "a histogram is a series", body: matrix(`{"metric":{"p":"2"},"histograms":[[1789999700,`+histogram+`]]}`, `{"metric":{"p":"1"},"values":[[1789999700,"1"]]}`), values: []float64{nan, nan, nan, nan}},
		"the same twice":  {reason: "no server says so", body: matrix(`{"metric":{},"values":[[1789999700,"1"],[1789999700,"2"]]}`), values: []float64{nan, nan, nan, nan}},
		"before":          {reason: "not what was asked for", body: matrix(`{"metric":{},"values":[[1789999600,"1"]]}`), want: sample.QueryFailed},
		"after":           {reason: "not what was asked for", body: matrix(`{"metric":{},"values":[[1790000100,"1"]]}`), want: sample.QueryFailed},
		"between":         {reason: "a server that moves the start", body: matrix(`{"metric":{},"values":[[1789999701,"1"]]}`), want: sample.QueryFailed},
		"not a matrix":    {reason: "not what was asked for", body: data("vector", `[]`), want: sample.SourceUnavailable},
		"null series":     {reason: "client_golang takes it", body: matrix("null"), want: sample.SourceUnavailable},
		"half a value":    {reason: "client_golang reads 0", body: matrix(`{"metric":{},"values":[[1789999700]]}`), want: sample.SourceUnavailable},
		"an error":        {reason: "as with instants", body: envelopeError("timeout", "x"), want: sample.Timeout},
		"a warning":       {reason: "half an answer is none", body: `{"status":"success","warnings":["x"],"data":{"resultType":"matrix","result":[]}}`, want: sample.PartialResponse},
		"too large":       {reason: "over the limit", body: matrix(`{"metric":{"p":"` + strings.Repeat("x", 4096) + `"},"values":[]}`), want: sample.ResponseTooLarge},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := cannedClient(t, http.StatusOK, tc.body).Ask(context.Background(), q, asked)
			want := sample.Sample{Time: asked, Reason: sample.Sampled, Series: &sample.Series{From: q.From, Step: q.Step, Values: tc.values}}
			if tc.want != "" {
				want = sample.Sample{Time: asked, Reason: tc.want, Message: got.Message}
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" || (got.Message == "") != got.OK() {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRangeRequests looks at what is sent.
func TestRangeRequests(t *testing.T) {
	from := asked.Unix() - 86400
	cases := map[string]struct {
		reason string
		q      sample.Question
		// sent is "query start end step"; empty: nothing is.
		sent string
		want sample.Sample
	}{
		"live": {"up to the last point that is not after the instant", sample.Question{Query: "sum(a)", From: from + 7, Step: time.Hour},
			fmt.Sprintf("(sum(a)) and on () (count(a)) %d %d 3600", from+7, from+7+23*3600), sample.Sample{Time: asked.Add(7*time.Second - time.Hour)}},
		"past": {"up to its end", sample.Question{Query: "sum(rate(a[1d]))", From: from, Step: 6 * time.Hour, At: from + 12*3600},
			fmt.Sprintf("(sum(rate(a[1d]))) and on () (count(present_over_time(a[1h] offset 23h)) and count(present_over_time(a[1h]))) %d %d 21600", from, from+12*3600),
			sample.Sample{Time: asked.Add(-12 * time.Hour)}},
		"confined": {"the probe too", sample.Question{Query: "sum(a)", From: from, Step: time.Hour, At: from, Tenant: mine},
			fmt.Sprintf(`(sum(a{ns="mine"})) and on () (count(a{ns="mine"})) %d %d 3600`, from, from), sample.Sample{Time: asked.Add(-day)}},
		"no series": {"nothing needs proof", sample.Question{Query: "vector(1)", From: from, Step: time.Hour, At: from},
			fmt.Sprintf("(vector(1)) %d %d 3600", from, from), sample.Sample{Time: asked.Add(-day)}},
		"10,000": {"as many as are asked for", sample.Question{Query: "time()", From: asked.Unix() - 9999, Step: time.Second},
			fmt.Sprintf("(time()) %d %d 1", asked.Unix()-9999, asked.Unix()), sample.Sample{Time: asked}},
		"10,001": {"one more is refused", sample.Question{Query: "time()", From: asked.Unix() - 10000, Step: time.Second},
			"", sample.Sample{Time: asked, Reason: sample.InvalidQuery, Message: "a range of more than 10000 points is not asked for: choose a longer step"}},
		"to come": {"nothing to ask yet", sample.Question{Query: "a", From: asked.Unix() + 1, Step: time.Hour},
			"", sample.Sample{Time: asked.Add(time.Second - time.Hour), Reason: sample.Sampled, Series: &sample.Series{From: asked.Unix() + 1, Step: time.Hour}}},
		"elapsed": {"it differs from point to point", sample.Question{Query: "increase(a[$__elapsed])", From: from, Step: time.Hour},
			"", sample.Sample{Time: asked, Reason: sample.InvalidQuery, Message: "a query with $__elapsed counts from a start, and cannot be asked about a range: write one with a fixed range, such as [5m]"}},
		"@": {"where the source must have data differs", sample.Question{Query: "a - (a @ 1700000000)", From: from, Step: time.Hour},
			"", sample.Sample{Time: asked, Reason: sample.InvalidQuery, Message: "a query with the @ modifier cannot be asked about a range: write an offset instead"}},
		"@ end()": {"it is the end of the range", sample.Question{Query: "max_over_time((a @ end())[1d:1h])", From: from, Step: time.Hour},
			"", sample.Sample{Time: asked, Reason: sample.InvalidQuery, Message: "a query with the @ modifier cannot be asked about a range: write an offset instead"}},
		"@ of a subquery": {"the same", sample.Question{Query: "max_over_time(a[1d:1h] @ 1700000000)", From: from, Step: time.Hour},
			"", sample.Sample{Time: asked, Reason: sample.InvalidQuery, Message: "a query with the @ modifier cannot be asked about a range: write an offset instead"}},
		"does not parse": {"nothing is sent", sample.Question{Query: "sum(", From: from, Step: time.Hour},
			"", sample.Sample{Time: asked, Reason: sample.InvalidQuery, Message: "1:5: parse error: unclosed left parenthesis"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var sent string
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent += fmt.Sprint(r.FormValue("query"), " ", r.FormValue("start"), " ", r.FormValue("end"), " ", r.FormValue("step"))
				if r.Method != http.MethodPost || r.URL.Path != "/api/v1/query_range" {
					t.Errorf("%s %s", r.Method, r.URL.Path)
				}
				_, _ = w.Write([]byte(data("matrix", "[]")))
			})
			got := newClient(t, Options{URL: url}).Ask(context.Background(), tc.q, asked)
			if got.Series != nil && tc.sent != "" {
				for _, v := range got.Series.Values {
					if !math.IsNaN(v) {
						t.Errorf("a point is %v", v)
					}
				}
				if last := got.Series.At(len(got.Series.Values) - 1); !last.Equal(got.Time) {
					t.Errorf("the last point is at %s, the sample at %s", last, got.Time)
				}
				tc.want.Reason, tc.want.Series = sample.Sampled, got.Series
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateNaNs()); diff != "" || sent != tc.sent {
				t.Errorf("%s: sent %q, want %q; -want +got:\n%s", tc.reason, sent, tc.sent, diff)
			}
		})
	}
}

func TestOffset(t *testing.T) {
	q := sample.Question{Query: "sum(a) or vector(0)", Interval: time.Minute, Offset: 7 * day}
	was := asked.Add(-7 * day) // which is how the sampler asks
	for _, held := range []bool{true, false} {
		var sent []string
		url := serve(t, func(w http.ResponseWriter, r *http.Request) {
			sent = append(sent, r.FormValue("query")+" "+r.FormValue("time"))
			answer := data("scalar", fmt.Sprintf(`[%d,"3"]`, was.Unix()))
			if !held {
				answer = data("vector", "[]")
			}
			_, _ = w.Write([]byte(answer))
		})
		got := newClient(t, Options{URL: url}).Ask(context.Background(), q, was)
		want := sample.Good(3, was)
		wantSent := []string{fmt.Sprintf("count(a) %d", was.Unix()), fmt.Sprintf("sum(a) or vector(0) %d", was.Unix())}
		if !held {
			wantSent = wantSent[:1]
			want = sample.Sample{Time: was, Reason: sample.HistoryUnavailable, Message: "none of the query's selectors has data 1w back (and where " +
				"its ranges begin): raise the source's retention"}
		}
		if diff := cmp.Diff(want, got) + cmp.Diff(wantSent, sent); diff != "" {
			t.Errorf("held: %t: -want +got:\n%s", held, diff)
		}
	}
}

// TestRealRanges asks a real Prometheus, whose data begins three days ago.
func TestRealRanges(t *testing.T) {
	url, now := startPrometheus(t, nil), time.Now().Truncate(time.Minute).UTC()
	unix, days := now.Unix(), int64(86400)
	write(t, url,
		// one more each minute, for three days
		written{"orders_total", "a", unix - 3*days, unix, 60, func(at int64) float64 { return float64(at-unix+3*days) / 60 }},
		// a gap from three hours ago to one hour ago
		written{"load", "a", unix - 5*3600, unix - 3*3600, 60, constant(5)},
		written{"load", "a", unix - 3600, unix, 60, constant(6)},
		// a second series for two hours, which then goes stale
		written{"queue", "a", unix - 6*3600, unix, 60, constant(1)},
		written{"queue", "b", unix - 4*3600, unix - 2*3600 - 60, 60, constant(2)},
		written{"queue", "b", unix - 2*3600 - 30, unix - 2*3600 - 30, 60, constant(math.Float64frombits(value.StaleNaN))},
		written{"bad", "a", unix - 3*3600, unix - 2*3600, 60, constant(math.NaN())},
		written{"bad", "a", unix - 2*3600 + 60, unix - 3600, 60, constant(math.Inf(1))},
		written{"bad", "a", unix - 3600 + 60, unix, 60, constant(8)},
	)
	send(t, url, prompb.TimeSeries{Labels: labelsOf("native", "a"), Histograms: []prompb.Histogram{{
		Count: &prompb.Histogram_CountInt{CountInt: 3}, Sum: 3, ZeroThreshold: 1e-128, ZeroCount: &prompb.Histogram_ZeroCountInt{},
		PositiveSpans: []prompb.BucketSpan{{Length: 1}}, PositiveDeltas: []int64{3}, Timestamp: unix * 1000,
	}}})
	c := newClient(t, Options{URL: url, Timeout: 30 * time.Second})
	hours := func(query string, n int) sample.Question {
		return sample.Question{Query: query, From: unix - int64(n)*3600, Step: time.Hour}
	}
	before := func(q sample.Question, d time.Duration) sample.Question {
		q.At = unix - int64(d/time.Second)
		return q
	}
	cases := map[string]struct {
		reason string
		q      sample.Question
		want   []float64
	}{
		"values":            {"as asked", hours("orders_total - 4200", 2), []float64{0, 60, 120}},
		"past":              {"up to its end", before(hours("orders_total - 4200", 2), time.Hour), []float64{0, 60}},
		"between points":    {"to the last one before its end", before(hours("orders_total - 4200", 2), time.Minute), []float64{0, 60}},
		"gap":               {"no scrape, no value", hours("sum(load)", 5), []float64{5, 5, 5, nan, 6, 6}},
		"gap, or 0":         {"nor a 0 that nobody measured", hours("sum(load) or vector(0)", 5), []float64{5, 5, 5, nan, 6, 6}},
		"gap, range":        {"a range that reaches to data on its other side", hours("sum(count_over_time(load[90m])) / 30", 3), []float64{3, nan, nan, 2}},
		"forgotten, or 0":   {"before the first scrape", sample.Question{Query: "sum(orders_total) * 0 or vector(0)", From: unix - 5*days, Step: 24 * time.Hour}, []float64{nan, nan, 0, 0, 0, 0}},
		"forgotten, range":  {"where the range begins before it", sample.Question{Query: "sum(increase(orders_total[2d])) * 0 or vector(0)", From: unix - 4*days, Step: 24 * time.Hour}, []float64{nan, nan, nan, 0, 0}},
		"forgotten, offset": {"where the offset leads before it", sample.Question{Query: "(sum(orders_total offset 2d) or vector(0)) * 0", From: unix - 3*days, Step: 24 * time.Hour}, []float64{nan, nan, 0, 0}},
		"no series at all":  {"which need no proof", hours("vector(1)", 2), []float64{1, 1, 1}},
		"a scalar":          {"which needs none either", hours("hour() * 0 + 1", 1), []float64{1, 1}},
		"scalar of series":  {"which does", hours("scalar(sum(load))", 5), []float64{5, 5, 5, nan, 6, 6}},
		"several series":    {"where there is one it counts", hours("queue", 6), []float64{1, 1, nan, nan, 1, 1, 1}},
		"not finite":        {"no numbers", hours("sum(bad)", 3), []float64{nan, nan, nan, 8}},
		"histogram":         {"many numbers", hours("native", 1), []float64{nan, nan}},
		"nothing":           {"no data is no number", hours("sum(nothing)", 1), []float64{nan, nan}},
		"to come":           {"nothing yet", sample.Question{Query: "sum(load)", From: unix + 1, Step: time.Hour}, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.Ask(t.Context(), tc.q, now)
			want := sample.Series{From: tc.q.From, Step: tc.q.Step, Values: tc.want}
			exact := sample.Sample{Time: want.At(len(tc.want) - 1), Reason: sample.Sampled, Series: &want}
			if name == "gap, range" && got.Series != nil { // at which second a range begins is another test's matter
				for i, v := range got.Series.Values {
					got.Series.Values[i] = math.Round(v)
				}
			}
			if diff := cmp.Diff(exact, got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
	q := sample.Question{Query: "sum(load) or vector(0)", Interval: time.Minute, Offset: 4 * time.Hour}
	for offset, want := range map[time.Duration]sample.Reason{4 * time.Hour: sample.Sampled, 2 * time.Hour: sample.HistoryUnavailable, 7 * day: sample.HistoryUnavailable} {
		q.Offset = offset
		if got := c.Ask(t.Context(), q, now.Add(-offset)); got.Reason != want || want == sample.Sampled && got != sample.Good(5, now.Add(-offset)) {
			t.Errorf("%s ago: %+v, want %s", offset, got, want)
		}
	}
}
