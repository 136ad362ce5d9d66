package kustomization_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"okr.dev/controller/internal/cli/kustomization"
)

const kpi = "apiVersion: goals.okr.dev/v1alpha1\nkind: KPI\nmetadata:\n  name: a\n"

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestObjectsRememberTheirFile(t *testing.T) {
	dir := folder(t, map[string]string{
		"base/kustomization.yaml": "resources: [goals/a.yaml]\n", "base/goals/a.yaml": kpi + "  annotations: {x: y}\n",
		"prod/kustomization.yml": "resources: [../base]\nnamespace: prod\nnamePrefix: p-\nconfigMapGenerator: [{name: c, literals: [a=b]}]\nbuildMetadata: [managedByLabel]\n",
	})
	file := kustomization.In(filepath.Join(dir, "prod"))
	if file != filepath.Join(dir, "prod", "kustomization.yml") || !kustomization.Is(file) || kustomization.In(dir) != "" {
		t.Fatalf("found %q", file)
	}
	k, err := kustomization.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := k.Build()
	if err != nil || len(objects) != 2 {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	text := string(objects[0].Content)
	if objects[0].File != filepath.Join(dir, "base", "goals", "a.yaml") || !strings.Contains(text, "name: p-a") || !strings.Contains(text, "namespace: prod") || !strings.Contains(text, "x: \"y\"") {
		t.Errorf("%s\n%s", objects[0].File, text)
	}
	if strings.Contains(text, "origin") || !strings.Contains(text, "managed-by") {
		t.Errorf("where it comes from is asked for and not shown, and what else is asked for stays:\n%s", text)
	}
	if objects[1].File != "" && !kustomization.Is(objects[1].File) {
		t.Errorf("what kustomize makes is of no file of objects: %s", objects[1].File)
	}
}

func TestWhatIsForeignIsNamed(t *testing.T) {
	cases := map[string]struct{ reason, text, want string }{
		"Address":     {"an address", "resources: ['https://example.com/x.yaml']", "https://example.com/x.yaml"},
		"Repository":  {"a repository by its host", "resources: [github.com/x/y]", "github.com/x/y"},
		"Shell":       {"a repository by ssh", "resources: ['git@example.com:x/y']", "git@example.com:x/y"},
		"Reference":   {"a repository at a commit", "components: ['../x?ref=main']", "../x?ref=main"},
		"Patch":       {"a patch", "patches: [{path: 'https://example.com/p.yaml'}]", "https://example.com/p.yaml"},
		"Schema":      {"a schema", "openapi: {path: 'https://example.com/s.json'}", "https://example.com/s.json"},
		"Generator":   {"a file of a generator", "configMapGenerator: [{name: c, files: ['a=https://example.com/f']}]", "https://example.com/f"},
		"Transformer": {"a transformer", "transformers: ['https://example.com/t.yaml']", "https://example.com/t.yaml"},
		"Chart":       {"a chart needs helm", "helmCharts: [{name: x}]", "helmCharts"},
		"Present":     {"an address, of which there is a file", "resources: ['http://example.com/here.yaml']", "http://example.com/here.yaml"},
		"Slash":       {"an address as kustomize reads it too", "resources: ['HTTPS:/example.com/here.yaml']", "HTTPS:/example.com/here.yaml"},
		"Checkout":    {"a repository, of which there is a folder", "resources: [github.com/here/folder]", "github.com/here/folder"},
		"Login":       {"a repository with a login, of which there is a folder", "resources: ['me@host/folder']", "me@host/folder"},
		"Plugin":      {"what the configuration of a generator names", "generators: [plugin.yaml]", "https://example.com/p"},
		"Inline":      {"what it names in place", "transformers: ['{apiVersion: builtin, kind: PatchTransformer, metadata: {name: x}, path: \"https:/example.com/q\"}']", "https:/example.com/q"},
		"Folder":      {"what a folder of transformers makes cannot be told", "transformers: [b.d]", "b.d"},
		"Note":        {"a link in a plugin that is no file", "transformers: ['{apiVersion: builtin, kind: AnnotationsTransformer, metadata: {name: x}, annotations: {see: \"https://example.com\"}}']", ""},
		"Link":        {"a text with a link is none", "configMapGenerator: [{name: c, literals: ['a=https://example.com']}]", ""},
		"Local":       {"nor is what is here", "resources: [a.yaml, b.d/c.yaml]", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{
				"kustomization.yaml": tc.text + "\n", "a.yaml": kpi, "b.d/c.yaml": kpi, "http:/example.com/here.yaml": kpi, "HTTPS:/example.com/here.yaml": kpi,
				"github.com/here/folder/kustomization.yaml": "{}\n", "me@host/folder/kustomization.yaml": "{}\n",
				"plugin.yaml": "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: x}\nfiles: ['a=https://example.com/p']\n",
			})
			k, err := kustomization.Read(kustomization.In(dir))
			if err != nil || k.Foreign != tc.want {
				t.Errorf("%s: %q, %v, want %q", tc.reason, k.Foreign, err, tc.want)
			}
		})
	}
}

