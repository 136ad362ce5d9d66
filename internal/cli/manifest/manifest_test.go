package manifest_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/manifest"
)

func TestParse(t *testing.T) {
	cases := map[string]struct {
		reason, content string
		lines           []int    // of each document's first line
		texts           []string // what stands between start and end
	}{
		"One":      {"a file without a separator is a document", "a: 1\n", []int{1}, []string{"a: 1\n"}},
		"Two":      {"lines and bytes are those of the file", "a: 1\n---\nb: 2\n", []int{1, 3}, []string{"a: 1\n", "b: 2\n"}},
		"Leading":  {"a separator at the start separates nothing", "---\na: 1\n", []int{2}, []string{"a: 1\n"}},
		"Comments": {"a comment alone is no document", "# licence\n---\n# hello\na: 1\n---\n# bye\n", []int{3}, []string{"# hello\na: 1\n"}},
		"Spaces":   {"what stands behind the dashes belongs to the separator", "--- # first\na: 1\n", []int{2}, []string{"a: 1\n"}},
		"CRLF":     {"files of Windows", "a: 1\r\n---\r\nb: 2\r\n", []int{1, 3}, []string{"a: 1\r\n", "b: 2\r\n"}},
		"Indented": {"dashes inside a text are text", "a: |\n  ---\n  b\n", []int{1}, []string{"a: |\n  ---\n  b\n"}},
		"NoEnd":    {"a file may end without a line's end", "a: 1\n---\nb: 2", []int{1, 3}, []string{"a: 1\n", "b: 2"}},
		"Empty":    {"nothing is no document", "", nil, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			file := manifest.Parse("x.yaml", []byte(tc.content))
			var lines []int
			var texts []string
			for _, d := range file.Documents {
				lines, texts = append(lines, d.Line), append(texts, tc.content[d.Start:d.End])
				if d.Err != nil {
					t.Errorf("%s: %v", tc.reason, d.Err)
				}
			}
			if diff := cmp.Diff([]any{tc.lines, tc.texts}, []any{lines, texts}); diff != "" {
				t.Errorf("%s:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestBrokenDocumentLeavesTheOthersAlone(t *testing.T) {
	file := manifest.Parse("x.yaml", []byte("a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n"))
	if len(file.Documents) != 3 || file.Documents[0].Err != nil || file.Documents[2].Root == nil {
		t.Fatalf("%+v", file.Documents)
	}
	if err := file.Documents[1].Err; err == nil || !strings.Contains(err.Error(), "line 4") && !strings.Contains(err.Error(), "line 3") {
		t.Errorf("an error names the line in the file: %v", err)
	}
}

const goal = `# A goal.
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata:
  name: fast
  annotations:
    goals.okr.dev/lint-ignore: "OKR003=x"
spec:
  title: Fast
  owner: &owner {team: web, person: mei}
  period: "2026"
  checkIns:
    - {date: 2026-10-12, confidence: 7}
    - date: 2026-10-19
      note: slow
`

func TestLineOf(t *testing.T) {
	d := manifest.Parse("x.yaml", []byte("a: 1\n---\n"+goal)).Documents[1]
	cases := map[string]struct {
		reason, field string
		line          int
	}{
		"Top":        {"an object begins with its first field", "", 4},
		"Field":      {"a field is where its name is", "spec.title", 11},
		"Flow":       {"a field inside braces is on their line", "spec.owner.person", 12},
		"Entry":      {"entries are counted from 0", "spec.checkIns[1].note", 17},
		"Key":        {"keys with dots stand in brackets", "metadata.annotations[goals.okr.dev/lint-ignore]", 9},
		"Missing":    {"what is missing is looked for in what it is missing in", "spec.reach.target", 10},
		"Behind":     {"an entry that is not there: its list", "spec.checkIns[7]", 14},
		"Everything": {"nothing of it is there", "status.health", 4},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := d.LineOf(tc.field); got != tc.line {
				t.Errorf("%s: line %d, want %d", tc.reason, got, tc.line)
			}
		})
	}
}

func TestGoal(t *testing.T) {
	d := manifest.Parse("x.yaml", []byte(goal)).Documents[0]
	object, err := d.Goal()
	o, ok := object.(*v1alpha1.Objective)
	if err != nil || !ok || o.Name != "fast" || o.Spec.Owner.Person != "mei" || len(o.Spec.CheckIns) != 2 {
		t.Errorf("%+v, %v", object, err)
	}
	if other, err := manifest.Parse("x.yaml", []byte("apiVersion: apps/v1\nkind: Deployment\n")).Documents[0].Goal(); other != nil || err != nil {
		t.Errorf("objects of others are none of ours: %v, %v", other, err)
	}
	if _, err := manifest.Parse("x.yaml", []byte("apiVersion: goals.okr.dev/v1alpha1\nkind: Objektive\n")).Documents[0].Goal(); err == nil || !strings.Contains(err.Error(), "Objective, KeyResult, KPI or MetricSource") {
		t.Errorf("a kind that there is not: %v", err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"b.yaml": "b: 1\n", "a/c.yml": "c: 1\n", "a/readme.md": "#", ".git/x.yaml": "x: 1\n", "plain": "p: 1\n"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files, err := manifest.Load([]string{dir, filepath.Join(dir, "plain"), manifest.Stdin, filepath.Join(dir, "b.yaml")}, strings.NewReader("s: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, file := range files {
		path, err := filepath.Rel(dir, file.Path)
		if err != nil {
			path = file.Path
		}
		paths = append(paths, path)
	}
	if diff := cmp.Diff([]string{"a/c.yml", "b.yaml", "plain", "-"}, paths); diff != "" {
		t.Errorf("YAML below folders, and whatever is named itself, each once:\n%s", diff)
	}
	if _, err := manifest.Load([]string{filepath.Join(dir, "gone.yaml")}, nil); err == nil {
		t.Error("a path that is not there is an error")
	}
}

func TestBelow(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "real", "below"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "real", "a.yaml"), []byte("a: 1\n"), 0o600))
	must(os.Symlink("a.yaml", filepath.Join(dir, "real", "b.yaml")))
	must(os.Symlink("below", filepath.Join(dir, "real", "folder.yaml")))
	must(os.Symlink(".", filepath.Join(dir, "real", "self")))
	must(syscall.Mkfifo(filepath.Join(dir, "real", "pipe.yaml"), 0o600))
	must(os.Symlink("real", filepath.Join(dir, "link")))
	found, err := manifest.Below(filepath.Join(dir, "link"))
	want := []string{filepath.Join(dir, "link", "a.yaml"), filepath.Join(dir, "link", "b.yaml")}
	if diff := cmp.Diff(want, found); diff != "" || err != nil {
		t.Errorf("links to files and to the folder itself are followed, others and pipes are not: %v\n%s", err, diff)
	}
	t.Chdir(dir)
	files, err := manifest.Load([]string{"real/a.yaml", "./real/a.yaml", filepath.Join(dir, "real", "a.yaml")}, nil)
	if err != nil || len(files) != 1 {
		t.Errorf("a file that is named in three ways is read %d times, %v", len(files), err)
	}
	must(os.Symlink("nothing", filepath.Join(dir, "real", "lost.yaml")))
	if _, err := manifest.Below(dir); err == nil || !strings.Contains(err.Error(), "lost.yaml") {
		t.Errorf("a link that leads nowhere is an error: %v", err)
	}
}

func TestWhatIsNotRead(t *testing.T) {
	for reason, tc := range map[string]struct{ content, want string }{
		"kubectl refuses a document that begins behind the dashes": {"a: 1\n--- {b: 1}\n---\nc: 1\n", "something stands behind ---"},
		"the lines of UTF-16 are not found":                        {"\xff\xfea\x00:\x00", "it is UTF-16"},
		"a comment behind the dashes is fine":                      {"a: 1\n--- # b\nb: 1\n--- \t\nc: 1\n", ""},
	} {
		var got string
		for _, d := range manifest.Parse("x.yaml", []byte(tc.content)).Documents {
			if d.Err != nil {
				got += d.Err.Error()
			}
		}
		if (got == "") != (tc.want == "") || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", reason, got, tc.want)
		}
	}
}
