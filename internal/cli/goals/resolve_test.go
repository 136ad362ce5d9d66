package goals_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"okr.dev/controller/api/v1alpha1"
	"okr.dev/controller/internal/cli/goals"
	"okr.dev/controller/internal/gather"
)

func TestWhereReferencesLead(t *testing.T) {
	allowed := func(from v1alpha1.NamespacesFrom) *v1alpha1.AllowedNamespaces {
		a := &v1alpha1.AllowedNamespaces{From: from}
		if from == v1alpha1.NamespacesFromSelector {
			a.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "a"}}
		}
		return a
	}
	kpi := func(namespace string, from *v1alpha1.AllowedNamespaces) *v1alpha1.KPI {
		k := &v1alpha1.KPI{}
		k.Namespace, k.Name, k.Spec.AllowedNamespaces = namespace, "k", from
		return k
	}
	source := func(from v1alpha1.NamespacesFrom) *v1alpha1.MetricSource {
		s := &v1alpha1.MetricSource{}
		s.Name, s.Spec.AllowedNamespaces = "default", v1alpha1.SourceNamespaces{From: from}
		if from == v1alpha1.NamespacesFromSelector {
			s.Spec.AllowedNamespaces.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "a"}}
		}
		return s
	}
	named := gather.NamespaceMetadata()
	named.SetName("a")
	named.SetLabels(map[string]string{"team": "a"})
	measured := func(status metav1.ConditionStatus, generation int64) *v1alpha1.KeyResult {
		kr := &v1alpha1.KeyResult{}
		kr.Namespace, kr.Name, kr.Generation = "a", "kr", 2
		kr.Spec.KPIRef = &v1alpha1.KPIReference{Namespace: "b", Name: "k"}
		kr.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ReadyCondition, Status: status, ObservedGeneration: generation}}
		return kr
	}
	cases := map[string]struct {
		reason     string
		objects    []client.Object
		withheld   []string
		kr         *v1alpha1.KeyResult
		want       goals.Resolution
		wantSource goals.Resolution
	}{
		"Nothing":     {"neither is there", nil, nil, measured("False", 2), goals.Missing, goals.Missing},
		"All":         {"shared with all", []client.Object{kpi("b", allowed(v1alpha1.NamespacesFromAll)), source(v1alpha1.NamespacesFromAll)}, nil, measured("True", 2), goals.Resolved, goals.Resolved},
		"Own":         {"shared with none by default, whatever was said before", []client.Object{kpi("b", nil), source(v1alpha1.NamespacesFromSelector)}, nil, measured("True", 2), goals.Refused, goals.Refused},
		"Labels":      {"shared by label", []client.Object{named, kpi("b", allowed(v1alpha1.NamespacesFromSelector)), source(v1alpha1.NamespacesFromSelector)}, nil, measured("True", 2), goals.Resolved, goals.Resolved},
		"Unread":      {"what may not be read is not missing", nil, []string{"metricsources", "KPI b/k"}, measured("False", 2), goals.Withheld, goals.Withheld},
		"NoLabels":    {"labels that may not be read decide nothing", []client.Object{kpi("b", allowed(v1alpha1.NamespacesFromSelector)), source(v1alpha1.NamespacesFromSelector)}, []string{"namespaces"}, measured("False", 2), goals.Withheld, goals.Withheld},
		"Controller":  {"but the controller has read them: it is Ready", []client.Object{kpi("b", allowed(v1alpha1.NamespacesFromSelector)), source(v1alpha1.NamespacesFromAll)}, []string{"namespaces"}, measured("True", 2), goals.Resolved, goals.Resolved},
		"Before":      {"of what was written before", []client.Object{kpi("b", allowed(v1alpha1.NamespacesFromSelector)), source(v1alpha1.NamespacesFromAll)}, []string{"namespaces"}, measured("True", 1), goals.Withheld, goals.Resolved},
		"NoReference": {"nothing is referred to", nil, nil, &v1alpha1.KeyResult{}, goals.Unnamed, goals.Missing},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			set := goals.New(c.objects)
			set.Withheld = c.withheld
			found, got := set.MeasuredBy(c.kr)
			if got != c.want || (found != nil) != (got == goals.Resolved) {
				t.Errorf("%s: the KPI is %q, %v; want %q", c.reason, got, found, c.want)
			}
			if got := set.Source("default", "a"); got != c.wantSource {
				t.Errorf("%s: the source is %q, want %q", c.reason, got, c.wantSource)
			}
		})
	}
}
