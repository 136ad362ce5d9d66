package prom

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestProbe(t *testing.T) {
	at := time.Unix(1790000000, 0)
	cases := map[string]struct {
		reason string
		query  string
		past   bool
		want   string
	}{
		"no selector, past":   {reason: "nothing to look for", query: "vector(1)", past: true},
		"no selector, range":  {reason: "a subquery over no data", query: "max_over_time(vector(time())[7d:1h])", past: true},
		"live instant":        {reason: "now needs no history", query: "sum(a)"},
		"live short range":    {reason: "an hour is not looked at", query: "rate(a[1h])"},
		"live range":          {reason: "the first hour of the range", query: "rate(a[1d])", want: "count(present_over_time(a[1h] offset 23h))"},
		"past instant":        {reason: "by the engine's own rules", query: "sum(a) or vector(0)", past: true, want: "count(a)"},
		"past short range":    {reason: "within the range", query: "rate(a[10m])", past: true, want: "count(present_over_time(a[10m]))"},
		"past tiny range":     {reason: "a scrape apart at least", query: "rate(a[1m])", past: true, want: "count(present_over_time(a[5m]))"},
		"past range":          {reason: "one selector at both places", query: "rate(a[1d])", past: true, want: "count(present_over_time(a[1h] offset 23h)) and count(present_over_time(a[1h]))"},
		"one of two":          {reason: "errors may be absent", query: "sum(rate(err[1d])) / sum(rate(req[1d]))", want: "count(present_over_time(err[1h] offset 23h)) or count(present_over_time(req[1h] offset 23h))"},
		"same selector twice": {reason: "asked once", query: "a / a", past: true, want: "count(a)"},
		"oldest counts":       {reason: "the source must remember the longest range", query: "sum(rate(a[2h])) + sum(rate(b[1d]))", want: "count(present_over_time(a[1h] offset 23h)) or count(present_over_time(b[1h] offset 23h))"},
		"past offset":         {reason: "the instant is where the offset leads", query: "a offset 30m", past: true, want: "count(a offset 30m)"},
		"live offset":         {reason: "an offset leads to a past instant too", query: "a - a offset 1w", want: "count(a offset 1w)"},
		"past offset and not": {reason: "both instants", query: "a - a offset 1w", past: true, want: "count(a offset 1w) and count(a)"},
		"range and offset":    {reason: "the start of the shifted range", query: "rate(a[1d] offset 1w)", want: "count(present_over_time(a[1h] offset 7d23h))"},
		"negative offset":     {reason: "nothing is known after the instant", query: "a offset -1h", past: true, want: "count(a)"},
		"range across":        {reason: "a range that ends later begins later", query: "rate(a[3h] offset -1h)", want: "count(present_over_time(a[1h] offset 1h))"},
		"subquery":            {reason: "its range counts", query: "max_over_time(rate(a[5m])[1d:5m])", want: "count(present_over_time(a[1h] offset 23h5m))"},
		"nested subqueries":   {reason: "ranges and offsets add up", query: "max_over_time(avg_over_time(a[1h:1m])[1d:5m] offset 1h)", want: "count(present_over_time(a[1h] offset 1d1h))"},
		"parameter":           {reason: "aggregation parameters hold selectors", query: "quantile(scalar(a), rate(b[2h]))", want: "count(present_over_time(b[1h] offset 1h)) or count(present_over_time(a[1h] offset 1h))"},
		"fixed":               {reason: "@ leads to a past instant", query: "a @ 1700000000", want: "count(a @ 1700000000.000)"},
		"fixed range":         {reason: "the range before it", query: "rate(a[1d] @ 1700000000)", want: "count(present_over_time(a[1h] @ 1699917200.000))"},
		"fixed now":           {reason: "an hour is not looked at", query: "a @ 1789999000"},
		"start() and end()":   {reason: "both are the instant asked about", query: "max_over_time((a @ end())[1d:1h]) + b @ start()", past: true, want: "count(a) or count(b)"},
		"end() with range":    {reason: "inside a subquery too", query: "max_over_time(rate(a[2h] @ end())[1d:1h])", want: "count(present_over_time(a[1h] offset 1h))"},
		"matchers":            {reason: "printed and quoted again", query: `rate({__name__=~"a.*",b="\""}[1d])`, want: `count(present_over_time({__name__=~"a.*",b="\""}[1h] offset 23h))`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			expr, err := parse(tc.query)
			if err != nil {
				t.Fatal(err)
			}
			got := newProbe(expr, at, tc.past)
			if diff := cmp.Diff(tc.want, got.text); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
			if got.text != "" {
				if _, err := parse(guarded(expr, got)); err != nil {
					t.Errorf("the guarded query does not parse: %v", err)
				}
			}
		})
	}
}

func TestProbeStaysSmall(t *testing.T) {
	parts := make([]string, 0, 400)
	for i := range 400 {
		parts = append(parts, strings.Repeat("a", i%7+1)+"[1"+strings.Repeat("0", i%5)+"h]")
	}
	expr, err := parse("rate(" + strings.Join(parts, ") + rate(") + ")")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(newProbe(expr, asked, true).text); got > 2*4096 {
		t.Errorf("the probe of a hostile query has %d bytes", got)
	}
}
