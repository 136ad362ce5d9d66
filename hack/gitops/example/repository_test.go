// Package example tests the GitOps repository of config/gitops/example as somebody who has copied it: with git, the checks of its
// CI, kustomize, and a real API server.
package example

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/hack/servers"
	"okr.dev/controller/internal/cli"
	"okr.dev/controller/internal/cli/command"
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

// written is the day on which the example's dates are read, as its README says: a quarter that is over is judged otherwise.
var written = time.Date(2026, time.November, 15, 12, 0, 0, 0, time.UTC)

// plugin is the name by which kubectl finds the plugin. Scripts find a link to this test by it, which then is the plugin.
const plugin = "kubectl-okr"

// tools is a folder with the plugin and the pinned kubeconform, for PATH.
var tools string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == plugin {
		env := command.New(genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr})
		env.Now = func() time.Time { return written }
		os.Exit(cli.Run(env, os.Args[1:]))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	bin, err := servers.BinDir()
	if err != nil {
		panic(err)
	}
	if tools, err = os.MkdirTemp("", "okr-example-"); err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(tools) }()
	for name, target := range map[string]string{plugin: self, "kubeconform": filepath.Join(bin, "kubeconform")} {
		if err := os.Symlink(target, filepath.Join(tools, name)); err != nil {
			panic(err)
		}
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
