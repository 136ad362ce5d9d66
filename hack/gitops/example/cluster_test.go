package example

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/conform"
	"okr.dev/controller/hack/gitops/rendered"
)

// definitions are the kinds of Argo CD and Flux, out of their own modules, so that what the example writes is held against what
// they admit. The newest ones that build with this project's Go are taken.
var definitions = []struct {
	module, sum string
	files       []string
}{
	{
		"github.com/argoproj/argo-cd/v3@v3.4.9", "h1:j4uAGoIbD96OWzc00BrRIeYXPdlJ4T+frQDHOk7QrS8=",
		[]string{"manifests/crds/application-crd.yaml", "manifests/crds/applicationset-crd.yaml", "manifests/crds/appproject-crd.yaml"},
	},
	{
		"github.com/fluxcd/kustomize-controller@v1.9.6", "h1:XB+G3A0mky0j5uVHZWv4oSlS2RvZBoNIUhstIvY0JKE=",
		[]string{"config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"},
	},
	{
		"github.com/fluxcd/source-controller@v1.9.6", "h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc=",
		[]string{"config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml"},
	},
}

// install creates the kinds of Argo CD and Flux. Their modules come into Go's module cache, as those of the tests do: they are read,
// not built.
func install(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for _, d := range definitions {
		cmd := exec.Command("go", "mod", "download", "-json", d.module)
		cmd.Dir = c.Dir // outside this project's module, whose requirements they are not
		out, err := cmd.Output()
		var found struct{ Dir, Sum, Error string }
		if decoding := json.Unmarshal(out, &found); err != nil || decoding != nil {
			t.Fatalf("fetching %s: %v %v %s", d.module, err, decoding, found.Error)
		}
		if found.Sum != d.sum {
			t.Fatalf("%s is %s, want %s", d.module, found.Sum, d.sum)
		}
		for _, file := range d.files {
			c.Kubectl(t, "create", "-f", filepath.Join(found.Dir, filepath.FromSlash(file)))
		}
	}
	c.Established(t)
}

func TestOnACluster(t *testing.T) {
	c := cluster.Start(t)
	repository := copied(t)
	c.Install(t)
	install(t, c)
	for _, namespace := range []string{"argocd", "flux-system"} {
		c.Kubectl(t, "create", "namespace", namespace)
	}
	t.Run("admitted", func(t *testing.T) { admitted(t, c, repository) })
	t.Run("goals find each other", func(t *testing.T) { goalsFindEachOther(t, c) })
}

// apply applies a folder as GitOps tools do. It says why where it is refused.
func apply(t *testing.T, c *cluster.Cluster, folder string, arguments ...string) (string, error) {
	t.Helper()
	text, err := rendered.Run(nil, "kustomize", "build", folder)
	if err != nil {
		t.Fatal(err)
	}
	return c.Try(string(text), append([]string{"apply", "--server-side", "--validate=strict", "-f", "-"}, arguments...)...)
}

// All that the repository renders is valid, strictly, and admitted by a real API server: what administrators apply as
// administrators, and each team's folder as the account that Flux applies it as, which can do nothing else.
func admitted(t *testing.T, c *cluster.Cluster, repository string) {
	t.Helper()
	folders := kustomizations(t, repository)
	if len(folders) != 8 {
		t.Errorf("kustomizations: %q", folders)
	}
	for _, folder := range folders {
		conform.Check(t, c, render(t, repository, folder)...)
	}
	at := func(folder string) string { return filepath.Join(repository, filepath.FromSlash(folder)) }
	as := func(account string) string { return "--as=system:serviceaccount:flux-system:" + account }
	for _, step := range []struct{ folder, account string }{
		{folder: "clusters/base"},
		{folder: "clusters/overlays/production"},
		{folder: "clusters/overlays/trial"},
		{"teams/checkout", "goals-checkout"}, // before what it serves: goals need no order
		{"teams/platform", "goals-platform"},
		{"company", "goals-company"},
		{folder: "argocd"},
		{folder: "flux"},
	} {
		arguments := []string{}
		if step.account != "" {
			arguments = append(arguments, as(step.account))
		}
		if out, err := apply(t, c, at(step.folder), arguments...); err != nil {
			t.Errorf("%s: %v\n%s", step.folder, err, out)
		}
	}
	c.Kubectl(t, "get", "-n", "checkout", "objective/checkout-feels-instant", "keyresult/effortless", "kpi/failed-payments")
	c.Kubectl(t, "get", "-n", "flux-system", "kustomizations.kustomize.toolkit.fluxcd.io/goals-checkout", "gitrepositories.source.toolkit.fluxcd.io/goals")
	c.Kubectl(t, "get", "-n", "argocd", "applicationsets.argoproj.io/goals", "appprojects.argoproj.io/goals-checkout")

	for _, refused := range []struct{ reason, folder, account string }{
		{"another team's goals", "teams/platform", "goals-checkout"},
		{"the company's goals", "company", "goals-checkout"},
		{"sources, namespaces and rights", "clusters/overlays/production", "goals-checkout"},
	} {
		out, err := apply(t, c, at(refused.folder), as(refused.account), "--force-conflicts")
		if err == nil || !strings.Contains(out, "forbidden") && !strings.Contains(out, "Forbidden") {
			t.Errorf("%s: %v, want forbidden\n%s", refused.reason, err, out)
		}
	}
}

