package prom

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// lookbackDelta is how far a selector without a range looks back for its newest sample, by default.
const lookbackDelta = 5 * time.Minute

// mayBeMany reports whether an expression may give more than one series. What cannot be told from the text, such as how
// many series carry a label, counts as several.
func mayBeMany(node parser.Expr) bool {
	switch n := node.(type) {
	case *parser.AggregateExpr:
		return manyGroups(n)
	case *parser.BinaryExpr:
		return manyPairs(n)
	case *parser.Call:
		return manyResults(n)
	case *parser.ParenExpr:
		return mayBeMany(n.Expr)
	case *parser.UnaryExpr:
		return mayBeMany(n.Expr)
	case *parser.SubqueryExpr:
		return mayBeMany(n.Expr)
	default:
		return node.Type() != parser.ValueTypeScalar
	}
}

func manyGroups(n *parser.AggregateExpr) bool {
	if n.Without || len(n.Grouping) > 0 || n.Op == parser.COUNT_VALUES {
		return mayBeMany(n.Expr)
	}
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK:
		k, ok := unwrapped(n.Param).(*parser.NumberLiteral)
		return mayBeMany(n.Expr) && (!ok || k.Val >= 2)
	case parser.LIMIT_RATIO:
		return mayBeMany(n.Expr)
	default:
		return false
	}
}

// manyPairs: one-to-one matching gives no more series than either side has.
func manyPairs(n *parser.BinaryExpr) bool {
	left, right := mayBeMany(n.LHS), mayBeMany(n.RHS)
	if n.VectorMatching == nil { // with a scalar
		return left || right
	}
	switch {
	case n.Op == parser.LOR:
		return left || right
	case n.Op == parser.LAND, n.Op == parser.LUNLESS, n.VectorMatching.Card == parser.CardManyToOne:
		return left
	case n.VectorMatching.Card == parser.CardOneToMany:
		return right
	default:
		return left && right
	}
}

func manyResults(n *parser.Call) bool {
	if n.Func.ReturnType == parser.ValueTypeScalar {
		return false
	}
	switch n.Func.Name {
	case "absent", "absent_over_time", "vector":
		return false
	case "histogram_quantile", "histogram_fraction":
		return manyHistograms(n.Args[len(n.Args)-1])
	}
	for _, arg := range n.Args {
		if arg.Type() == parser.ValueTypeVector || arg.Type() == parser.ValueTypeMatrix {
			return mayBeMany(arg)
		}
	}
	return false // year() and the like, about now
}

// manyHistograms: the buckets of one histogram differ by le alone.
func manyHistograms(buckets parser.Expr) bool {
	n, ok := unwrapped(buckets).(*parser.AggregateExpr)
	if ok && !n.Without && len(n.Grouping) == 1 && n.Grouping[0] == model.BucketLabel {
		return false
	}
	return mayBeMany(buckets)
}

func unwrapped(node parser.Expr) parser.Expr {
	for {
		n, ok := node.(*parser.ParenExpr)
		if !ok {
			return node
		}
		node = n.Expr
	}
}

// rawRange is the longest look back of a selector of a metric that is not recorded: its range, and those of the
// subqueries around it.
func rawRange(node parser.Node) time.Duration {
	longest, _ := rawLookBack(node)
	return longest
}

func rawLookBack(node parser.Node) (longest time.Duration, found bool) {
	own := time.Duration(0)
	switch n := node.(type) {
	case *parser.VectorSelector:
		return 0, !isRecorded(n)
	case *parser.MatrixSelector:
		own = counted(n.Range)
	case *parser.SubqueryExpr:
		own = counted(n.Range)
	}
	for _, child := range parser.Children(node) {
		if below, ok := rawLookBack(child); ok {
			longest, found = max(longest, own+below), true
		}
	}
	return longest, found
}

// isRecorded reports whether a selector reads what a recording rule wrote: by convention its name has a colon.
func isRecorded(n *parser.VectorSelector) bool { return strings.Contains(metricName(n), ":") }

// metricName is the name that a selector asks for; empty where it does not ask for one.
func metricName(n *parser.VectorSelector) string {
	for _, m := range n.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return m.Value
		}
	}
	return n.Name
}

// shortestRange is the shortest look back of the selectors that a value comes from; zero if none is known. What only
// filters it (the right of and and unless, a comparison's right, an age) does not count.
func shortestRange(node parser.Node) time.Duration {
	shortest := time.Duration(0)
	consider := func(below, own time.Duration) {
		if below > 0 && (shortest == 0 || below+own < shortest) {
			shortest = below + own
		}
	}
	switch n := node.(type) {
	case *parser.VectorSelector:
		if isRecorded(n) {
			return 0
		}
		return lookbackDelta
	case *parser.MatrixSelector:
		if selector, ok := n.VectorSelector.(*parser.VectorSelector); !ok || isRecorded(selector) || n.Range == elapsedStandIn {
			return 0
		}
		return n.Range
	case *parser.SubqueryExpr:
		if n.Range == elapsedStandIn {
			return 0
		}
		consider(shortestRange(n.Expr), n.Range)
	case *parser.BinaryExpr:
		consider(shortestRange(n.LHS), 0)
		filters := n.Op == parser.LAND || n.Op == parser.LUNLESS || n.Op.IsComparisonOperator() && !n.ReturnBool
		if !filters {
			consider(shortestRange(n.RHS), 0)
		}
	case *parser.Call:
		if n.Func.Name == "timestamp" {
			return 0
		}
		for _, arg := range n.Args {
			consider(shortestRange(arg), 0)
		}
	default:
		for _, child := range parser.Children(node) {
			consider(shortestRange(child), 0)
		}
	}
	return shortest
}

// pushed reports whether a selector reads a pushed metric, as far as its text tells: a name that begins with push_, a
// job that speaks of pushgateway, or the label that a scrape of a Pushgateway adds.
func pushed(node parser.Node) bool {
	if n, ok := node.(*parser.VectorSelector); ok {
		if strings.HasPrefix(metricName(n), "push_") {
			return true
		}
		for _, m := range n.LabelMatchers {
			positive := m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp
			if positive && (m.Name == "job" && strings.Contains(strings.ToLower(m.Value), "pushgateway") || m.Name == "exported_job") {
				return true
			}
		}
	}
	for _, child := range parser.Children(node) {
		if pushed(child) {
			return true
		}
	}
	return false
}

// looksAtAge reports whether a query compares times: with timestamp(), or time() with a time that was pushed.
func looksAtAge(node parser.Node) bool {
	if n, ok := node.(*parser.Call); ok && (n.Func.Name == "timestamp" || n.Func.Name == "time") {
		return true
	}
	for _, child := range parser.Children(node) {
		if looksAtAge(child) {
			return true
		}
	}
	return false
}
