// Package rendered runs the tools that install and GitOps run (kustomize, helm, kubeconform), as they are pinned in
// hack/tools, and reads what they render. It is for tests.
package rendered

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/servers"
)

// Run runs a tool of bin/ in the module's root, with text on its standard input, and returns its standard output. An error
// holds what it said.
func Run(input []byte, tool string, arguments ...string) ([]byte, error) {
	return RunWith(nil, input, tool, arguments...)
}

// RunWith is Run with an environment besides this process's own, such as HELM_CACHE_HOME=…
func RunWith(environment []string, input []byte, tool string, arguments ...string) ([]byte, error) {
	bin, err := servers.BinDir()
	if err != nil {
		return nil, err
	}
	root, err := servers.ModuleRoot()
	if err != nil {
		return nil, err
	}
	if err := Notice("config"); err != nil {
		return nil, err
	}
	path := filepath.Join(bin, tool)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s is not in %s: run `make tools`, which builds it", tool, bin)
	}
	var out, said bytes.Buffer
	cmd := exec.Command(path, arguments...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = root, bytes.NewReader(input), &out, &said
	cmd.Env = append(os.Environ(), environment...)
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%s %s: %w\n%s%s", tool, strings.Join(arguments, " "), err, out.String(), said.String())
	}
	return out.Bytes(), nil
}

// Helm runs Helm, which keeps its files below home, and asks the cluster of a kubeconfig; os.DevNull: none. It returns what it
// printed.
func Helm(home, kubeconfig string, arguments ...string) (string, error) {
	out, err := RunWith(HelmEnvironment(home, kubeconfig), nil, "helm", arguments...)
	return string(out), err
}

// HelmEnvironment is what Helm runs in, for scripts that run it.
func HelmEnvironment(home, kubeconfig string) []string {
	environment := []string{"KUBECONFIG=" + kubeconfig}
	for _, kind := range []string{"CACHE", "CONFIG", "DATA"} {
		environment = append(environment, "HELM_"+kind+"_HOME="+filepath.Join(home, strings.ToLower(kind)))
	}
	return environment
}

// Notice tells go test that an outcome depends on files below the module's root that only other processes open. Otherwise it would
// repeat the outcome of an earlier run ("cached") after they have changed. Run notices config.
func Notice(paths ...string) error {
	root, err := servers.ModuleRoot()
	if err != nil {
		return err
	}
	for _, path := range paths {
		// It remembers what a test looks at: each folder with the size and the time of what is in it.
		look := func(string, fs.DirEntry, error) error { return nil }
		if err := filepath.WalkDir(filepath.Join(root, path), look); err != nil {
			return err
		}
	}
	return nil
}

// Kustomize renders a folder, given from the module's root.
func Kustomize(dir string) ([]*unstructured.Unstructured, error) {
	text, err := Run(nil, "kustomize", "build", dir)
	if err != nil {
		return nil, err
	}
	return Parse(text)
}

// KustomizeWith renders a folder with a component, both given from the module's root, as somebody has them who builds upon this
// repository: by a kustomization that it writes into dir.
func KustomizeWith(dir, folder, component string) ([]*unstructured.Unstructured, error) {
	root, err := servers.ModuleRoot()
	if err != nil {
		return nil, err
	}
	up, err := filepath.Rel(dir, root) // kustomize takes no absolute paths
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("resources: [%s]\ncomponents: [%s]\n", filepath.Join(up, folder), filepath.Join(up, component))
	if err := os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		return nil, err
	}
	return Kustomize(dir)
}

// Marshal writes objects as documents of YAML.
func Marshal(objects ...*unstructured.Unstructured) (string, error) {
	var text strings.Builder
	for _, o := range objects {
		document, err := yaml.Marshal(o.Object)
		if err != nil {
			return "", fmt.Errorf("%s: %w", Name(o), err)
		}
		text.WriteString("---\n" + string(document))
	}
	return text.String(), nil
}

// Parse reads documents of YAML as objects. Empty documents are left out.
func Parse(text []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		o := &unstructured.Unstructured{}
		if err := decoder.Decode(&o.Object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading document %d: %w", len(objects)+1, err)
		}
		if len(o.Object) > 0 {
			objects = append(objects, o)
		}
	}
}

// Name is how an object is told from others: "Role okr-system/okr-leader-election-role".
func Name(o *unstructured.Unstructured) string {
	if o.GetNamespace() == "" {
		return o.GetKind() + " " + o.GetName()
	}
	return o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
}
