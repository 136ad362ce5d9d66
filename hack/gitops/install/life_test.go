package install_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/conform"
	"okr.dev/controller/hack/gitops/monitoring"
	"okr.dev/controller/hack/gitops/rendered"
)

// One cluster from its first day to its last. The steps build upon each other.
func TestLifeOfAnInstallation(t *testing.T) {
	c := cluster.Start(t)
	for _, step := range []struct {
		name string
		do   func(*testing.T, *cluster.Cluster)
	}{
		{"kubectl apply -k config/default", apply},
		{"an upgrade with --server-side conflicts with nothing", upgradeApplies},
		{"everything is of the shape that its kind has", conforms},
		{"Pods are admitted where Pod security is restricted", podsAreAdmitted},
		{"people may do what their role says", peopleMayDoWhatTheirRoleSays},
		{"goals can be kept private", goalsCanBeKeptPrivate},
		{"the controller makes goals ready, with the rights that it was given", controllerMakesGoalsReady},
		{"uninstalling keeps kinds, goals and Secrets", uninstallKeepsGoals},
		{"uninstalling all removes all", uninstallAll},
		{"the kinds alone come and go", kindsAlone},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.do(t, c) }) {
			t.FailNow()
		}
	}
}

// apply installs as a person does, without --server-side, and again: nothing changes then. A cluster that would refuse the
// Deployment's Pods, or that finds a field outdated, warns.
func apply(t *testing.T, c *cluster.Cluster) {
	for range 2 {
		out := c.Kubectl(t, "apply", "-k", "config/default")
		if strings.Contains(out, "Warning") {
			t.Errorf("the cluster warns:\n%s", out)
		}
	}
	c.Established(t)
	if out, err := c.Try("", "diff", "-k", "config/default"); err != nil {
		t.Errorf("what was installed differs from config/default (%v):\n%s", err, out)
	}
	monitoring.Install(t, c)
	c.Kubectl(t, "apply", "-k", "config/prometheus")
	if out, err := c.Try("", "diff", "-k", "config/prometheus"); err != nil {
		t.Errorf("what was installed differs from config/prometheus (%v):\n%s", err, out)
	}
}

// upgradeApplies does what docs/upgrade.md says of an installation that was applied without --server-side.
func upgradeApplies(t *testing.T, c *cluster.Cluster) {
	const image, newer = "image: okr-controller:v0.1.0", "image: okr-controller:v0.2.0"
	objects := c.Kubectl(t, "kustomize", "config/default")
	if !strings.Contains(objects, image) {
		t.Fatalf("no %s in\n%s", image, objects)
	}
	out, err := c.Try(strings.ReplaceAll(objects, image, newer), "apply", "--server-side", "--dry-run=server", "-f", "-")
	if err != nil || !strings.Contains(out, "deployment.apps/okr-controller-manager serverside-applied") {
		t.Errorf("%v\n%s", err, out)
	}
}

func conforms(t *testing.T, c *cluster.Cluster) {
	for _, folder := range []string{"config/default", "config/prometheus", "config/samples"} {
		conform.Check(t, c, kustomization(t, folder)...)
	}
}

// podsAreAdmitted makes the Pod that a Deployment makes; and Pods that ask for more, which are refused, or the check would be none.
func podsAreAdmitted(t *testing.T, c *cluster.Cluster) {
	for _, test := range []struct{ reason, path, value, refusal string }{
		{"the Deployment's own", "", "", ""},
		{"one that may be root", "spec.securityContext.runAsNonRoot", "false", "runAsNonRoot != true"},
		{"one without a seccomp profile", "spec.securityContext.seccompProfile", "null", "seccompProfile"},
		{"one in the node's network", "spec.hostNetwork", "true", "host namespaces"},
		{"one that may gain privileges", "spec.containers.securityContext.allowPrivilegeEscalation", "true", "allowPrivilegeEscalation != false"},
		{"one that keeps its capabilities", "spec.containers.securityContext.capabilities", "null", "unrestricted capabilities"},
	} {
		out, err := c.Try(podOf(t, test.path, test.value), "create", "--dry-run=server", "-f", "-")
		switch {
		case test.refusal == "" && err != nil:
			t.Errorf("%s: %v\n%s", test.reason, err, out)
		case test.refusal != "" && (err == nil || !strings.Contains(out, `violates PodSecurity "restricted:latest"`) || !strings.Contains(out, test.refusal)):
			t.Errorf("%s: want a refusal for %q, got %v\n%s", test.reason, test.refusal, err, out)
		}
	}
}

// podOf is a Pod as the Deployment makes it, with one value set; in the path, "containers" is the first of them.
func podOf(t *testing.T, path, value string) string {
	t.Helper()
	template := readInstalled(t).deployment.Spec.Template
	text, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	pod := map[string]any{}
	if err := json.Unmarshal(text, &pod); err != nil {
		t.Fatal(err)
	}
	pod["apiVersion"], pod["kind"] = "v1", "Pod"
	metadata := pod["metadata"].(map[string]any)
	metadata["name"], metadata["namespace"] = "one", "okr-system"
	if path != "" {
		at, keys := pod, strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			if list, ok := at[key].([]any); ok {
				at = list[0].(map[string]any)
				continue
			}
			at = at[key].(map[string]any)
		}
		var set any
		if err := yaml.Unmarshal([]byte(value), &set); err != nil {
			t.Fatal(err)
		}
		at[keys[len(keys)-1]] = set
	}
	text, err = json.Marshal(pod)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// runMake runs a target of the Makefile on the test's cluster, and returns the folder that it ran in: one whose dist/ is its own, for
