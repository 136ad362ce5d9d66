package prom

import (
	"testing"
	"time"
)

func TestMayBeMany(t *testing.T) {
	one := map[string]string{
		"a number":                          "42",
		"a function of now":                 "time()",
		"the month of now":                  "month()",
		"a scalar":                          "scalar(x)",
		"a vector of a number":              "vector(1)",
		"absence":                           "absent(x)",
		"an aggregation":                    "sum(x)",
		"an aggregation by nothing":         "sum by () (x)",
		"in parentheses, negated":           "-(max(x))",
		"with numbers":                      "100 * (1 - sum(x) / sum(y))",
		"a ratio of which one side is one":  "sum(x) / y",
		"a filter":                          "sum(x) > 3",
		"a filter by many":                  "sum(x) and on () y",
		"a default":                         "sum(x) or vector(0)",
		"a quantile of one histogram":       "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))",
		"a quantile of a native histogram":  "histogram_quantile(0.99, sum(rate(x[5m])))",
		"over time, of one":                 "max_over_time(sum(x)[7d:1h])",
		"rounded":                           "round(sum(x), 0.1)",
		"a parameter does not make it many": "clamp_max(sum(x), scalar(y))",
		"the greatest":                      "topk(1, x)",
		"a group of what is one":            "sum by (pod) (sum(x))",
		"a label added":                     `label_replace(sum(x), "a", "b", "", "")`,
		"many of one, of which one side is": "sum(x) * on () group_left () sum(y)",
	}
	for reason, query := range one {
		if e := Analyze(query, 0); e.Problem != "" || e.Several {
			t.Errorf("%s: %s: several %t, problem %q", reason, query, e.Several, e.Problem)
		}
	}
	many := map[string]string{
		"a selector":                    `up{job="shop"}`,
		"a rate":                        "rate(x[5m])",
		"by a label":                    "sum by (pod) (x)",
		"without a label":               "sum without (pod) (x)",
		"a subquery of many":            "max_over_time(x[7d:1h])",
		"the greatest five":             "topk(5, x)",
		"the greatest of each":          "topk by (pod) (1, x)",
		"values":                        `count_values("version", x)`,
		"many with many":                "x / y",
		"many with a number":            "x > 3",
		"one of many, or many":          "sum(x) or y",
		"many, filtered by one":         "x and on () sum(y)",
		"many beside one":               "x * on () group_left () sum(y)",
		"many beside one, to the right": "sum(y) * on () group_right () x",
		"quantiles by more than le":     "histogram_quantile(0.99, sum by (le, pod) (rate(x_bucket[5m])))",
		"quantiles of all histograms":   "histogram_quantile(0.99, rate(x_bucket[5m]))",
		"the hours of many":             "hour(x)",
	}
	for reason, query := range many {
		if e := Analyze(query, 0); e.Problem != "" || !e.Several {
			t.Errorf("%s: %s: several %t, problem %q", reason, query, e.Several, e.Problem)
		}
	}
}

func TestRangesForTheRules(t *testing.T) {
	const day = 24 * time.Hour
	cases := []struct {
		reason, query string
		raw, shortest time.Duration
	}{
		{"a range", "sum(rate(x[7d]))", 7 * day, 7 * day},
		{"a window", "sum(rate(x[$__window]))", 28 * day, 28 * day},
		{"no range reads the newest sample", "sum(x)", 0, 5 * time.Minute},
		{"an offset is not read through", "sum(rate(x[1h] offset 30d))", time.Hour, time.Hour},
		{"subqueries add up", "max(max_over_time(rate(x[5m])[30d:5m]))", 30*day + 5*time.Minute, 30*day + 5*time.Minute},
		{"recorded by its name", "avg(avg_over_time(job:x:rate5m[28d]))", 0, 0},
		{"recorded by its matcher", `avg(avg_over_time({__name__="job:x:rate5m"}[28d]))`, 0, 0},
		{"raw beside recorded", "sum(job:x:sum) / sum(increase(y[30d]))", 30 * day, 30 * day},
		{"since the start", "sum(increase(x[$__elapsed]))", 0, 0},
		{"the shortest counts", "sum(rate(x[7d])) / sum(rate(y[5m]))", 7 * day, 5 * time.Minute},
		{"a filter does not", "sum(rate(x[7d])) and on () sum(y) > 3", 7 * day, 7 * day},
		{"a comparison's right does not", "sum(rate(x[7d])) > sum(y)", 7 * day, 7 * day},
		{"an age does not", "sum(rate(x[7d])) and on () (time() - timestamp(x) < 60)", 7 * day, 7 * day},
		{"a number has none", "42", 0, 0},
		{"a name that is not asked for is raw", `sum(rate({job="a"}[9d]))`, 9 * day, 9 * day},
	}
	for _, tc := range cases {
		e := Analyze(tc.query, 28*day)
		if e.Problem != "" || e.LongestRawRange != tc.raw || e.ShortestRange != tc.shortest {
			t.Errorf("%s: %s: raw %s, shortest %s, want %s and %s; problem %q", tc.reason, tc.query, e.LongestRawRange, e.ShortestRange, tc.raw, tc.shortest, e.Problem)
		}
	}
}

func TestPushed(t *testing.T) {
	cases := []struct {
		reason, query string
		want          bool
	}{
		{"scraped", "sum(x)", false},
		{"by its name", "max(push_orders)", true},
		{"by its job", `max(x{job="pushgateway"})`, true},
		{"by a job among others", `max(x{job=~"prometheus-pushgateway|other"})`, true},
		{"by the label that a Pushgateway's scrape adds", `max(x{exported_job="nightly"})`, true},
		{"all but those pushed", `max(x{job!="pushgateway"})`, false},
		{"deep inside", `1 - sum(rate(push_x[5m])) / 2`, true},
		{"its age is looked at", `max(push_x and time() - timestamp(push_x) < 3600)`, false},
		{"the age that was pushed is looked at", `max(x{job="pushgateway"}) and on () time() - max(push_time_seconds) < 3600`, false},
	}
	for _, tc := range cases {
		if e := Analyze(tc.query, 0); e.Problem != "" || e.Pushed != tc.want {
			t.Errorf("%s: %s: pushed %t, problem %q", tc.reason, tc.query, e.Pushed, e.Problem)
		}
	}
}
