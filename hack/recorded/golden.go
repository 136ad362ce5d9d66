package recorded

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"okr.dev/controller/internal/cli/terminal"
)

var update = flag.Bool("update", false, "write what is printed now into the golden files, to be looked at and committed")

// Screens are those on which each command is looked at, with a page or two that have all that it draws. Its other pages are
// looked at on Narrow.
func Screens() map[string]terminal.Screen {
	return map[string]terminal.Screen{
		"80":        {Width: 80, Unicode: true},
		"160":       {Width: 160, Unicode: true},
		"80-colour": {Width: 80, Unicode: true, Colour: true},
		"80-ascii":  {Width: 80},
	}
}

// Narrow is the one of Screens on which what reads badly shows first.
func Narrow() map[string]terminal.Screen { return map[string]terminal.Screen{"80": Screens()["80"]} }

// Golden compares what was printed with testdata/NAME.golden of the test's package; -update writes that file.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what is printed now; look at it, and run go test -update if it is right (-golden +now):\n%s", file, diff)
	}
}
