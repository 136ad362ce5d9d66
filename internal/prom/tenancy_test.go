package prom

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"okr.dev/controller/internal/sample"
)

// mine is the tenant of these tests.
var mine = sample.Tenant{Label: "ns", LabelValue: "mine"}

func TestConfine(t *testing.T) {
	cases := map[string]struct {
		reason, query, want string
	}{
		"bare name":          {"a selector without braces is one", `a`, `a{ns="mine"}`},
		"other matchers":     {"others stay, and only narrow it further", `a{b="c",d!~"e"}`, `a{b="c",d!~"e",ns="mine"}`},
		"no name":            {"a name is not needed", `{b="c"}`, `{b="c",ns="mine"}`},
		"name by matcher":    {"nor is it special", `{__name__=~".+"}`, `{__name__=~".+",ns="mine"}`},
		"UTF-8 name":         {"quoted names are names", `{"théirs.rate"}`, `{__name__="théirs.rate",ns="mine"}`},
		"UTF-8 label":        {"quoted labels are not ours", `a{"ns ":="theirs"}`, ``},
		"UTF-8 label, right": {"a label that looks alike is another", `a{"ns "="theirs"}`, `a{"ns "="theirs",ns="mine"}`},
		"quoted label":       {"a quoted label is the same label", `a{"ns"="theirs"}`, `a{ns="mine",ns="theirs"}`},
		"theirs":             {"both must match, so nothing does", `a{ns="theirs"}`, `a{ns="mine",ns="theirs"}`},
		"already":            {"the exact matcher is not repeated", `a{ns="mine"}`, `a{ns="mine"}`},
		"already, regex":     {"a regular expression is not the exact matcher", `a{ns=~"mine"}`, `a{ns="mine",ns=~"mine"}`},
		"any":                {"nor is one that matches all", `a{ns=~".*"}`, `a{ns="mine",ns=~".*"}`},
		"empty":              {"series without the label are not ours", `a{ns=""}`, `a{ns="",ns="mine"}`},
		"negated":            {"all but mine are not mine", `a{ns!="mine"}`, `a{ns!="mine",ns="mine"}`},
		"range":              {"inside a range", `rate(a[5m])`, `rate(a{ns="mine"}[5m])`},
		"subquery":           {"inside a subquery", `max_over_time(rate(a[5m])[1h:1m])`, `max_over_time(rate(a{ns="mine"}[5m])[1h:1m])`},
		"parameter":          {"parameters hold selectors", `quantile(scalar(b), a)`, `quantile(scalar(b{ns="mine"}), a{ns="mine"})`},
		"parameter, deep":    {"and whole queries", `topk(scalar(max(b or c)), a)`, `topk(scalar(max(b{ns="mine"} or c{ns="mine"})), a{ns="mine"})`},
		"arguments":          {"each argument", `clamp(a, scalar(b), scalar(c))`, `clamp(a{ns="mine"}, scalar(b{ns="mine"}), scalar(c{ns="mine"}))`},
		"operands":           {"both sides", `a / on (x) group_left (y) b`, `a{ns="mine"} / on (x) group_left (y) b{ns="mine"}`},
		"nested or":          {"all alternatives", `a or (b or c)`, `a{ns="mine"} or (b{ns="mine"} or c{ns="mine"})`},
		"unary":              {"below a sign", `-a`, `-a{ns="mine"}`},
		"precedence":         {"a sign binds as it did", `-a ^ -b`, `-a{ns="mine"} ^ -b{ns="mine"}`},
		"at":                 {"@ stays", `a @ 1700000000.123`, `a{ns="mine"} @ 1700000000.123`},
		"start and end":      {"and its functions", `a @ start() + sum_over_time(b[1h] @ end())`, `a{ns="mine"} @ start() + sum_over_time(b{ns="mine"}[1h] @ end())`},
		"offset":             {"offsets stay, those into the future too", `a offset 1w - a offset -90m`, `a{ns="mine"} offset 1w - a{ns="mine"} offset -1h30m`},
		"subquery modifiers": {"on subqueries too", `avg_over_time(a[1h:] @ end() offset 5m)`, `avg_over_time(a{ns="mine"}[1h:] @ end() offset 5m)`},
		"absent":             {"what is absent is mine", `absent(a{x="y"})`, `absent(a{ns="mine",x="y"})`},
		"label_replace":      {"labels made later change nothing", `label_replace(a, "ns", "theirs", "ns", ".*")`, `label_replace(a{ns="mine"}, "ns", "theirs", "ns", ".*")`},
		"string":             {"a string is no selector", `count_values("a{ns=\"theirs\"}", b)`, `count_values("a{ns=\"theirs\"}", b{ns="mine"})`},
		"comment":            {"a comment is not sent", "a # {ns=\"mine\"}\n", `a{ns="mine"}`},
		"comment in braces":  {"nor does it hide what follows", "a{ # }\nb=\"c\"}", `a{b="c",ns="mine"}`},
		"backquotes":         {"raw strings are quoted again", "a{b=`\"}`}", `a{b="\"}",ns="mine"}`},
		"keyword":            {"keywords may be names", `sum(offset) + by`, `sum(offset{ns="mine"}) + by{ns="mine"}`},
		"no selector":        {"nothing is read", `vector(time()) + 1`, `vector(time()) + 1`},
		"literals":           {"numbers stay what they were", `a * +Inf > bool 0x1F`, `a{ns="mine"} * +Inf > bool 31`},
		"lengths of time":    {"as numbers they are not cut to seconds", `a > bool 1001ms * -1m`, `a{ns="mine"} > bool 1.001 * -60`},
		"fine range":         {"what PromQL cannot print is refused", `sum_over_time(a[0.0001])`, ``},
		"fine offset":        {"rather than asked as something else", `a offset 0.0001`, ``},
		"finer offset":       {"nor cut to the millisecond", `a offset 0.0015`, ``},
		"finer range":        {"nor cut to the millisecond", `rate(a[60.0005])`, ``},
		"finer step":         {"nor cut to the millisecond", `max_over_time(a[1m:1.0005])`, ``},
		"broken":             {"what does not parse is not sent", `a{ns="mine"} or`, ``},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := confine(tc.query, mine)
			if tc.want == "" {
				if err == nil || got != "" {
					t.Errorf("%s: %s, want an error", tc.reason, got)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, diff)
			}
			checkConfined(t, tc.query, got)
		})
	}
}

