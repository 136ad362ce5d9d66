package edit

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/internal/cli/manifest"
)

// source finds the bytes of a document's nodes. The parser says where a node begins, in lines and characters; where it ends
// is worked out from its text. Offsets are in bytes, from the start of the file.
type source struct {
	text []byte // of the file, cut off at the document's end
	// lines are where the document's lines begin, as the parser counts them.
	lines []int
	// first is the number of the document's first line.
	first int
	root  *yaml.Node
}

func sourceOf(content []byte, d manifest.Document) source {
	s := source{text: content[:d.End], first: d.Line, root: d.Root}
	start := d.Start
	if bytes.HasPrefix(s.text[start:], []byte("\ufeff")) { // the parser does not count it
		start += len("\ufeff")
	}
	s.lines = []int{start}
	for i := start; i < len(s.text); {
		if n := s.lineBreak(i); n > 0 {
			i += n
			s.lines = append(s.lines, i)
			continue
		}
		i++
	}
	return s
}

// lineBreak is the length of the line break at a position; 0 if there is none.
func (s source) lineBreak(at int) int {
	rest := s.text[at:]
	switch {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		return 2
	case len(rest) > 0 && (rest[0] == '\n' || rest[0] == '\r'):
		return 1
	case bytes.HasPrefix(rest, []byte("\u0085")):
		return len("\u0085")
	case bytes.HasPrefix(rest, []byte("\u2028")), bytes.HasPrefix(rest, []byte("\u2029")):
		return len("\u2028")
	default:
		return 0
	}
}

// start is where a node begins: at its anchor or its tag, if it has one.
func (s source) start(n *yaml.Node) (int, error) {
	line := n.Line - s.first
	if line < 0 || line >= len(s.lines) {
		return 0, fmt.Errorf("line %d is not in the document", n.Line)
	}
	at := s.lines[line]
	for range n.Column - 1 {
		if at >= len(s.text) {
			return 0, fmt.Errorf("line %d has no column %d", n.Line, n.Column)
		}
		_, size := utf8.DecodeRune(s.text[at:])
		at += size
	}
	return at, nil
}

// inside is where a node's own text begins, behind anchor and tag.
func (s source) inside(n *yaml.Node) (int, error) {
	at, err := s.start(n)
	if err != nil {
		return 0, err
	}
	if n.Kind == yaml.AliasNode {
		return at, nil
	}
	for at < len(s.text) && (s.text[at] == '&' || s.text[at] == '!' && n.Style&yaml.TaggedStyle != 0) {
		behind := at
		for behind < len(s.text) && !s.blank(behind) && s.lineBreak(behind) == 0 {
			behind++
		}
		if empty(n) {
			return behind, nil
		}
		at = s.skip(behind)
	}
	return at, nil
}

// empty reports whether a node is a value that is not there, as in "key:".
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0
}

// end is where a node's text ends. indent is how far the collection around it is indented, in columns.
func (s source) end(n *yaml.Node, indent int) (int, error) {
	at, err := s.inside(n)
	if err != nil {
		return 0, err
	}
	switch {
	case n.Kind == yaml.AliasNode:
		return s.word(at), nil
	case n.Kind == yaml.ScalarNode:
		return s.scalarEnd(n, at, indent)
	case n.Style&yaml.FlowStyle != 0:
		return s.flowEnd(n, at)
	case len(n.Content) == 0:
		return at, nil
	case n.Kind == yaml.MappingNode:
		return s.end(n.Content[len(n.Content)-1], n.Content[0].Column-1)
	default:
		dashes, err := s.dashes(n)
		if err != nil {
			return 0, err
		}
		return dashes[len(dashes)-1].end, nil
	}
}

// word is the end of an alias's name.
func (s source) word(at int) int {
	for at < len(s.text) && !s.blank(at) && s.lineBreak(at) == 0 && !bytes.ContainsRune([]byte(",]}"), rune(s.text[at])) {
		at++
	}
	return at
}

