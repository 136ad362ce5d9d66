package draft_test

import (
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
)

// full lets no file become larger, as a disk that is full does, until the test ends.
func full(t *testing.T, bytes uint64) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	})
}

// Half a goal is another goal: what cannot be written whole is not written.
func TestADiskThatIsFull(t *testing.T) {
	if !recorded.InProcess(t) {
		return
	}
	held := "# ours\n" + strings.Repeat("a: 1 # stays\n", 20)
	folder := t.TempDir()
	file := write(t, filepath.Join(folder, "goals.yaml"), held)
	cases := map[string]struct {
		reason string
		args   []string
	}{
		"New":    {"a file that was begun goes", []string{"new", "--title", "Customers come back", "--file", filepath.Join(folder, "new.yaml")}},
		"Append": {"a file that is written behind is what it was", []string{"new", "--title", "Customers come back", "--file", file, "--append"}},
		"Import": {"files that were written whole go too", []string{"import", "testdata/sheets/suite.tsv", "--out", filepath.Join(folder, "goals")}},
	}
	full(t, 900)
	for name, tc := range cases {
		out, errOut, code := run(t, "sales", recorded.Screens()["80"], "", tc.args...)
		if code != command.Failed || out != "" || !strings.Contains(errOut, "too large") {
			t.Errorf("%s: %s: exit %d %s%s", name, tc.reason, code, out, errOut)
		}
		var left []string
		for _, pattern := range []string{"*.*", "goals/*"} {
			found, err := filepath.Glob(filepath.Join(folder, pattern))
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, found...)
		}
		if len(left) != 1 || content(t, file) != held {
			t.Errorf("%s: %s: left are %v, and in %s\n%s", name, tc.reason, left, file, content(t, file))
		}
	}
}
