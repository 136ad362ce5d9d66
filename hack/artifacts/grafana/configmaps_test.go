package grafana

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
)

// annotationLimit is how long all annotations of an object may be together. A client-side apply puts the whole object into one.
const annotationLimit = 256 << 10

// Every dashboard is in a ConfigMap that a sidecar finds, unchanged.
func TestEveryDashboardIsInAConfigMap(t *testing.T) {
	maps := configMaps(t)
	if len(maps) != len(Dashboards()) {
		t.Errorf("%d ConfigMaps hold %d dashboards", len(maps), len(Dashboards()))
	}
	for _, d := range Dashboards() {
		o := maps[d.UID+".json"]
		if o == nil {
			t.Errorf("no ConfigMap holds %s.json", d.UID)
			continue
		}
		text, _, _ := unstructured.NestedString(o.Object, "data", d.UID+".json")
		file, err := os.ReadFile(filepath.Join(module, d.File()))
		if err != nil {
			t.Fatal(err)
		}
		if text != string(file) {
			t.Errorf("%s holds another %s.json than %s", rendered.Name(o), d.UID, d.File())
		}
		if o.GetNamespace() != "okr-system" || o.GetLabels()["grafana_dashboard"] != "1" || o.GetAnnotations()["grafana_folder"] != "OKR" {
			t.Errorf("%s is not found by a sidecar: %v %v", rendered.Name(o), o.GetLabels(), o.GetAnnotations())
		}
		whole, err := o.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if len(whole) > annotationLimit*9/10 {
			t.Errorf("%s has %d bytes: kubectl apply could soon not keep what it applied last", rendered.Name(o), len(whole))
		}
	}
}

// configMaps are those of config/grafana, by the file that each holds.
func configMaps(t *testing.T) map[string]*unstructured.Unstructured {
	t.Helper()
	objects, err := rendered.Kustomize("config/grafana")
	if err != nil {
		t.Fatal(err)
	}
	maps := map[string]*unstructured.Unstructured{}
	for _, o := range objects {
		data, _, err := unstructured.NestedStringMap(o.Object, "data")
		if err != nil || o.GetKind() != "ConfigMap" || len(data) != 1 {
			t.Fatalf("%s is not a ConfigMap of one file: %v", rendered.Name(o), err)
		}
		for file := range data {
			maps[file] = o
		}
	}
	return maps
}

// The Grafana operator is told of each dashboard where it is.
func TestOperatorFindsEveryDashboard(t *testing.T) {
	maps := configMaps(t)
	objects, err := rendered.Kustomize("config/grafana/operator")
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) != len(maps) {
		t.Errorf("the operator is told of %d of %d dashboards", len(objects), len(maps))
	}
	for _, o := range objects {
		if o.GetAPIVersion() != "grafana.integreatly.org/v1beta1" || o.GetKind() != "GrafanaDashboard" {
			t.Errorf("%s is no GrafanaDashboard", rendered.Name(o))
		}
		reference, _, err := unstructured.NestedStringMap(o.Object, "spec", "configMapRef")
		if err != nil {
			t.Fatal(err)
		}
		of := maps[reference["key"]]
		if of == nil || of.GetName() != reference["name"] || of.GetNamespace() != o.GetNamespace() || of.GetName() != o.GetName() {
			t.Errorf("%s refers to %v, which is not there", rendered.Name(o), reference)
		}
		delete(maps, reference["key"])
		if selector, found, _ := unstructured.NestedStringMap(o.Object, "spec", "instanceSelector", "matchLabels"); !found || len(selector) == 0 {
			t.Errorf("%s chooses no Grafana", rendered.Name(o))
		}
	}
}

// A plain kubectl apply takes them, twice: what it applied last fits into an annotation.
func TestConfigMapsAreApplied(t *testing.T) {
	c := cluster.Start(t)
	c.Kubectl(t, "create", "namespace", "okr-system")
	for range 2 {
		c.Kubectl(t, "apply", "-k", "config/grafana")
	}
}
