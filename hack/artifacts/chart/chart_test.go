package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A chart in which a file is missing, or one is left that config/ has no more, would install something else than it seems to.
func TestShare(t *testing.T) {
	for reason, test := range map[string]struct {
		share         share
		sources, want map[string]string
		fails         string
	}{
		"files are copied as they are": {
			share: share{from: "a/*.json", to: "files"}, sources: map[string]string{"a/b.json": "{{ x }}", "a/c.yaml": "c"}, want: map[string]string{"b.json": "{{ x }}"},
		},
		"but those that only kustomize reads": {
			share:   share{from: "a/*.yaml", except: []string{"kustomization.yaml"}, to: "files"},
			sources: map[string]string{"a/b.yaml": "b", "a/kustomization.yaml": "k"}, want: map[string]string{"b.yaml": "b"},
		},
		"nothing to copy":                  {share: share{from: "a/*.yaml", to: "files"}, fails: "no such file"},
		"a CRD says whose it is":           {share: share{from: "a/*.yaml", to: "files", change: owned}, sources: map[string]string{"a/b.yaml": "metadata:\n  annotations:\n    v: 1\n  name: b\n"}, want: map[string]string{"b.yaml": "metadata:\n  labels:\n    app.kubernetes.io/managed-by: Helm\n  annotations:\n    meta.helm.sh/release-name: okr\n    meta.helm.sh/release-namespace: okr-system\n    v: 1\n  name: b\n"}},
		"a CRD that is not as expected":    {share: share{from: "a/*.yaml", to: "files", change: owned}, sources: map[string]string{"a/b.yaml": "metadata:\n  name: b\n"}, fails: "b.yaml: a CRD's metadata is expected"},
		"a CRD that has labels of its own": {share: share{from: "a/*.yaml", to: "files", change: owned}, sources: map[string]string{"a/b.yaml": "metadata:\n  annotations:\n    v: 1\n  labels:\n    a: b\n"}, fails: "no labels"},
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{"files/stale.json": "old"})
		write(t, dir, test.sources)
		err := test.share.write(dir, filepath.Join(dir, test.share.to))
		if test.fails != "" {
			if err == nil || !strings.Contains(err.Error(), test.fails) {
				t.Errorf("%s: want an error with %q, got %v", reason, test.fails, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", reason, err)
			continue
		}
		entries, err := os.ReadDir(filepath.Join(dir, "files"))
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != len(test.want) {
			t.Errorf("%s: there are %v, want %d files", reason, entries, len(test.want))
		}
		for name, want := range test.want {
			if got, err := os.ReadFile(filepath.Join(dir, "files", name)); err != nil || string(got) != want {
				t.Errorf("%s: %s is %q (%v), want %q", reason, name, got, err, want)
			}
		}
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
