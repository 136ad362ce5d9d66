package controllers

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// Every test of this package runs the controller with the generated rules alone. A right that is added anywhere in
// config/rbac is added to the golden file too, where somebody reads it. docs/faults.md: "Secrets of other namespaces".
func TestRolesAreTheSmallestThatWork(t *testing.T) {
	var got []string
	for _, role := range roles(t) {
		got = append(got, rights(role)...)
	}
	slices.Sort(got)
	text, err := os.ReadFile("testdata/rbac.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), strings.Join(got, "\n")+"\n"); diff != "" {
		t.Errorf("testdata/rbac.golden -want +got:\n%s", diff)
	}
	for _, right := range got {
		if strings.Contains(right, "*") {
			t.Errorf("a wildcard: %q", right)
		}
		for _, word := range []string{"secrets", "configmaps", "serviceaccounts"} {
			if strings.HasPrefix(right, "ClusterRole ") && strings.Contains(right, word) {
				t.Errorf("in every namespace: %q", right)
			}
		}
	}
}

// roles are all Roles and ClusterRoles of config/rbac. Both have the same fields.
func roles(t *testing.T) []rbacv1.Role {
	t.Helper()
	files, err := filepath.Glob("../config/rbac/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []rbacv1.Role
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range strings.Split("\n"+string(text), "\n---\n") {
			role := rbacv1.Role{}
			if err := yaml.Unmarshal([]byte(document), &role); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if role.Kind == "Role" || role.Kind == "ClusterRole" {
				all = append(all, role)
			}
		}
	}
	return all
}

// rights lists what a role grants, one resource a line.
func rights(role rbacv1.Role) []string {
	name := role.Kind + " " + role.Name
	var all []string
	for _, rule := range role.Rules {
		verbs := strings.Join(rule.Verbs, " ")
		for _, url := range rule.NonResourceURLs {
			all = append(all, fmt.Sprintf("%s: %s: %s", name, url, verbs))
		}
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				named := strings.Join(append([]string{resource}, rule.ResourceNames...), " ")
				all = append(all, fmt.Sprintf("%s: %s/%s: %s", name, group, named, verbs))
			}
		}
	}
	return all
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
		"read a tenant's": c.List(t.Context(), &corev1.SecretList{}, client.InNamespace(r.namespace)),
		"write a Secret":  c.Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: ownNamespace, Name: "mine"}}),
		"get a tenant's token": c.SubResource("token").Create(t.Context(),
			&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: r.namespace, Name: "default"}}, &authenticationv1.TokenRequest{}),
		"create a KPI":    c.Create(t.Context(), kpi),
		"edit a source":   c.Patch(t.Context(), r.source(r.namespace, ""), client.RawPatch(types.MergePatchType, []byte(`{"spec":{"queryOffset":"1m"}}`))),
		"read ConfigMaps": c.List(t.Context(), &corev1.ConfigMapList{}),
	} {
		if !apierrors.IsForbidden(err) {
			t.Errorf("may the controller %s? want Forbidden, got %v", what, err)
		}
	}
}
