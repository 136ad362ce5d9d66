package health

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"

	"okr.dev/controller/hack/gitops/rendered"
	"okr.dev/controller/internal/cli/admission"
	"okr.dev/controller/internal/cli/manifest"
)

// Defaults that the API server fills in are no difference to Git, or an application would be out of sync for ever.
func TestAppliedSamplesAreInSync(t *testing.T) {
	t.Parallel()
	files, err := manifest.Load([]string{root(t) + "/config/samples"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	goals := 0
	for _, f := range files {
		for _, d := range f.Documents {
			kind, err := admission.For(d.Head().Kind)
			if err != nil {
				t.Fatal(err)
			}
			if kind == nil || !d.Head().Ours() {
				continue
			}
			goals++
			text, err := d.JSON()
			if err != nil {
				t.Fatal(err)
			}
			git, live := asRead(t, text).Object, asRead(t, text).Object
			if problems := kind.Create(t.Context(), live); len(problems) > 0 {
				t.Fatalf("%s: %v", f.Path, problems)
			}
			live["status"] = map[string]any{"observedGeneration": int64(1)}
			if difference := differs(t, git, live); difference != "{}" {
				t.Errorf("%s: %s %s is out of sync: %s", f.Path, d.Head().Kind, d.Head().Name, difference)
			}
		}
	}
	if goals < 100 {
		t.Errorf("%d goals were compared, there are more", goals)
	}
}

// A default elsewhere is no difference to Argo CD, because it is not in what was applied; a list is taken as a whole.
func TestNoDefaultIsInsideAList(t *testing.T) {
	t.Parallel()
	crds, err := rendered.Kustomize("config/crd")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, crd := range crds {
		versions, _, err := unstructured.NestedSlice(crd.Object, "spec", "versions")
		if err != nil || len(versions) != 1 {
			t.Fatalf("%s: %d versions, %v", crd.GetName(), len(versions), err)
		}
		found = append(found, defaultsInLists(versions[0].(map[string]any)["schema"].(map[string]any)["openAPIV3Schema"], crd.GetName(), false)...)
	}
	if len(found) > 0 {
		t.Errorf("these defaults are inside lists, so that an object without them in Git is out of sync for ever: %v", found)
	}
}

func defaultsInLists(schema any, path string, inList bool) []string {
	s, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	var found []string
	if _, has := s["default"]; has && inList {
		found = append(found, path)
	}
	if properties, ok := s["properties"].(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			found = append(found, defaultsInLists(properties[name], path+"."+name, inList)...)
		}
	}
	return append(found, defaultsInLists(s["items"], path+"[]", true)...)
}

// differs is the patch that would make live what Git says: Argo CD's own way of comparing where its server-side one is not asked
// for. What was applied last is what Git says.
func differs(t *testing.T, git, live map[string]any) string {
	t.Helper()
	var texts [2][]byte
	for i, o := range []map[string]any{git, live} {
		var err error
		if texts[i], err = json.Marshal(o); err != nil {
			t.Fatal(err)
		}
	}
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(texts[0], texts[0], texts[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(patch)
}
