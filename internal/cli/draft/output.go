package draft

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
)

// save writes text into a new file, or behind what an existing one holds. Nothing is ever overwritten.
func save(file, text string, behind bool) error {
	if behind {
		return appendTo(file, text)
	}
	err := edit.Create(file, []byte(text))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already: choose another --file, or --append to write behind what it holds", file)
	}
	return err
}

// appendTo writes text as further documents behind those of a file, whose bytes stay as they are. An object that is in the file
// already is refused: the later one would win.
func appendTo(file, text string) error {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return save(file, text, false)
	}
	if err != nil {
		return err
	}
	held := map[manifest.Head]bool{}
	for _, d := range manifest.Parse(file, content).Documents {
		if d.Err != nil {
			return fmt.Errorf("%s: %w: mend it first", file, d.Err)
		}
		held[d.Head()] = true
	}
	for _, d := range manifest.Parse(file, []byte(text)).Documents {
		if head := d.Head(); held[head] {
			return fmt.Errorf("%s holds a %s %s already: give the new one another name", file, head.Kind, head.Name)
		}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if _, err = f.WriteString(joint(content) + text); err != nil { // half a goal is another goal
		err = errors.Join(err, f.Truncate(int64(len(content))))
	}
	return errors.Join(err, f.Close())
}

// joint is what has to stand between the documents of a file and further ones.
func joint(content []byte) string {
	trimmed := bytes.TrimRight(content, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return ""
	case bytes.HasSuffix(trimmed, []byte("\n---")) || bytes.Equal(trimmed, []byte("---")):
		return map[bool]string{true: "", false: "\n"}[bytes.HasSuffix(content, []byte("\n"))]
	case bytes.HasSuffix(content, []byte("\n")):
		return "---\n"
	default:
		return "\n---\n"
	}
}
