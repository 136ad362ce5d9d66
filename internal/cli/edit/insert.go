package edit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// set are the ways to write a value at the path.
func (e *edit) set(value Value) ([][]splice, error) {
	missing := len(e.path) + 1 - len(e.crumbs)
	if missing == 0 {
		return e.replace(value)
	}
	at := len(e.path) - missing // the first step that leads nowhere
	around := e.crumbs[len(e.crumbs)-1]
	for i := len(e.path) - 1; i > at; i-- {
		key, ok := e.path[i].(string)
		if !ok {
			return nil, fmt.Errorf("there is no %s", e.path[:i+1])
		}
		value = Map{{Key: key, Value: value}}
	}
	key, ok := e.path[at].(string)
	switch {
	case !ok:
		return nil, fmt.Errorf("there is no %s", e.path[:at+1])
	case around.Kind == yaml.MappingNode:
		return e.add(around, Field{Key: key, Value: value})
	case null(around): // a key without a value
		return e.fill(around, Map{{Key: key, Value: value}})
	default:
		return nil, fmt.Errorf("%s is no mapping", e.path[:at])
	}
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// replace are the ways to write another value where one is.
func (e *edit) replace(value Value) ([][]splice, error) {
	old := e.crumbs[len(e.crumbs)-1]
	if _, composite := value.(Map); composite || null(old) {
		return e.fill(old, value)
	}
	if _, composite := value.(List); composite {
		return e.fill(old, value)
	}
	at, err := e.inside(old)
	if err != nil {
		return nil, err
	}
	end, err := e.end(old, e.indentAround(len(e.crumbs)-1))
	if err != nil {
		return nil, err
	}
	text := inline(value, e.inFlow())
	if e.layout.json {
		text = asJSON(value)
	}
	if s, ok := value.(Text); ok && old.Kind == yaml.ScalarNode {
		switch {
		case old.Style&yaml.DoubleQuotedStyle != 0:
			text = quote(string(s))
		case old.Style&yaml.SingleQuotedStyle != 0 && quote(string(s)) == `"`+string(s)+`"` && !strings.Contains(string(s), "'"):
			text = "'" + string(s) + "'"
		}
	}
	return [][]splice{{{at, end, text}}}, nil
}

// fill are the ways to write a value where there is none, or to write one anew.
func (e *edit) fill(old *yaml.Node, value Value) ([][]splice, error) {
	at, err := e.inside(old)
	if err != nil {
		return nil, err
	}
	end, err := e.end(old, e.indentAround(len(e.crumbs)-1))
	if err != nil {
		return nil, err
	}
	space := ""
	if at == end && at > 0 && !e.blank(at-1) {
		space = " "
	}
	flow := []splice{{at, end, space + e.layout.braced(value)}}
	i := len(e.crumbs) - 2
	if i < 0 || e.inFlow() {
		return [][]splice{flow}, nil
	}
	if simple(value) {
		if _, composite := value.(Map); !composite {
			return [][]splice{{{at, end, space + inline(value, false)}}}, nil
		}
	}
	parent := e.crumbs[i]
	if parent.Kind != yaml.MappingNode {
		return [][]splice{flow}, nil
	}
	column := parent.Content[0].Column - 1
	lines := e.layout.entry(Field{Key: "k", Value: value}, column)
	if len(lines) == 1 {
		return [][]splice{{{at, end, space + strings.TrimPrefix(lines[0], "k: ")}}, flow}, nil
	}
	// The value goes below its key; a comment behind the key stays there.
	cut := at
	for cut > 0 && e.blank(cut-1) {
		cut--
	}
	if bytes.ContainsRune(e.text[at:end], '\n') { // what stood below
		return [][]splice{flow}, nil
	}
	line := e.lineEnd(end)
	if strings.TrimSpace(string(e.text[end:line])) == "" {
		line = end
	}
	return [][]splice{{{cut, end, ""}, {line, line, e.below(lines[1:], column)}}, flow}, nil
}

// below are lines that follow a line.
func (e *edit) below(lines []string, column int) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(e.eol + strings.Repeat(" ", column) + line)
	}
	return b.String()
}

