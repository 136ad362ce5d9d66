package chart_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"

	"okr.dev/controller/hack/artifacts/chart"
	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/conform"
	"okr.dev/controller/hack/gitops/monitoring"
	"okr.dev/controller/hack/gitops/rendered"
)

// What is rendered is of the shape that its kinds have, and a real API server takes it: as it comes, and with everything.
func TestChartIsAdmitted(t *testing.T) {
	c := cluster.Start(t)
	monitoring.Install(t, c)
	home := t.TempDir()
	helm := func(arguments ...string) string {
		t.Helper()
		out, err := rendered.Helm(home, c.Kubeconfig, append(arguments, "-n", chart.Namespace)...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	helm("install", chart.Release, chart.Dir, "--create-namespace")
	conform.Check(t, c, template(t)...)

	values := append(slices.Clone(everything), "--set", "prometheus.url=https://prometheus.example", "--set", "commonLabels.team=platform",
		"--set", "imagePullSecrets[0].name=registry", "--set", "tolerations[0].operator=Exists", "--set", "nodeSelector.disk=ssd",
		"--set", "prometheus.basicAuth.username=okr", "--set", "prometheus.basicAuth.passwordSecretRef.name=prometheus",
		"--set", "prometheus.basicAuth.passwordSecretRef.key=password", "--set", "prometheus.tls.ca.configMapRef.name=ca",
		"--set", "prometheus.tls.ca.configMapRef.key=ca.crt", "--set", "prometheus.headers[0].name=X-Team", "--set", "prometheus.headers[0].value=okr")
	helm(append([]string{"upgrade", chart.Release, chart.Dir}, values...)...)
	objects := template(t, values...)
	conform.Check(t, c, objects...)
	for _, o := range objects {
		if !installed(c, o) {
			t.Errorf("%s was not made", rendered.Name(o))
		}
	}
	// A field that the API server drops would be missed by nobody else.
	if out, err := c.Try(marshal(t, objects...), "diff", "--server-side", "--force-conflicts", "-f", "-"); err != nil {
		t.Errorf("what was installed differs from what is rendered (%v):\n%s", err, out)
	}

	// Helm keeps the whole chart and what it rendered in a Secret, which must be smaller than 1 MiB.
	secret, err := kubernetes.NewForConfigOrDie(c.Config()).CoreV1().Secrets(chart.Namespace).
		Get(t.Context(), "sh.helm.release.v1."+chart.Release+".v2", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	size := len(secret.Data["release"])
	t.Logf("the release's Secret has %d bytes, %d %% of what it may have", size, 100*size/corev1.MaxSecretSize)
	if size > corev1.MaxSecretSize*8/10 {
		t.Errorf("the release's Secret has %d of at most %d bytes: make the chart smaller before it cannot be installed any more", size, corev1.MaxSecretSize)
	}
}

func installed(c *cluster.Cluster, o *unstructured.Unstructured) bool {
	kind := strings.TrimSuffix(strings.ToLower(o.GetKind())+"."+o.GroupVersionKind().Group, ".")
	_, err := c.Try("", "get", kind, o.GetName(), "-n", o.GetNamespace())
	return err == nil
}
