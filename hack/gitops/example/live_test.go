package example

import (
	"testing"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/servers"
)

// With all of it applied and a Prometheus that is not there yet, as in a trial cluster, every goal is accepted and finds what it
// refers to, across namespaces and by the labels of these; and the company's objective is made of the teams'.
func goalsFindEachOther(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	c.Controller(t, servers.ControllerOptions{})
	for condition, kinds := range map[string]string{"Ready": "objectives,keyresults,kpis,metricsources", "ResolvedRefs": "objectives,kpis"} {
		out, err := c.Try("", "wait", kinds, "--all", "--all-namespaces", "--for=condition="+condition, "--timeout=2m")
		if err != nil {
			t.Errorf("not all goals are %s: %v\n%s", condition, err, out)
		}
	}
	if children := c.Kubectl(t, "get", "objective/buying-is-a-pleasure", "-n", "company", "-o", "jsonpath={.status.children.total}"); children != "2" {
		t.Errorf("the company's objective is made of %q others, want those of two teams", children)
	}
}
