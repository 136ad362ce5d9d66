// Package conform checks objects with kubeconform, offline: against the schemas that a running API server publishes for its own
// kinds and for those of the CRDs that it serves.
package conform

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
)

// Check has kubeconform read objects strictly: a field that their kind does not have is an error, and so is a kind that the
// cluster does not serve.
func Check(t testing.TB, c *cluster.Cluster, objects ...*unstructured.Unstructured) {
	t.Helper()
	if err := Try(t, c, objects...); err != nil {
		t.Error(err)
	}
}

// Try is Check for tests in which it should fail. The error holds what kubeconform said.
func Try(t testing.TB, c *cluster.Cluster, objects ...*unstructured.Unstructured) error {
	t.Helper()
	text, err := rendered.Marshal(objects...)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []schema.GroupVersionKind
	for _, o := range objects {
		kinds = append(kinds, o.GroupVersionKind())
	}
	_, err = rendered.Run([]byte(text), "kubeconform", "-strict", "-summary", "-schema-location", Schemas(t, c, kinds...))
	return err
}

// Schemas writes JSON schemas of kinds and returns where they are, as kubeconform's option -schema-location wants it. A kind
// that the cluster does not serve has none.
func Schemas(t testing.TB, c *cluster.Cluster, kinds ...schema.GroupVersionKind) string {
	t.Helper()
	dir := t.TempDir()
	wanted := map[schema.GroupVersion][]string{}
	for _, k := range kinds {
		if !slices.Contains(wanted[k.GroupVersion()], k.Kind) {
			wanted[k.GroupVersion()] = append(wanted[k.GroupVersion()], k.Kind)
		}
	}
	for version, kinds := range wanted {
		kinds = slices.DeleteFunc(kinds, func(kind string) bool { return !serves(c, version.WithKind(kind)) })
		// The schemas of a CRD that was installed just now are published a moment later.
		published := publishedSchemas(c, version)
		for deadline := time.Now().Add(2 * time.Minute); !published.have(version, kinds) && time.Now().Before(deadline); {
			time.Sleep(100 * time.Millisecond)
			published = publishedSchemas(c, version)
		}
		for _, kind := range kinds {
			if err := published.write(dir, version.WithKind(kind)); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Group is that of the apiVersion; the core group's is "v1", for kubeconform takes what stands before the slash.
	return filepath.Join(dir, "{{.Group}}", "{{.ResourceKind}}_{{.ResourceAPIVersion}}.json")
}

// serves says whether an API server serves a kind.
func serves(c *cluster.Cluster, kind schema.GroupVersionKind) bool {
	out, err := c.Try("", "get", "--raw", path(kind.GroupVersion()))
	return err == nil && strings.Contains(out, `"kind":"`+kind.Kind+`"`)
}

// path is where an API server serves a version of a group.
func path(version schema.GroupVersion) string {
	if version.Group == "" {
		return "/api/" + version.Version
	}
	return "/apis/" + version.String()
}

// published are the schemas of one version of a group, by the names that they call each other.
type published map[string]map[string]any

// publishedSchemas asks an API server for them. It has none of a group that it does not serve.
func publishedSchemas(c *cluster.Cluster, version schema.GroupVersion) published {
	out, err := c.Try("", "get", "--raw", "/openapi/v3"+path(version))
	if err != nil {
		return nil
	}
	var document struct {
		Components struct {
			Schemas published `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(out), &document); err != nil {
		return nil
	}
	return document.Components.Schemas
}

// of is the name of a kind's schema; empty if there is none.
func (p published) of(kind schema.GroupVersionKind) string {
	for name, s := range p {
		described, _ := s["x-kubernetes-group-version-kind"].([]any)
		for _, d := range described {
			if d, _ := d.(map[string]any); len(described) == 1 && d["group"] == kind.Group && d["version"] == kind.Version && d["kind"] == kind.Kind {
				return name
			}
		}
	}
	return ""
}

func (p published) have(version schema.GroupVersion, kinds []string) bool {
	return !slices.ContainsFunc(kinds, func(kind string) bool { return p.of(version.WithKind(kind)) == "" })
}

// The prefix of one schema's reference to another, as it is published.
const reference = "#/components/schemas/"

// write writes a kind's schema with those that it refers to, under the name that kubeconform looks for.
func (p published) write(dir string, kind schema.GroupVersionKind) error {
	root := p.of(kind)
	if root == "" {
		return nil
	}
	needed := map[string]any{}
	p.collect(root, needed)
	text, err := json.Marshal(map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "allOf": []any{map[string]any{"$ref": reference + root}},
		"components": map[string]any{"schemas": needed},
	})
	if err != nil {
		return err
	}
	group := kind.Group
	if group == "" {
		group = kind.Version
	}
	file := filepath.Join(dir, group, fmt.Sprintf("%s_%s.json", strings.ToLower(kind.Kind), kind.Version))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// collect adds a schema and those that it refers to, made strict.
func (p published) collect(name string, needed map[string]any) {
	if _, known := needed[name]; known {
		return
	}
	needed[name] = p[name]
	walk(p[name], func(at map[string]any) {
		if to, ok := at["$ref"].(string); ok {
			p.collect(strings.TrimPrefix(to, reference), needed)
		}
		// The API server ignores fields that it does not know, or refuses them if asked to. Here they are mistakes.
		_, properties := at["properties"].(map[string]any)
		_, others := at["additionalProperties"]
		if properties && !others && at["x-kubernetes-preserve-unknown-fields"] != true {
			at["additionalProperties"] = false
		}
	})
}

// walk visits every object in a document that is, or may be, a schema.
func walk(node any, visit func(map[string]any)) {
	switch node := node.(type) {
	case map[string]any:
		visit(node)
		for _, child := range node {
			walk(child, visit)
		}
	case []any:
		for _, child := range node {
			walk(child, visit)
		}
	}
}
