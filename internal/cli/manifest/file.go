// Package manifest reads Kubernetes objects from YAML files and knows where in them everything stands, so that a finding names
// a line and an edit touches nothing else.
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// File is a file of YAML documents.
type File struct {
	// Path as it was given or found; Stdin for standard input.
	Path    string
	Content []byte
	// Documents of the file, in order. Those without content, such as a comment alone, are left out.
	Documents []Document
}

// Document is one YAML document of a file.
type Document struct {
	// Start and End are where it stands in the file's Content, in bytes: after the separator before it, up to the next one.
	Start, End int
	// Line is the number of its first line in the file, from 1.
	Line int
	// Root is its top node, with lines as they are in the file; nil if it does not parse.
	Root *yaml.Node
	// Err is why it does not parse, with the line in the file; nil if it does.
	Err error

	content []byte
}

// ErrUnread says that a document is YAML, and that the rest of the file is not read as it is meant.
var ErrUnread = errors.New("it is not read as YAML files of Kubernetes are")

// separator is what begins a document: three dashes at the start of a line, whatever stands around it.
var separator = regexp.MustCompile(`(?m)^---(?:[ \t].*)?\r?$\n?`)

// Parse splits a file into its documents. One that does not parse leaves the others alone.
func Parse(path string, content []byte) File {
	file := File{Path: path, Content: content}
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		file.Documents = []Document{{End: len(content), Line: 1, Err: fmt.Errorf("line 1: %w: it is UTF-16: save it as UTF-8", ErrUnread), content: content}}
		return file
	}
	start := 0
	var behind []byte // what stands behind the dashes before the document
	for _, cut := range append(separator.FindAllIndex(content, -1), []int{len(content), len(content)}) {
		d := parse(content, start, cut[0])
		if len(behind) > 0 && behind[0] != '#' {
			d.Root, d.Err = nil, fmt.Errorf("line %d: %w: something stands behind ---: write it on a line of its own", d.Line-1, ErrUnread)
		}
		if d.Root != nil || d.Err != nil {
			file.Documents = append(file.Documents, d)
		}
		start, behind = cut[1], bytes.TrimSpace(bytes.TrimPrefix(content[cut[0]:cut[1]], []byte("---")))
	}
	return file
}

func parse(content []byte, start, end int) Document {
	d := Document{Start: start, End: end, Line: 1 + bytes.Count(content[:start], []byte("\n")), content: content[start:end]}
	var node yaml.Node
	if err := yaml.Unmarshal(d.content, &node); err != nil {
		d.Err = errors.New(relocate(err.Error(), d.Line-1))
		return d
	}
	if len(node.Content) == 0 || node.Content[0].Tag == "!!null" {
		return d
	}
	d.Root = node.Content[0]
	shift(d.Root, d.Line-1, map[*yaml.Node]bool{})
	return d
}

var lineNumber = regexp.MustCompile(`line (\d+)`)

// relocate counts the lines in a message of the parser from the start of the file.
func relocate(message string, by int) string {
	return lineNumber.ReplaceAllStringFunc(strings.TrimPrefix(message, "yaml: "), func(found string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(found, "line "))
		if err != nil {
			return found
		}
		return "line " + strconv.Itoa(n+by)
	})
}

func shift(n *yaml.Node, by int, seen map[*yaml.Node]bool) {
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	n.Line += by
	for _, child := range n.Content {
		shift(child, by, seen)
	}
	shift(n.Alias, by, seen)
}

// Load reads files, and the YAML files below folders, in the order of their names; hidden files and folders below a given one
// are skipped. A file that is named twice is read once. Stdin reads in. A path that cannot be read is an error.
func Load(paths []string, in io.Reader) ([]File, error) {
	var files []File
	seen := map[string]bool{}
	add := func(path string, content []byte) {
		if whole := Whole(path); !seen[whole] {
			seen[whole] = true
			files = append(files, Parse(path, content))
		}
	}
	for _, path := range paths {
		if path == Stdin {
			content, err := io.ReadAll(in)
			if err != nil {
				return nil, fmt.Errorf("read standard input: %w", err)
			}
			add(path, content)
			continue
		}
		found, err := Below(path)
		if err != nil {
			return nil, err
		}
		for _, name := range found {
			content, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			add(name, content)
		}
	}
	return files, nil
}

// Whole is the path from the top, so that a file has one however it is named.
func Whole(path string) string {
	if whole, err := filepath.Abs(path); err == nil && path != Stdin {
		return whole
	}
	return path
}

// Below are the YAML files below a folder, sorted; of a file, itself. Links to files are followed, those to folders are not,
// unless one is the folder itself. What is no file, such as a pipe, is left out.
func Below(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	root := path + string(filepath.Separator) // a link is followed then
	var found []string
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == root:
		case strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return filepath.SkipDir
			}
		case !entry.IsDir() && slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)):
			info, err := os.Stat(name)
			if err != nil {
				return err
			}
			if info.Mode().IsRegular() {
				found = append(found, name)
			}
		}
		return nil
	})
	return found, err
}
