package goals_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/command"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
)

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// small is a company with a team: the team's objective serves the company's, names a KPI of it and has a key result.
func small() []client.Object {
	return []client.Object{
		&v1alpha1.KeyResult{ObjectMeta: named("team", "faster"), Spec: v1alpha1.KeyResultSpec{ObjectiveRef: v1alpha1.ObjectiveReference{Name: "fast"}}},
		&v1alpha1.KeyResult{ObjectMeta: named("other", "faster"), Spec: v1alpha1.KeyResultSpec{ObjectiveRef: v1alpha1.ObjectiveReference{Name: "fast"}}},
		&v1alpha1.Objective{ObjectMeta: named("team", "fast"), Spec: v1alpha1.ObjectiveSpec{
			ParentRef: &v1alpha1.ParentReference{Namespace: "company", Name: "loved"},
			KPIRefs:   []v1alpha1.KPIReference{{Namespace: "company", Name: "margin"}},
		}},
		&v1alpha1.Objective{ObjectMeta: named("company", "loved")},
		&v1alpha1.KPI{ObjectMeta: named("company", "margin")},
		&v1alpha1.KPI{ObjectMeta: named("company", "alone")},
	}
}

// cluster holds objects; what forbidden says yes to may not be read.
func cluster(objects []client.Object, forbidden func(kind, namespace string) bool) client.Reader {
	refuse := func(kind, namespace string) error {
		if forbidden != nil && forbidden(kind, namespace) {
			return apierrors.NewForbidden(schema.GroupResource{Resource: kind}, "", nil)
		}
		return nil
	}
	return fake.NewClientBuilder().WithScheme(command.Scheme()).WithObjects(objects...).WithInterceptorFuncs(interceptor.Funcs{
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
			var o client.ListOptions
			o.ApplyOptions(options)
			if err := refuse(kindOf(list), o.Namespace); err != nil {
				return err
			}
			return c.List(ctx, list, options...)
		},
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
			if err := refuse(kindOf(into), key.Namespace); err != nil {
				return err
			}
			return c.Get(ctx, key, into, options...)
		},
	}).Build()
}

func kindOf(object any) string {
	switch object.(type) {
	case *v1alpha1.Objective, *v1alpha1.ObjectiveList:
		return "Objective"
	case *v1alpha1.KPI, *v1alpha1.KPIList:
		return "KPI"
	case *v1alpha1.KeyResult, *v1alpha1.KeyResultList:
		return "KeyResult"
	case *v1alpha1.MetricSourceList:
		return "MetricSource"
	default:
		return "Namespace"
	}
}

func names[O client.Object](objects []O) string {
	var all []string
	for _, o := range objects {
		all = append(all, strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/"))
	}
	return strings.Join(all, " ")
}

func TestRead(t *testing.T) {
	cases := map[string]struct {
		reason     string
		scope      goals.Scope
		forbidden  func(kind, namespace string) bool
		objectives string
		keyResults string
		kpis       string
		withheld   []string
	}{
		"All": {"every namespace, sorted", goals.Scope{}, nil,
			"company/loved team/fast", "other/faster team/faster", "company/alone company/margin", nil},
		"Namespace": {"its own goals, and what they refer to upwards; nothing else is read", goals.Scope{Namespace: "team"}, nil,
			"company/loved team/fast", "team/faster", "company/margin", nil},
		"Everything": {"whatever the namespace's goals may be related to", goals.Scope{Namespace: "team", Everything: true}, nil,
			"company/loved team/fast", "other/faster team/faster", "company/alone company/margin", nil},
		"OwnOnly": {"the role view in one namespace: what lies elsewhere is withheld, not missing", goals.Scope{Namespace: "team", Everything: true},
			func(_, namespace string) bool {
				return namespace != "team"
			}, "team/fast", "team/faster", "", []string{"goals in other namespaces", "metricsources", "namespaces", "Objective company/loved", "KPI company/margin"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			set, err := goals.Read(t.Context(), cluster(small(), tc.forbidden), tc.scope)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{names(set.Objectives), names(set.KeyResults), names(set.KPIs)}
			if diff := cmp.Diff([]string{tc.objectives, tc.keyResults, tc.kpis}, got); diff != "" {
				t.Errorf("%s:\n%s", tc.reason, diff)
			}
			if !slices.Equal(set.Withheld, tc.withheld) {
				t.Errorf("%s: withheld %q, want %q", tc.reason, set.Withheld, tc.withheld)
			}
		})
	}
	if _, err := goals.Read(t.Context(), cluster(small(), func(string, string) bool { return true }), goals.Scope{}); !apierrors.IsForbidden(err) {
		t.Errorf("goals that may not be read at all are an error, not an empty set: %v", err)
	}
}

func TestRelations(t *testing.T) {
	set := goals.New(small())
	fast, loved := set.Objective("team", "fast"), set.Objective("company", "loved")
	if got := names(set.KeyResultsOf(fast)); got != "team/faster" {
		t.Errorf("a key result lives in its objective's namespace: %s", got)
	}
	if set.ParentOf(fast) != loved || names(set.ChildrenOf(loved)) != "team/fast" || set.ParentOf(loved) != nil {
		t.Error("parent and child are each other's")
	}
	if got := names(set.KPIsOf(fast)); got != "company/margin" {
		t.Errorf("KPIs of %s: %s", fast.Name, got)
	}
	if set.Objective("team", "loved") != nil || set.KPI("team", "margin") != nil || set.KeyResult("team", "slower") != nil {
		t.Error("what is not there is nil")
	}
}

func TestWorldReadsAsACacheDoes(t *testing.T) {
	world := goals.New(small()).World()
	var o v1alpha1.Objective
	if found, err := world.See(t.Context(), client.ObjectKey{Namespace: "team", Name: "fast"}, &o); !found || err != nil || o.Name != "fast" {
		t.Errorf("found %t %q, %v", found, o.Name, err)
	}
	if found, err := world.See(t.Context(), client.ObjectKey{Namespace: "team", Name: "gone"}, &o); found || err != nil {
		t.Errorf("found what is not there: %v", err)
	}
	var keyResults v1alpha1.KeyResultList
	if err := world.Match(t.Context(), &keyResults, client.InNamespace("team"), client.MatchingFields{gather.IndexObjective: "fast"}); err != nil || len(keyResults.Items) != 1 {
		t.Errorf("%d key results, %v", len(keyResults.Items), err)
	}
	if err := world.Match(t.Context(), &keyResults, client.MatchingFields{"spec.title": "x"}); err == nil {
		t.Error("an index that there is not must not look like no objects")
	}
	in, err := world.Objective(t.Context(), &o)
	if err != nil || len(in.KeyResults) != 1 || len(in.MissingKPIs) != 1 || in.Parent != nil {
		t.Errorf("neither KPI nor parent consents to the namespace: %+v, %v", in, err)
	}
}
