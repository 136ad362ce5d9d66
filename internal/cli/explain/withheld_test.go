package explain_test

import (
	"context"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/cli/terminal"
)

// forbidding refuses what somebody with the role view in one namespace may not read.
func forbidding(c client.WithWatch, namespace string) client.WithWatch {
	refuse := func(what string) error {
		return apierrors.NewForbidden(schema.GroupResource{Group: v1alpha1.GroupVersion.Group, Resource: what}, "", nil)
	}
	return interceptor.NewClient(c, interceptor.Funcs{
		List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
			var o client.ListOptions
			o.ApplyOptions(options)
			switch list.(type) {
			case *v1alpha1.MetricSourceList, *metav1.PartialObjectMetadataList:
				return refuse("metricsources or namespaces")
			}
			if o.Namespace != namespace {
				return refuse("goals")
			}
			return c.List(ctx, list, options...)
		},
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, options ...client.GetOption) error {
			if key.Namespace != namespace {
				return refuse("goals")
			}
			return c.Get(ctx, key, o, options...)
		},
	})
}

func TestWithheld(t *testing.T) {
	cluster := load(t)
	cases := []struct {
		reason, namespace, goal string
		file                    string
		want                    []string
		not                     []string
	}{
		{"a source that may not be read: what is computed is what is written, and so it is shown", "social", "kr/influencer-leads", "view-reach",
			[]string{"You may not read MetricSource default.", "> 25: OffTrack", "how often it may be asked, is not known"},
			[]string{"ReferenceNotFound", "not found", "every 30s"}},
		{"children in namespaces that may not be read: nothing is computed", "company", "obj/double-earnings", "view-children",
			[]string{"goals in other namespaces", "What the status says", "all of this is what the controller has written", "Not known from here"},
			[]string{"NoChildren", "The verdict\n"}},
		{"nothing of it is withheld", "sales", "kr/talking-time", "", []string{"100 × (55 − 65) / (45 − 65) = 50 %"}, []string{"may not"}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			got, err := printed(t, cluster, forbidding(cluster.Client(), c.namespace), c.namespace, terminal.Screen{Width: 100, Unicode: true}, c.goal)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range c.want {
				if !strings.Contains(strings.Join(strings.Fields(got), " "), strings.Join(strings.Fields(text), " ")) {
					t.Errorf("%q is not said", text)
				}
			}
			for _, text := range c.not {
				if strings.Contains(got, text) {
					t.Errorf("%q is said", text)
				}
			}
			if c.file != "" {
				recorded.Golden(t, c.file, got)
			}
		})
	}
}

// A tenant that is not known confines what a value was measured by: then nothing is computed.
func TestWithheldTenant(t *testing.T) {
	cluster := load(t)
	set := edited(t, cluster, "social", "influencer-leads", func(kr *v1alpha1.KeyResult) {
		kr.Status.Frozen.LastGood.Key += "/tenant"
	})
	set.Sources, set.Withheld = nil, []string{"metricsources", "namespaces"}
	var objects []client.Object
	each(set, func(_ string, o client.Object) { objects = append(objects, o) })
	without := goals.New(objects)
	without.Withheld = set.Withheld
	e := of(t, without, "KeyResult", "social", "influencer-leads", cluster.Time)
	if e.Health != "OffTrack" || e.Written.Change != "" || e.Next != nil || !strings.Contains(e.Summary, "The controller says OffTrack") {
		t.Errorf("%s: %s", e.Health, e.Summary)
	}
}
