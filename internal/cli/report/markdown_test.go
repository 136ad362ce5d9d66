package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/report"
	"okr.dev/controller/internal/cli/terminal"
)

// TestMarkdownStaysText holds that what people wrote neither becomes markup nor breaks a table, as GitHub reads it.
func TestMarkdownStaysText(t *testing.T) {
	var b bytes.Buffer
	screen := terminal.Screen{Width: 100, Unicode: true}
	report.Markdown(&b, screen, build(t, report.Limits{}, hostileGoals()...))
	report.DigestMarkdown(&b, screen, report.BuildDigest(goals.New(hostileGoals()), report.Limits{}, now.AddDate(0, 0, -7), now))
	if strings.ContainsAny(b.String(), "\x00\x1b\u202e") {
		t.Error("control characters")
	}
	for n := range rendered(t, b.Bytes()).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "img", "em", "del", "pre", "hr":
			t.Errorf("a <%s> out of what people wrote", n.Data)
		case "a":
			if href := n.Attr[0].Val; !strings.HasPrefix(href, "https://") {
				t.Errorf("a link to %q", href)
			}
		case "code":
			if strings.Contains(content(n), "code") {
				t.Error("code out of what people wrote")
			}
		case "h1", "h2", "h3":
			if text := content(n); strings.HasPrefix(text, "Heading") {
				t.Errorf("a heading %q out of what people wrote", text)
			}
		}
	}
	sameWidths(t, b.String())
}

// sameWidths holds that the rows of each table have as many cells as its title, and line up.
func sameWidths(t *testing.T, text string) {
	t.Helper()
	cells, width := 0, 0
	for row := range strings.Lines(text) {
		row = strings.TrimSuffix(row, "\n")
		if !strings.HasPrefix(row, "|") {
			cells = 0
			continue
		}
		n, w := strings.Count(strings.ReplaceAll(strings.ReplaceAll(row, `\\`, ""), `\|`, ""), "|"), terminal.Width(row)
		if cells != 0 && (n != cells || w != width) {
			t.Errorf("a row of %d cells and %d columns in a table of %d and %d: %s", n, w, cells, width, row)
		}
		cells, width = n, w
	}
}

func rendered(t *testing.T, source []byte) *html.Node {
	t.Helper()
	var page bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert(source, &page); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// TestMarkdownSaysWhatWasWritten holds that escaping changes nothing for the reader.
func TestMarkdownSaysWhatWasWritten(t *testing.T) {
	for _, title := range []string{
		"Plain words", "snake_case_name and _this_", "50 % | half", "2 * 3 * 4", "`code`", "a < b && c > d", "&copy; &#35;", "# not a heading", "1. not a list", "99.95 %", "- nor this",
		"--- nor a rule", "> nor a quotation", `back\slash \| pipe`, "[link](https://x.example)", "~~gone~~", "http is", "*", "-", "12)", "100.", "+ 1", "=== x", "✔ ↳",
	} {
		var b bytes.Buffer
		report.Markdown(&b, terminal.Screen{Width: 100, Unicode: true}, build(t, report.Limits{}, objective("a", "2026-Q4", func(o *v1alpha1.Objective) {
			o.Spec.Title = title
			o.Spec.Actions = []v1alpha1.Action{{Title: title}}
			o.Spec.Rationale = title
		})))
		want := strings.Join(strings.Fields(title), " ")
		var heading, cell, quote string
		for n := range rendered(t, b.Bytes()).Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			switch n.Data {
			case "h3":
				heading = content(n)
			case "td":
				if cell == "" {
					cell = content(n)
				}
			case "blockquote":
				quote = content(n)
			}
		}
		if title == "- nor this" {
			quote = "- " + quote // in prose, lists stay lists
		}
		if heading != want || cell != want || quote != want {
			t.Errorf("%q is read as %q in a heading, %q in a table, %q as prose", want, heading, cell, quote)
		}
	}
}

// TestJSONIsClean holds that hostile text is text in JSON too, and that lists are lists even where they are empty.
func TestJSONIsClean(t *testing.T) {
	for _, objects := range [][]client.Object{hostileGoals(), {objective("a", "2026-Q4")}} {
		out, err := json.Marshal(build(t, report.Limits{}, objects...))
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{`\u001b`, `\u0000`, "\u202e", ":null"} {
			if strings.Contains(string(out), bad) {
				t.Errorf("%q in the document", bad)
			}
		}
	}
}
