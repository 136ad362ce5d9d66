package closing_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/closing"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/terminal"
)

var wide = terminal.Screen{Width: 100, Unicode: true}

// inCopy goes into a scratch copy of folders of the repository.
func inCopy(t *testing.T, folders ...string) {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, folder := range folders {
		if err := os.CopyFS(filepath.Join(dir, filepath.Base(folder)), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// rewrite changes every YAML file below a folder.
func rewrite(t *testing.T, dir string, change func([]byte) []byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, change(content), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// moved are the samples on the day of the recording, in the folder demo: the demo had moved their dates as well.
func moved(t *testing.T) {
	t.Helper()
	if err := loaded(t).CopySamples("samples", "demo"); err != nil {
		t.Fatal(err)
	}
}

func loaded(t *testing.T) recorded.Cluster {
	t.Helper()
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

// run runs a command on a cluster, and returns what it printed on both streams, and its error.
func run(cluster recorded.Cluster, screen terminal.Screen, namespace string, of func(*command.Environment) *cobra.Command, args ...string) (string, error) {
	env, printed := cluster.Environment(namespace, screen, "")
	cmd := of(env)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(context.Background())
	return printed.Out.String() + printed.Err.String(), err
}

func TestClose(t *testing.T) {
	for name, screen := range recorded.Screens() {
		var got string
		t.Run(name, func(t *testing.T) {
			inCopy(t, "config/samples")
			moved(t)
			// So that a review is still to be written.
			rewrite(t, "demo/platform", func(content []byte) []byte {
				return regexp.MustCompile(`(?m)^  review:\n(?:    .*\n)+`).ReplaceAll(content, nil)
			})
			for range 2 { // the second finds nothing to do
				printed, err := run(loaded(t), screen, "", closing.CloseCommand, "demo", "--cycle", "2026-07-12/2026-10-11")
				if err != nil {
					t.Fatal(err)
				}
				got += printed + "\n"
			}
		})
		recorded.Golden(t, "close-"+name, got)
	}
}

// TestCloseRefusesOtherGoals closes files whose dates are not those of the cluster, and goals that still run.
func TestCloseRefusesOtherGoals(t *testing.T) {
	var got string
	t.Run("run", func(t *testing.T) {
		inCopy(t, "config/samples")
		rewrite(t, "samples/platform", func(content []byte) []byte { // its target is another one
			return bytes.ReplaceAll(content, []byte("target: 5}"), []byte("target: 9}"))
		})
		for _, cycle := range []string{"2026-Q3", "2026-Q4"} {
			printed, err := run(loaded(t), wide, "platform", closing.CloseCommand, "samples", "--cycle", cycle)
			if err != nil {
				t.Fatal(err)
			}
			got += printed + "\n"
		}
		moved(t)
		printed, err := run(loaded(t), wide, "platform", closing.CloseCommand, "demo/platform/last-quarter.yaml", "--cycle", "2026-07-12/2026-10-11", "--dry-run")
		if err != nil {
			t.Fatal(err)
		}
		got += printed
	})
	recorded.Golden(t, "close-others", got)
}

func TestCloseErrors(t *testing.T) {
	inCopy(t, "config/samples")
	cluster := loaded(t)
	for _, c := range []struct {
		reason, want string
		args         []string
	}{
		{"a cycle that nobody has", "the files have no objective of 2026-Q5: they are of 2026, 2026-07-01/2027-03-31", []string{"samples", "--cycle", "2026-Q5"}},
		{"a cycle that is not said", `required flag(s) "cycle" not set`, []string{"samples"}},
		{"a path that is not there", "no such file", []string{"nowhere", "--cycle", "2026-Q3"}},
		{"standard input", "standard input cannot be edited", []string{"-", "--cycle", "2026-Q3"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if _, err := run(cluster, wide, "", closing.CloseCommand, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	t.Run("a cluster that cannot be reached", func(t *testing.T) {
		env, _ := cluster.Environment("platform", wide, "")
		env.Cluster = func() (client.WithWatch, error) { return nil, errors.New("no route to host") }
		cmd := closing.CloseCommand(env)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs([]string{"samples", "--cycle", "2026-Q3"})
		if err := cmd.ExecuteContext(context.Background()); err == nil || err.Error() != "the results are in the cluster: no route to host" {
			t.Errorf("%v", err)
		}
	})
}

// corpus are the awkward files' goals as a cluster has them three weeks after their end, with results.
func corpus(t *testing.T) recorded.Cluster {
	t.Helper()
	files, err := manifest.Load([]string{"corpus"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cluster := recorded.Cluster{Time: time.Date(2027, 1, 20, 12, 0, 0, 0, time.UTC)}
	for _, f := range files {
		for _, d := range f.Documents {
			if !d.Head().Ours() {
				continue
			}
			text, err := d.JSON()
			if err != nil {
				t.Fatal(err)
			}
			var item map[string]any
			if err := json.Unmarshal(text, &item); err != nil {
				t.Fatal(err)
			}
			item["status"] = statusOf(d.Head())
			cluster.Items = append(cluster.Items, item)
		}
	}
	return cluster
}

func statusOf(head manifest.Head) map[string]any {
	end := "2027-01-01T00:00:00Z"
	switch {
	case head.Kind == "Objective":
		return map[string]any{"final": map[string]any{"score": "0.62", "grade": "Red", "time": end}}
	case strings.HasSuffix(head.Name, "-hand"):
		return map[string]any{"value": "16.2", "final": map[string]any{"value": "16.2", "score": "0.62", "grade": "Red", "time": end}}
	case strings.HasSuffix(head.Name, "-measured"):
		return map[string]any{"value": "7.123", "final": map[string]any{"value": "7.12345678912", "score": "0.84", "grade": "Amber", "time": end},
			"frozen": map[string]any{"baseline": map[string]any{"value": "5.12345678912"}}}
	default:
		return map[string]any{"conditions": []any{map[string]any{"type": "OnTrack", "status": "Unknown", "reason": "FinalUnavailable",
			"message": "there is no final value: \u001b[31mwhy\u001b[0m", "lastTransitionTime": end}}}
	}
}

// variants are the ways in which files end their lines.
var variants = map[string]func([]byte) []byte{
	"as-it-is":      func(b []byte) []byte { return b },
	"windows":       func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) },
	"no-line-break": func(b []byte) []byte { return bytes.TrimRight(b, "\n") },
}

// within reports whether all bytes of a text are there in another one, in their order.
func within(part, whole []byte) bool {
	for _, b := range whole {
		if len(part) > 0 && part[0] == b {
			part = part[1:]
		}
	}
	return len(part) == 0
}

// TestCloseCorpus closes awkward files: nothing is added but results, baselines and the lines of a review, and nothing is taken
// away but the direction of a reach whose baseline is written.
func TestCloseCorpus(t *testing.T) {
	var diffs string
	for variant, of := range variants {
		t.Run(variant, func(t *testing.T) {
			inCopy(t, "internal/cli/edit/testdata/corpus")
			cluster := corpus(t)
			rewrite(t, "corpus", of)
			before, err := manifest.Load([]string{"corpus"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := run(cluster, wide, "", closing.CloseCommand, "corpus", "--cycle", "2026-Q4")
			if err != nil {
				t.Fatal(err)
			}
			if variant == "as-it-is" {
				diffs = got
			}
			after, err := manifest.Load([]string{"corpus"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range before {
				compareClosed(t, before[i], after[i])
				if crlf := bytes.Count(after[i].Content, []byte("\r\n")); variant == "windows" && crlf != bytes.Count(after[i].Content, []byte("\n")) {
					t.Errorf("%s: line breaks are mixed", after[i].Path)
				}
			}
			again, err := run(cluster, wide, "", closing.CloseCommand, "corpus", "--cycle", "2026-Q4")
			if err != nil || !strings.HasSuffix(again, "nothing to write\n") {
				t.Errorf("the second time: %v\n%s", err, again)
			}
		})
	}
	recorded.Golden(t, "close-corpus", diffs)
}

var direction = regexp.MustCompile(`direction: Increase, |, direction: Increase|direction: Increase`)

func compareClosed(t *testing.T, before, after manifest.File) {
	t.Helper()
	if kept := direction.ReplaceAll(before.Content, nil); !within(kept, after.Content) {
		t.Errorf("%s: bytes are gone:\n%s", after.Path, after.Content)
	}
	for i := range before.Documents {
		if before.Documents[i].Err != nil {
			continue
		}
		was, err := before.Documents[i].Goal()
		if err != nil {
			t.Fatal(err)
		}
		is, err := after.Documents[i].Goal()
		if err != nil {
			t.Fatal(err)
		}
		if kr, ok := is.(*v1alpha1.KeyResult); ok {
			old := was.(*v1alpha1.KeyResult)
			if (kr.Spec.Final == nil) != (kr.Name == "flow-steps") {
				t.Errorf("%s has the result %+v", kr.Name, kr.Spec.Final)
			}
			kr.Spec.Final = nil
			if old.Spec.Reach != nil && old.Spec.Reach.Direction != "" {
				if *kr.Spec.Reach.Baseline != "5.123456789" || kr.Spec.Reach.Direction != "" {
					t.Errorf("%s has the reach %+v", kr.Name, kr.Spec.Reach)
				}
				kr.Spec.Reach = old.Spec.Reach
			}
		}
		equal(t, was, is)
	}
}

func equal(t *testing.T, was, is any) {
	t.Helper()
	a, err := json.Marshal(was)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(is)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Errorf("another object:\n%s\n%s", a, b)
	}
}
