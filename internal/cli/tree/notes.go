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
	notes = append(notes, t.outdated(nodes)...)
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

// mostOutdated is how many objects that were edited are named.
const mostOutdated = 10

// outdated names those of which the present verdict is not that of what is written now.
func (t text) outdated(nodes []*Node) []string {
	var names []string
	for _, n := range nodes {
		if n.Outdated {
			names = append(names, t.called(n))
		}
	}
	if len(names) == 0 {
		return nil
	}
	if more := len(names) - mostOutdated; more > 0 {
		names = append(names[:mostOutdated], fmt.Sprintf("%d more", more))
	}
	return []string{"Edited since the controller looked last, so that what is shown is of before: " + strings.Join(names, ", ") + "."}
}

// called is a node's name in a sentence, where a key result may have that of its objective.
func (t text) called(n *Node) string {
	if n.Kind == "KeyResult" {
		return "key result " + t.name(n)
	}
	return t.name(n)
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
