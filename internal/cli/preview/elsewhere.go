package preview

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/manifest"
)

// elsewhere are files of a repository that are not below the paths of a preview, and may hold goals. A goal that has moved to
// another file is neither new nor deleted.
type elsewhere []manifest.File

// read adds a file, if it can hold goals.
func (e *elsewhere) read(path string, content []byte) {
	if bytes.Contains(content, []byte(v1alpha1.GroupVersion.Group)) {
		*e = append(*e, manifest.File{Path: path, Content: content})
	}
}

// found adds those goals that are wanted, and are there once, and returns them. What would be refused is left out.
func (w *written) found(ctx context.Context, in elsewhere, wanted map[id]bool, namespace string) []id {
	if len(wanted) == 0 {
		return nil
	}
	var all written
	all.where = map[id]string{}
	twice := map[id]bool{}
	for _, file := range in {
		for _, d := range manifest.Parse(file.Path, file.Content).Documents {
			if d.Err != nil {
				continue
			}
			place := func(field string) string { return fmt.Sprintf("%s:%d", file.Path, d.LineOf(field)) }
			objects, err := all.document(ctx, d, place)
			if err != nil {
				continue
			}
			for _, o := range objects {
				if idOf(o).isGoal() && all.add(o, namespace, place("metadata.name")) != nil {
					twice[idOf(o)] = true
				}
			}
		}
	}
	var ids []id
	for _, o := range all.objects {
		if i := idOf(o); wanted[i] && !twice[i] {
			w.objects, w.where[i] = append(w.objects, o), all.where[i]
			ids = append(ids, i)
		}
	}
	return ids
}

// lacks are the goals that are in one and not in the other.
func (w *written) lacks(other written) map[id]bool {
	lost := map[id]bool{}
	for i := range other.where {
		if i.isGoal() && w.where[i] == "" {
			lost[i] = true
		}
	}
	return lost
}

// beside reads the YAML files of the working tree that are not below the paths, without those that git ignores.
func beside(ctx context.Context, paths []string) (elsewhere, error) {
	root, within, err := repository(ctx, paths)
	if err != nil {
		return nil, err
	}
	list, err := git(ctx, root, nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", "*.yaml", "*.yml")
	if err != nil {
		return nil, fmt.Errorf("--against: list the files of %s: %w", root, err)
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	var found elsewhere
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if name == "" || under(within, name) {
			continue
		}
		path := filepath.Join(root, filepath.FromSlash(name))
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() { // deleted, or a link
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if shown, err := filepath.Rel(here, path); err == nil {
			path = shown
		}
		found.read(path, content)
	}
	return found, nil
}

// under reports whether a file is one of paths, or below one.
func under(paths []string, name string) bool {
	for _, path := range paths {
		if rest, err := filepath.Rel(path, filepath.FromSlash(name)); err == nil && filepath.IsLocal(rest) {
			return true
		}
	}
	return false
}

// follow looks for goals that are on one side alone in the rest of the other side, so that one that has moved to another file
// is compared with itself.
func (p *plan) follow(ctx context.Context, then elsewhere, namespace string) error {
	gone := p.files.lacks(p.base)
	p.base.found(ctx, then, p.base.lacks(p.files), namespace)
	if len(gone) == 0 {
		return nil
	}
	now, err := beside(ctx, p.paths)
	if err != nil {
		return err
	}
	for _, i := range p.files.found(ctx, now, gone, namespace) {
		p.note("%s %s is in %s now, which is not among the paths: it is not deleted.", spoken(i.Kind), i, p.files.where[i])
	}
	return nil
}
