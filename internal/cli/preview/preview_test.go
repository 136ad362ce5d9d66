package preview_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/preview"
	"okr.dev/controller/internal/cli/terminal"
)

// repository is a git repository with the goals of testdata/before committed and those of testdata/after in its folder goals.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	git := func(arguments ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, arguments...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", arguments, err, out)
		}
	}
	put := func(from string) {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(root, "goals")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(root, "goals"), os.DirFS(filepath.Join("testdata", from))); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q", "-b", "main")
	put("before")
	git("add", ".")
	git("commit", "-q", "-m", "goals")
	put("after")
	return root
}

// run runs the command with an environment and returns what it prints.
func run(env *command.Environment, arguments ...string) error {
	cmd := preview.Command(env)
	cmd.SetArgs(arguments)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	return cmd.Execute()
}

// environment has no cluster.
func environment(screen terminal.Screen, in string) (*command.Environment, *bytes.Buffer) {
	out := &bytes.Buffer{}
	namespace := "shop"
	flags := genericclioptions.NewConfigFlags(false)
	flags.Namespace = &namespace
	return &command.Environment{
		IOStreams: genericiooptions.IOStreams{In: strings.NewReader(in), Out: out, ErrOut: &bytes.Buffer{}},
		Flags:     flags, Screen: screen, Now: func() time.Time { return now },
		Cluster: func() (client.WithWatch, error) { return nil, errors.New("no cluster") },
	}, out
}

func TestGolden(t *testing.T) {
	url, goals := fakePrometheus(t), filepath.Join(repository(t), "goals")
	for name, arguments := range map[string][]string{
		"plain":    {goals},
		"changes":  {goals, "--against", "main"},
		"backtest": {goals, "--backtest", "3"},
	} {
		for on, screen := range recorded.Screens() {
			t.Run(name+"-"+on, func(t *testing.T) {
				env, out := environment(screen, "")
				if err := run(env, append(arguments, "--prometheus", url)...); err != nil {
					t.Fatal(err)
				}
				recorded.Golden(t, name+"-"+on, out.String())
			})
		}
	}
	for _, format := range []string{"markdown", "json"} {
		t.Run(format, func(t *testing.T) {
			env, out := environment(terminal.Screen{Width: 80}, "")
			if err := run(env, goals, "--against", "main", "--backtest", "2", "--prometheus", url, "-o", format); err != nil {
				t.Fatal(err)
			}
			recorded.Golden(t, format, strings.ReplaceAll(out.String(), goals, "goals"))
		})
	}
}
