package report

import (
	"regexp"
	"strings"
	"unicode"
)

// item is how people begin the items of lists. They stay lists inside a quotation, where they can do no harm.
var item = regexp.MustCompile(`^\s*[-*•]\s+`)

// beginning is what makes a line something other than text.
var beginning = regexp.MustCompile(`^([-+*=#>]|[0-9]+[.)])`)

func quotedLine(text string) string {
	if at := item.FindStringIndex(text); at != nil {
		return "- " + escape(text[at[1]:])
	}
	return escape(strings.TrimSpace(text))
}

// text is people's words on one line of Markdown.
func (m markdown) text(text string) string { return escape(line(text)) }

// escape keeps text what it is in the middle of Markdown and at its beginning.
func escape(text string) string {
	runes := []rune(text)
	var b strings.Builder
	word := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
	}
	for i, r := range runes {
		switch {
		case strings.ContainsRune("\\`*[]<|~", r), r == '_' && (!word(i-1) || !word(i+1)), r == '&' && (word(i+1) || i+1 < len(runes) && runes[i+1] == '#'):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	text = b.String()
	marker := beginning.FindString(text)
	if marker == "" || !atStart(text, len(marker)) {
		return text
	}
	return marker[:len(marker)-1] + "\\" + text[len(marker)-1:]
}

// atStart reports whether what begins a line makes it a heading, a quotation, a list or a rule.
func atStart(text string, end int) bool {
	switch first := text[0]; {
	case first == '>' || first == '=':
		return true
	case first == '#':
		return strings.HasPrefix(strings.TrimLeft(text, "#"), " ")
	case end == len(text) || text[end] == ' ':
		return true
	default:
		return (first == '-' || first == '*' || first == '+') && text[end] == first
	}
}

// escapeURL keeps an address inside the brackets of a link.
func escapeURL(address string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", " ", "%20").Replace(address)
}
