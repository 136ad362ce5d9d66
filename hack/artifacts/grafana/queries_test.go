package grafana

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// What somebody may have chosen: nothing, and several values that a regular expression would take for something else.
var choicesTried = map[string]Chosen{
	"as opened": {"owner": {"sales"}, "keyresult": {"first-reply"}, "kpi": {"utilisation"}, "job": {"okr-controller-manager-metrics"}},
	"several": {
		"cluster": {"eu-1", "us.2"}, "owner": {"R&D (core)", "a|b"}, "namespace": {"a", "b"}, "period": {"2026-Q4", "2026-10-01/2026-12-31"},
		"keyresult": {`odd"name`}, "kpi": {"x.y"}, "job": {"okr-controller-manager-metrics"}, "source": {"default", "other"},
	},
	"one of several": {"owner": {"C++ {team}"}, "keyresult": {"k"}, "kpi": {"k"}, "period": {"2026-Q4"}, "job": {"a", "b"}},
}

// Prometheus reads every query, whatever is chosen.
func TestPrometheusReadsEveryQuery(t *testing.T) {
	for reason, chosen := range choicesTried {
		for _, d := range Dashboards() {
			for _, p := range d.Panels {
				for _, target := range p.Targets {
					query, missing := d.Interpolate(target.Expr, chosen)
					if len(missing) > 0 {
						t.Errorf("%s: %q: no value for %v", d.UID, p.Title, missing)
					}
					parse(t, d.UID+", "+p.Title+", "+reason, query)
				}
			}
			for _, v := range d.Templating.List {
				series, label, of := v.Values()
				if of != (v.Type == "query") || of && !model.LegacyValidation.IsValidLabelName(label) {
					t.Errorf("%s: variable %s has its values from nowhere", d.UID, v.Name)
				}
				if of {
					query, _ := d.Interpolate(series, chosen)
					parse(t, d.UID+", variable "+v.Name, query)
				}
			}
		}
	}
}

func parse(t *testing.T, where, query string) parser.Expr {
	t.Helper()
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		t.Fatalf("%s: %v\n%s", where, err, query)
	}
	return expr
}

// foreign are metrics that the libraries of the controller export. That they do, the demo shows: it asks every panel.
var foreign = []string{
	"up", "leader_election_master_status", "controller_runtime_reconcile_errors_total", "workqueue_depth", "rest_client_requests_total",
	"process_start_time_seconds", "process_resident_memory_bytes", "process_cpu_seconds_total",
}

// Every metric of ours that is asked for is documented, and every documented one about goals, sources and work is on a panel.
func TestMetricsAreExported(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(module, "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, found := range regexp.MustCompile("(?m)^\\| `(okr_[a-z_]+)`").FindAllSubmatch(text, -1) {
		documented[string(found[1])] = true
	}
	asked := map[string]bool{}
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				query, _ := d.Interpolate(target.Expr, choicesTried["as opened"])
				for _, name := range metricsOf(t, query) {
					if name = strings.TrimSuffix(name, "_bucket"); !documented[name] && !slices.Contains(foreign, name) {
						t.Errorf("%s: %q asks for %s, which docs/metrics.md does not know", d.UID, p.Title, name)
					}
					asked[name] = true
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if !asked[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}

func metricsOf(t *testing.T, query string) []string {
	t.Helper()
	var names []string
	parser.Inspect(parse(t, query, query), func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			names = append(names, selector.Name)
		}
		return nil
	})
	return names
}

// While one replica takes over from another, both have series of a goal: no series of a single one may reach a panel as it
// is, and no join may find two on its one side. Every selector is therefore aggregated, or only filters.
func TestReplicasAreOneController(t *testing.T) {
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				query, _ := d.Interpolate(target.Expr, choicesTried["as opened"])
				parser.Inspect(parse(t, p.Title, query), func(node parser.Node, path []parser.Node) error {
					if selector, ok := node.(*parser.VectorSelector); ok && !filtersOnly(path, selector) && !aggregated(path) {
						t.Errorf("%s: %q asks for %s of each replica by itself:\n%s", d.UID, p.Title, selector.Name, target.Expr)
					}
					return nil
				})
			}
		}
	}
}

func aggregated(path []parser.Node) bool {
	return slices.ContainsFunc(path, func(node parser.Node) bool { _, ok := node.(*parser.AggregateExpr); return ok })
}

