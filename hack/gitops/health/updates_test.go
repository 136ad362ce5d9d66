package health

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/itchyny/gojq"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/hack/artifacts/argocd"
)

// ignored is one setting of what Argo CD leaves out when it asks whether an object has changed.
type ignored struct {
	JSONPointers      []string `json:"jsonPointers"`
	JQPathExpressions []string `json:"jqPathExpressions"`
}

// Which changes of a status have Argo CD compare an application anew. Every field is decided here: a new one fails the test.
func TestOnlyAVerdictHasArgoCDCompareAnApplicationAnew(t *testing.T) {
	t.Parallel()
	const (
		moves   = false // the number moved, and the verdict stands
		decides = true
	)
	for _, c := range []struct {
		kind   string
		status any
		fields map[string]bool
	}{
		{"Objective", v1alpha1.ObjectiveStatus{}, map[string]bool{
			"observedGeneration": decides, "conditions": decides, "health": decides, "final": decides,
			"progressPercent": moves, "expectedPercent": moves, "keyResults": moves, "children": moves, "kpiImpact": moves, "frozen": moves,
		}},
		{"KeyResult", v1alpha1.KeyResultStatus{}, map[string]bool{
			"observedGeneration": decides, "conditions": decides, "health": decides, "final": decides,
			// These change with the spec, or once, when a baseline has been measured.
			"target": decides, "originalTarget": decides, "baseline": decides,
			"progressPercent": moves, "attainmentPercent": moves, "expectedPercent": moves, "value": moves, "guard": moves,
			"measurement": moves, "forecast": moves, "history": moves, "frozen": moves,
		}},
		{"KPI", v1alpha1.KPIStatus{}, map[string]bool{
			"observedGeneration": decides, "conditions": decides, "health": decides, "target": decides, "alignedObjectives": decides,
			"value": moves, "measurement": moves, "trend": moves, "history": moves, "frozen": moves,
		}},
		{"MetricSource", v1alpha1.MetricSourceStatus{}, map[string]bool{ // it has no number that moves
			"observedGeneration": decides, "conditions": decides, "server": decides,
		}},
	} {
		var names []string
		for i := range reflect.TypeOf(c.status).NumField() {
			name, _, _ := strings.Cut(reflect.TypeOf(c.status).Field(i).Tag.Get("json"), ",")
			names = append(names, name)
		}
		if len(names) != len(c.fields) {
			t.Errorf("%s: %d fields are decided, and the status has %d: %v", c.kind, len(c.fields), len(names), names)
		}
		rule := settings(t, "ignoreResourceUpdates")[c.kind]
		for _, name := range names {
			want, decided := c.fields[name]
			if !decided {
				t.Errorf("%s: status.%s is not decided", c.kind, name)
				continue
			}
			if got := compares(t, rule, map[string]any{name: "before"}, map[string]any{name: "after"}); got != want {
				t.Errorf("%s: a change of status.%s has Argo CD compare anew: %t, want %t", c.kind, name, got, want)
			}
		}
	}
}

func TestOfAConditionItsMessageMayMove(t *testing.T) {
	t.Parallel()
	before := map[string]string{"type": "OnTrack", "status": "True", "reason": "OnPace", "message": "86 % done, 85 % expected by now"}
	with := func(field, value string) map[string]any {
		condition := map[string]any{}
		for k, v := range before {
			condition[k] = v
		}
		condition[field] = value
		return map[string]any{"conditions": []any{condition}}
	}
	for _, kind := range []string{"Objective", "KeyResult", "KPI"} {
		rule := settings(t, "ignoreResourceUpdates")[kind]
		for field, want := range map[string]bool{"status": true, "reason": true, "message": false} {
			if got := compares(t, rule, with(field, before[field]), with(field, "another")); got != want {
				t.Errorf("%s: another %s of a condition has Argo CD compare anew: %t, want %t", kind, field, got, want)
			}
		}
		if compares(t, rule, nil, nil) {
			t.Errorf("%s: without a status there is nothing to compare", kind)
		}
	}
}

// settings reads the settings of a sort by kind.
func settings(t *testing.T, sort string) map[string]ignored {
	t.Helper()
	rules := map[string]ignored{}
	for key, text := range data(t, object(t, argocd.Dir+"/"+argocd.IgnorePatch)) {
		kind, found := strings.CutPrefix(key, "resource.customizations."+sort+".goals.okr.dev_")
		if !found {
			continue
		}
		var rule ignored
		if err := yaml.UnmarshalStrict([]byte(text), &rule); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		rules[kind] = rule
	}
	if len(rules) == 0 {
		t.Fatalf("no settings of %s", sort)
	}
	return rules
}

// compares reports whether two statuses differ without what is ignored: Argo CD compares their hashes.
func compares(t *testing.T, rule ignored, before, after map[string]any) bool {
	t.Helper()
	return !cmp.Equal(rule.without(t, map[string]any{"status": before}), rule.without(t, map[string]any{"status": after}))
}

// without is an object without what is ignored: a pointer names what is removed, and an expression of jq is given to its del.
func (rule ignored) without(t *testing.T, object map[string]any) any {
	t.Helper()
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	for _, pointer := range rule.JSONPointers {
		if path := strings.Split(strings.TrimPrefix(pointer, "/"), "/"); o[path[0]] != nil {
			unstructured.RemoveNestedField(o, path...)
		}
	}
	var left any = o
	for _, expression := range rule.JQPathExpressions {
		query, err := gojq.Parse("del(" + expression + ")")
		if err != nil {
			t.Fatal(err)
		}
		result, _ := query.Run(left).Next()
		if err, failed := result.(error); failed {
			t.Fatal(err)
		}
		left = result
	}
	return left
}
