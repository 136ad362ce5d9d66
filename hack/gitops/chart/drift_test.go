package chart_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/gitops/rendered"
)

// The chart and the kustomizations are two ways to the same objects.
func TestChartIsTheKustomization(t *testing.T) {
	for reason, test := range map[string]struct {
		kustomizations, values []string
		component              string
	}{
		"as it comes":                 {kustomizations: []string{"config/default"}},
		"with everything":             {kustomizations: []string{"config/default", "config/prometheus", "config/grafana", "config/policy"}, values: everything},
		"with the Grafana operator":   {kustomizations: []string{"config/default", "config/grafana", "config/grafana/operator"}, values: []string{"--set", "dashboards.enabled=true,dashboards.grafanaOperator.enabled=true"}},
		"policies that warn":          {kustomizations: []string{"config/default", "config/policy/warn"}, values: []string{"--set", "policies.enabled=true,policies.warn=true"}},
		"goals that are not for view": {component: "config/rbac/private-goals", kustomizations: []string{"config/default"}, values: []string{"--set", "rbac.privateGoals=true"}},
	} {
		t.Run(reason, func(t *testing.T) {
			var want []*unstructured.Unstructured
			for _, dir := range test.kustomizations {
				want = append(want, kustomized(t, dir, test.component)...)
			}
			for _, difference := range differences(want, template(t, test.values...)) {
				t.Error(difference)
			}
		})
	}
}

// kustomized renders a folder, with a component if one is named. The chart does not make the namespace: `helm install
// --create-namespace` does.
func kustomized(t *testing.T, dir, component string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := rendered.Kustomize(dir)
	if component != "" {
		objects, err = rendered.KustomizeWith(t.TempDir(), dir, component)
	}
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == "Namespace" })
}

// toolsOwn are the labels and annotations by which Helm and kustomize know what is theirs, and those that the chart adds as charts do.
var toolsOwn = []string{
	"app.kubernetes.io/managed-by", "app.kubernetes.io/instance", "app.kubernetes.io/version", "helm.sh/chart", "helm.sh/resource-policy",
	"argocd.argoproj.io/sync-options",
}

// differences are what two sets of objects do not have in common, one line each: the object, the field, and both values.
func differences(kustomize, chart []*unstructured.Unstructured) []string {
	sets := [2]map[string]any{{}, {}}
	for i, objects := range [][]*unstructured.Unstructured{kustomize, chart} {
		for _, o := range objects {
			name, object := rendered.Name(o), o.DeepCopy().Object
			forget(object)
			if template, ok, _ := unstructured.NestedMap(object, "spec", "template"); ok {
				forget(template)
				_ = unstructured.SetNestedMap(object, template, "spec", "template")
			}
			sets[i][name] = object
		}
	}
	var found []string
	differ("", sets[0], sets[1], func(path string, kustomize, chart any) {
		object, field, _ := strings.Cut(strings.TrimPrefix(path, "\x00"), "\x00")
		field = strings.ReplaceAll(field, "\x00", ".")
		switch {
		case field == "" && chart == nil:
			found = append(found, object+" is in the kustomization only")
		case field == "" && kustomize == nil:
			found = append(found, object+" is in the chart only")
		default:
			found = append(found, fmt.Sprintf("%s: %s is %s in the kustomization and %s in the chart", object, field, show(kustomize), show(chart)))
		}
	})
	slices.Sort(found)
	return found
}

// forget drops an object's labels and annotations that are a tool's.
func forget(object map[string]any) {
	metadata, _ := object["metadata"].(map[string]any)
	for _, kind := range []string{"labels", "annotations"} {
		texts, _ := metadata[kind].(map[string]any)
		for _, name := range toolsOwn {
			delete(texts, name)
		}
		if len(texts) == 0 {
			delete(metadata, kind)
		}
	}
}

// differ calls back for each smallest part that is not the same. A path's fields are divided by NUL, for names have dots.
func differ(path string, a, b any, report func(path string, a, b any)) {
	mapA, isMapA := a.(map[string]any)
	mapB, isMapB := b.(map[string]any)
	listA, isListA := a.([]any)
	listB, isListB := b.([]any)
	switch {
	case isMapA && isMapB:
		names := maps.Clone(mapA)
		maps.Copy(names, mapB)
		for name := range names {
			differ(path+"\x00"+name, mapA[name], mapB[name], report)
		}
	case isListA && isListB && len(listA) == len(listB):
		for i := range listA {
			differ(fmt.Sprintf("%s[%d]", path, i), listA[i], listB[i], report)
		}
	case !reflect.DeepEqual(a, b):
		report(path, a, b)
	}
}

func show(value any) string {
	if value == nil {
		return "absent"
	}
	text := fmt.Sprintf("%#v", value)
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text
}

func TestDriftIsNamed(t *testing.T) {
	const object = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: ns, labels: {app.kubernetes.io/name: okr}},
		spec: {replicas: 2, template: {metadata: {labels: {app.kubernetes.io/name: okr}}, spec: {containers: [{name: manager, args: [a, b]}]}}}}`
	for reason, test := range map[string]struct {
		old, replacement string
		want             []string
	}{
		"nothing":                        {"", "", nil},
		"a tool's own label":             {"app.kubernetes.io/name: okr}},\n", "app.kubernetes.io/name: okr, helm.sh/chart: c}},\n", nil},
		"a tool's own label of the Pods": {"labels: {app.kubernetes.io/name: okr}}, spec", "labels: {app.kubernetes.io/name: okr, app.kubernetes.io/instance: i}}, spec", nil},
		"a field":                        {"replicas: 2", "replicas: 1", []string{"Deployment ns/a: spec.replicas is 2 in the kustomization and 1 in the chart"}},
		"a field of a list's item": {"name: manager", "name: main", []string{
			`Deployment ns/a: spec.template.spec.containers[0].name is "manager" in the kustomization and "main" in the chart`}},
		"a shorter list": {"args: [a, b]", "args: [a]", []string{
			`Deployment ns/a: spec.template.spec.containers[0].args is []interface {}{"a", "b"} in the kustomization and []interface {}{"a"} in the chart`}},
		"a field that is missing": {"replicas: 2, ", "", []string{"Deployment ns/a: spec.replicas is 2 in the kustomization and absent in the chart"}},
		"a label that is nobody's": {"app.kubernetes.io/name: okr}},\n", "app.kubernetes.io/name: okr, team: x}},\n", []string{
			`Deployment ns/a: metadata.labels.team is absent in the kustomization and "x" in the chart`}},
		"another object": {"name: a,", "name: b,", []string{"Deployment ns/a is in the kustomization only", "Deployment ns/b is in the chart only"}},
	} {
		var sets [2][]*unstructured.Unstructured
		for i, text := range []string{object, strings.Replace(object, test.old, test.replacement, 1)} {
			objects, err := rendered.Parse([]byte(strings.ReplaceAll(text, "\t", " ")))
			if err != nil {
				t.Fatalf("%s: %v", reason, err)
			}
			sets[i] = objects
		}
		if got := differences(sets[0], sets[1]); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", reason, got, test.want)
		}
	}
}
