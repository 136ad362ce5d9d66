package edit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pmezard/go-difflib/difflib"

	"okr.dev/controller/internal/cli/manifest"
)

// Write replaces the file: all of it or nothing, whatever happens meanwhile. Its mode stays, and a link stays a link. A file
// that has changed since it was read is left alone.
func (f *File) Write() error {
	if !f.Changed() {
		return nil
	}
	if f.Path == manifest.Stdin {
		return errors.New("standard input cannot be written to: name the file")
	}
	path, err := filepath.EvalSymlinks(f.Path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("%s is read-only: nothing is written; make it writable first, or edit the file that it is made from", f.Path)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // it is gone where all went well
	_, err = temporary.Write(f.Content)
	if err = errors.Join(err, temporary.Chmod(info.Mode().Perm()), temporary.Sync(), temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", f.Path, err)
	}
	switch now, err := os.ReadFile(path); {
	case err != nil:
		return err
	case !bytes.Equal(now, f.Original):
		return fmt.Errorf("%s has changed since it was read: nothing is written; run the command again", f.Path)
	}
	return os.Rename(temporary.Name(), path)
}

// Create writes a file that must not exist yet; where that fails, no half of it is left.
func Create(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// Diff is what changes in the file, as a unified diff; empty if nothing does.
func (f *File) Diff() string { return Diff(f.Path, f.Path, f.Original, f.Content) }

// Diff is a unified diff. A name that is empty stands for a file that does not exist.
func Diff(from, to string, before, after []byte) string {
	name := func(side, path string) string {
		if path == "" {
			return "/dev/null"
		}
		return side + "/" + filepath.ToSlash(path)
	}
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: lines(before), B: lines(after), FromFile: name("a", from), ToFile: name("b", to), Context: 3,
	})
	if err != nil { // it writes into memory
		return ""
	}
	return text
}

// lines are the lines of a text with their breaks. One that has none is followed by what diff says then.
func lines(text []byte) []string {
	var found []string
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		switch {
		case len(line) == 0:
		case line[len(line)-1] == '\n':
			found = append(found, string(line))
		default:
			found = append(found, string(line)+"\n\\ No newline at end of file\n")
		}
	}
	return found
}
