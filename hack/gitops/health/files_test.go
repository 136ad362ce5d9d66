package health

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// kinds are all kinds of goals.okr.dev.
var kinds = []string{"Objective", "KeyResult", "KPI", "MetricSource"}

// customizations is the folder that has the layout of Argo CD's own.
const customizations = "config/gitops/argocd/resource_customizations/goals.okr.dev"

func root(t *testing.T) string {
	t.Helper()
	dir, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// read reads a file, given from the module's root.
func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// scripts are the health scripts by kind.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, kind := range kinds {
		all[kind] = string(read(t, filepath.Join(customizations, kind, "health.lua")))
	}
	return all
}

// object reads a file of one object.
func object(t *testing.T, file string) *unstructured.Unstructured {
	t.Helper()
	text, err := yaml.YAMLToJSON(read(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return asRead(t, text)
}

// asRead is an object as clients read it from an API server, which tell whole numbers from others.
func asRead(t *testing.T, text []byte) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := o.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	return o
}

// build renders a folder of files as someone has it who names a component of ours.
func build(t *testing.T, component string, files map[string]string) []*unstructured.Unstructured {
	t.Helper()
	dir := t.TempDir()
	below, err := filepath.Rel(dir, filepath.Join(root(t), component))
	if err != nil {
		t.Fatal(err)
	}
	kustomization := map[string]any{"components": []string{below}}
	var resources []string
	for name, text := range files {
		resources = append(resources, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kustomization["resources"] = resources
	text, err := yaml.Marshal(kustomization)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := rendered.Kustomize(dir)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}
