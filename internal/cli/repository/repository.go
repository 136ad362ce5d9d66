// Package repository is goals in the files of a repository: where each of them stands, and what is shown when files have been
// edited.
package repository

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/edit"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/cli/near"
)

// Goal is an object and where it stands.
type Goal[O client.Object] struct {
	Object O
	File   *edit.File
	// Document is which one of the file.
	Document int
	// Line is the document's first line in the file.
	Line int
}

// Where is the place as file:line.
func (g Goal[O]) Where() string { return fmt.Sprintf("%s:%d", g.File.Path, g.Line) }

// Text is the document's present text.
func (g Goal[O]) Text() []byte {
	d := g.File.Documents()[g.Document]
	return g.File.Content[d.Start:d.End]
}

// Repository is what was found in files.
type Repository struct {
	Files      []*edit.File
	Objectives []Goal[*v1alpha1.Objective]
	KeyResults []Goal[*v1alpha1.KeyResult]
	KPIs       []Goal[*v1alpha1.KPI]
	// Unread are documents that look like ours and cannot be read, and why.
	Unread []error

	namespace string
}

// Load reads the goals of files, and of the YAML files below folders. namespace is where goals live that name none.
func Load(paths []string, namespace string) (*Repository, error) {
	if slices.Contains(paths, manifest.Stdin) {
		return nil, errors.New("standard input cannot be edited: name a file or a folder")
	}
	files, err := manifest.Load(paths, nil)
	if err != nil {
		return nil, err
	}
	r := &Repository{namespace: namespace}
	for _, read := range files {
		file := edit.Open(read)
		r.Files = append(r.Files, file)
		for i, d := range read.Documents {
			r.add(file, i, d)
		}
	}
	return r, nil
}

func (r *Repository) add(file *edit.File, index int, d manifest.Document) {
	var object client.Object
	err := d.Err
	if err == nil {
		object, err = d.Goal()
	}
	if err != nil {
		// Folders hold other YAML too, such as templates of charts: that is nobody's concern here.
		if strings.Contains(string(file.Content[d.Start:d.End]), v1alpha1.GroupVersion.Group) {
			r.Unread = append(r.Unread, fmt.Errorf("%s:%d: %w", file.Path, d.Line, plainly(err, file.Path)))
		}
		return
	}
	line := d.Line
	if d.Root != nil {
		line = d.Root.Line
	}
	switch o := object.(type) {
	case *v1alpha1.Objective:
		r.Objectives = append(r.Objectives, Goal[*v1alpha1.Objective]{o, file, index, line})
	case *v1alpha1.KeyResult:
		r.KeyResults = append(r.KeyResults, Goal[*v1alpha1.KeyResult]{o, file, index, line})
	case *v1alpha1.KPI:
		r.KPIs = append(r.KPIs, Goal[*v1alpha1.KPI]{o, file, index, line})
	}
}

// otherType is what the decoder says of a field whose value has another type than the API's.
var otherType = regexp.MustCompile(`cannot unmarshal (\S+) into Go struct field \w+\.(\S+) of type`)

// plainly says why a document cannot be read without the words of Go. What to write is for lint to say.
func plainly(err error, path string) error {
	if m := otherType.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s cannot be a %s: kubectl okr lint %s says what to write", m[2], m[1], path)
	}
	return err
}

// Namespace is the one that an object lives in.
func (r *Repository) Namespace(o client.Object) string { return cmp.Or(o.GetNamespace(), r.namespace) }

// Name is an object's namespace/name, without the namespace where that is not known.
func (r *Repository) Name(o client.Object) string {
	if namespace := r.Namespace(o); namespace != "" {
		return namespace + "/" + o.GetName()
	}
	return o.GetName()
}

// KeyResultsOf are the key results of an objective, in the order of the files.
func (r *Repository) KeyResultsOf(o *v1alpha1.Objective) []Goal[*v1alpha1.KeyResult] {
	var own []Goal[*v1alpha1.KeyResult]
	for _, kr := range r.KeyResults {
		if kr.Object.Spec.ObjectiveRef.Name == o.Name && r.Namespace(kr.Object) == r.Namespace(o) {
			own = append(own, kr)
		}
	}
	return own
}

// Objective is the one of a name; in that namespace, unless it is empty.
func (r *Repository) Objective(namespace, name string) (Goal[*v1alpha1.Objective], error) {
	var found []Goal[*v1alpha1.Objective]
	var names []string
	for _, o := range r.Objectives {
		if namespace != "" && r.Namespace(o.Object) != namespace {
			continue
		}
		names = append(names, o.Object.Name)
		if o.Object.Name == name {
			found = append(found, o)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		var places []string
		for _, o := range found {
			places = append(places, fmt.Sprintf("%s (%s)", o.Where(), r.Name(o.Object)))
		}
		return Goal[*v1alpha1.Objective]{}, fmt.Errorf("%d files have an objective %q: say which one with --file, or its namespace with -n:\n  %s",
			len(found), name, strings.Join(places, "\n  "))
	}
	message := fmt.Sprintf("the files have no objective %q", name)
	if namespace != "" {
		message += " in namespace " + namespace
	}
	switch meant := near.Name(name, names); {
	case meant != "":
		message += fmt.Sprintf(": did you mean %q?", meant)
	case len(names) > 0:
		slices.Sort(names)
		message += "; there are " + strings.Join(slices.Compact(names), ", ")
	default:
		message += ", nor any other: say where they are with --file"
	}
	for _, err := range r.Unread {
		message += "\nnot read: " + err.Error()
	}
	return Goal[*v1alpha1.Objective]{}, errors.New(message)
}

// Changed are the files that an edit has changed.
func (r *Repository) Changed() []*edit.File {
	var changed []*edit.File
	for _, f := range r.Files {
		if f.Changed() {
			changed = append(changed, f)
		}
	}
	return changed
}
