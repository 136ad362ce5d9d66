package admission

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// Field is what the API server knows of a field.
type Field struct {
	// Type as JSON has it: object, array, string, integer, number or boolean. IntOrString says that it is an integer or a string.
	Type        string
	IntOrString bool
	// Description is its comment.
	Description string
	// Fields are the names of those below it, sorted, Required those of them that are needed.
	Fields, Required []string
	// Says are the messages of its rules.
	Says []string
}

// Field looks up a path such as spec.checkIns[2].date; false if there is none.
func (k *Kind) Field(path string) (Field, bool) {
	at := k.kept
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if at = below(at, step); at == nil {
			return Field{}, false
		}
	}
	found := Field{Type: at.Type, IntOrString: at.XIntOrString, Description: at.Description}
	for name := range at.Properties {
		found.Fields = append(found.Fields, name)
	}
	slices.Sort(found.Fields)
	if at.ValueValidation != nil {
		found.Required = at.ValueValidation.Required
	}
	for _, rule := range at.XValidations {
		found.Says = append(found.Says, rule.Message)
	}
	return found, true
}

// below is the schema of a field, of an element or of an entry.
func below(at *schema.Structural, step string) *schema.Structural {
	if next, found := at.Properties[step]; found {
		return &next
	}
	if _, err := strconv.Atoi(step); err == nil && at.Items != nil {
		return at.Items
	}
	if at.AdditionalProperties != nil {
		return at.AdditionalProperties.Structural
	}
	return nil
}

// Holding are the paths of the fields below spec that have a field of a name, sorted, the shortest first; [] stands for the
// elements of a list.
func (k *Kind) Holding(name string) []string {
	var found []string
	var walk func(path string, at *schema.Structural)
	walk = func(path string, at *schema.Structural) {
		if at.Items != nil {
			walk(path+"[]", at.Items)
		}
		for child, next := range at.Properties {
			if child == name {
				found = append(found, path)
			}
			walk(path+"."+child, &next)
		}
	}
	if spec, there := k.kept.Properties["spec"]; there {
		walk("spec", &spec)
	}
	slices.SortFunc(found, func(a, b string) int {
		if n := strings.Count(a, ".") - strings.Count(b, "."); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	return found
}
