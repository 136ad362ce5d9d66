package goals_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
)

func TestOnlyWhatIsAskedForIsRead(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		reason string
		scope  goals.Scope
		alone  bool // nothing but the namespace itself may be listed
		want   []string
	}{
		"All":      {"everything, without limits", goals.Scope{Namespace: "sales"}, false, []string{"get *v1alpha1.KPI company/monthly-revenue", "get *v1alpha1.KPI company/return-on-investment", "get *v1alpha1.Objective company/double-earnings", "list *v1.PartialObjectMetadataList", "list *v1alpha1.KPIList in sales", "list *v1alpha1.KeyResultList in sales", "list *v1alpha1.MetricSourceList", "list *v1alpha1.ObjectiveList in sales"}},
		"Children": {"objectives of all namespaces, and of the rest what the namespace's own refer to: no KPI for each goal of the company", goals.Scope{Namespace: "sales", Everything: true, Everywhere: []goals.Kind{goals.Objectives}}, false, []string{"get *v1alpha1.KPI company/monthly-revenue", "list *v1.PartialObjectMetadataList", "list *v1alpha1.KPIList in sales", "list *v1alpha1.KeyResultList in sales", "list *v1alpha1.MetricSourceList", "list *v1alpha1.ObjectiveList"}},
		"KPIs":     {"one kind, and the labels that say what is shared", goals.Scope{Only: []goals.Kind{goals.KPIs}}, false, []string{"list *v1.PartialObjectMetadataList", "list *v1alpha1.KPIList"}},
		"Upward":   {"what an objective refers to of other kinds is not read either", goals.Scope{Namespace: "sales", Everything: true, Only: []goals.Kind{goals.Objectives}}, true, []string{"get *v1alpha1.Objective company/double-earnings", "list *v1alpha1.ObjectiveList in sales"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			read := map[string]bool{}
			var mu sync.Mutex
			note := func(what string) { mu.Lock(); defer mu.Unlock(); read[what] = true }
			reader := interceptor.NewClient(cluster.Client(), interceptor.Funcs{
				List: func(ctx context.Context, to client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
					var of client.ListOptions
					of.ApplyOptions(options)
					if c.alone && of.Namespace == "" {
						return apierrors.NewForbidden(schema.GroupResource{}, "", nil)
					}
					note(strings.TrimSuffix(fmt.Sprintf("list %T in %s", list, of.Namespace), " in "))
					return to.List(ctx, list, options...)
				},
				Get: func(ctx context.Context, to client.WithWatch, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
					note(fmt.Sprintf("get %T %s", into, key))
					return to.Get(ctx, key, into, options...)
				},
			})
			set, err := goals.Read(t.Context(), reader, c.scope)
			if err != nil {
				t.Fatal(err)
			}
			if c.alone && (!slices.Contains(set.Withheld, goals.Elsewhere) || !slices.Contains(set.Withheld, "namespaces")) {
				t.Errorf("%s: what is withheld is not said: %v", c.reason, set.Withheld)
			}
			if diff := cmp.Diff(c.want, slices.Sorted(maps.Keys(read))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// A server that fails withholds nothing.
func TestAFailureIsNotForbidden(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	reader := interceptor.NewClient(cluster.Client(), interceptor.Funcs{
		List: func(ctx context.Context, to client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
			var of client.ListOptions
			of.ApplyOptions(options)
			if of.Namespace == "" {
				return apierrors.NewTimeoutError("busy", 1)
			}
			return to.List(ctx, list, options...)
		},
	})
	if set, err := goals.Read(t.Context(), reader, goals.Scope{Namespace: "sales", Everything: true}); !apierrors.IsTimeout(err) {
		t.Errorf("it is told, and not taken for what may not be read: %v, %v", set, err)
	}
}
