package closing

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// path is where the successors of a file's goals go: beside it, with the new cycle in place of the old one in the name of the
// file, or of a folder above it, or else behind it; or into the folder that was asked for.
func (r *rollover) path(path string) string {
	dir, base := filepath.Split(path)
	renamed, found := replaced(base, r.options.from, r.options.to)
	if out := r.options.out; out != "" {
		for _, root := range r.roots {
			if below, err := filepath.Rel(root, path); err == nil && below != "." && !strings.HasPrefix(below, "..") {
				return filepath.Join(out, filepath.Dir(below), renamed)
			}
		}
		return filepath.Join(out, renamed)
	}
	if found {
		return filepath.Join(dir, renamed)
	}
	parts := strings.Split(filepath.Clean(dir), string(filepath.Separator))
	for i := len(parts) - 1; i >= 0; i-- {
		if folder, found := replaced(parts[i], r.options.from, r.options.to); found {
			parts[i] = folder
			return filepath.Join(strings.Join(parts, string(filepath.Separator)), base)
		}
	}
	extension := filepath.Ext(base)
	return filepath.Join(dir, strings.TrimSuffix(base, extension)+"-"+slug(r.options.to)+extension)
}

// kustomizations says where the new files must be listed to be applied.
func (r *rollover) kustomizations() {
	var where []string
	missing := map[string][]string{}
	for _, f := range r.made {
		dir, base := filepath.Split(f.Path)
		for _, name := range []string{"kustomization.yaml", "kustomization.yml"} {
			path := filepath.Join(dir, name)
			content, err := os.ReadFile(path)
			if err != nil || bytes.Contains(content, []byte(base)) {
				continue
			}
			if missing[path] == nil {
				where = append(where, path)
			}
			missing[path] = append(missing[path], base)
		}
	}
	for _, path := range where {
		fmt.Fprintln(r.env.Out, r.env.Screen.Text(fmt.Sprintf("not listed yet in the resources of %s: %s", path, strings.Join(missing[path], ", "))))
	}
}
