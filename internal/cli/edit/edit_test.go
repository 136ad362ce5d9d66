package edit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
)

func open(content string) *edit.File { return edit.Open(manifest.Parse("goals.yaml", []byte(content))) }

var order = []string{"title", "period", "checkInEvery", "checkIns", "review"}

func entry(date string) edit.Map {
	return edit.Map{{"date", edit.Quoted(date)}, {"confidence", edit.Integer("7")}}
}

func long(date string) edit.Map {
	return append(entry(date), edit.Field{Key: "note", Value: edit.Text("Yes: it works #1, and [it] stays that way, for all that we know about it today.")},
		edit.Field{Key: "keyResults", Value: edit.List{edit.Map{{"name", edit.Text("score")}, {"value", edit.Decimal("7.6")}}}})
}

func TestEdits(t *testing.T) {
	set := func(value edit.Value, steps ...any) func(*edit.File) error {
		return func(f *edit.File) error { return f.Set(0, steps, value, order...) }
	}
	insert := func(index int, value edit.Value, steps ...any) func(*edit.File) error {
		return func(f *edit.File) error { return f.Insert(0, steps, index, value, order...) }
	}
	remove := func(steps ...any) func(*edit.File) error {
		return func(f *edit.File) error { return f.Remove(0, steps) }
	}
	checkIns := []any{"spec", "checkIns"}
	for _, c := range []struct {
		reason, before string
		do             func(*edit.File) error
		want           string
	}{
		{"a scalar keeps its quotes and its comment", "spec: # s\n  period: \"2026-Q4\"   # p\n", set(edit.Text("2027-Q1"), "spec", "period"),
			"spec: # s\n  period: \"2027-Q1\"   # p\n"},
		{"single quotes too", "spec: {period: '2026-Q4', title: x}\n", set(edit.Text("2027-Q1"), "spec", "period"), "spec: {period: '2027-Q1', title: x}\n"},
		{"what YAML would make something else of is quoted", "spec: {title: x}\n", set(edit.Text("on"), "spec", "title"), "spec: {title: \"on\"}\n"},
		{"a text over several lines", "spec:\n  title: a long\n    title\n  period: y\n", set(edit.Text("short"), "spec", "title"), "spec:\n  title: short\n  period: y\n"},
		{"a folded text", "spec:\n  title: >-\n    a long\n\n    title\n  # about y\n  period: y\n", set(edit.Text("short"), "spec", "title"),
			"spec:\n  title: short\n  # about y\n  period: y\n"},
		{"a key without a value", "spec:\n  title: # none yet\n  period: y\n", set(edit.Text("x"), "spec", "title"), "spec:\n  title: x # none yet\n  period: y\n"},
		{"an anchor that nobody shares stays", "spec:\n  title: &t x\n", set(edit.Text("z"), "spec", "title"), "spec:\n  title: &t z\n"},
		{"a tag stays", "spec:\n  title: !!str 12\n", set(edit.Text("z"), "spec", "title"), "spec:\n  title: !!str z\n"},
		{"an alias is replaced, its anchor stays", "a: &p q\nspec:\n  period: *p # same\n", set(edit.Text("z"), "spec", "period"),
			"a: &p q\nspec:\n  period: z # same\n"},

		{"an item goes behind the last one, as that is written", "spec:\n  checkIns: # said\n    - {date: \"2026-10-01\", confidence: 5} # first\n  # end\n",
			insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns: # said\n    - {date: \"2026-10-01\", confidence: 5} # first\n    - {date: \"2026-10-02\", confidence: 7}\n  # end\n"},
		{"a long one is written in lines", "spec:\n  checkIns:\n    - {date: \"2026-10-01\", confidence: 5}\n", insert(9, long("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n    - {date: \"2026-10-01\", confidence: 5}\n    - date: \"2026-10-02\"\n      confidence: 7\n" +
				"      note: \"Yes: it works #1, and [it] stays that way, for all that we know about it today.\"\n      keyResults:\n        - {name: score, value: \"7.6\"}\n"},
		{"a list that is not indented, with wide dashes", "spec:\n  checkIns:\n  -   date: x\n      note: |\n        a\n\n        b\n  title: t\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n  -   date: x\n      note: |\n        a\n\n        b\n  -   date: \"2026-10-02\"\n      confidence: 7\n  title: t\n"},
		{"in the middle", "spec:\n  checkIns:\n    - {date: a}\n    # b\n    - {date: b}\n", insert(1, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n    - {date: a}\n    - {date: \"2026-10-02\", confidence: 7}\n    # b\n    - {date: b}\n"},
		{"in front", "spec:\n  checkIns:\n    # a\n    - date: a\n", insert(0, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n    # a\n    - date: \"2026-10-02\"\n      confidence: 7\n    - date: a\n"},
		{"without a line break at the end", "spec:\n  checkIns:\n    - {date: a}", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n    - {date: a}\n    - {date: \"2026-10-02\", confidence: 7}"},
		{"a literal text at the end that ends without a line break", "spec:\n  title: |\n    a", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n    - date: \"2026-10-02\"\n      confidence: 7\n  title: |\n    a"},
		{"line breaks of Windows", "spec:\r\n  checkIns:\r\n    - date: a\r\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\r\n  checkIns:\r\n    - date: a\r\n    - date: \"2026-10-02\"\r\n      confidence: 7\r\n"},
		{"brackets on one line", "spec: {title: x, checkIns: [{date: a}], period: y} # c\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec: {title: x, checkIns: [{date: a}, {date: \"2026-10-02\", confidence: 7}], period: y} # c\n"},
		{"brackets over lines", "spec:\n  checkIns: [\n    {date: a}, # first\n    {date: b} # second\n  ]\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns: [\n    {date: a}, # first\n    {date: b}, # second\n    {date: \"2026-10-02\", confidence: 7}\n  ]\n"},
		{"brackets over lines, with a comma at the end", "spec:\n  checkIns: [\n    {date: a}, # first\n  ]\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns: [\n    {date: a}, # first\n    {date: \"2026-10-02\", confidence: 7},\n  ]\n"},
		{"empty brackets", "spec:\n  checkIns: [] # none yet\n  title: x\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns: # none yet\n    - date: \"2026-10-02\"\n      confidence: 7\n  title: x\n"},
		{"a key without a list", "spec:\n  checkIns:\n  title: x\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\n    - date: \"2026-10-02\"\n      confidence: 7\n  title: x\n"},
		{"a list that is not there stands where it usually does", "spec:\n  title: x\n  review: {outcome: o} # r\n  other: z\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  title: x\n  checkIns:\n    - {date: \"2026-10-02\", confidence: 7}\n  review: {outcome: o} # r\n  other: z\n"},
		{"and is indented as others are", "metadata:\n    name: x\n    list:\n    - a\nspec:\n    title: x\n", insert(9, long("2026-10-02"), checkIns...),
			"metadata:\n    name: x\n    list:\n    - a\nspec:\n    title: x\n    checkIns:\n    - date: \"2026-10-02\"\n      confidence: 7\n" +
				"      note: \"Yes: it works #1, and [it] stays that way, for all that we know about it today.\"\n      keyResults:\n      - name: score\n        value: \"7.6\"\n"},
		{"brackets that are not there, in brackets", "spec: {title: x, review: {outcome: o}}\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec: {title: x, checkIns: [{date: \"2026-10-02\", confidence: 7}], review: {outcome: o}}\n"},
		{"wide characters and a mark at the beginning", "\ufeffspec: {title: \"Grüße, 世界 🎉\", checkIns: [{note: ü}]}\n", insert(9, entry("2026-10-02"), checkIns...),
			"\ufeffspec: {title: \"Grüße, 世界 🎉\", checkIns: [{note: ü}, {date: \"2026-10-02\", confidence: 7}]}\n"},

		{"an entry goes with the comments above it", "spec:\n  title: x\n\n  # what was said\n  checkIns: # here\n    - {date: a} # one\n    # more\n    - {date: b}\n  # about y\n  period: y\n",
			remove("spec", "checkIns"), "spec:\n  title: x\n\n  # about y\n  period: y\n"},
		{"the first entry of an item", "spec:\n  - a: 1 # one\n    b: 2\n", remove("spec", 0, "a"), "spec:\n  - b: 2\n"},
		{"the last entry, without a line break at the end", "spec:\n  a: 1\n  b: 2", remove("spec", "b"), "spec:\n  a: 1"},
		{"one that is written at length", "spec:\n  a: 1\n  ? b\n  : - c\n  d: 2\n", remove("spec", "b"), "spec:\n  a: 1\n  d: 2\n"},
		{"an item", "spec:\n  - a\n  # b\n  - b\n  - c\n", remove("spec", 1), "spec:\n  - a\n  - c\n"},
		{"of brackets the first", "spec: {a: 1, b: [x, y], c: 3}\n", remove("spec", "a"), "spec: {b: [x, y], c: 3}\n"},
		{"of brackets the last", "spec: {a: 1, b: [x, y]}\n", remove("spec", "b"), "spec: {a: 1}\n"},
		{"of brackets an item", "spec: {a: 1, b: [x, 'y, z', \"w]\"]}\n", remove("spec", "b", 1), "spec: {a: 1, b: [x, \"w]\"]}\n"},

		{"JSON stays JSON", "{\"spec\": {\"title\": \"x\", \"list\": [{\"a\": 1}]}}\n", insert(9, long("2026-10-02"), "spec", "list"),
			"{\"spec\": {\"title\": \"x\", \"list\": [{\"a\": 1}, {\"date\": \"2026-10-02\", \"confidence\": 7, " +
				"\"note\": \"Yes: it works #1, and [it] stays that way, for all that we know about it today.\", \"keyResults\": [{\"name\": \"score\", \"value\": \"7.6\"}]}]}}\n"},
		{"JSON gets a key", "{\"spec\": {\"title\": \"x\"}}\n", set(edit.Text("2026-Q4"), "spec", "period"), "{\"spec\": {\"title\": \"x\", \"period\": \"2026-Q4\"}}\n"},
		{"one entry in place of another", "spec:\n  # up\n  direction: Increase # really\n  target: 5\n",
			func(f *edit.File) error {
				return f.Replace(0, edit.At("spec", "direction"), edit.Field{Key: "baseline", Value: edit.Decimal("7.5")})
			}, "spec:\n  # up\n  baseline: \"7.5\" # really\n  target: 5\n"},
		{"the same in braces", "spec: {direction: Increase, target: 5}\n",
			func(f *edit.File) error {
				return f.Replace(0, edit.At("spec", "direction"), edit.Field{Key: "baseline", Value: edit.Decimal("7")})
			}, "spec: {baseline: 7, target: 5}\n"},

		{"a mapping is made", "spec:\n  title: x\n", set(edit.Integer("5"), "spec", "reach", "baseline"), "spec:\n  title: x\n  reach:\n    baseline: 5\n"},
		{"in braces where the document has braces", "a: {b: c}\nspec:\n  title: x\n", set(edit.Integer("5"), "spec", "reach", "baseline"), "a: {b: c}\nspec:\n  title: x\n  reach: {baseline: 5}\n"},
		{"comments stand below an entry", "spec:\n  title: |\n    x\n\n  period: y\n", func(f *edit.File) error {
			return f.Comment(0, edit.At("spec", "title"), []string{"review:", "  outcome: …"})
		},
			"spec:\n  title: |\n    x\n  # review:\n  #   outcome: …\n\n  period: y\n"},
		{"in braces below all of it", "spec: {title: x}\nkind: y\n", func(f *edit.File) error { return f.Comment(0, edit.At("spec", "title"), []string{"review:"}) },
			"spec: {title: x}\n# review:\nkind: y\n"},
		{"only the document that it is about", "# one\nspec: {title: x}\n--- # two\nspec: {title: x}\n", func(f *edit.File) error { return f.Set(1, edit.At("spec", "title"), edit.Text("z")) },
			"# one\nspec: {title: x}\n--- # two\nspec: {title: z}\n"},
		{"a file of two line endings: each line keeps its own, and the new one has that of its neighbour",
			"spec:\r\n  checkIns:\r\n    - {date: \"2026-10-01\", confidence: 5} # said\n    # end\n", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\r\n  checkIns:\r\n    - {date: \"2026-10-01\", confidence: 5} # said\n    - {date: \"2026-10-02\", confidence: 7}\n    # end\n"},
		{"the other way round, without one at the end", "spec:\n  checkIns:\r\n    - {date: \"2026-10-01\", confidence: 5}", insert(9, entry("2026-10-02"), checkIns...),
			"spec:\n  checkIns:\r\n    - {date: \"2026-10-01\", confidence: 5}\r\n    - {date: \"2026-10-02\", confidence: 7}"},
		{"carriage returns alone", "spec:\r  title: x\r  review: y\r", set(edit.Text("2026"), "spec", "period"), "spec:\r  title: x\r  period: \"2026\"\r  review: y\r"},
		{"a document of which another does not parse", "{{ template }}\n---\nspec: {title: x}\n", func(f *edit.File) error { return f.Set(1, edit.At("spec", "title"), edit.Text("z")) },
			"{{ template }}\n---\nspec: {title: z}\n"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			f := open(c.before)
			if err := c.do(f); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(f.Content)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		reason, before string
		do             func(*edit.File) error
		want           string
	}{
		{"inside an anchor that is shared", "a: &s\n  title: x\nb: *s\n", func(f *edit.File) error { return f.Set(0, edit.At("a", "title"), edit.Text("y")) },
			"goals.yaml:1: a.title: it stands inside the anchor &s, which line 3 shares: edit it by hand"},
		{"inside an alias", "a: &s\n  title: x\nb: *s\n", func(f *edit.File) error { return f.Set(0, edit.At("b", "title"), edit.Text("y")) },
			"goals.yaml:3: b.title: it stands inside *s, which it shares with the anchor: edit it by hand"},
		{"a list that is an alias", "a: &s [x]\nb: *s\n", func(f *edit.File) error { return f.Insert(0, edit.At("b"), 9, edit.Text("y")) },
			"goals.yaml:2: b: it is *s, which it shares with the anchor: edit it by hand"},
		{"a list that comes from a merge: it would be hidden", "a: &s {list: [x]}\nb:\n  <<: *s\n", func(f *edit.File) error { return f.Insert(0, edit.At("b", "list"), 9, edit.Text("y")) },
			"goals.yaml:3: b.list: the way it is written, the change would change more than this: edit it by hand"},
		{"an anchor that is used elsewhere is not removed", "a: &s [x]\nb: *s\n", func(f *edit.File) error { return f.Remove(0, edit.At("a")) },
			"goals.yaml:1: a: it stands inside the anchor &s, which line 2 shares: edit it by hand"},
		{"nothing would be left", "a:\n  b: 1\n", func(f *edit.File) error { return f.Remove(0, edit.At("a", "b")) }, "goals.yaml:2: a.b: nothing would be left of a"},
		{"a path through a text", "a: x\n", func(f *edit.File) error { return f.Set(0, edit.At("a", "b"), edit.Text("y")) }, "goals.yaml:1: a.b: a is no mapping"},
		{"an item that is not there", "a: [x]\n", func(f *edit.File) error { return f.Set(0, edit.At("a", 3), edit.Text("y")) }, "goals.yaml:1: a[3]: there is no a[3]"},
		{"a document that does not parse", "a: [x\n", func(f *edit.File) error { return f.Set(0, edit.At("a"), edit.Text("y")) }, "does not parse"},
		{"a key that stands there twice", "a: 1\nb: 2\na: 3\n", func(f *edit.File) error { return f.Set(0, edit.At("a"), edit.Integer("4")) }, "would change more than this"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			f := open(c.before)
			err := c.do(f)
			var refused *edit.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if f.Changed() {
				t.Errorf("it was changed all the same:\n%s", f.Content)
			}
		})
	}
}
