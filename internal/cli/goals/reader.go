package goals

import (
	"context"
	"fmt"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/gather"
)

// store holds the objects of one kind, by name and by the indexes of package gather.
type store struct {
	resource string
	all      []client.Object
	byKey    map[client.ObjectKey]client.Object
	byIndex  map[string]map[string][]client.Object
}

// kindOf names what an object, or a list of such, is stored under.
func kindOf(object any) string {
	switch object.(type) {
	case *v1alpha1.Objective, *v1alpha1.ObjectiveList:
		return "objectives"
	case *v1alpha1.KeyResult, *v1alpha1.KeyResultList:
		return "keyresults"
	case *v1alpha1.KPI, *v1alpha1.KPIList:
		return "kpis"
	case *v1alpha1.MetricSource, *v1alpha1.MetricSourceList:
		return "metricsources"
	case *metav1.PartialObjectMetadata:
		return "namespaces"
	default:
		return ""
	}
}

func (s *Set) index() {
	s.stores = map[string]*store{}
	fill(s, &v1alpha1.Objective{}, s.Objectives)
	fill(s, &v1alpha1.KeyResult{}, s.KeyResults)
	fill(s, &v1alpha1.KPI{}, s.KPIs)
	fill(s, &v1alpha1.MetricSource{}, s.Sources)
	fill(s, &metav1.PartialObjectMetadata{}, s.Namespaces)
	for _, index := range gather.Indexes() {
		of := s.stores[kindOf(index.Object)]
		entries := map[string][]client.Object{}
		for _, object := range of.all {
			for _, value := range index.Values(object) {
				entries[value] = append(entries[value], object)
			}
		}
		of.byIndex[index.Key] = entries
	}
}

func fill[O client.Object](s *Set, empty client.Object, objects []O) {
	of := &store{resource: kindOf(empty), byKey: map[client.ObjectKey]client.Object{}, byIndex: map[string]map[string][]client.Object{}}
	for _, object := range objects {
		of.all = append(of.all, object)
		of.byKey[client.ObjectKeyFromObject(object)] = object
	}
	s.stores[of.resource] = of
}

// one is the object of a kind and name; nil if there is none.
func one[O client.Object](s *Set, namespace, name string) O {
	var none O
	object, _ := s.stores[kindOf(none)].byKey[client.ObjectKey{Namespace: namespace, Name: name}].(O)
	return object
}

// found are the objects of a kind under an index.
func found[O client.Object](s *Set, index, value string) []O {
	var none O
	var objects []O
	for _, object := range s.stores[kindOf(none)].byIndex[index][value] {
		objects = append(objects, object.(O))
	}
	return objects
}

// reader reads a set as a cache is read. What it returns is shared with the set: read only.
type reader struct{ set *Set }

// Get finds an object; NotFound if there is none.
func (r reader) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	of := r.set.stores[kindOf(into)]
	if of == nil {
		return fmt.Errorf("a set of goals holds no %T", into)
	}
	object, known := of.byKey[key]
	if !known {
		return apierrors.NewNotFound(schema.GroupResource{Group: v1alpha1.GroupVersion.Group, Resource: of.resource}, key.Name)
	}
	reflect.ValueOf(into).Elem().Set(reflect.ValueOf(object).Elem())
	return nil
}

// List finds the objects of a namespace, or under an index, or all of a kind.
func (r reader) List(_ context.Context, into client.ObjectList, options ...client.ListOption) error {
	of := r.set.stores[kindOf(into)]
	if of == nil {
		return fmt.Errorf("a set of goals holds no %T", into)
	}
	var list client.ListOptions
	list.ApplyOptions(options)
	objects := of.all
	if list.FieldSelector != nil {
		for _, wanted := range list.FieldSelector.Requirements() {
			entries, known := of.byIndex[wanted.Field]
			if !known {
				return fmt.Errorf("a set of goals has no index %q of %s", wanted.Field, of.resource)
			}
			objects = entries[wanted.Value]
		}
	}
	items := make([]runtime.Object, 0, len(objects))
	for _, object := range objects {
		if list.Namespace == "" || object.GetNamespace() == list.Namespace {
			items = append(items, object)
		}
	}
	return meta.SetList(into, items)
}