func (s source) scalarEnd(n *yaml.Node, at, indent int) (int, error) {
	switch {
	case empty(n):
		return at, nil
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return s.quoteEnd(at, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return s.quoteEnd(at, '\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return s.blockEnd(at, indent), nil
	}
	// A plain text has no escapes: what is not space stands there as it is read.
	for _, r := range n.Value {
		if r == ' ' || r == '\t' || r == '\n' || r == '\u0085' || r == '\u2028' || r == '\u2029' {
			continue
		}
		for at < len(s.text) && (s.blank(at) || s.lineBreak(at) > 0) {
			at += max(1, s.lineBreak(at))
		}
		found, size := utf8.DecodeRune(s.text[at:])
		if found != r {
			return 0, fmt.Errorf("line %d is not as it was read", n.Line)
		}
		at += size
	}
	return at, nil
}

func (s source) quoteEnd(at int, quote byte) (int, error) {
	for i := at + 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote == '"':
			i++
		case s.text[i] == quote && quote == '\'' && i+1 < len(s.text) && s.text[i+1] == quote:
			i++
		case s.text[i] == quote:
			return i + 1, nil
		}
	}
	return 0, fmt.Errorf("a quote is not closed")
}

// blockEnd is the end of the last line of a literal or folded text. Its lines are indented as far as the first that is not
// empty, or as its header says. Empty lines behind it are part of it where its header keeps them.
func (s source) blockEnd(at, indent int) int {
	header := s.lineEnd(at)
	keep, own := false, -1
	for _, c := range s.text[at:min(at+3, header)] {
		if keep = keep || c == '+'; c >= '1' && c <= '9' {
			own = max(indent, 0) + int(c-'0')
		}
	}
	end := header
	for next := header; next < len(s.text); {
		begin := next + s.lineBreak(next)
		if begin >= len(s.text) {
			break
		}
		next = s.lineEnd(begin)
		spaces := begin
		for spaces < next && s.text[spaces] == ' ' {
			spaces++
		}
		wide := spaces - begin
		if own < 0 && spaces < next {
			own = max(wide, indent+1)
		}
		switch {
		case spaces < next && wide < own:
			return end
		case spaces < next, keep, own >= 0 && wide > own:
			end = next
		}
	}
	return end
}

// flowEnd is the position behind the closing bracket.
func (s source) flowEnd(n *yaml.Node, at int) (int, error) {
	bracketed := at < len(s.text) && (s.text[at] == '{' || s.text[at] == '[')
	if bracketed {
		at++
	}
	for _, child := range n.Content {
		end, err := s.end(child, 0)
		if err != nil {
			return 0, err
		}
		at = end
	}
	if !bracketed { // the pair in [key: value]
		return at, nil
	}
	for at = s.skip(at); at < len(s.text) && (s.text[at] == ',' || s.text[at] == ':'); at = s.skip(at + 1) {
		continue
	}
	if at >= len(s.text) || s.text[at] != '}' && s.text[at] != ']' {
		return 0, fmt.Errorf("line %d: the end of the brackets is not found", n.Line)
	}
	return at + 1, nil
}

// dash is an item of a list in block style.
type dash struct {
	// at is where its dash stands, content where its value begins, end where that ends.
	at, content, end int
}

func (s source) dashes(list *yaml.Node) ([]dash, error) {
	at, err := s.inside(list)
	if err != nil {
		return nil, err
	}
	var found []dash
	for _, item := range list.Content {
		at = s.skip(at)
		if at >= len(s.text) || s.text[at] != '-' {
			return nil, fmt.Errorf("line %d: the dash of an item is not found", item.Line)
		}
		d := dash{at: at}
		if d.content, err = s.start(item); err != nil {
			return nil, err
		}
		if d.end, err = s.end(item, s.column(at)); err != nil {
			return nil, err
		}
		d.end = max(d.end, at+1)
		found = append(found, d)
		at = d.end
	}
	return found, nil
}

// skip goes on to the next text that is neither space nor comment.
func (s source) skip(at int) int {
	for at < len(s.text) {
		switch {
		case s.lineBreak(at) > 0:
			at += s.lineBreak(at)
		case s.blank(at):
			at++
		case s.text[at] == '#' && (at == s.lineStart(at) || s.blank(at-1)):
			at = s.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

func (s source) blank(at int) bool { return s.text[at] == ' ' || s.text[at] == '\t' }

// lineEnd is where the line of a position ends, before its break.
func (s source) lineEnd(at int) int {
	for at < len(s.text) && s.lineBreak(at) == 0 {
		at++
	}
	return at
}

// lineStart is where the line of a position begins.
func (s source) lineStart(at int) int {
	start := s.lines[0]
	for _, line := range s.lines {
		if line > at {
			break
		}
		start = line
	}
	return start
}

// column is how many characters stand before a position in its line.
func (s source) column(at int) int { return utf8.RuneCount(s.text[s.lineStart(at):at]) }

// onlySpaceBefore reports whether nothing stands before a position in its line.
func (s source) onlySpaceBefore(at int) bool {
	return len(bytes.Trim(s.text[s.lineStart(at):at], " \t")) == 0
}
