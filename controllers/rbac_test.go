package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Every test of this package runs the controller with this role alone. A right that is added is added here too.
func TestRoleIsTheSmallestThatWorks(t *testing.T) {
	role, err := managerRole()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, rule := range role.Rules {
		if len(rule.NonResourceURLs) > 0 || len(rule.ResourceNames) > 0 {
			t.Errorf("unexpected rule %v", rule)
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				got = append(got, fmt.Sprintf("%s/%s: %s", group, resource, strings.Join(rule.Verbs, " ")))
			}
		}
	}
	slices.Sort(got)
	want := []string{
		"/namespaces: get list watch",
		"events.k8s.io/events: create patch",
		"goals.okr.dev/keyresults/status: patch",
		"goals.okr.dev/keyresults: get list watch",
		"goals.okr.dev/kpis/status: patch",
		"goals.okr.dev/kpis: get list watch",
		"goals.okr.dev/metricsources/status: patch",
		"goals.okr.dev/metricsources: get list watch",
		"goals.okr.dev/objectives/status: patch",
		"goals.okr.dev/objectives: get list watch",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the role grants\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, right := range got {
		if strings.Contains(right, "*") || strings.Contains(right, "secrets") {
			t.Errorf("the role grants %q", right)
		}
	}
}

func TestControllerRunsAsItsServiceAccountAndMayNotDoMore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c, err := client.New(account, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	kpi := r.kpi("mine", r.series("latency"))
	for what, err := range map[string]error{
		"read Secrets":    c.List(t.Context(), &corev1.SecretList{}),
		"create a KPI":    c.Create(t.Context(), kpi),
		"edit a source":   c.Patch(t.Context(), r.source(r.namespace, ""), client.RawPatch(types.MergePatchType, []byte(`{"spec":{"queryOffset":"1m"}}`))),
		"read ConfigMaps": c.List(t.Context(), &corev1.ConfigMapList{}),
	} {
		if !apierrors.IsForbidden(err) {
			t.Errorf("may the controller %s? want Forbidden, got %v", what, err)
		}
	}
}
