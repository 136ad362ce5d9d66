package lint

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/manifest"
	"okr.dev/controller/internal/practice"
)

// object is one Kubernetes object, and where it is written.
type object struct {
	path string
	// line is where it begins in the file; node is what stands there, nil if that is not known.
	line int
	node *yaml.Node
	// content is the object as kubectl sends it.
	content map[string]any
	// built says that a kustomization made it: the file was looked at on its own.
	built bool

	// goal is the object as the API's types have it, without what is refused in it; nil for those of other groups.
	goal client.Object
	// refused says that the API server would not create it, because of the fields that are wrong.
	refused bool
	wrong   []string
}

func (o *object) text(path ...string) string {
	var value any = o.content
	for _, step := range path {
		entries, _ := value.(map[string]any)
		value = entries[step]
	}
	text, _ := value.(string)
	return text
}

func (o *object) head() manifest.Head {
	return manifest.Head{
		APIVersion: o.text("apiVersion"), Kind: o.text("kind"), Namespace: o.text("metadata", "namespace"), Name: o.text("metadata", "name"),
	}
}

// ref names the object. A MetricSource is in no namespace, whatever it says.
func (o *object) ref() practice.Ref {
	h := o.head()
	if h.Kind == "MetricSource" {
		h.Namespace = ""
	}
	return practice.Ref{Kind: h.Kind, Namespace: h.Namespace, Name: h.Name}
}

// place puts an object that names no namespace into one, as kubectl does.
func (o *object) place(namespace string) {
	metadata, ok := o.content["metadata"].(map[string]any)
	if kind, _ := admission.For(o.head().Kind); ok && kind != nil && kind.Namespaced && namespace != "" && metadata["namespace"] == nil {
		metadata["namespace"] = namespace
	}
}

// ours reports whether an object is one of our kinds, or means to be.
func (o *object) ours() bool {
	head := o.head()
	if head.Ours() {
		return true
	}
	// Other groups may have a kind of the same name; Kubernetes itself, whose version has no group, has not.
	return meantKind(head.Kind) != "" && (!strings.Contains(head.APIVersion, "/") || strings.Contains(head.APIVersion, "okr"))
}

// meantKind is the kind of ours that a name means; empty if it means none.
func meantKind(kind string) string {
	for _, known := range admission.Kinds() {
		if strings.EqualFold(known, kind) || strings.EqualFold(known+"s", kind) {
			return known
		}
	}
	return ""
}

// reading is what the documents of one file hold.
type reading struct {
	objects  []*object
	findings []Finding
	skipped  string
}

// read finds the objects of a file. One that was given by name must be YAML; of one that was found, only what speaks of our kinds.
func read(file manifest.File, given bool) reading {
	var r reading
	none := true
	for i := range file.Documents {
		d := &file.Documents[i]
		text := file.Content[d.Start:d.End]
		mentions := bytes.Contains(text, []byte(v1alpha1.GroupVersion.Group))
		if template(d, text) {
			r.skipped = "it is a template: lint what it renders, such as helm template … | kubectl okr lint -"
			none = false
			continue
		}
		content, err := contentOf(d)
		switch {
		case err != nil && (mentions || given || errors.Is(err, manifest.ErrUnread) && speaks(file.Content)):
			r.findings = append(r.findings, syntax(file.Path, d, err))
			none = false
		case err != nil:
			r.skipped, none = "it is not YAML, and speaks of no goals", false
		case content != nil:
			found := expand(&object{path: file.Path, line: d.Line, node: d.Root, content: content})
			none = none && len(found) == 0
			r.objects = append(r.objects, found...)
		}
	}
	if none && len(file.Documents) > 0 {
		r.skipped = "no Kubernetes objects"
	}
	return r
}

// speaks reports whether a file speaks of goals, in whatever width its letters are.
func speaks(content []byte) bool {
	return bytes.Contains(bytes.ReplaceAll(content, []byte{0}, nil), []byte(v1alpha1.GroupVersion.Group))
}

// template reports whether a document is one that is filled in before it is YAML: two braces are no mapping that anybody writes.
func template(d *manifest.Document, text []byte) bool {
	if !bytes.Contains(text, []byte("{{")) {
		return false
	}
	return d.Err != nil || hasMappingKey(d.Root)
}

func hasMappingKey(n *yaml.Node) bool {
	if n == nil || n.Kind == yaml.AliasNode {
		return false
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && child.Kind == yaml.MappingNode || hasMappingKey(child) {
			return true
		}
	}
	return false
}

// contentOf reads a document as kubectl does; nil if it is no mapping.
func contentOf(d *manifest.Document) (map[string]any, error) {
	if errors.Is(d.Err, manifest.ErrUnread) {
		return nil, d.Err
	}
	data, err := d.JSON()
	if err != nil {
		if d.Err != nil {
			err = d.Err
		}
		return nil, err
	}
	var value any
	if err := utiljson.Unmarshal(data, &value); err != nil {
		return nil, err
	}
	content, _ := value.(map[string]any)
	return content, nil
}

// expand is the object itself, or the items of a list; nothing if it has no kind and speaks of none.
func expand(o *object) []*object {
	kind := o.text("kind")
	items, isList := o.content["items"].([]any)
	if strings.HasSuffix(kind, "List") && isList {
		var all []*object
		for i, item := range items {
			content, ok := item.(map[string]any)
			if !ok {
				continue
			}
			one := &object{path: o.path, line: o.line, content: content, built: o.built}
			if o.node != nil {
				place := manifest.Locate(o.node, fmt.Sprintf("items[%d]", i))
				one.line, one.node = place.Key.Line, place.Value
			}
			all = append(all, expand(one)...)
		}
		return all
	}
	if kind == "" && !strings.Contains(o.text("apiVersion"), v1alpha1.GroupVersion.Group) {
		return nil
	}
	return []*object{o}
}
