package lint

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"okr.dev/controller/internal/cli/kustomization"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/practice"
)

// Options say what is looked at, and how.
type Options struct {
	// Paths of files and folders; manifest.Stdin reads In.
	Paths []string
	In    io.Reader
	// Thresholds of the rules of practice.
	Thresholds practice.Thresholds
	// Namespace is that of objects which name none; empty if it is not known.
	Namespace string
	// Complete says that there are no goals beside those of the paths.
	Complete bool
	// Now is when that is: some rules ask whether a period has begun or is over.
	Now time.Time
	// Rules that are wanted; nil: all.
	Rules func(id string) bool
}

// Run looks for what is to be mended. An error says that it could not look.
func Run(ctx context.Context, options Options) (*Report, error) {
	sources, err := gather(options.Paths)
	if err != nil {
		return nil, err
	}
	report := &Report{Findings: sources.findings, Skipped: sources.skipped}
	objects, err := report.collect(sources, options.In)
	if err != nil {
		return nil, err
	}
	if report.Files == 0 && len(report.Findings) == 0 && len(report.Skipped) == 0 {
		return nil, fmt.Errorf("there are no YAML files in %s: write where the goals are", strings.Join(options.Paths, ", "))
	}
	found := make([][]Finding, len(objects))
	parallel(len(objects), func(i int) {
		if o := objects[i]; o.ours() {
			o.place(options.Namespace)
			found[i] = o.admit(ctx)
			if !o.built {
				found[i] = append(found[i], o.slipsIn()...)
			}
		}
	})
	report.Findings = append(report.Findings, slices.Concat(found...)...)
	set := relate(objects)
	report.Goals = len(set.goals)
	report.Findings = append(report.Findings, set.checkTwice()...)
	report.Findings = append(report.Findings, set.checkReferences(options.Complete)...)
	report.Findings = append(report.Findings, set.checkSources()...)
	practised, unjudged := set.practise(options.Thresholds, options.Complete, options.Now)
	report.Findings, report.Unjudged = append(report.Findings, practised...), unjudged
	set.silence(report.Findings)
	if options.Rules != nil {
		report.Findings = slices.DeleteFunc(report.Findings, func(f Finding) bool { return !options.Rules(f.Rule) })
	}
	report.sort()
	return report, nil
}

// collect reads all files and builds all kustomizations.
func (r *Report) collect(s *sources, in io.Reader) ([]*object, error) {
	plain, err := parse(s.plain, in)
	if err != nil {
		return nil, err
	}
	parts, err := parse(s.parts, in)
	if err != nil {
		return nil, err
	}
	r.Files = len(plain) + len(parts)
	var objects []*object
	take := func(found reading, path string) {
		r.Findings = append(r.Findings, found.findings...)
		if found.skipped != "" {
			r.Skipped = append(r.Skipped, Skipped{path, found.skipped})
		}
	}
	readings := make([]reading, len(plain))
	parallel(len(plain), func(i int) { readings[i] = read(plain[i], s.given[plain[i].Path]) })
	for i, file := range plain {
		take(readings[i], file.Path)
		objects = append(objects, readings[i].objects...)
	}
	written := map[string][]*object{}
	for _, file := range parts {
		found := read(file, true)
		found.skipped = ""
		take(found, file.Path)
		written[file.Path] = found.objects
		for _, o := range found.objects {
			if o.ours() {
				r.Findings = append(r.Findings, o.slipsIn()...)
			}
		}
	}
	for _, k := range s.built {
		made, err := k.Build()
		if err != nil {
			if !r.told(k) {
				r.Findings = append(r.Findings, unbuilt(k.File, err))
			}
			// They are looked at as they are written.
			for _, file := range k.Resources {
				objects = append(objects, written[file]...)
			}
			continue
		}
		for _, m := range made {
			objects = append(objects, original(k, m, written[m.File])...)
		}
	}
	return objects, nil
}

// told reports whether it is said already why a kustomization cannot be built: one of its files is not YAML.
func (r *Report) told(k *kustomization.Kustomization) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == "YAML001" && strings.HasPrefix(f.Path, k.Folder) })
}

// original is an object that a kustomization has made, where it was written before: in the file that it came from, under the same
// kind and the name that the new one is made of.
func original(k *kustomization.Kustomization, made kustomization.Object, written []*object) []*object {
	file := manifest.Parse(k.File, made.Content)
	if len(file.Documents) != 1 {
		return nil
	}
	content, err := contentOf(&file.Documents[0])
	if err != nil || content == nil {
		return nil
	}
	found := &object{path: k.File, line: 1, content: content, built: true}
	best := -1
	for _, o := range written {
		was, is := o.head(), found.head()
		score := len(was.Name)
		if was.Namespace == is.Namespace {
			score += 1000
		}
		if was.Kind == is.Kind && strings.Contains(is.Name, was.Name) && score > best {
			best = score
			found.path, found.line, found.node = o.path, o.line, o.node
		}
	}
	return []*object{found}
}
