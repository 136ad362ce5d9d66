package walkthrough

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"okr.dev/controller/hack/gitops/cluster"
)

// remembered are goals of two namespaces: one with what a controller has frozen, one that was never looked at.
const remembered = `
apiVersion: goals.okr.dev/v1alpha1
kind: Objective
metadata: {name: instant, namespace: checkout}
spec: {title: Checkout feels instant, owner: {team: checkout}, period: 2026-Q4}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KeyResult
metadata: {name: latency, namespace: checkout}
spec: {title: Latency, objectiveRef: {name: instant}, reach: {target: 300, direction: Decrease}, metric: {query: latency}}
---
apiVersion: goals.okr.dev/v1alpha1
kind: KPI
metadata: {name: orders, namespace: shop}
spec: {title: Orders, owner: {team: shop}, metric: {query: orders}, target: {atLeast: 5}}
`

// TestStatusesMoveAsTheUpgradePageSays runs the loop of docs/upgrade.md between two clusters.
func TestStatusesMoveAsTheUpgradePageSays(t *testing.T) {
	from, to := cluster.Start(t), cluster.Start(t)
	page, err := os.ReadFile(filepath.Join(from.Root, "docs", "upgrade.md"))
	if err != nil {
		t.Fatal(err)
	}
	loop := regexp.MustCompile("(?s)```sh\n(   kubectl --context old get.*?)   ```").FindStringSubmatch(string(page))
	if loop == nil {
		t.Fatal("docs/upgrade.md has no loop over the old cluster's goals")
	}
	for _, c := range []*cluster.Cluster{from, to} {
		c.Kubectl(t, "apply", "--server-side", "-k", "config/crd")
		c.Established(t)
		for _, namespace := range []string{"checkout", "shop"} {
			c.Kubectl(t, "create", "namespace", namespace)
		}
		c.Apply(t, remembered)
	}
	from.Kubectl(t, "-n", "checkout", "patch", "keyresult", "latency", "--subresource=status", "--type=merge",
		"-p", `{"status":{"health":"OnTrack","frozen":{"baseline":{"value":"812.5","time":"2026-10-01T00:00:00Z"}}}}`)

	run := exec.Command("bash", "-euo", "pipefail", "-c", loop[1])
	run.Env = append(os.Environ(), "KUBECONFIG="+both(t, from, to), "PATH="+filepath.Dir(from.KubectlPath())+":"+os.Getenv("PATH"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, goal := range []string{"checkout/objective/instant", "checkout/keyresult/latency", "shop/kpi/orders"} {
		namespace, name, _ := strings.Cut(goal, "/")
		status := func(c *cluster.Cluster) string {
			return c.Kubectl(t, "-n", namespace, "get", name, "-o", "jsonpath={.status}")
		}
		if diff := cmp.Diff(status(from), status(to)); diff != "" {
			t.Errorf("%s (-old +new):\n%s", goal, diff)
		}
	}
	if got := to.Kubectl(t, "-n", "checkout", "get", "keyresult", "latency", "-o", "jsonpath={.status.frozen.baseline.value}"); got != "812.5" {
		t.Errorf("the new cluster remembers the baseline %q", got)
	}
}

// both is a kubeconfig with the contexts old and new.
func both(t *testing.T, from, to *cluster.Cluster) string {
	t.Helper()
	all := clientcmdapi.NewConfig()
	for name, c := range map[string]*cluster.Cluster{"old": from, "new": to} {
		one, err := clientcmd.LoadFromFile(c.Kubeconfig)
		if err != nil {
			t.Fatal(err)
		}
		context := one.Contexts[one.CurrentContext]
		all.Clusters[name], all.AuthInfos[name] = one.Clusters[context.Cluster], one.AuthInfos[context.AuthInfo]
		all.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	}
	file := filepath.Join(t.TempDir(), "both")
	if err := clientcmd.WriteToFile(*all, file); err != nil {
		t.Fatal(err)
	}
	return file
}
