package walkthrough

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the commands of docs/install.md print into it")

// notRun are the commands that need what is not here, by how they begin. What the page shows below them is written by hand.
var notRun = []struct{ begins, why string }{
	{"git clone ", "the clone is this repository"},
	{"make plugin", "the plugin was built before the tests"},
	{"docker build ", "no container engine"},
	{"kubectl -n okr-system rollout status ", "no nodes: a Deployment has no Pods"},
	{"kubectl -n okr-system get pods", "no nodes: a Deployment has no Pods"},
}

func isRun(command string) bool {
	for _, n := range notRun {
		if strings.HasPrefix(command, n.begins) {
			return false
		}
	}
	return true
}

// The commands after which a node would run the controller, and those after which it would not any more.
var (
	starts = []string{"helm install okr ", "helm upgrade --install okr ", "kubectl apply -k config/default"}
	stops  = []string{"helm uninstall okr ", "kubectl delete -k config/"}
)

func begins(command string, with []string) bool {
	for _, w := range with {
		if strings.HasPrefix(command, w) {
			return true
		}
	}
	return false
}

// reads are the commands that are asked again while they print something else than the page: the controller takes its time.
var reads = []string{"kubectl get ", "kubectl okr status", "kubectl okr explain", "kubectl -n okr-system get "}

func TestInstallPageShowsWhatItsCommandsPrint(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(w.Root, "docs", "install.md")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	all, err := steps(page)
	if err != nil {
		t.Fatal(err)
	}
	printed := map[int]string{}
	for _, s := range all {
		if !isRun(s.command) {
			continue
		}
		out := w.do(t, s)
		if s.unseen {
			continue
		}
		printed[s.line] = out
		if *update {
			continue
		}
		if diff := cmp.Diff(normal(s.output), normal(out)); diff != "" {
			t.Errorf("docs/install.md, line %d, does not show what the command prints now (go test ./hack/gitops/walkthrough -update "+
				"writes it):\n$ %s\n%s", s.line, s.command, out)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(fill(page, printed)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// do runs a command, and what the cluster would do because of it.
func (w *world) do(t *testing.T, s step) string {
	t.Helper()
	if *update && begins(s.command, reads) {
		time.Sleep(5 * time.Second)
	}
	out := w.run(s.command)
	for deadline := time.Now().Add(2 * time.Minute); !*update && begins(s.command, reads) && normal(out) != normal(s.output) &&
		time.Now().Before(deadline); time.Sleep(time.Second) {
		out = w.run(s.command)
	}
	t.Logf("$ %s\n%s", s.command, out)
	switch {
	case begins(s.command, starts):
		if err := w.startController(t); err != nil {
			t.Fatal(err)
		}
	case begins(s.command, stops):
		if err := w.stopController(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
