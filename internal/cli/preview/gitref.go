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
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"okr.dev/controller/internal/cli/kustomization"
	"okr.dev/controller/internal/cli/manifest"
)

// atRef reads paths as they were at a commit of the git repository that they are in. All YAML files of the commit,
// and what else is beside a kustomization, are written to a folder of their own first, so that kustomizations find what they
// refer to. What was not
// there then is empty. The rest are the other files of the commit that may hold goals.
func atRef(ctx context.Context, ref string, paths []string) (files []source, rest elsewhere, err error) {
	if slices.Contains(paths, manifest.Stdin) {
		return nil, nil, errors.New("--against: standard input has no history: name files or folders, or compare with the cluster (--against cluster)")
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, nil, fmt.Errorf("--against: a commit is read with git, which is not there: %w", err)
	}
	root, within, err := repository(ctx, paths)
	if err != nil {
		return nil, nil, err
	}
	commit, err := git(ctx, root, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, nil, fmt.Errorf("--against: there is no commit %q in %s: write a branch, a tag or a commit, or fetch it first; or the word cluster", ref, root)
	}
	folder, err := os.MkdirTemp("", "kubectl-okr-")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	names, err := checkOut(ctx, root, strings.TrimSpace(string(commit)), folder)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s from git: %w", ref, err)
	}
	var there []string
	for _, path := range within {
		path = filepath.Join(folder, path)
		if _, err := os.Stat(path); err == nil {
			there = append(there, path)
		}
	}
	for _, name := range names {
		if !isYAML(name) || under(within, name) {
			continue
		}
		if content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name))); err == nil {
			rest.read(ref+":"+name, content)
		}
	}
	files, err = load(there, strings.NewReader(""))
	for i := range files {
		if name, err := filepath.Rel(folder, files[i].Path); err == nil {
			files[i].Path = ref + ":" + filepath.ToSlash(name)
		}
	}
	if err != nil { // of files that nobody has seen
		err = errors.New(strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), ref+":"))
	}
	return files, rest, err
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

// tracked is a file of a commit.
type tracked struct{ name, hash string }

// checkOut writes the YAML files of a commit below a folder, and what else is beside a kustomization. It
// returns the names of all.
func checkOut(ctx context.Context, root, commit, folder string) (names []string, err error) {
	list, err := git(ctx, root, nil, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	files := wanted(string(list))
	var hashes bytes.Buffer
	for _, f := range files {
		hashes.WriteString(f.hash + "\n")
	}
	contents, err := git(ctx, root, &hashes, "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(bytes.NewReader(contents))
	for _, f := range files {
		names = append(names, f.name)
		content, err := blob(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		path := filepath.Join(folder, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// maxBeside is how large a file beside a kustomization may be that is no YAML.
const maxBeside = 1 << 20

// wanted are the files of a list of git that are written: MODE TYPE HASH SIZE, a tab and the name. Links and submodules are
// not followed.
func wanted(list string) []tracked {
	var files, others []tracked
	building := map[string]bool{}
	for entry := range strings.SplitSeq(strings.TrimRight(list, "\x00"), "\x00") {
		head, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if len(fields) != 4 || fields[1] != "blob" || !strings.HasPrefix(fields[0], "100") || !filepath.IsLocal(filepath.FromSlash(name)) {
			continue
		}
		if kustomization.Is(name) {
			building[path.Dir(name)] = true
		}
		if isYAML(name) {
			files = append(files, tracked{name, fields[2]})
		} else if size, err := strconv.Atoi(fields[3]); err == nil && size <= maxBeside {
			others = append(others, tracked{name, fields[2]})
		}
	}
	for _, f := range others {
		if building[path.Dir(f.name)] {
			files = append(files, f)
		}
	}
	return files
}

func isYAML(name string) bool {
	return slices.Contains([]string{".yaml", ".yml"}, path.Ext(name)) || kustomization.Is(name)
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
