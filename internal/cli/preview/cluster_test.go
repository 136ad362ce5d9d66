package preview_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/recorded"
	"okr.dev/controller/internal/cli/terminal"
)

// recordedGoals writes the recorded goals of a namespace into a file, after edit has looked at each; it leaves out those of
// which edit says so.
func recordedGoals(t *testing.T, cluster recorded.Cluster, namespace string, edit func(kind, name string, spec map[string]any) (keep bool)) string {
	t.Helper()
	var documents []string
	for _, item := range cluster.Items {
		metadata := item["metadata"].(map[string]any)
		kind, name := item["kind"].(string), metadata["name"].(string)
		if metadata["namespace"] != namespace {
			continue
		}
		text, err := json.Marshal(map[string]any{
			"apiVersion": item["apiVersion"], "kind": kind, "spec": item["spec"],
			"metadata": map[string]any{"name": name, "namespace": namespace, "annotations": metadata["annotations"]},
		})
		if err != nil {
			t.Fatal(err)
		}
		var copied map[string]any
		if err := json.Unmarshal(text, &copied); err != nil {
			t.Fatal(err)
		}
		if !edit(kind, name, copied["spec"].(map[string]any)) {
			continue
		}
		if text, err = json.Marshal(copied); err != nil {
			t.Fatal(err)
		}
		documents = append(documents, string(text))
	}
	path := filepath.Join(t.TempDir(), "goals.yaml")
	if err := os.WriteFile(path, []byte(strings.Join(documents, "\n---\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Against the cluster, what the controller remembers stands: without an address it is all that is known. Parents are affected.
func TestAgainstCluster(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	unchanged := recordedGoals(t, cluster, "social", func(string, string, map[string]any) bool { return true })
	edited := recordedGoals(t, cluster, "social", func(_, name string, spec map[string]any) bool {
		if name == "influencer-leads" {
			spec["reach"].(map[string]any)["target"] = 41
		}
		return name != "story-views"
	})
	for _, c := range []struct {
		reason    string
		arguments []string
		want      []string
		not       []string
	}{
		{"what is there already changes nothing", []string{unchanged}, []string{"Nothing changes."}, []string{"~ ", "+ "}},
		{"a softer target, and a key result that is not in the files", []string{edited},
			[]string{"influencer-leads  OffTrack", "goalpost: in week 7 of 13, the target was 60 % at the start and is 41 % now",
				"In the cluster and not in the files: social/story-views. They stay"}, []string{"story-views  removed"}},
		{"what is not in the files is deleted", []string{edited, "--prune"},
			[]string{"story-views  removed; it was", "the key result is deleted while it runs"}, []string{"They stay"}},
	} {
		env, run1 := cluster.Environment("social", terminal.Screen{Width: 160, Unicode: true}, "")
		if err := run(env, append(c.arguments, "--against", "cluster")...); err != nil {
			t.Errorf("%s: %v", c.reason, err)
		}
		for _, want := range c.want {
			if !strings.Contains(run1.Out.String(), want) {
				t.Errorf("%s: there is no %q in:\n%s", c.reason, want, &run1.Out)
			}
		}
		for _, not := range c.not {
			if strings.Contains(run1.Out.String(), not) {
				t.Errorf("%s: there is %q in:\n%s", c.reason, not, &run1.Out)
			}
		}
	}
}

// Who may read one namespace only is told what is not known.
func TestWithFewRights(t *testing.T) {
	cluster, err := recorded.Load()
	if err != nil {
		t.Fatal(err)
	}
	forbidden := func(resource string) error {
		return apierrors.NewForbidden(schema.GroupResource{Group: v1alpha1.GroupVersion.Group, Resource: resource}, "", errors.New("only in social"))
	}
	env, printed := cluster.Environment("social", terminal.Screen{Width: 160, Unicode: true}, "")
	env.Cluster = func() (client.WithWatch, error) {
		return interceptor.NewClient(cluster.Client(), interceptor.Funcs{
			List: func(ctx context.Context, c client.WithWatch, list client.ObjectList, options ...client.ListOption) error {
				var o client.ListOptions
				o.ApplyOptions(options)
				if o.Namespace != "social" {
					return forbidden("any")
				}
				return c.List(ctx, list, options...)
			},
			Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, into client.Object, options ...client.GetOption) error {
				if key.Namespace != "social" {
					return forbidden("objectives")
				}
				return c.Get(ctx, key, into, options...)
			},
		}), nil
	}
	file := recordedGoals(t, cluster, "social", func(string, string, map[string]any) bool { return true })
	if err := run(env, file, "--against", "cluster"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Nothing changes.", "You may not read metricsources", "You may not read Objective company/double-earnings", "You may not read goals in other namespaces"} {
		if !strings.Contains(printed.Out.String(), want) {
			t.Errorf("there is no %q in:\n%s", want, &printed.Out)
		}
	}
}
