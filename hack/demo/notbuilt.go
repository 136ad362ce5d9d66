package main

import (
	"bytes"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"okr.dev/controller/api/v1alpha1"
)

// The API is ahead of the controller. What it does not evaluate yet is left out of the demo by this file, which goes,
// with its uses in goals.go, when everything is evaluated.

// onlyBuilt returns what the controller can evaluate.
func onlyBuilt(text []byte) ([]byte, error) {
	var out bytes.Buffer
	for _, document := range bytes.Split(text, []byte("---\n")) {
		var object unstructured.Unstructured
		if err := utilyaml.Unmarshal(document, &object.Object); err != nil {
			return nil, err
		}
		if object.Object != nil && built(&object) {
			out.WriteString("---\n")
			out.Write(document)
		}
	}
	return out.Bytes(), nil
}

func built(object *unstructured.Unstructured) bool {
	has := func(field string) bool {
		_, found, _ := unstructured.NestedFieldNoCopy(object.Object, "spec", field)
		return found
	}
	switch object.GetKind() {
	case "KeyResult":
		return has("reach") && (has("metric") || has("kpiRef"))
	case "KPI":
		return has("metric")
	}
	return true
}

// madeOfWhatIsNotBuilt reports whether an objective has no verdict because of its members.
func madeOfWhatIsNotBuilt(o *v1alpha1.Objective) bool {
	c := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.OnTrackCondition)
	return c != nil && c.Reason == v1alpha1.ReasonNoKeyResults
}