func TestWhatCannotBeBuilt(t *testing.T) {
	cases := map[string]struct{ reason, text, read, build string }{
		"Missing": {"a file that is not there is told before kustomize takes it for a repository", "resources: [gone.yaml]", "gone.yaml, which is not there", ""},
		"Outside": {"a file that kustomize would not read is not read", "resources: [../out/x.yaml]", "it names ../out/x.yaml, which is not below its folder", ""},
		"Device":  {"nor what is no file, and may never end", "resources: [../../../../../../../../dev/zero]", "dev/zero, which is no file", ""},
		"Syntax":  {"a kustomization that is not YAML", "resources: [a.yaml", "kustomization.yaml", ""},
		"Twice":   {"the same object twice, without what kustomize tried next", "resources: [a.yaml, b.d/c.yaml]", "", "merging resources from 'b.d/c.yaml': may not add resource with an already registered id"},
		"Field":   {"a field that there is not", "resouces: [a.yaml]", "", "resouces"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(folder(t, map[string]string{"in/kustomization.yaml": tc.text + "\n", "in/a.yaml": kpi, "in/b.d/c.yaml": kpi, "out/x.yaml": kpi}), "in")
			k, err := kustomization.Read(kustomization.In(dir))
			if tc.read != "" {
				if err == nil || !strings.Contains(err.Error(), tc.read) {
					t.Errorf("%s: %v, want %q", tc.reason, err, tc.read)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err = k.Build(); err == nil || !strings.Contains(err.Error(), tc.build) || strings.Contains(err.Error(), "must build at directory") || strings.Contains(err.Error(), dir) {
				t.Errorf("%s: %v, want %q", tc.reason, err, tc.build)
			}
		})
	}
}

func TestPartsAreTold(t *testing.T) {
	dir := folder(t, map[string]string{
		"kustomization.yaml": "kind: Component\nresources: [a.yaml, below]\npatches: [{path: p.yaml}, {patch: 'x: y'}]\n", "a.yaml": kpi, "p.yaml": kpi, "below/kustomization.yaml": "{}\n",
	})
	k, err := kustomization.Read(kustomization.In(dir))
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) []string { return []string{filepath.Join(dir, name)} }
	if !k.Component || !slices.Equal(k.Resources, in("a.yaml")) || !slices.Equal(k.Folders, in("below")) || !slices.Equal(k.Uses, in("p.yaml")) {
		t.Errorf("%+v", k)
	}
}

func TestNothingIsFetchedFurtherDown(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	dir := folder(t, map[string]string{
		"kustomization.yaml": "resources: [base]\n", "base/kustomization.yaml": "resources: ['" + server.URL + "/x.yaml']\n",
	})
	k, err := kustomization.Read(kustomization.In(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Build(); err == nil || !strings.Contains(err.Error(), "which is not fetched") || asked.Load() > 0 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
}
