package edit

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// remove are the ways to take away what the path leads to.
func (e *edit) remove() ([][]splice, error) {
	if len(e.crumbs) <= len(e.path) || len(e.path) == 0 {
		return nil, errors.New("it is not there")
	}
	around := e.crumbs[len(e.crumbs)-2]
	index, nodes := 0, 1
	switch step := e.path[len(e.path)-1].(type) {
	case int:
		index = step
	case string:
		index, nodes = entryOf(around, step)/2, 2
	}
	if len(around.Content) == nodes {
		return nil, fmt.Errorf("nothing would be left of %s", e.path[:len(e.path)-1])
	}
	if around.Style&yaml.FlowStyle != 0 {
		return e.removeFlow(around, index, nodes)
	}
	if nodes == 2 {
		at, err := e.start(around.Content[2*index])
		if err != nil {
			return nil, err
		}
		if mark := strings.TrimRight(string(e.text[e.lineStart(at):at]), " \t"); strings.TrimLeft(mark, " \t") == "?" { // "? key"
			at = e.lineStart(at) + len(mark) - 1
		}
		column := around.Content[0].Column - 1
		end, err := e.end(around.Content[2*index+1], column)
		if err != nil {
			return nil, err
		}
		next := -1
		if 2*index+2 < len(around.Content) {
			if next, err = e.start(around.Content[2*index+2]); err != nil {
				return nil, err
			}
		}
		return e.removeLines(at, end, next), nil
	}
	dashes, err := e.dashes(around)
	if err != nil {
		return nil, err
	}
	next := -1
	if index+1 < len(dashes) {
		next = dashes[index+1].at
	}
	return e.removeLines(dashes[index].at, dashes[index].end, next), nil
}

// replaceEntry are the ways to write another entry in place of the one that the path leads to.
func (e *edit) replaceEntry(field Field) ([][]splice, error) {
	if len(e.crumbs) <= len(e.path) || len(e.path) == 0 {
		return nil, errors.New("it is not there")
	}
	around := e.crumbs[len(e.crumbs)-2]
	key, ok := e.path[len(e.path)-1].(string)
	if !ok {
		return nil, errors.New("it is no entry of a mapping")
	}
	i := entryOf(around, key)
	at, err := e.start(around.Content[i])
	if err != nil {
		return nil, err
	}
	end, err := e.end(around.Content[i+1], e.indentAround(len(e.crumbs)-1))
	if err != nil {
		return nil, err
	}
	text := e.layout.pair(field)
	if !e.inFlow() {
		text = scalar(field.Key, false) + ": " + inline(field.Value, false)
	}
	return [][]splice{{{at, end, text}}}, nil
}

// removeLines takes the lines from a position to another away, with the comments directly above. Where something else stands
// before them in the line, such as the dash of an item, what is next takes their place.
func (e *edit) removeLines(at, end, next int) [][]splice {
	if !e.onlySpaceBefore(at) {
		if next < 0 {
			return nil
		}
		return [][]splice{{{at, next, ""}}}
	}
	first := e.lineStart(at)
	indent := string(e.text[first:at])
	for first > e.lines[0] {
		above := e.lineStart(first - 1)
		if !strings.HasPrefix(string(e.text[above:first]), indent+"#") {
			break
		}
		first = above
	}
	last := e.lineEnd(end)
	if behind := e.lineBreak(last); last < len(e.text) && behind > 0 {
		return [][]splice{{{first, last + behind, ""}}}
	}
	// The file ends without a line break, and shall do so still.
	cut := first
	for cut > 0 && (e.text[cut-1] == '\n' || e.text[cut-1] == '\r') && first-cut < len(e.eol) {
		cut--
	}
	return [][]splice{{{cut, last, ""}}}
}

// removeFlow takes an entry out of brackets, and one comma with it.
func (e *edit) removeFlow(around *yaml.Node, index, nodes int) ([][]splice, error) {
	first, last := around.Content[index*nodes], around.Content[index*nodes+nodes-1]
	at, err := e.start(first)
	if err != nil {
		return nil, err
	}
	if next := (index + 1) * nodes; next < len(around.Content) {
		behind, err := e.start(around.Content[next])
		return [][]splice{{{at, behind, ""}}}, err
	}
	end, err := e.end(last, 0)
	if err != nil {
		return nil, err
	}
	before, err := e.end(around.Content[index*nodes-1], 0)
	return [][]splice{{{before, end, ""}}}, err
}

// layoutOf is how a document is written, as far as it shows.
func layoutOf(root *yaml.Node) layout {
	l := layout{step: 2, dash: -1}
	stepped := false
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.AliasNode || n.Style&yaml.FlowStyle != 0 {
			l.flow = l.flow || n.Kind == yaml.MappingNode && len(n.Content) > 0
			return
		}
		for i := 1; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			key, value := n.Content[i-1], n.Content[i]
			if value.Style&yaml.FlowStyle != 0 || len(value.Content) == 0 || value.Anchor != "" || value.Line == key.Line {
				continue
			}
			by := value.Column - key.Column
			if value.Kind == yaml.SequenceNode && l.dash < 0 && by >= 0 {
				l.dash = by
			}
			if value.Kind == yaml.MappingNode && !stepped && by > 0 {
				l.step, stepped = by, true
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(root)
	if l.dash < 0 {
		l.dash = l.step
	}
	l.json = root.Style&yaml.FlowStyle != 0 && len(root.Content) > 0 && root.Content[0].Style&yaml.DoubleQuotedStyle != 0
	return l
}
