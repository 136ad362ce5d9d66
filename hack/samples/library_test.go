// Package samples tests what config/samples promises.
package samples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/util/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/prom"
	"okr.dev/controller/internal/sample"
)

const library = "../../config/samples/library"

// millions is to which part answers are compared: whole numbers, for of a float's last bits nothing is promised.
const millions = 1_000_000

// answer is what a query of the library must answer over made-up series.
type answer struct {
	Name      string              `json:"name"`
	Kind      string              `json:"kind"`
	Namespace string              `json:"namespace"`
	Reason    string              `json:"reason"`
	Interval  string              `json:"interval"`
	Series    []map[string]string `json:"series"`
	At        string              `json:"at"`
	// Want is the number; absent where there must be no answer.
	Want string `json:"want"`
}

// Every query of the library parses, gives one number, and that number is right: promtool runs it over made-up series.
func TestLibraryQueriesGiveTheKnownAnswer(t *testing.T) {
	promtool := promtool(t)
	files, err := filepath.Glob(filepath.Join(library, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no library: %v", err)
	}
	for _, file := range files {
		metrics := metricsOf(t, file)
		tested := map[string]bool{}
		for i, a := range answersTo(t, file) {
			t.Run(fmt.Sprint(filepath.Base(file), "/", a.Name, "/", i), func(t *testing.T) {
				key := a.Kind + "/" + a.Name
				metric, found := metrics[key]
				if !found {
					t.Fatalf("%s is not in %s", key, file)
				}
				tested[key] = true
				if output, err := run(t, promtool, a, render(t, metric, a)); err != nil {
					t.Errorf("%s: %v\n%s", a.Reason, err, output)
				}
			})
		}
		for _, key := range slices.Sorted(maps.Keys(metrics)) {
			if !tested[key] {
				t.Errorf("%s of %s has no known answer in tests/", key, file)
			}
		}
	}
}

// promtool is where the tool is; the Makefile builds it.
func promtool(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("KUBEBUILDER_ASSETS")
	if dir == "" {
		t.Fatal("KUBEBUILDER_ASSETS is not set: run make test")
	}
	return filepath.Join(dir, "promtool")
}

// metricsOf are the metrics of a file's resources, by kind and name.
func metricsOf(t *testing.T, file string) map[string]v1alpha1.Metric {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]v1alpha1.Metric{}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	for {
		var object struct {
			Kind     string                `json:"kind"`
			Metadata struct{ Name string } `json:"metadata"`
			Spec     struct {
				Metric *v1alpha1.Metric `json:"metric"`
			} `json:"spec"`
		}
		if err := decoder.Decode(&object); err != nil {
			return found
		}
		if object.Spec.Metric != nil {
			found[object.Kind+"/"+object.Metadata.Name] = *object.Spec.Metric
		}
	}
}

func answersTo(t *testing.T, file string) []answer {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(library, "tests", filepath.Base(file)))
	if err != nil {
		t.Fatal(err)
	}
	var answers []answer
	if err := yaml.UnmarshalStrict(data, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// render is the query as it is sent.
func render(t *testing.T, metric v1alpha1.Metric, a answer) string {
	t.Helper()
	window := metric.Window.Duration()
	if problem := prom.Analyze(metric.Query, window).Problem; problem != "" {
		t.Fatal(problem)
	}
	text, err := prom.Render(sample.Question{Query: metric.Query, Window: window, Namespace: a.Namespace}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// run has promtool answer a query over the series.
func run(t *testing.T, promtool string, a answer, query string) (string, error) {
	t.Helper()
	interval := a.Interval
	if interval == "" {
		interval = "1h"
	}
	if _, err := model.ParseDuration(a.At); err != nil {
		t.Fatal(err)
	}
	series, err := json.Marshal(a.Series)
	if err != nil {
		t.Fatal(err)
	}
	var want string
	if a.Want != "" {
		number, err := strconv.ParseFloat(a.Want, 64)
		if err != nil {
			t.Fatal(err)
		}
		if math.IsNaN(number) { // which alone is not equal to itself
			query, number = fmt.Sprintf("count((%s) != (%s))", query, query), 1
		}
		want = fmt.Sprintf(`{"labels": "{}", "value": %.0f}`, number*millions)
	}
	query = fmt.Sprintf("round((\n%s\n) * %d)", query, millions)
	test := fmt.Sprintf(`{"tests": [{"interval": %q, "input_series": %s, "promql_expr_test": [{"expr": %q, "eval_time": %q, "exp_samples": [%s]}]}]}`,
		interval, series, query, a.At, want)
	file := filepath.Join(t.TempDir(), "test.yaml")
	if err := os.WriteFile(file, []byte(test), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), promtool, "test", "rules", file).CombinedOutput()
	return string(output), err
}
