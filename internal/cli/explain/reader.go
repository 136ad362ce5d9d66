package explain

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
)

// reader reads a set of goals, and takes note of what is looked for that the caller may not read: that is not known, and
// must not be taken for missing. A source that may not be read is taken for one that is shared with everybody and
// confines nobody: what is computed so counts only if it is what the controller has written.
type reader struct {
	client.Reader
	withheld []string
	// missed are those of what is withheld that were looked for.
	missed []string
}

func newReader(set *goals.Set) *reader {
	return &reader{Reader: set.World().Reader, withheld: set.Withheld}
}

func (r *reader) world() gather.World { return gather.World{Reader: r} }

func (r *reader) miss(what string) {
	if !slices.Contains(r.missed, what) {
		r.missed = append(r.missed, what)
	}
}

// Get finds an object.
func (r *reader) Get(ctx context.Context, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
	err := r.Reader.Get(ctx, key, into, options...)
	if !apierrors.IsNotFound(err) {
		return err
	}
	switch o := into.(type) {
	case *v1alpha1.MetricSource:
		if slices.Contains(r.withheld, "metricsources") {
			r.miss("MetricSource " + key.Name)
			o.Name, o.Spec.AllowedNamespaces.From = key.Name, v1alpha1.NamespacesFromAll
			return nil
		}
	case *metav1.PartialObjectMetadata:
		if slices.Contains(r.withheld, "namespaces") {
			r.miss("the labels of namespace " + key.Name)
		}
	case *v1alpha1.Objective:
		r.missNamed(kindObjective, key)
	case *v1alpha1.KPI:
		r.missNamed(kindKPI, key)
	}
	return err
}

func (r *reader) missNamed(kind string, key client.ObjectKey) {
	if named := kind + " " + key.String(); slices.Contains(r.withheld, named) {
		r.miss(named)
	}
}

// List finds objects.
func (r *reader) List(ctx context.Context, into client.ObjectList, options ...client.ListOption) error {
	var list client.ListOptions
	list.ApplyOptions(options)
	const others = "goals in other namespaces"
	if list.Namespace == "" && slices.Contains(r.withheld, others) {
		r.miss(others)
	}
	return r.Reader.List(ctx, into, options...)
}