// filtersOnly reports whether a selector is the right side of `and`, of which nothing is shown.
func filtersOnly(path []parser.Node, selector *parser.VectorSelector) bool {
	return slices.ContainsFunc(path, func(node parser.Node) bool {
		binary, ok := node.(*parser.BinaryExpr)
		return ok && binary.Op == parser.LAND && binary.RHS.PositionRange().Start <= selector.PosRange.Start
	})
}

// Wherever goals are told apart, they are told apart by the same labels, the cluster among them.
func TestClustersAreToldApart(t *testing.T) {
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				query, _ := d.Interpolate(target.Expr, choicesTried["as opened"])
				parser.Inspect(parse(t, p.Title, query), func(node parser.Node, _ []parser.Node) error {
					var by []string
					switch node := node.(type) {
					case *parser.AggregateExpr:
						by = node.Grouping
					case *parser.BinaryExpr:
						if node.VectorMatching != nil {
							by = node.VectorMatching.MatchingLabels
						}
					case *parser.VectorSelector:
						if !slices.ContainsFunc(node.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == "cluster" }) {
							t.Errorf("%s: %q asks %s of all clusters", d.UID, p.Title, node.Name)
						}
					}
					if slices.Contains(by, "name") && slices.Contains(by, "goal_namespace") && !slices.Contains(by, "cluster") {
						t.Errorf("%s: %q takes goals of two clusters for one: by %v", d.UID, p.Title, by)
					}
					return nil
				})
			}
		}
	}
}

// A table's transformations name fields that its queries return, all of them, and each field once.
func TestTablesShowWhatIsReturned(t *testing.T) {
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			refs := map[string]bool{}
			returned := map[string]bool{"Time": true}
			for _, target := range p.Targets {
				if refs[target.RefID] {
					t.Errorf("%s: %q has two queries %s", d.UID, p.Title, target.RefID)
				}
				refs[target.RefID] = true
				if target.Instant == target.Range {
					t.Errorf("%s: %q: query %s must be either of an instant or of a range", d.UID, p.Title, target.RefID)
				}
				query, _ := d.Interpolate(target.Expr, choicesTried["as opened"])
				for _, label := range labelsOf(t, parse(t, p.Title, query)) {
					returned[label] = true
				}
				returned["Value #"+target.RefID] = true
			}
			if p.Type == "table" {
				checkTable(t, d.UID, p, returned)
			}
		}
	}
}

func checkTable(t *testing.T, dashboard string, p Panel, returned map[string]bool) {
	t.Helper()
	organize := p.Transformations[1].Options
	hidden, order, names := organize["excludeByName"].(object), organize["indexByName"].(object), organize["renameByName"].(object)
	columns := map[string]bool{}
	for field := range returned {
		_, hides := hidden[field]
		name, shows := names[field]
		if hides == shows {
			t.Errorf("%s: %q neither shows nor hides %s, or does both", dashboard, p.Title, field)
		}
		if shows && columns[name.(string)] {
			t.Errorf("%s: %q has two columns %s", dashboard, p.Title, name)
		}
		if shows {
			columns[name.(string)] = true
		}
	}
	for _, fields := range []object{hidden, order, names} {
		for field := range fields {
			if !returned[field] {
				t.Errorf("%s: %q is about a field %s, which no query returns", dashboard, p.Title, field)
			}
		}
	}
	for _, o := range p.FieldConfig.Overrides {
		if o.Matcher.ID != "byName" || !columns[o.Matcher.Options] {
			t.Errorf("%s: %q has an override of %s, which is no column", dashboard, p.Title, o.Matcher.Options)
		}
	}
	if sorted := p.Options["sortBy"].([]object)[0]["displayName"].(string); !columns[sorted] {
		t.Errorf("%s: %q is sorted by %s, which is no column", dashboard, p.Title, sorted)
	}
	if p.FieldConfig.Defaults.NoValue != "" {
		t.Errorf("%s: %q: each empty text, such as that of a number without unit, would say %q", dashboard, p.Title, p.FieldConfig.Defaults.NoValue)
	}
	for _, target := range p.Targets {
		if target.Format != "table" || !target.Instant {
			t.Errorf("%s: %q: query %s does not return a table", dashboard, p.Title, target.RefID)
		}
	}
}

