package draft

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/json"
	k8syaml "sigs.k8s.io/yaml"

	"okr.dev/controller/internal/cli/terminal"
)

// lineWidth is how wide comments and folded texts become, in columns.
const lineWidth = 100

// simple is text that YAML reads as itself without quotes, in flow style too.
var simple = regexp.MustCompile(`^\pL[\pL\pN _./()'+%&;=→≥≤–-]*$`)

// scalar is a text as one line of YAML: plain where every reader of YAML 1.1 takes it for that text, else in quotes.
func scalar(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if simple.MatchString(text) && strings.TrimSpace(text) == text && readsAs(text) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r): // in Go's sense the only space is U+0020
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// readsAs reports whether YAML 1.1 reads the text as that string, and not as yes, null or a number.
func readsAs(text string) bool {
	raw, err := k8syaml.YAMLToJSON([]byte("block: " + text + "\nflow: [" + text + "]"))
	if err != nil {
		return false
	}
	var read struct {
		Block any   `json:"block"`
		Flow  []any `json:"flow"`
	}
	if err := json.Unmarshal(raw, &read); err != nil || len(read.Flow) != 1 {
		return false
	}
	return read.Block == any(text) && read.Flow[0] == any(text)
}

// decimal is a number as the API takes it: integers plain, fractions in quotes.
func decimal(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return scalar(text)
}

// block is a text of any length as the value of a key whose line is indented by indent spaces: in one line, or folded, or with
// its own lines. It begins with what follows the colon.
func block(text string, indent int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	pad := "\n" + strings.Repeat(" ", indent+2)
	one := " " + scalar(text)
	switch {
	case !strings.Contains(text, "\n") && terminal.Width(one)+indent < lineWidth-14, !printable(text):
		return one
	case strings.Contains(text, "\n"):
		return " |-" + pad + strings.Join(strings.Split(text, "\n"), pad)
	default:
		return " >-" + pad + strings.Join(wrap(text, lineWidth-indent-2), pad)
	}
}

// printable reports whether a text can stand in a block of its own without changing: no line begins or ends with white space
// or is empty at the edges, words have one space in between, and there is nothing in it that YAML would not read.
func printable(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || strings.TrimSpace(line) != line || strings.Contains(line, "  ") {
			return false
		}
		for _, r := range line {
			if !unicode.IsPrint(r) {
				return false
			}
		}
	}
	return true
}

// wrap breaks a line between words only, so that folding puts it together again.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		switch {
		case line == "":
			line = word
		case terminal.Width(line)+1+terminal.Width(word) > width:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// comment is a text as lines of a comment. Whatever could end the line is gone.
func comment(text string, indent int) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimRightFunc(strings.Map(func(r rune) rune {
			switch {
			case unicode.IsPrint(r):
				return r
			case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
				return ' '
			default:
				return -1
			}
		}, strings.ToValidUTF8(line, "\uFFFD")), unicode.IsSpace)
		words := strings.TrimLeft(line, " -")
		lead := line[:len(line)-len(words)] // of an item of a list: its further lines hang
		for _, part := range wrap(words, lineWidth-indent-len("# ")-len(lead)) {
			b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+"# "+lead+part, " ") + "\n")
			lead = strings.Repeat(" ", len(lead))
		}
	}
	return b.String()
}
