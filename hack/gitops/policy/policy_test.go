// Package policy_test holds config/policy to what it promises, on a real kube-apiserver.
package policy_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
)

const justification = "goals.okr.dev/justification"

// world is a cluster with the policies, and those who write to it.
type world struct {
	*cluster.Cluster
	admin client.Client
	// mei may edit the namespace checkout, and nothing else.
	mei client.Client
}

func TestPolicies(t *testing.T) {
	w := start(t)
	t.Run("type check", w.typeCheck)
	t.Run("commitment", w.commitments)
	t.Run("largest", w.largest)
	t.Run("replanned or justified", w.replanned)
	t.Run("justification", w.justifications)
	t.Run("status and deletion", w.untouched)
	t.Run("owner", w.owners)
	t.Run("samples", w.samples)
	t.Run("pull request", w.pullRequest)
	t.Run("warn", w.warns) // last: it applies other bindings
}

func start(t *testing.T) *world {
	w := &world{Cluster: cluster.Start(t)}
	w.Install(t)
	w.admin = w.user(t, rest.ImpersonationConfig{})
	w.mei = w.user(t, rest.ImpersonationConfig{UserName: "mei", Groups: []string{"checkout-team"}})
	w.Kubectl(t, "create", "namespace", "checkout")
	for _, kind := range []string{"objective", "keyresult", "kpi"} {
		w.create(t, &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: "checkout", Name: kind},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "okr-" + kind + "-editor-role"},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: "checkout-team"}},
		})
	}
	objects, err := rendered.Parse([]byte(goals))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		status := o.DeepCopy()
		w.create(t, o)
		if status.Object["status"] == nil {
			continue
		}
		status.SetResourceVersion(o.GetResourceVersion())
		status.Object["spec"] = o.Object["spec"]
		if err := w.admin.Status().Update(t.Context(), status); err != nil {
			t.Fatalf("%s: %v", rendered.Name(o), err)
		}
	}
	w.Kubectl(t, "apply", "-k", "config/policy")
	w.awaitPolicies(t)
	return w
}

// awaitPolicies waits until each policy refuses what it must: the API server learns of policies by watching. A policy
// that is never active fails the test here.
func (w *world) awaitPolicies(t *testing.T) {
	t.Helper()
	probes := map[string]func() error{
		"okr-keyresult-commitment": func() error { return w.edit(w.mei, "KeyResult", "latency", "{spec: {weight: 7}}") },
		"okr-objective-commitment": func() error { return w.edit(w.mei, "Objective", "running", "{spec: {period: '2027'}}") },
		"okr-objective-owner":      func() error { return w.edit(w.mei, "Objective", "next", "{spec: {owner: null}}") },
		"okr-kpi-owner":            func() error { return w.edit(w.mei, "KPI", "revenue", "{spec: {owner: null}}") },
		"okr-tenant-label": func() error {
			return w.anyone(t).Create(t.Context(), object("v1", "Namespace", "", "stolen", "{metadata: {labels: {goals.okr.dev/tenant: other}}}"), client.DryRunAll)
		},
	}
	for name, refused := range probes {
		eventually(t, name+" refuses", func() bool {
			err := refused()
			return err != nil && strings.Contains(err.Error(), name)
		})
	}
}

// user is a client that acts as somebody; as nobody, it is the administrator's.
func (w *world) user(t *testing.T, as rest.ImpersonationConfig) client.Client {
	t.Helper()
	config := w.Config()
	config.Impersonate, config.QPS = as, -1
	config.WarningHandler = rest.NoWarnings{}
	c, err := client.New(config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// anyone may create and edit namespaces, as a tool for self-service does, and administers no sources.
func (w *world) anyone(t *testing.T) client.Client {
	t.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "self-service"}, Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{""}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"}, Verbs: []string{"create", "get", "update", "patch"},
	}}}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "self-service"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "portal"}},
	}
	for _, o := range []client.Object{role, binding} {
		if err := w.admin.Create(t.Context(), o); err != nil && !apierrors.IsAlreadyExists(err) {
			t.Fatal(err)
		}
	}
	return w.user(t, rest.ImpersonationConfig{UserName: "portal"})
}

func (w *world) create(t *testing.T, o client.Object) {
	t.Helper()
	if err := w.admin.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// object is an object from a text of YAML that says the rest of it.
func object(version, kind, namespace, name, text string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		panic(text + ": " + err.Error())
	}
	o.SetAPIVersion(version)
	o.SetKind(kind)
	o.SetName(name)
	o.SetNamespace(namespace)
	return o
}

// edit tries a merge patch, written as YAML, on a goal of checkout. Nothing is changed: the next edit meets the same goal.
func (w *world) edit(as client.Client, kind, name, patch string) error {
	text, err := yaml.YAMLToJSON([]byte(patch))
	if err != nil {
		return err
	}
	o := object("goals.okr.dev/v1alpha1", kind, "checkout", name, "{}")
	return as.Patch(context.Background(), o, client.RawPatch(types.MergePatchType, text), client.DryRunAll, client.FieldValidation("Strict"))
}

// with is a patch with another one merged into it.
func with(t *testing.T, patch, more string) string {
	t.Helper()
	var a, b map[string]any
	for text, into := range map[string]*map[string]any{patch: &a, more: &b} {
		if err := yaml.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	merge(a, b)
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func merge(a, b map[string]any) {
	for key, value := range b {
		into, ok := a[key].(map[string]any)
		from, also := value.(map[string]any)
		if ok && also {
			merge(into, from)
			continue
		}
		a[key] = value
	}
}

// refusedBy complains unless an error is a policy's refusal whose message holds the words.
func refusedBy(t *testing.T, err error, policy, words string) {
	t.Helper()
	switch {
	case err == nil:
		t.Error("it was let in")
	case !strings.Contains(err.Error(), "'"+policy+"'") || !strings.Contains(err.Error(), words):
		t.Errorf("refused, but not by %s with %q:\n%v", policy, words, err)
	}
}

func admitted(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited two minutes for this: %s", what)
		}
	}
}
