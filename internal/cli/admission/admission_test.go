package admission_test

import (
	"slices"
	"strings"
	"testing"

	"okr.dev/controller/internal/cli/admission"
)

// goal is an object as JSON has it.
func goal(spec map[string]any) map[string]any {
	return map[string]any{"apiVersion": "goals.okr.dev/v1alpha1", "kind": "KPI", "metadata": map[string]any{"name": "x"}, "spec": spec}
}

// Its verdicts are compared with those of an API server in api/v1alpha1 and internal/cli/lint. This is what else callers rely on.
func TestCreateFillsInAndStrips(t *testing.T) {
	kind, err := admission.For("KPI")
	if err != nil {
		t.Fatal(err)
	}
	object := goal(map[string]any{"title": "T", "metric": map[string]any{"query": "x"}, "unit": nil, "more": "x"})
	object["status"] = map[string]any{"health": "Healthy"}
	problems := kind.Create(t.Context(), object)
	if len(problems) != 1 || problems[0].Cause != admission.Unknown || problems[0].Field != "spec.more" {
		t.Errorf("%+v", problems)
	}
	spec := object["spec"].(map[string]any)
	source := spec["metric"].(map[string]any)["sourceRef"]
	_, unit := spec["unit"]
	_, more := spec["more"]
	if object["status"] != nil || source == nil || unit || more {
		t.Errorf("the status, what is null and what is unknown go, and defaults come: %v", object)
	}
}

func TestRulesAboutOneValueAreToldBesideWhatIsRefused(t *testing.T) {
	kind, err := admission.For("KPI")
	if err != nil {
		t.Fatal(err)
	}
	problems := kind.Create(t.Context(), goal(map[string]any{
		"title": int64(5), "metric": map[string]any{"query": "x"}, "holdFor": "soon", "warning": map[string]any{"atLeast": int64(5)},
	}))
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	if !slices.Equal(fields, []string{"spec.title", "spec.holdFor"}) {
		t.Errorf("about %v: a duration is none whatever stands beside it; that a warning needs a target is not asked yet", fields)
	}
}

func TestFields(t *testing.T) {
	kind, err := admission.For("KeyResult")
	if err != nil {
		t.Fatal(err)
	}
	baseline, found := kind.Field("spec.reach.replanned[0].from")
	if !found || !baseline.IntOrString || !strings.HasPrefix(baseline.Says[0], "not a decimal number") {
		t.Errorf("%+v", baseline)
	}
	ref, found := kind.Field("spec.objectiveRef")
	if !found || ref.Type != "object" || !slices.Equal(ref.Fields, []string{"name"}) || !slices.Equal(ref.Required, []string{"name"}) || ref.Description == "" {
		t.Errorf("%+v", ref)
	}
	if _, found := kind.Field("spec.nothing"); found {
		t.Error("there is no such field")
	}
	if holding := kind.Holding("percent"); !slices.Equal(holding, []string{"spec.pace.checkpoints[]"}) {
		t.Errorf("percent is in %v", holding)
	}
	if none, err := admission.For("Deployment"); none != nil || err != nil {
		t.Errorf("%v, %v", none, err)
	}
}
