// Package chart_test holds the Helm chart to the kustomizations, to its own schema, and to a real API server.
package chart_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/artifacts/chart"
	"okr.dev/controller/hack/gitops/rendered"
)

// everything turns on what is off by default, for the Prometheus operator, Grafana and admission.
var everything = []string{
	"--set", "serviceMonitor.enabled=true", "--set", "prometheusRule.enabled=true",
	"--set", "dashboards.enabled=true", "--set", "policies.enabled=true",
}

// template renders the chart as the documentation installs it, without a cluster. A Helm that is built without its release's flags
// takes an old Kubernetes for granted.
func template(t testing.TB, arguments ...string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := tryTemplate(t, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

func tryTemplate(t testing.TB, arguments ...string) ([]*unstructured.Unstructured, error) {
	t.Helper()
	arguments = append([]string{"template", chart.Release, chart.Dir, "--namespace", chart.Namespace, "--kube-version", "1.36"}, arguments...)
	out, err := rendered.Helm(t.TempDir(), os.DevNull, arguments...)
	if err != nil {
		return nil, err
	}
	return rendered.Parse([]byte(out))
}

// one is the only object of a kind.
func one(t testing.TB, objects []*unstructured.Unstructured, kind string) *unstructured.Unstructured {
	t.Helper()
	var found *unstructured.Unstructured
	for _, o := range objects {
		if o.GetKind() == kind {
			if found != nil {
				t.Fatalf("want one %s, there are %s and %s", kind, rendered.Name(found), rendered.Name(o))
			}
			found = o
		}
	}
	if found == nil {
		t.Fatalf("there is no %s", kind)
	}
	return found
}

// at is what an object has at a path such as spec.template.spec.containers.0.image; nil: nothing. A dot of a name is written !.
func at(o *unstructured.Unstructured, path string) any {
	var value any = o.Object
	for field := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[strings.ReplaceAll(field, "!", ".")]
		case []any:
			i, err := strconv.Atoi(field)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// marshal writes objects as one text.
func marshal(t testing.TB, objects ...*unstructured.Unstructured) string {
	t.Helper()
	text, err := rendered.Marshal(objects...)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
