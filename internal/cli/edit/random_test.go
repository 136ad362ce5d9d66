package edit_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
)

// author writes YAML as people do: each in their own style, and some in all styles at once.
type author struct {
	*rand.Rand
	text    strings.Builder
	step    int
	dash    int
	anchors int
	keys    int
}

func (a *author) chance(percent int) bool { return a.IntN(100) < percent }

func (a *author) pick(of ...string) string { return of[a.IntN(len(of))] }

// newline ends a line, perhaps with a comment, and goes on with comments and empty lines.
func (a *author) newline(indent int) {
	if a.chance(15) {
		a.text.WriteString(a.pick(" # note", "  # {not: yaml", " # - item", " #"))
	}
	a.text.WriteString("\n")
	for a.chance(12) {
		a.text.WriteString(a.pick("\n", strings.Repeat(" ", indent)+"# above: it\n", "# far left [\n", strings.Repeat(" ", indent+2)+"# further in\n"))
	}
}

func (a *author) mark() {
	if a.chance(5) {
		a.anchors++
		fmt.Fprintf(&a.text, "&a%d ", a.anchors)
	}
}

func (a *author) flow(depth int) {
	wide := a.chance(20)
	gap := func() {
		if wide {
			a.text.WriteString(a.pick("\n", " # c, d]\n", "\n"))
			a.text.WriteString(strings.Repeat(" ", 30+a.IntN(2)))
		}
	}
	list := a.chance(50)
	a.text.WriteString(map[bool]string{true: "[", false: "{"}[list])
	count := a.IntN(4)
	for i := range count {
		gap()
		if !list {
			a.keys++
			fmt.Fprintf(&a.text, a.pick("k%d: ", "k%d:  ", `"k%d": `, `'k%d': `), a.keys)
		}
		if depth > 0 && a.chance(30) {
			a.flow(depth - 1)
		} else {
			a.text.WriteString(a.pick("x", "12", `"q, {"`, `'it''s ]'`, `"\"#"`, "two words", "2026-10-01", "~", "ü 🎉", "a#b", "http://x/y"))
		}
		if i < count-1 || a.chance(20) {
			a.text.WriteString(a.pick(",", ", ", " , "))
		}
	}
	gap()
	a.text.WriteString(map[bool]string{true: "]", false: "}"}[list])
}

func (a *author) scalar(indent int) {
	in := "\n" + strings.Repeat(" ", indent+1+a.IntN(3))
	switch a.IntN(9) {
	case 0:
		a.text.WriteString(a.pick("x", "two words", "12", "1.5", "true", "2026-10-01", "a #b"[:1], "it's {here}", "grün 🎉"))
	case 1:
		a.text.WriteString(a.pick(`"q: #"`, `"a\"b\\"`, `"ü"`, `""`, "\"two"+in+"lines\""))
	case 2:
		a.text.WriteString(a.pick(`'it''s'`, `'# no'`, "'two"+in+in+"lines'"))
	case 3:
		a.text.WriteString("a plain text" + in + "goes on" + a.pick("", "\n"+in+"and on"))
	case 4:
		a.text.WriteString(a.pick("|", "|-", "|+", ">", ">-", ">+") + in + "text: # no comment" + in + "  deeper" + a.pick("", "\n"+in+"after", "\n", "\n\n"))
	case 5:
		a.text.WriteString(a.pick("null", "~", ""))
	default:
		a.text.WriteString(a.pick("x", "word", "20", `"7.6"`))
	}
}

func (a *author) value(indent, depth int) {
	switch kind := a.IntN(10); {
	case depth == 0 || kind < 4:
		a.text.WriteString(" ")
		a.mark()
		a.scalar(indent)
		a.newline(indent)
	case kind < 6:
		a.text.WriteString(" ")
		a.mark()
		a.flow(2)
		a.newline(indent)
	case kind < 8:
		if a.chance(10) {
			a.text.WriteString(" ")
			a.mark()
		}
		a.newline(indent)
		a.mapping(indent+a.step, depth-1)
	default:
		a.newline(indent)
		a.list(indent+a.dash, depth-1)
	}
}

func (a *author) mapping(indent, depth int) {
	for range 1 + a.IntN(4) {
		a.text.WriteString(strings.Repeat(" ", indent))
		a.entry(indent, depth)
	}
}

func (a *author) entry(indent, depth int) {
	a.keys++
	fmt.Fprintf(&a.text, a.pick("k%d:", "k%d:", `"k%d":`, "k%d :"), a.keys)
	a.value(indent, depth)
}

func (a *author) list(indent, depth int) {
	dash := a.pick("- ", "- ", "-   ")
	for range 1 + a.IntN(3) {
		a.text.WriteString(strings.Repeat(" ", indent) + dash)
		switch {
		case depth > 0 && a.chance(50):
			a.entry(indent+len(dash), depth)
			for range a.IntN(3) {
				a.text.WriteString(strings.Repeat(" ", indent+len(dash)))
				a.entry(indent+len(dash), depth)
			}
		case a.chance(40):
			a.flow(1)
			a.newline(indent)
		default:
			a.scalar(indent)
			a.newline(indent)
		}
	}
}

