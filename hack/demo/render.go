package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/internal/okr"
)

// writtenOn is the day that the samples take for today.
var writtenOn = time.Date(2026, time.November, 15, 0, 0, 0, 0, time.UTC)

// dates are the civil dates in a sample.
var dates = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}`)

// render makes a sample fit the demo: every date moves by the days between the day the samples were written for and
// today, a named period such as 2026-Q4 too, which becomes the two days it moves to; the source's address becomes the
// demo's own; and time runs faster, so that nobody waits a day for a verdict.
func render(sample []byte, today time.Time, prometheusURL string) ([]byte, error) {
	days := int(today.UTC().Truncate(24*time.Hour).Sub(writtenOn) / (24 * time.Hour))
	var failed error
	moved := dates.ReplaceAllFunc(sample, func(text []byte) []byte {
		date, err := okr.ParseDate(string(text))
		failed = errors.Join(failed, err)
		return []byte(date.AddDays(days).String())
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
		if err := errors.Join(movePeriod(&object, days), hasten(&object, prometheusURL)); err != nil {
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

// movePeriod moves an objective's period that has a name. One of two dates has moved with all other dates.
func movePeriod(object *unstructured.Unstructured, days int) error {
	text, found, err := unstructured.NestedString(object.Object, "spec", "period")
	if err != nil || !found || strings.Contains(text, "/") {
		return err
	}
	period, err := okr.ParsePeriod(text)
	if err != nil {
		return err
	}
	moved := period.First.AddDays(days).String() + "/" + period.Last.AddDays(days).String()
	return unstructured.SetNestedField(object.Object, moved, "spec", "period")
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
			set("1s", "spec", "limits", "minInterval"),
			set("30s", "spec", "limits", "timeout")) // a busy laptop counts months of history for a while
	case "Objective":
		if _, begins, _ := unstructured.NestedString(object.Object, "spec", "startOn"); !begins {
			object.SetAnnotations(map[string]string{lintIgnore: "OKR019=the demo begins in the middle of the quarter"})
		}
	case "KPI":
		return errors.Join(askOften(object), set("10s", "spec", "objectiveAfter"))
	case "KeyResult":
		return errors.Join(askOften(object), set("10s", "spec", "holdFor"))
	}
	return nil
}

// lintIgnore silences a rule of practice, visibly.
const lintIgnore = "goals.okr.dev/lint-ignore"

// askOften has a goal's own query asked every few seconds. One that reads days of data says the same for minutes, and is
// spared; one that reads weeks has an interval of its own; one about the last month has no rhythm.
func askOften(object *unstructured.Unstructured) error {
	query, found, err := unstructured.NestedString(object.Object, "spec", "metric", "query")
	_, calendar, _ := unstructured.NestedString(object.Object, "spec", "calendarWindow")
	_, rhythm, _ := unstructured.NestedString(object.Object, "spec", "metric", "interval")
	if err != nil || !found || calendar || rhythm {
		return err
	}
	interval := "5s"
	if strings.Contains(query, "$__") {
		interval = "30s"
	}
	return unstructured.SetNestedField(object.Object, interval, "spec", "metric", "interval")
}
