package prom

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/sample"
)

// recorder is a source that answers 1 to values and, if held, to probes; it counts both.
type recorder struct {
	held           bool
	broken         bool
	values, probes int
}

func (r *recorder) client(t *testing.T) *Client {
	return newClient(t, Options{URL: serve(t, r.answer)})
}

func (r *recorder) answer(w http.ResponseWriter, req *http.Request) {
	answer := fmt.Sprintf(`{"status":"success","data":{"resultType":"scalar","result":[%s,"1"]}}`, req.FormValue("time"))
	if strings.HasPrefix(req.FormValue("query"), "count(present_over_time") {
		r.probes++
		switch {
		case r.broken:
			w.WriteHeader(http.StatusBadRequest)
			answer = envelopeError("bad_data", "no such function")
		case !r.held:
			answer = data("vector", "[]")
		}
	} else {
		r.values++
	}
	_, _ = w.Write([]byte(answer))
}

func TestCoverageIsRemembered(t *testing.T) {
	cases := map[string]struct {
		reason string
		held   bool
		q      sample.Question
		// after are the distances of the askings from the first.
		after  []time.Duration
		probes int
	}{
		"short range":     {reason: "never probed", held: true, q: sample.Question{Query: "rate(a[1h])"}, after: []time.Duration{0, hour, day}, probes: 0},
		"within an hour":  {reason: "probed once", held: true, q: sample.Question{Query: "rate(a[2h])"}, after: []time.Duration{0, time.Minute, 59 * time.Minute}, probes: 1},
		"after an hour":   {reason: "at least an hour, not longer for a short range", held: true, q: sample.Question{Query: "rate(a[2h])"}, after: []time.Duration{0, hour}, probes: 2},
		"a tenth":         {reason: "a tenth of 5d is 12h", held: true, q: sample.Question{Query: "rate(a[$__window])", Window: 5 * day}, after: []time.Duration{0, 11 * hour, 12 * hour}, probes: 2},
		"at most a day":   {reason: "a tenth of 28d is more than a day", held: true, q: sample.Question{Query: "rate(a[28d])"}, after: []time.Duration{0, 23 * hour, day}, probes: 2},
		"elapsed":         {reason: "retention may drop the start later", held: true, q: sample.Question{Query: "increase(a[$__elapsed])", Start: asked.Add(-40 * day).Unix()}, after: []time.Duration{0, 23 * hour, day}, probes: 2},
		"missing":         {reason: "not at every asking", q: sample.Question{Query: "rate(a[28d])", Interval: 30 * time.Second}, after: []time.Duration{0, 4 * time.Minute, 5 * time.Minute}, probes: 2},
		"missing, slowly": {reason: "ten intervals", q: sample.Question{Query: "rate(a[28d])", Interval: 2 * time.Minute}, after: []time.Duration{0, 19 * time.Minute, 20 * time.Minute}, probes: 2},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := &recorder{held: tc.held}
			c := r.client(t)
			for _, after := range tc.after {
				s := c.Ask(context.Background(), tc.q, asked.Add(after))
				if want := tc.held; s.OK() != want {
					t.Errorf("after %v: %+v", after, s)
				}
			}
			if r.probes != tc.probes || r.values != len(tc.after) {
				t.Errorf("%s: %d probes and %d values, want %d and %d", tc.reason, r.probes, r.values, tc.probes, len(tc.after))
			}
		})
	}
}

func TestHistoryMessages(t *testing.T) {
	cases := map[string]struct {
		reason string
		source recorder
		q      sample.Question
		want   sample.Reason
		text   string
	}{
		"live":    {"the range is named", recorder{}, sample.Question{Query: "rate(a[28d])"}, sample.HistoryUnavailable, "the source has no data 4w back, where the query's range begins: shorten the range or raise the source's retention"},
		"elapsed": {"the start is named", recorder{}, sample.Question{Query: "increase(a[$__elapsed])", Start: asked.Add(-day).Unix()}, sample.HistoryUnavailable, "the source has no data at 2026-09-20T14:13:20Z, where $__elapsed begins: raise the source's retention"},
		"fixed":   {"the instant is named", recorder{}, sample.Question{Query: "rate(a[2h] @ 1700000000)"}, sample.HistoryUnavailable, "the source has no data at 2023-11-14T20:13:20Z, which the query's @ modifier leads to: change it or raise the source's retention"},
		"past":    {"what to write is named", recorder{}, sample.Question{Query: "rate(a[5m])", At: asked.Unix()}, sample.HistoryUnavailable, "none of the query's selectors has data at 2026-09-21T14:13:20Z (and where its ranges begin): write the value in spec.reach.baseline, or raise the source's retention"},
		"broken":  {"the author is not to blame", recorder{broken: true}, sample.Question{Query: "rate(a[28d])"}, sample.QueryFailed, "whether the source holds the data cannot be found out: the server refused the query: no such function"},
		"problem": {"nothing is sent", recorder{}, sample.Question{Query: "rate(a"}, sample.InvalidQuery, "1:7: parse error: unclosed left parenthesis"},
		"unknown": {"nothing is sent", recorder{}, sample.Question{Query: "a[$__x]"}, sample.InvalidQuery, `at line 1, column 3: unknown placeholder "$__x": there are $__window, $__elapsed and $__namespace`},
		"early":   {"nothing is sent", recorder{}, sample.Question{Query: "a[$__elapsed]", Start: asked.Unix()}, sample.NoData, "not asked before 5m have passed"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := tc.source.client(t).Ask(context.Background(), tc.q, asked)
			want := sample.Sample{Time: asked, Reason: tc.want, Message: tc.text}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCoverageIsBounded(t *testing.T) {
	c := newCoverage()
	for i := range 2 * maxCovered {
		c.keep(coverageKey{start: int64(i)}, covered{})
	}
	if len(c.entries) != maxCovered {
		t.Errorf("%d entries, want %d", len(c.entries), maxCovered)
	}
}
