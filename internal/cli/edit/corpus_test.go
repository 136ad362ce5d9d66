package edit_test

import (
	"testing"

	"okr.dev/controller/internal/cli/manifest"
)

// TestCorpusIsRead holds that the corpus of awkward files, which other packages edit, is what it looks like: goals that the
// parser and the API's types read.
func TestCorpusIsRead(t *testing.T) {
	files, err := manifest.Load([]string{"testdata/corpus"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, f := range files {
		for _, d := range f.Documents {
			kinds[d.Head().Kind]++
			if _, err := d.Goal(); err != nil || d.Err != nil && d.Line > 1 {
				t.Errorf("%s:%d: %v %v", f.Path, d.Line, err, d.Err)
			}
		}
	}
	if kinds["Objective"] != 5 || kinds["KeyResult"] != 10 || kinds["ConfigMap"] != 1 || kinds[""] != 1 {
		t.Errorf("%v", kinds)
	}
}
