// Package chart writes the files that the Helm chart shares with config/: CRDs, roles, rules, dashboards, policies.
package chart

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Dir is the chart's folder, from the module's root.
const Dir = "config/helm/okr-controller"

// The release and the namespace that the documentation installs the chart as.
const (
	Release   = "okr"
	Namespace = "okr-system"
)

// share is what the chart takes over from a folder of config/.
type share struct {
	// from is a pattern below config/, without the files in except.
	from   string
	except []string
	// to is the folder below the chart, in which there is nothing else.
	to string
	// change is made to each file; nil: it is copied as it is.
	change func([]byte) ([]byte, error)
}

var shares = []share{
	{from: "crd/bases/*.yaml", to: "crds", change: owned},
	{from: "rbac/*role.yaml", to: "files/rbac"},
	{from: "prometheus/rules.yaml", to: "files/prometheus"},
	{from: "grafana/dashboards/*.json", to: "files/dashboards"},
	{from: "policy/base/*.yaml", except: []string{"kustomization.yaml"}, to: "files/policy"},
}

// Write writes them below the module's root, and deletes those whose source is gone. It fills in the README's table of values.
func Write(root string) error {
	for _, s := range shares {
		if err := s.write(filepath.Join(root, "config"), filepath.Join(root, Dir, s.to)); err != nil {
			return fmt.Errorf("sharing config/%s with the chart: %w", s.from, err)
		}
	}
	return writeReadme(filepath.Join(root, Dir))
}

func (s share) write(config, to string) error {
	files, err := filepath.Glob(filepath.Join(config, s.from))
	if err != nil {
		return err
	}
	texts := map[string][]byte{}
	for _, file := range files {
		texts[filepath.Base(file)], err = os.ReadFile(file)
		if err != nil {
			return err
		}
	}
	for _, name := range s.except {
		delete(texts, name)
	}
	if len(texts) == 0 {
		return errors.New("there is no such file")
	}
	if err := removeOthers(to, texts); err != nil {
		return err
	}
	for name, text := range texts {
		if s.change != nil {
			if text, err = s.change(text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// removeOthers deletes the files of a folder that are not among those to write.
func removeOthers(dir string, written map[string][]byte) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if _, stays := written[entry.Name()]; !stays {
			if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// owned says in a CRD that it belongs to the release. Helm creates what is in crds/ before anything else, and waits until it is
// served, so that the same release may hold a MetricSource; but it never upgrades it. The chart's template of the CRDs does, and
// Helm lets a release have only what says that it is the release's.
func owned(crd []byte) ([]byte, error) {
	const before = "metadata:\n  annotations:\n"
	if bytes.Count(crd, []byte(before)) != 1 || bytes.Contains(crd, []byte("\n  labels:\n")) {
		return nil, errors.New("a CRD's metadata is expected to begin with annotations, and to have no labels")
	}
	after := strings.Join([]string{
		"metadata:",
		"  labels:",
		"    app.kubernetes.io/managed-by: Helm",
		"  annotations:",
		"    meta.helm.sh/release-name: " + Release,
		"    meta.helm.sh/release-namespace: " + Namespace,
		"",
	}, "\n")
	return bytes.Replace(crd, []byte(before), []byte(after), 1), nil
}
