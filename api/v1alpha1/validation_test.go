package v1alpha1_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/internal/cli/admission"
)

// verdict is a spec as a person writes it, and what the API server answers.
type verdict struct {
	// reason says why the answer is right.
	reason string
	// spec is YAML. Its fields take the place of those of a small valid spec of the kind; null removes one.
	spec string
	// field is the path that the refusal names. Empty, the spec is admitted.
	field string
	// says is part of the refusal: what to write instead.
	says string
}

// Small valid specs, one a kind.
const (
	smallObjective = `
title: Checkout feels instant
period: 2026-Q4
`
	smallKeyResult = `
objectiveRef: {name: checkout-feels-instant}
title: p99 checkout latency from 800 ms to 300 ms
reach: {baseline: 800, target: 300}
metric: {query: latency}
`
	smallKPI = `
title: Checkout availability
metric: {query: availability}
`
	smallMetricSource = `
prometheus: {url: "https://prometheus.monitoring.svc:9090"}
allowedNamespaces: {from: All}
`
)

// judge asks the API server about each spec. Dry runs go through all of validation and leave nothing behind.
func judge(t *testing.T, kind, small string, verdicts []verdict) {
	t.Helper()
	s := server(t)
	for _, v := range verdicts {
		t.Run(v.reason, func(t *testing.T) {
			object := compose(t, kind, small, v.spec)
			judgeOffline(t, kind, object, v)
			err := s.Create(t.Context(), object, client.DryRunAll)
			if v.field == "" {
				if err != nil {
					t.Errorf("refused, want admitted: %v", err)
				}
				return
			}
			if err == nil {
				t.Fatalf("admitted, want %s refused with %q", v.field, v.says)
			}
			checkRefusal(t, err, v)
		})
	}
}

// judgeOffline asks those who answer without a server: the plugin says the same of every case.
func judgeOffline(t *testing.T, kind string, object *unstructured.Unstructured, v verdict) {
	t.Helper()
	known, err := admission.For(kind)
	if err != nil {
		t.Fatal(err)
	}
	problems := known.Create(t.Context(), object.DeepCopy().Object)
	if v.field == "" && len(problems) == 0 {
		return
	}
	said := func(p admission.Problem) bool {
		text := p.Detail
		if p.Type == field.ErrorTypeRequired || p.Type == field.ErrorTypeDuplicate || p.Type == field.ErrorTypeTypeInvalid {
			text = p.Type.String() + ": " + text
		}
		return p.Field == v.field && strings.Contains(text, v.says)
	}
	if v.field == "" || !slices.ContainsFunc(problems, said) {
		t.Errorf("without a server: %+v, want %q about %q", problems, v.says, v.field)
	}
}

// checkRefusal wants one complaint, about the right field, that says what to write: a second one about the same mistake
// only confuses.
func checkRefusal(t *testing.T, err error, v verdict) {
	t.Helper()
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		t.Fatalf("not an answer of the API server: %v", err)
	}
	if strings.Contains(err.Error(), "evaluating rule") || strings.Contains(err.Error(), "no such overload") {
		t.Errorf("a rule broke down where it should answer: %v", err)
	}
	var complaints []metav1.StatusCause
	for _, cause := range status.Status().Details.Causes {
		if cause.Field != "<nil>" { // the API server's remarks about its own work
			complaints = append(complaints, cause)
		}
	}
	if len(complaints) > 1 { // an empty string breaks its rule too, whose words are better
		complaints = slices.DeleteFunc(complaints, func(c metav1.StatusCause) bool {
			return strings.Contains(c.Message, "at least 1 chars long")
		})
	}
	if len(complaints) != 1 {
		t.Fatalf("%d complaints, want 1: %v", len(complaints), err)
	}
	if complaints[0].Field != v.field {
		t.Errorf("complains about %s, want %s: %v", complaints[0].Field, v.field, err)
	}
	if !strings.Contains(complaints[0].Message, v.says) {
		t.Errorf("says %q, want %q in it", complaints[0].Message, v.says)
	}
}

// compose reads YAML as kubectl does and lays it over a small valid spec.
func compose(t *testing.T, kind, small, spec string) *unstructured.Unstructured {
	t.Helper()
	merged := fields(t, small)
	for name, value := range fields(t, spec) {
		merged[name] = value
		if value == nil {
			delete(merged, name)
		}
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "goals.okr.dev/v1alpha1",
		"kind":       kind,
		"metadata":   map[string]any{"name": "example"},
		"spec":       merged,
	}}
	if kind != "MetricSource" {
		object.SetNamespace(metav1.NamespaceDefault)
	}
	return object
}

// fields reads YAML. Numbers become what the API server would make of them: int64, or float64 with a fraction.
func fields(t *testing.T, text string) map[string]any {
	t.Helper()
	object := map[string]any{}
	data, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		t.Fatalf("the case is not YAML: %v\n%s", err, text)
	}
	wrapped := &unstructured.Unstructured{}
	if err := wrapped.UnmarshalJSON(fmt.Appendf(nil, `{"kind":"Case","apiVersion":"v1","spec":%s}`, data)); err != nil {
		t.Fatalf("the case is not an object: %v\n%s", err, text)
	}
	if spec, ok := wrapped.Object["spec"].(map[string]any); ok {
		maps.Copy(object, spec)
	}
	return object
}

func TestUnknownFieldsAreRefusedByName(t *testing.T) {
	s := server(t)
	tests := []struct {
		reason, kind, small, spec, want string
	}{
		{"a typing error in a field", "Objective", smallObjective, `ambitoin: Committed`, `unknown field "spec.ambitoin"`},
		{"a field of a nested object", "KeyResult", smallKeyResult, `reach: {baseline: 800, goal: 300, target: 300}`,
			`unknown field "spec.reach.goal"`},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			err := s.Create(t.Context(), compose(t, test.kind, test.small, test.spec), client.DryRunAll)
			if err == nil || !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want a refusal with %q", err, test.want)
			}
		})
	}
}

// items repeats a YAML flow item n times, with %d for its number.
func items(n int, format string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i+1)
	}
	return "[" + strings.Join(list, ", ") + "]"
}
