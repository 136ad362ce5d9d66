// Package example tests the GitOps repository of config/gitops/example as somebody who has copied it: with git, the checks of its
// CI, kustomize, and a real API server.
package example

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
)

// module is the folder of go.mod.
func module(t *testing.T) string {
	t.Helper()
	root, err := servers.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

var fenced = regexp.MustCompile("(?s)```sh\n(.*?)```")

// copied is a copy of the example, made by the commands of its README, with one commit on main.
func copied(t *testing.T) (repository string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(module(t), "config", "gitops", "example", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	commands := fenced.FindSubmatch(text)
	if len(commands) < 2 || !strings.Contains(string(commands[1]), "cp -r") {
		t.Fatal("the first commands of the README do not copy the example")
	}
	folder := t.TempDir()
	if err := os.Symlink(module(t), filepath.Join(folder, "okr-controller")); err != nil {
		t.Fatal(err)
	}
	if out, err := script(t, folder, string(commands[1])); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	repository = filepath.Join(folder, "goals")
	commit(t, repository)
	return repository
}

// commit commits everything.
func commit(t *testing.T, repository string) {
	t.Helper()
	out, err := script(t, repository, "git add --all && git -c user.name=Ada -c user.email=ada@example.com commit --quiet --message change")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// edit replaces a text, which must be there, in a file.
func edit(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("%q is not in %s", from, path)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tools is a folder with this working copy's plugin and the pinned kubeconform, for PATH.
var tools string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if tools, err = os.MkdirTemp("", "okr-example-"); err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(tools) }()
	out, err := exec.Command("go", "build", "-o", filepath.Join(tools, "kubectl-okr"), "okr.dev/controller/cmd/kubectl-okr").CombinedOutput()
	if err != nil {
		panic(fmt.Sprintf("building the plugin: %v\n%s", err, out))
	}
	bin, err := servers.BinDir()
	if err != nil {
		panic(err)
	}
	if err := os.Symlink(filepath.Join(bin, "kubeconform"), filepath.Join(tools, "kubeconform")); err != nil {
		panic(err)
	}
	return m.Run()
}

// script runs commands of bash as CI does: it ends at the first that fails. It finds this working copy's plugin and the pinned
// kubeconform, no kubeconfig, and what is in environment.
func script(t *testing.T, dir, commands string, environment ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("bash", "-e", "-c", commands)
	cmd.Dir = dir
	cmd.Env = append([]string{
		"PATH=" + tools + ":" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "KUBECONFIG=" + os.DevNull, "LC_ALL=C.UTF-8",
	}, environment...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// load reads a file of YAML into a value.
func load(t *testing.T, value any, path ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, value); err != nil {
		t.Fatalf("%s: %v", filepath.Join(path...), err)
	}
}

// kustomizations are the folders with one, from the repository's root.
func kustomizations(t *testing.T, repository string) []string {
	t.Helper()
	var folders []string
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "kustomization.yaml" {
			folder, err := filepath.Rel(repository, filepath.Dir(path))
			folders = append(folders, filepath.ToSlash(folder))
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

// render builds a folder of the repository.
func render(t *testing.T, repository, folder string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := rendered.Kustomize(filepath.Join(repository, filepath.FromSlash(folder)))
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) == 0 {
		t.Fatalf("%s renders nothing", folder)
	}
	return objects
}

// ofKind are the objects of a kind.
func ofKind(objects []*unstructured.Unstructured, kind string) []*unstructured.Unstructured {
	return slices.DeleteFunc(slices.Clone(objects), func(o *unstructured.Unstructured) bool { return o.GetKind() != kind })
}

// named is the object of a kind with a name, or nil.
func named(objects []*unstructured.Unstructured, kind, name string) *unstructured.Unstructured {
	for _, o := range objects {
		if o.GetKind() == kind && o.GetName() == name {
			return o
		}
	}
	return nil
}
