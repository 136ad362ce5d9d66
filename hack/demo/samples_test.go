package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"okr.dev/controller/hack/demo/company"
)

const samplesDir = "../../config/samples"

// sampleFiles are the files of the organisations, by their path in config/samples, with the answer, which the demo
// applies later than the others.
func sampleFiles(t *testing.T) map[string][]*unstructured.Unstructured {
	t.Helper()
	files := map[string][]*unstructured.Unstructured{}
	err := filepath.WalkDir(samplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, samplesDir+"/"))
		if entry.IsDir() && (name == "tenancy" || name == "library") { // neither plays an organisation
			return fs.SkipDir
		}
		if filepath.Ext(name) != ".yaml" || filepath.Base(name) == "kustomization.yaml" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[name], err = decode(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func decode(text []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		switch err := decoder.Decode(&object.Object); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return nil, err
		case object.Object != nil:
			objects = append(objects, object)
		}
	}
}

// named is how EXAMPLES.md names a goal.
func named(object *unstructured.Unstructured) string {
	return object.GetKind() + " " + object.GetNamespace() + "/" + object.GetName()
}

// sampleGoals are the objectives, key results and KPIs, by file and name.
func sampleGoals(t *testing.T) map[string]map[string]*unstructured.Unstructured {
	t.Helper()
	goals := map[string]map[string]*unstructured.Unstructured{}
	for file, objects := range sampleFiles(t) {
		for _, object := range objects {
			if object.GetNamespace() == "" {
				continue // a Namespace or the MetricSource
			}
			if goals[file] == nil {
				goals[file] = map[string]*unstructured.Unstructured{}
			}
			goals[file][named(object)] = object
		}
	}
	return goals
}

// allGoals are all goals by name.
func allGoals(t *testing.T) map[string]*unstructured.Unstructured {
	t.Helper()
	all := map[string]*unstructured.Unstructured{}
	for _, goals := range sampleGoals(t) {
		maps.Copy(all, goals)
	}
	return all
}

// Every reference leads to a goal that is there and shared: copied, a sample works.
func TestSamplesReferToEachOther(t *testing.T) {
	labels := map[string]string{} // the organisation of a namespace
	for _, objects := range sampleFiles(t) {
		for _, object := range objects {
			if object.GetKind() == "Namespace" {
				labels[object.GetName()] = object.GetLabels()["organisation"]
			}
		}
	}
	goals := allGoals(t)
	for name, goal := range goals {
		for _, to := range references(goal) {
			referent := goals[to]
			if referent == nil {
				t.Errorf("%s names %s, which is not there", name, to)
				continue
			}
			organisation, _, _ := unstructured.NestedString(referent.Object,
				"spec", "allowedNamespaces", "selector", "matchLabels", "organisation")
			if from := goal.GetNamespace(); from != referent.GetNamespace() && (organisation == "" || organisation != labels[from]) {
				t.Errorf("%s names %s, which is not shared with its namespace", name, to)
			}
		}
	}
}

// references are the names of the goals that a goal names.
func references(goal *unstructured.Unstructured) []string {
	var names []string
	name := func(kind string, reference any) {
		fields, ok := reference.(map[string]any)
		if !ok {
			return
		}
		namespace, ok := fields["namespace"]
		if !ok {
			namespace = goal.GetNamespace()
		}
		names = append(names, fmt.Sprintf("%s %s/%s", kind, namespace, fields["name"]))
	}
	spec, _, _ := unstructured.NestedMap(goal.Object, "spec")
	name("Objective", spec["objectiveRef"])
	name("KPI", spec["kpiRef"])
	name(goal.GetKind(), spec["parentRef"])
	list, _ := spec["kpiRefs"].([]any)
	for _, reference := range list {
		name("KPI", reference)
	}
	return names
}

// What a person would miss in a goal to copy.
func TestSamplesAreComplete(t *testing.T) {
	goals := allGoals(t)
	proofs, children := map[string]int{}, map[string]int{}
	for _, goal := range goals {
		for _, to := range references(goal) {
			switch goal.GetKind() {
			case "KeyResult":
				proofs[to]++
			case "Objective":
				children[to]++
			}
		}
	}
	wanted := map[string][]string{
		"Objective": {"title", "owner.team", "owner.person", "owner.contact", "level", "rationale", "actions", "checkInEvery"},
		"KeyResult": {"title"},
		"KPI":       {"title", "description", "owner.team", "owner.person", "owner.contact", "level", "target"},
	}
	for name, goal := range goals {
		for _, path := range wanted[goal.GetKind()] {
			_, found, _ := unstructured.NestedFieldNoCopy(goal.Object, append([]string{"spec"}, strings.Split(path, ".")...)...)
			if !found {
				t.Errorf("%s has no %s", name, path)
			}
		}
		if goal.GetKind() == "Objective" && children[name] == 0 && (proofs[name] < 2 || proofs[name] > 5) {
			t.Errorf("%s has %d key results, want 2 to 5", name, proofs[name])
		}
	}
}

// The exporter, or a server of the demo, has every number that is asked for.
func TestSamplesAskForNumbersThatThereAre(t *testing.T) {
	served := []string{ // by kube-apiserver, etcd and Prometheus
		"apiserver_request_total", "apiserver_request_duration_seconds_bucket", "etcd_disk_wal_fsync_duration_seconds_bucket", "up",
	}
	for _, metric := range company.Metrics() {
		served = append(served, metric.Name)
	}
	window := strings.NewReplacer("$__window", "7d", "$__elapsed", "45d")
	promql := parser.NewParser(parser.Options{})
	asked := map[string]bool{}
	for name, goal := range allGoals(t) {
		for _, part := range []string{"metric", "guard"} {
			query, found, _ := unstructured.NestedString(goal.Object, "spec", part, "query")
			if !found {
				continue
			}
			expression, err := promql.ParseExpr(window.Replace(query))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
				if selector, ok := node.(*parser.VectorSelector); ok {
					asked[selector.Name] = true
					if !slices.Contains(served, selector.Name) {
						t.Errorf("%s asks for %s, which nobody serves", name, selector.Name)
					}
				}
				return nil
			})
		}
	}
	for _, metric := range company.Metrics() {
		if !asked[metric.Name] {
			t.Errorf("the exporter serves %s, and no sample asks for it", metric.Name)
		}
	}
}
