package draft_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/manifest"
)

// admit asks whether the API server would take every document of a file, and returns how many there are. Package admission
// answers, whose verdicts package lint compares with a server's.
func admit(t *testing.T, text string) int {
	t.Helper()
	documents := manifest.Parse("", []byte(text)).Documents
	for _, d := range documents {
		if d.Err != nil {
			t.Fatalf("%v\n%s", d.Err, text)
		}
		raw, err := d.JSON()
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		var object map[string]any
		if err := utiljson.Unmarshal(raw, &object); err != nil { // with integers as int64
			t.Fatal(err)
		}
		kind, err := admission.For(d.Head().Kind)
		if err != nil || kind == nil {
			t.Fatalf("kind %q: %v", d.Head().Kind, err)
		}
		for _, p := range kind.Create(t.Context(), object) {
			t.Errorf("%s: %s\n%s", p.Field, p.Detail, raw)
		}
	}
	return len(documents)
}

// What the commands write is admitted, suggestions that are taken out of their comments too.
func TestWhatIsWrittenIsAdmitted(t *testing.T) {
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, _, _ := strings.Cut(string(content), "==== standard error")
			asked += admit(t, text)
			if _, suggested, found := strings.Cut(text, "\n# ---\n"); found {
				suggested, _, _ = strings.Cut(suggested, "\n#\n") // there are paragraphs behind them
				asked += admit(t, strings.ReplaceAll("\n"+suggested, "\n# ", "\n"))
			}
		})
	}
	if asked < 55 {
		t.Errorf("%d documents were asked about: where are the others?", asked)
	}
}

// Whatever people type is admitted where the command takes it.
func TestHostileAnswersAreAdmittedOrRefused(t *testing.T) {
	texts := []string{
		"yes", "---", "a\n---\nkind: Secret", "x: {y", "#", "\x1b[2J", "日本語", strings.Repeat("very ", 60) + "long", "C:\\ \"quoted\" 'twice'", "2026", "\u2028", "~", "é😀",
	}
	admitted := 0
	for _, text := range texts {
		out, errOut, code := run(t, "sales", recorded.Screens()["80"], "",
			"new", "--title", text, "--description", text, "--rationale", text, "--owner", text, "--person", text, "--contact", text, "--cycle", text, "--action", text,
			"--key-result", strings.ReplaceAll(text, "\n", " ")+"|"+text+"|1|2")
		switch {
		case code == 0:
			admitted += admit(t, out)
		case code != 2 || !strings.HasPrefix(errOut, "error: "):
			t.Errorf("%q: exit %d, %s", text, code, errOut)
		}
	}
	if admitted < 20 {
		t.Errorf("%d documents were admitted: most of these answers are fine", admitted)
	}
}
