package edit

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	k8syaml "sigs.k8s.io/yaml"
)

// Value is what an edit writes.
type Value interface {
	// data is the value as JSON has it.
	data() any
}

// The values.
type (
	// Text is a string. It is quoted where YAML would make something else of it.
	Text string
	// Quoted is a string that is quoted in any case, such as a date, of which tools make something else.
	Quoted string
	// Plain is a string that is written as it is, such as a date where dates have no quotes.
	Plain string
	// Integer is a whole number in decimal digits.
	Integer string
	// Map is a mapping, in this order.
	Map []Field
	// List is a list.
	List []Value
)

// Field is an entry of a Map.
type Field struct {
	Key   string
	Value Value
}

func (t Text) data() any    { return string(t) }
func (q Quoted) data() any  { return string(q) }
func (p Plain) data() any   { return string(p) }
func (i Integer) data() any { return json.Number(i) }
func (m Map) data() any {
	data := map[string]any{}
	for _, field := range m {
		data[field.Key] = field.Value.data()
	}
	return data
}
func (l List) data() any {
	data := make([]any, 0, len(l))
	for _, item := range l {
		data = append(data, item.data())
	}
	return data
}

// Decimal is a decimal number as the API wants it: an integer, or else a quoted string.
func Decimal(text string) Value {
	if whole.MatchString(text) {
		return Integer(text)
	}
	return Quoted(text)
}

var whole = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,14})$`)

// layout is how a document is written.
type layout struct {
	// step is how far a mapping is indented in its key, dash how far the dashes of a list are.
	step, dash int
	// flow says that short mappings are written in braces, json that all of it is JSON.
	flow, json bool
}

// width is how long a line of a mapping in braces may become.
const width = 100

// braced is a value inside brackets.
func (l layout) braced(v Value) string {
	if l.json {
		return asJSON(v)
	}
	return inline(v, true)
}

// pair is an entry inside braces.
func (l layout) pair(field Field) string {
	if l.json {
		return quote(field.Key) + ": " + asJSON(field.Value)
	}
	return scalar(field.Key, true) + ": " + inline(field.Value, true)
}

// inline is a value on one line.
func inline(v Value, inFlow bool) string {
	switch v := v.(type) {
	case Text:
		return scalar(string(v), inFlow)
	case Quoted:
		return quote(string(v))
	case Plain:
		return string(v)
	case Integer:
		return string(v)
	case Map:
		parts := make([]string, 0, len(v))
		for _, field := range v {
			parts = append(parts, scalar(field.Key, true)+": "+inline(field.Value, true))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, 0, len(v))
		for _, item := range v {
			parts = append(parts, inline(item, true))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		return ""
	}
}

// asJSON is a value as JSON has it, with a space behind colons and commas.
func asJSON(v Value) string {
	switch v := v.(type) {
	case Map:
		parts := make([]string, 0, len(v))
		for _, field := range v {
			parts = append(parts, quote(field.Key)+": "+asJSON(field.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, 0, len(v))
		for _, item := range v {
			parts = append(parts, asJSON(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Integer:
		return string(v)
	default:
		return quote(fmt.Sprint(v.data()))
	}
}

// simple reports whether a value has no collection in it.
func simple(v Value) bool {
	switch v := v.(type) {
	case Map:
		for _, field := range v {
			switch field.Value.(type) {
			case Map, List:
				return false
			}
		}
		return true
	case List:
		return false
	default:
		return true
	}
}

// entry are the lines of an entry of a mapping in block style. column is where they will stand.
func (l layout) entry(field Field, column int) []string {
	key := scalar(field.Key, false) + ":"
	switch v := field.Value.(type) {
	case Map:
		if text := key + " " + inline(v, true); len(v) == 0 || l.flow && simple(v) && column+len(text) <= width {
			return []string{text}
		}
		return append([]string{key}, indented(l.mapping(v, column+l.step), l.step)...)
	case List:
		if len(v) == 0 {
			return []string{key + " []"}
		}
		return append([]string{key}, indented(l.items(v, column+l.dash), l.dash)...)
	default:
		return []string{key + " " + inline(v, false)}
	}
}

func (l layout) mapping(m Map, column int) []string {
	var lines []string
	for _, field := range m {
		lines = append(lines, l.entry(field, column)...)
	}
	return lines
}

func (l layout) items(list List, column int) []string {
	var lines []string
	for _, item := range list {
		lines = append(lines, l.item(item, "- ", l.flow, column)...)
	}
	return lines
}

// item are the lines of an item of a list in block style, behind its dash.
func (l layout) item(v Value, dash string, flow bool, column int) []string {
	var lines []string
	switch v := v.(type) {
	case Map:
		if text := inline(v, true); len(v) == 0 || flow && column+len(dash)+len(text) <= width {
			return []string{dash + text}
		}
		lines = l.mapping(v, column+len(dash))
	case List:
		return []string{dash + inline(v, true)}
	default:
		return []string{dash + inline(v, false)}
	}
	lines[0] = dash + lines[0]
	return append(lines[:1], indented(lines[1:], len(dash))...)
}

func indented(lines []string, by int) []string {
	moved := make([]string, 0, len(lines))
	for _, line := range lines {
		moved = append(moved, strings.Repeat(" ", by)+line)
	}
	return moved
}

// words are what YAML 1.1 reads as something other than text.
var words = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|nan|inf)$`)

// scalar is a string, quoted unless every YAML reads it as that string: it begins with a letter and holds nothing that means
// something where it stands.
func scalar(text string, inFlow bool) string {
	first := true
	for _, r := range text {
		special := strings.ContainsRune("\"'`#&*!|>%@\\[]{}", r) && (first || inFlow && strings.ContainsRune("[]{}", r))
		if first && !unicode.IsLetter(r) || special || !unicode.IsPrint(r) || inFlow && r == ',' {
			return quote(text)
		}
		first = false
	}
	if first || words.MatchString(text) || strings.Contains(text, ": ") || strings.Contains(text, " #") ||
		strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ") || inFlow && strings.Contains(text, ":") {
		return quote(text)
	}
	var read struct{ Value any }
	if err := k8syaml.Unmarshal([]byte("value: "+text), &read); err != nil || read.Value != any(text) {
		return quote(text)
	}
	return text
}

// quote is a string in double quotes. Go's escapes are YAML's too, as long as the text is UTF-8.
func quote(text string) string { return strconv.Quote(strings.ToValidUTF8(text, "\ufffd")) }
