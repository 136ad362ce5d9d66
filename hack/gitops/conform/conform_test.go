package conform_test

import (
	"strings"
	"testing"

	"okr.dev/controller/hack/gitops/cluster"
	"okr.dev/controller/hack/gitops/conform"
	"okr.dev/controller/hack/gitops/monitoring"
	"okr.dev/controller/hack/gitops/rendered"
)

func TestObjectsAreReadStrictly(t *testing.T) {
	c := cluster.Start(t)
	if err := c.InstallCRDs("../../../config/crd/bases"); err != nil {
		t.Fatal(err)
	}
	monitoring.Install(t, c)

	for reason, test := range map[string]struct{ object, want string }{
		"a kind of the core": {`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, targetPort: web}]}}`, ""},
		"a quantity that is a number, a port that is one": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a},
			spec: {selector: {}, template: {spec: {containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}},
			livenessProbe: {httpGet: {port: 80}}}]}}}}`, ""},
		"a kind of a CRD": {`{apiVersion: goals.okr.dev/v1alpha1, kind: MetricSource, metadata: {name: a}, spec: {prometheus: {url: "http://a"}, allowedNamespaces: {from: All}}}`, ""},
		"a kind of the Prometheus operator": {`{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: a},
			spec: {selector: {}, endpoints: [{port: https, scheme: https}]}}`, ""},
		"a CRD, whose schema refers to itself": {`{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a},
			spec: {group: a, scope: Cluster, names: {plural: a, kind: A}, versions: [{name: v1, served: true, storage: true,
			schema: {openAPIV3Schema: {type: object, properties: {a: {x-kubernetes-int-or-string: true}}}}}]}}`, ""},
		"a field that is mistyped": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a},
			spec: {selector: {}, template: {spec: {hostNetwrk: true, containers: [{name: a}]}}}}`, "hostNetwrk"},
		"a field that is missing": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {}}}`, "selector"},
		"a value of another type": {`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: "80"}]}}`, "port"},
		"a field that a CRD does not have": {`{apiVersion: goals.okr.dev/v1alpha1, kind: MetricSource, metadata: {name: a},
			spec: {prometheus: {url: "http://a"}, limit: {}}}`, "limit"},
		"a field that the Prometheus operator does not have": {`{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: a},
			spec: {selector: {}, endpoints: [{portName: https}]}}`, "portName"},
		"a kind that nobody serves": {`{apiVersion: example.com/v1, kind: Unknown, metadata: {name: a}}`, "could not find schema for Unknown"},
	} {
		objects, err := rendered.Parse([]byte(strings.ReplaceAll(test.object, "\t", " ")))
		if err != nil {
			t.Fatalf("%s: %v", reason, err)
		}
		switch err := conform.Try(t, c, objects...); {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", reason, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: want an error about %q, got %v", reason, test.want, err)
		}
	}
}
