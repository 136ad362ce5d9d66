package cluster

import (
	"slices"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
)

// AggregateRoles gives the roles view, edit and admin the rules of the roles whose labels say so, as kube-controller-manager does
// all the time: a test's cluster has none. Call it again when labels have changed.
func (c *Cluster) AggregateRoles(t testing.TB) {
	t.Helper()
	roles := kubernetes.NewForConfigOrDie(c.Config()).RbacV1().ClusterRoles()
	for changed := true; changed; { // edit takes from view, admin from edit
		changed = false
		list, err := roles.List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list.Items {
			role := &list.Items[i]
			if role.AggregationRule == nil {
				continue
			}
			rules := aggregated(t, role, list.Items)
			if equality.Semantic.DeepEqual(rules, role.Rules) {
				continue
			}
			role.Rules, changed = rules, true
			if _, err := roles.Update(t.Context(), role, metav1.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// aggregated are the rules of all roles that a role selects, each once.
func aggregated(t testing.TB, role *rbacv1.ClusterRole, all []rbacv1.ClusterRole) []rbacv1.PolicyRule {
	t.Helper()
	var rules []rbacv1.PolicyRule
	for i := range role.AggregationRule.ClusterRoleSelectors {
		selector, err := metav1.LabelSelectorAsSelector(&role.AggregationRule.ClusterRoleSelectors[i])
		if err != nil {
			t.Fatal(err)
		}
		for j := range all {
			if all[j].Name == role.Name || !selector.Matches(labels.Set(all[j].Labels)) {
				continue
			}
			for _, rule := range all[j].Rules {
				if !slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool { return equality.Semantic.DeepEqual(r, rule) }) {
					rules = append(rules, rule)
				}
			}
		}
	}
	return rules
}
