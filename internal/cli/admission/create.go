package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/api/operation"
	metavalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// Cause is which part of the server refuses.
type Cause int

// The causes.
const (
	// Unknown: there is no such field. kubectl has the server refuse it.
	Unknown Cause = iota
	// Metadata: the name, the labels or the annotations.
	Metadata
	// Schema: a type, a limit, or something that is missing.
	Schema
	// Rule: a rule of the kind, whose message says what to write.
	Rule
)

// Problem is why the server refuses an object.
type Problem struct {
	Cause Cause
	// Field is the path of what is wrong, such as spec.checkIns[2].date.
	Field string
	// Type says how it is wrong; empty for a field that there is not.
	Type field.ErrorType
	// Value is what is written there, where that is told.
	Value any
	// Detail is what the server says.
	Detail string
}

// Create says why the server would refuse to create an object, in the order in which it would; nothing if it would create it.
// The object is read as JSON, with integers as int64. It is filled in and stripped as the server does it: unknown fields and
// the status are gone afterwards, and defaults are there.
func (k *Kind) Create(ctx context.Context, object map[string]any) []Problem {
	problems, meta := k.decode(object)
	delete(object, "status")
	if meta != nil {
		problems = append(problems, k.metadata(ctx, meta)...)
	}
	refused := validation.ValidateCustomResource(nil, object, k.values)
	refused = append(refused, objectmeta.Validate(ctx, nil, object, k.kept, false)...)
	refused = append(refused, listtype.ValidateListSetsAndMaps(nil, k.kept, object)...)
	problems = append(problems, named(Schema, refused)...)
	if blocks(refused) {
		return append(problems, k.alone(ctx, object, problems)...)
	}
	broken, _ := k.rules().Validate(ctx, nil, k.kept, object, nil, celconfig.RuntimeCELCostBudget)
	return append(problems, named(Rule, broken)...)
}

// alone are the rules that a single value breaks, whatever stands beside it, such as one about dates. The server leaves all rules
// aside while an object is not what they expect; these can be mended at once.
func (k *Kind) alone(ctx context.Context, object map[string]any, problems []Problem) []Problem {
	rest := runtime.DeepCopyJSON(object)
	for _, p := range problems {
		Remove(rest, p.Field)
	}
	broken, _ := k.rules().Validate(ctx, nil, k.kept, rest, nil, celconfig.RuntimeCELCostBudget)
	return slices.DeleteFunc(named(Rule, broken), func(p Problem) bool {
		known, there := k.Field(p.Field)
		return !there || len(known.Fields) > 0 || known.Type == "array" || !slices.Contains(known.Says, p.Detail)
	})
}

// Remove takes a field of the spec out of an object, or the list that it is an element of, so that the others can be judged.
func Remove(object map[string]any, path string) {
	steps := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	if len(steps) < 2 || steps[0] != "spec" {
		return
	}
	at := object
	for _, step := range steps[:len(steps)-1] {
		next, ok := at[step].(map[string]any)
		if !ok {
			delete(at, step)
			return
		}
		at = next
	}
	delete(at, steps[len(steps)-1])
}

// decode does what happens to an object between the wire and its validation. What it says of metadata that cannot be read
// stands in the problems, and the metadata is nil.
func (k *Kind) decode(object map[string]any) ([]Problem, *metav1.ObjectMeta) {
	var problems []Problem
	unknown := func(paths []string) {
		for _, path := range paths {
			problems = append(problems, Problem{Cause: Unknown, Field: path, Detail: fmt.Sprintf("unknown field %q", path)})
		}
	}
	meta, given, paths, err := objectmeta.GetObjectMetaWithOptions(object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		problems = append(problems, unreadable(object["metadata"])...)
		meta = nil
	}
	unknown(paths)
	unknown(pruning.PruneWithOptions(object, k.sent, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}))
	defaulting.PruneNonNullableNullsWithoutDefaults(object, k.sent)
	defaulting.Default(object, k.sent)
	if meta == nil && err == nil {
		meta = &metav1.ObjectMeta{}
	}
	if given && err == nil {
		_ = objectmeta.SetObjectMeta(object, meta) // what was read can be written
	}
	return problems, meta
}

// unreadable says which entries of metadata are not what they must be.
func unreadable(metadata any) []Problem {
	entries, ok := metadata.(map[string]any)
	if !ok {
		return []Problem{{Cause: Metadata, Field: "metadata", Type: field.ErrorTypeTypeInvalid, Value: metadata, Detail: "must be of type object"}}
	}
	var problems []Problem
	refused := func(path string, key string, value any) {
		_, _, _, err := objectmeta.GetObjectMetaWithOptions(map[string]any{"metadata": map[string]any{key: value}}, objectmeta.ObjectMetaOptions{})
		if err == nil {
			return
		}
		problems = append(problems, Problem{Cause: Metadata, Field: path, Type: field.ErrorTypeTypeInvalid, Value: value, Detail: typeIn(err)})
	}
	for key, value := range entries {
		texts, ok := value.(map[string]any)
		if !ok || key != "labels" && key != "annotations" {
			refused("metadata."+key, key, value)
			continue
		}
		for name, text := range texts {
			if _, ok := text.(string); !ok && text != nil {
				problems = append(problems, Problem{
					Cause: Metadata, Field: fmt.Sprintf("metadata.%s[%s]", key, name), Type: field.ErrorTypeTypeInvalid, Value: text, Detail: "must be of type string",
				})
			}
		}
	}
	return problems
}

// typeIn reads from an error of the JSON decoder which type was wanted.
func typeIn(err error) string {
	if _, wanted, found := strings.Cut(err.Error(), " of type "); found {
		return "must be of type " + wanted
	}
	return err.Error()
}

func (k *Kind) metadata(ctx context.Context, meta *metav1.ObjectMeta) []Problem {
	judged := meta.DeepCopy()
	switch {
	case !k.Namespaced:
		judged.Namespace = "" // the server takes it away
	case judged.Namespace == "":
		judged.Namespace = metav1.NamespaceDefault // that of the request
	}
	if judged.Name == "" && judged.GenerateName != "" {
		judged.Name = judged.GenerateName + "xxxxx" // the server's
	}
	path := field.NewPath("metadata")
	return named(Metadata, metavalidation.ValidateObjectMetaDeclaratively(
		ctx, operation.Create, judged, nil, k.Namespaced, metavalidation.NameIsDNSSubdomain, path, true))
}

func named(cause Cause, errs field.ErrorList) []Problem {
	problems := make([]Problem, 0, len(errs))
	for _, err := range errs {
		problems = append(problems, Problem{Cause: cause, Field: strings.TrimPrefix(err.Field, "<nil>"), Type: err.Type, Value: err.BadValue, Detail: err.Detail})
	}
	return problems
}

// blocks reports whether the server asks no rules about an object, because it is not what they expect.
func blocks(errs field.ErrorList) bool {
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return true
		}
	}
	return false
}
