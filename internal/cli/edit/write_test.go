package edit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
)

func edited(t *testing.T, path string) *edit.File {
	t.Helper()
	files, err := manifest.Load([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := edit.Open(files[0])
	if err := f.Set(0, edit.At("title"), edit.Text("new")); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestWriteKeepsModeAndLink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "goals.yaml"), filepath.Join(dir, "link.yaml")
	if err := os.WriteFile(file, []byte("title: old # c\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("goals.yaml", link); err != nil {
		t.Fatal(err)
	}
	f := edited(t, link)
	if want := "--- a/" + link + "\n+++ b/" + link + "\n@@ -1 +1 @@\n-title: old # c\n+title: new # c\n"; f.Diff() != want {
		t.Errorf("diff is\n%s, want\n%s", f.Diff(), want)
	}
	if err := f.Write(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil || string(content) != "title: new # c\n" {
		t.Errorf("%q %v", content, err)
	}
	info, err := os.Lstat(file)
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	if target, err := os.Readlink(link); err != nil || target != "goals.yaml" {
		t.Errorf("the link became %q %v", target, err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
		t.Errorf("left behind: %v %v", names, err)
	}
}

func TestWriteLeavesAloneWhatHasChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "goals.yaml")
	if err := os.WriteFile(file, []byte("title: old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := edited(t, file)
	if err := os.WriteFile(file, []byte("title: theirs\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(); err == nil || !strings.Contains(err.Error(), "has changed since it was read") {
		t.Errorf("%v", err)
	}
	if content, _ := os.ReadFile(file); string(content) != "title: theirs\n" {
		t.Errorf("%q", content)
	}
}

func TestWriteLeavesAloneWhatIsReadOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "goals.yaml")
	if err := os.WriteFile(file, []byte("title: old\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	if err := edited(t, file).Write(); err == nil || !strings.Contains(err.Error(), "goals.yaml is read-only") {
		t.Errorf("%v", err)
	}
	if content, _ := os.ReadFile(file); string(content) != "title: old\n" {
		t.Errorf("%q", content)
	}
}

func TestCreateOverwritesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "goals.yaml")
	if err := edit.Create(file, []byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := edit.Create(file, []byte("b")); !os.IsExist(err) {
		t.Errorf("%v", err)
	}
	if content, _ := os.ReadFile(file); string(content) != "a" {
		t.Errorf("%q", content)
	}
}

func TestScalars(t *testing.T) {
	for text, want := range map[string]string{
		"plain words": "plain words", "it's": "it's", "7.6": `"7.6"`, "2026": `"2026"`, "2026-Q4": `"2026-Q4"`, "on": `"on"`, "No": `"No"`, "y": `"y"`,
		"#x": `"#x"`, "a #b": `"a #b"`, "a#b": "a#b", "a: b": `"a: b"`, "a:": `"a:"`, "- a": `"- a"`, "": `""`, "%": `"%"`, "@me": `"@me"`, "a\nb": `"a\nb"`,
		"null": `"null"`, "~": `"~"`, " a": `" a"`, "a ": `"a "`, "[a": `"[a"`, "a]": "a]", "tab\there": `"tab\there"`, "grün": "grün", "bell\a": `"bell\a"`, "a\u0085b": `"a\u0085b"`,
		"*a": `"*a"`, "&a": `"&a"`, "!a": `"!a"`, "1:30": `"1:30"`, "0x1f": `"0x1f"`, "1e3": `"1e3"`, "nan": `"nan"`, "\xff": `"�"`,
	} {
		f := open("title: x\n")
		if err := f.Set(0, edit.At("title"), edit.Text(text)); err != nil && text != "\xff" {
			t.Errorf("%q: %v", text, err)
		} else if got := strings.TrimSuffix(strings.TrimPrefix(string(f.Content), "title: "), "\n"); got != want && text != "\xff" {
			t.Errorf("%q is written as %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"7": "7", "-12": "-12", "7.6": `"7.6"`, "007": `"007"`, "0": "0", "123456789012345": "123456789012345"} {
		f := open("title: x\n")
		if err := f.Set(0, edit.At("title"), edit.Decimal(text)); err != nil || string(f.Content) != "title: "+want+"\n" {
			t.Errorf("%q is written as %q, want %s (%v)", text, f.Content, want, err)
		}
	}
}