func write(r *rand.Rand) string {
	a := &author{Rand: r, step: 2 * (1 + r.IntN(2))}
	a.dash = a.IntN(2) * a.step
	for i := range 1 + a.IntN(3) {
		if i > 0 || a.chance(20) {
			a.text.WriteString(a.pick("---\n", "--- # next\n"))
		}
		a.mapping(0, 4)
		if a.anchors > 0 && a.chance(30) {
			a.keys++
			fmt.Fprintf(&a.text, "k%d: *a%d\n", a.keys, a.anchors)
		}
		a.anchors = 0
	}
	text := a.text.String()
	if a.chance(20) {
		text = strings.TrimRight(text, "\n")
	}
	if a.chance(20) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// paths are those of all values below one.
func paths(n *yaml.Node, path edit.Path) []edit.Path {
	var found []edit.Path
	for i, child := range n.Content {
		switch {
		case n.Kind == yaml.SequenceNode:
			found = append(found, append(slices.Clone(path), i))
		case i%2 == 1:
			found = append(found, append(slices.Clone(path), n.Content[i-1].Value))
		default:
			continue
		}
		found = append(found, paths(child, found[len(found)-1])...)
	}
	return found
}

func nodeAt(n *yaml.Node, path edit.Path) *yaml.Node {
	for _, step := range path {
		switch step := step.(type) {
		case int:
			n = n.Content[step]
		case string:
			n = n.Content[1+2*slices.IndexFunc(slices.Collect(func(yield func(string) bool) {
				for i := 0; i < len(n.Content) && yield(n.Content[i].Value); i += 2 {
					continue
				}
			}), func(key string) bool { return key == step })]
		}
	}
	return n
}

func decoded(t *testing.T, content []byte) []any {
	t.Helper()
	var all []any
	for _, d := range manifest.Parse("", content).Documents {
		var value any
		if err := d.Root.Decode(&value); err != nil {
			t.Fatalf("%v:\n%s", err, content)
		}
		all = append(all, value)
	}
	return all
}

// without is a document's data without what is at a path.
func without(data any, path edit.Path) any {
	switch d := data.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range d {
			switch {
			case len(path) == 0 || key != path[0]:
				out[key] = value
			case len(path) > 1:
				out[key] = without(value, path[1:])
			}
		}
		return out
	case []any:
		var out []any
		for i, value := range d {
			switch {
			case len(path) == 0 || i != path[0]:
				out = append(out, value)
			case len(path) > 1:
				out = append(out, without(value, path[1:]))
			}
		}
		return out
	default:
		return data
	}
}

// within reports whether what is left of a text, in its order, is all there in another one.
func within(part, whole []byte) bool {
	for _, b := range whole {
		if len(part) > 0 && part[0] == b {
			part = part[1:]
		}
	}
	return len(part) == 0
}

// TestRandomEdits writes files in all styles and edits them anywhere. What is refused leaves the file alone; what is done
// changes that value and nothing else, takes no byte away that it is not about, and little is refused.
func TestRandomEdits(t *testing.T) {
	item := edit.Map{{"name", edit.Text("new")}, {"note", edit.Text("a: b # c, on")}, {"list", edit.List{edit.Text("x"), edit.Map{{"date", edit.Quoted("2026-10-01")}}}}}
	var done, refused int
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := write(r)
		file := manifest.Parse("random.yaml", []byte(text))
		if slices.ContainsFunc(file.Documents, func(d manifest.Document) bool { return d.Err != nil }) || len(file.Documents) == 0 {
			continue // no YAML by chance
		}
		f := edit.Open(file)
		document := r.IntN(len(file.Documents))
		all := paths(file.Documents[document].Root, nil)
		path := all[r.IntN(len(all))]
		before := decoded(t, f.Original)
		var err error
		var changed edit.Path
		operation := r.IntN(4)
		old := nodeAt(file.Documents[document].Root, path)
		if operation == 0 && old.Kind != yaml.ScalarNode {
			continue
		}
		switch operation {
		case 0:
			err, changed = f.Set(document, path, edit.Text("a: b")), path
		case 1:
			changed = append(slices.Clone(path[:len(path)-1]), "added")
			if _, index := path[len(path)-1].(int); index {
				changed = edit.At("added")
			}
			err = f.Set(document, changed, item)
		case 2:
			err, changed = f.Insert(document, path, r.IntN(4), item), path
		case 3:
			err, changed = f.Remove(document, path), path
		}
		if err != nil {
			if f.Changed() {
				t.Fatalf("seed %d: refused and changed", seed)
			}
			if text := err.Error(); !strings.Contains(text, "no list") && !strings.Contains(text, "nothing would be left") && !strings.Contains(text, "anchor") {
				refused++
				t.Logf("seed %d, operation %d: %v", seed, operation, err)
			}
			continue
		}
		done++
		after := decoded(t, f.Content)
		removed := operation == 3
		for i := range before {
			a, b := before[i], after[i]
			if i == document {
				b = without(b, changed)
				if removed { // of a list, what follows has moved up
					b = after[i]
				}
				a = without(a, changed)
			}
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("seed %d, operation %d at %s: document %d is another one:\n%s\n---- became ----\n%s", seed, operation, changed, i, f.Original, f.Content)
			}
		}
		kept := within(f.Original, f.Content)
		switch operation {
		case 0:
			kept = bytes.Count(f.Original, []byte("#"))-strings.Count(old.Value, "#") == bytes.Count(f.Content, []byte("#"))
		case 2:
			kept = kept || strings.Contains(string(f.Original), "[]") || strings.Contains(string(f.Original), "null") || strings.Contains(string(f.Original), "~")
		case 3:
			kept = within(f.Content, f.Original)
		}
		if !kept {
			t.Fatalf("seed %d, operation %d at %s: bytes are gone:\n%s\n---- became ----\n%s", seed, operation, changed, f.Original, f.Content)
		}
	}
	t.Logf("%d edits, %d refused", done, refused)
	if done < 2000 || refused > done/50 {
		t.Errorf("%d edits were done and %d refused: people would have to do too much by hand", done, refused)
	}
}
