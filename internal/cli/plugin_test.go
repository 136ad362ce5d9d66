package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/spf13/cobra"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/terminal"
)

// build builds the plugin into a folder that is all of PATH.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(started.dir, "path")
	out, err := exec.Command("go", "build", "-o", filepath.Join(path, "kubectl-okr"), "okr.dev/controller/cmd/kubectl-okr").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

// kubectl is the command `kubectl okr …` as a process of a user who has nothing but a kubeconfig. Variables come as
// NAME=value.
func (c *cluster) kubectl(t testing.TB, variables []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(c.plane.KubectlPath(), append([]string{"okr"}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + path, "HOME=" + cmd.Dir, "KUBECONFIG=" + c.kubeconfig}, variables...)
	return cmd
}

// process runs `kubectl okr …` off a terminal.
func (c *cluster) process(t testing.TB, variables []string, args ...string) printed {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := c.kubectl(t, variables, args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return printed{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// contexts is a kubeconfig with a context for namespace sales, which is the current one, and one for namespace company.
func (c *cluster) contexts(t *testing.T) string {
	t.Helper()
	config, err := clientcmd.Load(c.plane.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	current := config.Contexts[config.CurrentContext]
	for _, namespace := range []string{"sales", "company"} {
		config.Contexts[namespace] = &clientcmdapi.Context{Cluster: current.Cluster, AuthInfo: current.AuthInfo, Namespace: namespace}
	}
	config.CurrentContext = "sales"
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

// Nothing that is looked for here depends on today's date: the processes have no other.
func TestKubectlFindsThePlugin(t *testing.T) {
	c := running(t)
	contexts := "KUBECONFIG=" + c.contexts(t)
	const sales, company = "win-back-new-customers", "double-earnings"
	cases := map[string]struct {
		reason    string
		variables []string
		args      string
		code      int
		says, not string
	}{
		"Alone":       {"alone it shows which commands there are, as people write them", nil, "", 0, "kubectl okr COMMAND", "kubectl-okr"},
		"Help":        {"help is no failure", nil, "--help", 0, "Guarding pull requests:", ""},
		"Current":     {"the kubeconfig's namespace", []string{contexts}, "tree", 0, sales, "platform/"},
		"Context":     {"another context, and its namespace", []string{contexts}, "tree double-earnings --context company", 0, company, ""},
		"Namespace":   {"a namespace that is asked for wins", []string{contexts}, "tree double-earnings -n company", 0, company, ""},
		"NoNamespace": {"a kubeconfig without a namespace means default, which has no goals", nil, "tree", 0, "No objectives in namespace default", ""},
		"All":         {"all namespaces", []string{contexts}, "tree -A", 0, "platform/", ""},
		"Unknown":     {"a command that there is not", nil, "statsu", command.Failed, "status", ""},
		"Missing":     {"what is not there", []string{contexts}, "status nonsense", command.Failed, "nonsense", ""},
		"NoContext":   {"a context that is not there", []string{contexts}, "tree --context nonsense", command.Failed, "nonsense", ""},
		"NoAnswer":    {"a server that does not answer", nil, "tree --server http://127.0.0.1:1", command.Failed, "connection refused", "goroutine"},
		"NoCluster":   {"no kubeconfig at all", []string{"KUBECONFIG=/nonexistent"}, "tree", command.Failed, "KUBECONFIG", "goroutine"},
		"Version":     {"the plugin's version, and the API that is served", nil, "version", 0, "v1alpha1", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.process(t, tc.variables, strings.Fields(tc.args)...)
			if got.code != tc.code || !strings.Contains(got.all(), tc.says) || tc.not != "" && strings.Contains(got.all(), tc.not) {
				t.Errorf("%s: exit %d, want %q and not %q:\n%s", tc.reason, got.code, tc.says, tc.not, got.all())
			}
			if errors := strings.Count(got.err, "error: "); (tc.code != 0) != (errors == 1) || tc.code != 0 && got.out != "" {
				t.Errorf("%s: %d errors:\n%s", tc.reason, errors, got.all())
			}
		})
	}
}

func TestEveryCommandHelpsAsAProcess(t *testing.T) {
	c := running(t)
	each(root(), func(cmd *cobra.Command) {
		if !cmd.Runnable() || !cmd.HasParent() || cmd.Name() == "help" || cmd.Parent().Name() == "completion" {
			return
		}
		got := c.process(t, nil, cmd.Name(), "--help")
		if got.code != 0 || got.err != "" || !strings.Contains(got.out, "Examples:") || !strings.Contains(got.out, "kubectl okr "+cmd.Name()+" [flags]") && !strings.Contains(got.out, "kubectl okr "+cmd.Use) {
			t.Errorf("%s --help: exit %d:\n%s", cmd.Name(), got.code, got.all())
		}
	})
}

// Off a terminal there are no colours, whatever the variables say; widths and characters are those that the variables say.
func TestOutputIsForWhereItGoes(t *testing.T) {
	c := running(t)
	for _, line := range []string{"tree -A --key-results", "tree -A --kpis", "scorecard -A", "orphans -A", "status -A", "digest -A", "-n sales status win-back-new-customers"} {
		args := strings.Fields(line)
		for _, columns := range []int{80, 160} {
			got := c.process(t, []string{"COLUMNS=" + strconv.Itoa(columns), "LC_ALL=C"}, args...)
			if got.code != 0 || got.err != "" {
				t.Fatalf("%s: exit %d: %s", line, got.code, got.all())
			}
			for row := range strings.SplitSeq(got.out, "\n") {
				if terminal.Width(row) > columns {
					t.Errorf("%s: wider than %d columns: %s", line, columns, row)
				}
				if i := strings.IndexFunc(row, func(r rune) bool { return r > '~' || r < ' ' }); i >= 0 {
					t.Errorf("%s: LC_ALL=C, and there is %q: %s", line, row[i:], row)
				}
			}
		}
	}
}

var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestOnATerminal(t *testing.T) {
	c := running(t)
	cases := map[string]struct {
		reason    string
		variables []string
		colour    bool
	}{
		"Colour":  {"a terminal has colours", nil, true},
		"NoColor": {"unless people do not want them", []string{"NO_COLOR=1"}, false},
		"Dumb":    {"or the terminal has none", []string{"TERM=dumb"}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cmd := c.kubectl(t, append([]string{"TERM=xterm-256color", "LANG=C.UTF-8"}, tc.variables...), "tree", "-A")
			screen, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 80})
			if err != nil {
				t.Fatal(err)
			}
			defer screen.Close()
			var drawn bytes.Buffer
			_, _ = io.Copy(&drawn, screen) // it ends with an error when the process does
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v: %s", err, drawn.String())
			}
			if got := colour.MatchString(drawn.String()); got != tc.colour {
				t.Errorf("%s: colours %t:\n%s", tc.reason, got, drawn.String())
			}
			if !strings.Contains(drawn.String(), "platform/") || !strings.Contains(drawn.String(), "└─") {
				t.Errorf("%s: no tree, or not in Unicode:\n%s", tc.reason, drawn.String())
			}
			for row := range strings.SplitSeq(strings.ReplaceAll(drawn.String(), "\r", ""), "\n") {
				if terminal.Width(colour.ReplaceAllString(row, "")) > 80 {
					t.Errorf("%s: wider than the terminal: %q", tc.reason, row)
				}
			}
		})
	}
}

