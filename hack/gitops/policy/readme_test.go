package policy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// The kustomizations that config/policy/README.md shows do what it says.
func TestTheKustomizationsOfTheReadme(t *testing.T) {
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "config", "policy", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```yaml\n([^`]*?patches:[^`]*)```").FindAllStringSubmatch(string(text), -1)
	if len(shown) != 2 {
		t.Fatalf("the README shows %d kustomizations", len(shown))
	}
	for i, check := range []func([]*unstructured.Unstructured) bool{
		func(left []*unstructured.Unstructured) bool { // without the policies about owners
			return len(left) == 6 && !slices.ContainsFunc(left, func(o *unstructured.Unstructured) bool { return strings.HasSuffix(o.GetName(), "-owner") })
		},
		func(all []*unstructured.Unstructured) bool { // with another label
			variables, _, _ := unstructured.NestedSlice(find(all, "ValidatingAdmissionPolicy okr-tenant-label").Object, "spec", "variables")
			return len(all) == 10 && variables[0].(map[string]any)["expression"] == "'example.com/team'"
		},
	} {
		dir := t.TempDir()
		policy, err := filepath.Rel(dir, filepath.Join(root, "config", "policy"))
		if err != nil {
			t.Fatal(err)
		}
		_, patches, _ := strings.Cut(shown[i][1], "patches:")
		kustomization := "resources: [" + policy + "]\npatches:" + patches
		if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
			t.Fatal(err)
		}
		objects, err := rendered.Kustomize(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !check(objects) {
			t.Errorf("%s\nrenders:", kustomization)
			for _, o := range objects {
				t.Error(rendered.Name(o))
			}
		}
	}
}

func find(objects []*unstructured.Unstructured, name string) *unstructured.Unstructured {
	for _, o := range objects {
		if rendered.Name(o) == name {
			return o
		}
	}
	return &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"variables": []any{map[string]any{}}}}}
}