// labelsOf are the labels that an expression's series have.
func labelsOf(t *testing.T, expr parser.Expr) []string {
	t.Helper()
	switch expr := expr.(type) {
	case *parser.ParenExpr:
		return labelsOf(t, expr.Expr)
	case *parser.AggregateExpr:
		return expr.Grouping
	case *parser.BinaryExpr:
		if expr.LHS.Type() == parser.ValueTypeScalar {
			return labelsOf(t, expr.RHS)
		}
		found := labelsOf(t, expr.LHS)
		if expr.VectorMatching != nil {
			found = append(slices.Clone(found), expr.VectorMatching.Include...)
		}
		return found
	case *parser.Call:
		for _, argument := range expr.Args {
			if argument.Type() == parser.ValueTypeVector {
				return labelsOf(t, argument)
			}
		}
		return nil
	}
	t.Fatalf("the labels of %s are not known", expr)
	return nil
}

// What a legend names, its series have.
func TestLegendsNameLabels(t *testing.T) {
	named := regexp.MustCompile(`\{\{(\w+)\}\}`)
	for _, d := range Dashboards() {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				query, _ := d.Interpolate(target.Expr, choicesTried["as opened"])
				found := labelsOf(t, parse(t, p.Title, query))
				for _, label := range named.FindAllStringSubmatch(target.LegendFormat, -1) {
					if !slices.Contains(found, label[1]) {
						t.Errorf("%s: %q: the legend %q names a label that is not in %v", d.UID, p.Title, target.LegendFormat, found)
					}
				}
				if target.LegendFormat == "" && p.Type == "timeseries" {
					t.Errorf("%s: %q: query %s has no legend", d.UID, p.Title, target.RefID)
				}
			}
		}
	}
}

// Grafana fills variables in otherwise where several may be chosen.
func TestInterpolation(t *testing.T) {
	d := team()
	for _, test := range []struct {
		reason, query string
		chosen        Chosen
		want          string
	}{
		{"all of several, by their regular expression", `a{period=~"$period"}`, nil, `a{period=~".*"}`},
		{"one of several", `a{period=~"$period"}`, Chosen{"period": {"2026-Q4"}}, `a{period=~"2026-Q4"}`},
		{"several", `a{period=~"${period}"}`, Chosen{"period": {"p", "q"}}, `a{period=~"(p|q)"}`},
		{"what means something in regular expressions is taken literally", `a{owner=~"$owner"}`, Chosen{"owner": {"a.b (c)"}}, `a{owner=~"a\\.b \\(c\\)"}`},
		{"a single choice is no regular expression", `a{name="$keyresult"}`, Chosen{"keyresult": {`a.b"c`}}, `a{name="a.b\"c"}`},
		{"Grafana's own", `rate(a[$__rate_interval])`, nil, `rate(a[1m0s])`},
		{"a name that begins like another", `a{owner=~"$owner"} b{o="$keyresult"}`, Chosen{"owner": {"x"}, "keyresult": {"y"}}, `a{owner=~"x"} b{o="y"}`},
	} {
		if got, missing := d.Interpolate(test.query, test.chosen); got != test.want || len(missing) > 0 {
			t.Errorf("%s: got %s (missing %v), want %s", test.reason, got, missing, test.want)
		}
	}
	if _, missing := d.Interpolate(`a{owner=~"$owner", b="$nobody"}`, nil); !slices.Equal(missing, []string{"owner", "nobody"}) {
		t.Errorf("what has no value is not named: %v", missing)
	}
}

// What a single person aims at is nobody else's business: no panel and no choice names a goal, a namespace or a period of it.
func TestNothingShowsAPersonsOwnGoals(t *testing.T) {
	check := func(where, query string) {
		parser.Inspect(parse(t, where, query), func(node parser.Node, _ []parser.Node) error {
			selector, ok := node.(*parser.VectorSelector)
			if !ok || !strings.HasSuffix(selector.Name, "_info") || !strings.HasPrefix(selector.Name, "okr_") {
				return nil
			}
			for _, m := range selector.LabelMatchers {
				if m.Name == "level" && !m.Matches("Individual") {
					return nil
				}
			}
			t.Errorf("%s: %s shows goals of a single person", where, selector)
			return nil
		})
	}
	for _, d := range Dashboards() {
		if d.UID == "okr-controller" {
			continue // it counts objects and names none
		}
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				query, _ := d.Interpolate(target.Expr, choicesTried["as opened"])
				check(d.UID+", "+p.Title, query)
			}
		}
		for _, v := range d.Templating.List {
			if series, label, of := v.Values(); of && label != "cluster" {
				query, _ := d.Interpolate(series, choicesTried["as opened"])
				check(d.UID+", variable "+v.Name, query)
			}
		}
	}
}
