package preview

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"okr.dev/controller/internal/cli/manifest"
)

// load reads files and folders as commands do; in stands in for standard input.
type load func(paths []string, in io.Reader) ([]manifest.File, error)

// atRef reads paths as they were at a commit of the git repository that they are in. All YAML files of the commit are written
// to a folder of their own first, so that whatever reads them, kustomizations too, finds what it refers to. What was not
// there then is empty.
func atRef(ctx context.Context, ref string, paths []string, read load) ([]manifest.File, error) {
	if slices.Contains(paths, manifest.Stdin) {
		return nil, errors.New("--against: standard input has no history: name files or folders, or compare with the cluster (--against cluster)")
	}
	root, within, err := repository(ctx, paths)
	if err != nil {
		return nil, err
	}
	commit, err := git(ctx, root, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("--against: there is no commit %q in %s: write a branch, a tag or a commit, or fetch it first; or the word cluster", ref, root)
	}
	folder, err := os.MkdirTemp("", "kubectl-okr-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := checkOut(ctx, root, strings.TrimSpace(string(commit)), folder); err != nil {
		return nil, fmt.Errorf("read %s from git: %w", ref, err)
	}
	var there []string
	for _, path := range within {
		path = filepath.Join(folder, path)
		if _, err := os.Stat(path); err == nil {
			there = append(there, path)
		}
	}
	files, err := read(there, strings.NewReader(""))
	for i := range files {
		if name, err := filepath.Rel(folder, files[i].Path); err == nil {
			files[i].Path = ref + ":" + filepath.ToSlash(name)
		}
	}
	return files, err
}

// repository is the top folder of the git repository that paths are in, and the paths from there.
func repository(ctx context.Context, paths []string) (root string, within []string, err error) {
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil {
			return "", nil, err
		}
		folder := path
		for { // the path itself may be new, or a file
			if info, err := os.Stat(folder); err == nil && info.IsDir() {
				break
			}
			folder = filepath.Dir(folder)
		}
		out, err := git(ctx, folder, nil, "rev-parse", "--show-toplevel")
		if err != nil {
			return "", nil, fmt.Errorf("--against: %s is not in a git repository: %w", path, err)
		}
		top := strings.TrimRight(string(out), "\r\n")
		if root != "" && top != root {
			return "", nil, fmt.Errorf("--against: %s and %s are different git repositories: compare them one by one", root, top)
		}
		root = top
		rest, err := filepath.Rel(folder, path)
		if err != nil {
			return "", nil, err
		}
		if folder, err = filepath.EvalSymlinks(folder); err != nil { // git has resolved them too
			return "", nil, err
		}
		name, err := filepath.Rel(root, filepath.Join(folder, rest))
		if err != nil {
			return "", nil, err
		}
		within = append(within, name)
	}
	return root, within, nil
}

// checkOut writes the YAML files of a commit below a folder.
func checkOut(ctx context.Context, root, commit, folder string) error {
	list, err := git(ctx, root, nil, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return err
	}
	var names []string
	var hashes bytes.Buffer
	for entry := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		head, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if len(fields) != 3 || fields[1] != "blob" || !strings.HasPrefix(fields[0], "100") || !isYAML(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		names = append(names, name)
		hashes.WriteString(fields[2] + "\n")
	}
	contents, err := git(ctx, root, &hashes, "cat-file", "--batch")
	if err != nil {
		return err
	}
	in := bufio.NewReader(bytes.NewReader(contents))
	for _, name := range names {
		content, err := blob(in)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func isYAML(name string) bool {
	base := filepath.Base(filepath.FromSlash(name))
	return slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(base)) || base == "Kustomization"
}

// blob reads one answer of git cat-file --batch: HASH TYPE SIZE, a line break, the content and another line break.
func blob(in *bufio.Reader) ([]byte, error) {
	head, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return nil, fmt.Errorf("git has no content of it: %q", strings.TrimSpace(head))
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil || size < 0 {
		return nil, fmt.Errorf("git answers %q", strings.TrimSpace(head))
	}
	content := make([]byte, size+1)
	if _, err := io.ReadFull(in, content); err != nil {
		return nil, err
	}
	return content[:size], nil
}

// git runs git in a folder.
func git(ctx context.Context, folder string, in io.Reader, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, arguments...)...)
	var out, problems bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &problems
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(problems.String()); text != "" {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		return nil, err
	}
	return out.Bytes(), nil
}
