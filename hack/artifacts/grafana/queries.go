package grafana

import (
	"fmt"
	"strings"
)

// key is what tells one goal from all others. `cluster` is the label that Prometheus servers of several clusters add; where
// there is none, it is empty on both sides of each join. Whatever else a scrape or a replica of Prometheus adds is dropped.
const key = "cluster, goal_namespace, name"

// scope selects the goals of a panel: a selector of the kind's info metric.
type scope struct {
	kind     string // objective, keyresult or kpi
	matchers string
}

// shown is a scope of a kind. What a single person aims at is nobody else's business: it is never shown.
func shown(kind string, matchers ...string) scope {
	return scope{kind: kind, matchers: strings.Join(append([]string{`cluster=~"$cluster"`, `level!="Individual"`}, matchers...), ", ")}
}

func (s scope) and(matcher string) scope {
	s.matchers += ", " + matcher
	return s
}

// info is the series that say what the goals are.
func (s scope) info() string { return fmt.Sprintf("okr_%s_info{%s}", s.kind, s.matchers) }

// metric is a metric of the kind, without what is not shown.
func (s scope) metric(name string, matchers ...string) string {
	return fmt.Sprintf("okr_%s_%s{%s}", s.kind, name, strings.Join(append([]string{`cluster=~"$cluster"`}, matchers...), ", "))
}

// facts is one series per goal, with some of its labels. While another replica takes over, both may have a series of one goal,
// and with different labels if it has just been edited: one of them is taken, so that no join finds two.
func (s scope) facts(labels ...string) string {
	return fmt.Sprintf("max by (%s) (topk by (%s) (1, %s))", strings.Join(append([]string{key}, labels...), ", "), key, s.info())
}

// value is a number of each goal.
func (s scope) value(name string) string { return s.only(s.number(name)) }

func (s scope) number(name string) string {
	return fmt.Sprintf("max by (%s) (%s)", key, s.metric(name))
}

// labelled is one series per goal with one label of another metric of it, such as health.
func (s scope) labelled(name, label string) string {
	return s.only(fmt.Sprintf("max by (%s, %s) (topk by (%s) (1, %s))", key, label, key, s.metric(name)))
}

// only keeps the goals of the scope.
func (s scope) only(expression string) string {
	return fmt.Sprintf("%s and on (%s) %s", expression, key, s.info())
}

// titled gives an expression of one series per goal the labels that a legend is made of.
func (s scope) titled(expression string, labels ...string) string {
	return fmt.Sprintf("%s * on (%s) group_left (%s) topk by (%s) (1, %s)", expression, key, strings.Join(labels, ", "), key, s.info())
}

// byHealth counts goals by their present health, the most frequent first.
func (s scope) byHealth() string {
	return fmt.Sprintf("sort_desc(count by (health) (%s))", s.labelled("health", "health"))
}

// gap is how far progress is ahead of what is expected, or behind, in percentage points.
func (s scope) gap() string {
	return fmt.Sprintf("100 * (%s - %s)", s.number("progress_ratio"), s.number("expected_ratio"))
}

// paths is one series per objective with some of its labels and its path: the objectives above it, two at most, and its own
// name. Sorted by it, each objective follows the one that it is part of.
func (s scope) paths(labels ...string) string {
	const separator = " › "
	labels = append([]string{"parent"}, labels...)
	below := s.and(`parent!=""`)
	above := fmt.Sprintf(`topk by (cluster, parent) (1, label_join(label_join(%s, "above", "", "parent"), "parent", "/", "goal_namespace", "name"))`,
		shown(s.kind, `parent!=""`).facts("parent"))
	third := fmt.Sprintf(`label_join(%s * on (cluster, parent) group_left (above) %s, "path", %q, "above", "parent", "name")`,
		below.facts(labels...), above, separator)
	second := fmt.Sprintf(`label_join(%s, "path", %q, "parent", "name")`, below.facts(labels...), separator)
	first := fmt.Sprintf(`label_join(%s, "path", "/", "goal_namespace", "name")`, s.and(`parent=""`).facts(labels...))
	return fmt.Sprintf("max by (%s, path, %s) (%s or on (%s) %s or on (%s) %s)",
		key, strings.Join(labels[1:], ", "), third, key, second, key, first)
}

// with keeps those goals of a scope whose metric says so: health=~"AtRisk|OffTrack".
func (s scope) with(expression, name string, matchers ...string) string {
	return fmt.Sprintf("%s and on (%s) %s", expression, key, s.metric(name, matchers...))
}
