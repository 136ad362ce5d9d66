package tree

import (
	"slices"

	"okr.dev/controller/internal/gather"
)

// maxLevels is how many levels are drawn: as many above an object as the controller follows, and the object.
const maxLevels = gather.MaxLevels + 1

// Forest are the trees that hold what was asked for.
type Forest struct {
	// Roots are in order, as are the children of each node.
	Roots []*Node `json:"items"`
	// Above are those above the one that was asked for by name, from the top.
	Above []*Node `json:"above,omitempty"`
	// Withheld is what may not be read: more may stand above or below.
	Withheld []string `json:"withheld,omitempty"`
}

// plant makes trees of nodes whose parents are known. Drawn are those that are selected, all below them, and the line above
// them. Each is drawn once, also where parents lead round in a cycle.
func plant(nodes []*Node) Forest {
	grow(nodes, nil)
	f := Forest{Roots: []*Node{}}
	for _, n := range nodes {
		if n.above == nil && n.keep(false) {
			n.prune(1)
			f.Roots = append(f.Roots, n)
		}
	}
	return f
}

// plantOne makes the tree below one of the nodes, and the line above it.
func plantOne(nodes []*Node, root *Node) Forest {
	grow(nodes, root)
	root.Selected = true
	root.prune(1)
	f := Forest{Roots: []*Node{root}}
	for up := root.above; up != nil; up = up.above {
		f.Above = append(f.Above, up)
	}
	slices.Reverse(f.Above)
	for _, up := range f.Above {
		up.Children, up.KeyResults = nil, nil
	}
	return f
}

// grow gives nodes their children, in order. It sorts the nodes.
func grow(nodes []*Node, first *Node) {
	inOrder(nodes)
	open(nodes, first)
	for _, n := range nodes {
		if n.above != nil {
			n.above.Children = append(n.above.Children, n)
		}
	}
}

// open opens the cycles that parents lead round in, so that each is drawn from one of its members: first, if that is on one,
// else whichever comes first.
func open(nodes []*Node, first *Node) {
	walk := make(map[*Node]int, len(nodes)) // in which walk upwards a node was met
	for i, start := range nodes {
		n := start
		for n != nil && walk[n] == 0 {
			walk[n] = i + 1
			n = n.above
		}
		if n == nil || walk[n] != i+1 {
			continue
		}
		ring := []*Node{n}
		for up := n.above; up != n; up = up.above {
			ring = append(ring, up)
		}
		openRing(ring, first)
	}
}

func openRing(ring []*Node, first *Node) {
	at := slices.Index(ring, first)
	if at < 0 {
		at = slices.Index(ring, slices.MinFunc(ring, compare))
	}
	ring = append(ring[at:], ring[:at]...)
	names := make([]string, 0, len(ring))
	for _, n := range ring {
		names = append(names, n.fullName())
	}
	for i, n := range ring {
		n.Ring = append(slices.Clone(names[i:]), names[:i]...)
	}
	ring[0].above = nil
}

// keep drops the branches on which nothing was selected, and reports whether anything is left. Below says that something
// above was.
func (n *Node) keep(below bool) bool {
	below = below || n.Selected
	n.Children = slices.DeleteFunc(n.Children, func(child *Node) bool { return !child.keep(below) })
	return below || len(n.Children) > 0
}

// prune cuts what stands more than maxLevels deep, and counts it.
func (n *Node) prune(level int) {
	if level == maxLevels {
		n.Deeper = n.count() - 1
		n.Children = nil
	}
	for _, child := range n.Children {
		child.prune(level + 1)
	}
}

// count is how many nodes a tree has.
func (n *Node) count() int {
	total := 1
	for _, child := range n.Children {
		total += child.count()
	}
	return total
}

// fullName is namespace/name.
func (n *Node) fullName() string { return n.Namespace + "/" + n.Name }
