package v1alpha1_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// ofPage is what a page about a kind leaves out where it shows only some fields of a spec.
var ofPage = map[string]struct{ kind, small string }{
	"objective.md":    {"Objective", smallObjective},
	"keyresult.md":    {"KeyResult", `{title: Faster, objectiveRef: {name: checkout-feels-instant}}`},
	"kpi.md":          {"KPI", `{title: Availability}`},
	"metricsource.md": {"MetricSource", smallMetricSource},
}

// noSpec are the first fields of examples that are neither an object nor a part of a spec.
var noSpec = []string{"kpiImpact", "metadata", "variables"}

// elsewhere are the groups of objects that are no API server's, or that of a program beside it.
var elsewhere = []string{"kustomize.config.k8s.io", "velero.io"}

var fenced = regexp.MustCompile("(?s)\n```yaml\n(.*?\n)```")

// What the documentation shows can be copied: the API server admits it.
func TestExamplesOfTheDocumentationAreAdmitted(t *testing.T) {
	s := server(t)
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, page := range append(pages, "../../README.md", "../../config/samples/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for n, block := range fenced.FindAllStringSubmatch(string(text), -1) {
			for i, document := range strings.Split(block[1], "\n---\n") {
				t.Run(fmt.Sprintf("%s/%d.%d", filepath.Base(page), n+1, i+1), func(t *testing.T) {
					example := exampleOf(t, filepath.Base(page), document)
					if example == nil {
						return
					}
					asked++
					if err := s.Create(t.Context(), example, client.DryRunAll); err != nil {
						t.Errorf("%v\n%s", err, document)
					}
				})
			}
		}
	}
	if asked < 25 {
		t.Errorf("%d examples were found in the documentation: where are the others?", asked)
	}
}

// exampleOf is the object that an example shows, or that a part of a spec belongs to; nil if it is about something else.
func exampleOf(t *testing.T, page, text string) *unstructured.Unstructured {
	t.Helper()
	shown := fields(t, text)
	for _, field := range noSpec {
		if _, found := shown[field]; found && shown["kind"] == nil {
			return nil
		}
	}
	if shown["kind"] != nil {
		object := &unstructured.Unstructured{Object: shown}
		if slices.Contains(elsewhere, object.GroupVersionKind().Group) {
			return nil
		}
		if object.GetNamespace() != "" {
			object.SetNamespace(metav1.NamespaceDefault) // the example's own is not there
		}
		return object
	}
	about, known := ofPage[page]
	if !known {
		t.Fatalf("an example on a page about no kind has none: write apiVersion, kind and metadata\n%s", text)
	}
	object := compose(t, about.kind, about.small, text)
	if spec, nested := shown["spec"]; nested {
		object = compose(t, about.kind, about.small, "{}")
		for name, value := range spec.(map[string]any) {
			object.Object["spec"].(map[string]any)[name] = value
		}
	}
	return object
}
