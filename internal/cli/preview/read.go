package preview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/manifest"
)

// written are the objects of files, as the API server would store them.
type written struct {
	objects []client.Object
	// where each of them stands, as FILE:LINE; as FILE where kustomize has made it of that.
	where map[id]string
}

// maxRefused is how many refused documents an error names.
const maxRefused = 10

// readFiles reads the goals, their sources and the namespaces of files. What names no namespace is in the given one. The
// error names what does not parse, is refused by the API server's rules, or is there twice.
func readFiles(ctx context.Context, files []source, namespace string) (written, error) {
	w := written{where: map[id]string{}}
	var refused []error
	for _, file := range files {
		for _, d := range file.Documents {
			place := func(field string) string {
				if file.built {
					return file.Path
				}
				return fmt.Sprintf("%s:%d", nameOf(file.Path), d.LineOf(field))
			}
			if d.Err != nil {
				refused = append(refused, fmt.Errorf("%s: %w", nameOf(file.Path), d.Err))
				continue
			}
			objects, err := w.document(ctx, d, place)
			if err != nil {
				refused = append(refused, err)
			}
			for _, o := range objects {
				if err := w.add(o, namespace, place("metadata.name")); err != nil {
					refused = append(refused, err)
				}
			}
		}
	}
	if more := len(refused) - maxRefused; more > 0 {
		refused = append(refused[:maxRefused], fmt.Errorf("… and %d more: kubectl okr lint lists them all", more))
	}
	return w, errors.Join(refused...)
}

func nameOf(path string) string {
	if path == manifest.Stdin {
		return "standard input"
	}
	return path
}

func (w written) count() int {
	var n int
	for _, o := range w.objects {
		if idOf(o).isGoal() {
			n++
		}
	}
	return n
}

func (w *written) add(o client.Object, namespace, place string) error {
	if _, cluster := o.(*v1alpha1.MetricSource); !cluster && idOf(o).Kind != "Namespace" && o.GetNamespace() == "" {
		o.SetNamespace(namespace)
	}
	i := idOf(o)
	if i.Name == "" {
		return fmt.Errorf("%s: %s has no metadata.name: only what has a name can be previewed", place, i.Kind)
	}
	if other, twice := w.where[i]; twice {
		return fmt.Errorf("%s: %s %s is also in %s: remove one of them", place, i.Kind, i, other)
	}
	w.where[i] = place
	w.objects = append(w.objects, o)
	return nil
}

// document reads the objects of a document: one, or those of a List. What is not ours is left out.
func (w *written) document(ctx context.Context, d manifest.Document, place func(string) string) ([]client.Object, error) {
	text, err := d.JSON()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place(""), err)
	}
	var content map[string]any
	if err := utiljson.Unmarshal(text, &content); err != nil {
		return nil, nil //nolint:nilerr // a document that is no mapping is no object
	}
	items, list := content["items"].([]any)
	if kind, _ := content["kind"].(string); !list || !strings.HasSuffix(kind, "List") {
		o, err := object(ctx, content, place)
		if o == nil {
			return nil, err
		}
		return []client.Object{o}, err
	}
	var objects []client.Object
	for i, item := range items {
		content, ok := item.(map[string]any)
		if !ok {
			continue
		}
		o, err := object(ctx, content, func(field string) string { return place(fmt.Sprintf("items[%d].%s", i, field)) })
		if err != nil {
			return objects, err
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// object is what the API server would store of an object; nil if it is none of ours.
func object(ctx context.Context, content map[string]any, place func(string) string) (client.Object, error) {
	u := unstructured.Unstructured{Object: content}
	gvk := u.GroupVersionKind()
	if gvk == corev1.SchemeGroupVersion.WithKind("Namespace") {
		return namespaceOf(u), nil
	}
	if gvk.Group != v1alpha1.GroupVersion.Group {
		return nil, nil
	}
	kind, err := admission.For(gvk.Kind)
	switch {
	case err != nil:
		return nil, err
	case kind == nil:
		return nil, fmt.Errorf("%s: there is no kind %q in %s: it is %s", place("kind"), gvk.Kind, gvk.Group, strings.Join(admission.Kinds(), ", "))
	case kind.Version != u.GetAPIVersion():
		return nil, fmt.Errorf("%s: there is no version %s: write %s", place("apiVersion"), u.GetAPIVersion(), kind.Version)
	}
	// What is asked about is what stands in the file: the same object, filled in.
	if problems := kind.Create(ctx, content); len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("%s: %s %s would be refused: %s: %s", place(p.Field), gvk.Kind, u.GetName(), p.Field, p.Detail)
	}
	return typed(gvk.Kind, content)
}

func typed(kind string, content map[string]any) (client.Object, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	var o client.Object
	switch kind {
	case "Objective":
		o = &v1alpha1.Objective{}
	case "KeyResult":
		o = &v1alpha1.KeyResult{}
	case "KPI":
		o = &v1alpha1.KPI{}
	default:
		o = &v1alpha1.MetricSource{}
	}
	if err := json.Unmarshal(text, o); err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind, unstructuredName(content), err)
	}
	return o, nil
}

func unstructuredName(content map[string]any) string {
	name, _, _ := unstructured.NestedString(content, "metadata", "name")
	return name
}

// namespaceOf is the metadata of a namespace, with the label that the API server gives to each.
func namespaceOf(u unstructured.Unstructured) client.Object {
	n := &metav1.PartialObjectMetadata{}
	n.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	n.Name, n.Labels = u.GetName(), map[string]string{}
	for key, value := range u.GetLabels() {
		n.Labels[key] = value
	}
	n.Labels[corev1.LabelMetadataName] = n.Name
	return n
}
