package prom

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/sample"
)

var ping = sample.Question{Query: sample.Ping}

// told is a server that answers, and tells of itself what it is given.
func told(t *testing.T, build, running string, header http.Header, count *atomic.Int32) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		text := ""
		switch r.URL.Path {
		case "/api/v1/query":
			text = good
		case "/api/v1/status/buildinfo":
			count.Add(1)
			text = build
		case "/api/v1/status/runtimeinfo":
			text = running
		}
		if text == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(text))
	})
}

func TestServersTellWhatTheyAre(t *testing.T) {
	const prometheus = `{"status":"success","data":{"version":"3.5.0","revision":"8be3a9560","branch":"HEAD","goVersion":"go1.24.5"}}`
	cases := []struct {
		reason, build, running string
		header                 http.Header
		want                   Facts
	}{
		{"Prometheus tells all", prometheus, `{"status":"success","data":{"storageRetention":"15d or 50GiB"}}`, nil,
			Facts{Flavour: Prometheus, Version: "3.5.0", Retention: "15d or 50GiB"}},
		{"a proxy lets only part of it through", prometheus, "", nil, Facts{Flavour: Prometheus, Version: "3.5.0"}},
		{"Thanos has a version below 1, and no retention", `{"status":"success","data":{"version":"0.39.2","revision":"abc","goVersion":"go1.24.0"}}`,
			`{"status":"success","data":{"CWD":"/"}}`, nil, Facts{Flavour: Thanos, Version: "0.39.2"}},
		{"Mimir says so", `{"status":"success","data":{"application":"Grafana Mimir","version":"2.17.0","revision":"abc","features":{"ruler_config_api":"true"}}}`,
			"", nil, Facts{Flavour: Mimir, Version: "2.17.0"}},
		{"VictoriaMetrics tells a version that is not its own", `{"status":"success","data":{"version":"2.24.0"}}`, "",
			http.Header{"X-Server-Hostname": {"vm-0"}}, Facts{Flavour: VictoriaMetrics}},
		{"another application", `{"status":"success","data":{"application":"Other","version":"1.0","revision":"a","goVersion":"b"}}`, "", nil,
			Facts{Flavour: UnknownServer, Version: "1.0"}},
		{"it does not tell", "", "", nil, Facts{Flavour: UnknownServer}},
		{"it tells nonsense", `{"status":"success","data":{"version":17,"application":["Mimir"]}}`, "", nil, Facts{Flavour: UnknownServer}},
		{"no JSON", `<html>`, "", nil, Facts{Flavour: UnknownServer}},
		{"it tells too much", `{"status":"success","data":{"version":"` + strings.Repeat("9", 1000) + `\n\u001b[31m"}}`, "", nil,
			Facts{Flavour: UnknownServer, Version: strings.Repeat("9", 61) + "…"}},
		{"control characters", `{"status":"success","data":{"version":"1\u0000\u001b[31m2"}}`, "", nil, Facts{Flavour: UnknownServer, Version: "1?[31m2"}},
	}
	for _, tc := range cases {
		t.Run(tc.reason, func(t *testing.T) {
			var count, changes atomic.Int32
			c := newClient(t, Options{URL: told(t, tc.build, tc.running, tc.header, &count), Changed: func() { changes.Add(1) }})
			if before := c.Ask(t.Context(), up, asked); !before.OK() || c.Facts() != (Facts{}) {
				t.Errorf("before the ping: %+v %+v", before, c.Facts())
			}
			for range 3 {
				if s := c.Ask(t.Context(), ping, asked); !s.OK() {
					t.Fatalf("got %+v", s)
				}
			}
			if diff := cmp.Diff(tc.want, c.Facts()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if count.Load() != 1 || changes.Load() != 1 {
				t.Errorf("asked %d times and told of %d changes, want one of each", count.Load(), changes.Load())
			}
			c.notes.identified = time.Now().Add(-identifyEvery)
			c.Ask(t.Context(), ping, asked)
			if count.Load() != 2 || changes.Load() != 1 {
				t.Errorf("an hour later: asked %d times and told of %d changes, want 2 and 1", count.Load(), changes.Load())
			}
		})
	}
}

// docs/faults.md: "Clock skew".
func TestClockSkewIsNoticed(t *testing.T) {
	var ahead atomic.Int64
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(time.Duration(ahead.Load())).UTC().Format(http.TimeFormat))
		_, _ = w.Write([]byte(good))
	})
	c := newClient(t, Options{URL: address})
	for _, step := range []struct {
		reason string
		ahead  time.Duration
		want   bool
	}{
		{"the same time", 0, false},
		{"apart, but within bounds", 27 * time.Second, false},
		{"ahead", 40 * time.Second, true},
		{"back near the bound, where it would come and go", 25 * time.Second, true},
		{"together", 0, false},
		{"behind", -40 * time.Second, true},
		{"hours behind", -5 * time.Hour, true},
	} {
		ahead.Store(int64(step.ahead))
		if s := c.Ask(t.Context(), ping, asked); !s.OK() || c.Facts().Skewed != step.want {
			t.Errorf("%s: got %+v %+v", step.reason, s, c.Facts())
		}
	}
}

