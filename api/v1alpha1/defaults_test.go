package v1alpha1_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
)

func TestDefaults(t *testing.T) {
	s := server(t)
	tests := []struct {
		reason, kind, small, spec string
		field                     string // a path of names, "" for all of spec
		want                      string
	}{
		{"an objective of two fields", "Objective", smallObjective, `{}`, "",
			`{title: Checkout feels instant, period: 2026-Q4, timeZone: UTC, ambition: Committed, state: Active}`},
		{"what is written stays", "Objective", smallObjective, `{timeZone: Europe/Berlin, ambition: Aspirational, state: Draft}`, "",
			`{title: Checkout feels instant, period: 2026-Q4, timeZone: Europe/Berlin, ambition: Aspirational, state: Draft}`},
		{"an empty pace", "Objective", smallObjective, `pace: {}`, "pace", `{atRiskGap: 10, offTrackGap: 25}`},
		{"one gap", "Objective", smallObjective, `pace: {atRiskGap: 5}`, "pace", `{atRiskGap: 5, offTrackGap: 25}`},
		{"the other gap", "Objective", smallObjective, `pace: {offTrackGap: 40}`, "pace", `{atRiskGap: 10, offTrackGap: 40}`},
		{"a key result", "KeyResult", smallKeyResult, `{}`, "", `
objectiveRef: {name: checkout-feels-instant}
title: p99 checkout latency from 800 ms to 300 ms
reach: {baseline: 800, target: 300}
metric: {query: latency, sourceRef: {name: default}}
weight: 1
holdFor: 6h
state: Active
`},
		{"a weight of 0 stays", "KeyResult", smallKeyResult, `weight: 0`, "weight", `0`},
		{"another source", "KeyResult", smallKeyResult, `metric: {query: latency, sourceRef: {name: other}}`, "metric",
			`{query: latency, sourceRef: {name: other}}`},
		{"a KPI", "KPI", smallKPI, `{}`, "",
			`{title: Checkout availability, metric: {query: availability, sourceRef: {name: default}}, timeZone: UTC, objectiveAfter: 24h}`},
		{"a source", "MetricSource", smallMetricSource, `{}`, "", `
prometheus: {url: "https://prometheus.monitoring.svc:9090"}
allowedNamespaces: {from: All}
queryOffset: 0s
limits: {timeout: 10s, maxConcurrent: 4, queriesPerSecond: 50, minInterval: 30s, maxResponseBytes: 1048576, entriesPerNamespace: 500}
`},
		{"a tenant header", "MetricSource", smallMetricSource, `tenancy: {tenantHeader: {name: X-Scope-OrgID, namespaceLabel: tenant}}`, "tenancy",
			`{tenantHeader: {name: X-Scope-OrgID, namespaceLabel: tenant, ownTenant: okr-controller}}`},
		{"one limit", "MetricSource", smallMetricSource, `limits: {maxConcurrent: 1}`, "limits",
			`{timeout: 10s, maxConcurrent: 1, queriesPerSecond: 50, minInterval: 30s, maxResponseBytes: 1048576, entriesPerNamespace: 500}`},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			object := compose(t, test.kind, test.small, test.spec)
			if err := s.Create(t.Context(), object, client.DryRunAll); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(readYAML(t, test.want), normal(t, at(t, object, "spec", test.field))); diff != "" {
				t.Errorf("spec.%s (-want +got):\n%s", test.field, diff)
			}
			if diff := cmp.Diff(readYAML(t, `observedGeneration: -1`), normal(t, at(t, object, "status", ""))); diff != "" {
				t.Errorf("status (-want +got):\n%s", diff)
			}
		})
	}
}

func at(t *testing.T, object *unstructured.Unstructured, top, name string) any {
	t.Helper()
	path := []string{top}
	if name != "" {
		path = append(path, name)
	}
	value, found, err := unstructured.NestedFieldNoCopy(object.Object, path...)
	if !found || err != nil {
		t.Fatalf("no %v in %v (%v)", path, object.Object, err)
	}
	return value
}

func readYAML(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func normal(t *testing.T, value any) any {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return readYAML(t, string(data))
}

// Every way to write a number that gets into etcd comes out of it again, in a typed List.
func TestNumbersSurviveTheAPIServer(t *testing.T) {
	s := server(t)
	s.namespace(t, "numbers")
	tests := []struct {
		reason, json string
		want         float64
		refused      string
	}{
		{"an integer", `300`, 300, ""},
		{"a string", `"99.95"`, 99.95, ""},
		{"0 below 0", `-0`, 0, ""},
		{"15 digits", `999999999999999`, 999999999999999, ""},
		{"15 digits below 0", `-999999999999999`, -999999999999999, ""},
		{"everything a string may hold", `"-999999999999999.999999999"`, -1e15, ""},
		{"16 digits", `1000000000000000`, 0, sayNumber},
		{"int64's last", `9223372036854775807`, 0, sayNumber},
		{"beyond int64", `9223372036854775808`, 0, "must be of type integer,string"},
		{"a fraction", `0.5`, 0, "must be of type integer,string"},
		// Types and patterns admit these, which JSON calls integers; only rules see that they are floats.
		{"an integer with a point", `3.0`, 0, sayNumber},
		{"an integer with an exponent", `1e3`, 0, sayNumber},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "kpi.json")
			object := `{"apiVersion": "goals.okr.dev/v1alpha1", "kind": "KPI", "metadata": {"name": "number"},
				"spec": {"title": "A number", "metric": {"query": "up"}, "target": {"atLeast": ` + test.json + `}}}`
			if err := os.WriteFile(file, []byte(object), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := s.try(t, "create", "--raw", "/apis/goals.okr.dev/v1alpha1/namespaces/numbers/kpis", "-f", file)
			if test.refused != "" {
				if err == nil || !strings.Contains(out, test.refused) {
					t.Errorf("got %s, want a refusal with %q", out, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatalf("refused: %s", out)
			}
			var list v1alpha1.KPIList
			if err := s.List(t.Context(), &list, client.InNamespace("numbers")); err != nil {
				t.Fatalf("one object breaks the List: %v", err)
			}
			if len(list.Items) != 1 || list.Items[0].Spec.Target.AtLeast.Float64() != test.want {
				t.Fatalf("got %v, want %v", list.Items, test.want)
			}
			// What was read can be written back.
			list.Items[0].Spec.Title = "The same number"
			if err := s.Update(t.Context(), &list.Items[0]); err != nil {
				t.Error(err)
			}
			if err := s.Delete(t.Context(), &list.Items[0]); err != nil {
				t.Fatal(err)
			}
		})
	}
}
