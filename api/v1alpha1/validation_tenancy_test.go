package v1alpha1_test

import (
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

const (
	sayTenancy    = "write enforceLabel, tenantHeader or both, or leave tenancy out"
	sayLabel      = "write letters, digits and _, such as namespace or team"
	sayLabelKey   = "write one such as tenant or example.com/tenant"
	sayHeaderName = "write letters, digits and -, such as X-Scope-OrgID"
	sayMeaning    = "write the one that your server reads tenants from, such as X-Scope-OrgID"
	sayTenant     = "write letters, digits, -, _ and ., such as okr-controller"
)

var tenancies = []verdict{
	{reason: "the namespace's name", spec: `tenancy: {enforceLabel: {name: namespace}}`},
	{reason: "a label of the namespace", spec: `tenancy: {enforceLabel: {name: team_1, namespaceLabel: example.com/tenant}}`},
	{reason: "a header", spec: `tenancy: {tenantHeader: {name: X-Scope-OrgID, namespaceLabel: tenant}}`},
	{reason: "a header of Thanos", spec: `tenancy: {tenantHeader: {name: THANOS-TENANT, namespaceLabel: tenant}}`},
	{reason: "both, and a tenant of one's own", spec: `tenancy: {enforceLabel: {name: _ns}, tenantHeader: {name: X-Scope-OrgID, namespaceLabel: kubernetes.io/metadata.name, ownTenant: goals}}`},
	{reason: "names that only begin like others", spec: `tenancy: {tenantHeader: {name: Contents, namespaceLabel: tenant}}`},
	{reason: "nothing at all", spec: `tenancy: {}`, field: "spec.tenancy", says: sayTenancy},
	{reason: "a label without a name", spec: `tenancy: {enforceLabel: {}}`, field: "spec.tenancy.enforceLabel.name", says: "Required value"},
	{reason: "an empty name", spec: `tenancy: {enforceLabel: {name: ""}}`, field: "spec.tenancy.enforceLabel.name", says: "at least 1 chars long"},
	{reason: "the metric's name", spec: `tenancy: {enforceLabel: {name: __name__}}`, field: "spec.tenancy.enforceLabel.name", says: sayLabel},
	{reason: "not a name of PromQL", spec: `tenancy: {enforceLabel: {name: my-team}}`, field: "spec.tenancy.enforceLabel.name", says: sayLabel},
	{reason: "a whole matcher", spec: `tenancy: {enforceLabel: {name: 'ns=""'}}`, field: "spec.tenancy.enforceLabel.name", says: sayLabel},
	{reason: "a key of a label that is none", spec: `tenancy: {enforceLabel: {name: ns, namespaceLabel: "the tenant"}}`, field: "spec.tenancy.enforceLabel.namespaceLabel", says: sayLabelKey},
	{reason: "too long a name in the key", spec: `tenancy: {enforceLabel: {name: ns, namespaceLabel: ` + strings.Repeat("a", 64) + `}}`, field: "spec.tenancy.enforceLabel.namespaceLabel", says: sayLabelKey},
	{reason: "a header without a name", spec: `tenancy: {tenantHeader: {namespaceLabel: tenant}}`, field: "spec.tenancy.tenantHeader.name", says: "Required value"},
	{reason: "a header without a label", spec: `tenancy: {tenantHeader: {name: X-Scope-OrgID}}`, field: "spec.tenancy.tenantHeader.namespaceLabel", says: "Required value"},
	{reason: "a key that is none, for a header", spec: `tenancy: {tenantHeader: {name: X-Scope-OrgID, namespaceLabel: -tenant}}`, field: "spec.tenancy.tenantHeader.namespaceLabel", says: sayLabelKey},
	{reason: "a line break in a header", spec: `tenancy: {tenantHeader: {name: "X-A\r\nX-B", namespaceLabel: tenant}}`, field: "spec.tenancy.tenantHeader.name", says: sayHeaderName},
	{reason: "a colon in a header", spec: `tenancy: {tenantHeader: {name: "X-A:", namespaceLabel: tenant}}`, field: "spec.tenancy.tenantHeader.name", says: sayHeaderName},
	{reason: "a tenant that would be two", spec: `tenancy: {tenantHeader: {name: X-Scope-OrgID, namespaceLabel: tenant, ownTenant: "a|b"}}`, field: "spec.tenancy.tenantHeader.ownTenant", says: sayTenant},
}

func TestTenancyValidation(t *testing.T) {
	judge(t, "MetricSource", smallMetricSource, tenancies)
	var meaningful []verdict
	for _, name := range []string{
		"Authorization", "AUTHORIZATION", "Host", "Cookie", "Content-Type", "content-length", "Connection", "Keep-Alive", "TE", "Trailer",
		"Transfer-Encoding", "Upgrade", "Expect", "User-Agent", "Proxy-Authorization", "Proxy-Connection", "Accept", "Accept-Encoding",
	} {
		meaningful = append(meaningful, verdict{
			reason: name + " is not ours to set", spec: `tenancy: {tenantHeader: {name: ` + name + `, namespaceLabel: tenant}}`,
			field: "spec.tenancy.tenantHeader.name", says: sayMeaning,
		})
	}
	judge(t, "MetricSource", smallMetricSource, meaningful)
	text, err := os.ReadFile("../../config/samples/tenancy/metricsource.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sample := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict(text, &sample.Object); err != nil {
		t.Fatal(err)
	}
	if err := server(t).Create(t.Context(), sample, client.DryRunAll); err != nil {
		t.Errorf("the sample is refused: %v", err)
	}
}
