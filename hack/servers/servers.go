// Package servers starts what the demo, the bench and the tests run against: etcd and kube-apiserver through envtest,
// Prometheus, and the controller as a process. They listen on free loopback ports, write their logs to files, and end
// with the process that started them, even when it is killed. For what the real ones cannot be made to do there are a
// proxy before kube-apiserver (APIProxy) and a scripted Prometheus (Script).
package servers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// BinDir is the folder of the server binaries: KUBEBUILDER_ASSETS, which envtest reads too, or bin/ in ModuleRoot.
func BinDir() (string, error) {
	if dir := os.Getenv("KUBEBUILDER_ASSETS"); dir != "" {
		return filepath.Abs(dir)
	}
	root, err := ModuleRoot()
	if err != nil {
		return "", fmt.Errorf("finding the server binaries (or set KUBEBUILDER_ASSETS): %w", err)
	}
	return filepath.Join(root, "bin"), nil
}

// ModuleRoot is the folder of go.mod, at or above the working directory.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in the working directory or above it")
		}
		dir = parent
	}
}

// findBinary is the path of a server in dir, or in BinDir where dir is empty.
func findBinary(dir, name string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = BinDir(); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not in %s: run `make tools`, which builds it", name, dir)
	}
	return path, nil
}
