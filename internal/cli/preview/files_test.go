package preview_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/terminal"
)

// put writes files below a folder.
func put(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const overlay = `resources: [../base]
namespace: shop
configMapGenerator: [{name: beside, files: [note.txt]}]
patches:
  - path: patch.yaml
`

func patch(atMost string) string {
	return "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: returns}\nspec: {target: {atMost: " + atMost + "}}\n"
}

// What is applied is previewed: an overlay, not its base and its patches; of a commit too.
func TestKustomization(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string]string{
		"base/kustomization.yaml": "resources: [kpi.yaml]\n",
		"base/kpi.yaml": "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata: {name: returns}\n" +
			"spec: {title: Returns, unit: \"%\", target: {atMost: 10}, metric: {query: avg(returns_percent)}}\n",
		"shop/kustomization.yaml": overlay, "shop/patch.yaml": patch("20"), "shop/note.txt": "beside",
		"other.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n",
	})
	for _, arguments := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "goals"}} {
		cmd := exec.Command("git", append([]string{"-C", root, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, arguments...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	put(t, root, map[string]string{"shop/patch.yaml": patch("11")})
	url := fakePrometheus(t)
	for _, c := range []struct {
		reason    string
		arguments []string
		want      []string
	}{
		{"the overlay", []string{filepath.Join(root, "shop")}, []string{"\nreturns   ✘ Unhealthy   12 %    ≤ 11 %"}},
		{"a folder with all of it", []string{root}, []string{"\nreturns   ✘ Unhealthy   12 %    ≤ 11 %"}},
		{"the file of the kustomization", []string{filepath.Join(root, "shop", "kustomization.yaml")}, []string{"≤ 11 %"}},
		{"a patch edits what it patches", []string{filepath.Join(root, "shop"), "--against", "main"},
			[]string{"~ KPI shop/returns  Healthy, 12 %, no objective → Unhealthy, 12 %, no objective", "spec.target.atMost: 20 → 11"}},
	} {
		env, out := environment(terminal.Screen{Width: 100, Unicode: true}, "")
		if err := run(env, append(c.arguments, "--prometheus", url)...); err != nil {
			t.Errorf("%s: %v", c.reason, err)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: there is no %q in:\n%s", c.reason, want, out)
			}
		}
	}
	for _, c := range []struct{ reason, kustomization, want string }{
		{"nothing is fetched", "resources: [https://example.com/goals.yaml]\n", "which is not fetched: kustomize build"},
		{"what is not there", "resources: [nothing.yaml]\n", "nothing.yaml, which is not there"},
		{"what does not parse", "resources: [\n", "kustomization.yaml:"},
	} {
		put(t, root, map[string]string{"broken/kustomization.yaml": c.kustomization})
		env, _ := environment(terminal.Screen{Width: 100}, "")
		if err := run(env, filepath.Join(root, "broken")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.reason, err, c.want)
		}
	}
}

// Lists, as kubectl get prints them, are read item by item.
func TestList(t *testing.T) {
	env, out := environment(terminal.Screen{Width: 100, Unicode: true}, `{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "goals.okr.dev/v1alpha1", "kind": "KPI", "metadata": {"name": "returns", "namespace": "a"},
   "spec": {"title": "R", "target": {"atMost": 10}, "metric": {"query": "avg(returns_percent)"}}, "status": {"health": "Healthy"}},
  {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}]}`)
	if err := run(env, "-", "--prometheus", fakePrometheus(t)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "in namespace a") || !strings.Contains(out.String(), "\nreturns   ✘ Unhealthy   12") {
		t.Errorf("the item of the list is not there, or its old status is:\n%s", out)
	}
}
