// Package kustomization builds the kustomizations of a repository as kustomize does, and remembers which file each object came
// from. Nothing is fetched and nothing is run: what is not in the repository is named instead.
package kustomization

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// Kustomization is a folder that kustomize builds, with what it is made of.
type Kustomization struct {
	// Folder it is in, and File that says how it is built.
	Folder, File string
	// Component says that it is a part of others, and is not built alone.
	Component bool
	// Resources are the files of objects that it names, Folders the other kustomizations, as paths; Uses are the files that are no
	// objects of their own, such as patches.
	Resources, Folders, Uses []string
	// Foreign is the first thing that it names which is not in the repository, or needs a plugin; empty if there is none.
	Foreign string
}

// In finds the kustomization of a folder; empty if there is none.
func In(folder string) string {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && !info.IsDir() {
			return filepath.Join(folder, name)
		}
	}
	return ""
}

// Is reports whether a file is a kustomization, by its name.
func Is(file string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), filepath.Base(file))
}

// Read reads what a kustomization is made of. file is one that In has found.
func Read(file string) (*Kustomization, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var written types.Kustomization
	if err := yaml.Unmarshal(content, &written); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	k := &Kustomization{Folder: filepath.Dir(file), File: file, Component: written.Kind == types.ComponentKind}
	entries := slices.Concat(written.Resources, written.Components)
	entries = append(entries, written.Bases...) //nolint:staticcheck // it is out of use, and still read by kustomize
	for _, entry := range entries {
		path := filepath.Join(k.Folder, entry)
		info, err := os.Stat(path)
		switch {
		case err != nil && remote(entry):
			k.foreign(entry)
		case err != nil: // kustomize says so when it builds
		case info.IsDir():
			k.Folders = append(k.Folders, path)
		default:
			k.Resources = append(k.Resources, path)
		}
		if err != nil && !remote(entry) {
			return nil, fmt.Errorf("it names %s, which is not there", entry)
		}
	}
	k.uses(&written)
	return k, nil
}

// uses collects what else it reads.
func (k *Kustomization) uses(written *types.Kustomization) {
	files := slices.Concat(written.Crds, written.Configurations, written.Generators, written.Transformers, written.Validators)
	patches := slices.Clone(written.Patches)
	patches = append(patches, written.PatchesJson6902...) //nolint:staticcheck // as above
	for _, p := range patches {
		files = append(files, p.Path)
	}
	for _, p := range written.PatchesStrategicMerge { //nolint:staticcheck // as above
		if !strings.Contains(string(p), "\n") {
			files = append(files, string(p))
		}
	}
	for _, r := range written.Replacements {
		files = append(files, r.Path)
	}
	files = append(files, written.OpenAPI["path"])
	for _, file := range files {
		switch {
		case file == "" || strings.Contains(file, "\n"):
		case remote(file):
			k.foreign(file)
		default:
			k.Uses = append(k.Uses, filepath.Join(k.Folder, file))
		}
	}
	var sources []types.KvPairSources
	for _, g := range written.ConfigMapGenerator {
		sources = append(sources, g.KvPairSources)
	}
	for _, g := range written.SecretGenerator {
		sources = append(sources, g.KvPairSources)
	}
	for _, s := range sources {
		for _, file := range append(slices.Concat(s.FileSources, s.EnvSources), s.EnvSource) {
			if _, path, named := strings.Cut(file, "="); named {
				file = path
			}
			if remote(file) {
				k.foreign(file)
			}
		}
	}
	if len(written.HelmCharts)+len(written.HelmChartInflationGenerator) > 0 {
		k.foreign("helmCharts")
	}
}

func (k *Kustomization) foreign(what string) {
	if k.Foreign == "" {
		k.Foreign = what
	}
}

// remote reports whether kustomize would fetch something: an address, or a repository as git has them.
func remote(entry string) bool {
	host, _, _ := strings.Cut(entry, "/")
	return strings.Contains(entry, "://") || strings.Contains(entry, "?ref=") || strings.Contains(host, "@") || strings.Contains(host, ":") ||
		strings.Contains(strings.TrimLeft(host, "."), ".") && strings.Contains(entry, "/") && !strings.HasPrefix(entry, ".")
}