// above are lines that stand before what begins in that column.
func (e *edit) above(lines []string, column int) string {
	return strings.TrimPrefix(e.below(lines, column), e.eol+strings.Repeat(" ", column)) + e.eol + strings.Repeat(" ", column)
}

// inFlow reports whether what the path leads to stands, or would stand, inside brackets.
func (e *edit) inFlow() bool {
	for i, n := range e.crumbs {
		if i < len(e.path) && n.Style&yaml.FlowStyle != 0 {
			return true
		}
	}
	return false
}

// indentAround is how far the collection is indented in which a crumb stands.
func (e *edit) indentAround(crumb int) int {
	if crumb == 0 {
		return -1
	}
	around := e.crumbs[crumb-1]
	if around.Style&yaml.FlowStyle != 0 || len(around.Content) == 0 {
		return 0
	}
	if around.Kind == yaml.MappingNode {
		return around.Content[0].Column - 1
	}
	if dashes, err := e.dashes(around); err == nil {
		return e.column(dashes[0].at)
	}
	return around.Column - 1
}

// add are the ways to add an entry to a mapping: behind the entry that it follows in the usual order, else before the first
// one that follows it, else anywhere.
func (e *edit) add(around *yaml.Node, field Field) ([][]splice, error) {
	if around.Style&yaml.FlowStyle != 0 {
		return e.addFlow(around, e.place(around, field.Key), 2, e.layout.pair(field))
	}
	if len(around.Content) == 0 {
		return nil, errors.New("it is empty")
	}
	column := around.Content[0].Column - 1
	lines := e.layout.entry(field, column)
	place := e.place(around, field.Key)
	var ways [][]splice
	for _, i := range nearest(place, len(around.Content)/2) {
		way, err := e.addAt(around, i, lines, column)
		if err != nil {
			return nil, err
		}
		ways = append(ways, way)
	}
	return ways, nil
}

func (e *edit) addAt(around *yaml.Node, i int, lines []string, column int) ([]splice, error) {
	if i == 0 {
		at, err := e.start(around.Content[0])
		return []splice{{at, at, e.above(lines, column)}}, err
	}
	end, err := e.end(around.Content[2*i-1], column)
	if err != nil {
		return nil, err
	}
	at := e.lineEnd(end)
	return []splice{{at, at, e.below(lines, column)}}, nil
}

// nearest are the places from 0 to last, the given one first and those near to it next.
func nearest(place, last int) []int {
	var places []int
	for i := range last + 1 {
		places = append(places, i)
	}
	distance := func(i int) int { return max(i-place, place-i) }
	slices.SortStableFunc(places, func(a, b int) int { return distance(a) - distance(b) })
	return places
}

// place is before which entry a new key stands.
func (e *edit) place(around *yaml.Node, key string) int {
	entries := len(around.Content) / 2
	rank := slices.Index(e.order, key)
	if rank < 0 {
		return entries
	}
	for i := entries - 1; i >= 0; i-- {
		if other := slices.Index(e.order, around.Content[2*i].Value); other >= 0 && other < rank {
			return i + 1
		}
	}
	for i := range entries {
		if slices.Index(e.order, around.Content[2*i].Value) > rank {
			return i
		}
	}
	return entries
}

