package markup_test

import (
	"testing"

	"okr.dev/controller/internal/cli/markup"
)

func TestEntities(t *testing.T) {
	for _, c := range []struct{ reason, text, before, want string }{
		{"words and what is harmless stay", "p99 of 3.5 s", "&#", "p99 of 3.5 s"},
		{"what could be a tag, a link or a cell does not", "<b>[a](b)|", "&#", "&#60;b&#62;&#91;a&#93;&#40;b&#41;&#124;"},
		{"Mermaid's entities have no ampersand", `"end"`, "#", "#34;end#34;"},
		{"an entity of theirs is text", "&lt;", "&#", "&#38;lt&#59;"},
		{"other languages stay", "Öfen 東京 🟢", "&#", "Öfen 東京 🟢"},
		{"a line break ends nothing, and what cannot be seen is dropped", "a\n\nb\x1b\u202e", "&#", "a b"},
	} {
		if got := markup.Entities(c.text, " .", c.before); got != c.want {
			t.Errorf("%s: %q, want %q", c.reason, got, c.want)
		}
	}
}
