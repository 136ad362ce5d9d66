package walkthrough

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"okr.dev/controller/hack/servers"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	anchor  = regexp.MustCompile(`<a (?:name|id)="([^"]+)"`)
	code    = regexp.MustCompile("`[^`\n]*`")
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// prose is a page without its blocks of code.
func prose(page string) string {
	var lines []string
	block := false
	for line := range strings.SplitSeq(page, "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence {
			block = !block
		}
		if !block && !fence {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// anchors are the names that a page's headings can be linked by, as GitHub and GitLab make them.
func anchors(page string) []string {
	var names []string
	text := prose(page)
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(strings.TrimSpace(m[1])), ""), " ", "-")
		for n, base := 1, name; slices.Contains(names, name); n++ {
			name = base + "-" + string(rune('0'+n))
		}
		names = append(names, name)
	}
	for _, m := range anchor.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// broken says which links of a page lead nowhere. Those to other sites are nobody's here to know.
func broken(root, page, text string) []string {
	var found []string
	for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(prose(text), ""), -1) {
		if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
			continue
		}
		path, fragment, _ := strings.Cut(m[1], "#")
		target := filepath.Join(root, page)
		if path != "" {
			target = filepath.Join(filepath.Dir(target), path)
		}
		info, err := os.Stat(target)
		if err != nil {
			found = append(found, m[1])
			continue
		}
		if fragment == "" || info.IsDir() || filepath.Ext(target) != ".md" {
			continue
		}
		content, err := os.ReadFile(target)
		if err != nil || !slices.Contains(anchors(string(content)), fragment) {
			found = append(found, m[1])
		}
	}
	return found
}

// pages are the documentation: every Markdown file of the repository, but those that are data of tests.
func pages(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() && (name == "bin" || name == "dist" || entry.Name() == ".git" || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(name) == ".md" {
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLinksLeadSomewhere(t *testing.T) {
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	all := pages(t, root)
	if len(all) < 15 {
		t.Fatalf("only %d pages are found: %v", len(all), all)
	}
	for _, page := range all {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range broken(root, page, string(text)) {
			t.Errorf("%s: %s leads nowhere", page, l)
		}
	}
}

func TestBrokenLinksAreFound(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.md": "# A b: `c`, d!\n## Twice\n## Twice\n```sh\n# no heading\n```\n", "x.yaml": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := "[1](a.md) [2](a.md#a-b-c-d) [3](a.md#twice-1) [4](x.yaml) [5](https://example.com) [6](#a-b-c-d) `[7](code.md)`\n" +
		"[8](b.md) [9](a.md#no-heading) [10](#b) [11](a.md#twice-2)"
	got := broken(dir, "a.md", text)
	if want := []string{"b.md", "a.md#no-heading", "#b", "a.md#twice-2"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

var namedTest = regexp.MustCompile("`((?:internal|controllers|api|main)[A-Za-z0-9/]*)\\.(Test[A-Za-z0-9]+)`")

// Tests that these pages give as evidence are there. Those of docs/faults.md are run by hack/faults.
func TestTestsThatPagesNameExist(t *testing.T) {
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"docs/security.md", "docs/upgrade.md"} {
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		named := namedTest.FindAllStringSubmatch(string(text), -1)
		if len(named) == 0 {
			t.Errorf("%s names no test", page)
		}
		for _, m := range named {
			dir := filepath.Join(root, m[1])
			if m[1] == "main" {
				dir = root
			}
			files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(files, func(file string) bool {
				code, err := os.ReadFile(file)
				return err == nil && strings.Contains(string(code), "\nfunc "+m[2]+"(t *testing.T)")
			}) {
				t.Errorf("%s names %s.%s, which there is not", page, m[1], m[2])
			}
		}
	}
}
