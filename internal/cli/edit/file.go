// Package edit changes YAML files and leaves every byte alone that a change is not about: comments, order, quoting, anchors, line
// endings. A change is a few insertions and deletions in the text, worked out from where the parser found things. Its outcome
// is read again and compared as data; a change that would do anything else than what was asked for is refused.
package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/internal/cli/manifest"
)

// File is a file under edit. Nothing is written before Write.
type File struct {
	// Path of the file.
	Path string
	// Original is its content as it was read, Content what it becomes.
	Original, Content []byte

	documents []manifest.Document
}

// Open begins to edit a file that was read.
func Open(f manifest.File) *File {
	return &File{Path: f.Path, Original: f.Content, Content: f.Content, documents: f.Documents}
}

// Documents are the documents of the content as it is now. Edits do not change how many there are.
func (f *File) Documents() []manifest.Document { return f.documents }

// Changed reports whether there is anything to write.
func (f *File) Changed() bool { return !bytes.Equal(f.Original, f.Content) }

// Path leads to a value: keys, and indexes of lists.
type Path []any

// At is a path of keys (string) and indexes (int).
func At(steps ...any) Path { return steps }

// String is the path as the API writes one: spec.checkIns[2].date.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, step)
		}
	}
	return b.String()
}

// Error says why an edit was refused. The file is as it was before.
type Error struct {
	File string
	// Line in the file.
	Line int
	Path Path
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s: %v", e.File, e.Line, e.Path, e.Err) }

// Unwrap is why.
func (e *Error) Unwrap() error { return e.Err }

// edit is one change of a document.
type edit struct {
	source
	file     *File
	document int
	path     Path
	// crumbs are the nodes that the path leads over, from the top, as far as they are there.
	crumbs []*yaml.Node
	layout layout
	eol    string
	// order of keys, for new ones.
	order []string
}

// splice replaces the text from at to end.
type splice struct {
	at, end int
	text    string
}

// Set writes a value at a path of a document, and what is missing on the way. A key that is new stands where order, the keys
// in their usual order, puts it among those that are there; without order at the end.
func (f *File) Set(document int, path Path, value Value, order ...string) error {
	e, err := f.begin(document, path)
	if err != nil {
		return err
	}
	e.order = order
	ways, err := e.set(value)
	return e.finish(ways, err, func(data any) (any, error) { return put(data, path, value.data()) })
}

// Insert puts an item into a list, before the one that has the index; beyond the last one: at the end. A list that is not
// there is made, its key placed by order.
func (f *File) Insert(document int, path Path, index int, value Value, order ...string) error {
	e, err := f.begin(document, path)
	if err != nil {
		return err
	}
	e.order = order
	ways, err := e.insert(index, value)
	return e.finish(ways, err, func(data any) (any, error) {
		list, _ := get(data, path).([]any)
		return put(data, path, slices.Insert(slices.Clone(list), min(index, len(list)), value.data()))
	})
}

// Remove takes an entry, or an item, away, with the comments on the lines directly above it. It is the caller's to remove
// what would be left empty.
func (f *File) Remove(document int, path Path) error {
	e, err := f.begin(document, path)
	if err != nil {
		return err
	}
	ways, err := e.remove()
	return e.finish(ways, err, func(data any) (any, error) { return drop(data, path) })
}

// Replace writes another entry in place of one, so that the comments around it stay.
func (f *File) Replace(document int, path Path, with Field) error {
	e, err := f.begin(document, path)
	if err != nil {
		return err
	}
	ways, err := e.replaceEntry(with)
	return e.finish(ways, err, func(data any) (any, error) {
		data, err := drop(data, path)
		if err != nil {
			return nil, err
		}
		return put(data, append(slices.Clone(path[:len(path)-1]), with.Key), with.Value.data())
	})
}

// Comment writes comment lines below the entry of a mapping; the lines have no "#" in front.
func (f *File) Comment(document int, below Path, lines []string) error {
	e, err := f.begin(document, below)
	if err != nil {
		return err
	}
	ways, err := e.comment(lines)
	return e.finish(ways, err, func(data any) (any, error) { return data, nil })
}

// begin follows the path.
func (f *File) begin(document int, path Path) (*edit, error) {
	d := f.documents[document]
	e := &edit{source: sourceOf(f.Content, d), file: f, document: document, path: path, eol: "\n"}
	if d.Root == nil {
		return nil, e.refuse(fmt.Errorf("the document does not parse: %w", d.Err))
	}
	if i := bytes.IndexByte(f.Content, '\n'); i > 0 && f.Content[i-1] == '\r' {
		e.eol = "\r\n"
	}
	e.layout = layoutOf(d.Root)
	shared := aliased(d.Root)
	node := d.Root
	for i := 0; ; i++ {
		e.crumbs = append(e.crumbs, node)
		if node.Anchor != "" && shared[node] > 0 {
			return nil, e.refuse(fmt.Errorf("it stands inside the anchor &%s, which line %d shares: edit it by hand", node.Anchor, shared[node]))
		}
		if i == len(path) {
			return e, nil
		}
		if node.Kind == yaml.AliasNode {
			return nil, e.refuse(fmt.Errorf("it stands inside *%s, which it shares with the anchor: edit it by hand", node.Value))
		}
		if node = child(node, path[i]); node == nil {
			return e, nil
		}
	}
}

// child is the value of a key, or an item; nil if there is none.
func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		if i := entryOf(n, step); i >= 0 {
			return n.Content[i+1]
		}
	}
	return nil
}

