package practice

import (
	"strings"
	"testing"
)

func FuzzBrief(f *testing.F) {
	for _, text := range []string{"", " ", "two words", " one", "one ", "a  b", "a\tb", "a\u2028b", "a\x00b", "a\xffb", "größer", "a\u00a0b", "\u200b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), blank), " ")
		if got := brief(text, len(want)+3); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	})
}
