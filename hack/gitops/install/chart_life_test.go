package install_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/artifacts/chart"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// A release of the chart from its first day to its last, and others after it. The steps build upon each other.
func TestLifeOfARelease(t *testing.T) {
	s := &shop{Cluster: cluster.Start(t), home: t.TempDir()}
	now := time.Now()
	s.prometheus = prometheusWithHistory(t, now)
	s.samples = slices.DeleteFunc(samples(t, s.prometheus.URL, now), func(o *unstructured.Unstructured) bool {
		return o.GetKind() == "MetricSource" // the chart makes it
	})
	for _, step := range []struct {
		name string
		do   func(*testing.T, *shop)
	}{
		{"helm install makes everything, the source too", helmInstall},
		{"the controller makes goals ready, from that source, with the rights that it was given", releaseMakesGoalsReady},
		{"helm upgrade upgrades the CRDs", helmUpgrade},
		{"helm rollback takes that back", helmRollback},
		{"a release that is told to leaves the CRDs alone", helmUpgradeWithoutCRDs},
		{"helm uninstall keeps CRDs, goals and the source", helmUninstall},
		{"installed again, everything goes on", helmInstallAgain},
		{"a Prometheus that wants a password is asked with that of a Secret", releaseAsksWithAPassword},
		{"a release whose CRDs would go with their goals is not upgraded", helmUpgradeThatWouldDelete},
		{"the one switch removes all", helmUninstallAll},
		{"a release with another name takes the CRDs over when it is told to", helmInstallOther},
		{"a release takes over what kustomize made when it is told to", helmInstallOverKustomize},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.do(t, s) }) {
			t.FailNow()
		}
	}
}

// shop is a cluster with somebody who has Helm.
type shop struct {
	*cluster.Cluster
	home       string
	prometheus *servers.Prometheus
	samples    []*unstructured.Unstructured
}

