package edit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
)

// FuzzEdit edits whatever parses, anywhere: it must not panic, and what it refuses it must leave alone.
func FuzzEdit(f *testing.F) {
	seeds, err := filepath.Glob("testdata/corpus/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for i, seed := range seeds {
		content, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, uint8(i), uint16(7*i))
	}
	f.Add([]byte("a: !!str &x\n? b\n: - |1+\n   c\n\n  - {d: [e, ], \"f\"}\n- g"), uint8(1), uint16(3))
	item := edit.Map{{"name", edit.Text("new: #")}, {"list", edit.List{edit.Text("x"), edit.Map{}}}}
	f.Fuzz(func(t *testing.T, content []byte, operation uint8, at uint16) {
		file := manifest.Parse("fuzz.yaml", content)
		if len(file.Documents) == 0 {
			return
		}
		document := int(operation>>4) % len(file.Documents)
		if file.Documents[document].Err != nil {
			return
		}
		path := edit.At("new")
		if all := paths(file.Documents[document].Root, nil); len(all) > 0 {
			path = all[int(at)%len(all)]
		}
		edited := edit.Open(file)
		var err error
		switch operation % 6 {
		case 0:
			err = edited.Set(document, path, edit.Text("a: b"))
		case 1:
			err = edited.Set(document, append(path[:len(path):len(path)], "added"), item)
		case 2:
			err = edited.Insert(document, path, int(at%5), item)
		case 3:
			err = edited.Remove(document, path)
		case 4:
			err = edited.Comment(document, path, []string{"review:"})
		case 5:
			err = edited.Replace(document, path, edit.Field{Key: "other", Value: edit.Integer("5")})
		}
		if err != nil && !bytes.Equal(edited.Content, content) {
			t.Errorf("refused and changed:\n%q\n%q", content, edited.Content)
		}
	})
}