// checkConfined holds the properties of every confined query.
func checkConfined(t *testing.T, query, got string) {
	t.Helper()
	original, err := parse(query)
	if err != nil {
		t.Fatalf("%q was confined and does not parse: %v", query, err)
	}
	expr, err := parse(got)
	if err != nil {
		t.Fatalf("%q does not parse: %v", got, err)
	}
	for _, s := range everySelector(expr) {
		if !confined(s, mine) {
			t.Errorf("in %q the selector %s is not confined", got, s)
		}
	}
	if again, err := confine(got, mine); err != nil || again != got {
		t.Errorf("confined twice: %q, %v, want %q", again, err, got)
	}
	for _, past := range []bool{false, true} {
		p := newProbe(expr, asked, past)
		for _, text := range []string{p.text, guarded(expr, p)} {
			if text == "" {
				continue
			}
			sent, err := parse(text)
			if err != nil {
				t.Fatalf("what is sent besides does not parse: %v", err)
			}
			for _, s := range everySelector(sent) {
				if !confined(s, mine) {
					t.Errorf("in what is sent besides, %q, the selector %s is not confined", text, s)
				}
			}
		}
	}
	before, after := everySelector(original), everySelector(expr)
	if len(before) != len(after) {
		t.Fatalf("%q has %d selectors, %q has %d", query, len(before), got, len(after))
	}
	for i := range after {
		if !confined(before[i], mine) {
			at := slices.IndexFunc(after[i].LabelMatchers, func(m *labels.Matcher) bool { return m.String() == `ns="mine"` })
			after[i].LabelMatchers = slices.Delete(after[i].LabelMatchers, at, at+1)
		}
	}
	if diff := cmp.Diff(printed(original), printed(expr)); diff != "" {
		t.Errorf("without the matcher it is another query: -before +after:\n%s", diff)
	}
}

// everySelector finds the selectors of a query without the parser's help: wherever one hangs in the tree, under
// whatever name.
func everySelector(expr parser.Expr) []*parser.VectorSelector {
	var found []*parser.VectorSelector
	seen := map[uintptr]bool{}
	var visit func(v reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			visit(v.Elem())
		case reflect.Pointer:
			if v.IsNil() || seen[v.Pointer()] {
				return
			}
			seen[v.Pointer()] = true
			if s, ok := v.Interface().(*parser.VectorSelector); ok {
				found = append(found, s)
				return
			}
			visit(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					visit(v.Field(i))
				}
			}
		case reflect.Slice, reflect.Array:
			for i := range v.Len() {
				visit(v.Index(i))
			}
		}
	}
	visit(reflect.ValueOf(&expr))
	return found
}

