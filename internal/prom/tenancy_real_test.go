package prom

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/prometheus/prompb"

	"okr.dev/controller/internal/sample"
)

// attempt is a query by which a tenant tries to learn of another's series.
type attempt struct {
	reason, query string
	// refused: it is not sent at all.
	refused bool
}

// hostile are the attempts. In the world that they are asked about, load and secret are series of both tenants, only and
// {"théirs.rate"} of the other, global of nobody.
func hostile() []attempt {
	long := strings.Repeat("(", 1500) + "sum(secret)" + strings.Repeat(")", 1500)
	return []attempt{
		{"asked outright", `sum(secret)`, false},
		{"by the other's name", `secret{ns="theirs"}`, false},
		{"series of nobody", `global`, false},
		{"series of nobody, named so", `sum({__name__="global",ns=""})`, false},
		{"all names", `count({__name__=~".+"})`, false},
		{"all names, one label", `max({job=~".+"})`, false},
		{"a regular expression that matches all", `sum(secret{ns=~".*"})`, false},
		{"one that matches either", `max(secret{ns=~"mine|theirs"})`, false},
		{"all but mine", `sum(secret{ns!="mine"})`, false},
		{"all but those like mine", `sum(secret{ns!~"m.*"})`, false},
		{"an empty matcher beside another", `count({job="x",ns=~"|theirs"})`, false},
		{"a quoted label", `max(secret{"ns"="theirs"})`, false},
		{"a quoted UTF-8 name", `sum({"théirs.rate"})`, false},
		{"an escaped name", `sum({__name__="\x73ecret"})`, false},
		{"an escaped value", `sum(secret{ns="\u0074heirs"})`, false},
		{"a raw string", "sum(secret{ns=`theirs`})", false},
		{"a label of look-alike letters", `sum(secret{"nѕ"!="mine"})`, false},
		{"quantile's parameter", `quantile(scalar(only) / 10000, load)`, false},
		{"quantile's parameter, deep", `quantile(scalar(max(secret{ns="theirs"} or vector(0))) / 10000, load)`, false},
		{"topk's parameter", `count(topk(scalar(only), load))`, false},
		{"bottomk's parameter", `count(bottomk(scalar(only) - 1300, load))`, false},
		{"a parameter inside a parameter", `quantile(scalar(quantile(scalar(only) / 10000, load)) / 100, load)`, false},
		{"count_values", `sum(count_values("v", secret))`, false},
		{"count_values under the name of the label", `sum(count_values without () ("ns", secret) * on () group_left () scalar(sum(only)))`, false},
		{"a subquery", `max_over_time(sum(secret)[30m:1m])`, false},
		{"a subquery in a parameter", `quantile(scalar(max_over_time(only[30m:1m])) / 10000, load)`, false},
		{"a subquery in a subquery", `sum(max_over_time(avg_over_time(secret[5m:1m])[20m:1m]))`, false},
		{"a range", `sum(increase(only[30m])) + sum(last_over_time(only[30m]))`, false},
		{"@", fmt.Sprintf(`sum(secret @ %d)`, time.Now().Add(-20*time.Minute).Unix()), false},
		{"@ start()", `sum(secret @ start())`, false},
		{"@ end() of a subquery", `sum(max_over_time(secret[20m:1m] @ end()))`, false},
		{"an offset", `sum(secret offset 10m)`, false},
		{"an offset into the future", `sum(secret offset -1m)`, false},
		{"scalar", `scalar(only)`, false},
		{"scalar in arithmetic", `load * scalar(sum(secret))`, false},
		{"a scalar as an argument", `clamp_max(load * 1000, scalar(only))`, false},
		{"round to the other's value", `round(sum(load) * 1000, scalar(only))`, false},
		{"absent", `absent(only)`, false},
		{"absent, with their label", `absent(secret{ns="theirs"})`, false},
		{"absent_over_time", `absent_over_time(only[30m])`, false},
		{"present_over_time", `sum(present_over_time(only[30m]))`, false},
		{"label_replace to look like mine", `sum(label_replace(only, "ns", "mine", "", "") or vector(0))`, false},
		{"label_join", `count(label_join(secret, "both", "-", "ns", "job"))`, false},
		{"or", `sum(secret{ns="mine"} or secret)`, false},
		{"or, nested", `sum(nothing or (nothing or (nothing or only)))`, false},
		{"unless", `count(load unless on () only)`, false},
		{"unless, the other way", `count(vector(1) unless on () only > 2000)`, false},
		{"and", `sum(load and on () only)`, false},
		{"a comparison", `sum(load < bool on () group_left () only)`, false},
		{"a comparison that guesses the value", `count(vector(1) and on () (only > 2000))`, false},
		{"group_left", `sum(load * on () group_left (job) only)`, false},
		{"an info join", `sum(load * on (job) group_left (build) target_info)`, false},
		{"matching across the label", `sum(secret{ns="mine"} + ignoring (ns, id) group_right () secret{ns!="mine"})`, false},
		{"duplicates, whose error names labels", `load * on () secret`, false},
		{"two series, which are counted", `secret`, false},
		{"ALERTS", `count(ALERTS)`, false},
		{"ALERTS that fire", `sum(ALERTS{alertstate="firing",alertname=~".*"})`, false},
		{"group", `group(only)`, false},
		{"stddev", `stddev(secret)`, false},
		{"sort", `sum(sort_desc(secret))`, false},
		{"a histogram", `histogram_quantile(0.9, sum by (le) (spans_bucket))`, false},
		{"timestamp", `max(timestamp(only))`, false},
		{"changes and resets", `sum(changes(only[30m])) + sum(resets(only[30m])) + sum(count_over_time(only[30m]))`, false},
		{"a prediction", `sum(predict_linear(only[30m], 60))`, false},
		{"a comment that looks like a matcher", "sum(secret # {ns=\"mine\"}\n)", false},
		{"a comment inside braces", "sum(secret{ # ns=\"mine\"}\n})", false},
		{"a string that looks like a matcher", `sum(label_replace(secret, "x", "{ns=\"mine\"}", "", ""))`, false},
		{"a label that holds a matcher", `sum(secret{job!="\",ns=\"mine"})`, false},
		{"the exact matcher in one branch only", `sum(secret{ns="mine"}) + sum(secret)`, false},
		{"a keyword for a name", `sum(sum) or sum(by) or sum(secret)`, false},
		{"blanks of all kinds", "sum\t(\r\n secret \t{ }\n)", false},
		{"deep nesting", long, false},
		{"many selectors", "sum(secret)" + strings.Repeat(" + sum(secret)", 250), false},
		{"info(), experimental", `info(load)`, true},
		{"info() with a selector", `info(load, {ns="theirs"})`, true},
		{"limitk, experimental", `limitk(1, secret)`, true},
		{"limit_ratio, experimental", `limit_ratio(0.5, secret)`, true},
		{"sort_by_label, experimental", `sort_by_label(secret, "ns")`, true},
		{"mad_over_time, experimental", `mad_over_time(only[5m])`, true},
		{"a computed duration", `sum_over_time(only[5m * 2])`, true},
		{"a name twice", `secret{__name__="only"}`, true},
		{"nothing but an empty matcher", `{ns=""}`, true},
		{"two queries", `secret{ns="mine"}; secret`, true},
		{"braces closed early", `secret{ns="mine"} } or secret{`, true},
		{"a no-break space for a blank", "sum(secret\u00a0{})", true},
		{"a full-width brace", "sum(secret｛ns=\"theirs\"｝)", true},
		{"a placeholder for a tenant", `secret{ns="$__tenant"}`, true},
	}
}

