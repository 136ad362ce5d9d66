package lint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"okr.dev/controller/internal/cli/kustomization"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/practice"
)

// sources is what there is to lint: files as they are, and kustomizations.
type sources struct {
	// plain are the files whose objects are applied as they are written; given are those of them that were named one by one.
	plain []string
	given map[string]bool
	// parts are the files that kustomizations are made of.
	parts []string
	// built are the kustomizations that are applied.
	built []*kustomization.Kustomization

	findings []Finding
	skipped  []Skipped
}

// gather finds out what there is below the paths. A file that a kustomization includes is a part of it, and is not looked at a
// second time as it stands.
func gather(paths []string) (*sources, error) {
	s := &sources{given: map[string]bool{}}
	var files []string
	g := &graph{known: map[string]*kustomization.Kustomization{}, failed: map[string]error{}, named: map[string]string{}, included: map[string]bool{}}
	for _, path := range paths {
		if path == manifest.Stdin {
			files, s.given[path] = append(files, path), true
			continue
		}
		path = filepath.Clean(path)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no file or folder %q: write one that is there, or - for standard input", path)
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() && !kustomization.Is(path) {
			files, s.given[path] = append(files, path), true
			continue
		}
		if !info.IsDir() {
			g.add(path)
			continue
		}
		found, err := manifest.Below(path)
		if err != nil {
			return nil, err
		}
		folders := map[string]bool{path: true}
		for _, file := range found {
			folders[filepath.Dir(file)] = true
			if !kustomization.Is(file) {
				files = append(files, file)
			}
		}
		for folder := range folders {
			if file := kustomization.In(folder); file != "" {
				g.add(file)
			}
		}
	}
	s.sort(g, files)
	return s, nil
}

// graph is the kustomizations that were found, and those that they include.
type graph struct {
	// All by the whole path of the file, named as it was found.
	known    map[string]*kustomization.Kustomization
	failed   map[string]error
	named    map[string]string
	included map[string]bool
}

func (g *graph) add(file string) {
	key := manifest.Whole(file)
	if g.known[key] != nil || g.failed[key] != nil {
		return
	}
	k, err := kustomization.Read(file)
	if err != nil {
		g.failed[key], g.named[key] = err, file
		return
	}
	g.known[key] = k
	for _, folder := range k.Folders {
		if below := kustomization.In(folder); below != "" {
			g.included[manifest.Whole(below)] = true
			g.add(below)
		}
	}
}

// whole is everything that a kustomization is made of; problem says why it cannot be built here.
func (g *graph) whole(k *kustomization.Kustomization, seen map[string]bool) (parts, uses []string, foreign string, err error) {
	if seen[k.File] {
		return nil, nil, "", nil
	}
	seen[k.File] = true
	parts, uses, foreign = slices.Clone(k.Resources), slices.Clone(k.Uses), k.Foreign
	for _, folder := range k.Folders {
		file := manifest.Whole(kustomization.In(folder))
		below := g.known[file]
		if below == nil {
			if err = g.failed[file]; err == nil {
				err = fmt.Errorf("%s has no kustomization.yaml", folder)
			}
			return parts, uses, foreign, err
		}
		more, used, other, err := g.whole(below, seen)
		parts, uses = append(parts, more...), append(uses, used...)
		if foreign == "" {
			foreign = other
		}
		if err != nil {
			return parts, uses, foreign, err
		}
	}
	return parts, uses, foreign, nil
}

// sort decides which files are looked at as they are, and which as parts of kustomizations.
func (s *sources) sort(g *graph, files []string) {
	part, used := map[string]bool{}, map[string]bool{}
	for file, err := range g.failed {
		s.findings = append(s.findings, unbuilt(g.named[file], err))
	}
	for whole, k := range g.known {
		file := k.File
		if g.included[whole] || k.Component {
			for _, use := range k.Uses {
				used[use] = true
			}
			continue
		}
		parts, uses, foreign, err := g.whole(k, map[string]bool{})
		for _, use := range uses {
			used[use] = true
		}
		switch {
		case err != nil:
			s.findings = append(s.findings, unbuilt(file, err))
			continue
		case foreign != "":
			s.skipped = append(s.skipped, Skipped{file, fmt.Sprintf("it needs %s, which is not fetched: kustomize build %s | kubectl okr lint -", foreign, k.Folder)})
			continue
		}
		s.built = append(s.built, k)
		for _, p := range parts {
			part[p] = true
		}
	}
	slices.SortFunc(s.built, func(a, b *kustomization.Kustomization) int { return compare(a.File, b.File) })
	seen := map[string]bool{}
	for _, files := range []map[string]bool{part, used} {
		for file := range files {
			seen[manifest.Whole(file)] = true
		}
	}
	for _, file := range files {
		if whole := manifest.Whole(file); !seen[whole] {
			seen[whole] = true
			s.plain = append(s.plain, file)
		}
	}
	for file := range part {
		s.parts = append(s.parts, file)
	}
	slices.Sort(s.parts)
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// unbuilt is a kustomization that cannot be built.
func unbuilt(file string, err error) Finding {
	return Finding{Path: file, Line: 1, Rule: "KUS001", Severity: practice.Error, Message: err.Error() + ": mend it, and look with kustomize build"}
}

// parallel does something for each of n things, on all processors.
func parallel(n int, do func(i int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// parse reads files, in their order.
func parse(paths []string, in io.Reader) ([]manifest.File, error) {
	files, errs := make([]manifest.File, len(paths)), make([]error, len(paths))
	parallel(len(paths), func(i int) {
		var content []byte
		if paths[i] == manifest.Stdin {
			if content, errs[i] = io.ReadAll(in); errs[i] == nil && len(bytes.TrimSpace(content)) == 0 {
				errs[i] = errors.New("standard input is empty: has the command before it failed?")
			}
		} else {
			content, errs[i] = os.ReadFile(paths[i])
		}
		files[i] = manifest.Parse(paths[i], content)
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
