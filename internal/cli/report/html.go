package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"okr.dev/controller/internal/cli/terminal"
)

var (
	//go:embed page/page.css
	css string
	//go:embed page/parts.html
	parts string
	//go:embed page/report.html
	reportPage string
)

// page is what the templates are given besides the document.
type page struct {
	// CSS is our own style sheet, and Policy admits it by its hash and nothing else: no script, no picture, no address.
	CSS    template.CSS
	Policy string
	Title  string
	About  string
	Doc    any
}

var reportTemplate = pageTemplate(reportPage)

// pageTemplate reads a page with the parts that pages have in common.
func pageTemplate(text string) *template.Template {
	return template.Must(template.Must(template.New("page").Funcs(template.FuncMap{
		"known": known, "percent": percent, "link": link, "confidence": confidence, "join": strings.Join, "plural": plural, "lower": strings.ToLower,
		"done": doneOf, "add": func(a, b int) int { return a + b },
		"symbol": terminal.Screen{Unicode: true}.Symbol, "tone": tone, "chart": chartOf, "bar": barOf,
		"id":         func(parts ...string) string { return strings.Join(parts, ".") },
		"paragraphs": paragraphs, "pair": func(a, b any) [2]any { return [2]any{a, b} }, "indent": func(depth int) string { return strconv.Itoa(min(depth, 4)) },
	}).Parse(parts)).Parse(text))
}

// HTML writes a document as one page that needs nothing else.
func HTML(out io.Writer, d *Document) error {
	return writePage(out, reportTemplate, d.Title(), d.About(), d)
}

func writePage(out io.Writer, t *template.Template, title, about string, doc any) error {
	hash := sha256.Sum256([]byte(css))
	err := t.Execute(out, page{
		CSS:    template.CSS(css),
		Policy: fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'", base64.StdEncoding.EncodeToString(hash[:])),
		Title:  title, About: about, Doc: doc,
	})
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// tone is the class of a health or a grade. What its colour says, a word and a sign say as well.
func tone(verdict string) string {
	switch verdict {
	case "Green":
		return "good"
	case "Amber":
		return "caution"
	case "Red":
		return "bad"
	}
	switch terminal.StyleOf(verdict) {
	case terminal.Good:
		return "good"
	case terminal.Caution:
		return "caution"
	case terminal.Bad:
		return "bad"
	case terminal.Unsure:
		return "unsure"
	default:
		return "dim"
	}
}

// paragraphs splits prose where lines are empty.
func paragraphs(text string) []string {
	var found []string
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			found = append(found, p)
		}
	}
	return found
}
