package lint

import (
	"cmp"
	"slices"
	"strings"

	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/practice"
)

// Finding is something to mend, and where.
type Finding struct {
	// Path of the file, as it was given or found.
	Path string
	// Line and Column in it, from 1; Column is 0 where it is not known.
	Line, Column int
	Rule         string
	Severity     practice.Severity
	// Object it is about; empty where the file is no object.
	Object practice.Ref
	// Field is the path of what to edit, such as spec.title; empty for the whole.
	Field string
	// Message says in one line what is wrong and what to write instead.
	Message string
	// Silenced is the reason that the object gives for not minding; empty if it gives none.
	Silenced string
}

// Skipped is a file, or a part of one, that was not looked at.
type Skipped struct{ Path, Reason string }

// Report is what was found. Its lists are sorted by file and line.
type Report struct {
	Findings []Finding
	Skipped  []Skipped
	// Files and Goals are how many were looked at; Unjudged are the goals that the rules of practice were not asked about, because
	// they, or goals that they refer to, would be refused.
	Files, Goals, Unjudged int
}

// sort puts what was found in the order in which a person mends it, and says nothing twice: a base that several overlays build
// on is looked at in each of them.
func (r *Report) sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Field, b.Field), strings.Compare(a.Message, b.Message))
	})
	r.Findings = slices.CompactFunc(r.Findings, func(a, b Finding) bool {
		return a.Path == b.Path && a.Line == b.Line && a.Rule == b.Rule && a.Field == b.Field && a.Message == b.Message
	})
	slices.SortFunc(r.Skipped, func(a, b Skipped) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Reason, b.Reason))
	})
	r.Skipped = slices.Compact(r.Skipped)
}

// Count is how many findings of a severity are not silenced.
func (r *Report) Count(severity practice.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == severity && f.Silenced == "" {
			n++
		}
	}
	return n
}

// Silenced is how many findings their objects do not mind.
func (r *Report) Silenced() int {
	n := 0
	for _, f := range r.Findings {
		if f.Silenced != "" {
			n++
		}
	}
	return n
}

// at is where a field of an object is written.
func (o *object) at(field string) (line, column int) {
	if o.node == nil {
		return o.line, 0
	}
	place := manifest.Locate(o.node, field)
	return place.Key.Line, place.Key.Column
}

// finding is one about a field of an object. What is about the whole of it stands beside its name.
func (o *object) finding(rule string, severity practice.Severity, field, message string) Finding {
	if field == "spec" && rule != "API003" {
		field = ""
	}
	at := field
	if at == "" {
		at = "metadata.name"
	}
	line, column := o.at(at)
	return Finding{Path: o.path, Line: line, Column: column, Rule: rule, Severity: severity, Object: o.ref(), Field: field, Message: message}
}

// said is what is found, and about what.
func (f Finding) said() string {
	switch {
	case f.Field != "":
		return f.Field + ": " + f.Message
	case f.Object.Kind != "":
		return shownName(f.Object) + ": " + f.Message
	default:
		return f.Message
	}
}
