package tree

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// notes says below the table what the table cannot.
func (t text) notes(out io.Writer, nodes []*Node, withheld []string) {
	notes := t.cycles(nodes)
	notes = append(notes, t.parents(nodes)...)
	for _, n := range nodes {
		if n.Deeper > 0 {
			notes = append(notes, fmt.Sprintf("%d more stand below %s: no more than %d levels are drawn. Ask for it by name.", n.Deeper, t.name(n), maxLevels))
		}
	}
	if slices.Contains(withheld, goals.Elsewhere) {
		notes = append(notes, "What stands below in other namespaces is not known: you may not read their goals.")
	}
	if len(notes) > 0 {
		_, _ = fmt.Fprintln(out)
	}
	for _, note := range notes {
		for _, line := range terminal.Wrap(t.screen.Text(note), t.screen.Width) {
			_, _ = fmt.Fprintln(out, line)
		}
	}
}

// cycles names each cycle of parents once.
func (t text) cycles(nodes []*Node) []string {
	var notes []string
	for _, n := range nodes {
		if len(n.Ring) > 0 && n.above == nil {
			notes = append(notes, "A cycle of parents: "+strings.Join(append(slices.Clone(n.Ring), n.Ring[0]), " → ")+
				". Remove spec.parentRef from the one that stands highest.")
		}
	}
	return notes
}

// parents says which parents are not drawn, and why, once for all that name them.
func (t text) parents(nodes []*Node) []string {
	children := map[Elsewhere][]*Node{}
	var order []Elsewhere
	for _, n := range nodes {
		if n.Parent == nil {
			continue
		}
		if children[*n.Parent] == nil {
			order = append(order, *n.Parent)
		}
		children[*n.Parent] = append(children[*n.Parent], n)
	}
	var notes []string
	for _, parent := range order {
		names := make([]string, 0, len(children[parent]))
		for _, n := range children[parent] {
			names = append(names, t.name(n))
		}
		verb, its := " names ", " as its parent, "
		if len(names) > 1 {
			verb, its = " name ", " as their parent, "
		}
		notes = append(notes, strings.Join(names, ", ")+verb+parent.Name+its+parent.why()+".")
	}
	return notes
}

// why is why a parent is not drawn.
func (e Elsewhere) why() string {
	switch goals.Resolution(e.Reason) {
	case goals.Withheld:
		return "which you may not read, or not whether it is shared with that namespace"
	case goals.Refused:
		return "whose spec.allowedNamespaces does not allow that"
	default:
		return "which is not there"
	}
}
