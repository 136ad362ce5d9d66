package prom

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"okr.dev/controller/internal/sample"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asked is the instant that most tests ask about.
var asked = time.Unix(1790000000, 0).UTC()

// canned answers every request with one status and body, without a network.
type canned struct {
	status int
	body   []byte
}

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(c.body))}, nil
}

func cannedClient(t testing.TB, status int, body string) *Client {
	return newClient(t, Options{
		URL:              "http://prometheus.example:9090",
		MaxResponseBytes: 4096,
		wrap:             func(http.RoundTripper) http.RoundTripper { return canned{status, []byte(body)} },
	})
}

func newClient(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func data(resultType, result string) string {
	return fmt.Sprintf(`{"status":"success","data":{"resultType":%q,"result":%s}}`, resultType, result)
}

func envelopeError(errorType, text string) string {
	return fmt.Sprintf(`{"status":"error","errorType":%q,"error":%q}`, errorType, text)
}

const (
	histogram = `{"count":"1","sum":"2","buckets":[[0,"0.5","1","1"]]}`
	notAPI    = "the answer is not that of a Prometheus API"
	wrongTime = "the source answered for another time than it was asked for: it, or a proxy before it, ignores the time parameter"
	partial   = "the server warned that the answer may be incomplete or wrong"
)

var decodeCases = map[string]struct {
	reason  string
	status  int // 200 if zero
	body    string
	value   float64
	want    sample.Reason
	message string
}{
	"vector":           {reason: "one element is a value", body: data("vector", `[{"metric":{"a":"b"},"value":[1790000000,"4.5"]}]`), value: 4.5, want: sample.Sampled},
	"scalar":           {reason: "a scalar is a value", body: data("scalar", `[1790000000,"-3"]`), value: -3, want: sample.Sampled},
	"rounded":          {reason: "12 significant digits", body: data("scalar", `[1790000000,"0.30000000000000004"]`), value: 0.3, want: sample.Sampled},
	"millisecond":      {reason: "a little off is rounding", body: data("scalar", `[1790000000.999,"1"]`), value: 1, want: sample.Sampled},
	"infos":            {reason: "infos are harmless", body: `{"status":"success","infos":["PromQL info: x"],"data":{"resultType":"scalar","result":[1790000000,"1"]}}`, value: 1, want: sample.Sampled},
	"infos of old":     {reason: "older servers sent them among the warnings", body: `{"status":"success","warnings":["PromQL info: x"],"data":{"resultType":"scalar","result":[1790000000,"1"]}}`, value: 1, want: sample.Sampled},
	"warnings":         {reason: "half an answer is none", body: `{"status":"success","warnings":["store 10.0.0.1 down"],"data":{"resultType":"scalar","result":[1790000000,"1"]}}`, want: sample.PartialResponse, message: partial},
	"warnings, empty":  {reason: "nothing may be the part that is missing", body: `{"status":"success","warnings":["x"],"data":{"resultType":"vector","result":[]}}`, want: sample.PartialResponse, message: partial},
	"empty":            {reason: "no data is not 0", body: data("vector", `[]`), want: sample.NoData, message: "the query returned no data: is the metric's name right, and does a series match now?"},
	"NaN":              {reason: "NaN passes every comparison", body: data("scalar", `[1790000000,"NaN"]`), want: sample.NotANumber, message: "the query returned NaN: 0 divided by 0, or a series that holds NaN"},
	"Inf":              {reason: "infinite is no number", body: data("vector", `[{"metric":{},"value":[1790000000,"+Inf"]}]`), want: sample.Infinite, message: "the query returned an infinite number: a division by 0"},
	"-Inf":             {reason: "either way", body: data("vector", `[{"metric":{},"value":[1790000000,"-Inf"]}]`), want: sample.Infinite, message: "the query returned an infinite number: a division by 0"},
	"two series":       {reason: "which one is not known", body: data("vector", `[{"metric":{"a":"1"},"value":[1790000000,"1"]},{"metric":{"a":"2"},"value":[1790000000,"1"]}]`), want: sample.MultipleSeries, message: "the query returned 2 series: write an aggregation such as sum() or max() around it"},
	"many series":      {reason: "the message does not follow the count", body: data("vector", "["+strings.Repeat(`{"metric":{},"value":[1790000000,"1"]},`, 10)+`{"metric":{},"value":[1790000000,"1"]}]`), want: sample.MultipleSeries, message: "the query returned more than 10 series: write an aggregation such as sum() or max() around it"},
	"histogram":        {reason: "a histogram is many numbers", body: data("vector", `[{"metric":{},"histogram":[1790000000,`+histogram+`]}]`), want: sample.NotAScalar, message: "the query returned a native histogram: write a function such as histogram_quantile() around it"},
	"histogram, value": {reason: "even beside a value", body: data("vector", `[{"metric":{},"value":[1790000000,"1"],"histogram":[1790000000,`+histogram+`]}]`), want: sample.NotAScalar, message: "the query returned a native histogram: write a function such as histogram_quantile() around it"},
	"matrix":           {reason: "a range is many numbers", body: data("matrix", `[{"metric":{},"values":[[1790000000,"1"]]}]`), want: sample.NotAScalar, message: "the query returned a matrix, not a number: write a function around it that gives one number"},
	"string":           {reason: "a text is no number, even of digits", body: data("string", `[1790000000,"1"]`), want: sample.NotAScalar, message: "the query returned a string, not a number: write a function around it that gives one number"},
	"other time":       {reason: "a server that ignores time answers about now", body: data("scalar", `[1790000002,"1"]`), want: sample.QueryFailed, message: wrongTime},

	"bad_data":           {reason: "only an edit mends it", status: 400, body: envelopeError("bad_data", "1:2: parse\n\terror"), want: sample.InvalidQuery, message: "the server refused the query: 1:2: parse error"},
	"execution":          {reason: "it depends on the data", status: 422, body: envelopeError("execution", "duplicate series"), want: sample.QueryFailed, message: "the query failed: duplicate series"},
	"its address":        {reason: "no address in a message", status: 422, body: envelopeError("execution", `Post "http://u:p@db.internal:80/x?y": dial tcp 10.1.2.3:80: or [fe80::1]:90 refused`), want: sample.QueryFailed, message: `the query failed: Post "(address)": dial tcp (address): or (address) refused`},
	"long error":         {reason: "no flood either", status: 422, body: envelopeError("execution", strings.Repeat("ä", 200)), want: sample.QueryFailed, message: "the query failed: " + strings.Repeat("ä", 148) + "…"},
	"silent error":       {reason: "an error without a text", status: 422, body: envelopeError("execution", ""), want: sample.QueryFailed, message: "the query failed: no details given"},
	"timeout":            {reason: "the server gave up", status: 503, body: envelopeError("timeout", "query timed out"), want: sample.Timeout, message: "the server gave up on the query after its own time limit"},
	"canceled":           {reason: "the server is stopping", status: 499, body: envelopeError("canceled", "x"), want: sample.QueryFailed, message: "the server cancelled the query"},
	"internal":           {reason: "any other envelope", status: 500, body: envelopeError("internal", "x"), want: sample.QueryFailed, message: "the query failed: x"},
	"error with 200":     {reason: "the envelope counts", body: envelopeError("execution", "x"), want: sample.QueryFailed, message: "the query failed: x"},
	"partial storage":    {reason: "VictoriaMetrics says so beside the data", body: strings.Replace(data("scalar", `[1790000000,"1"]`), `{`, `{"isPartial":true,`, 1), want: sample.PartialResponse, message: "the server warned that the answer may be incomplete or wrong"},
	"request id":         {reason: "equal failures read alike", status: 422, body: envelopeError("execution", "request 4bf92f35-77b3-4da6-a3ce-929d0e0e4736 failed after 1732312345678 ns, 11000 points at most"), want: sample.QueryFailed, message: "the query failed: request (…) failed after (…) ns, 11000 points at most"},
	"sizes and times":    {reason: "equal failures read alike", status: 422, body: envelopeError("execution", "received message larger than max (4194512 vs. 4194304) at 2026-11-15T12:00:00.123Z, 1700000000.123"), want: sample.QueryFailed, message: "the query failed: received message larger than max ((…) vs. (…)) at (…), (…)"},
	"401":                {reason: "whatever the body", status: 401, body: "<html>", want: sample.AuthenticationFailed, message: "the source answered with HTTP status 401 (Unauthorized): it wants credentials, or others than the MetricSource gives it"},
	"403":                {reason: "even an envelope", status: 403, body: envelopeError("execution", "x"), want: sample.AuthenticationFailed, message: "the source answered with HTTP status 403 (Forbidden): it wants credentials, or others than the MetricSource gives it"},
	"404":                {reason: "the wrong address", status: 404, body: "404 page not found", want: sample.SourceUnavailable, message: "the source answered with HTTP status 404 and no Prometheus error: is the path of url right, which ends before /api/v1?"},
	"502":                {reason: "a proxy's page", status: 502, body: "<html>secret</html>", want: sample.SourceUnavailable, message: "the source answered with HTTP status 502 and no Prometheus error"},
	"400 of another API": {reason: "JSON is not yet the envelope", status: 400, body: `{"error":"nope"}`, want: sample.SourceUnavailable, message: "the source answered with HTTP status 400 and no Prometheus error: does it want https, or a client certificate?"},
	"success with 500":   {reason: "contradiction", status: 500, body: data("scalar", `[1790000000,"1"]`), want: sample.SourceUnavailable, message: "the source answered with HTTP status 500 and no Prometheus error"},
	"html with 200":      {reason: "a login page", body: "<html>", want: sample.SourceUnavailable, message: notAPI},
	"nothing":            {reason: "an empty body", body: "", want: sample.SourceUnavailable, message: notAPI},
	"204":                {reason: "no content", status: 204, body: "", want: sample.SourceUnavailable, message: notAPI},
	"truncated":          {reason: "half an envelope", body: data("scalar", `[1790000000,"1"]`)[:60], want: sample.SourceUnavailable, message: notAPI},
	"trailing":           {reason: "more than an envelope", body: data("scalar", `[1790000000,"1"]`) + "x", want: sample.SourceUnavailable, message: notAPI},
	"{}":                 {reason: "client_golang takes it", body: "{}", want: sample.SourceUnavailable, message: notAPI},
	"no status":          {reason: "client_golang takes it", body: `{"data":{"resultType":"scalar","result":[1790000000,"1"]}}`, want: sample.SourceUnavailable, message: notAPI},
	"no data":            {reason: "success of nothing", body: `{"status":"success"}`, want: sample.SourceUnavailable, message: notAPI},
	"null data":          {reason: "success of nothing", body: `{"status":"success","data":null}`, want: sample.SourceUnavailable, message: notAPI},
	"unknown type":       {reason: "no such type", body: data("tensor", `[]`), want: sample.SourceUnavailable, message: notAPI},
	"null sample":        {reason: "client_golang takes it", body: data("vector", `[null]`), want: sample.SourceUnavailable, message: notAPI},
	"null result":        {reason: "client_golang takes it for empty", body: data("vector", `null`), want: sample.SourceUnavailable, message: notAPI},
	"no value":           {reason: "client_golang reads 0 at 1970", body: data("vector", `[{"metric":{}}]`), want: sample.SourceUnavailable, message: notAPI},
	"half a value":       {reason: "client_golang reads 0", body: data("vector", `[{"metric":{},"value":[1790000000]}]`), want: sample.SourceUnavailable, message: notAPI},
	"null value":         {reason: "client_golang reads 0", body: data("vector", `[{"metric":{},"value":[1790000000,null]}]`), want: sample.SourceUnavailable, message: notAPI},
	"too many values":    {reason: "not a pair", body: data("scalar", `[1790000000,"1","2"]`), want: sample.SourceUnavailable, message: notAPI},
	"unquoted value":     {reason: "wrong type", body: data("scalar", `[1790000000,1]`), want: sample.SourceUnavailable, message: notAPI},
	"words":              {reason: "wrong content", body: data("scalar", `[1790000000,"one"]`), want: sample.SourceUnavailable, message: notAPI},
	"object":             {reason: "wrong type", body: data("scalar", `{"a":1}`), want: sample.SourceUnavailable, message: notAPI},
	"vector of scalars":  {reason: "wrong type", body: data("vector", `[1790000000,"1"]`), want: sample.SourceUnavailable, message: notAPI},
	"too large":          {reason: "over the limit", body: data("string", `[1790000000,"`+strings.Repeat("x", 4096)+`"]`), want: sample.ResponseTooLarge, message: "the answer is larger than the source's maxResponseBytes: aggregate in the query, or raise the limit"},
}

func TestDecode(t *testing.T) {
	for name, tc := range decodeCases {
		t.Run(name, func(t *testing.T) {
			if tc.status == 0 {
				tc.status = http.StatusOK
			}
			got := cannedClient(t, tc.status, tc.body).Ask(context.Background(), sample.Question{Query: "up"}, asked)
			want := sample.Sample{Value: tc.value, Time: asked, Reason: tc.want, Message: tc.message}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDecodeRange(t *testing.T) {
	matrix := func(series ...string) string { return data("matrix", "["+strings.Join(series, ",")+"]") }
	end := asked
	cases := map[string]struct {
		reason string
		body   string
		value  float64
		before time.Duration
		want   sample.Reason
	}{
		"last":            {reason: "the newest wins", body: matrix(`{"metric":{},"values":[[1789999000,"1"],[1789999500,"2"]]}`), value: 2, before: 500 * time.Second, want: sample.Sampled},
		"last finite":     {reason: "NaN and Inf are passed over", body: matrix(`{"metric":{},"values":[[1789999000,"1"],[1789999500,"NaN"],[1789999600,"+Inf"]]}`), value: 1, before: 1000 * time.Second, want: sample.Sampled},
		"one after other": {reason: "a series may take over", body: matrix(`{"metric":{"p":"2"},"values":[[1789999500,"2"]]}`, `{"metric":{"p":"1"},"values":[[1789999000,"1"]]}`), value: 2, before: 500 * time.Second, want: sample.Sampled},
		"two at once":     {reason: "which one is not known", body: matrix(`{"metric":{"p":"2"},"values":[[1789999500,"2"]]}`, `{"metric":{"p":"1"},"values":[[1789999500,"NaN"]]}`), want: sample.MultipleSeries},
		"none":            {reason: "nothing there", body: matrix(), want: sample.NoData},
		"nothing finite":  {reason: "nothing usable", body: matrix(`{"metric":{},"values":[[1789999500,"NaN"]]}`), want: sample.NoData},
		"outside":         {reason: "not what was asked for", body: matrix(`{"metric":{},"values":[[1789990000,"1"]]}`), want: sample.QueryFailed},
		"not a matrix":    {reason: "not what was asked for", body: data("vector", `[]`), want: sample.SourceUnavailable},
		"null series":     {reason: "client_golang takes it", body: matrix("null"), want: sample.SourceUnavailable},
		"half a value":    {reason: "client_golang reads 0", body: matrix(`{"metric":{},"values":[[1789999500]]}`), want: sample.SourceUnavailable},
		"an error":        {reason: "as with instants", body: envelopeError("timeout", "x"), want: sample.Timeout},
		"a warning":       {reason: "as with instants", body: `{"status":"success","warnings":["x"],"data":{"resultType":"matrix","result":[]}}`, want: sample.PartialResponse},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := cannedClient(t, http.StatusOK, tc.body).lastFinite(context.Background(), "up", end, hour)
			want := sample.Sample{Value: tc.value, Time: end.Add(-tc.before), Reason: tc.want, Message: got.Message}
			if diff := cmp.Diff(want, got); diff != "" || (got.Message == "") != got.OK() {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		data("scalar", `[1790000000,"1"]`), data("vector", `[{"metric":{},"value":[1790000000,"NaN"]}]`), data("vector", `[null]`),
		data("matrix", `[{"metric":{},"values":[[1790000000,"1"]]}]`), envelopeError("bad_data", "x"), "<html>", "{}",
		data("vector", `[{"metric":{},"histogram":[1790000000,{"count":"1","sum":"2","buckets":[[0,"1","2","1"]]}]}]`),
	} {
		for _, status := range []int{200, 400, 503} {
			f.Add(status, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		c, err := New(Options{URL: "http://prometheus.example", wrap: func(http.RoundTripper) http.RoundTripper { return canned{status, body} }})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, s := range []sample.Sample{
			c.Ask(context.Background(), sample.Question{Query: "up"}, asked),
			c.lastFinite(context.Background(), "up", asked, hour),
			c.Ask(context.Background(), sample.Question{Query: "up", Step: time.Second, From: asked.Unix() - 9}, asked),
		} {
			if s.Series != nil && (len(s.Series.Values) != 10 || slices.ContainsFunc(s.Series.Values, func(v float64) bool { return math.IsInf(v, 0) })) {
				t.Fatalf("not a sound range: %+v", s.Series)
			}
			if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) || s.Reason == "" || (s.Message == "") != s.OK() {
				t.Fatalf("not a sound sample: %+v", s)
			}
			if s.OK() && (status/100 != 2 || !bytes.Contains(body, []byte("success"))) {
				t.Fatalf("a value without an envelope: %+v", s)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	c := cannedClient(b, http.StatusOK, data("vector", `[{"metric":{"job":"a"},"value":[1790000000,"4.5"]}]`))
	q := sample.Question{Query: "sum(rate(requests_total[5m]))", Interval: time.Minute}
	b.ReportAllocs()
	for b.Loop() {
		if s := c.Ask(context.Background(), q, asked); !s.OK() {
			b.Fatal(s)
		}
	}
}