// somebody may keep a release in that of the work tree.
func runMake(t *testing.T, c *cluster.Cluster, arguments ...string) string {
	t.Helper()
	if err := rendered.Notice("Makefile", "hack/render.sh"); err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(c.Dir, "make-") // t.TempDir() may have a comma in its name, at which kubectl divides paths
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Makefile", "bin", "config", "hack"} {
		if err := os.Symlink(filepath.Join(c.Root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "make", append(arguments, "KUBECTL="+c.KubectlPath())...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return dir
}

func uninstallKeepsGoals(t *testing.T, c *cluster.Cluster) {
	// A MetricSource's password, which people put into the controller's namespace.
	c.Kubectl(t, "create", "secret", "generic", "prometheus", "-n", "okr-system", "--from-literal=password=x")
	before := goals(t, c)
	runMake(t, c, "undeploy")
	for _, o := range kustomization(t, "config/controller") {
		if exists(t, c, o) {
			t.Errorf("%s is left", rendered.Name(o))
		}
	}
	if after := goals(t, c); after != before || !strings.Contains(after, "store-rating") {
		t.Errorf("goals were\n%s\nand are\n%s", before, after)
	}
	c.Kubectl(t, "get", "secret", "prometheus", "-n", "okr-system")

	// Installed again, by other hands and with an image of one's own; a digest is part of its name.
	const image = "registry.example:5000/team/okr@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	runMake(t, c, "deploy", "IMG="+image)
	got := c.Kubectl(t, "get", "deployment", "okr-controller-manager", "-n", "okr-system", "-o", "jsonpath={.spec.template.spec.containers[*].image}")
	if got != image {
		t.Errorf("make deploy runs %q, want %q", got, image)
	}
	installer := filepath.Join(runMake(t, c, "build-installer", "IMG="+image), "dist", "install.yaml")
	if out, err := c.Try("", "diff", "--server-side", "-f", installer); err != nil {
		t.Errorf("dist/install.yaml differs from what make deploy installed (%v):\n%s", err, out)
	}
}

// goals are all goals with what they say and how they stand.
func goals(t *testing.T, c *cluster.Cluster) string {
	t.Helper()
	return c.Kubectl(t, "get", "objectives,keyresults,kpis,metricsources", "-A", "-o",
		`jsonpath={range .items[*]}{.kind} {.metadata.name} {.spec} {.status}{"\n"}{end}`)
}

func exists(t *testing.T, c *cluster.Cluster, o *unstructured.Unstructured) bool {
	t.Helper()
	resource := strings.ToLower(o.GetKind()) + "." + o.GroupVersionKind().Group
	args := []string{"get", strings.TrimSuffix(resource, "."), o.GetName(), "--ignore-not-found", "-o", "name"}
	if o.GetNamespace() != "" {
		args = append(args, "-n", o.GetNamespace())
	}
	return c.Kubectl(t, args...) != ""
}

// uninstallAll removes all by the one switch. A test's cluster has nobody who ends a namespace: the test does.
func uninstallAll(t *testing.T, c *cluster.Cluster) {
	ended := make(chan error, 1)
	go func() { ended <- endNamespace(c, "okr-system") }()
	runMake(t, c, "undeploy", "ALL=1")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, o := range kustomization(t, "config/default") {
		if exists(t, c, o) {
			t.Errorf("%s is left", rendered.Name(o))
		}
	}
	if out, err := c.Try("", "get", "objectives", "-A"); err == nil || !strings.Contains(out, "doesn't have a resource type") {
		t.Errorf("goals are still served: %v\n%s", err, out)
	}
}

// kindsAlone installs the CRDs for a controller that runs elsewhere, and removes them.
func kindsAlone(t *testing.T, c *cluster.Cluster) {
	runMake(t, c, "install")
	c.Established(t)
	runMake(t, c, "uninstall")
	for _, o := range kustomization(t, "config/crd") {
		if exists(t, c, o) {
			t.Errorf("%s is left", rendered.Name(o))
		}
	}
}

// endNamespace waits until a namespace is to be deleted and does what is left of it when nothing is in it any more.
func endNamespace(c *cluster.Cluster, name string) error {
	var err error
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		var out string
		if out, err = c.Try("", "get", "namespace", name, "-o", "json"); err != nil {
			continue
		}
		namespace := unstructured.Unstructured{}
		if err = json.Unmarshal([]byte(out), &namespace.Object); err != nil || namespace.GetDeletionTimestamp() == nil {
			continue
		}
		unstructured.RemoveNestedField(namespace.Object, "spec", "finalizers")
		text, _ := json.Marshal(namespace.Object)
		if _, err = c.Try(string(text), "replace", "--raw", "/api/v1/namespaces/"+name+"/finalize", "-f", "-"); err == nil {
			return nil
		}
	}
	return err
}
