package report_test

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/report"
)

// On a disk that is full, the document that is there already stays, and nothing is left beside it.
func TestADiskThatIsFull(t *testing.T) {
	if !recorded.InProcess(t) {
		return
	}
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "review.html")
	if err := os.WriteFile(file, []byte("last week's"), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func() error {
		env, _ := cluster.Environment("sales", recorded.Screens()["80"], "")
		cmd := report.Command(env)
		cmd.SetArgs([]string{"-o", "html", "--out", file})
		cmd.SetContext(t.Context())
		return cmd.Execute()
	}
	signal.Ignore(syscall.SIGXFSZ) // a write beyond the limit fails, as one on a full disk does
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 500, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	failed := write()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	files, _ := os.ReadDir(filepath.Dir(file))
	if failed == nil || err != nil || string(content) != "last week's" || len(files) != 1 {
		t.Errorf("%v; %v, %d files, %q", failed, err, len(files), content)
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), "<!") {
		t.Errorf("the new one takes its place: %v %.40q", err, content)
	}
}