// entryOf is where a key stands in a mapping's content; -1 if it does not.
func entryOf(n *yaml.Node, key string) int {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
				return i
			}
		}
	}
	return -1
}

// aliased are the nodes with an anchor, and the line of an alias for each.
func aliased(root *yaml.Node) map[*yaml.Node]int {
	found := map[*yaml.Node]int{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.AliasNode {
			found[n.Alias] = n.Line
			return
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(root)
	return found
}

func (e *edit) refuse(why error) error {
	line := e.first
	if len(e.crumbs) > 0 {
		line = e.crumbs[len(e.crumbs)-1].Line
	}
	return &Error{File: e.file.Path, Line: line, Path: e.path, Err: why}
}

// finish takes the first of the ways that does what was intended, and nothing else.
func (e *edit) finish(ways [][]splice, err error, intend func(data any) (any, error)) error {
	if err != nil {
		return e.refuse(err)
	}
	var first error
	for _, way := range ways {
		content, documents, err := e.try(e.ending(way), intend)
		if err == nil {
			e.file.Content, e.file.documents = content, documents
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return e.refuse(first)
}

// ending gives the lines of splices the line ending of the place where they go: files of several hands have more than one.
func (e *edit) ending(way []splice) []splice {
	way = slices.Clone(way)
	for i, s := range way {
		if !strings.Contains(s.text, e.eol) {
			continue
		}
		at := e.lineEnd(s.at)
		if at == len(e.text) { // the last line has none
			at = max(e.lineStart(s.at)-1, 0)
			if at > 0 && e.text[at] == '\n' && e.text[at-1] == '\r' {
				at--
			}
		}
		if n := e.lineBreak(at); n > 0 {
			way[i].text = strings.ReplaceAll(s.text, e.eol, string(e.text[at:at+n]))
		}
	}
	return way
}

// try makes splices, and compares what they lead to with what was intended.
func (e *edit) try(way []splice, intend func(data any) (any, error)) ([]byte, []manifest.Document, error) {
	before := e.file.Content
	content := spliced(before, way)
	after := manifest.Parse(e.file.Path, content)
	if len(after.Documents) != len(e.file.documents) {
		return nil, nil, errors.New("it would make another document of the file: edit it by hand")
	}
	for i, d := range after.Documents {
		old := e.file.documents[i]
		if i != e.document {
			if !bytes.Equal(content[d.Start:d.End], before[old.Start:old.End]) {
				return nil, nil, errors.New("it would change another document of the file: edit it by hand")
			}
			continue
		}
		wanted, err := data(old)
		if err != nil {
			return nil, nil, err
		}
		if wanted, err = intend(wanted); err != nil {
			return nil, nil, err
		}
		if d.Err != nil {
			return nil, nil, fmt.Errorf("the way it is written does not take this change: edit it by hand (%w)", d.Err)
		}
		got, err := data(d)
		if err != nil {
			return nil, nil, err
		}
		if !reflect.DeepEqual(got, wanted) {
			return nil, nil, errors.New("the way it is written, the change would change more than this: edit it by hand")
		}
	}
	return content, after.Documents, nil
}

// spliced makes splices, of which none overlap, in a text.
func spliced(text []byte, splices []splice) []byte {
	splices = slices.Clone(splices)
	slices.SortStableFunc(splices, func(a, b splice) int { return a.at - b.at })
	var out []byte
	at := 0
	for _, s := range splices {
		out = append(append(out, text[at:s.at]...), s.text...)
		at = s.end
	}
	return append(out, text[at:]...)
}

// data is a document as the API server would be sent it, with numbers as they are written.
func data(d manifest.Document) (any, error) {
	text, err := d.JSON()
	if err != nil {
		return nil, fmt.Errorf("read it as YAML: %w", err)
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}