// populate writes the same series of mine to each world. The others' hold the canary; without one they are not there.
func populate(t *testing.T, url string, now int64, canary float64) {
	t.Helper()
	series := func(name, ns string, value float64, more ...prompb.Label) {
		t.Helper()
		s := prompb.TimeSeries{Labels: append([]prompb.Label{{Name: "__name__", Value: name}, {Name: "job", Value: "x"}}, more...)}
		if ns != "" {
			s.Labels = append(s.Labels, prompb.Label{Name: "ns", Value: ns})
		}
		for at := now - 5400; at <= now+60; at += 30 {
			s.Samples = append(s.Samples, prompb.Sample{Timestamp: at * 1000, Value: value})
		}
		send(t, url, s)
	}
	series("secret", "mine", 10)
	series("load", "mine", 1, prompb.Label{Name: "id", Value: "a"})
	series("load", "mine", 2, prompb.Label{Name: "id", Value: "b"})
	series("load", "mine", 7, prompb.Label{Name: "id", Value: "c"})
	if canary == 0 {
		return
	}
	for i := range int(canary) / 1000 { // how many there are differs too
		id := prompb.Label{Name: "id", Value: fmt.Sprint(i)}
		series("secret", "theirs", canary, id)
		series("spans_bucket", "theirs", canary, id, prompb.Label{Name: "le", Value: "1"})
		series("spans_bucket", "theirs", canary, id, prompb.Label{Name: "le", Value: "+Inf"})
		series("ALERTS", "theirs", 1, id, prompb.Label{Name: "alertname", Value: "Leak"}, prompb.Label{Name: "alertstate", Value: "firing"})
	}
	series("load", "theirs", canary)
	series("only", "theirs", canary)
	series("théirs.rate", "theirs", canary)
	series("global", "", canary)
	series("target_info", "theirs", canary, prompb.Label{Name: "build", Value: "1"})
}

