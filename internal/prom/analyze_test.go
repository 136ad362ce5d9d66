package prom

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"okr.dev/controller/internal/sample"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
	week = 7 * day
)

var analyzeCases = map[string]struct {
	reason   string
	template string
	window   time.Duration
	want     sample.Expression
}{
	"white space": {
		reason:   "the canonical form does not depend on how it is written",
		template: " sum( up{b='2',a=\"1\"} )\n",
		want:     sample.Expression{Canonical: `sum(up{a="1",b="2"})`},
	},
	"number": {
		reason: "a scalar is a number", template: "1 + 1",
		want: sample.Expression{Canonical: "1 + 1"},
	},
	"range": {
		reason: "a range looks back", template: "rate(a[5m])",
		want: sample.Expression{Canonical: "rate(a[5m])", LongestRange: 5 * time.Minute},
	},
	"window": {
		reason: "the window is put in, in Prometheus' syntax", template: "increase(a[$__window])", window: week,
		want: sample.Expression{Canonical: "increase(a[1w])", LongestRange: week, Windowed: true},
	},
	"window of days": {
		reason: "28d prints as 4w", template: "increase(a[$__window])", window: 28 * day,
		want: sample.Expression{Canonical: "increase(a[4w])", LongestRange: 28 * day, Windowed: true},
	},
	"window as offset": {
		reason: "a positive offset looks back", template: "a - a offset $__window", window: day,
		want: sample.Expression{Canonical: "a - a offset 1d", LongestRange: day, Windowed: true},
	},
	"window as subquery": {
		reason: "a subquery's range counts", template: "max_over_time(a[$__window:5m])", window: day,
		want: sample.Expression{Canonical: "max_over_time(a[1d:5m])", LongestRange: day, Windowed: true},
	},
	"elapsed": {
		reason: "elapsed is not counted and stays a placeholder", template: "increase(a[$__elapsed])",
		want: sample.Expression{Canonical: "increase(a[$__elapsed])", Elapsed: true},
	},
	"elapsed beside a range": {
		reason: "the other range counts", template: "increase(a[$__elapsed]) + rate(b[5m])",
		want: sample.Expression{Canonical: "increase(a[$__elapsed]) + rate(b[5m])", LongestRange: 5 * time.Minute, Elapsed: true},
	},
	"elapsed as a number": {
		reason: "durations are numbers of seconds in PromQL", template: "a / $__elapsed",
		want: sample.Expression{Canonical: "a / $__elapsed", Elapsed: true},
	},
	"namespace": {
		reason: "the namespace stays a placeholder", template: `up{namespace="$__namespace"}`,
		want: sample.Expression{Canonical: `up{namespace="$__namespace"}`, Namespaced: true},
	},
	"namespace in a pattern": {
		reason: "single quotes and patterns take it too", template: `up{namespace=~'$__namespace|default'}`,
		want: sample.Expression{Canonical: `up{namespace=~"$__namespace|default"}`, Namespaced: true},
	},
	"all three": {
		reason:   "they go together",
		template: `sum(increase(a{n="$__namespace"}[$__elapsed])) / sum(rate(b[$__window]))`, window: hour,
		want: sample.Expression{
			Canonical:    `sum(increase(a{n="$__namespace"}[$__elapsed])) / sum(rate(b[1h]))`,
			LongestRange: hour, Elapsed: true, Windowed: true, Namespaced: true,
		},
	},
	"offset adds": {
		reason: "range and offset add up", template: "rate(a[1h] offset 1d)",
		want: sample.Expression{Canonical: "rate(a[1h] offset 1d)", LongestRange: day + hour},
	},
	"negative offset": {
		reason: "looking forward is not looking back", template: "rate(a[1h] offset -1d)",
		want: sample.Expression{Canonical: "rate(a[1h] offset -1d)", LongestRange: hour},
	},
	"nested subqueries": {
		reason: "enclosing ranges and offsets add up", template: "max_over_time(avg_over_time(rate(a[5m])[1h:1m])[1d:5m] offset 1h)",
		want: sample.Expression{
			Canonical:    "max_over_time(avg_over_time(rate(a[5m])[1h:1m])[1d:5m] offset 1h)",
			LongestRange: day + 2*hour + 5*time.Minute,
		},
	},
	"aggregation parameter": {
		reason: "a selector may hide in a parameter", template: "quantile(scalar(rate(a[2h])), b)",
		want: sample.Expression{Canonical: "quantile(scalar(rate(a[2h])), b)", LongestRange: 2 * hour},
	},
	"no selector": {
		reason: "a subquery over no data looks back at nothing", template: "max_over_time(vector(1)[1d:1h])",
		want: sample.Expression{Canonical: "max_over_time(vector(1)[1d:1h])"},
	},
	"dollar in a pattern": {
		reason: "the end of a regular expression is no placeholder", template: `up{job=~"^a$"}`,
		want: sample.Expression{Canonical: `up{job=~"^a$"}`},
	},
	"comment": {
		reason: "what is commented out is not read", template: "up # not $__range",
		want: sample.Expression{Canonical: "up"},
	},
	"escaped quote": {
		reason: "a string ends where PromQL says", template: `up{a="\"$__namespace"}`,
		want: sample.Expression{Canonical: `up{a="\"$__namespace"}`, Namespaced: true},
	},
	"empty": {
		reason: "nothing is not a query", template: " \n ",
		want: sample.Expression{Problem: "the query is empty: write a PromQL expression that gives one number, such as sum(up)"},
	},
	"parse error": {
		reason: "the position is told", template: "sum(up",
		want: sample.Expression{Problem: "the query does not parse at line 1, column 7: unclosed left parenthesis"},
	},
	"parse error after a placeholder": {
		reason: "the position is that of the template", template: "rate(a[$__window]) +\n up)", window: 10 * time.Minute,
		want: sample.Expression{Windowed: true, Problem: "the query does not parse at line 2, column 5: unexpected right parenthesis ')'"},
	},
	"unknown function": {
		reason: "no such function", template: "foo(up)",
		want: sample.Expression{Problem: `the query does not parse at line 1, column 1: unknown function with name "foo"`},
	},
	"experimental function": {
		reason: "experimental functions are off", template: "mad_over_time(a[5m])",
		want: sample.Expression{Problem: `the query does not parse at line 1, column 1: function "mad_over_time" is not enabled; ` +
			"write PromQL without experimental functions"},
	},
	"unknown placeholder": {
		reason: "the known ones are named", template: "rate(a[$__rate_interval])",
		want: sample.Expression{Problem: `at line 1, column 8: unknown placeholder "$__rate_interval": there are $__window, $__elapsed and $__namespace`},
	},
	"longer name": {
		reason: "a known name with a tail is unknown", template: "rate(a[$__windows])", window: day,
		want: sample.Expression{Problem: `at line 1, column 8: unknown placeholder "$__windows": there are $__window, $__elapsed and $__namespace`},
	},
	"unknown in quotes": {
		reason: "left as it is, it would silently match nothing", template: `up{a="$__interval"}`,
		want: sample.Expression{Problem: `at line 1, column 7: unknown placeholder "$__interval": there are $__window, $__elapsed and $__namespace`},
	},
	"leftover dollar": {
		reason: "PromQL has no variables", template: "rate(a[$interval])",
		want: sample.Expression{Problem: `at line 1, column 8: unknown placeholder "$interval": there are $__window, $__elapsed and $__namespace`},
	},
	"braces": {
		reason: "nor the other spelling", template: "rate(a[${window}])",
		want: sample.Expression{Problem: `at line 1, column 8: unknown placeholder "$": there are $__window, $__elapsed and $__namespace`},
	},
	"no window": {
		reason: "the field to write is named", template: "rate(a[$__window])",
		want: sample.Expression{Problem: "$__window is used but there is no window: write metric.window (for example 7d)"},
	},
	"window in quotes": {
		reason: "a duration in a label matches nothing", template: `up{a="$__window"}`, window: day,
		want: sample.Expression{Problem: "at line 1, column 7: $__window is a duration and cannot stand in quotes: write it as a range, [$__window]"},
	},
	"namespace without quotes": {
		reason: "a text is not an expression", template: "up{namespace=$__namespace}",
		want: sample.Expression{Problem: `at line 1, column 14: $__namespace is a text: write it in quotes, as in {namespace="$__namespace"}`},
	},
	"string": {
		reason: "a text is not a number", template: `"a"`,
		want: sample.Expression{Problem: "the query gives a string, not a number: wrap it, or write an expression that gives one number, such as sum(up)"},
	},
	"matrix": {
		reason: "a range is not a number", template: "up[5m]",
		want: sample.Expression{Problem: "the query gives a range of values, not one: wrap it in a function such as avg_over_time(…) or sum(increase(…))"},
	},
	"error names elapsed": {
		reason: "the stand-in is not shown", template: "rate(a[5m] offset up $__elapsed)",
		want: sample.Expression{Elapsed: true, Problem: `the query does not parse at line 1, column 19: unexpected identifier "up" in offset, expected number, duration, step(), or range()`},
	},
}

