package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/cel/openapi/resolver"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/restmapper"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// typeCheck looks at the policies as kube-controller-manager does, which writes what it finds into their statuses: a field
// that a kind does not have, a comparison of a number with a text.
func (w *world) typeCheck(t *testing.T) {
	asks, err := discovery.NewDiscoveryClientForConfig(w.Config())
	if err != nil {
		t.Fatal(err)
	}
	groups, err := restmapper.GetAPIGroupResources(asks)
	if err != nil {
		t.Fatal(err)
	}
	checker := &validating.TypeChecker{
		SchemaResolver: &resolver.ClientDiscoveryResolver{Discovery: asks}, RestMapper: restmapper.NewDiscoveryRESTMapper(groups),
	}
	var policies admissionv1.ValidatingAdmissionPolicyList
	if err := w.admin.List(t.Context(), &policies); err != nil {
		t.Fatal(err)
	}
	if len(policies.Items) != 5 {
		t.Fatalf("there are %d policies", len(policies.Items))
	}
	for i := range policies.Items {
		for _, warning := range checker.Check(&policies.Items[i]) {
			t.Errorf("%s: %s: %s", policies.Items[i].Name, warning.FieldRef, warning.Warning)
		}
	}
	broken := policies.Items[0].DeepCopy()
	broken.Spec.Validations[0].Expression = "object.spec.nothing == 3"
	if len(checker.Check(broken)) == 0 {
		t.Error("the check finds nothing, whatever is written")
	}
}

func (w *world) untouched(t *testing.T) {
	t.Run("the status is the controller's, and no policy's", func(t *testing.T) {
		o := object("goals.okr.dev/v1alpha1", "KeyResult", "checkout", "latency", "{}")
		patch := client.RawPatch(types.MergePatchType, []byte(`{"status":{"value":"412 ms","progressPercent":77}}`))
		admitted(t, w.admin.Status().Patch(t.Context(), o, patch, &client.SubResourcePatchOptions{PatchOptions: client.PatchOptions{DryRun: []string{"All"}}}))
	})
	t.Run("labels and annotations are free", func(t *testing.T) {
		admitted(t, w.edit(w.mei, "KeyResult", "latency", "{metadata: {labels: {a: b}, finalizers: [example.com/x]}}"))
	})
	t.Run("a goal that has begun can be deleted, or a namespace could not", func(t *testing.T) {
		for _, kind := range []string{"KeyResult latency", "Objective running"} {
			kind, name, _ := strings.Cut(kind, " ")
			admitted(t, w.mei.Delete(t.Context(), object("goals.okr.dev/v1alpha1", kind, "checkout", name, "{}"), client.DryRunAll))
		}
	})
}

func (w *world) owners(t *testing.T) {
	for _, c := range []struct{ reason, kind, spec, refused string }{
		{"an objective of nobody", "Objective", "{title: A, period: 2026-Q4}", "nobody owns this objective"},
		{"a team", "Objective", "{title: A, period: 2026-Q4, owner: {team: a}}", ""},
		{"a person is enough", "Objective", "{title: A, period: 2026-Q4, owner: {person: a}}", ""},
		{"blanks own nothing", "Objective", "{title: A, period: 2026-Q4, owner: {team: '  '}}", "nobody owns this objective"},
		{"a draft has time", "Objective", "{title: A, period: 2026-Q4, state: Draft}", ""},
		{"a KPI of nobody", "KPI", "{title: A, metric: {query: up}, target: {atLeast: 1}}", "nobody owns this KPI"},
		{"a contact is enough", "KPI", "{title: A, metric: {query: up}, target: {atLeast: 1}, owner: {contact: '#a'}}", ""},
		{"a key result has its objective's", "KeyResult", "{title: A, objectiveRef: {name: a}, reach: {baseline: 1, target: 2}}", ""},
	} {
		t.Run(c.reason, func(t *testing.T) {
			o := object("goals.okr.dev/v1alpha1", c.kind, "checkout", "new", "{spec: "+c.spec+"}")
			err := w.mei.Create(t.Context(), o, client.DryRunAll)
			if c.refused == "" {
				admitted(t, err)
				return
			}
			refusedBy(t, err, "okr-"+strings.ToLower(c.kind)+"-owner", c.refused)
		})
	}
	t.Run("a draft becomes active without an owner", func(t *testing.T) {
		refusedBy(t, w.edit(w.mei, "Objective", "draft", "{spec: {state: Active}}"), "okr-objective-owner", "nobody owns this objective")
	})
	t.Run("a draft becomes active with one", func(t *testing.T) {
		admitted(t, w.edit(w.mei, "Objective", "draft", "{spec: {state: Active, owner: {team: checkout}}}"))
	})
}

// samples are admitted with the policies on: what we tell people to copy has owners, and is no tenant's.
func (w *world) samples(t *testing.T) {
	for _, folder := range []string{"config/samples", "config/gitops/tenants"} {
		text := w.Kubectl(t, "kustomize", folder)
		if out, err := w.Try(text, "apply", "--server-side", "-f", "-"); err != nil {
			t.Errorf("%s: %v\n%s", folder, err, out)
		}
	}
}

// pullRequest tries what CI does with a pull request, with kubectl: it must be told what the API server would say.
func (w *world) pullRequest(t *testing.T) {
	file := filepath.Join(t.TempDir(), "by-hand.yaml")
	text := w.Kubectl(t, "get", "keyresult", "by-hand", "-n", "checkout", "-o", "yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(text, "target: 8\n", "target: \"7.5\"\n", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := w.Try("", "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", file, "--as=mei", "--as-group=checkout-team")
	if err == nil || !strings.Contains(out, "spec.reach.target was 8 and would be 7.5. Take it back, or say why in a new entry of spec.reach.replanned") {
		t.Errorf("kubectl said (%v):\n%s", err, out)
	}
}

// warns applies the kustomization for the first weeks.
func (w *world) warns(t *testing.T) {
	w.Kubectl(t, "apply", "-k", "config/policy/warn")
	edit := []string{"patch", "keyresult", "latency", "-n", "checkout", "--type=merge", "-p", `{"spec":{"weight":4}}`, "--dry-run=server", "--as=mei", "--as-group=checkout-team"}
	eventually(t, "an edit is let in with a warning", func() bool {
		out, err := w.Try("", edit...)
		return err == nil && strings.Contains(out, "Warning: ") && strings.Contains(out, "spec.weight was 1 and would be 4")
	})
	err := w.anyone(t).Create(t.Context(), object("v1", "Namespace", "", "stolen", "{metadata: {labels: {goals.okr.dev/tenant: other}}}"), client.DryRunAll)
	refusedBy(t, err, "okr-tenant-label", "whose metrics a namespace may read")
}
