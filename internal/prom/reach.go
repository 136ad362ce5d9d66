package prom

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// mark is a point in time as a query names it: relative to the instant asked about, or fixed by an @ modifier.
type mark struct {
	fixed bool
	// ms are milliseconds after the instant asked about (negative: before), or Unix milliseconds if fixed.
	ms int64
}

// when returns the mark in Unix milliseconds for a question about the instant at.
func (m mark) when(at time.Time) int64 {
	if m.fixed {
		return m.ms
	}
	return at.UnixMilli() + m.ms
}

func (m mark) plus(d time.Duration) mark {
	m.ms += d.Milliseconds()
	return m
}

// span is the stretch of time that one selector reads: its own range and offset, and those of the subqueries
// around it. Both ends are fixed, or none is.
type span struct{ from, to mark }

func (s span) width() time.Duration { return time.Duration(s.to.ms-s.from.ms) * time.Millisecond }

// through returns the span seen through a selector or subquery with this range, offset and @ modifier. In an
// instant query start() and end() both are the instant asked about, inside subqueries too.
func (s span) through(width, offset time.Duration, timestamp *int64, startOrEnd parser.ItemType) span {
	switch {
	case timestamp != nil:
		s.from, s.to = mark{fixed: true, ms: *timestamp}, mark{fixed: true, ms: *timestamp}
	case startOrEnd != 0:
		s.from, s.to = mark{}, mark{}
	}
	return span{from: s.from.plus(-offset - width), to: s.to.plus(-offset)}
}

// reading is one vector selector of a query and what it reads.
type reading struct {
	selector *parser.VectorSelector
	span     span
}

// readings returns every vector selector below node: inside range selectors, subqueries and the parameters of
// aggregations too.
func readings(node parser.Node, outer span) []reading {
	switch n := node.(type) {
	case *parser.VectorSelector:
		return []reading{{n, outer.through(0, n.OriginalOffset, n.Timestamp, n.StartOrEnd)}}
	case *parser.MatrixSelector:
		selector, ok := n.VectorSelector.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		return []reading{{selector, outer.through(n.Range, selector.OriginalOffset, selector.Timestamp, selector.StartOrEnd)}}
	case *parser.SubqueryExpr:
		outer = outer.through(n.Range, n.OriginalOffset, n.Timestamp, n.StartOrEnd)
	}
	var all []reading
	for _, child := range parser.Children(node) {
		all = append(all, readings(child, outer)...)
	}
	return all
}

// anchored reports whether a query names the ends of its evaluation, @ start() or @ end(): it then means
// something else in a range query.
func anchored(node parser.Node) bool {
	switch n := node.(type) {
	case *parser.VectorSelector:
		return n.StartOrEnd != 0
	case *parser.MatrixSelector:
		return anchored(n.VectorSelector)
	case *parser.SubqueryExpr:
		if n.StartOrEnd != 0 {
			return true
		}
	}
	for _, child := range parser.Children(node) {
		if anchored(child) {
			return true
		}
	}
	return false
}

// longestRange returns the longest look back of any selector: its range and positive offset and those of the
// subqueries around it. What is $__elapsed counts as nothing.
func longestRange(node parser.Node) time.Duration {
	longest, _ := lookBack(node)
	return longest
}

// lookBack is longestRange, and whether there is a selector at all.
func lookBack(node parser.Node) (longest time.Duration, found bool) {
	own := time.Duration(0)
	switch n := node.(type) {
	case *parser.VectorSelector:
		return counted(n.OriginalOffset), true
	case *parser.MatrixSelector:
		own = counted(n.Range)
	case *parser.SubqueryExpr:
		own = counted(n.Range) + counted(n.OriginalOffset)
	}
	for _, child := range parser.Children(node) {
		if below, ok := lookBack(child); ok {
			longest, found = max(longest, own+below), true
		}
	}
	return longest, found
}

func counted(d time.Duration) time.Duration {
	if d == elapsedStandIn || d < 0 {
		return 0
	}
	return d
}