// addFlow are the ways to add a text to what stands in brackets: before the entry of that number, of which each has so many
// nodes.
func (e *edit) addFlow(around *yaml.Node, place, nodes int, text string) ([][]splice, error) {
	if len(around.Content) == 0 {
		at, err := e.inside(around)
		return [][]splice{{{at + 1, at + 1, text}}}, err
	}
	if place == 0 {
		at, err := e.start(around.Content[0])
		return [][]splice{{{at, at, text + ", "}}}, err
	}
	before := around.Content[place*nodes-1]
	end, err := e.end(before, 0)
	if err != nil {
		return nil, err
	}
	first, err := e.start(around.Content[(place-1)*nodes])
	if err != nil {
		return nil, err
	}
	together := []splice{{end, end, ", " + text}}
	if !e.onlySpaceBefore(first) {
		return [][]splice{together}, nil
	}
	// Each has a line of its own, perhaps with a comment behind it.
	line := e.lineEnd(end)
	below := e.eol + string(e.text[e.lineStart(first):first]) + text
	if next := e.skip(end); next < len(e.text) && e.text[next] == ',' {
		return [][]splice{{{line, line, below + ","}}, together}, nil
	}
	return [][]splice{{{end, end, ","}, {line, line, below}}, together}, nil
}

// insert are the ways to put an item into the list at the path.
func (e *edit) insert(index int, value Value) ([][]splice, error) {
	if len(e.crumbs) <= len(e.path) {
		return e.set(List{value})
	}
	list := e.crumbs[len(e.crumbs)-1]
	if null(list) {
		return e.fill(list, List{value})
	}
	if list.Kind == yaml.AliasNode {
		return nil, fmt.Errorf("it is *%s, which it shares with the anchor: edit it by hand", list.Value)
	}
	if list.Kind != yaml.SequenceNode {
		return nil, errors.New("it is no list")
	}
	index = min(index, len(list.Content))
	if list.Style&yaml.FlowStyle != 0 {
		if len(list.Content) == 0 && e.bare(list) {
			return e.fill(list, List{value})
		}
		return e.addFlow(list, index, 1, e.layout.braced(value))
	}
	dashes, err := e.dashes(list)
	if err != nil {
		return nil, err
	}
	column, dash := e.column(dashes[0].at), "- "
	if d := dashes[len(dashes)-1]; d.content > d.at && e.lineStart(d.content) == e.lineStart(d.at) {
		dash = "-" + strings.Repeat(" ", d.content-d.at-1)
	}
	braces := slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 })
	lines := e.layout.item(value, dash, braces, column)
	var ways [][]splice
	if index > 0 {
		at := e.lineEnd(dashes[index-1].end)
		ways = append(ways, []splice{{at, at, e.below(lines, column)}})
	}
	if index < len(dashes) {
		at := dashes[index].at
		ways = append(ways, []splice{{at, at, e.above(lines, column)}})
	}
	return ways, nil
}

// bare reports whether brackets have not even a comment in them.
func (e *edit) bare(n *yaml.Node) bool {
	at, err := e.inside(n)
	if err != nil {
		return false
	}
	end, err := e.end(n, 0)
	return err == nil && !bytes.ContainsAny(e.text[at:end], "\r\n")
}

// comment are the ways to write comment lines below the entry at the path, or below that around it which has lines of its own.
func (e *edit) comment(lines []string) ([][]splice, error) {
	for i := len(e.path) - 1; i >= 0; i-- {
		if i+1 >= len(e.crumbs) || e.crumbs[i].Style&yaml.FlowStyle != 0 || e.crumbs[i].Kind != yaml.MappingNode {
			continue
		}
		if slices.ContainsFunc(e.crumbs[:i], func(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }) {
			continue
		}
		column := e.crumbs[i].Content[0].Column - 1
		end, err := e.end(e.crumbs[i+1], column)
		if err != nil {
			return nil, err
		}
		at := e.lineEnd(end)
		return [][]splice{{{at, at, e.below(commented(lines), column)}}}, nil
	}
	end, err := e.end(e.root, -1)
	if err != nil {
		return nil, err
	}
	at := e.lineEnd(end)
	return [][]splice{{{at, at, e.below(commented(lines), 0)}}}, nil
}

func commented(lines []string) []string {
	out := make([]string, 0, len(lines))
	for _, line := range lines {
		out = append(out, strings.TrimRight("# "+line, " "))
	}
	return out
}
