package preview

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"okr.dev/controller/internal/cli/kustomization"
	"okr.dev/controller/internal/cli/manifest"
)

// source is a file of objects.
type source struct {
	manifest.File
	// built says that kustomize has made the content of what is in the file: its lines are others.
	built bool
}

// load reads what would be applied: files as they are, and kustomizations as kustomize builds them. A file that a
// kustomization is made of is not read a second time as it stands; a kustomization that others include, or a component, is
// not built alone.
func load(paths []string, in io.Reader) ([]source, error) {
	g := &folders{found: map[string]*kustomization.Kustomization{}, included: map[string]bool{}}
	var files []string
	for _, path := range paths {
		switch info, err := os.Stat(path); {
		case path == manifest.Stdin:
			files = append(files, path)
		case err != nil:
			return nil, err
		case !info.IsDir() && !kustomization.Is(path):
			files = append(files, filepath.Clean(path))
		case !info.IsDir():
			if err := g.add(filepath.Clean(path)); err != nil {
				return nil, err
			}
		default:
			below, err := manifest.Below(filepath.Clean(path))
			if err != nil {
				return nil, err
			}
			if err := g.in(filepath.Clean(path), below); err != nil {
				return nil, err
			}
			files = append(files, below...)
		}
	}
	sources, parts, err := g.build()
	if err != nil {
		return nil, err
	}
	plain, err := manifest.Load(slices.DeleteFunc(files, func(f string) bool { return parts[manifest.Whole(f)] || kustomization.Is(f) }), in)
	if err != nil {
		return nil, err
	}
	for _, file := range plain {
		sources = append(sources, source{File: file})
	}
	return sources, nil
}

// folders are the kustomizations that are found, by the whole paths of their files, and those that others include.
type folders struct {
	found    map[string]*kustomization.Kustomization
	included map[string]bool
}

// in adds the kustomizations of a folder and of those below it that hold files.
func (g *folders) in(folder string, files []string) error {
	all := []string{folder}
	for _, file := range files {
		all = append(all, filepath.Dir(file))
	}
	slices.Sort(all)
	for _, folder := range slices.Compact(all) {
		if file := kustomization.In(folder); file != "" {
			if err := g.add(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// add adds a kustomization and those that it includes.
func (g *folders) add(file string) error {
	key := manifest.Whole(file)
	if g.found[key] != nil {
		return nil
	}
	k, err := kustomization.Read(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	g.found[key] = k
	for _, folder := range k.Folders {
		if below := kustomization.In(folder); below != "" {
			g.included[manifest.Whole(below)] = true
			if err := g.add(below); err != nil {
				return err
			}
		}
	}
	return nil
}

// build builds the kustomizations that are applied. Parts are the whole paths of the files that any kustomization is made of.
func (g *folders) build() (sources []source, parts map[string]bool, err error) {
	parts = map[string]bool{}
	for _, whole := range slices.Sorted(maps.Keys(g.found)) {
		k := g.found[whole]
		file := k.File
		for _, part := range slices.Concat(k.Resources, k.Uses) {
			parts[manifest.Whole(part)] = true
		}
		if k.Foreign != "" {
			return nil, nil, fmt.Errorf("%s needs %s, which is not fetched: kustomize build %s | kubectl okr preview -", file, k.Foreign, k.Folder)
		}
		if g.included[whole] || k.Component {
			continue
		}
		objects, err := k.Build()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w: mend it, and look with kustomize build %s", file, err, k.Folder)
		}
		for _, o := range objects {
			from := o.File
			if from == "" {
				from = file
			}
			sources = append(sources, source{File: manifest.Parse(from, o.Content), built: true})
		}
	}
	return sources, parts, nil
}
