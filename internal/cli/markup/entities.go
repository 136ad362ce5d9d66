// Package markup writes people's texts where signs mean something, so that they are taken for nothing but text.
package markup

import (
	"strconv"
	"strings"
	"unicode"

	"okr.dev/controller/internal/cli/terminal"
)

// Entities writes a text on one line. Letters, digits, the signs that are said to be harmless, and what is beyond ASCII stay;
// other signs become numbered entities: before is "&#" in HTML and Markdown, "#" in Mermaid. What cannot be seen is dropped.
func Entities(text, harmless, before string) string {
	var b strings.Builder
	for _, r := range terminal.OneLine(text) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune(harmless, r), r > unicode.MaxASCII && unicode.IsGraphic(r):
			b.WriteRune(r)
		case unicode.IsGraphic(r):
			b.WriteString(before + strconv.Itoa(int(r)) + ";")
		}
	}
	return b.String()
}