// forRules are what the rules of practice want to know: practice_test.go is about that.
var forRules = cmpopts.IgnoreFields(sample.Expression{}, "Several", "LongestRawRange", "ShortestRange", "Pushed")

func TestAnalyze(t *testing.T) {
	for name, tc := range analyzeCases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Analyze(tc.template, tc.window), forRules); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRender(t *testing.T) {
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		reason string
		q      sample.Question
		after  time.Duration
		want   string
		err    string
	}{
		"plain":           {reason: "nothing to replace", q: sample.Question{Query: "up"}, want: "up"},
		"window":          {reason: "Prometheus' syntax", q: sample.Question{Query: "a[$__window]", Window: 36 * hour}, want: "a[1d12h]"},
		"namespace":       {reason: "put in as it is", q: sample.Question{Query: `{n="$__namespace"}`, Namespace: "shop-1"}, want: `{n="shop-1"}`},
		"elapsed":         {reason: "floored to the minute", q: sample.Question{Query: "a[$__elapsed]"}, after: 90*time.Minute + 59*time.Second, want: "a[1h30m]"},
		"elapsed 5m":      {reason: "5m is enough", q: sample.Question{Query: "a[$__elapsed]"}, after: 5 * time.Minute, want: "a[5m]"},
		"too early":       {reason: "less is not", q: sample.Question{Query: "a[$__elapsed]"}, after: 5*time.Minute - time.Second, err: "not asked before 5m have passed"},
		"before start":    {reason: "nor is before the start", q: sample.Question{Query: "a[$__elapsed]"}, after: -hour, err: "not asked before 5m have passed"},
		"injection":       {reason: "only the name of a namespace", q: sample.Question{Query: `{n="$__namespace"}`, Namespace: `x"} or up{n="`}, err: `$__namespace has no value here: "x\"} or up{n=\"" is not the name of a namespace`},
		"no namespace":    {reason: "empty would match what has no label", q: sample.Question{Query: `{n="$__namespace"}`}, err: `$__namespace has no value here: "" is not the name of a namespace`},
		"no window":       {reason: "the field is named", q: sample.Question{Query: "a[$__window]"}, err: "$__window is used but there is no window: write metric.window (for example 7d)"},
		"unknown":         {reason: "nothing unknown is sent", q: sample.Question{Query: "a[$__range]"}, err: `at line 1, column 3: unknown placeholder "$__range": there are $__window, $__elapsed and $__namespace`},
		"comment is kept": {reason: "the text is sent as written", q: sample.Question{Query: "up # $x"}, want: "up # $x"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.q.Start = start.Unix()
			got, err := Render(tc.q, start.Add(tc.after))
			message := ""
			if err != nil {
				message = err.Error()
			}
			if diff := cmp.Diff([]string{tc.want, tc.err}, []string{got, message}); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, seed := range []string{
		"up", `sum(rate(a{n="$__namespace"}[$__window]))`, "increase(a[$__elapsed])", "a @ end() offset -5m", "(((", "$", `"\`, "# x\nup",
		"max_over_time(a[7d:1h] @ 1.5)", "\xff", `quantile(scalar(a), b)`, "a[9999999y]", "-(-a)", "{__name__=~'.+'}",
	} {
		f.Add(seed)
	}
	at := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, template string) {
		if len(template) > 4096 {
			return
		}
		got := Analyze(template, week)
		if len(got.Problem) > maxProblem || !utf8.ValidString(got.Problem) || strings.ContainsAny(got.Problem, "\n\r") {
			t.Fatalf("problem is not one line of at most 1 KiB: %q", got.Problem)
		}
		if (got.Problem == "") != (got.Canonical != "") || got.LongestRange < 0 {
			t.Fatalf("neither a problem nor an expression: %+v", got)
		}
		if got.Problem != "" {
			return
		}
		q := sample.Question{Query: template, Window: week, Namespace: "shop", Start: at.Add(-day).Unix()}
		text, err := Render(q, at)
		if err != nil {
			t.Fatalf("analyzed but not rendered: %v", err)
		}
		expr, err := parse(text)
		if err != nil {
			return // the namespace may make a pattern that does not compile
		}
		for _, past := range []bool{false, true} {
			p := newProbe(expr, at, past)
			if p.text == "" {
				continue
			}
			if _, err := parse(guarded(expr, p)); err != nil {
				t.Fatalf("the probe of %q does not parse: %v", text, err)
			}
		}
	})
}
