package manifest

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	k8syaml "sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
)

// Head is what names an object.
type Head struct {
	APIVersion, Kind, Namespace, Name string
}

// Head reads what names the document's object; what is not there is empty.
func (d Document) Head() Head {
	text := func(path ...string) string {
		if n := d.Find(path...); n != nil {
			return n.Value
		}
		return ""
	}
	return Head{text("apiVersion"), text("kind"), text("metadata", "namespace"), text("metadata", "name")}
}

// Ours reports whether the document's object is of our group, in whatever version.
func (h Head) Ours() bool {
	group, err := schema.ParseGroupVersion(h.APIVersion)
	return err == nil && group.Group == v1alpha1.GroupVersion.Group
}

// JSON is the document as kubectl would send it: read as YAML 1.1, in which `on` and `y` are booleans.
func (d Document) JSON() ([]byte, error) { return k8syaml.YAMLToJSON(d.content) }

// Goal is the document's object; nil if it is not of our group. Fields that do not exist are not looked for.
func (d Document) Goal() (client.Object, error) {
	head := d.Head()
	if !head.Ours() {
		return nil, nil
	}
	var object client.Object
	switch head.Kind {
	case "Objective":
		object = &v1alpha1.Objective{}
	case "KeyResult":
		object = &v1alpha1.KeyResult{}
	case "KPI":
		object = &v1alpha1.KPI{}
	case "MetricSource":
		object = &v1alpha1.MetricSource{}
	default:
		return nil, fmt.Errorf("there is no kind %q in %s: it is Objective, KeyResult, KPI or MetricSource", head.Kind, v1alpha1.GroupVersion.Group)
	}
	return object, k8syaml.Unmarshal(d.content, object)
}

// Find follows keys down from the top; nil if there is no such value. Aliases are followed.
func (d Document) Find(path ...string) *yaml.Node {
	node := d.Root
	for _, key := range path {
		if _, node = Entry(node, key); node == nil {
			return nil
		}
	}
	return node
}

// Entry is the key and the value of an entry of a mapping; nil if there is none.
func Entry(mapping *yaml.Node, key string) (name, value *yaml.Node) {
	if mapping = Resolve(mapping); mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i], Resolve(mapping.Content[i+1])
		}
	}
	return nil, nil
}

// Resolve is the node that an alias stands for; any other node is itself.
func Resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// LineOf is the line in the file of a field as the API names it, such as spec.checkIns[2].date or
// metadata.annotations[goals.okr.dev/lint-ignore]. Of what is not there it is the line of the nearest that is.
func (d Document) LineOf(field string) int {
	if d.Root == nil {
		return d.Line
	}
	return Locate(d.Root, field).Key.Line
}

// steps splits a field path: dots between fields, brackets around indexes and keys.
func steps(field string) []string {
	var found []string
	for field != "" {
		switch cut := strings.IndexAny(field, ".["); {
		case strings.HasPrefix(field, "."):
			field = field[1:]
		case strings.HasPrefix(field, "["):
			end := strings.IndexByte(field, ']')
			if end < 0 {
				return append(found, field[1:])
			}
			found = append(found, strings.Trim(field[1:end], `"`))
			field = field[end+1:]
		case cut < 0:
			return append(found, field)
		default:
			found = append(found, field[:cut])
			field = field[cut:]
		}
	}
	return found
}
