package policy_test

import (
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/version"
	plugincel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/cel/environment"

	"okr.dev/controller/hack/gitops/rendered"
)

// render is what a kustomization holds: the policies and the bindings.
func render(t *testing.T, folder string) (policies []*admissionv1.ValidatingAdmissionPolicy, bindings []*admissionv1.ValidatingAdmissionPolicyBinding) {
	t.Helper()
	objects, err := rendered.Kustomize(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		var into any
		switch o.GetKind() {
		case "ValidatingAdmissionPolicy":
			p := &admissionv1.ValidatingAdmissionPolicy{}
			policies, into = append(policies, p), p
		case "ValidatingAdmissionPolicyBinding":
			b := &admissionv1.ValidatingAdmissionPolicyBinding{}
			bindings, into = append(bindings, b), b
		default:
			t.Fatalf("%s has a %s", folder, rendered.Name(o))
		}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, into, true); err != nil {
			t.Fatalf("%s: %v", rendered.Name(o), err)
		}
	}
	return policies, bindings
}

func TestEachPolicyIsBoundOnceAndFailsClosed(t *testing.T) {
	for _, folder := range []string{"config/policy", "config/policy/warn"} {
		policies, bindings := render(t, folder)
		if len(policies) != 5 || len(bindings) != 5 {
			t.Errorf("%s: %d policies and %d bindings", folder, len(policies), len(bindings))
		}
		for _, p := range policies {
			if p.Spec.FailurePolicy == nil || *p.Spec.FailurePolicy != admissionv1.Fail {
				t.Errorf("%s: %s lets in what it cannot judge", folder, p.Name)
			}
			bound := slices.DeleteFunc(slices.Clone(bindings), func(b *admissionv1.ValidatingAdmissionPolicyBinding) bool { return b.Spec.PolicyName != p.Name })
			if len(bound) != 1 {
				t.Errorf("%s: %s has %d bindings", folder, p.Name, len(bound))
				continue
			}
			want := []admissionv1.ValidationAction{admissionv1.Deny}
			if folder == "config/policy/warn" && p.Name != "okr-tenant-label" {
				want = []admissionv1.ValidationAction{admissionv1.Warn, admissionv1.Audit}
			}
			if got := bound[0].Spec; !slices.Equal(got.ValidationActions, want) || got.MatchResources != nil {
				t.Errorf("%s: %s is bound by %+v, want %v everywhere", folder, p.Name, got, want)
			}
		}
	}
}

// Every expression compiles with what Kubernetes 1.30 knows, where ValidatingAdmissionPolicy became v1.
func TestExpressionsOfKubernetes130(t *testing.T) {
	policies, _ := render(t, "config/policy")
	old := environment.MustBaseEnvSet(version.MajorMinor(1, 30))
	options := plugincel.OptionalVariableDeclarations{HasAuthorizer: true}
	for _, p := range policies {
		compiler, err := plugincel.NewCompositedCompiler(old)
		if err != nil {
			t.Fatal(err)
		}
		compiles := func(what string, expression plugincel.ExpressionAccessor) {
			t.Helper()
			if result := compiler.CompileCELExpression(expression, options, environment.NewExpressions); result.Error != nil {
				t.Errorf("%s: %s: %v", p.Name, what, result.Error)
			}
		}
		for _, c := range p.Spec.MatchConditions {
			compiles(c.Name, (*matchconditions.MatchCondition)(&c))
		}
		for _, v := range p.Spec.Variables {
			if result := compiler.CompileAndStoreVariable(&validating.Variable{Name: v.Name, Expression: v.Expression}, options, environment.NewExpressions); result.Error != nil {
				t.Errorf("%s: %s: %v", p.Name, v.Name, result.Error)
			}
		}
		for _, v := range p.Spec.Validations {
			compiles(v.Expression, &validating.ValidationCondition{Expression: v.Expression})
			if v.MessageExpression != "" {
				compiles(v.MessageExpression, &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression})
			}
			if strings.TrimSpace(v.Message) == "" {
				t.Errorf("%s: a validation without a message, for when the one that is computed cannot be", p.Name)
			}
		}
	}
	compiler, err := plugincel.NewCompositedCompiler(old)
	if err != nil {
		t.Fatal(err)
	}
	newer := &validating.ValidationCondition{Expression: "[1, 2].all(i, v, v > i)"}
	if compiler.CompileCELExpression(newer, options, environment.NewExpressions).Error == nil {
		t.Error("what came with Kubernetes 1.33 compiles: this is not 1.30")
	}
}
