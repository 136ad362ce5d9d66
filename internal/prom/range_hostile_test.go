package prom

import (
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"okr.dev/controller/internal/sample"
)

// TestEveryQuestionOfAHostileQueryIsConfined asks hostile queries in every way there is: about now, an offset, a past
// instant with a look back, and a range, where the probe that guards an answer is part of the query. Whatever is sent
// reads the tenant's series alone, and a guard is what the whole query stands under: no operator of the query's own
// takes it in.
func TestEveryQuestionOfAHostileQueryIsConfined(t *testing.T) {
	var asking string
	var sent, guards int
	c := newClient(t, Options{URL: serve(t, func(w http.ResponseWriter, r *http.Request) {
		query := r.FormValue("query")
		sent++
		expr, err := parse(query)
		if err != nil {
			t.Errorf("%s: %q is sent: %v", asking, query, err)
			return
		}
		for _, s := range everySelector(expr) {
			if !confined(s, mine) {
				t.Errorf("%s: %s of %s is not confined", asking, s, query)
			}
		}
		if r.FormValue("step") == "" {
			kind, value := "vector", `[{"metric":{},"value":[`+r.FormValue("time")+`,"1"]}]`
			_, _ = w.Write([]byte(data(kind, value)))
			return
		}
		top, binary := expr.(*parser.BinaryExpr)
		if len(everySelector(expr)) > 0 {
			guards++
			if !binary || top.Op != parser.LAND || !top.VectorMatching.On || len(top.VectorMatching.MatchingLabels) > 0 {
				t.Errorf("%s: %s stands under no guard", asking, query)
			} else if len(everySelector(top.LHS)) == 0 || len(everySelector(top.RHS)) == 0 {
				t.Errorf("%s: %s is guarded by nothing, or guards nothing", asking, query)
			}
		}
		_, _ = w.Write([]byte(data("matrix", `[{"metric":{},"values":[[`+r.FormValue("start")+`,"3"]]}]`)))
	})})
	queries := []string{
		`a or b`, `a unless on () b`, `a and on () b`, `(a or vector(0)) unless on () (count(b))`, `a or (b) and on () (count(c))`, `scalar(a)`, `scalar(a) + scalar(b)`,
		`a == bool on () group_left () b`, `label_replace(a, "ns", "other", "", "")`, `label_join(a, "ns", ",", "x")`, `absent(a)`, `absent_over_time(a[5m])`,
		`topk(scalar(b), a)`, `quantile(scalar(b), a)`, `count_values("ns", a)`, `max_over_time((a or b)[1h:5m])`, `a offset 1h`, `a offset -1h`, `a @ 1600000000`,
		`max_over_time(a[1h:5m] @ end())`, `{__name__=~".+"}`, `{ns="other"}`, `a{ns="other"} or b{ns=~".*"}`, `a # ) or b`, "a\n#\n", `vector(scalar(a))`, `-a`, `+a`,
		`timestamp(a)`, `time() - a`, `histogram_quantile(scalar(b), a)`, `sum by (ns) (a) / on (ns) group_left sum by (ns) (b)`,
	}
	for _, h := range hostile() {
		queries = append(queries, h.query)
	}
	for _, query := range queries {
		if Analyze(query, week).Problem != "" {
			continue
		}
		for name, q := range map[string]sample.Question{
			"live":   {Interval: time.Minute},
			"offset": {Interval: time.Minute, Offset: day},
			"past":   {At: asked.Unix() - 3600, Lookback: time.Hour},
			"range":  {From: asked.Unix() - 86400, Step: time.Hour},
		} {
			q.Query, q.Window, q.Namespace, q.Tenant, q.Start = query, week, "here", mine, asked.Add(-day).Unix()
			asking = name + " " + query
			c.Ask(t.Context(), q, asked)
		}
	}
	if sent < 200 || guards < 30 {
		t.Errorf("only %d requests, %d of them guarded: the test shows little", sent, guards)
	}
}
