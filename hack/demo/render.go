package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// writtenOn is the day that the samples take for today.
var writtenOn = time.Date(2026, time.November, 15, 0, 0, 0, 0, time.UTC)

// dates are the civil dates in a sample.
var dates = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}`)

// render makes a sample fit the demo: every date moves by the days between the day the samples were written for and
// today; the source's address becomes the demo's own; and time runs faster, so that nobody waits a day for a verdict.
func render(sample []byte, today time.Time, prometheusURL string) ([]byte, error) {
	days := int(today.UTC().Truncate(24*time.Hour).Sub(writtenOn) / (24 * time.Hour))
	var failed error
	moved := dates.ReplaceAllFunc(sample, func(text []byte) []byte {
		date, err := time.Parse(time.DateOnly, string(text))
		failed = errors.Join(failed, err)
		return []byte(date.AddDate(0, 0, days).Format(time.DateOnly))
	})
	if failed != nil {
		return nil, failed
	}
	var out bytes.Buffer
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(moved), 4096)
	for {
		var object unstructured.Unstructured
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		} else if err != nil {
			return nil, fmt.Errorf("read sample: %w", err)
		}
		if object.Object == nil {
			continue
		}
		if err := hasten(&object, prometheusURL); err != nil {
			return nil, fmt.Errorf("%s %s: %w", object.GetKind(), object.GetName(), err)
		}
		text, err := yaml.Marshal(object.Object)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
}

// hasten sets what differs between the demo and the real world: where Prometheus is, and how fast time runs.
func hasten(object *unstructured.Unstructured, prometheusURL string) error {
	set := func(value any, path ...string) error {
		return unstructured.SetNestedField(object.Object, value, path...)
	}
	switch object.GetKind() {
	case "MetricSource":
		return errors.Join(
			set(prometheusURL, "spec", "prometheus", "url"),
			set("1s", "spec", "limits", "minInterval"))
	case "KPI":
		return errors.Join(
			set("5s", "spec", "metric", "interval"),
			set("10s", "spec", "objectiveAfter"))
	case "KeyResult":
		if _, measuredItself, _ := unstructured.NestedMap(object.Object, "spec", "metric"); measuredItself {
			return set("5s", "spec", "metric", "interval")
		}
	}
	return nil
}
