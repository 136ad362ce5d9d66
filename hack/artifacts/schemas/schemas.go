// Package schemas writes the JSON schemas of config/gitops/schemas from the CRDs, for kubeconform and for editors.
package schemas

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/config/crd"
)

const (
	// dir is where they are written, below the module's root.
	dir = "config/gitops/schemas"
	// published begins the identity of each schema. Nothing is fetched from it: it is a name.
	published = "https://okr.dev/schemas/"
	draft     = "http://json-schema.org/draft-07/schema#"
)

// Write writes a schema for each version of each kind, as <group>/<kind>_<version>.json, which is where kubeconform looks for
// the schemas of custom resources; and all.json, for editors, which know a file and not yet a kind.
func Write(root string) error {
	entries, err := crd.Bases.ReadDir("bases")
	if err != nil {
		return err
	}
	out := filepath.Join(root, filepath.FromSlash(dir))
	var kinds []kind
	for _, entry := range entries {
		text, err := crd.Bases.ReadFile("bases/" + entry.Name())
		if err != nil {
			return err
		}
		of, err := kindsOf(text)
		if err != nil {
			return fmt.Errorf("%s: %w", entry.Name(), err)
		}
		for _, k := range of {
			if err := write(filepath.Join(out, filepath.FromSlash(k.file)), k.schema); err != nil {
				return err
			}
		}
		kinds = append(kinds, of...)
	}
	return write(filepath.Join(out, "all.json"), all(kinds))
}

// kind is the schema of one version of one kind, and its file below dir.
type kind struct {
	apiVersion, name, file string
	schema                 map[string]any
}

// kindsOf reads the versions that a definition serves.
func kindsOf(text []byte) ([]kind, error) {
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(text, &definition); err != nil {
		return nil, err
	}
	var kinds []kind
	for _, version := range definition.Spec.Versions {
		// Through JSON: what is absent there would be a field of its zero value here.
		raw, err := json.Marshal(version.Schema.OpenAPIV3Schema)
		if err != nil {
			return nil, err
		}
		var schema map[string]any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber() // a bound is written as it was
		if err := decoder.Decode(&schema); err != nil {
			return nil, err
		}
		k := kind{
			apiVersion: definition.Spec.Group + "/" + version.Name,
			name:       definition.Spec.Names.Kind,
			file:       definition.Spec.Group + "/" + strings.ToLower(definition.Spec.Names.Kind) + "_" + version.Name + ".json",
		}
		if err := translate(schema); err != nil {
			return nil, fmt.Errorf("the schema of %s: %w", version.Name, err)
		}
		k.schema = k.object(schema)
		kinds = append(kinds, k)
	}
	return kinds, nil
}

// object makes the schema of a whole object from the translated one, which leaves the object's head to the API server.
func (k kind) object(schema map[string]any) map[string]any {
	schema["$schema"] = draft
	schema["$id"] = published + k.file
	schema["title"] = k.name
	required, _ := schema["required"].([]any)
	schema["required"] = append([]any{"apiVersion", "kind", "metadata"}, required...)
	properties := schema["properties"].(map[string]any)
	properties["apiVersion"] = map[string]any{"description": "apiVersion of this kind.", "type": "string", "enum": []any{k.apiVersion}}
	properties["kind"] = map[string]any{"description": schema["description"], "type": "string", "enum": []any{k.name}}
	properties["metadata"] = metadata()
	return schema
}

// all chooses the schema by kind. A choice by if and then names the mistake; oneOf would name those that the object would be
// if it were of the other kinds, too. Objects of other groups are let through, so that it can be set for all files of a
// folder. It has no $id: its references are found beside it, wherever it was copied to.
func all(kinds []kind) map[string]any {
	group := strings.Split(kinds[0].apiVersion, "/")[0]
	var choices, versions, names []any
	for _, k := range kinds {
		version, name := map[string]any{"const": k.apiVersion}, map[string]any{"const": k.name}
		choices = append(choices, map[string]any{"if": head(version, name), "then": map[string]any{"$ref": k.file}})
		versions, names = appendNew(versions, k.apiVersion), appendNew(names, k.name)
	}
	ours := map[string]any{"pattern": "^" + strings.ReplaceAll(group, ".", `\.`) + "/"}
	choices = append(choices, map[string]any{
		"if":   head(ours, map[string]any{}),
		"then": head(map[string]any{"enum": versions}, map[string]any{"enum": names}),
	})
	return map[string]any{
		"$schema":     draft,
		"title":       "Goals",
		"description": "Objectives, KeyResults, KPIs and MetricSources; objects of other groups are not looked at.",
		"type":        "object",
		"allOf":       choices,
	}
}

// head is an object with these apiVersion and kind.
func head(apiVersion, kind map[string]any) map[string]any {
	return map[string]any{
		"required":   []any{"apiVersion", "kind"},
		"properties": map[string]any{"apiVersion": apiVersion, "kind": kind},
	}
}

func appendNew(list []any, item string) []any {
	for _, known := range list {
		if known == item {
			return list
		}
	}
	return append(list, item)
}

// write writes JSON that is the same every time, and that people can read.
func write(path string, schema map[string]any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // descriptions say <name> and &
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text.Bytes(), 0o644)
}
