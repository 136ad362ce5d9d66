package health

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/artifacts/argocd"
)

func TestTheGeneratedFilesAreOfTheScripts(t *testing.T) {
	t.Parallel()
	files, err := argocd.Render(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if diff := cmp.Diff(string(want), string(read(t, argocd.Dir+"/"+name))); diff != "" {
			t.Errorf("%s: run `make generate` (-wanted +is):\n%s", name, diff)
		}
	}
	want := map[string]string{}
	for kind, script := range scripts(t) {
		want["resource.customizations.health.goals.okr.dev_"+kind] = script
		if strings.Contains(script, "{{") {
			t.Errorf("%s: a chart would take {{ for its own", kind)
		}
	}
	if diff := cmp.Diff(want, data(t, object(t, argocd.Dir+"/"+argocd.HealthPatch))); diff != "" {
		t.Errorf("the patch does not hold the scripts (-wanted +is):\n%s", diff)
	}
}

// In a folder of Argo CD's own objects the ConfigMap has no namespace yet; in one that takes them from elsewhere it has.
func TestTheArgoCDComponentPatchesItsConfigMap(t *testing.T) {
	t.Parallel()
	for _, namespace := range []string{"", "argocd"} {
		objects := build(t, argocd.Dir, map[string]string{"install.yaml": `
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm, namespace: "` + namespace + `"}
data: {url: "https://argocd.example.com"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-rbac-cm}
data: {policy.default: "role:readonly"}
`})
		want := map[string]map[string]string{
			"argocd-cm":      {"url": "https://argocd.example.com"},
			"argocd-rbac-cm": {"policy.default": "role:readonly"},
		}
		maps.Copy(want["argocd-cm"], patches(t))
		got := map[string]map[string]string{}
		for _, o := range objects {
			got[o.GetName()] = data(t, o)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in namespace %q (-wanted +is):\n%s", namespace, diff)
		}
	}
}

// patches is what the two patches add to the ConfigMap.
func patches(t *testing.T) map[string]string {
	t.Helper()
	all := data(t, object(t, argocd.Dir+"/"+argocd.HealthPatch))
	maps.Copy(all, data(t, object(t, argocd.Dir+"/"+argocd.IgnorePatch)))
	return all
}

func data(t *testing.T, o *unstructured.Unstructured) map[string]string {
	t.Helper()
	all, _, err := unstructured.NestedStringMap(o.Object, "data")
	if err != nil {
		t.Fatal(err)
	}
	return all
}
