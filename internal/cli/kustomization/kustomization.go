// Package kustomization builds the kustomizations of a repository as kustomize does, and remembers which file each object came
// from. Nothing is fetched and nothing is run: what is not in the repository is named instead.
package kustomization

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
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
	return parse(file, content)
}

func parse(file string, content []byte) (*Kustomization, error) {
	var written types.Kustomization
	if err := yaml.Unmarshal(content, &written); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	k := &Kustomization{Folder: filepath.Dir(file), File: file, Component: written.Kind == types.ComponentKind}
	entries := slices.Concat(written.Resources, written.Components)
	entries = append(entries, written.Bases...) //nolint:staticcheck // it is out of use, and still read by kustomize
	for _, entry := range entries {
		if err := k.entry(entry); err != nil {
			return nil, err
		}
	}
	k.uses(&written)
	return k, nil
}

// entry adds what a kustomization names as a resource. What kustomize would fetch is foreign even where a file of that name
// is here.
func (k *Kustomization) entry(entry string) error {
	path := filepath.Join(k.Folder, entry)
	info, err := os.Stat(path)
	switch {
	case fetched(entry), err != nil && remote(entry):
		k.foreign(entry)
	case err != nil: // before kustomize takes it for a repository
		return fmt.Errorf("it names %s, which is not there", entry)
	case info.IsDir():
		k.Folders = append(k.Folders, path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("it names %s, which is no file", entry)
	case !k.below(path):
		return fmt.Errorf("it names %s, which is not below its folder: kustomize does not read that", entry)
	default:
		k.Resources = append(k.Resources, path)
	}
	return nil
}

// below reports whether a file is in the kustomization's folder or below it, wherever links lead.
func (k *Kustomization) below(path string) bool {
	folder, err := filepath.EvalSymlinks(k.Folder)
	if err != nil {
		return false
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return false
	}
	rest, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rest)
}

// uses collects what else it reads.
func (k *Kustomization) uses(written *types.Kustomization) {
	files := slices.Concat(written.Crds, written.Configurations)
	for _, plugin := range slices.Concat(written.Generators, written.Transformers, written.Validators) {
		if configured := k.plugin(plugin); configured != "" {
			files = append(files, configured)
		}
	}
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
		case remote(file), fetched(file):
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
			if remote(file) || fetched(file) {
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

// plugin looks at the configuration of a generator, a transformer or a validator, which may name files of its own. It is
// written in place, or else the file of it is returned. A folder of them is foreign: what it makes cannot be told before.
func (k *Kustomization) plugin(entry string) (file string) {
	if k.names([]byte(entry)) {
		return ""
	}
	path := filepath.Join(k.Folder, entry)
	info, err := os.Stat(path)
	switch {
	case err != nil, fetched(entry):
		return entry
	case info.IsDir():
		k.foreign(entry)
		return ""
	case info.Mode().IsRegular() && k.below(path):
		if content, err := os.ReadFile(path); err == nil {
			k.names(content)
		}
	}
	return entry
}

// naming are the fields in which configurations of kustomize's own plugins name files.
var naming = []string{"path", "paths", "file", "files", "env", "envs"}

// names looks for what is fetched in configurations, and reports whether a text is one at all.
func (k *Kustomization) names(text []byte) bool {
	found := false
	decoder := utilyaml.NewYAMLToJSONDecoder(bytes.NewReader(text))
	for {
		var content any
		if err := decoder.Decode(&content); err != nil {
			return found
		}
		if object, ok := content.(map[string]any); ok {
			found = true
			k.search(object, false)
		}
	}
}

// search goes through a configuration; named says that what stands here names files.
func (k *Kustomization) search(content any, named bool) {
	switch content := content.(type) {
	case map[string]any:
		for key, value := range content {
			k.search(value, slices.Contains(naming, strings.ToLower(key)))
		}
	case []any:
		for _, value := range content {
			k.search(value, named)
		}
	case string:
		if _, path, cut := strings.Cut(content, "="); cut && named && fetched(path) {
			k.foreign(path)
		} else if named && fetched(content) {
			k.foreign(content)
		}
	}
}

// fetched reports whether kustomize fetches something even if there is a file of that name: it looks for an address, or for a
// repository as git has them, in this way.
func fetched(entry string) bool {
	entry = strings.TrimPrefix(strings.ToLower(entry), "git::")
	if address, err := url.Parse(entry); err == nil && (address.Scheme == "http" || address.Scheme == "https") {
		return true
	}
	return strings.HasPrefix(entry, "ssh://") || strings.HasPrefix(entry, "file://") || login.MatchString(entry) ||
		strings.HasPrefix(entry, "github.com/") || strings.HasPrefix(entry, "github.com:")
}

var login = regexp.MustCompile(`^[a-z][a-z0-9-]*@`)

// remote reports whether kustomize would fetch something: an address, or a repository as git has them.
func remote(entry string) bool {
	host, _, _ := strings.Cut(entry, "/")
	return strings.Contains(entry, "://") || strings.Contains(entry, "?ref=") || strings.Contains(host, "@") || strings.Contains(host, ":") ||
		strings.Contains(strings.TrimLeft(host, "."), ".") && strings.Contains(entry, "/") && !strings.HasPrefix(entry, ".")
}