// docs/faults.md: "429, 503".
func TestRetryAfter(t *testing.T) {
	const often = "the source answered with HTTP status 429 (Too Many Requests): it is asked more than it admits"
	const busy = "the source answered with HTTP status 503 (Service Unavailable): it is overloaded, or starting"
	cases := []struct {
		reason, header string
		status         int
		body           string
		want           sample.Sample
	}{
		{"seconds", "17", 429, "", sample.Sample{Reason: sample.SourceUnavailable, Message: often, RetryAfter: 17 * time.Second}},
		{"Mimir's envelope", "17", 429, envelopeError("too_many_requests", "x"), sample.Sample{Reason: sample.QueryFailed, Message: often, RetryAfter: 17 * time.Second}},
		{"not said", "", 503, "", sample.Sample{Reason: sample.SourceUnavailable, Message: busy, RetryAfter: 5 * time.Second}},
		{"nonsense", "soon", 503, "", sample.Sample{Reason: sample.SourceUnavailable, Message: busy, RetryAfter: 5 * time.Second}},
		{"negative", "-1", 503, "", sample.Sample{Reason: sample.SourceUnavailable, Message: busy, RetryAfter: 5 * time.Second}},
		{"at once is a second", "0", 503, "", sample.Sample{Reason: sample.SourceUnavailable, Message: busy, RetryAfter: time.Second}},
		{"never is 5 minutes", "99999999", 503, "", sample.Sample{Reason: sample.SourceUnavailable, Message: busy, RetryAfter: 5 * time.Minute}},
		{"a date long gone", "Mon, 02 Jan 2006 15:04:05 GMT", 429, "", sample.Sample{Reason: sample.SourceUnavailable, Message: often, RetryAfter: time.Second}},
		{"a date far ahead", "Fri, 02 Jan 2099 15:04:05 GMT", 429, "", sample.Sample{Reason: sample.SourceUnavailable, Message: often, RetryAfter: 5 * time.Minute}},
		{"one query's time is up: others are welcome", "", 503, envelopeError("timeout", "query timed out"),
			sample.Sample{Reason: sample.Timeout, Message: "the server gave up on the query after its own time limit"}},
		{"other failures say nothing of it", "17", 500, "", sample.Sample{Reason: sample.SourceUnavailable, Message: "the source answered with HTTP status 500 and no Prometheus error"}},
	}
	for _, tc := range cases {
		t.Run(tc.reason, func(t *testing.T) {
			address := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.header != "" {
					w.Header().Set("Retry-After", tc.header)
				}
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			})
			tc.want.Time = asked
			if diff := cmp.Diff(tc.want, newClient(t, Options{URL: address}).Ask(t.Context(), up, asked)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	now := time.Unix(1790000000, 0)
	if got := retryAfter(now.Add(42*time.Second).UTC().Format(http.TimeFormat), now); got != 42*time.Second {
		t.Errorf("a date: got %s, want 42s", got)
	}
}