// The role view is enough to watch: in one namespace, as long as one likes, until Ctrl-C, which is no failure.
func TestWatchWithTheRoleView(t *testing.T) {
	c := running(t)
	c.allow(t, "wanda", "default")
	o := &v1alpha1.Objective{}
	o.Namespace, o.Name = "default", "watched"
	o.Spec.Title, o.Spec.Period = "As it was", "2026-Q4"
	if err := c.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Delete(context.Background(), o); err != nil {
			t.Error(err)
		}
	})
	cmd := c.kubectl(t, nil, "status", "watched", "-w", "--as", "wanda")
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() }) // the reads below then end
	defer deadline.Stop()
	drawn := &strings.Builder{}
	until := func(text string) {
		t.Helper()
		buffer := make([]byte, 4096)
		for !strings.Contains(drawn.String(), text) {
			n, err := out.Read(buffer)
			drawn.Write(buffer[:n])
			if err != nil {
				t.Fatalf("%q was not drawn: %v\n%s\n%s", text, err, drawn, errOut.String())
			}
		}
	}
	until("As it was")
	o.Spec.Title = "As it is now"
	if err := c.Update(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	until("As it is now")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(drawn, out)
	if err := cmd.Wait(); err != nil || errOut.Len() > 0 {
		t.Errorf("%v: %s", err, errOut.String())
	}
	if strings.Contains(drawn.String(), "forbidden") {
		t.Errorf("something could not be watched:\n%s", drawn)
	}
}

// The codes that scripts and CI go by come through kubectl.
func TestExitCodes(t *testing.T) {
	c := running(t)
	const good = `{apiVersion: goals.okr.dev/v1alpha1, kind: Objective, metadata: {name: good, namespace: default}, spec: {title: Good, period: 2026-Q4}}`
	cases := map[string]struct {
		reason, args, content string
		code                  int
		says                  string
	}{
		"Clean":   {"nothing to mend", "lint goals.yaml --fail-on error", good, 0, ""},
		"Finding": {"something to mend", "lint goals.yaml", strings.Replace(good, "2026-Q4", "2026-Q5", 1), command.Findings, "period"},
		"NoFile":  {"it could not run", "lint nothing.yaml", good, command.Failed, "nothing.yaml"},
		"Rule":    {"a rule is explained", "explain-rule OKR007", good, 0, "OKR007"},
		"NoRule":  {"and one that there is not is an error", "explain-rule OKR999", good, command.Failed, "OKR999"},
		"Output":  {"an output that there is not", "tree -o nonsense", good, command.Failed, "mermaid"},
	}
	plugin := root()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if cmd, _, err := plugin.Find(strings.Fields(tc.args)); err != nil || !cmd.Runnable() {
				t.Skipf("it is not built yet: %v", err)
			}
			var out bytes.Buffer
			cmd := c.kubectl(t, nil, strings.Fields(tc.args)...)
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := os.WriteFile(filepath.Join(cmd.Dir, "goals.yaml"), []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			err := cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != tc.code || !strings.Contains(out.String(), tc.says) {
				t.Errorf("%s: %v, want %d and %q:\n%s", tc.reason, err, tc.code, tc.says, out.String())
			}
		})
	}
}