// TestWalkIsComplete plants a selector in every field of every kind of node that can hold one.
func TestWalkIsComplete(t *testing.T) {
	kinds := []parser.Expr{
		&parser.AggregateExpr{}, &parser.BinaryExpr{}, &parser.Call{}, &parser.MatrixSelector{}, &parser.NumberLiteral{},
		&parser.ParenExpr{}, &parser.StepInvariantExpr{}, &parser.StringLiteral{}, &parser.SubqueryExpr{}, &parser.UnaryExpr{},
	}
	type place struct{ expr, many reflect.Type }
	is := place{reflect.TypeFor[parser.Expr](), reflect.TypeFor[parser.Expressions]()}
	for _, kind := range kinds {
		node := reflect.ValueOf(kind).Elem()
		planted := 0
		for i := range node.NumField() {
			switch node.Field(i).Type() {
			case is.expr:
				node.Field(i).Set(reflect.ValueOf(&parser.VectorSelector{}))
				planted++
			case is.many:
				node.Field(i).Set(reflect.ValueOf(parser.Expressions{&parser.VectorSelector{}, &parser.VectorSelector{}}))
				planted += 2
			}
		}
		found, _ := walk(kind)
		if len(found) != planted || len(everySelector(kind)) != planted {
			t.Errorf("%T: %d selectors are found and %d by reflection, want %d", kind, len(found), len(everySelector(kind)), planted)
		}
	}
	// Durations that are computed need an option of the parser that stays off, and hold no selectors.
	if _, err := parse("rate(a[5m * 2])"); err == nil {
		t.Error("the parser computes durations: what may they hold?")
	}
}

func TestWalkRefusesWhatItDoesNotKnow(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a kind of node that nobody knows is taken for one without selectors")
		}
	}()
	walk(&parser.ParenExpr{Expr: &foreign{}})
}

// foreign is a kind of node that a later version of the parser may have.
type foreign struct{ parser.NumberLiteral }

func TestConfinedQueriesStaySmall(t *testing.T) {
	for reason, query := range map[string]string{
		"deep":  strings.Repeat("(", 2040) + "a" + strings.Repeat(")", 2040),
		"calls": strings.Repeat("abs(", 800) + "a" + strings.Repeat(")", 800),
		"signs": strings.Repeat("-", 4000) + "a",
		"wide":  strings.TrimSuffix(strings.Repeat("a+", 2000), "+"),
	} {
		if got, err := confine(query, mine); err != nil || len(got) > maxConfined {
			t.Errorf("%s: %d bytes, %v", reason, len(got), err)
		}
	}
	digits := strings.Repeat("1e308+", 600) + "a"
	if got, err := confine(digits, mine); !errors.Is(err, errLarge) || got != "" {
		t.Errorf("a query of %d bytes becomes one of %d: %v", len(digits), len(got), err)
	}
}

// Nothing that a tenant writes becomes a header or a parameter, and nothing is sent for half a tenant.
func TestHeaderOrParameterInjection(t *testing.T) {
	sent := 0
	var form url.Values
	var header http.Header
	c := newClient(t, Options{URL: serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent++
		form, header = r.Form, r.Header
		_, _ = w.Write([]byte(good))
	})})
	const query = "count_values(\"x&time=0&query=up#\\r\\nX-Scope-OrgID: theirs\", a{b=\"%26dedup=true\"})"
	c.Ask(t.Context(), sample.Question{Query: query, Interval: time.Minute, Tenant: sample.Tenant{Header: "X-Scope-OrgID", HeaderValue: "one"}}, asked)
	want := url.Values{"query": {query}, "time": {strconv.FormatInt(asked.Unix(), 10)}, "timeout": {"10s"},
		"dedup": {"true"}, "partial_response": {"false"}}
	if diff := cmp.Diff(want, form); diff != "" || sent != 1 {
		t.Errorf("parameters of %d requests: -want +got:\n%s", sent, diff)
	}
	if got := header.Values("X-Scope-OrgID"); !slices.Equal(got, []string{"one"}) {
		t.Errorf("the tenant's header is %q", got)
	}
	sent = 0
	cases := map[string]sample.Tenant{
		"an empty value selects what nobody has labelled": {Label: "ns"},
		"a value that is no label's":                      {Label: "ns", LabelValue: `a" or b="`},
		"two tenants at once":                             {Header: "X-Scope-OrgID", HeaderValue: "a|b"},
		"a header within a header":                        {Header: "X-Scope-OrgID", HeaderValue: "a\r\nAuthorization: b"},
		"no value of the header":                          {Label: "ns", LabelValue: "mine", Header: "X-Scope-OrgID"},
		"the metric's name is no label of tenants":        {Label: "__name__", LabelValue: "up"},
		"a label that is none":                            {Label: `a="b",c`, LabelValue: "mine"},
	}
	for reason, tenant := range cases {
		for _, q := range []sample.Question{{Query: "a", Interval: time.Minute}, {Query: "a", At: asked.Unix(), Lookback: time.Hour}} {
			q.Tenant = tenant
			if got := c.Ask(t.Context(), q, asked); got.Reason != sample.SourceDenied || got.Message == "" || !got.Time.Equal(asked) {
				t.Errorf("%s: %+v, want SourceDenied", reason, got)
			}
		}
	}
	if sent != 0 {
		t.Errorf("%d requests were sent, want none", sent)
	}
}

