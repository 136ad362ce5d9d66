// Package monitoring gives a test's cluster the kinds of the Prometheus operator that this repository uses: ServiceMonitor and
// PrometheusRule. Their CRDs are generated from the operator's own types, as the operator's are. There is no operator.
package monitoring

import (
	"path/filepath"
	"reflect"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/rendered"
)

// Install makes a cluster serve the kinds. It takes half a minute if the Go build cache does not know the types yet.
func Install(t testing.TB, c *cluster.Cluster) {
	t.Helper()
	dir := t.TempDir()
	types := reflect.TypeFor[monitoringv1.ServiceMonitor]().PkgPath()
	// Without descriptions: nobody reads them here.
	if _, err := rendered.Run(nil, "controller-gen", "crd:maxDescLen=0", "paths="+types, "output:crd:dir="+dir); err != nil {
		t.Fatal(err)
	}
	for _, plural := range []string{monitoringv1.ServiceMonitorName, monitoringv1.PrometheusRuleName} {
		if err := c.InstallCRDs(filepath.Join(dir, monitoringv1.SchemeGroupVersion.Group+"_"+plural+".yaml")); err != nil {
			t.Fatal(err)
		}
	}
}
