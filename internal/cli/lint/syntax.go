package lint

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/terminal"
	"okr.dev/controller/internal/practice"
)

var lineNumber = regexp.MustCompile(`line (\d+)(?:: )?`)

// syntax is a document that cannot be read.
func syntax(path string, d *manifest.Document, err error) Finding {
	message, line := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "), "yaml: "), d.Line
	if found := lineNumber.FindStringSubmatch(message); found != nil {
		n, _ := strconv.Atoi(found[1])
		line = n
		if d.Err == nil { // it counts from the document's beginning
			line += d.Line - 1
		}
		message = strings.Replace(message, found[0], "", 1)
	}
	message = terminal.OneLine(message)
	return Finding{Path: path, Line: line, Rule: "YAML001", Severity: practice.Error, Message: message + advice(path, message)}
}

// yamls are how files of YAML, and of JSON, which is YAML too, are called.
var yamls = []string{".yaml", ".yml", ".json"}

// slips are what the parser says of the usual ones, and what to write.
var slips = []struct{ says, write string }{
	{"found character that cannot start any token", `: quote what begins with %, @ or a backquote, such as unit: "%"; indent with spaces, not tabs`},
	{"did not find expected ',' or '}'", `: close the brace; inside of {…} a # begins a comment and a text with a comma or colon must be quoted, such as contact: "#checkout"`},
	{"did not find expected node content", `: inside of {…} a # begins a comment: quote it, such as contact: "#checkout"; close what is open`},
	{"did not find expected ',' or ']'", `: close the bracket, and quote texts with commas, colons or #`},
	{"mapping values are not allowed", `: quote a text that has a colon and a space in it, or indent the line like those beside it`},
	{"did not find expected key", `: indent the line like those beside it, and close quotes`},
	{"found unexpected end of stream", `: a quote or a brace is not closed`},
	{"unknown anchor", `: quote what begins with *, or write the anchor &… before it`},
	{"unsupported value: NaN", `: write a number; YAML reads .nan as no number`},
	{"unsupported value: ", `: write a number; YAML reads .inf as infinity`},
}

// advice is what to write instead. A file that was named and is called otherwise is most likely none of YAML.
func advice(path, message string) string {
	if extension := filepath.Ext(path); extension != "" && !slices.Contains(yamls, strings.ToLower(extension)) {
		return ": a file " + extension + " is hardly YAML: name files that are, or the folder that they are in"
	}
	for _, slip := range slips {
		if strings.Contains(message, slip.says) {
			return slip.write
		}
	}
	return ""
}

// octal is a number with a leading zero, which YAML 1.1 counts in eights; others are of other bases.
var octal = regexp.MustCompile(`^[-+]?0([0-7_]+|[xX][0-9a-fA-F_]+|[bB][01_]+|o[0-7]+)$`)

// slipsIn looks for what YAML makes of an object's text without a word: entries that stand twice, values that vanish, numbers
// that are others than they look.
func (o *object) slipsIn() []Finding {
	var found []Finding
	report := func(rule string, severity practice.Severity, at *yaml.Node, field, message string) {
		found = append(found, Finding{
			Path: o.path, Line: at.Line, Column: at.Column, Rule: rule, Severity: severity, Object: o.ref(), Field: field, Message: message,
		})
	}
	var walk func(n *yaml.Node, field string)
	walk = func(n *yaml.Node, field string) {
		switch n.Kind {
		case yaml.MappingNode:
			lines := map[string]int{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				key, value := n.Content[i], n.Content[i+1]
				name := manifest.Name(key)
				below := child(field, name)
				if before, twice := lines[name]; twice {
					report("YAML002", practice.Error, key, below, fmt.Sprintf("%s is written twice, in line %d and here, and only the last counts: keep one", name, before))
				}
				lines[name] = key.Line
				o.scalar(report, key, value, below)
				walk(value, below)
			}
		case yaml.SequenceNode:
			for i, value := range n.Content {
				walk(value, fmt.Sprintf("%s[%d]", field, i))
			}
		}
	}
	if o.node != nil {
		walk(o.node, "")
	}
	return found
}

func child(field, name string) string {
	switch {
	case field == "":
		return name
	case strings.ContainsAny(name, "./"):
		return field + "[" + name + "]"
	default:
		return field + "." + name
	}
}

// scalar looks at one value that YAML may have read otherwise than it looks.
func (o *object) scalar(report func(string, practice.Severity, *yaml.Node, string, string), key, value *yaml.Node, field string) {
	if value.Kind != yaml.ScalarNode || value.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 ||
		strings.HasPrefix(field, "status") {
		return
	}
	comment := value.LineComment
	if comment == "" && value.Value == "" {
		comment = key.LineComment
	}
	name := manifest.Name(key)
	switch {
	case value.Tag == "!!null" && hashtag(comment):
		report("YAML003", practice.Warning, key, field, fmt.Sprintf("%s is empty, for # begins a comment: quote it: %s: %q", name, name, comment))
	case value.Tag == "!!null" && value.Value == "~":
		report("YAML003", practice.Warning, key, field, fmt.Sprintf("%s is empty, for YAML reads ~ as nothing: quote it, or remove the line", name))
	case value.Tag == "!!null" && strings.HasPrefix(field, "spec"):
		report("YAML003", practice.Warning, key, field, fmt.Sprintf("%s is empty: write a value, or remove the line", name))
	case octal.MatchString(value.Value):
		if n, err := strconv.ParseInt(strings.ReplaceAll(value.Value, "_", ""), 0, 64); err == nil && strconv.FormatInt(n, 10) != strings.TrimPrefix(value.Value, "+") {
			report("YAML003", practice.Warning, key, field, fmt.Sprintf("YAML reads %s as the number %d: write %d, or quote it", value.Value, n, n))
		}
	case value.Tag == "!!str" && hashtag(comment):
		report("YAML003", practice.Advice, key, field, fmt.Sprintf("%s ends before the #, which begins a comment: if it belongs to the text, quote it: %s: %q", name, name, value.Value+" "+comment))
	}
}

// hashtag reports whether a comment may have been meant as a text: nothing stands between # and the word.
func hashtag(comment string) bool {
	return len(comment) > 1 && comment[0] == '#' && comment[1] != ' ' && comment[1] != '#' && comment[1] != '!' && !strings.Contains(comment, "\n")
}