// Everything that is sent about a question carries its tenant: values, probes, looks back, and what is asked again.
func TestEveryRequestIsConfined(t *testing.T) {
	var queries []string
	tenant := mine
	tenant.Header, tenant.HeaderValue = "X-Scope-OrgID", "one"
	c := newClient(t, Options{URL: serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Values("X-Scope-OrgID"); !slices.Equal(got, []string{"one"}) {
			t.Errorf("the tenant's header of %s is %q", r.FormValue("query"), got)
		}
		queries = append(queries, r.FormValue("query"))
		switch query := r.FormValue("query"); {
		case r.FormValue("step") != "":
			_, _ = w.Write([]byte(data("matrix", `[{"metric":{},"values":[[`+r.FormValue("start")+`,"3"]]}]`)))
		case strings.HasPrefix(query, "count("):
			_, _ = w.Write([]byte(data("vector", `[{"metric":{},"value":[`+r.FormValue("time")+`,"1"]}]`)))
		case strings.Contains(query, "[1d]"):
			_, _ = w.Write([]byte(data("vector", `[{"metric":{},"value":[`+r.FormValue("time")+`,"1"]}]`)))
		default:
			_, _ = w.Write([]byte(data("vector", `[]`)))
		}
	})})
	c.Ask(t.Context(), sample.Question{Query: "rate(a[1d]) + scalar(b)", Interval: time.Minute, Tenant: tenant}, asked)
	c.Ask(t.Context(), sample.Question{Query: "sum(a @ end()) or b", At: asked.Unix(), Lookback: time.Hour, Tenant: tenant}, asked)
	if len(queries) != 6 { // a value and a probe; a probe, a value, a look back, and the value at what was found
		t.Errorf("%d requests, want 6: %q", len(queries), queries)
	}
	for _, query := range queries {
		expr, err := parse(query)
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		for _, s := range everySelector(expr) {
			if !confined(s, mine) {
				t.Errorf("%s of %s is not confined", s, query)
			}
		}
	}
}

// A source that holds the history of one tenant need not hold that of another.
func TestCoverageIsPerTenant(t *testing.T) {
	r := &recorder{held: true}
	c := r.client(t)
	for _, value := range []string{"one", "two", "one", "two"} {
		q := sample.Question{Query: "rate(a[1d])", Tenant: sample.Tenant{Label: "ns", LabelValue: value}}
		if s := c.Ask(t.Context(), q, asked); !s.OK() {
			t.Fatalf("%s: %+v", value, s)
		}
	}
	if r.probes != 2 {
		t.Errorf("%d probes, want one for each tenant", r.probes)
	}
}

// FuzzConfine confines what it can, and refuses only what PromQL's printer cannot write down.
func FuzzConfine(f *testing.F) {
	for _, h := range hostile() {
		f.Add(h.query)
	}
	f.Fuzz(func(t *testing.T, template string) {
		if len(template) > 4096 || Analyze(template, week).Problem != "" {
			return
		}
		query, err := Render(sample.Question{Query: template, Window: week, Namespace: "mine", Start: asked.Add(-day).Unix()}, asked)
		if err != nil {
			t.Fatalf("a template without a problem does not render: %v", err)
		}
		got, err := confine(query, mine)
		if err == nil {
			checkConfined(t, query, got)
			return
		}
		if expr, parsed := parse(query); parsed == nil && faithful(expr) && !errors.Is(err, errLarge) {
			t.Errorf("%q is refused: %v", query, err)
		}
		if got != "" {
			t.Errorf("%q is refused, and %q is there to be sent", query, got)
		}
	})
}

// faithful reports whether PromQL prints a query so that it reads back as the same.
func faithful(expr parser.Expr) bool {
	again, err := parse(printed(expr))
	if err != nil || printed(again) != printed(expr) {
		return false
	}
	_, shape := walk(expr)
	_, shapeAgain := walk(again)
	return slices.Equal(shape, shapeAgain)
}

// TestCorpusIsThere: the seeds that earlier findings left are run by every go test.
func TestCorpusIsThere(t *testing.T) {
	seeds, err := filepath.Glob("testdata/fuzz/FuzzConfine/*")
	if err != nil || len(seeds) == 0 {
		t.Fatalf("no corpus: %v, %v", seeds, err)
	}
	for _, seed := range seeds {
		if text, err := os.ReadFile(seed); err != nil || !strings.HasPrefix(string(text), "go test fuzz v1\n") {
			t.Errorf("%s is no seed: %v", seed, err)
		}
	}
}