// The two ways to the controller render: from its chart, as Argo CD does it, and from config/default with the images and patches
// of Flux's Kustomization, as Flux does it.
func TestTheControllerIsInstalled(t *testing.T) {
	repository := copied(t)
	const image = "registry.example.com/okr-controller:v0.1.0"

	var chart struct {
		Spec struct {
			Source struct {
				Path string
				Helm struct {
					ReleaseName  string
					SkipCrds     bool
					ValuesObject map[string]any
				}
			}
			Destination struct{ Namespace string }
		}
	}
	convert(t, named(render(t, repository, "argocd"), "Application", "okr-controller"), &chart)
	source := chart.Spec.Source
	values, err := json.Marshal(source.Helm.ValuesObject)
	if err != nil {
		t.Fatal(err)
	}
	arguments := []string{"template", source.Helm.ReleaseName, source.Path, "--namespace", chart.Spec.Destination.Namespace,
		"--values", "-", "--kube-version", "1.36.0"}
	if !source.Helm.SkipCrds { // what Argo CD adds if it is not told otherwise
		arguments = append(arguments, "--include-crds")
	}
	text, err := rendered.Run(values, "helm", arguments...)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := rendered.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	runs(t, objects, image)
	keepsKinds(t, "Argo CD", objects, map[string]string{
		"helm.sh/resource-policy":         "keep", // when the Application is deleted
		"argocd.argoproj.io/sync-options": "Prune=false",
	})

	var flux kustomization
	convert(t, named(render(t, repository, "flux"), "Kustomization", "okr-controller"), &flux)
	overlay, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Rel(overlay, filepath.Join(module(t), filepath.FromSlash(flux.Spec.Path))) // Kustomize takes no absolute paths
	if err != nil {
		t.Fatal(err)
	}
	generated, err := json.Marshal(map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
		"resources": []string{filepath.ToSlash(below)}, "images": flux.Spec.Images, "patches": flux.Spec.Patches,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), generated, 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err = rendered.Kustomize(overlay)
	if err != nil {
		t.Fatal(err)
	}
	runs(t, objects, image)
	keepsKinds(t, "Flux", objects, map[string]string{"kustomize.toolkit.fluxcd.io/prune": "disabled"})
}

// keepsKinds wants each of the four kinds once, with what has a tool never delete it, and every goal with it.
func keepsKinds(t *testing.T, tool string, objects []*unstructured.Unstructured, annotations map[string]string) {
	t.Helper()
	crds := ofKind(objects, "CustomResourceDefinition")
	if len(crds) != 4 {
		t.Errorf("%s applies %d kinds", tool, len(crds))
	}
	for _, crd := range crds {
		for name, want := range annotations {
			if got := crd.GetAnnotations()[name]; got != want {
				t.Errorf("%s may delete %s: %s is %q, want %q", tool, crd.GetName(), name, got, want)
			}
		}
	}
}

// runs wants the controller's image to be the shop's own.
func runs(t *testing.T, objects []*unstructured.Unstructured, image string) {
	t.Helper()
	var deployment struct {
		Spec struct {
			Template struct {
				Spec struct{ Containers []struct{ Image string } }
			}
		}
	}
	convert(t, named(objects, "Deployment", "okr-controller-manager"), &deployment)
	if containers := deployment.Spec.Template.Spec.Containers; len(containers) != 1 || containers[0].Image != image {
		t.Errorf("%+v run, want %s", containers, image)
	}
}
