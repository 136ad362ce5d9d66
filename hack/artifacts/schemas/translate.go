package schemas

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// words are those of draft 7 that definitions use too, with the same meaning, and those of Kubernetes that translate knows.
var words = []string{
	"type", "description", "default", "enum", "format", "pattern", "required", "properties", "additionalProperties", "items",
	"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
	"x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations",
}

// translate turns the schema of a definition into a JSON schema, in place: fields that it does not know are refused, as a
// strict API server does, and the words that only Kubernetes knows become those of draft 7, or go. CEL rules go: no
// JSON schema can say them. A word that is new here is an error, for what is passed on unread may mean something else.
func translate(schema map[string]any) error {
	for word := range schema {
		if !slices.Contains(words, word) {
			return fmt.Errorf("has %s, which is not translated yet", word)
		}
	}
	if schema["x-kubernetes-int-or-string"] == true {
		schema["type"] = []any{"integer", "string"} // read by every validator, which then says what it wants
	}
	if schema["x-kubernetes-list-type"] == "set" {
		schema["uniqueItems"] = true
	}
	if schema["properties"] != nil {
		schema["additionalProperties"] = false
	}
	if format, _ := schema["format"].(string); format == "int32" || format == "int64" {
		delete(schema, "format")
	}
	maps.DeleteFunc(schema, func(word string, _ any) bool { return strings.HasPrefix(word, "x-kubernetes-") })

	for _, word := range []string{"items", "additionalProperties"} {
		if below, ok := schema[word].(map[string]any); ok {
			if err := translate(below); err != nil {
				return fmt.Errorf("%s %w", word, err)
			}
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	required, _ := schema["required"].([]any)
	for name, below := range properties {
		field := below.(map[string]any)
		if err := translate(field); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
		if !slices.Contains(required, any(name)) {
			orNull(field)
		}
	}
	return nil
}

// orNull lets a field be written and left empty, which to the API server is as good as not written: a template often leaves it so.
func orNull(field map[string]any) {
	switch kind := field["type"].(type) {
	case string:
		field["type"] = []any{kind, "null"}
	case []any:
		field["type"] = append(kind, "null")
	}
	if choices, ok := field["enum"].([]any); ok {
		field["enum"] = append(choices, nil)
	}
}

// metadata describes what people write, and knows the names of what only servers write, so that copies of live objects are
// valid. A name is asked for: what comes from Git has one.
func metadata() map[string]any {
	properties := map[string]any{}
	meta := reflect.TypeFor[metav1.ObjectMeta]()
	for i := range meta.NumField() {
		name, _, _ := strings.Cut(meta.Field(i).Tag.Get("json"), ",")
		properties[name] = true
	}
	texts := func(description string) map[string]any {
		return map[string]any{"description": description, "type": []any{"object", "null"}, "additionalProperties": map[string]any{"type": "string"}}
	}
	maps.Copy(properties, map[string]any{
		"name": map[string]any{
			"description": "name is unique among the objects of its kind in its namespace: lower-case letters, digits, - and .",
			"type":        "string", "maxLength": 253,
			"pattern": `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`,
		},
		"namespace": map[string]any{
			"description": "namespace is the team's. A MetricSource has none.",
			"type":        "string", "maxLength": 63,
			"pattern": `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`,
		},
		"labels":      texts("labels are what the object is selected by. Quote what YAML would make a number or a boolean of."),
		"annotations": texts("annotations say what else is to be known. Quote what YAML would make a number or a boolean of."),
	})
	return map[string]any{
		"description":          "metadata is the object's name, and what it is found by.",
		"type":                 "object",
		"required":             []any{"name"},
		"properties":           properties,
		"additionalProperties": false,
	}
}
