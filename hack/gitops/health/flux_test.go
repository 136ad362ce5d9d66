package health

import (
	"testing"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
)

// fluxChecks are the expressions of config/gitops/flux, read into Flux's own type, which knows every field there is.
func fluxChecks(t *testing.T) []kustomize.CustomHealthCheck {
	t.Helper()
	var patch struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Metadata   map[string]string `json:"metadata"`
		Spec       struct {
			HealthCheckExprs []kustomize.CustomHealthCheck `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	if err := yaml.UnmarshalStrict(read(t, "config/gitops/flux/health-check-exprs.yaml"), &patch); err != nil {
		t.Fatal(err)
	}
	return patch.Spec.HealthCheckExprs
}

// flux is what Flux makes of an object with the expressions, by Flux's own reader.
func flux(t *testing.T, o *unstructured.Unstructured) status.Status {
	t.Helper()
	reader, err := cel.NewStatusReader(fluxChecks(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader(nil).ReadStatusForObject(t.Context(), nil, o) // it looks nothing up for these kinds
	if err != nil {
		t.Fatalf("%s %s: %v", o.GetKind(), o.GetName(), err)
	}
	if got.Error != nil {
		t.Errorf("%s %s: %v", o.GetKind(), o.GetName(), got.Error)
	}
	return got.Status
}

// kstatus is what Flux makes of an object without the expressions, and so do others that wait by kstatus.
func kstatus(t *testing.T, o *unstructured.Unstructured) status.Status {
	t.Helper()
	got, err := status.Compute(o)
	if err != nil {
		t.Fatalf("%s %s: %v", o.GetKind(), o.GetName(), err)
	}
	return got.Status
}

func TestTheFluxComponentPatchesEveryKustomizationAndNothingElse(t *testing.T) {
	t.Parallel()
	objects := build(t, "config/gitops/flux", map[string]string{"flux.yaml": `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: goals, namespace: flux-system}
spec: {interval: 10m, path: ./goals, prune: true, wait: true, timeout: 5m, sourceRef: {kind: GitRepository, name: goals}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: team-goals, namespace: team}
spec: {interval: 10m, path: ./team, prune: true, sourceRef: {kind: GitRepository, name: goals}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
`})
	if len(objects) != 3 {
		t.Fatalf("%d objects", len(objects))
	}
	for _, o := range objects {
		exprs, found, err := unstructured.NestedSlice(o.Object, "spec", "healthCheckExprs")
		if err != nil {
			t.Fatal(err)
		}
		path, _, _ := unstructured.NestedString(o.Object, "spec", "path")
		if flux := o.GetKind() == "Kustomization"; flux != (found && len(exprs) == len(kinds)) || flux != (path != "") {
			t.Errorf("%s has %d expressions and path %q", rendered.Name(o), len(exprs), path)
		}
	}
}