func (s *shop) helm(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := rendered.Helm(s.home, s.Kubeconfig, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// manifest is what a release says that it made.
func (s *shop) manifest(t *testing.T, release, namespace string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := rendered.Parse([]byte(s.helm(t, "get", "manifest", release, "-n", namespace)))
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// stays are the kinds of which nothing is removed unless all is.
var stays = []string{"CustomResourceDefinition", "MetricSource"}

func helmInstall(t *testing.T, s *shop) {
	s.helm(t, "install", chart.Release, chart.Dir, "-n", chart.Namespace, "--create-namespace", "--set", "prometheus.url="+s.prometheus.URL)
	made := s.manifest(t, chart.Release, chart.Namespace)
	for _, kind := range []string{"CustomResourceDefinition", "ServiceAccount", "ClusterRole", "Deployment", "NetworkPolicy", "MetricSource"} {
		if !slices.ContainsFunc(made, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind }) {
			t.Errorf("the release has no %s", kind)
		}
	}
	for _, o := range made {
		if !exists(t, s.Cluster, o) {
			t.Errorf("%s was not made", rendered.Name(o))
		}
	}
}

func releaseMakesGoalsReady(t *testing.T, s *shop) {
	s.Controller(t, servers.ControllerOptions{})
	s.Apply(t, marshal(t, s.samples...))
	goalsAreReady(t, s.Cluster)
	s.next(t, s.helm(t, "get", "notes", chart.Release, "-n", chart.Namespace), nil)
	s.Kubectl(t, "wait", "kpi/targets-up", "-n", "default", "--for=condition=Ready", "--timeout=2m")
}

// next runs the three commands that NOTES say come next, as they stand there, in the repository's root. A test's cluster has nobody
// who makes Pods of a Deployment: the test says that they are there.
func (s *shop) next(t *testing.T, notes string, replace *strings.Replacer) {
	t.Helper()
	deployment := s.Kubectl(t, "get", "deployments", "-n", chart.Namespace, "-o", "jsonpath={.items[*].metadata.generation}")
	status := `{"status": {"observedGeneration": ` + deployment + `, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2}}`
	s.Kubectl(t, "patch", "deployment", "okr-controller-manager", "-n", chart.Namespace, "--subresource=status", "--type=merge", "-p", status)

	commands := commands(notes)
	if len(commands) != 3 {
		t.Fatalf("want three commands, NOTES have %q", commands)
	}
	bin, err := servers.BinDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range commands {
		if replace != nil {
			command = replace.Replace(command)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-euc", command)
		cmd.Dir = s.Root
		cmd.Env = append(os.Environ(), rendered.HelmEnvironment(s.home, s.Kubeconfig)...)
		cmd.Env = append(cmd.Env, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("NOTES say\n%s\nand that fails: %v\n%s\n%s", command, err, out, s.Kubectl(t, "get", "metricsources", "-o", "wide"))
		}
	}
}

// commands are the indented blocks of NOTES.
func commands(notes string) []string {
	var all []string
	var block []string
	for line := range strings.Lines(notes + "\n\n") {
		text, indented := strings.CutPrefix(line, "   ")
		switch {
		case indented:
			block = append(block, text)
		case len(block) > 0:
			all, block = append(all, strings.Join(block, "")), nil
		}
	}
	return all
}

// Where the newer chart's CRD differs.
const (
	oldColumn = "name: Reachable\n"
	newColumn = "name: Answers\n"
)

// newerChart is a copy of the chart as a later version may be: a column of a CRD has another name.
func newerChart(t *testing.T, root string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "okr-controller")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, chart.Dir))); err != nil {
		t.Fatal(err)
	}
	edit := func(name, old, replacement string) {
		path := filepath.Join(dir, name)
		text, err := fs.ReadFile(os.DirFS(dir), name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(text, []byte(old)) != 1 {
			t.Fatalf("%s has %d times %q, want it once", name, bytes.Count(text, []byte(old)), old)
		}
		if err := os.WriteFile(path, bytes.Replace(text, []byte(old), []byte(replacement), 1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit("Chart.yaml", "version: 0.1.0\n", "version: 0.2.0\n")
	edit("crds/goals.okr.dev_metricsources.yaml", oldColumn, newColumn)
	return dir
}

// columns are the names of the columns of MetricSources.
func (s *shop) columns(t *testing.T) string {
	t.Helper()
	return s.Kubectl(t, "get", "crd", "metricsources.goals.okr.dev", "-o", "jsonpath={.spec.versions[0].additionalPrinterColumns[*].name}")
}

// identities are the UIDs of the CRDs and of all goals: who is made anew has another.
func (s *shop) identities(t *testing.T) string {
	t.Helper()
	return s.Kubectl(t, "get", "crds,metricsources,objectives,keyresults,kpis", "-A", "-o", `jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\n"}{end}`)
}

func helmUpgrade(t *testing.T, s *shop) {
	before := s.identities(t)
	s.helm(t, "upgrade", chart.Release, newerChart(t, s.Root), "-n", chart.Namespace, "--reset-then-reuse-values",
		"--set", "image.tag=v9", "--set", "prometheus.url=http://elsewhere:9090")
	if got := s.columns(t); !strings.Contains(got, "Answers") {
		t.Errorf("the CRD was not upgraded: its columns are %s", got)
	}
	for what, want := range map[string]string{"deployment/okr-controller-manager": "okr-controller:v9", "metricsource/default": "http://elsewhere:9090"} {
		if got := s.Kubectl(t, "get", what, "-n", chart.Namespace, "-o", "json"); !strings.Contains(got, want) {
			t.Errorf("%s was not upgraded: want %s in %s", what, want, got)
		}
	}
	if after := s.identities(t); after != before {
		t.Errorf("there were\n%s\nand are\n%s", before, after)
	}
}

func helmRollback(t *testing.T, s *shop) {
	before := s.identities(t)
	s.helm(t, "rollback", chart.Release, "1", "-n", chart.Namespace)
	if got := s.columns(t); !strings.Contains(got, "Reachable") {
		t.Errorf("the CRD was not rolled back: its columns are %s", got)
	}
	for what, want := range map[string]string{"deployment/okr-controller-manager": "okr-controller:v0.1.0", "metricsource/default": s.prometheus.URL} {
		if got := s.Kubectl(t, "get", what, "-n", chart.Namespace, "-o", "json"); !strings.Contains(got, want) {
			t.Errorf("%s was not rolled back: want %s in %s", what, want, got)
		}
	}
	if after := s.identities(t); after != before {
		t.Errorf("there were\n%s\nand are\n%s", before, after)
	}
}

// helmUpgradeWithoutCRDs leaves the CRDs to somebody else, and takes them back.
func helmUpgradeWithoutCRDs(t *testing.T, s *shop) {
	before := s.identities(t)
	for _, step := range []struct{ install, want string }{{"false", "Reachable"}, {"true", "Answers"}} {
		s.helm(t, "upgrade", chart.Release, newerChart(t, s.Root), "-n", chart.Namespace, "--reset-then-reuse-values", "--set", "crds.install="+step.install)
		if got := s.columns(t); !strings.Contains(got, step.want) {
			t.Errorf("with crds.install=%s the CRD's columns are %s, want %s among them", step.install, got, step.want)
		}
	}
	if after := s.identities(t); after != before {
		t.Errorf("there were\n%s\nand are\n%s", before, after)
	}
}

func helmUninstall(t *testing.T, s *shop) {
	made, before, identities := s.manifest(t, chart.Release, chart.Namespace), goals(t, s.Cluster), s.identities(t)
	s.helm(t, "uninstall", chart.Release, "-n", chart.Namespace)
	for _, o := range made {
		if want := slices.Contains(stays, o.GetKind()); exists(t, s.Cluster, o) != want {
			t.Errorf("%s: is it there? %t, want %t", rendered.Name(o), !want, want)
		}
	}
	if after := goals(t, s.Cluster); after != before || !strings.Contains(after, "store-rating") {
		t.Errorf("goals were\n%s\nand are\n%s", before, after)
	}
	if after := s.identities(t); after != identities {
		t.Errorf("there were\n%s\nand are\n%s", identities, after)
	}
}

// helmInstallAgain does without the address at first, so that NOTES say how to give it.
func helmInstallAgain(t *testing.T, s *shop) {
	identities := s.identities(t)
	notes := s.helm(t, "install", chart.Release, chart.Dir, "-n", chart.Namespace)
	s.Controller(t, servers.ControllerOptions{})
	s.next(t, notes, strings.NewReplacer("http://prometheus-operated.monitoring.svc:9090", s.prometheus.URL))
	if got := s.Kubectl(t, "get", "metricsource/default", "-o", "jsonpath={.spec.prometheus.url}"); got != s.prometheus.URL {
		t.Errorf("the source is at %s, want %s", got, s.prometheus.URL)
	}
	if after := s.identities(t); after != identities {
		t.Errorf("there were\n%s\nand are\n%s", identities, after)
	}
	s.Kubectl(t, "wait", "keyresult/store-rating", "-n", "mobile-app", "--for=condition=Measured", "--timeout=2m")
}

// Whoever said crds.keep=false once, and later that the CRDs be left alone, would have lost every goal: Helm deletes what a release
// does not have any more.
func helmUpgradeThatWouldDelete(t *testing.T, s *shop) {
	upgrade := []string{"upgrade", chart.Release, chart.Dir, "-n", chart.Namespace, "--reuse-values", "--set"}
	goals := s.identities(t)
	if notes := s.helm(t, append(slices.Clone(upgrade), "crds.keep=false")...); !strings.Contains(notes, "deletes the CRDs and with them every goal") {
		t.Errorf("NOTES do not say what keep=false means:\n%s", notes)
	}
	for _, values := range []string{"crds.install=false", "crds.install=false,crds.keep=true"} {
		if out, err := rendered.Helm(s.home, s.Kubeconfig, append(slices.Clone(upgrade), values)...); err == nil || !strings.Contains(err.Error(), "every goal with them") {
			t.Errorf("%s: %v\n%s", values, err, out)
		}
	}
	s.helm(t, append(slices.Clone(upgrade), "crds.keep=true")...)
	s.helm(t, append(slices.Clone(upgrade), "crds.install=false")...)
	if got := s.identities(t); got != goals || goals == "" {
		t.Errorf("there were\n%s\nand are\n%s", goals, got)
	}
	s.helm(t, append(slices.Clone(upgrade), "crds.install=true")...)
}

func helmUninstallAll(t *testing.T, s *shop) {
	made := s.manifest(t, chart.Release, chart.Namespace)
	s.helm(t, "upgrade", chart.Release, chart.Dir, "-n", chart.Namespace, "--reuse-values", "--set", "crds.keep=false")
	s.helm(t, "uninstall", chart.Release, "-n", chart.Namespace)
	s.Kubectl(t, "wait", "crd", "--all", "--for=delete", "--timeout=2m")
	for _, o := range made {
		if o.GetKind() != "MetricSource" && exists(t, s.Cluster, o) {
			t.Errorf("%s is left", rendered.Name(o))
		}
	}
	if out, err := s.Try("", "get", "objectives,keyresults,kpis,metricsources", "-A"); err == nil || !strings.Contains(out, "doesn't have a resource type") {
		t.Errorf("goals are still served: %v\n%s", err, out)
	}
}

func helmInstallOther(t *testing.T, s *shop) {
	notes := s.helm(t, "install", "mine", chart.Dir, "-n", "goals", "--create-namespace", "--set", "prometheus.url="+s.prometheus.URL)
	s.Kubectl(t, "get", "metricsource/default", "deployment/mine-controller-manager", "-n", "goals")
	newer := newerChart(t, s.Root)
	upgrade := []string{"upgrade", "mine", newer, "-n", "goals", "--reuse-values"}
	if out, err := rendered.Helm(s.home, s.Kubeconfig, upgrade...); err == nil || !strings.Contains(err.Error(), "cannot be imported") {
		t.Errorf("without --take-ownership CRDs that nobody owns must not be upgraded in silence: %v\n%s", err, out)
	}
	if want := "helm upgrade mine config/helm/okr-controller -n goals --reuse-values --take-ownership"; !strings.Contains(notes, want) {
		t.Errorf("want NOTES to say %q, they say\n%s", want, notes)
	}
	s.helm(t, append(slices.Clone(upgrade), "--take-ownership")...)
	if got := s.columns(t); !strings.Contains(got, "Answers") {
		t.Errorf("the CRD was not upgraded: its columns are %s", got)
	}
	if out := s.helm(t, upgrade...); strings.Contains(out, "--take-ownership") {
		t.Errorf("NOTES still ask for --take-ownership:\n%s", out)
	}
	// A second controller would judge the same goals, and each has a lease of its own.
	for _, values := range [][]string{nil, {"--set", "crds.install=false"}, {"--take-ownership"}} {
		second := append([]string{"install", chart.Release, chart.Dir, "-n", chart.Namespace}, values...)
		if out, err := rendered.Helm(s.home, s.Kubeconfig, second...); err == nil || !strings.Contains(err.Error(), "has an okr-controller, mine-controller-manager in namespace goals") {
			t.Errorf("a second release must not be installed beside the first with %q: %v\n%s", values, err, out)
		}
	}
	s.helm(t, "upgrade", "mine", chart.Dir, "-n", "goals", "--set", "crds.keep=false")
	s.helm(t, "uninstall", "mine", "-n", "goals")
	s.Kubectl(t, "wait", "crd", "--all", "--for=delete", "--timeout=2m")
}

func helmInstallOverKustomize(t *testing.T, s *shop) {
	s.Install(t)
	s.Apply(t, marshal(t, s.samples...))
	before := s.identities(t)
	install := []string{"install", chart.Release, chart.Dir, "-n", chart.Namespace}
	if out, err := rendered.Helm(s.home, s.Kubeconfig, install...); err == nil || !strings.Contains(err.Error(), "cannot be imported") {
		t.Errorf("Helm must not take over what is not its own unless it is told to: %v\n%s", err, out)
	}
	s.helm(t, append(install, "--take-ownership")...)
	if after := s.identities(t); after != before {
		t.Errorf("there were\n%s\nand are\n%s", before, after)
	}
	s.helm(t, "upgrade", chart.Release, newerChart(t, s.Root), "-n", chart.Namespace)
	if got := s.columns(t); !strings.Contains(got, "Answers") {
		t.Errorf("the CRD was not upgraded: its columns are %s", got)
	}
}
