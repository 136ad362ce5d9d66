package repository

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/terminal"
)

// Warn says which documents look like goals and could not be read.
func (r *Repository) Warn(env *command.Environment) {
	for _, err := range r.Unread {
		fmt.Fprintln(env.ErrOut, "not read: "+env.Screen.Text(err.Error()))
	}
}

// ShowDiff prints a unified diff.
func ShowDiff(env *command.Environment, diff string) {
	for line := range strings.Lines(diff) {
		line = strings.TrimSuffix(line, "\n")
		style := terminal.Plain
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
			style = terminal.Bold
		case strings.HasPrefix(line, "+"):
			style = terminal.Good
		case strings.HasPrefix(line, "-"):
			style = terminal.Bad
		case strings.HasPrefix(line, "@@"):
			style = terminal.Dim
		}
		fmt.Fprintln(env.Out, env.Screen.Paint(style, env.Screen.Text(line)))
	}
}

// Write writes the files, and says what was written and what one might do next with them in Git. Files that could not be
// written do not keep the others from it.
func Write(env *command.Environment, files []*edit.File, message string) error {
	var paths []string
	var failed error
	for _, f := range files {
		if err := f.Write(); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		paths = append(paths, f.Path)
		fmt.Fprintln(env.Out, "wrote "+env.Screen.Text(f.Path))
	}
	Next(env, paths, message)
	return failed
}

// Next prints the commands that commit files.
func Next(env *command.Environment, paths []string, message string) {
	if len(paths) == 0 {
		return
	}
	quoted := make([]string, 0, len(paths))
	for _, path := range paths {
		if strings.HasPrefix(path, "-") { // not an option
			path = "./" + path
		}
		quoted = append(quoted, shell(path))
	}
	between := " "
	if line := strings.Join(quoted, " "); len(line)+len("  git add ") > env.Screen.Width {
		between = " \\\n    "
	}
	fmt.Fprintf(env.Out, "\nNext:\n  git add %s\n  git commit -m %s\n", env.Screen.Text(strings.Join(quoted, between)), env.Screen.Text(shell(message)))
}

var harmless = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:,][A-Za-z0-9_./@%+=:,-]*$`)

// shell is a text as an argument in a shell.
func shell(text string) string {
	if harmless.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Exists reports whether there is a file, or anything else, at a path.
func Exists(path string) bool {
	_, err := os.Lstat(filepath.Clean(path))
	return err == nil
}