// TestReadingAnotherTenantsMetricsThroughPromQL asks each hostile query of three real servers, which differ in the other
// tenant's series only. Confined, the answers are the same to the letter; not confined, they differ, or the query is not
// hostile.
func TestReadingAnotherTenantsMetricsThroughPromQL(t *testing.T) {
	now := time.Now().Add(-2 * time.Minute).Truncate(time.Minute).UTC()
	var worlds []*Client
	for _, canary := range []float64{0, 1337, 4242} {
		url := startPrometheus(t, nil)
		populate(t, url, now.Unix(), canary)
		worlds = append(worlds, newClient(t, Options{URL: url, Timeout: 30 * time.Second}))
	}
	differing, telling := 0, 0
	for _, h := range hostile() {
		t.Run(h.reason, func(t *testing.T) {
			open := sample.Question{Query: h.query, Interval: time.Minute}
			if reason := worlds[1].Ask(t.Context(), open, now).Reason; (reason == sample.InvalidQuery) != h.refused {
				t.Fatalf("refused: %t, want %t (%s)", !h.refused, h.refused, reason)
			}
			if h.refused {
				return
			}
			if len(distinct(t, worlds, open, now)) > 1 {
				differing++
			} else {
				t.Errorf("the query tells nothing of another tenant even if nothing is confined")
			}
			past := sample.Question{Query: h.query, At: now.Add(-30 * time.Minute).Unix(), Lookback: time.Hour}
			offset := sample.Question{Query: h.query, Interval: time.Minute, Offset: 30 * time.Minute}
			series := sample.Question{Query: h.query, Interval: time.Minute, Step: 5 * time.Minute, From: now.Add(-time.Hour).Unix()}
			if len(distinct(t, worlds, series, now)) > 1 {
				telling++
			}
			for _, q := range []sample.Question{open, past, offset, series} {
				q.Tenant = mine
				if got := distinct(t, worlds, q, now); len(got) != 1 {
					t.Errorf("the answer depends on another tenant's series: %s", cmp.Diff(got[0], got[1], cmpopts.EquateNaNs()))
				}
			}
		})
	}
	if differing < 40 || telling < 40 {
		t.Errorf("%d queries would tell if they were not confined, %d by a range, want at least 40", differing, telling)
	}
	own := worlds[2].Ask(t.Context(), sample.Question{Query: "sum(secret) + sum(load)", Interval: time.Minute, Tenant: mine}, now)
	if want := sample.Good(20, now); own != want {
		t.Errorf("of one's own series: %+v, want %+v", own, want)
	}
}

// distinct are the different answers of the worlds to one question.
func distinct(t *testing.T, worlds []*Client, q sample.Question, at time.Time) []sample.Sample {
	t.Helper()
	var answers []sample.Sample
	for _, world := range worlds {
		got := world.Ask(t.Context(), q, at)
		if got.Reason == sample.Timeout || got.Reason == sample.SourceUnavailable {
			t.Fatalf("no answer: %+v", got)
		}
		known := false
		for _, other := range answers {
			known = known || cmp.Equal(other, got, cmpopts.EquateNaNs())
		}
		if !known {
			answers = append(answers, got)
		}
	}
	return answers
}
